"""The parts of the review's pages: marks, facts, the alarm, frames, verdicts; without a browser."""

from __future__ import annotations

import re
import time
import tomllib
from html import unescape
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.review.alarm import Sums, measures, moved
from copydesk.review.design import as_json
from copydesk.review.document import Place, document_page, of_record, of_result
from copydesk.review.facts import facts
from copydesk.review.frames import frame, page_itself
from copydesk.review.history import Remembered, alarms, with_build
from copydesk.review.marked import UNKNOWN, Mark, Span, marks, rebuilt_base, rows, spans
from copydesk.review.overview import site_file
from copydesk.review.tally import brief, by_site
from copydesk.review.verdicts import Verdict, VerdictsError, as_toml, learn, read_verdicts
from pipeline.config import Config
from pipeline.ingest.document import RawDocument
from pipeline.rules.rulebook import load
from pipeline.stages import run

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.stages import Result

BOOK = load()
PROSE = "The ferry left the harbour at nine, and nobody on the pier waved, she said."
PAGE = """<!doctype html><html lang="en"><head><title>Ferry leaves early | Harbour Times</title>
<meta property="og:title" content="Ferry leaves early"><meta name="author" content="Ann Ray">
<style>p{color:red}</style><script>alert(1)</script></head><body onload="alert(2)">
<nav class="nav"><a href="/">Home</a> <a href="/news">News</a></nav><article><h1>Ferry leaves early</h1>
<p>The ferry left the harbour at nine on Monday, ten minutes early, and nobody on the pier waved, the harbour master said.</p>
<figure><img src="a.jpg" alt="The pier"><figcaption>The pier at dawn. Photo: Bo Lee</figcaption></figure>
<p>Passengers who came late took the bus to the bridge, and some of them wrote to the council about the colour of it.</p>
<p onclick="alert(3)">The next boat leaves on Tuesday, the company said, and it will wait for the train from the capital this time.</p>
</article><footer class="footer">All rights reserved</footer></body></html>"""


@pytest.fixture(scope="module")
def result() -> Result:
    return run(
        RawDocument(data=PAGE.encode(), locator="press/ferry.html", source="press", url="https://www.harbour.example/ferry"), Config()
    )


class TestMarks:
    def test_they_are_the_whole_base_text_in_order(self, result: Result) -> None:
        found = list(marks(spans(result.article, result.base), result.findings))
        assert "".join(mark.span.text for mark in found) == result.base
        assert [mark.span.start for mark in found] == sorted(mark.span.start for mark in found)
        assert all(result.base[mark.span.start : mark.span.end] == mark.span.text for mark in found)

    def test_a_model_says_how_certain_it_was(self, result: Result) -> None:
        found = list(marks(spans(result.article, result.base), result.findings))
        kept = [mark for mark in found if mark.span.fate == "kept"]
        assert len(kept) > 3, "three paragraphs, parted by changes of spelling"
        assert {mark.strength for mark in kept} <= {"model", "doubt"}
        near = [msgspec.structs.replace(each, score=-999) for each in result.findings]
        assert {mark.strength for mark in marks(spans(result.article, result.base), near) if mark.span.fate == "kept"} == {"doubt"}

    def test_a_row_is_a_paragraph_and_says_a_thing_once(self, result: Result) -> None:
        found = list(rows(marks(spans(result.article, result.base))))
        assert all("\n\n" not in "".join(mark.span.text for mark in row.marks) for row in found)
        assert all(row.marks for row in found)
        notes = [[note.label for note in row.notes] for row in found]
        assert [pair for pair in pairwise(notes) if pair[0] == pair[1] != []] == []

    def test_a_record_alone_has_a_base_of_the_same_length_and_places(self, result: Result) -> None:
        base = rebuilt_base(result.article)
        assert len(base) == len(result.base)
        known = [(one, other) for one, other in zip(base, result.base, strict=True) if one != UNKNOWN and not other.isspace()]
        assert len(known) > len(result.base) // 2
        assert all(one == other for one, other in known)

    @given(
        st.lists(
            st.sampled_from(["Share this article", PROSE, "colour", "By Ann Ray", "Tab\there", "Menu", "\u00ad", "â€™"]),
            min_size=1,
            max_size=9,
        )
    )
    def test_any_text_is_shown_whole(self, lines: list[str]) -> None:
        made = run(RawDocument(data="\n\n".join([PROSE, *lines, PROSE[::-1]]).encode(), media_type="text/plain"), Config())
        assert "".join(mark.span.text for mark in marks(spans(made.article, made.base), made.findings)) == made.base
        assert len(rebuilt_base(made.article)) == len(made.base)


