"""`copydesk review CLEAN`: the pages of a build."""

from __future__ import annotations

import contextlib
from collections import Counter, defaultdict
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec
from tqdm import tqdm

from copydesk.commands.clean import limits_of
from copydesk.commands.explain_inputs import raw_place
from copydesk.commands.guards import noted_raw
from copydesk.commands.review import folder_of, tell
from copydesk.commands.review_child import clean_again
from copydesk.commands.verify import stored_config
from copydesk.inputs import Input, Told, known_beside
from copydesk.line_records import LineRecord
from copydesk.options import EXIT_IO, EXIT_OK, EXIT_USAGE, PLAIN, warn
from copydesk.review.design import design_sha256
from copydesk.review.document import Place, document_page, of_record, of_result
from copydesk.review.folder import Folder, Known
from copydesk.review.frames import HTML
from copydesk.review.history import Remembered, alarms, with_build
from copydesk.review.overview import Member, Overview, pages, site_file
from copydesk.review.tally import brief, by_site
from copydesk.review.words import short
from copydesk.sites import site_of
from copydesk.terminal.progress import wanted
from copydesk.terminal.summary import group_of_shard, ledger_rows
from pipeline.config import Config
from pipeline.duplicates.search import Row
from pipeline.records import Article
from pipeline.resources import load_resources
from tasks.core.build_paths import BuildPaths
from tasks.core.costs import costs_of
from tasks.core.isolation import warm_up
from tasks.core.limits import Limits
from tasks.core.sealed import read_sealed, write_sealed
from tasks.summary import BuildSummary, read_summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from copydesk.commands.review import ReviewOptions
    from copydesk.commands.review_child import CleanedAgain
    from copydesk.options import Manner
    from copydesk.review.document import Shown
    from copydesk.settings import Settings
    from pipeline.ledger import LedgerRow
    from pipeline.rules.mine import Seen

SCORED = 1000
"""Largest build whose documents are cleaned again for their pages, unless somebody asks for it: a page takes 20 ms and more."""
_PASSAGES, _PASSAGE = 5, 300
"""Shared passages of a document that a page shows, and characters of each."""


class _Work(msgspec.Struct, frozen=True, kw_only=True):
    """What is needed to make the page of any record of a build. `raw` is None where records speak for themselves."""

    paths: BuildPaths
    summary: BuildSummary
    folder: Folder
    build: str
    raw: Path | None
    config: Config
    limits: Limits
    bar: Any


def review_build(clean: Path, settings: Settings, options: ReviewOptions, manner: Manner = PLAIN) -> int:
    """Write the pages of a build; return the exit code. Of the settings only the limits count: documents are cleaned by the build's own."""
    paths = BuildPaths(clean)
    summary = read_summary(paths)
    if summary is None:
        warn(f"{paths.build} is missing or damaged: nothing to review; make it with copydesk run")
        return EXIT_IO
    if summary.ok and not paths.attributes.is_dir():
        warn(f"{clean} is no folder of a build; a dataset alone has no pages: name the folder that it was made in")
        return EXIT_USAGE
    folder = folder_of(options.output or paths.run / "review")
    if folder is None:
        return EXIT_IO
    config = stored_config(paths, summary)
    warm_up(config)
    with tqdm(total=summary.ok, unit="doc", disable=not wanted(options.progress), dynamic_ncols=True) as bar:
        work = _Work(
            paths=paths,
            summary=summary,
            folder=folder,
            build=_name(summary),
            raw=_raw_folder(paths, summary, options),
            config=config,
            limits=limits_of(settings),
            bar=bar,
        )
        documents: dict[str, Known] = {}
        members: list[Member] = []
        for shard in summary.shards:
            documents.update(_shard(work, shard.shard, members))
    overview = _overview(work, documents, members)
    for name, data in pages(overview, load_resources(config).rules, lambda: _seen(work, kept=True), lambda: _seen(work, kept=False)):
        folder.put(name, data)
    folder.finish(dict(sorted(documents.items())))
    tell(folder, options, manner, {"documents": len(documents), "alarms": len(overview.alarms)})
    return EXIT_OK


def _name(summary: BuildSummary) -> str:
    """Return what a build's verdicts are kept under: a digest of its sources and days, which other settings and code leave as it is."""
    return sha256("\n".join(sorted({group_of_shard(shard.shard) for shard in summary.shards})).encode()).hexdigest()[:12]


def _raw_folder(paths: BuildPaths, summary: BuildSummary, options: ReviewOptions) -> Path | None:
    """Return the folder of the raw files where documents are to be cleaned again, else None."""
    if options.scores is False or (options.scores is None and options.raw is None and summary.ok > SCORED):
        return None
    raw = options.raw or noted_raw(paths)
    if raw is not None and raw.is_dir():
        return raw
    if options.scores:
        raise click.UsageError("the raw files of the build are not where they were: name their folder with --raw")
    return None


# ---- the documents -------------------------------------------------------------------------------------------------------


