"""What `build.json` says of a build and its shards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from tasks.core.plans import Cut
from tasks.duplicates import DuplicateCounts

if TYPE_CHECKING:
    from tasks.core.build_paths import BuildPaths


class ShardSummary(msgspec.Struct, frozen=True):
    """One shard in `build.json`."""

    shard: str
    inputs_sha256: str
    inputs: int
    ok: int
    rejected: int
    skipped: int
    articles_sha256: str
    ledger_sha256: str
    duplicates_sha256: str
    respelt: int


class BuildSummary(msgspec.Struct, frozen=True):
    """`build.json`: what went in, what came out, and by which settings and code. No clock and no machine.

    `files` counts raw files, `inputs` what they hold: inputs = ok + rejected + skipped. `codes` counts the rejected by code,
    `duplicates` what the sidecars say, `respelt` the words that were spelt in the wanted variety of English. `cut` says how shards were
    cut. `reproducible` is false while some input is rejected by an accident of a machine.
    """

    schema_version: str
    reproducible: bool
    files: int
    inputs: int
    ok: int
    rejected: int
    skipped: int
    codes: dict[str, int]
    duplicates: DuplicateCounts
    respelt: int
    cut: Cut
    config_sha256: str
    code_sha256: str
    config: dict[str, Any]
    rule_files: dict[str, str]
    code: dict[str, str]
    shards: tuple[ShardSummary, ...]


def read_summary(paths: BuildPaths) -> BuildSummary | None:
    """Return the stored description of the build, None where there is none or it is damaged."""
    try:
        return msgspec.json.decode(paths.build.read_bytes(), type=BuildSummary)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
