"""`copydesk diff`: what differs between two datasets, and why: records, fields, rules, settings and versions."""

from __future__ import annotations

import heapq
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal

import click
import msgspec

from copydesk.commands.diff_model import Changed, Report
from copydesk.commands.diff_report import as_html, as_text
from copydesk.datasets import open_dataset, refusing
from pipeline.dataset.differences import RecordDifference, compare
from pipeline.dataset.manifest import DatasetError
from pipeline.ledger import LedgerRow
from tasks.summary import BuildSummary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from copydesk.datasets import Dataset

NEEDED = ("articles.jsonl", "ledger.jsonl")


class _Row(msgspec.Struct, frozen=True):
    """Where a record stands in its file."""

    id: str
    locator: str
    start: int
    length: int


@refusing
def diff(left: Path, right: Path, format_: Literal["text", "json", "html"], limit: int) -> int:
    """Print what differs between two datasets; return 0 where nothing does, else 1."""
    report = report_of(open_dataset(left, NEEDED), open_dataset(right, NEEDED), limit)
    if format_ == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(report), indent=2))
    else:
        click.echo(as_html(report) if format_ == "html" else as_text(report))
    return 0 if report.equal else 1


def report_of(left: Dataset, right: Dataset, limit: int) -> Report:
    """Return what differs between two datasets, with at most `limit` documents in full."""
    builds = build_of(left), build_of(right)
    collected = _Collected(limit)
    alone = collected.compare_all(left, right)
    _pair(left, right, alone, collected)
    manifests = left.manifest, right.manifest
    code = [{name: value for name, value in build.code.items() if not name.startswith("library:")} for build in builds]
    return Report(
        left=str(left.folder),
        right=str(right.folder),
        left_records=manifests[0].records,
        right_records=manifests[1].records,
        settings=_changed(_flat(builds[0]), _flat(builds[1])),
        code=_changed(code[0], code[1]),
        libraries=_changed(manifests[0].made_by.libraries, manifests[1].made_by.libraries),
        rule_files=_changed(manifests[0].made_by.rule_files, manifests[1].made_by.rule_files),
        reproducible=(manifests[0].reproducible, manifests[1].reproducible),
        same=collected.same,
        differing=collected.reasons["record"],
        raw_changed=collected.reasons["raw"],
        only_left=collected.reasons["left"],
        only_right=collected.reasons["right"],
        fields=dict(collected.fields.most_common()),
        left_rules=dict(collected.left_rules.most_common()),
        right_rules=dict(collected.right_rules.most_common()),
        outcomes=_outcomes(left, right),
        records=tuple(collected.records),
    )


class _Collected:
    """Counts differences, and keeps the first of them."""

    def __init__(self, limit: int) -> None:
        self.limit, self.same = limit, 0
        self.records: list[RecordDifference] = []
        self.reasons: Counter[str] = Counter()
        self.fields: Counter[str] = Counter()
        self.left_rules: Counter[str] = Counter()
        self.right_rules: Counter[str] = Counter()

    def add(self, difference: RecordDifference | None) -> None:
        if difference is None:
            self.same += 1
            return
        self.reasons[difference.reason] += 1
        self.fields.update({"/".join(field.pointer.split("/")[:2]) for field in difference.fields})
        self.left_rules.update(difference.left_rules)
        self.right_rules.update(difference.right_rules)
        if len(self.records) < self.limit:
            self.records.append(difference)

    def compare_all(self, left: Dataset, right: Dataset) -> tuple[list[_Row], list[_Row]]:
        """Compare the records that both datasets have, and return where those stand that only one has. Both are sorted by id."""
        alone: tuple[list[_Row], list[_Row]] = ([], [])
        sides = (_records(left), _records(right))
        heads = [next(side, None) for side in sides]
        while heads[0] is not None or heads[1] is not None:
            one, other = heads
            if one is not None and other is not None and one[0].id == other[0].id:
                self.add(None if one[1] == other[1] else compare(msgspec.json.decode(one[1]), msgspec.json.decode(other[1])))
                heads = [next(side, None) for side in sides]
                continue
            side = 0 if other is None or (one is not None and one[0].id < other[0].id) else 1
            head = heads[side]
            if head is not None:
                alone[side].append(head[0])
            heads[side] = next(sides[side], None)
        return alone


class _Located(msgspec.Struct):
    locator: str


