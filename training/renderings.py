"""Pages as scrapers save them: one function a scraper, from the page's bytes to the text that it writes.

The span model must know what each of them leaves beside an article: whole pages on one line or on many, main content with captions and
boxes, paragraphs glued together. A page is rendered in a few of these ways, chosen by its name; a scraper that fails on a page, or finds
hardly anything, gives an empty text.
"""

from __future__ import annotations

import hashlib
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from training.corpora import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

_LEAST = 200
"""A rendering of fewer characters is a scraper's failure."""
_DROPPED = ("script", "style", "noscript", "template")
_TEXT_TAGS = ("p", "h2", "h3", "h4", "li", "figcaption", "blockquote", "td")
BODY = "body"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A page as one scraper saves it.

    Attributes:
        corpus: The corpus.
        page: The page's id in it.
        fold: The fold of its domain.
        scraper: The name in `SCRAPERS`, or `BODY` for the annotated body itself.
        text: What the scraper wrote.
        gold: The annotated body.
    """

    corpus: str
    page: str
    fold: int
    scraper: str
    text: str
    gold: str


def _soup(raw: bytes) -> Any:
    from bs4 import BeautifulSoup  # noqa: PLC0415 - only training reads HTML here

    soup = BeautifulSoup(raw, "lxml")
    for tag in soup(list(_DROPPED)):
        tag.decompose()
    return soup


def _html(raw: bytes) -> str:
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding  # noqa: PLC0415

    return bytes_to_str(raw, detect_encoding(raw) or "utf-8")


def soup_lines(raw: bytes) -> str:
    """BeautifulSoup, every text node on a line of its own."""
    return str(_soup(raw).get_text("\n", strip=True))


def soup_one_line(raw: bytes) -> str:
    """BeautifulSoup, the whole page on one line."""
    return str(_soup(raw).get_text(" ", strip=True))


def resiliparse_whole(raw: bytes) -> str:
    """Resiliparse, the whole page, as WET records are made."""
    from resiliparse.extract.html2text import extract_plain_text  # noqa: PLC0415

    return str(extract_plain_text(_html(raw), main_content=False))


def resiliparse_main(raw: bytes) -> str:
    """Resiliparse, main content."""
    from resiliparse.extract.html2text import extract_plain_text  # noqa: PLC0415

    return str(extract_plain_text(_html(raw), main_content=True, alt_texts=False))


def trafilatura_precision(raw: bytes) -> str:
    """Trafilatura, precise."""
    import trafilatura  # noqa: PLC0415

    return trafilatura.extract(raw, favor_precision=True, include_comments=False) or ""


def trafilatura_recall(raw: bytes) -> str:
    """Trafilatura, generous, with comments and tables."""
    import trafilatura  # noqa: PLC0415

    return trafilatura.extract(raw, favor_recall=True, include_comments=True) or ""


def newspaper(raw: bytes) -> str:
    """newspaper4k, which news-please asks too."""
    from newspaper import Article  # noqa: PLC0415

    article = Article(url="https://example.org/a.html", fetch_images=False)
    article.download(input_html=_html(raw))
    article.parse()
    return str(article.text or "")


def _readable(raw: bytes) -> Any:
    import lxml.html  # noqa: PLC0415
    from readability import Document  # noqa: PLC0415

    return lxml.html.fromstring(Document(_html(raw)).summary())


def readability_text(raw: bytes) -> str:
    """readability-lxml, all of its text content, white space as the page had it."""
    return str(_readable(raw).text_content()).strip()


def readability_blocks(raw: bytes) -> str:
    """readability-lxml, headings, list items and cells marked as a converter to plain text marks them."""
    lines = []
    for node in _readable(raw).iter("p", "h1", "h2", "h3", "h4", "li", "figcaption", "tr"):
        words = " ".join(str(node.text_content()).split()) if node.tag != "tr" else _row(node)
        if words and not any(parent.tag in {"li", "p", "tr"} for parent in node.iterancestors()):
            lines.append({"li": "* ", "h1": "# ", "h2": "## ", "h3": "### "}.get(node.tag, "") + words)
    return "\n\n".join(lines)


def _row(node: Any) -> str:
    return " | ".join(" ".join(str(cell.text_content()).split()) for cell in node.iter("td", "th"))


def justext_lines(raw: bytes) -> str:
    """JusText with the English stop list: what it takes for content."""
    import justext  # noqa: PLC0415

    found = justext.justext(raw, justext.get_stoplist("English"))
    return "\n".join(part.text for part in found if not part.is_boilerplate)


def _story(raw: bytes) -> Any:
    """The element that a hand-made script points at: the one with most characters in paragraphs right inside it."""
    soup = _soup(raw)
    best, most = soup, 0
    for node in soup.find_all(["article", "div", "section", "main", "td", "body"]):
        size = sum(len(child.get_text()) for child in node.find_all("p", recursive=False))
        if size > most:
            best, most = node, size
    return best


def paragraphs_one_line(raw: bytes) -> str:
    """A hand-made script: all paragraphs of the story's element, joined to one line."""
    return " ".join(" ".join(node.get_text().split()) for node in _story(raw).find_all("p"))


