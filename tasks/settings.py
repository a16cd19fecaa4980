"""Settings: the sections of `luigi.cfg` become the pipeline's frozen config.

Every section of the pipeline's config is also a `luigi.Config` section, so single settings can be given on Luigi's command line
(`--normalise-variety keep`). A name that no section knows is an error and not ignored.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import luigi
import msgspec
from luigi.cmdline_parser import CmdlineParser
from luigi.configuration import get_config

from pipeline.config import Config, ConfigError
from pipeline.dataset.manifest import About
from tasks.base import KnownParameters
from tasks.core.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Iterable


_DEFAULTS = {
    "core": {"log_level": "WARNING", "autoload_range": "false"},
    "worker": {"keep_alive": "false", "force_multiprocessing": "true"},
    "retcode": {
        "already_running": "10",
        "missing_data": "20",
        "not_run": "25",
        "task_failed": "30",
        "scheduling_error": "35",
        "unhandled_exception": "40",
    },
}
"""What luigi.cfg says of Luigi itself, for a folder that has none: no lines of debugging, and exit codes that tell of failures."""


def _quiet_and_honest() -> None:
    """Give Luigi the defaults that no configuration file sets."""
    parser = get_config()
    for section, keys in _DEFAULTS.items():
        for key, value in keys.items():
            if not parser.has_option(section, key):
                parser.set(section, key, value)


_quiet_and_honest()


def _section(name: str, keys: tuple[str, ...]) -> type[luigi.Config]:
    """Make the `luigi.Config` class of one section: every key is an optional string, checked later by `Config.of`."""
    parameters: dict[str, Any] = {key: luigi.OptionalParameter(default=None) for key in keys}
    parameters["__doc__"] = f"Settings of the section [{name}]."
    parameters["__module__"] = __name__
    return type(name, (luigi.Config,), parameters)


def _keys(section: Any) -> tuple[str, ...]:
    return tuple(field.name for field in msgspec.structs.fields(section))


SECTIONS: dict[str, type[luigi.Config]] = {field.name: _section(field.name, _keys(field.type)) for field in msgspec.structs.fields(Config)}


class build(KnownParameters, luigi.Config):  # type: ignore[misc]  # noqa: N801 - Luigi takes the section's name from the class
    """Settings of the build itself: none of them changes a record."""

    raw: str = luigi.Parameter(default="raw", description="folder of the inputs")
    clean: str = luigi.Parameter(default="clean", description="folder of the outputs")
    shard_documents: int = luigi.IntParameter(default=256, description="a shard with more inputs is split in two")
    shard_bytes: int = luigi.IntParameter(default=64 * 1024 * 1024, description="a shard with more bytes is split in two")
    follow_symlinks: bool = luigi.BoolParameter(
        default=False, parsing=luigi.BoolParameter.EXPLICIT_PARSING, description="read what links point to"
    )
    time_limit: float = luigi.FloatParameter(default=10.0, description="seconds that one document may take")
    memory_limit: int = luigi.IntParameter(default=2 * 1024 * 1024 * 1024, description="bytes that cleaning one document may take")
    recycle_documents: int = luigi.IntParameter(default=2000, description="documents after which a cleaning process is replaced")


class dataset(KnownParameters, luigi.Config):  # type: ignore[misc]  # noqa: N801 - Luigi takes the section's name from the class
    """Settings of the dataset folder: whether it is written, and what its publisher says of it. None of them changes a record."""

    write: bool = luigi.BoolParameter(default=True, parsing=luigi.BoolParameter.EXPLICIT_PARSING, description="write clean/dataset")
    name: str = luigi.Parameter(default=About().name, description="title of the dataset")
    description: str = luigi.Parameter(default="", description="what it is, in one paragraph")
    licence: str = luigi.Parameter(default="", description="URL of its licence, or a sentence")
    url: str = luigi.Parameter(default="", description="address of its page")
    creator: str = luigi.Parameter(default="", description="organisation that publishes it")
    published: str = luigi.Parameter(default="", description="ISO 8601 date of publication")


def about() -> About:
    """Return what the publisher says of the dataset."""
    chosen = dataset()
    return About(**{name: str(getattr(chosen, name)) for name in About.__struct_fields__})


def limits() -> Limits:
    """Return what one document may take on this machine. Records do not depend on it."""
    chosen = build()
    return Limits(seconds=chosen.time_limit, memory=chosen.memory_limit, recycle=chosen.recycle_documents)


def pipeline_config() -> Config:
    """Return the pipeline's config as `luigi.cfg` and the command line give it.

    Raises `ConfigError` on a name or value that does not exist.
    """
    settings: dict[str, Any] = {}
    told = CmdlineParser.get_instance() is not None  # else Luigi knows of nothing but the files, and its own way to ask them takes long
    for name, section in SECTIONS.items():
        written = _written(name)
        settings |= {f"{name}.{key.replace('-', '_')}": value for key, value in written.items()}
        if told:
            chosen = section()
            settings |= {f"{name}.{key}": value for key in section.get_param_names() if (value := getattr(chosen, key)) is not None}
    for section in (build, dataset):
        _check_section(section)
    return Config.of(settings)


_LEAST = {"shard_documents": 1, "shard_bytes": 1, "time_limit": 0.01, "memory_limit": 1 << 24, "recycle_documents": 1}
"""The least values that the numbers of `[build]` may have; with less nothing could be cleaned."""


def _check_section(section: type[luigi.Config]) -> None:
    """Raise `ConfigError` where a section that is not the pipeline's has a name or a value that does not exist."""
    parameters, title = dict(section.get_params()), section.__name__
    for key, value in _written(title).items():
        parameter = parameters.get(key.replace("-", "_"))
        if parameter is None:
            msg = f"no setting is named {title}.{key}; {title} has: {', '.join(parameters)}"
            raise ConfigError(msg)
        try:
            parameter.parse(value)
        except ValueError as error:
            msg = f"{title}.{key} has an unfit value, {value!r}: {' '.join(str(error).split())}"
            raise ConfigError(msg) from error
    chosen = section()
    for name, least in _LEAST.items() if section is build else ():
        if not getattr(chosen, name) >= least:
            msg = f"build.{name} is {getattr(chosen, name)}; it has to be at least {least}"
            raise ConfigError(msg)


