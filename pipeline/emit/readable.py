"""Values of fields without what commands a terminal or turns the direction of reading."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from pipeline.text.controls import without_controls

Value = TypeVar("Value")


def readable_values(value: Value) -> Value:
    r"""Return a value with every string in it cleaned; a string of which nothing is left is None, and leaves the list that it is in.

    >>> readable_values({"a": ("Rain\x1b", "\x07"), "b": "\x07", "c": ""})
    {'a': ('Rain',), 'b': None, 'c': ''}
    """
    return _cleaned(value)  # type: ignore[no-any-return]  # the same kind of value


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return without_controls(value) or (value and None)
    if isinstance(value, tuple | list):
        made = [_cleaned(one) for one in value]
        return type(value)(one for one, before in zip(made, value, strict=True) if not _is_gone(one, before))
    if isinstance(value, dict):
        return {key: _cleaned(one) for key, one in value.items()}
    if isinstance(value, msgspec.Struct):
        changed = {name: made for name in value.__struct_fields__ if (made := _cleaned(old := getattr(value, name))) != old}
        return msgspec.structs.replace(value, **changed) if changed else value
    return value


def _is_gone(value: Any, before: Any) -> bool:
    """Tell whether nothing is left of an entry of a list: of a string, or of somebody's name."""
    if isinstance(value, msgspec.Struct):
        return getattr(value, "name", "") is None and getattr(before, "name", None) is not None
    return value is None and before is not None
