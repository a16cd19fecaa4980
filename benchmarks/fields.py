"""The numbers of the describe stage: title, authors, day of publication and language against annotated pages, with causes and speed.

    python benchmarks/fields.py --corpora DIR                        # scores by corpus, and by fold where DIR has folds.tsv
    python benchmarks/fields.py --corpora DIR --only fundus-dev --folds 3,4
    python benchmarks/fields.py --corpora DIR --causes               # why fields differ from the annotation
    python benchmarks/fields.py --corpora DIR --show title           # the pages behind the causes
    python benchmarks/fields.py --corpora DIR --speed                # milliseconds a page for each step of the stage
    python benchmarks/fields.py --corpora DIR --dumps                # fields of naive text dumps, models out of fold: right, other, none

A corpus is a zip file with `<id>.html` and `gold.jsonl` (`id`, `url`, `title`, `author`, `date`, `kind`). Title: equal but for case and
punctuation. Author: F1 of the sets of names. Date: the day. `author_none` and `date_none` are pages of kind "article" on which the
annotators of a corpus with `kind` found nothing.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import sys
import time
import unicodedata
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pipeline import Rejected
from pipeline.config import Config
from pipeline.decode import DecodeError, decode
from pipeline.describe import choose_fields, collect_markup, collect_near_headline, date_order
from pipeline.extract import ExtractError, extract, parse
from pipeline.jsonld import read_graph
from pipeline.lines.dates import read_iso
from pipeline.resources import load_resources
from pipeline.text.language import language
from training.corpora import WCXB, present, read
from training.oof import clean_oof, fold_resources
from training.text_dumps import dump

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.records import Article
    from pipeline.spans import Candidate, Fields

NAMES = {"title": "title", "author": "authors", "date": "published_at"}
STEPS = ("read_graph", "collect_markup", "collect_near_headline", "choose_fields")


def main() -> None:
    """Score the corpora that the arguments name."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--only", default="", help="corpora, by their file names without ending")
    parser.add_argument("--folds", default="", help="folds to score, such as 3,4")
    parser.add_argument("--causes", action="store_true")
    parser.add_argument("--show", choices=tuple(NAMES))
    parser.add_argument("--speed", action="store_true")
    parser.add_argument("--dumps", action="store_true", help="score text dumps of the pages instead; needs folds.tsv")
    args = parser.parse_args()
    wanted = {int(fold) for fold in args.folds.split(",") if fold}
    for corpus in present(args.corpora):
        if args.only and corpus not in args.only.split(","):
            continue
        if args.dumps:
            score_dumps(args.corpora, corpus, wanted)
        else:
            tally = Tally(corpus)
            for gold, raw, fold in pages(args.corpora, corpus, wanted):
                tally.page(gold, raw, fold, show=args.show)
            tally.report(causes=args.causes or bool(args.show), speed=args.speed)


def pages(folder: Path, corpus: str, wanted: set[int]) -> Iterator[tuple[dict[str, Any], bytes, int]]:
    """Yield the annotation, the bytes and the fold (-1: unknown) of every article of a corpus, of the wanted folds where some are."""
    for page in read(corpus, folder):
        if page.is_html and (page.kind == "article" or corpus != WCXB) and (not wanted or page.fold in wanted):
            yield page.gold, page.raw, page.fold


def score_dumps(folder: Path, corpus: str, wanted: set[int]) -> None:
    """Print how many fields of naive text dumps are right, another, or none; a list of authors is right where it shares a name."""
    found: Counter[tuple[str, str]] = Counter()
    for gold, raw, fold in pages(folder, corpus, wanted):
        try:
            article = clean_oof(dump(raw)[0], url=gold.get("url"), media_type="text/plain", fold=fold)
        except Rejected:
            found["rejected", "all"] += 1
            continue
        for field, attribute in NAMES.items():
            if gold.get(field):
                given = bool(getattr(article, attribute))
                found[field, "right" if score(field, article, gold[field]) > 0 else "other" if given else "none"] += 1
    print(
        json.dumps({"corpus": corpus, "dumps": {f"{field} {kind}": number for (field, kind), number in sorted(found.items())}}),
        flush=True,
    )


def folded(value: Any) -> str:
    """Return text without case and punctuation."""
    return re.sub(r"[^\w]+", " ", unicodedata.normalize("NFKC", str(value or "")).casefold()).strip()


def names(value: Any) -> set[str]:
    """Return the folded names of an annotation: a list, a list as text, or names with commas between them."""
    if isinstance(value, str) and value.startswith("["):
        value = ast.literal_eval(value)
    if isinstance(value, str):
        value = re.split(r"\s*(?:;|,| and | & )\s*", value)
    return {folded(name) for name in value or []} - {""}


def score(field: str, fields: Fields | Article, want: Any) -> float:
    """Return how right a field is, 0 to 1."""
    if field == "title":
        return float(folded(fields.title) == folded(want))
    if field == "date":
        return float((fields.published_at or "")[:10] == str(want)[:10])
    got, wanted = {folded(author.name) for author in fields.authors}, names(want)
    return 2 * len(got & wanted) / (len(got) + len(wanted)) if got and wanted else 0.0