@lru_cache(maxsize=8)
def _file_digest(path: str, _size: int, _mtime_ns: int) -> str:
    return sha256(Path(path).read_bytes()).hexdigest()


def rule_names(files: Iterable[str]) -> dict[str, str]:
    """Return the rule files by the names that a build tells others: paths below the working folder, else the file's own name.

    A second file of one name has its number in front. No name is a path of one machine.
    """
    found: dict[str, str] = {}
    for number, file in enumerate(files, 1):
        path = Path(file).absolute()
        name = path.relative_to(Path.cwd()).as_posix() if path.is_relative_to(Path.cwd()) else path.name
        found[f"{number}-{name}" if name in found else name] = file
    return found


def portable(config: Config) -> dict[str, Any]:
    """Return a config as `build.json` has it: plain values, and the rule files by the names that `rule_names` gives."""
    sections: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(config))
    sections["rules"]["files"] = list(rule_names(config.rules.files))
    return sections


def rule_digests(files: Iterable[str]) -> dict[str, str]:
    """Return the hex sha256 of every rule file, by the names that `rule_names` gives.

    Raises `ConfigError` where one cannot be read.
    """
    digests: dict[str, str] = {}
    for name, file in rule_names(files).items():
        try:
            stat = Path(file).stat()
            digests[name] = _file_digest(file, stat.st_size, stat.st_mtime_ns)
        except OSError as error:
            msg = f"the rule file {file} of [rules] files cannot be read: {error.strerror or error}"
            raise ConfigError(msg) from error
    return digests


def config_sha256(config: Config) -> str:
    """Return the digest of all settings that decide what a record says, and of what stands in the rule files that they name.

    Raises `ConfigError` where such a file cannot be read.
    """
    return config.sha256(rule_digests(config.rules.files).values())


def use_settings(config: Config, shards: tuple[int, int], told: About) -> None:
    """Make this process build by just these settings, whatever configuration files and defaults say.

    `shards` are the documents and bytes after which a shard is split; `told` is what the publisher says of the dataset.
    """
    parser = get_config()
    sections: dict[str, dict[str, Any]] = msgspec.to_builtins(config)
    for name in (*SECTIONS, "dataset"):
        parser.remove_section(name)
    for name, keys in sections.items():
        for key, value in keys.items():
            parser.set(name, key, _written_value(value))
    for key, value in (("shard_documents", shards[0]), ("shard_bytes", shards[1])):
        parser.set("build", key, str(value))
    for key, value in {"write": True, **msgspec.to_builtins(told)}.items():
        parser.set("dataset", key, _written_value(value))
    if pipeline_config() != config:
        msg = "these settings cannot be written as a luigi.cfg would have them; environment variables or the command line are in the way"
        raise ConfigError(msg)


def _written_value(value: Any) -> str:
    """Return a setting as a configuration file has it; a percent sign would be read as the name of another setting."""
    words = ", ".join(value) if isinstance(value, list | tuple) else str(value).lower() if isinstance(value, bool) else str(value)
    return words.replace("%", "%%")


def _written(section: str) -> dict[str, str]:
    """Return what the configuration files say in one section."""
    parser = get_config()
    return dict(parser.items(section)) if parser.has_section(section) else {}