class TestFacts:
    def test_a_field_has_its_source_its_place_and_what_lost(self, result: Result) -> None:
        shown = of_result(result)
        told = {fact.name: fact for fact in facts(shown.article, shown.marks, shown.candidates)}
        assert told["title"].value == "Ferry leaves early"
        assert told["title"].source == result.article.provenance.fields["title"]
        assert [result.base[place:].startswith("Ferry leaves early") for place in told["title"].places] == [True]
        assert ("Ferry leaves early | Harbour Times", "title") in told["title"].lost
        assert told["authors"].value == "Ann Ray (person)"

    def test_the_page_names_pictures_rules_and_candidates(self, result: Result) -> None:
        page = document_page(of_result(result), Place(alone=True), BOOK).decode()
        page = unescape(page)
        for words in ("The pier at dawn.", "Bo Lee", "other candidate", 'id="rule-html.nav"', "Rules that spoke", "script-src 'sha256-"):
            assert words in page
        assert re.findall(r"<[^>]* on\w+=", page) == []


class TestFrames:
    def test_nothing_acts_and_marks_are_found_by_their_words(self, result: Result) -> None:
        made = page_itself(PAGE.encode(), result)
        assert made is not None
        page = made.decode()
        assert re.findall(r"<script|onclick|onload|href=|src=|<img", page) == []
        place = result.base.index("Passengers who came late")
        assert re.search(rf'<p id="s{place}">Passengers', page)

    def test_labels_that_stand_everywhere_and_hidden_words_lead_no_mark_astray(self) -> None:
        menu = "<nav><svg><title>Open menu</title></svg><a>Open menu</a><a>Saved</a></nav>"
        prose = "".join(f"<p>On day {number} the ferry left the pier early.</p>" for number in range(9))
        hidden = "<div hidden>" + "<a>Harbour</a>" * 50 + "</div>"
        words = ["Open menu", "Saved", *(f"On day {number} the ferry left the pier early." for number in range(9)), "Saved", "Read on"]
        spans = [Span(10 * number, 10 * number + 9, "kept", text) for number, text in enumerate(words)]
        html = f"<?xml version='1.0' encoding='utf-8'?><html><body>{menu}{hidden}{prose}<b>Saved</b><p>Read on</p></body></html>"
        made = frame(html, [Mark(span=span) for span in spans]).decode()
        assert re.findall(r'id="(s\d+)"[^>]*>([^<]+)', made) == [(f"s{span.start}", span.text) for span in spans[1:]]

    def test_many_marks_on_a_long_page_take_the_time_of_reading_it(self) -> None:
        words = [f"{number:05} the ferry left the pier early" for number in range(20_000)]
        html = "<body>" + "".join(f"<p>{text}</p>" for text in words)
        marks = [Mark(span=Span(number, number, "kept", text if number % 2 else "gone")) for number, text in enumerate(words)]
        began = time.process_time()
        assert frame(html, marks).count(b'id="s') == 10_000
        assert time.process_time() - began < 5

    @pytest.mark.parametrize("html", ["", "\0", "<", "<p>" * 3000 + "x", "<svg><script>alert(1)</script></svg>", "\ud800<p>a", "<!--"])
    def test_any_page_gives_one(self, html: str) -> None:
        made = frame(html, []).decode()
        assert made.startswith("<!doctype html>")
        assert "alert" not in made

    def test_a_text_has_none(self) -> None:
        made = run(RawDocument(data=PROSE.encode(), media_type="text/plain"), Config())
        assert page_itself(PROSE.encode(), made) is None


def test_json_in_a_page_ends_no_element() -> None:
    value = {"a": "</script><script>alert(1)</script><!--\u2028&"}
    text = str(as_json(value))
    assert re.search(r"[<>&\u2028]", text) is None
    assert msgspec.json.decode(text) == value


@pytest.mark.parametrize("site", ["../../etc", "雨", "CON:", "a b", "." * 300, "", "x" * 300])
def test_a_site_has_a_file_of_its_own(site: str) -> None:
    assert re.fullmatch(r"[\w.-]{1,90}", site_file(site))
    assert not site_file(site).startswith(".")
    assert site_file(site) != site_file(site + "x") or site.startswith("x")


