"""Other tools that do a part of copydesk's work, each called as its documentation has it; each takes bytes of a page and returns its text.

They come with `pip install copydesk[bench]`, and are imported when they are asked for.
"""
# ruff: noqa: PLC0415 - a peer is imported when its turn comes

from __future__ import annotations

import html
import re
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

C4_END = (".", "!", "?", '"', "”")
C4_MENTIONS = (
    "javascript",
    "terms of use",
    "privacy policy",
    "cookie policy",
    "uses cookies",
    "use of cookies",
    "use cookies",
    "lorem ipsum",
)


def trafilatura_standard(raw: bytes) -> str:
    """Trafilatura with metadata, as most people call it."""
    import trafilatura

    document = trafilatura.bare_extraction(raw, include_comments=False, with_metadata=True)
    return (document.text or "") if document else ""


def trafilatura_bare(raw: bytes) -> str:
    """Trafilatura without metadata."""
    import trafilatura

    document = trafilatura.bare_extraction(raw, include_comments=False)
    return (document.text or "") if document else ""


def trafilatura_fast(raw: bytes) -> str:
    """Trafilatura with metadata, without its fallback extractors."""
    import trafilatura

    document = trafilatura.bare_extraction(raw, include_comments=False, with_metadata=True, fast=True)
    return (document.text or "") if document else ""


def trafilatura_precision(raw: bytes) -> str:
    """Trafilatura, told to favour precision."""
    import trafilatura

    return trafilatura.extract(raw, include_comments=False, favor_precision=True) or ""


def trafilatura_recall(raw: bytes) -> str:
    """Trafilatura, told to favour recall."""
    import trafilatura

    return trafilatura.extract(raw, include_comments=False, favor_recall=True) or ""


def resiliparse(raw: bytes) -> str:
    """Resiliparse's main-content mode."""
    return _resiliparse(raw, main=True)


def resiliparse_whole(raw: bytes) -> str:
    """All text of a page, by resiliparse."""
    return _resiliparse(raw, main=False)


def _resiliparse(raw: bytes, *, main: bool) -> str:
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding

    return str(extract_plain_text(bytes_to_str(raw, detect_encoding(raw)), main_content=main))


def readability(raw: bytes) -> str:
    """readability-lxml, its HTML turned to text."""
    from lxml.html import fromstring
    from readability import Document

    return str(fromstring(Document(raw.decode("utf-8", "replace")).summary()).text_content())


def newspaper(raw: bytes) -> str:
    """newspaper4k, without fetching the page's pictures to measure them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from newspaper import Article

        article = Article("https://page.invalid/", fetch_images=False)
        article.download(input_html=raw.decode("utf-8", "replace"))
        article.parse()
    return article.text or ""


def justext(raw: bytes) -> str:
    """JusText with its English stop words."""
    import justext as peer

    paragraphs = peer.justext(raw, peer.get_stoplist("English"))
    return "\n".join(paragraph.text for paragraph in paragraphs if not paragraph.is_boilerplate)


PAGES: dict[str, Callable[[bytes], str]] = {
    "trafilatura": trafilatura_standard,
    "trafilatura without metadata": trafilatura_bare,
    "trafilatura fast": trafilatura_fast,
    "resiliparse": resiliparse,
    "readability-lxml": readability,
    "newspaper4k": newspaper,
    "jusText": justext,
}
"""What extracts the article of a page."""
PACKAGES = ("trafilatura", "resiliparse", "readability-lxml", "newspaper4k", "jusText")


def c4_lines(text: str) -> str:
    """C4's line rules: of a text whose lines are paragraphs."""
    lines = [line.strip() for line in text.split("\n")]
    kept = [
        line for line in lines if line.endswith(C4_END) and len(line.split()) >= 5 and not any(word in line.lower() for word in C4_MENTIONS)
    ]
    sentences = sum(len(re.findall(r"[.!?](?:\s|$)", line)) for line in kept)
    return "\n".join(kept) if sentences >= 3 else ""


def justext_lines(text: str) -> str:
    """JusText on the lines of a text as paragraphs."""
    import justext as peer

    page = "<html><body>" + "".join(f"<p>{html.escape(line)}</p>" for line in text.split("\n") if line.strip()) + "</body></html>"
    paragraphs = peer.justext(page.encode(), frozenset(), stopwords_low=0, stopwords_high=0, encoding="utf-8")
    return "\n".join(paragraph.text for paragraph in paragraphs if not paragraph.is_boilerplate)
