"""The columns of `articles.parquet`, made from the record class: nested fields are structs and lists, never JSON in strings.

A mapping (`provenance.fields`, `provenance.raw.http`) is a list of `{key, value}`, because not every reader of Parquet knows maps. A pair
of offsets (`removed[].of`) is a struct `{base_start, base_end}`; an edit is a struct with the member names of `pipeline.records.Edit`.
Two columns are no fields of the record: `published_date` and `published_utc`, made from `published_at`.
"""

from __future__ import annotations

import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa
from msgspec import inspect

from pipeline.dataset.duplicates import DuplicateRow, SharedPassage
from pipeline.records import Article, Edit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_PLAIN: dict[type, pa.DataType] = {
    inspect.StrType: pa.string(),
    inspect.LiteralType: pa.string(),
    inspect.IntType: pa.int64(),
    inspect.FloatType: pa.float64(),
    inspect.BoolType: pa.bool_(),
}
_SPAN = pa.struct([pa.field("base_start", pa.int64(), nullable=False), pa.field("base_end", pa.int64(), nullable=False)])


def schema_of(record_class: type[msgspec.Struct]) -> pa.Schema:
    """Return the Arrow schema of a record class; what the class lets be None may be null.

    Raises `TypeError` for a type that has no column, so that a new field cannot get lost.

    >>> from pipeline.records import Author
    >>> schema_of(Author).names
    ['name', 'type']
    """
    return pa.schema(_struct(inspect.type_info(record_class)))


@cache
def duplicate_schema() -> pa.Schema:
    """Return the schema of `duplicates.parquet`."""
    return schema_of(DuplicateRow)


@cache
def record_schema() -> pa.Schema:
    """Return the schema of the record alone."""
    return schema_of(Article)


@cache
def article_schema() -> pa.Schema:
    """Return the schema of `articles.parquet`: the record, and beside its day of publication what machines sort by.

    `published_date` is a date, null where the record names no day; `published_utc` is a moment, null where it names no zone.
    """
    fields = list(record_schema())
    after = record_schema().get_field_index("published_at") + 1
    return pa.schema([*fields[:after], *(pa.field(name, kind) for name, (kind, _) in _DAYS.items()), *fields[after:]])


def published_date(iso: str | None) -> datetime.date | None:
    """Return the day of an ISO value, None where it is not as precise.

    >>> published_date("2020-05-03T10:00"), published_date("2020-05"), published_date(None)
    (datetime.date(2020, 5, 3), None, None)
    """
    return datetime.date.fromisoformat(iso[:_DAY]) if iso and len(iso) >= _DAY else None


def published_utc(iso: str | None) -> datetime.datetime | None:
    """Return the moment of an ISO value with a zone, None for any other.

    >>> published_utc("2020-05-03T01:30:00+02:00"), published_utc("2020-05-03T01:30")
    (datetime.datetime(2020, 5, 2, 23, 30, tzinfo=datetime.timezone.utc), None)
    """
    moment = datetime.datetime.fromisoformat(iso) if iso and "T" in iso else None
    return moment.astimezone(datetime.UTC) if moment is not None and moment.tzinfo is not None else None


_DAY = len("2020-05-03")
_DAYS: dict[str, tuple[pa.DataType, Callable[[str | None], Any]]] = {
    "published_date": (pa.date32(), published_date),
    "published_utc": (pa.timestamp("us", tz="UTC"), published_utc),
}
"""Columns that are made from `published_at`: their types, and what makes them."""


def _struct(info: Any) -> list[pa.Field]:
    return [pa.field(field.name, *_column(field.type)) for field in info.fields]


def _column(info: Any) -> tuple[pa.DataType, bool]:
    """Return a type's column type, and whether it may be null."""
    if isinstance(info, inspect.UnionType):
        (present,) = [member for member in info.types if not isinstance(member, inspect.NoneType)]
        return _column(present)[0], True
    return _type(info), False


