"""What `copydesk diff` finds: everything that differs between two datasets, as its reports show it."""

from __future__ import annotations

import msgspec

from pipeline.dataset.differences import RecordDifference


class Changed(msgspec.Struct, frozen=True):
    """A setting, file of code, library or rule file with its two values; None where one side has none."""

    name: str
    left: str | None
    right: str | None


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that differs between two datasets.

    `records` holds the first `limit` documents that differ, the counts all: `same` are equal but for digests of settings and code,
    `differing`, `raw_changed`, `only_left` and `only_right` are the others. `fields` counts documents by the field that differs,
    `left_rules` and `right_rules` edits that only one side has, `outcomes` inputs whose ledger rows differ, by status and code.
    """

    left: str
    right: str
    left_records: int
    right_records: int
    settings: tuple[Changed, ...]
    code: tuple[Changed, ...]
    libraries: tuple[Changed, ...]
    rule_files: tuple[Changed, ...]
    reproducible: tuple[bool, bool]
    same: int
    differing: int
    raw_changed: int
    only_left: int
    only_right: int
    fields: dict[str, int]
    left_rules: dict[str, int]
    right_rules: dict[str, int]
    outcomes: dict[str, int]
    records: tuple[RecordDifference, ...]

    @property
    def equal(self) -> bool:
        """Tell whether nothing at all differs."""
        parts = (self.settings, self.code, self.libraries, self.rule_files, self.outcomes, self.records)
        return not any(parts) and self.reproducible[0] == self.reproducible[1]
