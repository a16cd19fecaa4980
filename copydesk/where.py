"""Selects records by an expression of SQL, with DuckDB on the Parquet file of a dataset, and with everything else in DuckDB locked.

The expression comes from a user and may come from a stranger. It is parsed by DuckDB's own parser; only its condition is taken from the
parse tree, and it may hold no subquery, so no table, file or statement can be named. Beyond that the database is in memory, may open the
one Parquet file and nothing else (`enable_external_access`, `allowed_paths`), loads no extension, and its settings are locked.
"""

from __future__ import annotations

import contextlib
import json
import re
from typing import TYPE_CHECKING, Any

from pipeline.dataset.manifest import DatasetError
from pipeline.rejected import Rejected
from tasks.core.one_document import answers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import duckdb

_PIECE = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|[^'"]+|.""", re.DOTALL)
_ALIASES = {
    "language": ("language", "code"),
    "site": ("publisher", "domain"),
    "domain": ("publisher", "domain"),
    "words": ("quality", "words"),
    "chars": ("quality", "text_chars"),
    "locator": ("provenance", "raw", "locator"),
}
"""Short names: `language` is compared with a code far more often than with the object that the record has."""
_UNSTEADY = re.compile(r"current_\w+|get_current_\w+|local(time|timestamp)|(session_)?user|version|getenv|getvariable")
"""Values of the clock and the machine that DuckDB does not say so of, or reads as names."""
_BATCH = 10_000
_SECONDS = 300
"""A condition on a million articles takes some seconds; one that multiplies strings takes for ever."""
_MEMORY = "1GB"
_BYTES = 2 << 30
"""What the process of the search may take in all: DuckDB's own limit does not count what a function makes of one value."""


class WhereError(ValueError):
    """An expression that cannot be used; the message says why, in one line."""


def selected(parquet: Path, where: str | None) -> Iterator[str]:
    """Yield the ids of the records that fulfil `where`, all ids where it is None, in the order of the file.

    The search runs in a process of its own, which has `_SECONDS` of computing and `_BYTES` of memory: what an expression asks for nobody
    knows before. Raises `WhereError` on an expression that DuckDB does not understand, that is more than a condition on a record, or
    that takes more than that; and `DatasetError` where the file is no Parquet.
    """
    try:
        for batch in answers(lambda: _search(parquet, where), seconds=_SECONDS, memory=_BYTES):
            if batch[0] == "where":
                raise WhereError(batch[1])
            if batch[0] == "dataset":
                raise DatasetError(batch[1])
            yield from batch[1]
    except Rejected as death:
        took = {"timeout": f"more than {_SECONDS} seconds of computing", "out_of_memory": f"more than {_BYTES >> 20} MiB of memory"}
        raise WhereError(f"it takes {took[death.code]}" if death.code in took else f"the search broke off: {death.detail}") from death


def _search(parquet: Path, where: str | None) -> Iterator[tuple[str, Any]]:
    """Yield batches of ids, or why there are none."""
    try:
        for batch in _batches(parquet, where):
            yield "ids", batch
    except WhereError as error:
        yield "where", str(error)
    except DatasetError as error:
        yield "dataset", str(error)


def _batches(parquet: Path, where: str | None) -> Iterator[list[str]]:
    connection = _locked_connection(parquet)
    try:
        checked = "true" if where is None else condition(connection, where)
        sql = f"SELECT id FROM records WHERE {checked}"  # noqa: S608 - a condition that DuckDB itself wrote
        with _one_line():
            cursor = connection.execute(sql)
            while batch := cursor.fetchmany(_BATCH):
                yield [row[0] for row in batch]
    finally:
        connection.close()


@contextlib.contextmanager
def _one_line() -> Iterator[None]:
    """Turn what DuckDB complains of into a `WhereError`, without the drawing of the place."""
    import duckdb  # noqa: PLC0415 - heavy

    try:
        yield
    except duckdb.Error as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        raise WhereError(" ".join(line for line in lines if not line.startswith(("LINE ", "^")))[:500]) from error


def _locked_connection(parquet: Path) -> duckdb.DuckDBPyConnection:
    import duckdb  # noqa: PLC0415 - heavy

    path = str(parquet.resolve()).replace("'", "''")
    connection = duckdb.connect(":memory:", config={"threads": 1, "memory_limit": _MEMORY, "temp_directory": ""})
    try:
        with _one_line():
            connection.execute("SET autoinstall_known_extensions = false; SET autoload_known_extensions = false")
            connection.execute("SET allow_community_extensions = false; SET enable_progress_bar = false")
            connection.execute("SET preserve_insertion_order = true")
            with contextlib.suppress(duckdb.CatalogException):  # built without time zones: then there is no other than UTC
                connection.execute("SET TimeZone = 'UTC'")
            connection.execute(f"SET allowed_paths = ['{path}']")
            connection.execute("SET enable_external_access = false; SET lock_configuration = true")
            connection.execute(f"CREATE VIEW records AS SELECT * FROM read_parquet('{path}')")  # noqa: S608 - the path is quoted
    except WhereError as error:
        connection.close()
        msg = f"{parquet} cannot be read: {error}"
        raise DatasetError(msg) from error
    return connection


def condition(connection: duckdb.DuckDBPyConnection, where: str) -> str:
    """Return an expression as DuckDB writes it, with double-quoted strings as literals and short names spelt out.

    Raises `WhereError` where it is anything but one condition without a subquery.
    """
    if not where.strip():
        raise WhereError("the condition is empty; leave --where out to take every record")
    tree = _parse(connection, f"SELECT id FROM records WHERE (\n{literal_quotes(where)}\n)")  # noqa: S608 - is only parsed
    frame = _parse(connection, "SELECT id FROM records WHERE (true)")
    if len(tree["statements"]) != 1 or _without_condition(tree) != _without_condition(frame):
        raise WhereError("one condition on a record is expected, such as words > 200, and nothing after it")
    found = tree["statements"][0]["node"]["where_clause"]
    functions: set[str] = set()
    _check(found, functions)
    _check_functions(connection, functions)
    wanted = frame["statements"][0]["node"]
    wanted["where_clause"] = found
    row = connection.execute("SELECT json_deserialize_sql(?::JSON)", [json.dumps(frame)]).fetchone()
    return str(row[0]).partition(" WHERE ")[2] if row else ""


def literal_quotes(where: str) -> str:
    """Return an expression with double-quoted strings as SQL literals: nobody needs quoted names here, and many type strings so.

    >>> literal_quotes('language = "en" and words > 200')
    "language = 'en' and words > 200"
    """
    return "".join(_literal(piece) if piece.startswith('"') and len(piece) > 1 else piece for piece in _PIECE.findall(where))


def _literal(piece: str) -> str:
    inner = piece[1:-1].replace('""', '"').replace("'", "''")
    return f"'{inner}'"


def _parse(connection: duckdb.DuckDBPyConnection, sql: str) -> dict[str, Any]:
    with _one_line():
        row = connection.execute("SELECT json_serialize_sql(?)", [sql]).fetchone()
    tree: dict[str, Any] = json.loads(row[0]) if row else {"error": True}
    if tree["error"]:
        raise WhereError(" ".join(str(tree.get("error_message", "it cannot be parsed")).split()))
    return tree


def _without_condition(tree: dict[str, Any]) -> Any:
    """Return the parse tree of a statement without its condition and without positions, to compare it with another."""

    def bare(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: bare(inner) for key, inner in value.items() if not key.startswith("query_location") and key != "where_clause"}
        return [bare(inner) for inner in value] if isinstance(value, list) else value

    return bare(tree)


def _check(node: Any, functions: set[str]) -> None:
    """Refuse subqueries anywhere in a condition, spell out short names, and add the names of its functions to `functions`."""
    if isinstance(node, list):
        for inner in node:
            _check(inner, functions)
    elif isinstance(node, dict):
        kind = node.get("class")
        if kind == "SUBQUERY":
            raise WhereError("no subquery is allowed: a condition sees one record at a time")
        if kind == "COLUMN_REF" and len(node["column_names"]) == 1:
            name = node["column_names"][0]
            functions |= {name.lower()} if _UNSTEADY.fullmatch(name.lower()) else set()
            node["column_names"] = list(_ALIASES.get(name.lower(), (name,)))
        if kind == "FUNCTION":
            name = node["function_name"].lower()
            given = node.get("arguments") or node.get("children") or ()
            functions.add("current_date" if name == "age" and len(given) == 1 else name)
        for inner in node.values():
            _check(inner, functions)


def _check_functions(connection: duckdb.DuckDBPyConnection, names: set[str]) -> None:
    """Refuse functions whose value depends on chance, the clock or the machine: an export selects the same records anywhere, on any day."""
    rows = connection.execute("SELECT DISTINCT function_name, stability FROM duckdb_functions() WHERE stability IS NOT NULL").fetchall()
    unsteady = {name for name, stability in rows if stability != "CONSISTENT"}
    if refused := sorted(name for name in names if name in unsteady or _UNSTEADY.fullmatch(name)):
        raise WhereError(f"{refused[0]} is another value at another time or on another machine; a condition has to be repeatable")
