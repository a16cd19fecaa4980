"""Wholes: what the model took apart in the middle of a list, or of a row of headings, is one again."""

from __future__ import annotations

from pipeline.extract.wholes import Wholes
from tests.described import described

ENTRY = "The ferry came in late, and the passengers who had waited on the pier since noon were let on board first."


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


class TestRuns:
    """Paragraphs of one place in the markup."""

    TOLD = "<p>{} The pilot boat went out at dawn, and came back with the nets of three others before the wind had turned to the north.</p>"
    BODY = "".join(map(TOLD.format, range(10, 30)))

    def test_paragraphs_among_those_that_stay_stay(self) -> None:
        assert len(completed(self.BODY, ("15 ", "16 "))) == 20

    def test_a_long_rest_of_the_run_stays(self) -> None:
        assert len(completed(self.BODY, ("26 ", "27 ", "28 ", "29 "))) == 20

    def test_one_or_two_behind_the_last_go(self) -> None:
        assert len(completed(self.BODY, ("28 ", "29 "))) == 18

    def test_where_most_go_they_go(self) -> None:
        assert len(completed(self.BODY, tuple(f"{number} " for number in range(15, 29)))) == 6

    def test_what_is_mostly_a_link_goes(self) -> None:
        linked = self.BODY.replace(
            "<p>15 The pilot boat went out at dawn, and came back", '<p>15 <a href="/a">The pilot boat went out at dawn</a>, and came back'
        )
        assert len(completed(linked, ("15 ",))) == 19

    def test_another_place_is_another_run(self) -> None:
        aside = f"<aside class='box'>{self.TOLD.format(31)}</aside>"
        assert len(completed(self.BODY.replace("<p>20", f"{aside}<p>20"), ("31 ",))) == 20


class TestNotes:
    NOTE = '<p><a href="#mark{0}">{0}</a> The harbour book of the year names {0} boats, and the tax roll two fewer.</p>'

    def notes(self, name: str, count: int, note: str = NOTE) -> str:
        return f"<p>{ENTRY}</p><div class='{name}'>" + "".join(note.format(number) for number in range(1, count + 1)) + "</div>"

    def test_notes_in_a_box_stay(self) -> None:
        assert len(completed(self.notes("footnotes", 3), ("1 ", "2 ", "3 "))) == 4

    def test_a_box_of_another_name_goes(self) -> None:
        assert len(completed(self.notes("sources", 3), ("1 ", "2 ", "3 "))) == 1

    def test_without_links_back_it_goes(self) -> None:
        assert len(completed(self.notes("footnotes", 3, self.NOTE.replace("#mark", "/mark")), ("1 ", "2 ", "3 "))) == 1
