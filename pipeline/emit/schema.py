"""Writes the record's JSON Schema from the record class: `python -m pipeline.emit.schema`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from pipeline.records import SCHEMA_VERSION, Article

SCHEMA_PATH = Path(__file__).with_name("article.schema.json")


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of one record."""
    made = msgspec.json.schema(Article)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"copydesk article {SCHEMA_VERSION}"}
    return head | made


def render() -> str:
    """Return the schema as the text of the shipped file."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    SCHEMA_PATH.write_text(render(), encoding="utf-8")
