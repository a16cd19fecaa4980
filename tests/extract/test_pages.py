"""Whole pages, written for the tests in layouts that are met in the wild: what stays, what moves where, what goes."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from functools import cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from pipeline.extract import ExtractConfig, Extracted, ExtractError, HtmlModel, extract, parse
from pipeline.extract.metadata import gather
from pipeline.jsonld import read_graph
from pipeline.text.folding import fold_letters

if TYPE_CHECKING:
    from pipeline.spans import Cut

PARAGRAPHS = (
    "The ferry to the outer islands stopped on Tuesday morning, after engineers found a crack in the hull of the older of the two boats.",
    "Some four hundred people were waiting at the quay, among them two school classes, a bride, and a man with eleven beehives.",
    "“We have been telling the ministry for years that one boat is not enough,” said Karin Oster, who runs the harbour office.",
    "The company promised a replacement by the weekend, but the only free vessel lies in a dock three hundred kilometres to the south.",
    "Until then the islanders will depend on fishing boats, which may carry twelve passengers each and no cars, and only in daylight.",
)
JAPANESE = (
    "島へ渡る連絡船が火曜日の朝から止まっている。古い船の船体に亀裂が見つかったためで、港にはおよそ四百人が足止めされた。",
    "港湾事務所の担当者は「一隻では足りないと何年も前から省に訴えてきた」と話し、早急な対応を求めている。",
    "運航会社は週末までに代わりの船を用意すると約束したが、空いている船は三百キロ南の造船所にしかない。",
)
ARABIC = (
    "توقفت العبارة المتجهة إلى الجزر صباح يوم الثلاثاء بعد أن اكتشف المهندسون شرخا في هيكل أقدم القاربين.",
    "وكان نحو أربعمئة شخص ينتظرون على الرصيف، بينهم تلاميذ مدرستين وعروس ورجل يحمل إحدى عشرة خلية نحل.",
    "وقالت مديرة الميناء إنها حذرت الوزارة منذ سنوات من أن قاربا واحدا لا يكفي لخدمة السكان.",
)
THAI = (
    "เรือข้ามฟากไปยังหมู่เกาะรอบนอกหยุดให้บริการตั้งแต่เช้าวันอังคาร หลังวิศวกรพบรอยร้าวที่ตัวเรือลำเก่า",
    "ผู้คนราวสี่ร้อยคนรออยู่ที่ท่าเรือ ในจำนวนนี้มีนักเรียนสองห้อง เจ้าสาวหนึ่งคน และชายที่นำรังผึ้งมาสิบเอ็ดรัง",
    "ผู้จัดการท่าเรือกล่าวว่าได้เตือนกระทรวงมาหลายปีแล้วว่าเรือเพียงลำเดียวไม่เพียงพอสำหรับชาวเกาะ",
)
HINDI = (
    "बाहरी द्वीपों की नौका मंगलवार सुबह से बंद है, क्योंकि इंजीनियरों को पुरानी नाव के ढांचे में दरार मिली।",
    "घाट पर लगभग चार सौ लोग इंतजार कर रहे थे, जिनमें दो स्कूलों के बच्चे, एक दुल्हन और मधुमक्खियों वाला एक आदमी था।",
    "बंदरगाह की प्रमुख ने कहा कि वे वर्षों से मंत्रालय को बता रही हैं कि एक नाव काफी नहीं है।",
)
RUSSIAN = (
    "Паром на дальние острова перестал ходить во вторник утром: инженеры нашли трещину в корпусе старшего из двух судов.",
    "На причале ждали около четырёхсот человек, среди них два школьных класса, невеста и мужчина с одиннадцатью ульями.",
    "«Мы годами говорим министерству, что одного судна мало», — сказала начальница порта и пообещала бесплатный чай.",
)
NAV = (
    '<header class="site-header"><nav><ul><li><a href="/">Home</a></li><li><a href="/news">News</a></li>'
    '<li><a href="/sport">Sport</a></li></ul></nav></header>'
)
FOOTER = (
    '<footer class="site-footer"><ul><li><a href="/terms">Terms of use</a></li><li><a href="/privacy">Privacy</a></li></ul>'
    "<p>© 2024 The Harbour Post</p></footer>"
)
CARDS = '<aside class="related-posts"><h3>More from News</h3><ul>' + "".join(
    f'<li class="card"><a href="/n/{n}"><h4>{title}</h4></a></li>'
    for n, title in enumerate(("Beekeeper wins again", "School roof leaks", "New bench for the quay", "Mayor opens a bakery"))
) + "</ul></aside>"  # fmt: skip


def paragraphs(texts: tuple[str, ...] = PARAGRAPHS) -> str:
    """The texts as paragraphs."""
    return "".join(f"<p>{text}</p>" for text in texts)


def article(texts: tuple[str, ...] = PARAGRAPHS, *, lang: str = "en", title: str = "Ferry stops for a week", extra: str = "") -> str:
    """A plain news page."""
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8"><title>{title} | The Harbour Post</title>'
        f'<meta property="og:title" content="{title}"><meta property="og:type" content="article"></head><body>{NAV}'
        f'<main><article class="post"><h1 class="entry-title">{title}</h1><div class="entry-content">{paragraphs(texts)}{extra}</div>'
        f"</article></main>{CARDS}{FOOTER}</body></html>"
    )


@cache
def model() -> HtmlModel:
    return HtmlModel.read()


def run(html: str, *, url: str | None = "https://post.example/news/ferry", hints: tuple[str, ...] = (), **settings: object) -> Extracted:
    config = ExtractConfig(**settings)  # type: ignore[arg-type]  # tests give single settings
    tree = parse(html, config=config)
    return extract(tree, html, read_graph(tree, html), url=url, model=model(), config=config, title_hints=hints)


def leaving(found: Extracted) -> list[Cut]:
    """The cuts, and the headline's block as if all of it moved."""
    return sorted((*found.cuts, *((found.headline,) if found.headline else ())), key=lambda cut: cut.start)