def paragraphs_lines(raw: bytes) -> str:
    """A hand-made script: every paragraph of the page, one a line."""
    lines = (" ".join(node.get_text().split()) for node in _soup(raw).find_all("p"))
    return "\n".join(line for line in lines if line)


def story_lines(raw: bytes) -> str:
    """A hand-made script: the text of the story's parent element, with headings, captions, boxes and cells, one a line."""
    story = _story(raw)
    nodes = (story.parent or story).find_all(list(_TEXT_TAGS))
    outer = (node for node in nodes if not any(parent.name in _TEXT_TAGS for parent in node.parents))
    lines = (" ".join(node.get_text(" ").split()) for node in outer)
    return "\n".join(line for line in lines if line)


def story_one_line(raw: bytes) -> str:
    """A hand-made script: the story's element on one line, words of neighbouring elements glued together as `get_text()` leaves them."""
    return " ".join(_story(raw).get_text().split())


SCRAPERS: dict[str, tuple[Callable[[bytes], str], int]] = {
    "newspaper": (newspaper, 6),
    "readability_text": (readability_text, 4),
    "readability_blocks": (readability_blocks, 2),
    "trafilatura_recall": (trafilatura_recall, 4),
    "trafilatura_precision": (trafilatura_precision, 3),
    "resiliparse_main": (resiliparse_main, 3),
    "resiliparse_whole": (resiliparse_whole, 1),
    "soup_lines": (soup_lines, 2),
    "soup_one_line": (soup_one_line, 1),
    "justext_lines": (justext_lines, 2),
    "paragraphs_one_line": (paragraphs_one_line, 3),
    "paragraphs_lines": (paragraphs_lines, 2),
    "story_lines": (story_lines, 4),
    "story_one_line": (story_one_line, 2),
}
"""Each scraper, and how many tickets it has when a page draws which ones render it."""


def chosen(page: str, count: int) -> list[str]:
    """The scrapers that render a page, drawn by its name; no scraper twice.

    >>> len(set(chosen("a", 3)))
    3
    """
    tickets = [name for name, (_, number) in SCRAPERS.items() for _ in range(number)]
    drawn: dict[str, None] = {}
    turn = 0
    while len(drawn) < min(count, len(SCRAPERS)):
        digest = hashlib.sha256(f"{page} {turn}".encode()).digest()
        drawn[tickets[int.from_bytes(digest[:8], "big") % len(tickets)]] = None
        turn += 1
    return list(drawn)


def render(scraper: str, raw: bytes) -> str:
    """What a scraper writes; empty where it fails, lacks what a language needs, or finds hardly anything.

    Raises:
        ModuleNotFoundError: the scraper is not installed.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            text = SCRAPERS[scraper][0](raw)
        except ModuleNotFoundError:
            raise
        except Exception:  # noqa: BLE001 - a peer's failure on a page (newspaper4k without a tokenizer: a plain `ImportError`) is none of ours
            return ""
    text = text.replace("\x00", "")
    return text if len(text) >= _LEAST else ""


def read_rendered(names: Sequence[str], cache: Path, *, count: int) -> Iterator[Rendered]:
    """Render the articles of corpora that have bodies, each by `count` scrapers, and give the bodies themselves too.

    Args:
        names: The corpora.
        cache: Folder where renderings are kept: making them takes most of the time.
        count: How many renderings a page.

    Yields:
        Renderings page by page, the body last.
    """
    for corpus in names:
        for page in read(corpus):
            body = page.gold.get("text") or ""
            if page.kind != "article" or not body.strip():
                continue
            for scraper in (*chosen(page.key, count), BODY):
                text = body if scraper == BODY else _cached(cache / corpus / f"{page.key}.{scraper}.txt", page.raw, scraper)
                if text:
                    yield Rendered(corpus, page.key, page.fold, scraper, text, body)


def _cached(path: Path, raw: bytes, scraper: str) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(render(scraper, raw).encode("utf-8", "replace"))
    return path.read_bytes().decode("utf-8")
