"""The stage: characters first, then words, span by span, as one list of changes of the text that was given."""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import msgspec

from pipeline.edits.compose import Op
from pipeline.normalise import interpunct
from pipeline.normalise.mojibake import SUSPECT, suspects
from pipeline.normalise.normalised import Normalised, NormSpan
from pipeline.normalise.prefilter import is_written_small, words_in
from pipeline.normalise.repair import needs_repair, repair, untidy_spans
from pipeline.normalise.span_repair import Draft
from pipeline.normalise.spelling import Speller, named_in, spell
from pipeline.normalise.variety import detect_variety
from pipeline.records import Annotation, QualityWarning

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.config import NormaliseConfig
    from pipeline.lists import Lists

_LINE_EDGES: Final = frozenset("\n\r\t\x0b\x0c\x85\u2028\u2029")
_WARNINGS: Final = frozenset({SUSPECT, interpunct.DOUBTFUL})


def normalise(
    text: str,
    spans: Sequence[NormSpan],
    *,
    config: NormaliseConfig,
    lists: Lists,
    source_variety: str | None = None,
    bad_bytes: bool = False,
) -> Normalised:
    """Repair encoding, spaces and spelling where that is certain; mark the rest.

    Args:
        text: the base text.
        spans: the parts that may be changed: sorted, disjoint.
        config: the stage's settings.
        lists: word lists.
        source_variety: the English variety that the page declares of itself ("en-GB"), where it does.
        bad_bytes: whether the decoder kept bad bytes as U+F780..U+F7FF in this text.

    Returns:
        Changes, annotations, warnings and the document's own variety, in offsets of `text`.

    >>> from pipeline.lists import load_lists
    >>> from pipeline.config import NormaliseConfig
    >>> done = normalise("The colour &amp; form", [NormSpan(0, 21, "body", "en")], config=NormaliseConfig(), lists=load_lists())
    >>> [(change.replacement, change.rule) for change in done.changes], done.variety
    ([('color', 'spelling.variant'), ('&', 'entity.decode')], 'en-GB')
    """
    done, telling = _normalise(text, tuple(spans), config, lists, bad_bytes)
    variety = None if telling is None else detect_variety(telling, lists, source_variety)
    return done if variety is None else msgspec.structs.replace(done, variety=variety)


@lru_cache(maxsize=1)
def _normalise(
    text: str,
    spans: tuple[NormSpan, ...],
    config: NormaliseConfig,
    lists: Lists,
    bad_bytes: bool,  # noqa: FBT001 - `lru_cache` tells apart what is given by name and what by place
) -> tuple[Normalised, tuple[str, ...] | None]:
    """`normalise` but for the variety, and the words that tell of it, None where no span is English.

    The last answer is kept, because a text in which nothing was changed is asked about again by the next pass.
    """
    drafts = _repaired(text, spans, config, bad_bytes=bad_bytes)
    telling: tuple[str, ...] | None = None
    codes = {code for code in {span.language for span in spans} if is_english(code)}
    english = [index for index, span in enumerate(spans) if span.role == "body" and span.language in codes]
    if english:
        words = _listed_words(text, drafts, lists)
        telling = tuple(word for word in words if (word in lists.evidence or word in lists.hints) and is_written_small(text, word))
        speller = Speller.of(lists, config)
        if actionable := speller.actionable(words):
            _spell(text, spans, english, drafts, actionable, speller)
        if "·" in text or "‧" in text:
            _hyphenate(text, spans, english, drafts)
    return _collect(spans, drafts), telling


def is_english(language: str | None) -> bool:
    """Whether a BCP 47 code is English or one of its varieties.

    >>> is_english("en-GB"), is_english("enm"), is_english(None)
    (True, False, False)
    """
    return language is not None and (language == "en" or language.startswith("en-"))


def _repaired(text: str, spans: Sequence[NormSpan], config: NormaliseConfig, *, bad_bytes: bool) -> dict[int, Draft]:
    """Drafts of the spans that are not clean, by their index."""
    drafts: dict[int, Draft] = {}
    for index in untidy_spans(text, spans, config):
        span = spans[index]
        part = text[span.start : span.end]
        if not needs_repair(part, config):
            continue
        edges = (span.start == 0 or text[span.start - 1] in _LINE_EDGES, span.end == len(text) or text[span.end] in _LINE_EDGES)
        draft = repair(Draft.of(part), span.role, config, bad_bytes=bad_bytes, edges=edges)
        drafts[index] = draft.noted(suspects(draft.text))
    return drafts


def _listed_words(text: str, drafts: dict[int, Draft], lists: Lists) -> frozenset[str]:
    """Listed words of the text, and of the spans as repaired: a soft hyphen hides a word until it is gone."""
    repaired = "\n".join(draft.text for draft in drafts.values() if draft.changes)
    found = words_in(text, lists.keys)
    return found | words_in(repaired, lists.keys) if repaired else found


def _spell(
    text: str, spans: Sequence[NormSpan], english: list[int], drafts: dict[int, Draft], actionable: list[str], speller: Speller
) -> None:
    """Spell the English spans anew and put what changed into `drafts`."""
    wanted = _spans_with(text, spans, actionable) | set(drafts)
    named = named_in(text, actionable)
    for index in (index for index in english if index in wanted):
        draft = drafts.get(index) or Draft.of(text[spans[index].start : spans[index].end])
        spelt = spell(draft.text, actionable, speller, named)
        if spelt.changes or spelt.annotations:
            drafts[index] = draft.noted(spelt.annotations).after(spelt.changes)


def _spans_with(text: str, spans: Sequence[NormSpan], words: list[str]) -> set[int]:
    """Indexes of the spans in which one of the words begins, written small or with a capital."""
    starts = [span.start for span in spans]
    found: set[int] = set()
    for word in words:
        for form in (word, word.capitalize()):
            at = text.find(form)
            while at >= 0:
                index = max(bisect_right(starts, at) - 1, 0)
                found.add(index)
                at = text.find(form, max(spans[index].end, at + 1))
    return found


def _hyphenate(text: str, spans: Sequence[NormSpan], english: list[int], drafts: dict[int, Draft]) -> None:
    """Turn raised dots into hyphens where the document attests the compound; remark on the others."""
    attested = interpunct.attested_compounds(text)
    for index in english:
        draft = drafts.get(index) or Draft.of(text[spans[index].start : spans[index].end])
        changes, notes = interpunct.hyphenate(draft.text, attested)
        if changes or notes:
            drafts[index] = draft.noted(notes).after(changes)


def _collect(spans: Sequence[NormSpan], drafts: dict[int, Draft]) -> Normalised:
    """Bring everything into the offsets of the whole text, in order."""
    changes: list[Op] = []
    notes: list[Annotation] = []
    for index in sorted(drafts):
        start, draft = spans[index].start, drafts[index]
        changes += [Op(c.start + start, c.end + start, c.replacement, c.rule) for c in draft.changes]
        moved = [Annotation(start=n.start + start, end=n.end + start, type=n.type, value=n.value, rule=n.rule) for n in draft.notes]
        notes += sorted(moved, key=lambda note: (note.start, note.end, note.type))
    warnings = tuple(QualityWarning(code=n.type, base_start=n.start, base_end=n.end) for n in notes if n.type in _WARNINGS)
    return Normalised(changes=tuple(changes), annotations=tuple(notes), warnings=warnings, variety=None)
