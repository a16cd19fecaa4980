"""Extraction against its peers, in one run: `python benchmarks/extract.py PAGES [--every 10] [--plot extract.svg]`.

PAGES is a folder of pages `NAME.html` (or `.htm`) or a corpus, a zip file with pages `ID.html` and `gold.jsonl`. Every page is given to
every system as bytes already in memory, one system after the other, so that all of them meet the same moods of the machine; the time
is the process's own CPU time, decoding and parsing included. If `NAME.txt` stands beside a page, or `gold.jsonl` has its `text`, that is
taken for the body as people see it, and the word F1 of every system against it is shown. Of a corpus only articles are taken. The
peers come with `pip install copydesk[bench]`.
"""
# ruff: noqa: PLC0415 - a peer is imported when its turn comes

from __future__ import annotations

import argparse
import importlib.metadata
import sys
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.measured import Measured, plot
from benchmarks.peers import PACKAGES, PAGES
from training.corpora import read

if TYPE_CHECKING:
    from pipeline.extract import HtmlModel


def copydesk_clean(raw: bytes) -> str:
    """The whole pipeline: text, fields, edits and provenance."""
    from pipeline import Rejected, clean

    try:
        return clean(raw, media_type="text/html").text
    except Rejected:
        return ""


def copydesk_extract(raw: bytes) -> str:
    """Decoding and extraction alone."""
    from pipeline.config import DecodeConfig
    from pipeline.decode import decode
    from pipeline.extract import ExtractConfig, ExtractError, extract, parse
    from pipeline.jsonld import read_graph

    html = decode(raw, is_html=True, config=DecodeConfig()).text
    try:
        tree = parse(html)
        found = extract(tree, html, read_graph(tree, html), url=None, model=_model(), config=ExtractConfig())
    except ExtractError:
        return ""
    return "\n\n".join(found.base[one.start : one.end] for one in found.findings if one.verdict == "keep")


@cache
def _model() -> HtmlModel:
    from pipeline.extract import HtmlModel

    return HtmlModel.read()


Page = tuple[bytes, str | None]
"""A page, and its body as people see it."""

SYSTEMS = {"copydesk": copydesk_clean, "copydesk extract": copydesk_extract, **PAGES}


def row(measured: Measured) -> list[str]:
    """The table's cells of a system."""
    mean, median, _ = measured.milliseconds()
    quality = f"{measured.quality:.4f}" if measured.scores else "-"
    words = measured.words // len(measured.seconds)
    return [measured.name, f"{mean:.2f}", f"{median:.2f}", str(words), str(measured.failures), quality]


def run(names: list[str], pages: list[Page]) -> list[Measured]:
    """Give all pages to all systems; the first page is given once before, untimed, for imports and caches."""
    for name in names:
        try:
            SYSTEMS[name](pages[0][0])
        except ImportError as error:
            raise SystemExit(f"{name}: {error}; install copydesk[bench]") from error
    results = [Measured(name) for name in names]
    for raw, gold in pages:
        for result in results:
            result.run(partial(SYSTEMS[result.name], raw), gold)
    return results


def read_pages(place: Path) -> list[Page]:
    """The pages of a folder or of a corpus, each with its body as people see it, if that is known."""
    if place.is_dir():
        files = sorted(path for path in place.iterdir() if path.suffix in (".html", ".htm"))
        return [(path.read_bytes(), gold.read_text("utf-8") if (gold := path.with_suffix(".txt")).exists() else None) for path in files]
    return [(page.raw, page.gold.get("text")) for page in read(place.stem, place.parent) if page.kind == "article"]


def main() -> None:
    """Run, print and draw."""
    cli = argparse.ArgumentParser(description=__doc__)
    cli.add_argument("pages", type=Path, help="a folder of pages, or a corpus")
    cli.add_argument("--every", type=int, default=1, help="take only every Nth page")
    cli.add_argument("--systems", default=",".join(SYSTEMS))
    cli.add_argument("--plot", type=Path, help="an SVG or PNG file")
    arguments = cli.parse_args()
    pages = read_pages(arguments.pages)[:: arguments.every]
    if not pages:
        raise SystemExit(f"no pages in {arguments.pages}")
    print(f"{len(pages)} pages; " + ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES))
    results = run(arguments.systems.split(","), pages)
    rows = [["system", "ms mean", "ms median", "words", "failed", "word F1"], *map(row, results)]
    for cells in rows:
        print(f"{cells[0]:18}" + "".join(f"{cell:>11}" for cell in cells[1:]))
    if arguments.plot:
        plot(results, arguments.plot, arguments.pages.stem)


if __name__ == "__main__":
    main()
