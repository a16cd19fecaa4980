"""The development corpora: one table that names them, and one reader.

A corpus is a zip file of pages `<id>.html` (`<id>.txt` where they are text dumps) and `gold.jsonl`, one annotated page a line. `folds.tsv`
beside the corpora gives every page its registered domain and its fold. Where they are is given by the environment variable
`COPYDESK_CORPORA`, by default `../shared/corpora` beside the project. They are third parties' pages and no part of the project: models and
rules that were learned from them are.
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
DUMP = "dump"
"""The kind of a page that is a text dump, without markup."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """What is known of a corpus.

    Attributes:
        name: its file's name without the ending.
        licence: of the annotations.
        may_learn: whether models and rules may be learned from it; the others are for looking and measuring.
        models: the steps of `training.rebuild` that learn from it.
    """

    name: str
    licence: str
    may_learn: bool
    models: tuple[str, ...] = ()


WCXB, FUNDUS, TRAFILATURA = "wcxb-dev", "fundus-dev", "trafilatura-dev"
"""The corpora that trainings and scores ask for by name."""

CORPORA = (
    Corpus(WCXB, "CC BY 4.0", may_learn=True, models=("html", "html_kinds", "text_pairs", "text_lines", "text_spans", "field_days")),
    Corpus(FUNDUS, "MIT", may_learn=True, models=("html", "text_pairs", "text_lines", "text_spans", "field_days")),
    Corpus(TRAFILATURA, "Apache-2.0", may_learn=True, models=("html", "text_pairs", "text_lines", "field_days")),
    Corpus("fundus-more-dev", "MIT", may_learn=True, models=("text_spans", "field_days")),
    Corpus("aef-dev", "Apache-2.0", may_learn=True, models=("text_spans", "field_days")),
    Corpus("magic-dev", "Apache-2.0", may_learn=True),
    Corpus("mercury-dev", "MIT, Apache-2.0", may_learn=True, models=("field_days",)),
    Corpus("reader-dev", "Apache-2.0", may_learn=True, models=("field_days",)),
    Corpus("fields-dev", "MIT, Apache-2.0", may_learn=True, models=("field_days",)),
    Corpus("zhnews-dev", "none stated", may_learn=False),
    Corpus("daniel-dev", "none stated, from a GPL repository", may_learn=False),
    Corpus("linelabels-dev", "none stated", may_learn=False),
)
"""All corpora. Their order is that in which models read their pages, so it decides models' bytes."""

SHOWN = ("aef-dev", FUNDUS, WCXB)
"""The corpora whose articles `make bench` gives to copydesk and to its peers."""

SHOWN_FIELDS = (*SHOWN, "fields-dev")
"""Those whose titles, authors and days it compares."""

FULL_TEXT = (WCXB, FUNDUS)
"""The corpora whose articles all have their whole body annotated: scores of texts and stories are taken on them."""


@dataclass(frozen=True, slots=True)
class GoldPage:
    """One annotated page.

    Attributes:
        corpus: the corpus it is in.
        raw: its bytes as fetched.
        gold: what was annotated: `text`, `summary`, `with`, `without`, `kind` …
        fold: 0 to 4; all pages of a registered domain are in one fold. -1 where `folds.tsv` does not name the page.
        domain: the registered domain; empty where the fold is -1.
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
        """The kind of page, "article" where the corpus has no kinds."""
        return str(self.gold.get("kind") or "article")

    @property
    def is_html(self) -> bool:
        """Whether the page has markup."""
        return self.kind != DUMP


def root() -> Path:
    """The folder of the corpora."""
    return Path(os.environ.get("COPYDESK_CORPORA", Path(__file__).resolve().parents[2] / "shared" / "corpora"))


def learned_by(model: str) -> tuple[str, ...]:
    """The names of the corpora that a step of `training.rebuild` learns from.

    Raises:
        ValueError: there is none, or one of them is not for learning.

    >>> learned_by("html_kinds")
    ('wcxb-dev',)
    """
    found = [corpus for corpus in CORPORA if model in corpus.models]
    if not found or not all(corpus.may_learn for corpus in found):
        raise ValueError(f"{model} learns from no corpus, or from one that is not for learning")
    return tuple(corpus.name for corpus in found)


def present(folder: Path) -> list[str]:
    """The names of the corpora in a folder, known to the table or not, sorted."""
    return sorted(path.stem for path in folder.glob("*.zip"))


def read_folds(folder: Path) -> dict[tuple[str, str], tuple[str, int]]:
    """From (corpus, page id) to (registered domain, fold); empty where the folder has no folds."""
    listing = folder / "folds.tsv"
    if not listing.exists():
        return {}
    rows = (line.split("\t") for line in listing.read_text("utf-8").splitlines()[1:])
    return {(corpus, page): (domain, int(fold)) for corpus, page, domain, fold in rows}


def gold_rows(folder: Path, corpus: str) -> list[dict[str, Any]]:
    """All that was annotated in a corpus, page after page."""
    with zipfile.ZipFile(folder / f"{corpus}.zip") as archive:
        return _gold_rows(archive)


def _gold_rows(archive: zipfile.ZipFile) -> list[dict[str, Any]]:
    return [json.loads(line) for line in archive.read("gold.jsonl").decode().rstrip("\n").split("\n")]


def read(corpus: str, folder: Path | None = None, *, every: int = 1) -> Iterator[GoldPage]:
    """Pages of a corpus in the order of its gold file.

    Args:
        corpus: its name.
        folder: where it is; `root()` if not given.
        every: take every n-th page, beginning with the first.

    Yields:
        The pages.
    """
    place = folder or root()
    folds = read_folds(place)
    with zipfile.ZipFile(place / f"{corpus}.zip") as archive:
        for gold in _gold_rows(archive)[::every]:
            domain, fold = folds.get((corpus, gold["id"]), ("", -1))
            data = archive.read(gold["id"] + (".txt" if gold.get("kind") == DUMP else ".html"))
            yield GoldPage(corpus, data, gold, fold, domain)
