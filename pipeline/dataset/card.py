"""`README.md` of a dataset: its card, made from the manifest alone. The head is what the Hugging Face hub and its library read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.dataset.charts import UNKNOWN, charts, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pipeline.dataset.manifest import Manifest
    from pipeline.dataset.statistics import Groups, Statistics, Taken

LICENCE_NOTE = "The texts belong to those who published them. Nothing here grants a right to use them: ask, or know why you need not."
CHART_FOLDER = "charts"
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"), (10_000_000, "1M<n<10M"))
"""Size classes of the Hugging Face hub."""
_ROWS = 20


def description_of(manifest: Manifest) -> str:
    """Return what the publisher says of the dataset, or else what its numbers say."""
    if manifest.about.description:
        return manifest.about.description
    statistics = manifest.statistics
    sources = [group.name or UNKNOWN for group in statistics.sources.listed]
    listed = ", ".join(sources[:5]) + (f" and {len(sources) - 5} more" if len(sources) > 5 else "")
    return (
        f"{manifest.records:,} articles of {statistics.words:,} words" + (f" from {listed}" if sources else "") + ", cleaned by copydesk."
    )


def card(manifest: Manifest) -> bytes:
    """Return the card as Markdown."""
    parts = (
        _head,
        _summary,
        _loading,
        _contents,
        _sources,
        _languages_and_dates,
        _removed,
        _rejected,
        _duplicates,
        _limits,
        _licence,
        _proof,
        _charts,
    )
    blocks = ["\n".join(part(manifest)) for part in parts]
    return ("\n\n".join(block for block in blocks if block) + "\n").encode()


def _head(manifest: Manifest) -> Iterator[str]:
    languages = sorted({group.name.split("-")[0] for group in manifest.statistics.languages.listed if group.name})
    size = next((name for limit, name in _SIZES if manifest.records < limit), "n>10M")
    yield "---"
    yield "license: other"
    if languages:
        yield "language:"
        yield from (f"- {_plain(language)}" for language in languages)
    yield "size_categories:"
    yield f"- {size}"
    yield "configs:"
    yield "- config_name: articles"
    yield "  data_files: articles.parquet"
    yield "  default: true"
    yield "- config_name: duplicates"
    yield "  data_files: duplicates.parquet"
    yield "---"


def _summary(manifest: Manifest) -> Iterator[str]:
    statistics = manifest.statistics
    yield f"# {plain(manifest.about.name)}"
    yield ""
    yield plain(description_of(manifest))
    yield ""
    rows = [
        ("documents", f"{manifest.records:,}"),
        ("words", f"{statistics.words:,}"),
        ("characters of text", f"{statistics.chars:,}"),
        ("characters of the pages they come from", f"{statistics.base_chars:,}"),
        ("raw bytes", f"{statistics.raw_bytes:,}"),
        ("inputs, rejected, skipped", f"{manifest.inputs:,}, {manifest.rejected:,}, {manifest.skipped:,}"),
        ("published", _dates(statistics)),
        ("can be rebuilt byte for byte", "yes" if manifest.reproducible else "no: some inputs were rejected by an accident of a machine"),
    ]
    yield from _table(("", ""), rows)


def _dates(statistics: Statistics) -> str:
    if statistics.first_published is None:
        return "no document has a date"
    undated = f"; {statistics.undated:,} without a date" if statistics.undated else ""
    return f"{statistics.first_published} to {statistics.last_published}{undated}"


def _loading(_: Manifest) -> Iterator[str]:
    yield "## Load it"
    yield ""
    yield "Start this in the dataset's folder:"
    yield ""
    yield "```python"
    yield "import pyarrow.parquet"
    yield ""
    yield 'articles = pyarrow.parquet.read_table("articles.parquet")'
    yield 'for article in articles.select(["id", "text", "blocks"]).to_pylist():'
    yield '    paragraphs = [article["text"][block["start"] : block["end"]] for block in article["blocks"]]'
    yield "```"


def _contents(manifest: Manifest) -> Iterator[str]:
    yield "## Files"
    yield ""
    yield from _table(
        ("file", "rows", "bytes", "a row is"), [(f"`{e.path}`", f"{e.rows:,}", f"{e.bytes:,}", e.row) for e in manifest.files]
    )
    yield ""
    yield "`manifest.json` has every number of this page, `croissant.json` describes the columns, `build.json` the settings, code and"
    yield "shards, and `sha256sum -c SHA256SUMS` checks all files. Offsets are half-open and count Unicode code points."


def _sources(manifest: Manifest) -> Iterator[str]:
    statistics = manifest.statistics
    yield "## Sources"
    yield ""
    words = {group.name: group.words for group in statistics.sources.listed}
    rows = [
        (_cell(o.source), f"{o.inputs:,}", f"{o.ok:,}", f"{o.rejected:,}", f"{o.skipped:,}", f"{words.get(o.source, 0):,}")
        for o in statistics.outcomes
    ]
    yield from _table(("source", "inputs", "documents", "rejected", "skipped", "words"), _head_of(rows))
    if statistics.sites.listed:
        yield ""
        yield from _table(("site", "documents", "words"), _group_rows(statistics.sites))


_NO_WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null", "~"))
"""What YAML 1.1 reads as a truth value or as nothing: Norwegian is "no"."""


def _plain(word: str) -> str:
    """Return a word as YAML reads it: in quotes where it would be something else.

    >>> _plain("en"), _plain("no")
    ('en', '"no"')
    """
    return f'"{word}"' if word.lower() in _NO_WORDS else word


def _languages_and_dates(manifest: Manifest) -> Iterator[str]:
    statistics = manifest.statistics
    if not manifest.records:
        return
    yield "## Languages, kinds and dates"
    yield ""
    for name, groups in (
        ("language", statistics.languages),
        ("spelling variety", statistics.varieties),
        ("kind of page", statistics.page_kinds),
        ("completeness", statistics.completeness),
    ):
        yield from _table((name, "documents", "words"), _group_rows(groups))
        yield ""
    yield f"Dates of publication: {_dates(statistics)}. A date is as precise as the page printed it and is never guessed."


def _removed(manifest: Manifest) -> Iterator[str]:
    statistics = manifest.statistics
    if not statistics.removed_by_rule:
        return
    yield "## What was taken out"
    yield ""
    yield "Every removed span stands in `removed` of its record, with kind, rule, offsets and (unless switched off) words."
    yield ""
    yield from _table(("kind", "documents", "spans", "words", "characters"), _taken_rows(statistics.removed_by_kind))
    yield ""
    yield from _table(("rule", "documents", "spans", "words", "characters"), _taken_rows(statistics.removed_by_rule))


def _rejected(manifest: Manifest) -> Iterator[str]:
    yield "## Rejected inputs"
    yield ""
    if not manifest.rejected:
        yield "None."
        return
    yield f"{manifest.rejected:,} of {manifest.inputs:,} inputs became no record; `ledger.jsonl` names each with its reason."
    yield ""
    yield from _table(("code", "inputs"), [(code, f"{count:,}") for code, count in manifest.statistics.codes.items()])


def _duplicates(manifest: Manifest) -> Iterator[str]:
    found = manifest.duplicates
    yield "## Duplicates"
    yield ""
    yield f"{found.documents:,} documents stand in {found.clusters:,} clusters of duplicates, {found.redundant:,} of them beside the one"
    yield "that stands for its cluster. They are marked in `duplicates.jsonl` and never deleted; `copydesk export --representatives` leaves"
    yield "them out."
    if found.by_relation:
        yield ""
        yield from _table(("relation", "documents"), [(name, f"{count:,}") for name, count in found.by_relation.items()])


def _limits(manifest: Manifest) -> Iterator[str]:
    statistics = manifest.statistics
    names = {group.name: group.documents for group in statistics.completeness.listed}
    kinds = sum(group.documents for group in statistics.page_kinds.listed if group.name != "article")
    yield "## Limits"
    yield ""
    partial = sum(count for name, count in names.items() if name != "full")
    yield f"- {partial:,} documents are not the full article (`completeness`), {kinds:,} are no ordinary article (`page_kind`)."
    yield f"- {statistics.undated:,} documents have no date of publication, {_unknown(statistics.languages):,} no language."
    yield "- Rules and models decide what is article; `quality.warnings` marks what somebody should look at:"
    yield "  " + (", ".join(f"{code} {count:,}" for code, count in statistics.warnings.items()) or "no warning was given") + "."
    yield "- Names, dates and facts are those of the pages; nobody checked them. Texts may be about living people."


def _unknown(groups: Groups) -> int:
    return sum(group.documents for group in groups.listed if group.name is None)


def _licence(manifest: Manifest) -> Iterator[str]:
    yield "## Licence"
    yield ""
    yield plain(manifest.about.licence) if manifest.about.licence else LICENCE_NOTE
    lines = [group for group in manifest.statistics.copyrights.listed if group.name]
    if lines:
        yield ""
        yield "Copyright lines that the pages carry:"
        yield ""
        yield from _table(("copyright", "documents"), _head_of([(_cell(group.name or ""), f"{group.documents:,}") for group in lines]))


def _proof(manifest: Manifest) -> Iterator[str]:
    made = manifest.made_by
    yield "## Rebuild and prove"
    yield ""
    yield "`copydesk verify` checks the folder; `copydesk rebuild` checks libraries, code, settings and raw files, says what differs,"
    yield "builds the dataset again from the raw files and compares every byte."
    yield ""
    rows = [("code", made.code_sha256), ("settings", made.config_sha256), ("build.json", made.build_sha256)]
    yield from _table(("sha256 of", ""), [(name, f"`{value}`") for name, value in rows])


def _charts(manifest: Manifest) -> Iterator[str]:
    made = charts(manifest.statistics)
    if made:
        yield "## Charts"
        yield ""
        yield from (f"![{chart.title}]({CHART_FOLDER}/{name}.svg)" for name, chart in made.items())


def _group_rows(groups: Groups) -> list[tuple[str, ...]]:
    rows = [(_cell(group.name or UNKNOWN), f"{group.documents:,}", f"{group.words:,}") for group in groups.listed]
    return _head_of(rows, groups.more)


def _taken_rows(takings: Iterable[Taken]) -> list[tuple[str, ...]]:
    rows = [(f"`{t.name}`", f"{t.documents:,}", f"{t.spans:,}", f"{t.words:,}", f"{t.chars:,}") for t in takings]
    return _head_of(rows)


def _head_of(rows: Sequence[tuple[str, ...]], more: int = 0) -> list[tuple[str, ...]]:
    left = len(rows[_ROWS:]) + more
    kept = [*rows[:_ROWS]]
    if left:
        kept.append((f"… and {left:,} more", *[""] * (len(rows[0]) - 1)))
    return kept


def _table(names: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield "| " + " | ".join(names) + " |"
    yield "|" + "---|" * len(names)
    yield from ("| " + " | ".join(row) + " |" for row in rows)


def plain(words: str) -> str:
    r"""Return words of others as one line of Markdown that starts no markup, link or table cell.

    >>> plain("a|b") == f"a{chr(92)}|b"
    True
    """
    return "".join(f"\\{char}" if char in "\\`*_{}[]<>|#" else char for char in " ".join(words.split()))


def _cell(words: str) -> str:
    return plain(shown(words))
