r"""Clean the texts that other extractors make of annotated pages: what their furniture costs, and what copydesk wins by taking it away.

    python benchmarks/extracts.py CORPORA [--corpora aef-dev,fundus-dev] [--every N] [--extractors readability,justext]

For each extractor: the word F1 of its text as it is and after copydesk's text stages, with models that never saw a page of the site, and
how many pages became better or worse by more than a point. Extractors run with their defaults, but for the two of trafilatura that its
documentation names: `trafilatura-precision` and `trafilatura-recall`. `make bench` installs them.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.strip import word_f1  # noqa: E402 - the project's root must be on the path first
from training.corpora import read  # noqa: E402
from training.text_oof import clean_text_oof  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

CLOSE = 0.01
"""A page changes when its F1 moves by more."""


def trafilatura(html: bytes, **manner: bool) -> str:
    """Trafilatura's text, without comments."""
    import trafilatura as peer  # noqa: PLC0415 - peers are loaded when they are asked for

    return peer.extract(html, include_comments=False, **manner) or ""


def resiliparse(html: bytes, *, main: bool) -> str:
    """The text of resiliparse: all of the page, or its main content."""
    from resiliparse.extract.html2text import extract_plain_text  # noqa: PLC0415
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding  # noqa: PLC0415

    return str(extract_plain_text(bytes_to_str(html, detect_encoding(html)), main_content=main))


def readability(html: bytes) -> str:
    """The visible text of what readability-lxml takes for the article."""
    from lxml.html import fromstring  # noqa: PLC0415
    from readability import Document  # noqa: PLC0415

    return str(fromstring(Document(html.decode("utf-8", "replace")).summary()).text_content())


def justext(html: bytes) -> str:
    """The good paragraphs of jusText, with its English stop list."""
    import justext as peer  # noqa: PLC0415

    return "\n".join(part.text for part in peer.justext(html, peer.get_stoplist("English")) if not part.is_boilerplate)


def newspaper(html: bytes) -> str:
    """The text of newspaper4k."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import newspaper as peer  # noqa: PLC0415

        article = peer.Article("https://example.org/", fetch_images=False)
        article.download(input_html=html.decode("utf-8", "replace"))
        article.parse()
    return str(article.text)


EXTRACTORS: dict[str, Callable[[bytes], str]] = {
    "resiliparse": lambda html: resiliparse(html, main=False),
    "resiliparse-main": lambda html: resiliparse(html, main=True),
    "readability": readability,
    "newspaper4k": newspaper,
    "justext": justext,
    "trafilatura-precision": lambda html: trafilatura(html, favor_precision=True),
    "trafilatura-recall": lambda html: trafilatura(html, favor_recall=True),
}


def main() -> None:
    """Print the table."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("folder", type=Path)
    cli.add_argument("--corpora", default="aef-dev,fundus-dev")
    cli.add_argument("--extractors", default=",".join(EXTRACTORS))
    cli.add_argument("--every", type=int, default=1)
    options = cli.parse_args()
    print(f"{'corpus':12} {'extractor':22} {'pages':>6} {'as it is':>9} {'cleaned':>8} {'better':>7} {'worse':>6}")
    for corpus in options.corpora.split(","):
        pages = [page for page in read(corpus, options.folder) if page.gold.get("text")][:: options.every]
        for name in options.extractors.split(","):
            before, after = [], []
            for page in pages:
                text = ""
                with contextlib.suppress(Exception):  # a peer may raise whatever it likes: then it has no text
                    text = EXTRACTORS[name](page.raw)
                before.append(word_f1(text, page.gold["text"]))
                after.append(word_f1(clean_text_oof(text, page.fold).text, page.gold["text"]) if text.strip() else 0.0)
            moved = [second - first for first, second in zip(before, after, strict=True)]
            better, worse = sum(step > CLOSE for step in moved), sum(step < -CLOSE for step in moved)
            row = f"{corpus:12} {name:22} {len(pages):6} {statistics.mean(before):9.4f} {statistics.mean(after):8.4f} {better:7} {worse:6}"
            print(row, flush=True)


if __name__ == "__main__":
    main()
