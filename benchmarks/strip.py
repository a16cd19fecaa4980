r"""Clean naive text dumps with copydesk's text stages and with the line rules of others: quality and speed, as one table.

    python benchmarks/strip.py CORPORA [--limit N] [--corpora wcxb-dev,fundus-dev]

CORPORA is the folder of the development corpora. A dump is BeautifulSoup's `get_text("\\n", strip=True)`. `copydesk` runs segment and
strip to their fixpoint with models that never saw a page of the dump's domain. The peers:

- `raw`: the dump as it is.
- `c4`: the line rules of the Colossal Clean Crawled Corpus as its paper describes them (Raffel et al. 2020, section 2.2): keep lines that
  end in a terminal punctuation mark and have at least five words (the paper's count is of sentences a page and words a line), drop lines
  that mention JavaScript, cookies or policies, and drop the page when fewer than three sentences remain. Page rules about bad words,
  code braces and duplicates of other pages are left out: no page here is judged by other pages.
- `justext`: jusText 3 (Pomikálek 2011), every line given as a paragraph, without a stop list, as its documentation advises for
  unknown languages.

Word F1 is the bag-of-words F1 of the Web Content Extraction Benchmark, averaged over pages; of an annotated body with and without its
standfirst the better counts. CPU milliseconds are the process's own.
"""

from __future__ import annotations

import argparse
import html
import re
import statistics
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


from training.corpora import FULL_TEXT  # noqa: E402
from training.text_dumps import Dump, read_dumps  # noqa: E402 - the project's root must be on the path first
from training.text_oof import clean_text_oof  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

WORD = re.compile(r"\w+")
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


def copydesk(text: str, fold: int) -> str:
    """The project's own segment and strip stages."""
    return clean_text_oof(text, fold).text


def raw(text: str, _fold: int) -> str:
    """The dump as it is."""
    return text


def c4(text: str, _fold: int) -> str:
    """C4's line rules."""
    lines = [line.strip() for line in text.split("\n")]
    kept = [
        line for line in lines if line.endswith(C4_END) and len(line.split()) >= 5 and not any(word in line.lower() for word in C4_MENTIONS)
    ]
    sentences = sum(len(re.findall(r"[.!?](?:\s|$)", line)) for line in kept)
    return "\n".join(kept) if sentences >= 3 else ""


def justext(text: str, _fold: int) -> str:
    """JusText on the lines as paragraphs."""
    import justext as peer  # noqa: PLC0415 - an optional peer

    page = "<html><body>" + "".join(f"<p>{html.escape(line)}</p>" for line in text.split("\n") if line.strip()) + "</body></html>"
    paragraphs = peer.justext(page.encode(), frozenset(), stopwords_low=0, stopwords_high=0, encoding="utf-8")
    return "\n".join(paragraph.text for paragraph in paragraphs if not paragraph.is_boilerplate)


SYSTEMS: dict[str, Callable[[str, int], str]] = {"raw": raw, "c4": c4, "justext": justext, "copydesk": copydesk}


def word_f1(got: str, want: str) -> float:
    """Bag-of-words F1."""
    first, second = Counter(WORD.findall(got.lower())), Counter(WORD.findall(want.lower()))
    both = sum((first & second).values())
    return 2 * both / (sum(first.values()) + sum(second.values())) if both else 0.0


def score(page: Dump, got: str) -> float:
    """The better of the body's and the body-with-standfirst's F1."""
    body = page.gold or ""
    return max(word_f1(got, body), word_f1(got, f"{page.summary}\n{body}") if page.summary else 0.0)


def main() -> None:
    """Print the table."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("folder", type=Path)
    cli.add_argument("--corpora", default=",".join(FULL_TEXT))
    cli.add_argument("--limit", type=int)
    options = cli.parse_args()
    print(f"{'corpus':12} {'system':10} {'pages':>6} {'word F1':>8} {'ms a page':>10} {'median ms':>10}")
    for corpus in options.corpora.split(","):
        pages = [page for page in read_dumps(corpus, folder=options.folder) if page.gold][: options.limit]
        for name, system in SYSTEMS.items():
            system(pages[0].text, pages[0].fold)
            scores, times = [], []
            for page in pages:
                start = time.process_time()
                got = system(page.text, page.fold)
                times.append(1000 * (time.process_time() - start))
                scores.append(score(page, got))
            mean, middle = statistics.mean(times), statistics.median(times)
            print(f"{corpus:12} {name:10} {len(pages):6} {statistics.mean(scores):8.4f} {mean:10.2f} {middle:10.2f}", flush=True)


if __name__ == "__main__":
    main()
