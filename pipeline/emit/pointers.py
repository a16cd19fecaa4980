"""Numbers the places that cuts point at: from base offsets to JSON pointers into the finished record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.edits.compose import Op
    from pipeline.spans import Item

LIST_FIELDS = ("authors", "credits", "images", "embeds", "tags", "removed")
"""Fields of the record that are lists; every other target is a single value or an attribute of a single object."""


class Entry(msgspec.Struct):
    """One item of a list field while it is filled: its key, its span in the base text, and what arrived by attribute.

    An item that no op points at (a picture without words) has an empty span at its key.
    """

    key: int
    start: int
    end: int
    values: dict[str, Any]


class Places(msgspec.Struct):
    """The filled fields, and the pointer of every op (None for the text), in the order of the ops."""

    lists: dict[str, list[Entry]]
    singles: dict[str, str]
    pointers: list[str | None]


def on_lines(base: str, ops: Sequence[Op]) -> tuple[Op, ...]:
    r"""Put a line end before what continues a caption or a post's text on another line of the base text.

    Args:
        base: the base text.
        ops: all ops of a document, sorted.

    Returns:
        The ops; those that continue an item's value have a replacement that begins with a line end.

    >>> from pipeline.edits.compose import Op
    >>> from pipeline.spans import Target
    >>> place = Target("images", 0, "caption")
    >>> [op.replacement for op in on_lines("Rain\n\nTown", [Op(0, 4, "Rain", "r", place), Op(6, 10, "Town", "r", place)])]
    ['Rain', '\nTown']
    """
    out = list(ops)
    last: dict[tuple[str, int, str], int] = {}
    for index, op in enumerate(ops):
        if op.target is None or op.target.field not in ("images", "embeds") or op.target.attr not in _WORDY or not op.replacement:
            continue
        key = (op.target.field, op.target.item, op.target.attr)
        if "\n" in base[last.get(key, op.start) : op.start]:
            out[index] = msgspec.structs.replace(op, replacement="\n" + op.replacement)
        last[key] = op.end
    return tuple(out)


_WORDY = ("text", "caption")


def place(ops: Sequence[Op], items: Sequence[Item]) -> Places:
    """Give every op its JSON pointer, and collect what arrives where.

    Items of a list field are numbered by their key, the base offset at which they begin.
    """
    keys: dict[str, set[int]] = {field: set() for field in LIST_FIELDS}
    for op in ops:
        if op.target is not None and op.target.field in keys:
            keys[op.target.field].add(op.target.item)
    for item in items:
        if item.field in keys and item.field not in ("authors", "credits", "tags"):
            keys[item.field].add(item.key)
    order = {field: {key: number for number, key in enumerate(sorted(found))} for field, found in keys.items()}
    lists = {field: [Entry(key, -1, key, {}) for key in sorted(found)] for field, found in keys.items()}
    singles: dict[str, str] = {}
    pointers: list[str | None] = []
    for op in ops:
        if op.target is None:
            pointers.append(None)
        elif op.target.field in order:
            number = order[op.target.field][op.target.item]
            pointers.append(_fill(lists[op.target.field][number], op, f"/{op.target.field}/{number}"))
        else:
            path = f"/{op.target.field}/{op.target.attr}" if op.target.attr else f"/{op.target.field}"
            singles[path] = singles.get(path, "") + op.replacement
            pointers.append(path)
    for item in items:
        if item.field in order and item.key in order[item.field]:
            _complete(lists[item.field][order[item.field][item.key]].values, item.values)
    for entry in (entry for entries in lists.values() for entry in entries if entry.start < 0):
        entry.start = entry.key
    return Places(lists, singles, pointers)


def _fill(entry: Entry, op: Op, path: str) -> str:
    """Let one op arrive in its item, widen the item's span, and return the op's pointer."""
    if entry.start < 0:
        entry.start = entry.end = op.start
    entry.end = max(entry.end, op.end)
    attr = op.target.attr if op.target is not None else ""
    if attr != "urls":
        entry.values[attr] = entry.values.get(attr, "") + op.replacement
        return f"{path}/{attr}" if attr else path
    urls: list[str] = entry.values.setdefault("urls", [])
    if op.replacement or not urls:
        urls.append(op.replacement)
    return f"{path}/urls/{len(urls) - 1}"


def _complete(values: dict[str, Any], derived: dict[str, Any]) -> None:
    """Add derived values where no visible one arrived; addresses from the markup join those that were visible."""
    for name, value in derived.items():
        if name == "urls":
            known = values.setdefault("urls", [])
            known += [url for url in value if url not in known]
        elif values.get(name) in (None, ""):
            values[name] = value
