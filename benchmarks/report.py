r"""Write `docs/benchmarks.md` and its plots: quality against cost, of copydesk and of others, in one run.

    python benchmarks/report.py CORPORA [--every N] [--rawtext FILE] [--output docs]

CORPORA is the folder of the development corpora. Every document is given to every system in turn, as bytes in memory, so that all of them
meet the same moods of the machine; times are the process's own CPU time. copydesk uses models that never saw a page of the document's
site. FILE holds scraped texts with what is no article in them (`cut`: `start` and `end`), one a line; they are third parties' and no part
of the project. Numbers of one run hold beside each other; those of another day and machine do not.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.metadata
import json
import platform
import statistics
import sys
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tqdm import tqdm

from benchmarks import peers
from benchmarks.fields import NAMES, score
from benchmarks.measured import Measured, plot
from pipeline import Rejected
from pipeline.records import Article, Author
from training.corpora import FOLDS, SHOWN, SHOWN_FIELDS, WCXB, read
from training.oof import clean_oof
from training.text_dumps import dump

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence


@dataclass(frozen=True, slots=True)
class Document:
    """A document with its body as people see it."""

    data: Any
    gold: str
    fold: int
    url: str | None = None


def cleaned(data: bytes | str, media_type: str, document: Document) -> str:
    """The text of copydesk's record, empty where there is none."""
    try:
        return clean_oof(data, url=document.url, media_type=media_type, fold=document.fold).text
    except Rejected:
        return ""


WARM_UP = 12
"""Documents of each fold that every system sees before the clock starts. A fold's models load with the first of them; the others are for
what is made when a document first needs it: one document of each fold alone left 70 ms of compiled patterns in the times of 27 pages."""


def warm_up(documents: Sequence[Document], every: int) -> list[Document]:
    """Choose what every system sees untimed: of each fold some documents, such as are not timed first."""
    by_fold: dict[int, list[Document]] = {}
    for document in (*(document for number, document in enumerate(documents) if number % every), *documents[::every]):
        by_fold.setdefault(document.fold, []).append(document)
    return [document for _, of_fold in sorted(by_fold.items()) for document in of_fold[:WARM_UP]]


def compare(
    systems: dict[str, Callable[[Document], str]], documents: Sequence[Document], before: Sequence[Document], title: str
) -> list[Measured]:
    """Give every document to every system in turn; those of `before` first, untimed, for imports, models, patterns and caches."""
    found = [(Measured(name), work) for name, work in systems.items()]
    for document in tqdm(before, desc=f"{title}, untimed", unit="doc"):
        for _, work in found:
            with contextlib.suppress(Exception):
                work(document)
    for document in tqdm(documents, desc=title, unit="doc"):
        for measured, work in found:
            measured.run(partial(work, document), document.gold)
    return [measured for measured, _ in found]


def articles(folder: Path) -> dict[str, list[Document]]:
    """The articles of the corpora, each with its annotated body."""
    return {
        corpus: [
            Document(page.raw, page.gold["text"], page.fold, page.gold.get("url"))
            for page in read(corpus, folder)
            if page.is_html and page.kind == "article" and page.gold.get("text")
        ]
        for corpus in SHOWN
    }


def dumped(pages: Iterable[Document]) -> list[Document]:
    """All text of pages, as a naive scraper saves it."""
    return [Document(dump(page.data)[0], page.gold, page.fold, page.url) for page in pages]


def scraped(path: Path) -> list[Document]:
    """Scraped texts, with what stays when all that is no article is cut."""
    found = []
    for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        kept, place = "", 0
        for cut in sorted(row["cut"], key=lambda cut: int(cut["start"])):
            kept += row["text"][place : max(place, cut["start"])]
            place = max(place, cut["end"])
        fold = int(sha256((row["outlet"] or row["name"]).encode()).hexdigest(), 16) % FOLDS
        found.append(Document(row["text"], kept + row["text"][place:], fold, row.get("url")))
    return found


def on_pages() -> dict[str, Callable[[Document], str]]:
    """What is compared on pages."""
    mine = {"copydesk": lambda document: cleaned(document.data, "text/html", document)}
    return mine | {name: (lambda document, peer=peer: peer(document.data)) for name, peer in peers.PAGES.items()}


def on_texts() -> dict[str, Callable[[Document], str]]:
    """What is compared on texts."""
    return {
        "as it is": lambda document: str(document.data),
        "copydesk": lambda document: cleaned(document.data, "text/plain", document),
        "C4 line rules": lambda document: peers.c4_lines(document.data),
        "jusText on lines": lambda document: peers.justext_lines(document.data),
    }


def told_by_trafilatura(raw: bytes, url: str | None, like: Article) -> Article:
    """A record with the fields that trafilatura finds, to be scored as ours are."""
    import msgspec  # noqa: PLC0415 - as trafilatura: only where fields are compared
    import trafilatura  # noqa: PLC0415

    found = trafilatura.bare_extraction(raw, url=url, with_metadata=True)
    authors = tuple(Author(name=name.strip(), type="person") for name in (found.author or "").split(";") if name.strip()) if found else ()
    title, day = (found.title, found.date) if found else (None, None)
    return msgspec.structs.replace(like, title=title, authors=authors, published_at=day)


