"""Wholes: what the model took apart in the middle of a list, or of a row of headings, is one again."""

from __future__ import annotations

from pipeline.config import Config
from pipeline.extract import parse
from pipeline.extract.block_features import Page, describe
from pipeline.extract.metadata import gather
from pipeline.extract.parse import visible_html
from pipeline.extract.walk import walk
from pipeline.extract.wholes import Wholes
from pipeline.jsonld import read_graph
from pipeline.resources import load_resources

ENTRY = "The ferry came in late, and the passengers who had waited on the pier since noon were let on board first."


def described(body: str) -> Page:
    html = f"<html><head><title>Lake notes</title></head><body>{body}</body></html>"
    config = Config()
    tree = parse(html, config=config.extract)
    layout = walk(visible_html(tree), config.extract.max_depth)
    model = load_resources(config).blocks
    page, _ = describe(layout, gather(html, read_graph(tree, html), ()), model.names, model.words)
    return page


def completed(body: str, without: tuple[str, ...]) -> list[str]:
    """Return the texts that stay when a model would have kept all but those that begin with some words."""
    page = described(body)
    kept = Wholes(page, [not text.startswith(without) for text in page.texts], None).complete()
    return [text for text, keep in zip(page.texts, kept, strict=True) if keep]


class TestHeadings:
    ENTRIES = "".join(f"<p>{day} o'clock</p><h3>{day} at the pier</h3><p>{ENTRY} It was {day}.</p>" for day in "12345")

    def test_a_heading_like_most_others_stays_above_what_stays(self) -> None:
        assert completed(self.ENTRIES, ("2 ", "4 ")) == [
            text for text in completed(self.ENTRIES, ("nothing",)) if text not in ("2 o'clock", "4 o'clock")
        ]

    def test_where_most_headings_go_they_go(self) -> None:
        assert "1 at the pier" not in completed(self.ENTRIES, ("1 at", "2 at", "3 at"))

    def test_a_heading_above_what_goes_goes(self) -> None:
        gone = self.ENTRIES.replace(f"<p>{ENTRY} It was 2.</p>", "<p>Gone.</p>")
        assert "2 at the pier" not in completed(gone, ("2 at", "Gone"))

    def test_a_heading_of_another_place_is_none_of_them(self) -> None:
        other = "<section class='box'><h3>Most read</h3></section>"
        assert "Most read" not in completed(self.ENTRIES.replace("<p>3 o", f"{other}<p>3 o"), ("Most",))


class TestLists:
    ITEMS = (
        "The bridge is closed.",
        "The ferry runs every hour from the old pier, with room for bicycles, prams and the carts of the market, until the end of June.",
        "The mayor is silent.",
    )
    LIST = "<ul>" + "".join(f"<li>{item}</li>" for item in ITEMS) + "</ul>"

    def test_a_list_of_which_most_items_stay_stays(self) -> None:
        assert completed(f"{self.LIST}<p>{ENTRY}</p>", ("The ferry runs",))[:-1] == list(self.ITEMS)

    def test_one_named_as_furniture_stays_gone(self) -> None:
        assert self.ITEMS[0] not in completed(f"<p>{ENTRY}</p><div class='newsletter'>{self.LIST}</div><p>{ENTRY}</p>", self.ITEMS)
