"""The stage: characters first, then words, span by span, as one list of changes of the text that was given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.normalise.draft import Draft
from pipeline.normalise.mojibake import suspects
from pipeline.normalise.model import Normalised, NormSpan
from pipeline.normalise.repair import is_clean, repair
from pipeline.records import Annotation, Change, QualityWarning

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.lists import Lists
    from pipeline.normalise.config import NormaliseConfig

_LINE_EDGES: Final = frozenset("\n\r\t\x0b\x0c\x85\u2028\u2029")


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
    >>> from pipeline.normalise.config import NormaliseConfig
    >>> normalise("Marks &amp; Spencer", [NormSpan(0, 19)], config=NormaliseConfig(), lists=load_lists()).changes
    (Change(start=6, end=11, replacement='&', rule='entity.decode'),)
    """
    drafts = _repaired(text, spans, config, bad_bytes=bad_bytes)
    changes: list[Change] = []
    annotations: list[Annotation] = []
    warnings: list[QualityWarning] = []
    for index, draft in drafts.items():
        start = spans[index].start
        changes += [Change(c.start + start, c.end + start, c.replacement, c.rule) for c in draft.changes]
        for note in suspects(draft.text):
            low, high = draft.to_original(note.start, note.end)
            annotations.append(Annotation(start=low + start, end=high + start, type=note.type, value=note.value, rule=note.rule))
            warnings.append(QualityWarning(code=note.type, base_start=low + start, base_end=high + start))
    return Normalised(changes=tuple(changes), annotations=tuple(annotations), warnings=tuple(warnings), variety=source_variety)


def _repaired(text: str, spans: Sequence[NormSpan], config: NormaliseConfig, *, bad_bytes: bool) -> dict[int, Draft]:
    """Drafts of the spans that are not clean, by their index."""
    drafts: dict[int, Draft] = {}
    if is_clean(text, config):
        return drafts
    for index, span in enumerate(spans):
        part = text[span.start : span.end]
        if is_clean(part, config) and part == part.strip():
            continue
        edges = (span.start == 0 or text[span.start - 1] in _LINE_EDGES, span.end == len(text) or text[span.end] in _LINE_EDGES)
        drafts[index] = repair(Draft(part, part), span.role, config, bad_bytes=bad_bytes, edges=edges)
    return drafts