def cause(field: str, candidates: tuple[Candidate, ...], fields: Fields, want: Any) -> str:
    """Return why a field differs from its annotation, as far as the candidates tell."""
    given = bool(getattr(fields, NAMES[field]))
    if field == "date":
        return _date_cause(candidates, given=given, want=str(want)[:10])
    pool = [c for c in candidates if c.field == field]
    if field == "title":
        right = {c.source for c in pool if folded(c.value) == folded(want)}
        return f"another source has it: {', '.join(sorted(right))}" if right else "no source has it whole"
    right = {c.source for c in pool if folded(c.value) and folded(c.value) in names(want)}
    if right:
        return "partly right or another source has it"
    return "no source names the annotated author" + ("" if given else "; nothing given")


def _date_cause(candidates: tuple[Candidate, ...], *, given: bool, want: str) -> str:
    fields = set()
    for candidate in candidates:
        if candidate.field in ("published", "modified", "date", "created"):
            reading = read_iso(str(candidate.extra.get("iso") or candidate.value))
            if reading and reading.iso and reading.iso[:10] == want:
                fields.add(candidate.field)
    if fields == {"modified"}:
        return "the annotated day is that of an update" + ("" if given else "; nothing given")
    if fields:
        return "another source has it"
    return "no source has the annotated day" + ("" if given else "; nothing given")


class Tally:
    """Sums of one corpus."""

    def __init__(self, corpus: str) -> None:
        """Start with nothing."""
        self.corpus, self.config = corpus, Config()
        self.resources = load_resources(self.config)
        self.right: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()
        self.causes: Counter[tuple[str, str]] = Counter()
        self.seconds: Counter[str] = Counter()
        self.pages = 0

    def page(self, gold: dict[str, Any], raw: bytes, fold: int, *, show: str | None) -> None:
        """Score one page; its day is chosen by the model that never saw the page's fold."""
        days = fold_resources(fold).days if fold >= 0 else self.resources.days
        try:
            text = decode(raw, declared=None, is_html=True, config=self.config.decode).text
            tree = parse(text, config=self.config.extract)
            graph = self.timed("read_graph", lambda: read_graph(tree, text, self.config.describe))
            told = self.timed(
                "collect_markup", lambda: collect_markup(tree, graph, url=gold.get("url"), http=None, config=self.config.describe)
            )
            titles = tuple(dict.fromkeys(c.value for c in told if c.field == "title"))
            found = extract(
                tree, text, graph, url=gold.get("url"), model=self.resources.blocks, config=self.config.extract, title_hints=titles
            )
        except (DecodeError, ExtractError):
            return
        declared = next((c.value for c in told if c.field == "language"), None)
        spoken = language(found.base, declared)
        seen = self.timed(
            "collect_near_headline",
            lambda: collect_near_headline(
                found.base,
                found.blocks,
                told=told,
                language=spoken.code if spoken else None,
                order=date_order(declared, gold.get("url")),
            ),
        )
        fields = self.timed(
            "choose_fields", lambda: choose_fields(told + seen, url=gold.get("url"), config=self.config.describe, days=days)
        )
        self.pages += 1
        if declared:
            agree = spoken is not None and spoken.code == re.split("[-_]", declared.strip().lower())[0]
            self.count("language", float(agree))
        self.compare(gold, told + seen, fields, show)

    def compare(self, gold: dict[str, Any], candidates: tuple[Candidate, ...], fields: Fields, show: str | None) -> None:
        """Add the scores of one page's fields."""
        for field, attribute in NAMES.items():
            want = gold.get(field)
            if not want:
                if field != "title" and self.corpus == WCXB:
                    self.count(f"{field}_none", float(not getattr(fields, attribute)))
                continue
            value = score(field, fields, want)
            self.count(field, value)
            if value < 1.0:
                why = cause(field, candidates, fields, want)
                self.causes[field, why] += 1
                if show == field:
                    print(f"{gold['id'][:12]} {gold.get('url')}\n   {getattr(fields, attribute)!r}\n   {want!r}\n   {why}")

    def timed(self, step: str, call: Any) -> Any:
        """Return what `call` returns; its processor time counts for `step`."""
        start = time.process_time()
        value = call()
        self.seconds[step] += time.process_time() - start
        return value

    def count(self, field: str, value: float) -> None:
        """Add one answer."""
        self.asked[field] += 1
        self.right[field] += value  # type: ignore[assignment] # a Counter of fractions

    def report(self, *, causes: bool, speed: bool) -> None:
        """Print a line of scores, then what was asked for."""
        row: dict[str, Any] = {"corpus": self.corpus, "pages": self.pages}
        row |= {field: round(self.right[field] / asked, 4) for field, asked in sorted(self.asked.items())}
        if speed:
            row |= {f"{step}_ms": round(1000 * self.seconds[step] / max(1, self.pages), 2) for step in STEPS}
        print(json.dumps(row), flush=True)
        if causes:
            for (field, why), number in sorted(self.causes.items(), key=lambda entry: (entry[0][0], -entry[1])):
                print(f"   {field:8}{number:5}  {why}")


if __name__ == "__main__":
    main()
