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
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


from benchmarks.peers import c4_lines, justext_lines  # noqa: E402
from training.corpora import FULL_TEXT  # noqa: E402
from training.metrics import word_f1  # noqa: E402
from training.text_dumps import Dump, read_dumps  # noqa: E402 - the project's root must be on the path first
from training.text_oof import clean_text_oof  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable


def copydesk(text: str, fold: int) -> str:
    """The project's own segment and strip stages."""
    return clean_text_oof(text, fold).text


def raw(text: str, _fold: int) -> str:
    """The dump as it is."""
    return text


SYSTEMS: dict[str, Callable[[str, int], str]] = {
    "raw": raw,
    "c4": lambda text, _fold: c4_lines(text),
    "justext": lambda text, _fold: justext_lines(text),
    "copydesk": copydesk,
}


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
