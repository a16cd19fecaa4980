"""Values of JSON as Arrow arrays, column by column.

A list of objects becomes one list of values for each of their members, and only these become arrays, from their buffers. Arrow's own
conversion looks at every object by itself, and imports pandas, where that is installed, to ask whether a list is a series of it: half a
second for every process that writes a dataset.
"""

from __future__ import annotations

import datetime
from array import array
from itertools import accumulate, chain
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Sequence

_EPOCH: Final = datetime.date(1970, 1, 1).toordinal()
_MOMENT: Final = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_MICROSECOND: Final = datetime.timedelta(microseconds=1)


def to_array(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Return values as JSON gives them, None for null, as an array of a type.

    An object or a list becomes a struct; an object becomes a list of structs `{key, value}` where the type says so.

    Raises:
        KeyError: an object has not all members of its struct.
        TypeError, ValueError: a value does not fit the type.

    >>> to_array([{"a": 1, "b": ["x"]}, None], pa.struct([("a", pa.int64()), ("b", pa.list_(pa.string()))])).to_pylist()
    [{'a': 1, 'b': ['x']}, None]
    """
    if pa.types.is_struct(kind):
        return _structs(values, kind)
    if pa.types.is_list(kind):
        return _lists(values, kind)
    if pa.types.is_string(kind):
        return _strings(values, kind)
    return _numbers(values, kind)


def _validity(values: Sequence[Any]) -> tuple[pa.Buffer | None, int]:
    """Return the bitmap of values that are not None, and how many are; no bitmap where all are there."""
    nulls = values.count(None)
    return (_bits([value is not None for value in values]) if nulls else None), nulls


def _bits(flags: Sequence[bool]) -> pa.Buffer:
    """Return flags as bits, the first as the lowest of its byte."""
    whole = int("".join(map("01".__getitem__, reversed(flags))) or "0", 2)
    return pa.py_buffer(whole.to_bytes(-(-len(flags) // 8), "little"))


def _offsets(lengths: Sequence[int]) -> pa.Buffer:
    return pa.py_buffer(array("i", accumulate(lengths, initial=0)))


def _strings(values: Sequence[str | None], kind: pa.DataType) -> pa.Array:
    valid, nulls = _validity(values)
    present = ["" if value is None else value for value in values]
    joined = "".join(present)
    data = joined.encode()
    if len(data) == len(joined):
        lengths = list(map(len, present))
    else:
        lengths = [len(value) if value.isascii() else len(value.encode()) for value in present]
    return pa.Array.from_buffers(kind, len(values), [valid, _offsets(lengths), pa.py_buffer(data)], nulls)


def _numbers(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    valid, nulls = _validity(values)
    present = [value for value in values if value is not None] if nulls else values
    if pa.types.is_date32(kind):
        code, present = "i", [value.toordinal() - _EPOCH for value in present]
    elif pa.types.is_timestamp(kind):
        code, present = "q", [(value - _MOMENT) // _MICROSECOND for value in present]
    else:
        code = "d" if pa.types.is_floating(kind) else "q"
    if nulls:
        left = iter(present)
        present = [0 if value is None else next(left) for value in values]
    if pa.types.is_boolean(kind):
        return pa.Array.from_buffers(kind, len(values), [valid, _bits([bool(value) for value in present])], nulls)
    return pa.Array.from_buffers(kind, len(values), [valid, pa.py_buffer(array(code, present))], nulls)


def _lists(values: Sequence[Any], kind: pa.ListType) -> pa.Array:
    valid, nulls = _validity(values)
    present = [value or () for value in values] if nulls else values
    lengths = _offsets(list(map(len, present)))
    entries = kind.value_type
    if pa.types.is_struct(entries) and entries.num_fields == 2 and entries.field(0).name == "key":
        keys = to_array(list(chain.from_iterable(present)), entries.field(0).type)
        held = to_array([item for mapping in present if mapping for item in mapping.values()], entries.field(1).type)
        child = pa.StructArray.from_arrays([keys, held], fields=list(entries))
    else:
        child = to_array(list(chain.from_iterable(present)), entries)
    return pa.Array.from_buffers(kind, len(values), [valid, lengths], nulls, children=[child])


def _structs(values: Sequence[Any], kind: pa.StructType) -> pa.Array:
    """Return objects, or lists of their members in order, as structs; what is in a null struct is null or empty itself."""
    valid, nulls = _validity(values)
    fields = list(kind)
    first = next((value for value in values if value is not None), None)
    if isinstance(first, list):
        blank = [_empty(field) for field in fields]
        rows = [blank if value is None else value for value in values]
        columns: Sequence[Sequence[Any]] = list(map(list, zip(*rows, strict=True)))
    elif nulls:
        empty = {field.name: _empty(field) for field in fields}
        filled = [empty if value is None else value for value in values]
        columns = [[value[field.name] for value in filled] for field in fields]
    else:
        columns = [[value[field.name] for value in values] for field in fields]
    children = [to_array(column, field.type) for column, field in zip(columns, fields, strict=True)]
    return pa.Array.from_buffers(kind, len(values), [valid], nulls, children=children)


def _empty(field: pa.Field) -> Any:
    """Return what stands for a member of a null struct."""
    if field.nullable:
        return None
    if pa.types.is_string(field.type):
        return ""
    if pa.types.is_struct(field.type):
        return {member.name: _empty(member) for member in field.type}
    return () if pa.types.is_list(field.type) else 0