def _shard(work: _Work, shard: str, members: list[Member]) -> Iterator[tuple[str, Known]]:
    """Make the pages of a shard's records, where they are not there as they should be; yield what is known of each."""
    decoder, rows = msgspec.json.Decoder(Article), msgspec.json.Decoder(Row)
    mode = f"{design_sha256()}\n{work.build}\n{work.summary.code_sha256}\n{work.raw is not None}\n".encode()
    waiting: dict[str, tuple[str, Article]] = {}
    with work.paths.articles(shard).open("rb") as lines, work.paths.duplicates(shard).open("rb") as beside:
        for line, row in zip(lines, beside, strict=True):
            article = decoder.decode(line)
            key = sha256(mode + line).hexdigest()[:32]
            known = work.folder.known.get(article.id)
            members += _member(rows.decode(row), article)
            if known is not None and known.key == key and _still_there(work, article):
                work.bar.update()
                yield article.id, known
            else:
                waiting[article.provenance.raw.locator] = (key, article)
    for article, shown, picture in _shown(work, shard, {locator: article for locator, (_, article) in waiting.items()}):
        _write(work, shown, picture)
        work.bar.update()
        yield article.id, Known(waiting[article.provenance.raw.locator][0], brief(article, shown.marks, group_of_shard(shard)))


def _still_there(work: _Work, article: Article) -> bool:
    if work.raw is not None and article.provenance.raw.media_type in HTML:
        work.folder.keep(f"pages/{article.id}.html")
    return work.folder.keep(f"articles/{article.id}.html")


def _shown(work: _Work, shard: str, articles: dict[str, Article]) -> Iterator[tuple[Article, Shown, bytes | None]]:
    """Yield records by their locators as pages show them, each with the page itself; raw files are read once, whatever they hold."""
    left = dict(articles)
    for made in _cleaned_again(work, shard, articles) if work.raw is not None else ():
        article = left.get(made.locator)
        if article is not None and made.result.article.provenance.base == article.provenance.base:
            del left[made.locator]
            yield article, of_result(msgspec.structs.replace(made.result, article=article)), made.picture
    for article in left.values():  # not there any more, another one by now, or too much for this machine: the record speaks for itself
        yield article, of_record(article), None


def _cleaned_again(work: _Work, shard: str, locators: Iterable[str]) -> Iterator[CleanedAgain]:
    places: dict[str, list[str]] = defaultdict(list)
    for locator in locators:
        if work.raw is not None and (place := raw_place(work.raw, locator)) is not None:
            places[place].append(locator)
    files = [
        Input(path=str(work.raw / place), name=place, members=frozenset(found), known=known_beside(work.raw / place, work.raw))
        for place, found in places.items()
        if work.raw is not None
    ]
    return clean_again(files, Told(source=shard.split("/", maxsplit=1)[0]), work.config, work.limits)


def _write(work: _Work, shown: Shown, picture: bytes | None) -> None:
    article = shown.article
    if picture is not None:
        work.folder.put(f"pages/{article.id}.html", picture)
    site = site_file(site_of(article.canonical_url, article.url, article.source))
    frame = f"../pages/{article.id}.html" if picture is not None else ""
    place = Place(build=work.build, root="../", frame=frame, site=f"../sites/{site}.html")
    work.folder.put(f"articles/{article.id}.html", document_page(shown, place))


def _member(row: Row, article: Article) -> Iterator[Member]:
    """Yield what a page says of a record among its duplicates, where it has any."""
    if row.size < 2:
        return
    yield Member(
        id=article.id,
        cluster=row.cluster,
        title=short(article.title or article.text),
        locator=article.provenance.raw.locator,
        representative=row.representative,
        relation=row.relation,
        similarity=row.similarity,
        shared=len(row.shared),
        passages=tuple(short(article.text[start:end], _PASSAGE) for start, end, _, _ in row.shared[:_PASSAGES]),
    )


# ---- the build -----------------------------------------------------------------------------------------------------------


def _overview(work: _Work, documents: dict[str, Known], members: list[Member]) -> Overview:
    """Gather what the pages about many documents show, and remember the build."""
    briefs = [known.brief for _, known in sorted(documents.items())]
    sites = by_site(briefs)
    groups, left = _inputs(work)
    note = work.paths.run / "review-history.json"
    now = Remembered(sha256(work.paths.build.read_bytes()).hexdigest(), {name: site.sums for name, site in sites.items()}, groups)
    history = with_build(read_sealed(note, tuple[Remembered, ...]) or (), now)
    with contextlib.suppress(OSError):  # a build that may only be read is reviewed all the same
        write_sealed(note, history)
    before = history[:-1]
    dated = any("/" in group for group in groups)
    return Overview(
        build=work.build,
        exact=work.raw is not None,
        summary=work.summary,
        briefs=briefs,
        sites=sites,
        left=left,
        slowest=costs_of(work.paths, (shard.shard for shard in work.summary.shards)),
        members=members,
        alarms=alarms(before, sites, briefs),
        groups=groups,
        before=before[-1].groups if before else None,
        compared=bool(before) or dated,
    )


def _inputs(work: _Work) -> tuple[dict[str, dict[str, int]], dict[str, list[LedgerRow]]]:
    """Return by source and day how many inputs came to what, and those that became no record."""
    groups: dict[str, Counter[str]] = defaultdict(Counter)
    left: dict[str, list[LedgerRow]] = defaultdict(list)
    for shard in work.summary.shards:
        group = group_of_shard(shard.shard)
        groups[group].update({"ok": shard.ok, "rejected": shard.rejected, "skipped": shard.skipped})
        if shard.rejected or shard.skipped:
            left[group] += [row for row in ledger_rows(work.paths, shard.shard) if row.status != "ok"]
    return {name: dict(counts) for name, counts in sorted(groups.items())}, left


def _seen(work: _Work, *, kept: bool) -> Iterator[Seen]:
    """Yield the lines that every record of the build kept, or those that were removed from it."""
    decoder = msgspec.json.Decoder(LineRecord)
    for shard in work.summary.shards:
        with work.paths.articles(shard.shard).open("rb") as lines:
            for record in map(decoder.decode, lines):
                yield record.kept() if kept else record.gone()
