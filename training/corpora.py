"""Read the development corpora: pages, gold annotations and folds.

Where they are is given by the environment variable `COPYDESK_CORPORA`, by default `../shared/corpora` beside the project.
"""

from __future__ import annotations

import json
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDS = 5
NAMES = ("wcxb-dev", "fundus-dev", "trafilatura-dev")


@dataclass(frozen=True, slots=True)
class GoldPage:
    """One annotated page.

    Attributes:
        corpus: the corpus it is in.
        raw: its bytes as fetched.
        gold: what was annotated: `text`, `summary`, `with`, `without`, `kind` …
        fold: 0 to 4; all pages of a registered domain are in one fold.
        domain: the registered domain.
    """

    corpus: str
    raw: bytes
    gold: dict[str, Any]
    fold: int
    domain: str

    @property
    def key(self) -> str:
        """The page's id, unique over all corpora."""
        return str(self.gold["id"])

    @property
    def kind(self) -> str:
        """The kind of page; all pages of fundus-dev and trafilatura-dev are articles."""
        return str(self.gold.get("kind") or "article")


def root() -> Path:
    """The folder of the corpora."""
    return Path(os.environ.get("COPYDESK_CORPORA", Path(__file__).resolve().parents[2] / "shared" / "corpora"))


def read_folds() -> dict[tuple[str, str], tuple[str, int]]:
    """From (corpus, page id) to (registered domain, fold)."""
    rows = (line.split("\t") for line in (root() / "folds.tsv").read_text().splitlines()[1:])
    return {(corpus, page): (domain, int(fold)) for corpus, page, domain, fold in rows}


def read(corpus: str) -> Iterator[GoldPage]:
    """All pages of a corpus in the order of its gold file."""
    folds = read_folds()
    with zipfile.ZipFile(root() / f"{corpus}.zip") as archive:
        for line in archive.read("gold.jsonl").decode().rstrip("\n").split("\n"):
            gold = json.loads(line)
            domain, fold = folds[corpus, gold["id"]]
            yield GoldPage(corpus, archive.read(gold["id"] + ".html"), gold, fold, domain)
