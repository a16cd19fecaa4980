"""Small pages as the describe stage gets them: candidates of the markup, and a base text with blocks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from resiliparse.parse.html import HTMLTree

from pipeline.describe import DayModel, choose_fields, collect_markup, collect_near_headline, date_order
from pipeline.jsonld import read_graph
from pipeline.spans import Block, Candidate, Fields

if TYPE_CHECKING:
    from pipeline.records import BlockKind

_BLOCK = re.compile(r"<(?P<tag>h[1-6]|p|div|li)\b[^>]*>(?P<text>.*?)</(?P=tag)>", re.DOTALL)


def base_of(html: str) -> tuple[str, list[Block]]:
    """The base text of a page whose blocks do not nest."""
    base, blocks = "", []
    for match in _BLOCK.finditer(html):
        text = re.sub(r"<[^>]+>", "", match["text"]).strip()
        if text:
            base += "\n\n" if base else ""
            heading = match["tag"][0] == "h"
            kind: BlockKind = "heading" if heading else "list_item" if match["tag"] == "li" else "paragraph"
            blocks.append(Block(start=len(base), end=len(base) + len(text), kind=kind, level=int(match["tag"][1]) if heading else None))
            base += text
    return base, blocks


def candidates_of(html: str, url: str | None, fetched_at: str | None = None) -> tuple[Candidate, ...]:
    """All candidates of a page."""
    tree = HTMLTree.parse(html)
    told = collect_markup(tree, read_graph(tree, html), url=url, http=None)
    base, blocks = base_of(html)
    language = next((c.value for c in told if c.field == "language"), None)
    return told + collect_near_headline(base, blocks, told=told, language=language, order=date_order(language, url), now=fetched_at)


def fields_of(html: str, url: str | None, fetched_at: str | None = None) -> Fields:
    """What is judged of a page."""
    return choose_fields(candidates_of(html, url, fetched_at), url=url, fetched_at=fetched_at, days=DayModel.read())


def plain(fields: Fields) -> dict[str, Any]:
    """Fields as the cases write them."""
    values: dict[str, Any] = {name: getattr(fields, name) for name in fields.__struct_fields__}
    values["authors"] = [[author.name, author.type] for author in fields.authors]
    values["publisher"] = [fields.publisher.name, fields.publisher.domain] if fields.publisher else None
    values["tags"] = list(fields.tags)
    return values | {f"sources.{name}": source for name, source in fields.sources.items()}
