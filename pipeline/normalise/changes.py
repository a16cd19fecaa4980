"""Sorted, disjoint replacements of a string: applying, composing and trimming them.

Every step of the normaliser computes its changes on the text as the steps before left it. Composing them gives one list of changes
of the original, so that a record holds a single edit for characters that several rules touched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.spans import Change

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def apply(text: str, changes: Sequence[Change]) -> str:
    """Carry out changes.

    Args:
        text: the string that the offsets index.
        changes: sorted and disjoint.

    Returns:
        The changed string.

    >>> apply("a colour", [Change(2, 8, "color", "x")])
    'a color'
    """
    parts: list[str] = []
    at = 0
    for change in changes:
        parts += (text[at : change.start], change.replacement)
        at = change.end
    parts.append(text[at:])
    return "".join(parts)


def trimmed(text: str, start: int, end: int, replacement: str, rule: str) -> Change | None:
    """Make a change without the characters that old and new share at their ends.

    Returns:
        The change, or None where nothing differs. A replacement that only inserts keeps one character of the old text, so that no
        change has length zero.

    >>> trimmed("don&#8217;t", 0, 11, "don’t", "x")
    Change(start=3, end=10, replacement='’', rule='x')
    """
    old = text[start:end]
    if old == replacement:
        return None
    limit = min(len(old), len(replacement))
    left = 0
    while left < limit and old[left] == replacement[left]:
        left += 1
    right = 0
    while right < limit - left and old[-1 - right] == replacement[-1 - right]:
        right += 1
    if left + right == len(old):
        left, right = (left - 1, right) if left else (left, right - 1)
    return Change(start + left, end - right, replacement[left : len(replacement) - right], rule)


def compose(original: str, first: Sequence[Change], second: Sequence[Change]) -> list[Change]:
    """Merge changes of `original` with changes of the text that they make.

    Args:
        original: what `first` indexes.
        first: sorted, disjoint.
        second: sorted, disjoint, in offsets of `apply(original, first)`.

    Returns:
        Sorted, disjoint changes of `original`; applying them equals applying one list after the other. Where the two overlap, the
        rules are joined by "+"; changes that cancel each other are gone.

    >>> compose("&amp;lt;", [Change(0, 5, "&", "a")], [Change(0, 4, "<", "b")])
    [Change(start=0, end=8, replacement='<', rule='a+b')]
    """
    if not first or not second:
        return list(first or second)
    current = apply(original, first)
    out: list[Change] = []
    a = b = shift = 0  # shift: offset in current minus offset in original, left of what is being looked at
    while a < len(first) or b < len(second):
        group_a, group_b = a, b
        low, high = _first_range(first, a, shift, second, b)
        start_shift = shift
        while True:
            if a < len(first) and _joins(first[a].start + shift, len(first[a].replacement), low, high, alone=group_b == b and group_a == a):
                high = max(high, first[a].start + shift + len(first[a].replacement))
                shift += len(first[a].replacement) - (first[a].end - first[a].start)
                a += 1
            elif b < len(second) and _joins(
                second[b].start, second[b].end - second[b].start, low, high, alone=group_b == b and group_a == a
            ):
                high = max(high, second[b].end)
                b += 1
            else:
                break
        start, end = low - start_shift, high - shift
        inner = [Change(c.start - low, c.end - low, c.replacement, c.rule) for c in second[group_b:b]]
        replacement = apply(current[low:high], inner)
        if replacement != original[start:end]:
            out.append(Change(start, end, replacement, join_rules([*first[group_a:a], *second[group_b:b]])))
    return out


def _first_range(first: Sequence[Change], a: int, shift: int, second: Sequence[Change], b: int) -> tuple[int, int]:
    """The range in the current text of whichever change comes next."""
    if a == len(first) or (b < len(second) and second[b].start < first[a].start + shift):
        return second[b].start, second[b].end
    low = first[a].start + shift
    return low, low + len(first[a].replacement)


def _joins(start: int, length: int, low: int, high: int, *, alone: bool) -> bool:
    """Whether a range belongs to the group [low, high): it opens it, or it truly overlaps it."""
    return start == low if alone else start < high and (start + length > low or length == 0)


def join_rules(changes: Iterable[Change]) -> str:
    """Join rule names in order, each once."""
    return "+".join(dict.fromkeys(name for change in changes for name in change.rule.split("+")))
