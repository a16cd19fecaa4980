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
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks import peers  # noqa: E402 - the project's root must be on the path first
from training.corpora import read  # noqa: E402
from training.metrics import word_f1  # noqa: E402
from training.text_oof import clean_text_oof  # noqa: E402

CLOSE = 0.01
"""A page changes when its F1 moves by more."""


EXTRACTORS = {
    "resiliparse": peers.resiliparse_whole,
    "resiliparse-main": peers.resiliparse,
    "readability": peers.readability,
    "newspaper4k": peers.newspaper,
    "justext": peers.justext,
    "trafilatura-precision": peers.trafilatura_precision,
    "trafilatura-recall": peers.trafilatura_recall,
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
