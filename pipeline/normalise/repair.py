"""Character by character: what is repaired in a span before its words are looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.normalise.character_references import decode_entities
from pipeline.normalise.composed import to_nfc
from pipeline.normalise.damaged import repair_bad_bytes, repair_c1
from pipeline.normalise.invisible import remove_bidi, remove_controls, remove_soft_hyphens, remove_zero_width
from pipeline.normalise.mojibake import is_mojibake, repair_mojibake
from pipeline.normalise.quoted_printable import ENCODED, decode_quoted_printable
from pipeline.normalise.spaces import plain_line_ends, plain_spaces, split_at_next_line, trim_ends, trim_lines
from pipeline.normalise.typography import fold_typography
from pipeline.text.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pipeline.config import NormaliseConfig
    from pipeline.edits.compose import Op
    from pipeline.normalise.normalised import NormSpan, Role
    from pipeline.normalise.span_repair import Draft

# What one step uncovers another may repair: "&amp;#226;&#8364;&#8482;" takes two rounds. Eight levels of escaping were never seen;
# the bound keeps hostile text finite.
_MAX_ROUNDS: Final = 12
_BLANK: Final = frozenset(" \n\t")
# What a step could act on: anything beyond ASCII and everyday typography, controls, references, spaces at line edges or in runs.
_UNUSUAL: Final = expression("[^\n -~\u2010-\u2014\u2018\u2019\u201c\u201d\u2026]")
# Letters and signs that are in normalisation form C, visible, and no spaces; what else they may be is mojibake.
_HARMLESS: Final = expression(
    "[\n -~\xa1-\xac\xae-\u024f\u0391-\u03a1\u03a3-\u03c9\u0410-\u044f\u2010-\u2014\u2018-\u201f\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac"
    "\u2122\u2190-\u2193\u2212\u2248\u2260\u2264\u2265\u25a0-\u25ff\u2605\u2606\u2713\u2714]*"
)
_USUAL: Final = bytes((10, *range(32, 127)))
_USUAL_MARKS: Final = tuple(char.encode() for char in "\u2019\u201c\u201d\u2018\u2013\u2014\u2026\u2010\u2011\u2012")
"""The characters that `_UNUSUAL` leaves out, in UTF-8."""
_FEW: Final = 8
"""Unusual characters that are sought one by one; of more, the first in each span is found by one expression."""
_REFERENCE: Final = expression(r"&[#\w]+;")
_QUOTE: Final = expression("[\u2018\u2019\u201c\u201d]")
_UNTIDY: Final = ("  ", " \n", "\n ", "\n\n\n")


def untidy_spans(text: str, spans: Sequence[NormSpan], config: NormaliseConfig) -> list[int]:
    r"""Find the spans in which some step of `repair` may find work, fast; all others are clean for sure.

    Args:
        text: the base text.
        spans: sorted and disjoint.
        config: the stage's settings.

    Returns:
        Indexes of spans, sorted.

    >>> from pipeline.config import NormaliseConfig
    >>> from pipeline.normalise.normalised import NormSpan
    >>> untidy_spans("“Plain” prose.\nTwo  spaces", [NormSpan(0, 14), NormSpan(15, 26)], NormaliseConfig())
    [1]
    """
    found = {i for i, s in enumerate(spans) if s.start < s.end and (text[s.start] in _BLANK or text[s.end - 1] in _BLANK)}
    unusual = _unusual(text)
    patterns = [_REFERENCE, ENCODED] + [_UNUSUAL] * (len(unusual) > _FEW) + [_QUOTE] * (config.quotes == "straight")
    for pattern in patterns:
        found |= _hits(spans, lambda at, pattern=pattern: m.start() if (m := pattern.search(text, at)) else -1)  # type: ignore[misc]
    lines = any(text.find("\n", span.start, span.end) >= 0 for span in spans)  # a mark with a line end needs one inside a span
    for mark in (*(unusual if len(unusual) <= _FEW else ()), *(_UNTIDY if lines else _UNTIDY[:1])):
        found |= _hits(spans, lambda at, mark=mark: text.find(mark, at))  # type: ignore[misc]
    return sorted(found)


def _unusual(text: str) -> set[str]:
    """The characters that `_UNUSUAL` takes, each once. Bytes lose the usual ones ten times as fast as an expression passes over them."""
    rest = text.encode("utf-8", "surrogatepass").translate(None, _USUAL)
    for mark in _USUAL_MARKS if rest else ():
        rest = rest.replace(mark, b"")
    return set(rest.decode("utf-8", "surrogatepass"))


def needs_repair(text: str, config: NormaliseConfig) -> bool:
    r"""Look closer at an untidy span: whether its letters beyond ASCII are mere letters and signs that no step acts on.

    >>> from pipeline.config import NormaliseConfig
    >>> needs_repair("A naïve façade • €5", NormaliseConfig()), needs_repair("a soft\xad hyphen", NormaliseConfig())
    (False, True)
    """
    if _HARMLESS.fullmatch(text) is None or config.quotes == "straight":
        return True
    if (
        text[:1] in _BLANK
        or text[-1:] in _BLANK
        or any(mark in text for mark in _UNTIDY)
        or _REFERENCE.search(text)
        or ENCODED.search(text)
    ):
        return True
    return config.mojibake and is_mojibake(text)


def _hits(spans: Sequence[NormSpan], find: Callable[[int], int]) -> set[int]:
    """Indexes of the spans that hold a hit, looking at no more than one hit a span."""
    hits = set()
    index, at = 0, find(0)
    while at >= 0:
        while index < len(spans) and spans[index].end <= at:
            index += 1
        if index == len(spans):
            break
        if spans[index].start <= at:
            hits.add(index)
            at = find(spans[index].end)
        else:
            at = find(spans[index].start)
    return hits


def repair(draft: Draft, role: Role, config: NormaliseConfig, *, bad_bytes: bool, edges: tuple[bool, bool]) -> Draft:
    """Run all character steps until none finds anything.

    Args:
        draft: one span.
        role: what the span is.
        config: the stage's settings.
        bad_bytes: whether U+F780..U+F7FF stand for bytes that the decoder kept.
        edges: whether the span's start and end are those of a line.

    Returns:
        The draft with the composed changes.
    """
    for _ in range(_MAX_ROUNDS):
        before = draft.text
        for step in _steps(role, config, bad_bytes=bad_bytes, edges=edges):
            if step not in _BEYOND_ASCII or not draft.text.isascii():
                draft = draft.after(step(draft.text))
        if draft.text == before or not needs_repair(draft.text, config):
            break
    return draft


_BEYOND_ASCII: Final = frozenset({split_at_next_line, repair_mojibake, repair_c1, remove_soft_hyphens, to_nfc})
"""Steps that have nothing to do in a text of ASCII alone; so have those that take the settings, see `_steps`."""


def _steps(role: Role, config: NormaliseConfig, *, bad_bytes: bool, edges: tuple[bool, bool]) -> Iterator[Callable[[str], list[Op]]]:
    """The steps for a span, in order."""
    if bad_bytes:
        yield repair_bad_bytes
    if role == "code":
        yield remove_controls
        yield plain_line_ends
        return
    yield decode_quoted_printable
    if config.entities:
        yield decode_entities
    yield split_at_next_line
    if config.mojibake:
        yield repair_mojibake
    yield repair_c1
    yield remove_controls
    if config.soft_hyphens == "remove":
        yield remove_soft_hyphens
    yield lambda text: [] if text.isascii() else remove_bidi(text, config)
    yield lambda text: [] if text.isascii() else remove_zero_width(text, config)
    yield to_nfc
    yield lambda text: [] if text.isascii() else fold_typography(text, config)
    yield plain_line_ends
    if config.spaces == "plain":
        yield lambda text: plain_spaces(text, keep_tabs=role == "table")
        yield trim_lines
        yield lambda text: trim_ends(text, at_start=edges[0], at_end=edges[1])
