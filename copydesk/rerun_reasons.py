"""Says why a shard is cleaned again: which of its inputs, settings or code is not what it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.code_identity import code_identity, code_sha256
from tasks.core.sealed import read_sealed
from tasks.core.shard_files import is_whole, read_stamp
from tasks.inventory import Changes
from tasks.settings import config_sha256, portable
from tasks.summary import read_summary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from pipeline.config import Config
    from tasks.core.build_paths import BuildPaths
    from tasks.core.plans import PlannedShard
    from tasks.core.shard_files import Stamp
    from tasks.summary import BuildSummary

_NAMED = 5
"""How many names a reason lists before it only counts."""


def reasons(
    paths: BuildPaths, plans: Iterable[PlannedShard], config: Config, changes: Callable[[str], Changes | None] | None = None
) -> Iterator[tuple[str, str]]:
    """Yield (shard, reason) for every shard that a run would clean now.

    `changes` says which inputs of a shard are not as they were; by default the inventory's notes do.
    """
    told = changes or (lambda shard: _noted(paths, shard))
    summary = read_summary(paths)
    wanted = config_sha256(config)
    for plan in plans:
        stamp = read_stamp(paths, plan.shard)
        if stamp is None:
            yield plan.shard, f"new, {plan.files} files"
            continue
        found = list(_reasons(paths, plan, stamp, wanted, summary, config, told))
        if found:
            yield plan.shard, "; ".join(found)


def _reasons(
    paths: BuildPaths,
    plan: PlannedShard,
    stamp: Stamp,
    wanted: str,
    summary: BuildSummary | None,
    config: Config,
    told: Callable[[str], Changes | None],
) -> Iterator[str]:
    if stamp.inputs_sha256 != plan.inputs_sha256:
        yield f"inputs: {_inputs(told(plan.shard))}"
    if stamp.config_sha256 != wanted:
        yield f"config: {(other_settings(summary, config) if summary else '') or 'other settings or rule files'}"
    if stamp.code_sha256 != code_sha256(config):
        same = summary is not None and summary.code_sha256 == stamp.code_sha256
        yield f"code: {_names(summary.code, code_identity(config)) if same and summary else 'another version'}"
    if not is_whole(paths, plan.shard, stamp):
        yield "outputs: missing or cut short"


def _noted(paths: BuildPaths, shard: str) -> Changes | None:
    return read_sealed(paths.changes(shard), Changes)


def _inputs(changes: Changes | None) -> str:
    if changes is None:
        return "changed"
    parts = [f"{name} {_listed(getattr(changes, name))}" for name in ("added", "changed", "removed") if getattr(changes, name)]
    return ", ".join(parts) or "changed"


def _listed(names: Iterable[str]) -> str:
    listed = list(names)
    return " ".join(listed[:_NAMED]) + (f" and {len(listed) - _NAMED} more" if len(listed) > _NAMED else "")


def other_settings(summary: BuildSummary, config: Config) -> str:
    """Name the settings of records that are not those of a build, with both values; empty where there are none."""
    return _differences(_flat(summary.config), _flat(portable(config)))


def _flat(config: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{section}.{key}": value for section, keys in config.items() if section != "duplicates" for key, value in keys.items()}


def _differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    names = [name for name in sorted(old.keys() | new.keys()) if _plain(old.get(name)) != _plain(new.get(name))]
    return _listed(f"{name} {old.get(name)!r} -> {new.get(name)!r}" for name in names)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _names(old: Mapping[str, str], new: Mapping[str, str]) -> str:
    return _listed(name for name in sorted(old.keys() | new.keys()) if old.get(name) != new.get(name))
