"""Pages with their features, for tests of what is decided about single blocks."""

from __future__ import annotations

from pipeline.config import Config
from pipeline.extract import parse
from pipeline.extract.block_features import Page, describe
from pipeline.extract.metadata import gather
from pipeline.extract.parse import visible_html
from pipeline.extract.walk import walk
from pipeline.jsonld import read_graph
from pipeline.resources import load_resources


def described(body: str, *, title: str = "Lake notes") -> Page:
    """A page of this body and title, as extraction sees it."""
    html = f"<html><head><title>{title}</title></head><body>{body}</body></html>"
    config = Config()
    tree = parse(html, config=config.extract)
    layout = walk(visible_html(tree), config.extract.max_depth)
    model = load_resources(config).blocks
    page, _ = describe(layout, gather(html, read_graph(tree, html), ()), model.names, model.words)
    return page