def _type(info: Any) -> pa.DataType:
    plain = _PLAIN.get(type(info))
    if plain is not None:
        return plain
    if isinstance(info, inspect.StructType):
        return pa.struct(_struct(info))
    if isinstance(info, inspect.DictType):
        key, value = _column(info.key_type)[0], _column(info.value_type)
        return _list(pa.struct([pa.field("key", key, nullable=False), pa.field("value", *value)]), nullable=False)
    if isinstance(info, inspect.VarTupleType):
        return _list(*_column(info.item_type))
    if isinstance(info, inspect.TupleType) and [type(item) for item in info.item_types] == [inspect.IntType, inspect.IntType]:
        return _SPAN
    msg = f"no column type is known for {info}"
    raise TypeError(msg)


def _list(item: pa.DataType, nullable: bool) -> pa.DataType:  # noqa: FBT001 - as pa.field has it
    return pa.list_(pa.field("element", item, nullable=nullable))


def to_table(rows: Sequence[Mapping[str, Any]], schema: pa.Schema) -> pa.Table:
    """Return rows, as their JSON gives them, as a table.

    Raises `pyarrow.ArrowInvalid`, `pyarrow.ArrowTypeError` or `KeyError` where a row does not fit the schema.
    """
    arrays = []
    for field in schema:
        shape = _shaper(field.type)
        made = _DAYS.get(field.name)
        values = [row[field.name] for row in rows] if made is None else [made[1](row["published_at"]) for row in rows]
        arrays.append(pa.array(values if shape is None else [None if value is None else shape(value) for value in values], type=field.type))
    return pa.Table.from_arrays(arrays, schema=schema)


@cache
def _shaper(kind: pa.DataType) -> Callable[[Any], Any] | None:
    """Return what turns a JSON value of a type into what Arrow takes for it; None where it takes the value as it is."""
    if pa.types.is_list(kind):
        if kind.value_type.num_fields == 2 and kind.value_type.field(0).name == "key":
            return _entries
        inner = _shaper(kind.value_type)
        return None if inner is None else lambda values: [inner(value) for value in values]
    if pa.types.is_struct(kind):
        return _struct_shaper(kind)
    return None


def _entries(mapping: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": value} for key, value in mapping.items()]


def _struct_shaper(kind: pa.StructType) -> Callable[[Any], Any] | None:
    """Return the shaper of a struct: JSON gives an object, or a list where the record class is array-like."""
    inner = {field.name: shape for field in kind if (shape := _shaper(field.type)) is not None}

    def shape_struct(value: Any) -> Any:
        if isinstance(value, list):
            return tuple(value)
        if not inner:
            return value
        return value | {name: shape(value[name]) for name, shape in inner.items() if value[name] is not None}

    return shape_struct if inner or kind in _arrays() else None


@cache
def _arrays() -> frozenset[pa.DataType]:
    """Return the structs whose JSON is a list."""
    return frozenset([_SPAN, *(_type(inspect.type_info(array_like)) for array_like in (Edit, SharedPassage))])


def subset(schema: pa.Schema, fields: Sequence[str]) -> pa.Schema:
    """Return the columns of some fields, given by dotted paths, under these paths as names.

    Raises `KeyError` with the path where there is no such field: a path leads through structs and not into lists.

    >>> subset(article_schema(), ["id", "language.code"]).names
    ['id', 'language.code']
    """
    return pa.schema([_member(schema, path) for path in fields])


def _member(schema: pa.Schema, path: str) -> pa.Field:
    members: dict[str, pa.Field] = {field.name: field for field in schema}
    found, nullable = None, False
    for part in path.split("."):
        if part not in members:
            raise KeyError(path)
        found = members[part]
        nullable = nullable or found.nullable
        members = {field.name: field for field in found.type} if pa.types.is_struct(found.type) else {}
    return pa.field(path, found.type, nullable=nullable) if found is not None else None