class TestAlarm:
    @staticmethod
    def group(kept: float, documents: int = 20) -> dict[str, Sums]:
        sums = Sums()
        for number in range(documents):
            share = kept + 0.02 * (number % 3 - 1)
            sums.add(measures(kept=round(1000 * share), base=1000, words=200 + number, found=["title"]))
        return {"harbour.example": sums}

    def test_a_site_that_loses_half_of_its_text(self) -> None:
        (found,) = moved(self.group(0.8), self.group(0.4), "the last build")
        assert (found.site, found.measure, found.before, found.now) == ("harbour.example", "kept share", 0.799, 0.399)
        assert found.deviations < -3

    def test_chance_and_few_documents_are_no_alarm(self) -> None:
        assert list(moved(self.group(0.8), self.group(0.79), "x")) == []
        assert list(moved(self.group(0.8), self.group(0.4, documents=4), "x")) == []
        assert list(moved({}, self.group(0.4), "x")) == []

    def test_a_new_day_is_compared_with_the_days_before(self) -> None:
        made = run(RawDocument(data=PAGE.encode(), locator="a", url="https://harbour.example/a"), Config())
        one = brief(made.article, (), "press/2026-01-01")
        bad = msgspec.structs.replace(one, group="press/2026-01-02", text_chars=10, sources={})
        briefs = [one] * 8 + [bad] * 6
        found = alarms((), by_site(briefs), briefs)
        assert {each.measure for each in found} == {"kept share", "title", "authors"}
        assert {each.against for each in found} == {"the days before 2026-01-02"}

    def test_builds_are_remembered_once(self) -> None:
        one, two = (Remembered(name, self.group(share), {}) for name, share in (("a", 0.8), ("b", 0.4)))
        assert with_build((one,), one) == (one,)
        assert with_build((one, two), two) == (one, two)
        assert len(with_build([Remembered(str(n), {}, {}) for n in range(50)], two)) == 20


def said(text: str, verdict: Any = "remove", **more: Any) -> Verdict:
    values = {"id": "0" * 32, "locator": "press/a.txt", "site": "harbour.example", "language": "en", "start": 5, "end": 5 + len(text)}
    return Verdict(**{**values, "fate": "kept", "rule": "", "text": text, "verdict": verdict, "before": PROSE, "after": PROSE, **more})


class TestVerdicts:
    def test_a_line_that_should_go_becomes_a_rule_that_takes_it_and_no_prose(self, tmp_path: Path) -> None:
        learned = learn([said("Tip our night desk 12"), said("Tip our night desk 7", id="1" * 32), said(PROSE, "keep", start=90)], BOOK)
        path = tmp_path / "learned.toml"
        path.write_text("".join(f"{line}\n" for line in as_toml(learned)), encoding="utf-8")
        (rule,) = (rule for rule in load([path]).rules if rule.id.startswith("chrome.learned-"))
        assert rule.match == ("Tip our night desk 12", "Tip our night desk 7")
        assert rule.keep[0] == PROSE
        assert any(mark.rule.id == rule.id for mark in load([path]).explain("TIP OUR NIGHT DESK 99"))

    def test_a_line_that_somebody_wants_to_keep_is_no_rule(self) -> None:
        learned = learn([said("Tip our night desk"), said("Tip our night desk", "keep", id="1" * 32)], BOOK)
        assert learned.rules == ()
        assert any("leave" in reason for _, reason in learned.left)

    def test_a_sentence_becomes_a_case_alone(self) -> None:
        learned = learn([said(PROSE)], BOOK)
        assert [reason for _, reason in learned.left] == ["it reads as a sentence of an article"]
        (case,) = learned.cases["strip"]
        assert (case["left"], case["removed"]) == ([PROSE, PROSE], [["chrome", PROSE]])

    def test_a_wrong_field_and_a_lost_line_are_cases(self) -> None:
        learned = learn(
            [
                said("Ann Ray", "wrong_field", fate="moved", field="authors-0", belongs="images.credit"),
                said("Rain", "keep", fate="removed", rule="a.b", start=9),
            ],
            BOOK,
        )
        (case,) = learned.cases["fields"]
        assert (case["field"], case["wrong"], case["belongs"]) == ("authors-0", "Ann Ray", "images.credit")
        assert learned.cases["strip"][0]["left"] == [PROSE, "Rain", PROSE]
        assert any("a.b took it" in reason for _, reason in learned.left)

    @settings(max_examples=40)
    @given(st.text(min_size=1, max_size=80), st.sampled_from(["keep", "remove", "wrong_field"]))
    def test_any_line_gives_a_file_that_loads(self, text: str, verdict: str) -> None:
        source = "".join(f"{line}\n" for line in as_toml(learn([said(text, verdict)], BOOK)))
        assert all(rule["match"] and rule["keep"] for rule in tomllib.loads(source).get("rule", []))

    @pytest.mark.parametrize("data", [b"", b"[]", b'{"copydesk":"verdicts","version":2,"verdicts":[]}', b"\xff", b'{"verdicts":1}'])
    def test_another_file_is_refused_in_one_line(self, data: bytes) -> None:
        with pytest.raises(VerdictsError, match=r"a\.json holds no verdicts"):
            read_verdicts(data, "a.json")


def test_a_record_alone_has_a_page(result: Result) -> None:
    page = document_page(of_record(result.article), Place(build="b", root="../", site="../sites/a.html")).decode()
    assert "Passengers who came late" in page
    assert "Shown from the record alone" in page
