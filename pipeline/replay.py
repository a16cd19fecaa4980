"""Replays a record's edits on its base text.

This module shares no code with the one that makes the edits: it is the proof, and reads the published format alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.records import Article, Edit


class ReplayError(ValueError):
    """The edits do not fit the base text or the record; the message says which edit and why."""


def replay(base: str, edits: Sequence[Edit]) -> tuple[str, dict[str, str]]:
    r"""Rebuild the text and every moved or removed field from the base text.

    Returns the text and a mapping from JSON pointer to the string that arrives there; several edits to one pointer are joined in
    order. Raises `ReplayError` where edits are unsorted, overlap, or leave the base text.

    >>> from pipeline.records import Edit
    >>> replay("By Ann\n\nRain fell.", [Edit(0, 3, "By ", "byline", "/removed/0"), Edit(3, 6, "Ann", "byline", "/authors/0/name"),
    ...                                 Edit(6, 8, "", "layout.gap", None)])
    ('Rain fell.', {'/removed/0': 'By ', '/authors/0/name': 'Ann'})
    """
    text: list[str] = []
    fields: dict[str, str] = {}
    position = 0
    inserted = -1
    for number, edit in enumerate(edits):
        start, end = edit.base_start, edit.base_end
        if not position <= start <= end <= len(base):
            msg = f"edit {number} covers {start} to {end}: it overlaps the edit before it or leaves the base text"
            raise ReplayError(msg)
        if start == end == inserted:
            msg = f"edit {number} is a second insertion at {start}"
            raise ReplayError(msg)
        inserted = end if start == end else -1
        text.append(base[position:start])
        if edit.to is None:
            text.append(edit.replacement)
        else:
            fields[edit.to] = fields.get(edit.to, "") + edit.replacement
        position = end
    text.append(base[position:])
    return "".join(text), fields


def resolve(document: dict[str, Any], pointer: str) -> Any:
    """Return the value at a JSON pointer (RFC 6901) of a record; `/removed/N` means that entry's `text`.

    Raises `ReplayError` where the record has no such place.

    >>> resolve({"images": [{"caption": "Rain"}]}, "/images/0/caption")
    'Rain'
    """
    value: Any = document
    try:
        for part in pointer.split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            value = value[int(key)] if isinstance(value, list | tuple) else value[key]
    except (KeyError, IndexError, ValueError, TypeError) as error:
        msg = f"the record has nothing at {pointer}"
        raise ReplayError(msg) from error
    return value["text"] if pointer.startswith("/removed/") and isinstance(value, dict) else value


def check(article: Article, base: str) -> None:
    """Raise `ReplayError` unless the article's edits rebuild its text and all its moved and removed fields from `base`."""
    text, fields = replay(base, article.provenance.edits)
    if text != article.text:
        msg = f"the text differs from its replay at offset {_first_difference(text, article.text)}"
        raise ReplayError(msg)
    document = article.to_dict()
    hidden = all(entry.text is None for entry in article.removed)
    for pointer, value in fields.items():
        found = resolve(document, pointer)
        if found != value and not (found is None and hidden and pointer.startswith("/removed/")):
            msg = f"{pointer} is {found!r}, the replay says {value!r}"
            raise ReplayError(msg)


def _first_difference(left: str, right: str) -> int:
    return next((index for index, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))
