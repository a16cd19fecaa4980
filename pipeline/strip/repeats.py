"""Blocks that stand twice.

A refrain, a question asked again, a recurring heading rightly stand twice. A repeat leaves only as one of a run of blocks in the same
order that is no part of a list, as the double of the block right before it, or as the double of the title, of a caption or of a teaser.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.strip.parallel_lines import inside_list
from pipeline.text.characters import uneven_spaces

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.config import StripConfig
    from pipeline.strip.page import Draft

RUN = "repeat.run"
ADJACENT = "repeat.adjacent"
CUT_OFF = "teaser.cut_off"
_ADJACENT_MIN = 25
_TEASER_MIN = 40
_PARAGRAPH = 80
"""Shortest line that is no list's, in characters."""


def _keys(draft: Draft) -> dict[int, str]:
    """The open blocks in small letters and with single spaces; most of them have no others."""
    opened = draft.open_blocks()
    lines = [draft.lines[index].lower() for index in opened]
    uneven = uneven_spaces(draft.text)
    if uneven:
        uneven.append("\n")
        lines = [" ".join(line.split()) if any(map(line.__contains__, uneven)) else line for line in lines]
    elif "\n" in draft.text:
        lines = [" ".join(line.split()) if "\n" in line else line for line in lines]
    return dict(zip(opened, lines, strict=True))


def remove_repeats(draft: Draft, config: StripConfig) -> None:
    """Take out runs of repeated blocks, adjacent doubles and cut-off teasers; each names the original."""
    keys = _keys(draft)
    long = [key for key in keys.values() if len(key) >= min(_ADJACENT_MIN, config.repeat_chars)]
    if len(set(long)) < len(long):
        _remove_runs(draft, keys, config)
        _remove_adjacent(draft, keys)
    _remove_teasers(draft, keys)


def _span(draft: Draft, index: int) -> tuple[int, int]:
    return draft.blocks[index].start, draft.blocks[index].end


def _remove_runs(draft: Draft, keys: dict[int, str], config: StripConfig) -> None:
    """Runs of at least `repeat_run` open blocks that stand earlier in the same order; short blocks ride along but do not count."""
    order = list(keys)
    body = draft.body()
    seen: dict[str, list[int]] = {}
    position = 0
    while position < len(order):
        key = keys[order[position]]
        if len(key) < config.repeat_chars or key not in seen:
            if len(key) >= config.repeat_chars:
                seen[key] = [position]
            position += 1
            continue
        best, origin = 0, -1
        for start in seen[key][:8]:
            length = _match(keys, order, start, position)
            if length > best:
                best, origin = length, start
        counted = sum(len(keys[order[position + step]]) >= config.repeat_chars for step in range(best))
        if counted >= config.repeat_run and not _of_a_list(draft, order[position : position + best], order[origin], body[0]):
            for step in range(best):
                draft.remove(order[position + step], "repeat", RUN, of=_span(draft, order[origin + step]))
            position += best
        else:
            seen[key].append(position)
            position += 1


def _of_a_list(draft: Draft, run: Sequence[int], origin: int, body: int) -> bool:
    """Whether a run is mostly short lines that stood behind the first prose before, or a part of a longer list.

    Such lines rightly come again under another heading; a menu that comes again stands before the first prose.
    """
    short = sum(len(draft.lines[index]) >= _PARAGRAPH for index in run) * 2 < len(run)
    return (short and origin > body) or inside_list(draft, run[0], run[-1])


def _match(keys: dict[int, str], order: list[int], start: int, position: int) -> int:
    """How many blocks from `position` on repeat those from `start` on; the two runs do not overlap."""
    length = 0
    while position + length < len(order) and start + length < position and keys[order[start + length]] == keys[order[position + length]]:
        length += 1
    return length


def _remove_adjacent(draft: Draft, keys: dict[int, str]) -> None:
    """The double of the open block right before it."""
    before, closed = -1, 0  # every block from the one after `before` up to `closed` is taken
    for index, key in keys.items():
        if not draft.is_open(index):
            continue
        while closed < index and not draft.is_open(closed):
            closed += 1
        if before >= 0 and key == keys[before] and len(key) >= _ADJACENT_MIN and closed == index:
            draft.remove(index, "repeat", ADJACENT, of=_span(draft, before))
        else:
            before, closed = index, index + 1


def _remove_teasers(draft: Draft, keys: dict[int, str]) -> None:
    """A block cut off in the middle that is the beginning of one or two of the blocks after it."""
    order = [index for index in keys if draft.is_open(index)]
    for place, index in enumerate(order):
        key = keys[index]
        if len(key) < _TEASER_MIN or _ends(draft.lines[index]) or len(key := key.rstrip(".… ")) < _TEASER_MIN:
            continue
        for later in range(place + 1, min(place + 6, len(order))):
            following = keys[order[later]]
            if len(following) < len(key) and later + 1 < len(order):
                following += " " + keys[order[later + 1]]
            if following.startswith(key) and len(following) > len(key) + 3:
                draft.remove(index, "teaser", CUT_OFF, of=_span(draft, order[later]))
                break


def _ends(line: str) -> bool:
    return line[-1] in '.!?。！？”»"' and not line.endswith(("...", "…"))
