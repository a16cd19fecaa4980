"""The task that makes a whole build: inventory, shards, accounting, and the file that describes it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import luigi
import msgspec

from pipeline.codeversion import code_identity, code_sha256
from pipeline.records import SCHEMA_VERSION
from pipeline.rejected import MACHINE_CODES
from tasks.clean_shard import CleanShard, Stamp, is_current, read_stamp, shard_fingerprint
from tasks.failures import Reporting
from tasks.inventory import Inventory, ShardPlan, plans_of, read_inventory
from tasks.settings import build, pipeline_config
from tasks.targets import AtomicFile, BuildPaths, sweep_temporaries, write_atomic, write_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipeline.config import Config


class ShardSummary(msgspec.Struct, frozen=True):
    """One shard in `build.json`."""

    shard: str
    inputs_sha256: str
    ok: int
    rejected: int
    skipped: int
    articles_sha256: str
    ledger_sha256: str


class BuildSummary(msgspec.Struct, frozen=True):
    """`build.json`: what went in, what came out, and by which settings and code. No clock and no machine."""

    schema_version: str
    reproducible: bool
    inputs: int
    ok: int
    rejected: int
    skipped: int
    config_sha256: str
    code_sha256: str
    config: dict[str, Any]
    code: dict[str, str]
    shards: tuple[ShardSummary, ...]


def read_summary(paths: BuildPaths) -> BuildSummary | None:
    """Return the stored description of the build, None where there is none or it is damaged."""
    try:
        return msgspec.json.decode(paths.build.read_bytes(), type=BuildSummary)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


class BuildDataset(Reporting, luigi.Task):
    """Cleans everything below `raw` into `clean`.

    Complete when the raw files, the settings and the code are those that the build was made from and all its files are there.
    """

    raw = luigi.Parameter(default="", description="folder of the inputs (default: [build] raw)")
    clean = luigi.Parameter(default="", description="folder of the outputs (default: [build] clean)")

    @property
    def raw_folder(self) -> str:
        """Return the folder of the inputs."""
        return str(self.raw or build().raw)

    @property
    def paths(self) -> BuildPaths:
        """Return the paths of the build."""
        return BuildPaths(Path(self.clean or build().clean))

    def requires(self) -> Inventory:
        """Return the inventory that this build is planned from."""
        return Inventory(raw=self.raw_folder, clean=str(self.paths.clean))

    def output(self) -> AtomicFile:
        """Return the file that describes the build."""
        return AtomicFile(self.paths.build)

    def complete(self) -> bool:
        """Tell whether the build is what a run would make now."""
        summary = read_summary(self.paths)
        if summary is None or not self.requires().complete():
            return False
        config, plans = pipeline_config(), self._plans()
        if (summary.config_sha256, summary.code_sha256) != (config.sha256(), code_sha256()):
            return False
        if [(entry.shard, entry.inputs_sha256) for entry in summary.shards] != [(n, p.inputs_sha256()) for n, p in plans.items()]:
            return False
        return all(is_current(self.paths, name, shard_fingerprint(plan, config)) for name, plan in plans.items())

    def run(self) -> Iterator[list[CleanShard]]:
        """Plan the shards, wait until they are clean, drop what no input stands behind, and describe the build."""
        config, plans = pipeline_config(), self._plans()
        for name, plan in plans.items():
            write_atomic(self.paths.plan(name), [msgspec.json.encode(plan)])
        self.paths.progress.touch()
        yield [
            CleanShard(raw=self.raw_folder, clean=str(self.paths.clean), shard=name, fingerprint=shard_fingerprint(plan, config))
            for name, plan in plans.items()
        ]
        self._drop_stale(plans)
        write_json(self.paths.build, self._summary(plans, config))

    def _plans(self) -> dict[str, ShardPlan]:
        inventory = read_inventory(self.paths)
        return plans_of(inventory) if inventory else {}

    def _drop_stale(self, plans: Mapping[str, ShardPlan]) -> None:
        """Delete the files of shards that no longer have inputs: a raw file that is gone takes its record with it."""
        for make in (self.paths.articles, self.paths.ledger, self.paths.plan, self.paths.stamp):
            wanted = {make(name) for name in plans}
            root = make("x").parent
            for path in sorted(root.rglob("*")) if root.is_dir() else []:
                if path.is_file() and path not in wanted:
                    path.unlink()
            for folder in sorted((path for path in root.rglob("*") if path.is_dir()), reverse=True):
                if not any(folder.iterdir()):
                    folder.rmdir()
        sweep_temporaries(self.paths.clean)

    def _summary(self, plans: Mapping[str, ShardPlan], config: Config) -> BuildSummary:
        stamps = {name: self._stamp(name, plan) for name, plan in plans.items()}
        shards = tuple(
            ShardSummary(name, plan.inputs_sha256(), stamp.ok, stamp.rejected, stamp.skipped, stamp.articles.sha256, stamp.ledger.sha256)
            for (name, plan), stamp in zip(plans.items(), stamps.values(), strict=True)
        )
        return BuildSummary(
            schema_version=SCHEMA_VERSION,
            reproducible=not self._machine_outcomes(plans),
            inputs=sum(len(plan.entries) for plan in plans.values()),
            ok=sum(shard.ok for shard in shards),
            rejected=sum(shard.rejected for shard in shards),
            skipped=sum(shard.skipped for shard in shards),
            config_sha256=config.sha256(),
            code_sha256=code_sha256(),
            config=msgspec.to_builtins(config),
            code=code_identity(),
            shards=shards,
        )

    def _stamp(self, name: str, plan: ShardPlan) -> Stamp:
        stamp = read_stamp(self.paths, name)
        if stamp is None or stamp.ok + stamp.rejected + stamp.skipped != len(plan.entries):
            msg = f"shard {name} does not account for its {len(plan.entries)} inputs"
            raise AssertionError(msg)
        return stamp

    def _machine_outcomes(self, plans: Mapping[str, ShardPlan]) -> bool:
        """Tell whether any input ended by an accident of this machine."""
        markers = [f'"code":"{code}"'.encode() for code in sorted(MACHINE_CODES)]
        return any(marker in (self.paths.ledger(name)).read_bytes() for name in plans for marker in markers)
