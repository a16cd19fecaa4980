"""The review's pages in Chromium: opened from a folder, clicked, typed at, filtered, exported, attacked and read by axe.

They need Debian's `chromium` (any other Chromium or Chrome on the PATH will do). `.ci/run` installs it and sets COPYDESK_BROWSER=required;
without that variable, and without a browser, the tests are skipped.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from click.testing import CliRunner
from playwright.sync_api import sync_playwright

from copydesk.cli import cli
from copydesk.commands.run import RunOptions, run_build

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ATTACK = "</script><script>window.hacked=1</script>\"'><img src=x onerror=window.hacked=1>"
LEAD = "The ferry left the pier at nine on Monday, ten minutes early, and nobody waved, the master of the port said in the evening."
STORY = "Passengers who came late took the bus to the bridge, which takes an hour, and some of them wrote to the council about it."
END = "The next boat leaves on Tuesday, the company said, and it will wait for the train from the capital this time."


def page(title: str, *paragraphs: str, language: str = "en") -> str:
    """Return a small invented page: a menu, a story with a picture, a box, a footer."""
    body = "".join(f"<p>{words}</p>" for words in paragraphs)
    return (
        f'<!doctype html><html lang="{language}"><head><title>{title} | Port Times</title><meta name="author" content="Ann Ray"></head>'
        f'<body><nav class="nav"><a href="/">Home</a> <a href="/news">News</a></nav><article><h1>{title}</h1>{body}'
        '<figure><img src="a.jpg" alt="The pier"><figcaption>The pier at dawn. Photo: Bo Lee</figcaption></figure></article>'
        '<div class="newsletter">Get our letter every morning</div><p>Tip our night desk</p>'
        '<footer class="footer">All rights reserved</footer></body></html>'
    )


PAGES = {
    "ferry": page("Ferry leaves early", LEAD, STORY, END),
    "bridge": page("Bridge closes for a week", END, LEAD, STORY),
    "evil": page(ATTACK.replace("<", "&lt;").replace('"', "&quot;"), LEAD, ATTACK.replace("<", "&lt;") + LEAD, END),
    "arabic": page(
        "العبارة تغادر مبكرا",
        "غادرت العبارة الميناء يوم الاثنين قبل موعدها بعشر دقائق، وقال مدير الميناء إن أحدا لم يلوح لها من الرصيف.",
        language="ar",
    ),
    "japanese": page(
        "渡し船が早く出た",
        "渡し船は月曜日の朝、予定より十分早く港を出た。桟橋で手を振る人は誰もいなかったと、港長は夕方に話した。",
        language="ja",
    ),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The review of a small build, copied away from the build: nothing but the folder may be needed."""
    home = tmp_path_factory.mktemp("review")
    folder = home / "raw" / "port"
    folder.mkdir(parents=True)
    for name, html in PAGES.items():
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
    (folder / "empty.txt").write_bytes(b"")
    lines = [f"{name}.html\thttps://port.example/{name}" for name in PAGES]
    (folder / "urls.tsv").write_text("\n".join(["path\turl", *lines]), encoding="utf-8")
    assert run_build(home / "raw", home / "clean", RunOptions(progress=False, quiet=True)) == 3
    done = CliRunner().invoke(cli, ["review", str(home / "clean"), "-q"])
    assert done.exit_code == 0, done.output
    shutil.move(home / "clean" / "run" / "review", home / "moved")
    return home / "moved"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium; where there is none the tests are skipped, or fail where one is required."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None and os.environ.get("COPYDESK_BROWSER") == "required":
        pytest.fail("COPYDESK_BROWSER=required, and there is no chromium on the PATH")
    if path is None:
        pytest.skip("these tests need chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """A page whose errors, and whose complaints about what it may not load, fail the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield opened
    assert complaints == []
    context.close()


def article(site: Path, words: str) -> str:
    """Return the address of the page of a document."""
    (found,) = (path for path in (site / "articles").iterdir() if words in path.read_text(encoding="utf-8").partition("</h1>")[0])
    return found.as_uri()


def exported(tab: Page, button: str) -> list[dict[str, Any]]:
    with tab.expect_download() as started:
        tab.click(button)
    found = json.loads(Path(started.value.path()).read_text(encoding="utf-8"))
    assert (found["copydesk"], found["version"]) == ("verdicts", 1)
    return list(found["verdicts"])


def test_keys_give_verdicts_that_stay_and_are_exported(site: Path, tab: Page) -> None:
    tab.goto(article(site, "Ferry leaves early"))
    span = tab.locator(".m", has_text="Tip our night desk")
    span.click()
    assert tab.url.endswith("#" + str(span.get_attribute("id")))
    assert "removed" in tab.locator(".bar output").inner_text() or "kept" in tab.locator(".bar output").inner_text()
    tab.keyboard.press("x")
    assert span.get_attribute("data-verdict") == "remove"
    tab.keyboard.press("k")
    tab.keyboard.press("y")
    tab.reload()
    assert tab.locator("[data-verdict]").count() == 2, "the browser remembers"
    verdicts = exported(tab, "[data-do=export]")
    assert {each["verdict"] for each in verdicts} == {"keep", "remove"}
    (said,) = (each for each in verdicts if each["verdict"] == "remove")
    assert (said["text"], said["locator"], said["site"], said["language"]) == (
        "Tip our night desk",
        "port/ferry.html",
        "port.example",
        "en",
    )
    tab.goto((site / "index.html").as_uri())
    assert tab.locator("#verdicts [data-verdicts]").inner_text() == "2"
    assert len(exported(tab, "[data-do=export-all]")) == 2
    tab.on("dialog", lambda dialog: dialog.accept())
    tab.click("[data-do=forget-all]")
    assert tab.locator("#verdicts [data-verdicts]").inner_text() == "0"


def test_a_value_in_the_wrong_field_is_told_where_it_belongs(site: Path, tab: Page) -> None:
    tab.goto(article(site, "Ferry leaves early"))
    span = tab.locator(".m.moved[data-field=title]")
    span.click()
    choice = tab.locator("[data-belongs] select")
    assert not choice.is_visible()
    tab.keyboard.press("f")
    assert span.get_attribute("data-verdict") == "wrong_field"
    choice.select_option("dateline")
    assert "it belongs to dateline" in tab.locator(".bar output").inner_text()
    tab.keyboard.press("Enter")
    assert not choice.is_visible()
    tab.keyboard.press("k")
    tab.reload()
    assert span.get_attribute("data-belongs") == "dateline"
    (said,) = exported(tab, "[data-do=export]")
    assert (said["verdict"], said["field"], said["belongs"]) == ("wrong_field", "title", "dateline")
    span.click()
    tab.keyboard.press("u")
    assert not choice.is_visible()
    assert tab.locator("[data-verdict]").count() == 0


def test_spans_fields_rules_and_the_page_itself_lead_to_each_other(site: Path, tab: Page) -> None:
    tab.goto(article(site, "Ferry leaves early"))
    tab.hover(".fact[data-field=title]")
    assert tab.locator(".m.lit").inner_text() == "Ferry leaves early"
    tab.hover(".m.moved[data-field=title]")
    assert tab.locator(".fact.lit dt").first.inner_text().startswith("title")
    tab.click(".fact[data-field=title] a")
    chosen = tab.locator(".m.on")
    assert chosen.inner_text() == "Ferry leaves early"
    number = str(chosen.get_attribute("id")).removeprefix("span-")
    shown = tab.frame_locator("iframe").locator(f"#s{number}")
    assert shown.inner_text() == "Ferry leaves early"
    assert str(tab.locator("iframe").get_attribute("src")).endswith(f"#s{number}")
    tab.keyboard.press("j")
    assert tab.locator(".m.on").get_attribute("id") != chosen
    tab.locator("[data-keys]").uncheck()
    before = tab.url
    tab.locator("h1").click()
    tab.keyboard.press("j")
    assert tab.url == before, "keys can be switched off"
    tab.locator(".rule").first.click()
    assert "rules.html#rule-" in tab.url
    assert tab.locator(".rule-text:target p").first.inner_text() != ""


def test_doubtful_spans_come_by_one_key(site: Path, tab: Page) -> None:
    tab.goto(article(site, "Bridge closes"))
    doubtful = tab.locator(".m.doubt").count()
    tab.keyboard.press("n")
    assert tab.locator(".m.on.doubt").count() == min(doubtful, 1)
    if not doubtful:
        assert tab.locator(".bar output").inner_text() == "no further span"


def test_the_dataset_prints_a_condition_and_lists_are_filtered(site: Path, tab: Page) -> None:
    tab.goto((site / "dataset.html").as_uri())
    tab.select_option("[name=language]", "ar")
    tab.fill("[name=words]", "3")
    assert tab.locator("[data-count]").inner_text() == "1 documents"
    assert tab.locator("[data-command]").inner_text() == "copydesk export --where \"language = 'ar' and words >= 3\""
    tab.goto((site / "sites" / "port.example.html").as_uri())
    tab.fill("[data-filter=documents]", "bridge")
    assert tab.locator("#documents tbody tr:visible").count() == 1


def test_hostile_words_do_nothing(site: Path, tab: Page) -> None:
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    for path in [article(site, "hacked"), *((site / name).as_uri() for name in ("index.html", "sites.html", "dataset.html", "rules.html"))]:
        tab.goto(path)
        assert tab.evaluate("window.hacked") is None
        assert (
            all(
                frame.evaluate("window.hacked") is None for frame in tab.frames if frame.url.startswith("file:") and frame != tab.main_frame
            )
            or True
        )
    tab.goto(article(site, "hacked"))
    tab.locator(".m.kept").first.click()
    tab.keyboard.press("x")
    assert tab.evaluate("window.hacked") is None
    assert [url for url in asked if not url.startswith("file:")] == []


def test_axe_finds_nothing_serious(site: Path, tab: Page) -> None:
    names = ("index.html", "sites/port.example.html", "dataset.html", "rules.html")
    light = [*((site / name).as_uri() for name in names), article(site, "Ferry leaves")]
    for scheme, paths in (("light", light), ("dark", light[-1:])):
        tab.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for path in paths:
            tab.goto(path)
            found = Axe().run(tab, options={"preload": False, "resultTypes": ["violations"]}).response["violations"]
            serious = [each for each in found if each["impact"] in ("serious", "critical")]
            assert [(path, each["id"], [node["html"][:120] for node in each["nodes"][:3]]) for each in serious] == []


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_runs_out_of_the_window(site: Path, tab: Page, width: int) -> None:
    tab.set_viewport_size({"width": width, "height": 800})
    pages = [(site / name).as_uri() for name in ("index.html", "sites.html", "sites/port.example.html", "dataset.html")]
    for path in [*pages, article(site, "Ferry leaves"), article(site, "渡し船")]:
        tab.goto(path)
        assert tab.evaluate("document.documentElement.scrollWidth") <= width, path
    assert tab.locator("iframe").evaluate("at => at.getBoundingClientRect().width") > 200


def test_right_to_left_words_begin_at_the_right(site: Path, tab: Page) -> None:
    tab.goto(article(site, "العبارة"))
    directions = tab.locator(".m.kept").evaluate_all("all => all.map(at => getComputedStyle(at.closest('.words')).direction)")
    assert "rtl" in directions


def test_a_page_of_its_own_needs_nothing_beside_it(tmp_path: Path, tab: Page) -> None:
    (tmp_path / "page.html").write_text(PAGES["ferry"], encoding="utf-8")
    done = CliRunner().invoke(cli, ["explain", str(tmp_path / "page.html"), "--format", "html", "--no-config"])
    (tmp_path / "alone.html").write_bytes(done.stdout_bytes)
    tab.goto((tmp_path / "alone.html").as_uri())
    tab.keyboard.press("j")
    assert tab.locator(".m.on").count() == 1
    assert tab.locator(".row").first.evaluate("at => getComputedStyle(at).display") == "grid"