def fields(folder: Path, every: int) -> Iterator[tuple[str, str, int, float, float]]:
    """Yield corpus, field, pages that have it, and how right copydesk and trafilatura are."""
    for corpus in SHOWN_FIELDS:
        sums: dict[str, list[tuple[float, float]]] = {name: [] for name in NAMES}
        pages = [page for page in read(corpus, folder) if page.is_html and (page.kind == "article" or corpus != WCXB)][::every]
        for page in tqdm(pages, desc=f"fields of {corpus}", unit="doc"):
            try:
                ours = clean_oof(page.raw, url=page.gold.get("url"), media_type="text/html", fold=page.fold)
            except Rejected:
                continue
            theirs = told_by_trafilatura(page.raw, page.gold.get("url"), ours)
            for name in NAMES:
                if page.gold.get(name):
                    sums[name].append((score(name, ours, page.gold[name]), score(name, theirs, page.gold[name])))
        for name, pairs in sums.items():
            if pairs:
                yield corpus, name, len(pairs), statistics.mean(one for one, _ in pairs), statistics.mean(other for _, other in pairs)


def table(found: Iterable[Measured]) -> Iterator[str]:
    """The lines of a table: quality, and what a document costs."""
    yield "| | word F1 | ms, mean | median | 95 % | failed |"
    yield "|---|---|---|---|---|---|"
    for each in found:
        mean, median, most = each.milliseconds()
        yield f"| {each.name} | {each.quality:.4f} | {mean:.1f} | {median:.1f} | {most:.1f} | {each.failures or ''} |"


def ratios(found: Sequence[Measured]) -> str:
    """How many times cheaper than trafilatura with metadata copydesk is, by sum and by median."""
    by_name = {each.name: each.milliseconds() for each in found}
    ours, theirs = by_name["copydesk"], by_name["trafilatura"]
    total, middle = theirs[0] / ours[0], theirs[1] / ours[1]
    return f"Against trafilatura with metadata copydesk takes {total:.2f} times less by sum, {middle:.2f} by median."


def machine() -> str:
    """What the numbers were taken on, and with which versions."""
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in peers.PACKAGES)
    processor = platform.machine()
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace").splitlines()
        processor = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), processor)
    return f"Python {platform.python_version()} on {processor}; {versions}."


def report(options: argparse.Namespace) -> Iterator[str]:
    """Yield the page's lines, and write its plots."""
    yield "# Benchmarks"
    yield ""
    yield "Written by `make bench`: do not edit. What a page or a text costs, and how near to what a reader calls the article it comes, for"
    yield "copydesk and for tools that people know. copydesk's models never saw a page of the site that they are measured on. Word F1 is"
    yield "the overlap of the bags of words with the annotated body; times are CPU milliseconds of one process, all systems in turn on each"
    yield "document. copydesk's time is that of the whole record: text, fields, edits, provenance. Before the clock starts, every"
    yield f"system is given {WARM_UP} documents of each fold (such as are not timed, where there are), so that no time holds the"
    yield "loading of a program, of a fold's models or of a list."
    yield ""
    yield machine()
    yield f"Every {options.every}th document of each corpus." if options.every > 1 else "All documents of each corpus."
    pages = articles(options.corpora)
    whole: list[Measured] = []
    for corpus, documents in pages.items():
        timed = documents[:: options.every]
        found = compare(on_pages(), timed, warm_up(documents, options.every), f"pages of {corpus}")
        yield from ("", f"## Pages: {corpus}, {len(timed)} articles", "", *table(found), "", ratios(found))
        for number, each in enumerate(found):
            if len(whole) <= number:
                whole.append(Measured(each.name))
            whole[number].seconds += each.seconds
            whole[number].scores += each.scores
    plot(whole, options.output / "benchmarks-pages.svg", "Articles of all corpora")
    yield from ("", "![Word F1 against CPU time on pages](benchmarks-pages.svg)")
    for corpus, documents in pages.items():
        found = compare(on_texts(), dumped(documents[:: options.every]), dumped(warm_up(documents, options.every)), f"dumps of {corpus}")
        yield from ("", f"## Naive dumps: {corpus}", "", "All text of a page, as BeautifulSoup's `get_text` gives it.", "", *table(found))
    if options.rawtext:
        texts = scraped(options.rawtext)
        found = compare(on_texts(), texts, warm_up(texts, 1), "scraped texts")
        plot(found[1:], options.output / "benchmarks-texts.svg", "Texts as scrapers saved them")
        yield from ("", f"## Scraped texts: {len(texts)}, picked for their furniture", "", *table(found))
        yield from ("", "![Word F1 against CPU time on scraped texts](benchmarks-texts.svg)")
    yield from ("", "## Fields", "", "| corpus | field | pages | copydesk | trafilatura |", "|---|---|---|---|---|")
    for corpus, name, count, ours, theirs in fields(options.corpora, options.every):
        yield f"| {corpus} | {name} | {count} | {ours:.3f} | {theirs:.3f} |"
    yield from (
        "",
        "Titles are right when they are equal but for case and punctuation, days when they are that day; authors count by F1 of names.",
    )


def main() -> None:
    """Measure and write."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("corpora", type=Path)
    cli.add_argument("--every", type=int, default=1)
    cli.add_argument("--rawtext", type=Path)
    cli.add_argument("--output", type=Path, default=Path("docs"))
    options = cli.parse_args()
    lines = list(report(options))
    (options.output / "benchmarks.md").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    main()
