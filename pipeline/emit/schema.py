"""Writes the record's JSON Schema from the record class: `python -m pipeline.emit.schema`."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

import msgspec

from pipeline.records import SCHEMA_VERSION, Article

SCHEMA_PATH = Path(__file__).with_name("article.schema.json")


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of one record."""
    made: dict[str, Any] = _without_indent(msgspec.json.schema(Article))
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"copydesk article {SCHEMA_VERSION}"}
    return head | made


def _without_indent(part: Any) -> Any:
    """Return a part of a schema with its descriptions as they read: before Python 3.13 docstrings keep the indent of their source."""
    if isinstance(part, list):
        return [_without_indent(item) for item in part]
    if not isinstance(part, dict):
        return part
    return {
        name: inspect.cleandoc(value) if name == "description" and isinstance(value, str) else _without_indent(value)
        for name, value in part.items()
    }


def render() -> str:
    """Return the schema as the text of the shipped file."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    SCHEMA_PATH.write_text(render(), encoding="utf-8")
