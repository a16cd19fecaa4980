"""Draws the pictures of `docs/review.md`: `python tests/golden/review_pictures.py` writes `docs/review-*.png`. Needs chromium."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from click.testing import CliRunner
from playwright.sync_api import sync_playwright

from copydesk.cli import cli

DOCS = Path(__file__).parents[2] / "docs"
SENTENCES = (
    "The council of Orrin met on Monday evening and voted, after three hours of talk, for a new bridge over the river.",
    "Work is to begin in the spring, the mayor told reporters, and the ferry will run until the bridge is open to everyone.",
    "Nobody on the east bank was asked, said the owner of the old mill, who will lose most of his garden to the ramp.",
    "The ferry has carried people, bicycles and now and then a cow across the water for a hundred and twelve years.",
    "Engineers from the capital measured the river bed last summer, and found it softer than the maps of the port say.",
    "A second vote will be taken in March, when the price of the steel is known and the schools have sent their letters.",
    "Two thirds of the people who wrote to the council were for the bridge, though many of them asked for a wider path.",
    "The colour of the railing was not discussed, the mayor said, and she hoped that it would stay that way until May.",
)
QUARTERS = ("the old town", "the harbour", "the hill")
SUBJECTS = ("bridge", "ferry", "mill", "railing", "school", "path", "market", "lamp", "quay", "clock")


def page(number: int, *, broken: bool) -> str:
    """Return an invented page; of a broken one most of the story is gone."""
    title = f"Council votes on the {SUBJECTS[number % len(SUBJECTS)]}"
    notes = f"so it stands in the notes on the {SUBJECTS[number % len(SUBJECTS)]} of {QUARTERS[number // len(SUBJECTS)]}"
    body = "".join(f"<p>{SENTENCES[(number + step) % len(SENTENCES)][:-1]}; {notes}.</p>" for step in range(1 if broken else 5))
    body += "<p>The notes of the council are read aloud in the library on Thursdays, and everybody is welcome there.</p>"
    return (
        f'<!doctype html><html lang="en"><head><title>{title} | Orrin Post</title><meta name="author" content="Ann Ray">'
        f'<meta property="article:published_time" content="2026-03-0{1 + number % 8}T08:00:00Z"></head><body>'
        '<nav class="nav"><a href="/">Home</a> <a href="/town">Town</a> <a href="/river">River</a></nav><article>'
        f"<h1>{title}</h1><div class='byline'>By Ann Ray</div>"
        "<figure><img src='hall.jpg' alt='The town hall'><figcaption>The town hall of Orrin. Photo: Bo Lee</figcaption></figure>"
        f"{body}<blockquote class='twitter-tweet'><p>The clock stays where it is.</p>&mdash; Town of Orrin (@orrin)"
        "<a href='https://twitter.com/orrin/status/1'>March 2, 2026</a></blockquote></article>"
        "<p>Tip our night desk: it is awake</p><div class='newsletter'>Get our letter every morning</div><div class='related'>"
        "<h3>Read also</h3><a href='/a'>Ferry fares rise in June</a></div><footer>All rights reserved</footer></body></html>"
    )


def build(home: Path) -> Path:
    """Build pages of two days; on the second the template is another one. Return the folder of the review."""
    for day, broken in (("2026-03-01", False), ("2026-03-02", True)):
        folder = home / "raw" / "orrin" / day
        folder.mkdir(parents=True)
        count = 10
        for number in range(count):
            (folder / f"{number}.html").write_text(page(number + count * broken, broken=broken), encoding="utf-8")
        (folder / "urls.tsv").write_text(
            "path\turl\n" + "".join(f"{number}.html\thttps://orrin-post.example/{day}/{number}\n" for number in range(count)),
            encoding="utf-8",
        )
        (folder / "empty.html").write_bytes(b"")
    for words in (["run", "--raw", f"{home}/raw", "--clean", f"{home}/clean", "-q", "--no-config"], ["review", f"{home}/clean", "-q"]):
        done = CliRunner().invoke(cli, words)
        if done.exit_code not in (0, 3):
            raise SystemExit(done.output)
    return home / "clean" / "run" / "review"


def main() -> None:
    """Build, open the three main pages, and write their pictures."""
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        review = build(Path(home))
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 1180, "height": 690})
        first = next(path for path in sorted((review / "articles").iterdir()) if b"2026-03-01/" in path.read_bytes())
        pages = {"article": first, "site": review / "sites" / "orrin-post.example.html", "build": review / "index.html"}
        for name, path in pages.items():
            tab.goto(path.as_uri())
            tab.keyboard.type("jjjjjj")  # chooses a span of the article
            tab.wait_for_timeout(300)
            tab.evaluate("scrollTo(0, 0)")
            tab.screenshot(path=DOCS / f"review-{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