def replayed(found: Extracted) -> str:
    """What no cut covers: the body, blocks with words only."""
    covered = bytearray(len(found.base))
    for cut in leaving(found):
        covered[cut.start : cut.end] = b"\x01" * (cut.end - cut.start)
    parts = []
    for block in found.blocks:
        text = "".join(found.base[at] for at in range(block.start, block.end) if not covered[at])
        if text.strip():
            parts.append(text.strip())
    return "\n\n".join(parts)


def moved(found: Extracted, field: str, attr: str = "") -> list[str]:
    """The strings that move to a field."""
    return [
        found.base[cut.start : cut.end]
        for cut in leaving(found)
        if cut.target is not None and cut.target.field == field and cut.target.attr == attr
    ]


def removed(found: Extracted, kind: str) -> list[str]:
    return [found.base[cut.start : cut.end] for cut in leaving(found) if cut.kind == kind]


class Dump(HTMLParser):
    """An independent dump: text outside of what cannot be seen."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0
        self.text: list[str] = []

    def handle_starttag(self, tag: str, _attributes: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style", "template", "noscript"):
            self.depth += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "template", "noscript"):
            self.depth -= 1

    def handle_data(self, data: str) -> None:
        if not self.depth:
            self.text.append(data)


def test_the_independent_dump_agrees() -> None:
    html = article()
    dump = Dump()
    dump.feed(html[html.index("<body") :])
    assert Counter(re.sub(r"\s", "", "".join(dump.text))) == Counter(re.sub(r"\s", "", run(html).base))


BODY = "\n\n".join(PARAGRAPHS)


def test_a_plain_news_page() -> None:
    found = run(article())
    assert replayed(found) == BODY
    assert moved(found, "title") == ["Ferry stops for a week"]
    assert found.kind == "html"
    assert (found.page_kind, found.completeness) == ("article", "full")
    assert {"Home", "News", "Sport"} <= set(removed(found, "navigation"))
    assert found.paths()[0] == "html/body/header/nav/ul/li"


@pytest.mark.parametrize(
    ("texts", "lang", "title"),
    [
        (JAPANESE, "ja", "連絡船が運休"),
        (ARABIC, "ar", "توقف العبارة"),
        (THAI, "th", "เรือข้ามฟากหยุดให้บริการ"),
        (HINDI, "hi", "नौका सेवा बंद"),
        (RUSSIAN, "ru", "Паром остановился"),
    ],
)
def test_bodies_in_every_script_survive(texts: tuple[str, ...], lang: str, title: str) -> None:
    found = run(article(texts, lang=lang, title=title))
    assert replayed(found) == "\n\n".join(texts)
    assert moved(found, "title") == [title]


@pytest.mark.parametrize(
    "line",
    [
        '<span class="ad__caption">Advertisement</span>',
        '<div class="toggle-caption">toggle caption</div>',
        '<p class="ads-caption">Werbung</p>',
    ],
)
def test_the_label_of_an_advert_and_the_button_of_a_caption_are_no_captions(line: str) -> None:
    assert moved(run(article(extra=f"<div>{line}</div>")), "images", "caption") == []


def test_captions_leave_the_text_for_images() -> None:
    figure = '<figure><img src="/i/quay.jpg" alt="A quay"><figcaption>The quay at dawn. (Reuters)</figcaption></figure>'
    found = run(article(extra=figure + "<p>" + PARAGRAPHS[0].replace("Tuesday", "Friday") + "</p>"))
    assert "quay at dawn" not in replayed(found)
    assert moved(found, "images", "caption") == ["The quay at dawn."]
    assert moved(found, "images", "credit") == ["Reuters"]
    item = next(item for item in found.items if item.field == "images")
    assert item.values == {"url": "https://post.example/i/quay.jpg", "alt": "A quay"}
    assert found.base[item.key :].startswith("The quay at dawn")


def test_posts_leave_the_text_for_embeds() -> None:
    tweet = (
        '<blockquote class="twitter-tweet"><p lang="en">Boat is broken again <a href="https://t.co/abcd">https://t.co/abcd</a></p>'
        '&mdash; Harbour Office (@harbour) <a href="https://twitter.com/harbour/status/1">May 3, 2022</a></blockquote>'
    )
    frame = '<iframe src="https://www.youtube.com/embed/xyz"></iframe>'
    found = run(article(extra=tweet + frame + "<p>" + PARAGRAPHS[1].replace("four", "five") + "</p>"))
    assert "Boat is broken" not in replayed(found)
    assert moved(found, "embeds", "text") == ["Boat is broken again"]
    assert moved(found, "embeds", "handle") == ["@harbour"]
    assert [(item.values["platform"], item.values["kind"]) for item in found.items if item.field == "embeds"] == [
        ("x", "post"), ("youtube", "video"),
    ]  # fmt: skip


def test_accounts_and_frames_of_posts() -> None:
    clip = '<blockquote class="tiktok-embed" cite="https://www.tiktok.com/@harbour/video/1"><p>Boat is broken</p></blockquote>'
    frame = '<iframe src="https://t.me/harbour/12?embed=1"></iframe>'
    found = run(article(extra=clip + frame + "<p>" + PARAGRAPHS[1].replace("four", "five") + "</p>"))
    values = [item.values for item in found.items if item.field == "embeds"]
    assert ("tiktok", "@harbour") in [(value["platform"], value.get("handle")) for value in values]
    assert "telegram" in [value["platform"] for value in values]


def test_comments_never_belong_to_the_body() -> None:
    comments = '<section id="comments" class="comments-area"><h3>3 comments</h3>' + "".join(
        f'<div class="comment"><p>{text}</p></div>'
        for text in (
            "I waited there for nine hours, and nobody told us anything about the crack, which is typical of this company.",
            "My uncle built that boat, and he always said that the hull was too thin for winter storms.",
            "Great article, thank you. The islands need two boats, everybody knows that by now.",
        )
    ) + "</section>"  # fmt: skip
    found = run(article().replace("</article>", f"</article>{comments}"))
    assert replayed(found) == BODY
    assert len(removed(found, "comments")) == 4


def test_links_in_the_body_are_absolute() -> None:
    found = run(
        article(
            extra='<p>The company, which also runs <a href="/bus?a=1&amp;b=2">the night buses</a>, declined to comment on the matter.</p>'
        )
    )
    assert [(found.base[a:b], url) for a, b, url in found.links] == [("the night buses", "https://post.example/bus?a=1&b=2")]


def test_headings_lists_quotes_and_tables_keep_their_kind() -> None:
    extra = (
        "<h2>What happens next</h2><ul><li>The boat goes to the dock on Friday.</li><li>A diver inspects the hull.</li></ul>"
        "<blockquote><p>We will be back before the herring, the captain told the waiting crowd.</p></blockquote>"
        "<table><tr><th>Day</th><th>Boats</th></tr><tr><td>Friday</td><td>2</td></tr><tr><td>Saturday</td><td>3</td></tr></table>"
        f"<p>{PARAGRAPHS[2]}</p>"
    )
    found = run(article(extra=extra))
    text = replayed(found)
    kept = {block.kind for block in found.blocks if found.base[block.start : block.end] in text}
    assert {"heading", "list_item", "quote", "paragraph"} <= kept
    assert any(
        block.kind == "table" and found.base[block.start : block.end] == "Day\tBoats\nFriday\t2\nSaturday\t3" for block in found.blocks
    )


def test_a_live_blog_keeps_its_entries_in_order() -> None:
    entries = "".join(
        f'<article class="entry"><time datetime="2024-05-03T1{n}:00">1{n}:00</time><h3>Update {n}</h3><p>{text}</p></article>'
        for n, text in enumerate(PARAGRAPHS)
    )
    live = '<script type="application/ld+json">{"@type": "LiveBlogPosting", "headline": "Ferry stops"}</script>'
    main = f"<main><h1>Ferry stops</h1><div class='live-blog'>{entries}</div></main>"
    html = f"<html><head><title>Ferry stops</title>{live}</head><body>{NAV}{main}{FOOTER}</body></html>"
    found = run(html)
    text = replayed(found)
    assert [text.index(paragraph) for paragraph in PARAGRAPHS] == sorted(text.index(paragraph) for paragraph in PARAGRAPHS)
    assert found.page_kind == "live"


def test_a_table_layout_of_the_nineties() -> None:
    html = (
        "<html><title>Ferry stops</title><body><table><tr><td><a href=/>Home</a><br><a href=/n>News</a><br><a href=/s>Sport</a></td>"
        f"<td><font size=5>Ferry stops</font><br><br>{'<br><br>'.join(PARAGRAPHS)}</td></tr></table></body></html>"
    )
    assert BODY in replayed(run(html))


def test_an_amp_page() -> None:
    html = article().replace("<html ", "<html amp ").replace("</h1>", '</h1><amp-img src="/a.jpg" width="1" height="2"></amp-img>')
    assert replayed(run(html)) == BODY


def test_an_article_that_stands_only_in_json_ld() -> None:
    body = "\n\n".join(PARAGRAPHS)
    data = json.dumps({"@type": "NewsArticle", "headline": "Ferry stops", "articleBody": body})
    found = run(f'<html><head><script type="application/ld+json">{data}</script></head><body><div id="root"></div></body></html>')
    assert found.kind == "json-ld"
    assert replayed(found) == body


def test_an_article_that_stands_only_in_application_state() -> None:
    body = "".join(f"&lt;p&gt;{text}&lt;/p&gt;" for text in PARAGRAPHS)
    data = json.dumps({"props": {"pageProps": {"post": {"title": "Ferry stops", "content": body}}}})
    found = run(f'<html><body><div id="__next"></div><script id="__NEXT_DATA__" type="application/json">{data}</script></body></html>')
    assert found.kind == "app-state"
    assert replayed(found) == BODY


def test_metadata_never_supplies_the_text_of_a_page_that_has_one() -> None:
    data = json.dumps({"@type": "NewsArticle", "articleBody": "Another text altogether. " * 40})
    found = run(article().replace("</head>", f'<script type="application/ld+json">{data}</script></head>'))
    assert (found.kind, replayed(found)) == ("html", BODY)


@pytest.mark.parametrize(
    "html",
    ["", "   ", "<html></html>", "<frameset><frame src=a><frame src=b></frameset>", "<p></p>", "<img src=x>", "<p>Not found</p>"],
)
def test_a_page_without_an_article_is_rejected(html: str) -> None:
    with pytest.raises(ExtractError) as caught:
        run(html)
    assert caught.value.code == "no_article"
    assert caught.value.detail


def test_bounds_are_coded() -> None:
    with pytest.raises(ExtractError, match="too_large"):
        run("x" * 101, max_chars=100)
    with pytest.raises(ExtractError, match="too_large"):
        run("<p>" * 101, max_nodes=100)
    with pytest.raises(ExtractError, match="too_deep"):
        run("<div>" * 100_000 + "x")
    bomb = "<p>" + "".join(f"<b a{n}>" for n in range(2_000)) + "</p>" + "<p>x</p>" * 30_000
    with pytest.raises(ExtractError, match="too_deep"):
        run(bomb)


@pytest.mark.parametrize(
    "html",
    [
        article()[: article().index("beehives") + 4],
        article().replace("beehives", "bee\x00hives"),
        article().replace("beehives", "bee\ud800hives"),
        article() + "<" * 5_000,
        article() + "&#x110000;&#0;&bogus;" * 1_000,
        article() + "<b>" * 300,
        article() + "<p>" + "x" * 3_000_000,
    ],
)
def test_damaged_pages_keep_their_article(html: str) -> None:
    start = time.process_time()
    assert PARAGRAPHS[0] in replayed(run(html))
    assert time.process_time() - start < 20


def test_cuts_are_sorted_disjoint_and_leave_the_joins() -> None:
    found = run(article(extra="<figure><img src=a.jpg><figcaption>A boat. (EPA)</figcaption></figure><p>" + PARAGRAPHS[0] + "</p>"))
    ends = [0]
    for cut in leaving(found):
        assert ends[-1] <= cut.start < cut.end
        assert any(block.start <= cut.start and cut.end <= block.end for block in found.blocks)
        ends.append(cut.end)
    assert {finding.verdict for finding in found.findings} == {"keep", "move", "remove"}
    assert len(found.findings) == len(found.blocks)


def test_the_same_page_gives_the_same_result() -> None:
    assert run(article()) == run(article())


def test_another_engine_may_decide_but_never_supplies_text() -> None:
    found = run(article(), engine="trafilatura")
    assert PARAGRAPHS[1] in replayed(found)
    assert found.base == run(article()).base


def test_a_paywalled_opening_is_marked() -> None:
    told = '<script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree":"False"}</script></head>'
    found = run(article(PARAGRAPHS[:2], extra='<div class="paywall">Subscribe to read on.</div>').replace("</head>", told))
    assert found.completeness == "paywalled"


def test_a_note_in_place_of_every_player_goes_and_a_page_of_one_sentence_stays() -> None:
    note = "<p>Your privacy settings keep this video from playing, so please allow it.</p>"
    found = run(article(extra=note.join(f"<p>{text} Again.</p>" for text in PARAGRAPHS)))
    assert "privacy settings" not in replayed(found)
    assert "Again." in replayed(found)
    assert "a crack in the hull" in replayed(run(f"<html><body><article>{f'<p>{PARAGRAPHS[0]}</p>' * 40}</article></body></html>"))


def test_an_element_left_open_in_noscript_swallows_nothing() -> None:
    html = article().replace("<main>", '<noscript><div class="notice"></noscript><main>')
    assert replayed(run(html)) == BODY


def test_an_article_in_a_template_script_is_found() -> None:
    page = (
        '<html><head><title>Ferry stops</title></head><body><div class="post"><h1>Ferry stops</h1>'
        f"<script type='text/template'>{paragraphs()}</script></div></body></html>"
    )
    found = run(page)
    assert (found.kind, replayed(found)) == ("app-state", BODY)


def test_a_body_much_longer_than_the_visible_teaser_is_taken_from_metadata() -> None:
    told = json.dumps(
        {"@type": "NewsArticle", "articleBody": "\n\n".join(text + " " + other for text in PARAGRAPHS for other in PARAGRAPHS)}
    )
    teaser = " ".join(f"The harbour is quiet on day {day}, and the boats lie still." for day in range(8))
    html = article((teaser,)).replace("</head>", f'<script type="application/ld+json">{told}</script></head>')
    found = run(html)
    assert found.kind == "json-ld"
    assert len(replayed(found).split("\n\n")) == len(PARAGRAPHS) ** 2


def test_a_whole_article_below_the_page_s_own_is_another_article() -> None:
    other = '<article class="post"><h2>Beekeeper wins again</h2>' + paragraphs(
        tuple(text.replace("ferry", "bee").replace("boat", "hive") for text in PARAGRAPHS)
    )
    found = run(article().replace("</article></main>", f"</article>{other}</article></main>"))
    assert replayed(found) == BODY


def test_a_list_of_headings_at_the_end_stays() -> None:
    headings = "".join(f"<h3>{n}. The reason number {n} why the ferry does not sail</h3>" for n in range(1, 7))
    assert "reason number 6" in replayed(run(article(extra=headings)))


def test_lines_that_lead_to_another_page_of_the_site_go() -> None:
    lead = '<p>Read more: <a href="https://www.post.example/news/bees">Eleven beehives waited at the quay</a></p>'
    elsewhere = '<p>Timetable: <a href="https://boats.example/times">All ferries to the outer islands</a></p>'
    texts = PARAGRAPHS[:3]
    tail = paragraphs(PARAGRAPHS[3:])
    body = replayed(run(article(texts, extra=lead + elsewhere + tail)))
    assert "beehives waited" not in body
    assert "Timetable: All ferries" in body


def test_captions_that_only_metadata_name_are_told() -> None:
    caption = "The older of the two boats lies at the quay, as seen from the harbour office"
    told = json.dumps({"@type": "ImageObject", "caption": caption})
    html = article().replace("</head>", f'<script type="application/ld+json">{told}</script></head>')
    assert gather(html, read_graph(parse(html), html), ()).captions == (fold_letters(caption),)
    found = run(html.replace("</div></article>", f"<p>{caption}. 0:30 min</p><p>{PARAGRAPHS[2]} Again!</p></div></article>"))
    assert moved(found, "images", "caption") == [f"{caption}. 0:30 min"]
    other = html.replace("Ferry stops for a week", caption)
    assert not gather(other, read_graph(parse(other), other), ()).captions


@pytest.mark.parametrize(
    "html", ["<p>" + PARAGRAPHS[0] + "</p>", " ".join(PARAGRAPHS) + " "], ids=["one paragraph over and over", "one run"]
)
def test_a_page_that_is_nothing_but_text_is_its_text(html: str) -> None:
    found = run(f"<html><body>{html * 300}</body></html>", url=None)
    assert PARAGRAPHS[0] in replayed(found)


def test_a_class_alone_makes_no_stamp_of_a_longer_line_without_a_digit() -> None:
    lines = (
        '<div class="entry-meta"><p>Log in to read the feed of all entries and comments</p><p>Posted on 4 May 2021 in the harbour</p></div>'
    )
    found = run(article().replace("</article>", f"</article>{lines}"))
    assert removed(found, "stamp") == ["Posted on 4 May 2021 in the harbour"]
