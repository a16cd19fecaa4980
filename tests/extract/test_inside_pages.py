"""What stands inside pages of the wild and was once lost, kept or changed: every case is a piece of HTML in the middle of a plain story.

A case says where the piece goes (`body`: between two paragraphs, `last`: behind them, `before` or `after` the story, `page`: it is the
whole page), what the text must hold (`has`) and must not (`lacks`), which rules must or must not have spoken, and what else is true of the
record.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline import Article, Config, clean
from pipeline.ingest import RawDocument
from pipeline.replay import check
from pipeline.stages import run

FOLDER = Path(__file__).parents[1] / "cases" / "extract"
CASES = [case for name in ("inside.json", "forms.json") for case in json.loads((FOLDER / name).read_text("utf-8"))]
STORIES = {
    "en": (
        "The ferry to the outer islands stopped on Tuesday morning, after engineers found a crack in the hull of the older boat.",
        "Some four hundred people were waiting at the quay, among them two school classes, a bride, and a man with eleven beehives.",
        "The company promised a replacement by the weekend, but the only free vessel lies in a dock three hundred miles to the south.",
        "Until then the islanders will depend on fishing boats, which may carry twelve passengers each and no cars, and only in daylight.",
    ),
    "de": (
        "Die Fähre zu den äußeren Inseln fährt seit Dienstagmorgen nicht mehr, weil Ingenieure einen Riss im Rumpf des Schiffes fanden.",
        "Am Kai warteten etwa vierhundert Menschen, unter ihnen zwei Schulklassen, eine Braut und ein Mann mit elf Bienenstöcken.",
        "Die Reederei versprach bis zum Wochenende Ersatz, doch das einzige freie Schiff liegt in einem Dock weit im Süden.",
        "Bis dahin sind die Leute auf Fischerboote angewiesen, die je zwölf Fahrgäste und keine Autos tragen dürfen, und nur bei Tag.",
    ),
    "ja": (
        "島へ渡る連絡船が火曜日の朝から止まっている。古い船の船体に亀裂が見つかったためで、港にはおよそ四百人が足止めされた。",
        "港湾事務所の担当者は「一隻では足りないと何年も前から省に訴えてきた」と話し、早急な対応を求めている。",
        "運航会社は週末までに代わりの船を用意すると約束したが、空いている船は三百キロ南の造船所にしかない。",
        "それまで島の人々は十二人乗りの漁船に頼るしかなく、車は運べず、日中だけの運航になるという。",
    ),
}
TITLES = {"en": "Ferry stops for a week", "de": "Fähre fährt eine Woche nicht", "ja": "連絡船が一週間運休"}


def page(case: dict[str, Any]) -> str:
    """The page of a case."""
    if case["where"] == "page":
        return str(case["html"])
    language = case.get("language", "en")
    title, parts = TITLES[language], [f"<p>{text}</p>" for text in STORIES[language][: case.get("paragraphs", 4)]]
    middle = len(parts) // 2
    inside = {place: case["html"] if case["where"] == place else "" for place in ("body", "last")}
    story = "".join((*parts[:middle], inside["body"], *parts[middle:], inside["last"]))
    around = {place: case["html"] if case["where"] == place else "" for place in ("before", "after")}
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"><title>{title} | The Harbour Post</title>'
        f'<meta property="og:title" content="{title}"><meta property="og:type" content="article"></head><body>{around["before"]}'
        '<header class="site-header"><nav><ul><li><a href="/">Home</a></li><li><a href="/news">News</a></li></ul></nav></header><main>'
        f'<article class="post"><h1 class="entry-title">{title}</h1><div class="entry-content">{story}</div></article></main>'
        f'{around["after"]}<footer class="site-footer"><p>© 2024 The Harbour Post</p></footer></body></html>'
    )


def cleaned(case: dict[str, Any]) -> Article:
    """The record of a case, whose edits were replayed."""
    result = run(RawDocument(data=page(case).encode()), Config())
    check(result.article, result.base)
    return result.article


def marked(case: dict[str, Any]) -> Any:
    """A case with `known` is a failure that is known and not mended, and says why."""
    marks = [pytest.mark.xfail(strict=True, reason=case["known"])] if "known" in case else []
    return pytest.param(case, marks=marks, id=f"{case['kind']}: {case['name']}")


@pytest.mark.parametrize("case", [marked(case) for case in CASES])
def test_inside(case: dict[str, Any]) -> None:
    article = cleaned(case)
    story = STORIES[case.get("language", "en")][: case.get("paragraphs", 4)] if case["where"] != "page" else ()
    for words in (*story, *case.get("has", ())):
        assert words in article.text
    for words in case.get("lacks", ()):
        assert words not in article.text
    rules = {entry.rule for entry in article.removed} | {edit.rule for edit in article.provenance.edits}
    assert set(case.get("rules", ())) <= rules
    assert not set(case.get("without_rules", ())) & rules
    record = article.to_dict()
    for field, value in case.get("record", {}).items():
        assert record[field] == value, field
    if "removed" in case:
        kinds = {kind for kind in case["removed"] if any(entry.kind == kind for entry in article.removed)}
        assert kinds == set(case["removed"])


def test_block_kinds_of_code_and_tables() -> None:
    code = "def sail(day):\n    if day > 3:\n        return 'stay'\n    return 'go'"
    shown_code = f"<pre><code>{code.replace('>', '&gt;')}</code></pre>"
    html = f"{shown_code}<table><tr><th>Day</th><th>Boat</th></tr><tr><td>Monday</td><td>8:00</td></tr></table>"
    article = cleaned({"where": "body", "html": html})
    shown = {block.kind: article.text[block.start : block.end] for block in article.blocks}
    assert shown["code"] == code
    assert shown["table"] == "Day\tBoat\nMonday\t8:00"


def test_formatting_left_open_is_no_reason_to_refuse() -> None:
    posts = "".join(f"<p><font color='#{number:06x}'>On day {number} the boat came in with the mail.</p>" for number in range(700))
    assert "On day 5 the boat came in" in clean(page({"where": "body", "html": posts})).text


def test_addresses_begin_where_the_base_element_says() -> None:
    html = page({"where": "body", "html": '<p>See <a href="report.pdf">the report</a> of the inspectors, which has eighty pages.</p>'})
    html = html.replace("<head>", '<head><base href="https://cdn.example.org/x/">')
    article = clean(html, url="https://www.example.org/news/1")
    assert [link.url for link in article.links] == ["https://cdn.example.org/x/report.pdf"]


def test_captions_hold_raised_digits_and_no_marks_of_notes() -> None:
    caption = "The hall has 300 m<sup>2</sup> and 10<sup>6</sup> nails.<sup>[2]</sup>"
    article = cleaned({"where": "body", "html": f'<figure><img src="/a.jpg"><figcaption>{caption}</figcaption></figure>'})
    assert [image.caption for image in article.images] == ["The hall has 300 m² and 10⁶ nails."]