class _RawOnly(msgspec.Struct):
    raw: _Located


class _Head(msgspec.Struct):
    id: str
    provenance: _RawOnly


def _records(dataset: Dataset) -> Iterator[tuple[_Row, bytes]]:
    start, decoder = 0, msgspec.json.Decoder(_Head)
    for line in dataset.lines("articles.jsonl"):
        head = decoder.decode(line)
        yield _Row(head.id, head.provenance.raw.locator, start, len(line)), line
        start += len(line)


def _pair(left: Dataset, right: Dataset, alone: tuple[list[_Row], list[_Row]], collected: _Collected) -> None:
    """Join records that only one side has by their locator: its raw bytes changed. Say of the others what the other side says."""
    lefts = {row.locator: row for row in alone[0]}
    rights = {row.locator: row for row in alone[1]}
    read = _reader(left), _reader(right)
    for locator in sorted(lefts.keys() & rights.keys()):
        collected.add(compare(read[0](lefts[locator]), read[1](rights[locator])))
    for reason, mine, others, other in (("left", lefts, rights, right), ("right", rights, lefts, left)):
        left_over = mine.keys() - others.keys()
        details = _fates(other, left_over)
        for locator in sorted(left_over):
            ids = (mine[locator].id, None) if reason == "left" else (None, mine[locator].id)
            detail = details.get(locator, "the raw file is not there")
            collected.add(RecordDifference(reason, locator, ids[0], ids[1], detail=detail))


def _reader(dataset: Dataset) -> Callable[[_Row], Any]:
    def read(row: _Row) -> Any:
        with dataset.path("articles.jsonl").open("rb") as stream:
            stream.seek(row.start)
            return msgspec.json.decode(stream.read(row.length))

    return read


def _fates(dataset: Dataset, locators: set[str]) -> dict[str, str]:
    """Return what a dataset's ledger says of some inputs."""
    decoder = msgspec.json.Decoder(LedgerRow)
    rows = (decoder.decode(line) for line in (dataset.lines("ledger.jsonl") if locators else ()))
    return {row.locator: f"{row.status} {row.code or ''}: {row.detail or ''}".strip(" :") for row in rows if row.locator in locators}


def _outcomes(left: Dataset, right: Dataset) -> dict[str, int]:
    """Count the inputs whose ledger rows differ, by what the two sides say. Both ledgers are sorted by locator."""
    counts: Counter[str] = Counter()
    rows = heapq.merge(_rows(left, 0), _rows(right, 1))
    for _, found in groupby(rows, key=lambda row: row[0]):
        sides: tuple[list[str], list[str]] = ([], [])
        digests: tuple[list[str], list[str]] = ([], [])
        for _, side, outcome, digest in found:
            sides[side].append(outcome)
            digests[side].append(digest)
        if sides[0] != sides[1]:
            counts[f"{' and '.join(sides[0]) or 'no input'} -> {' and '.join(sides[1]) or 'no input'}"] += 1
        elif digests[0] != digests[1]:
            counts[f"{sides[0][0]}, from other raw bytes"] += 1
    return dict(counts.most_common())


def _rows(dataset: Dataset, side: int) -> Iterator[tuple[bytes, int, str, str]]:
    decoder = msgspec.json.Decoder(LedgerRow)
    for line in dataset.lines("ledger.jsonl"):
        row = decoder.decode(line)
        yield row.locator.encode(), side, f"{row.status} {row.code or ''}".strip(), row.sha256 or ""


def build_of(dataset: Dataset) -> BuildSummary:
    """Return the description of the build that a dataset is of. Raises `DatasetError` where it is damaged."""
    try:
        return msgspec.json.decode(dataset.path("build.json").read_bytes(), type=BuildSummary)
    except (FileNotFoundError, msgspec.DecodeError) as error:
        msg = f"{dataset.path('build.json')} is missing or damaged; make the dataset again with copydesk run --rehash"
        raise DatasetError(msg) from error


def _flat(build: BuildSummary) -> dict[str, str]:
    return {
        f"{section}.{key}": msgspec.json.encode(value).decode() for section, keys in build.config.items() for key, value in keys.items()
    }


def _changed(left: dict[str, str], right: dict[str, str]) -> tuple[Changed, ...]:
    names = sorted(name for name in left.keys() | right.keys() if left.get(name) != right.get(name))
    return tuple(Changed(name, left.get(name), right.get(name)) for name in names)
