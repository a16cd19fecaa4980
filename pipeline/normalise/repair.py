"""Character by character: what is repaired in a span before its words are looked at."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pipeline.normalise.composed import to_nfc
from pipeline.normalise.damaged import repair_bad_bytes, repair_c1
from pipeline.normalise.entities import decode_entities
from pipeline.normalise.invisible import remove_bidi, remove_controls, remove_soft_hyphens, remove_zero_width
from pipeline.normalise.mojibake import repair_mojibake
from pipeline.normalise.spaces import plain_line_ends, plain_spaces, trim_ends, trim_lines
from pipeline.normalise.typography import fold_typography

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pipeline.normalise.config import NormaliseConfig
    from pipeline.normalise.draft import Draft
    from pipeline.normalise.model import Role
    from pipeline.records import Change

# What one step uncovers another may repair: "&amp;#226;&#8364;&#8482;" takes two rounds. Eight levels of escaping were never seen;
# the bound keeps hostile text finite.
_MAX_ROUNDS: Final = 12
# Text made of these alone, without double spaces, references or spaces at line edges, needs no step.
_CLEAN: Final = re.compile("[\n -~\u2010-\u2014\u2018\u2019\u201c\u201d\u2026]*")
_UNTIDY: Final = ("  ", " \n", "\n ", "\n\n\n")


def is_clean(text: str, config: NormaliseConfig) -> bool:
    """Tell fast whether no step of `repair` can apply; a no may be wrong, a yes never is.

    >>> from pipeline.normalise.config import NormaliseConfig
    >>> is_clean("“Plain” prose.", NormaliseConfig()), is_clean("Two  spaces", NormaliseConfig())
    (True, False)
    """
    if config.quotes == "straight" and not text.isascii():
        return False
    return not any(mark in text for mark in _UNTIDY) and ("&" not in text or ";" not in text) and _CLEAN.fullmatch(text) is not None


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
            draft = draft.after(step(draft.text))
        if draft.text == before:
            break
    return draft


def _steps(role: Role, config: NormaliseConfig, *, bad_bytes: bool, edges: tuple[bool, bool]) -> Iterator[Callable[[str], list[Change]]]:
    """The steps for a span, in order."""
    if bad_bytes:
        yield repair_bad_bytes
    if role == "code":
        yield remove_controls
        yield plain_line_ends
        return
    if config.entities:
        yield decode_entities
    if config.mojibake:
        yield repair_mojibake
    yield repair_c1
    yield remove_controls
    if config.soft_hyphens == "remove":
        yield remove_soft_hyphens
    yield lambda text: remove_bidi(text, config)
    yield lambda text: remove_zero_width(text, config)
    yield to_nfc
    yield lambda text: fold_typography(text, config)
    yield plain_line_ends
    if config.spaces == "plain":
        yield lambda text: plain_spaces(text, keep_tabs=role == "table")
        yield trim_lines
        yield lambda text: trim_ends(text, at_start=edges[0], at_end=edges[1])
