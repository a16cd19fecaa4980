"""Where settings come from: one file, found in the same way by every command, and single settings of the command line.

The order is: `--config`, the variable `COPYDESK_CONFIG`, the first `luigi.cfg` in the working folder or above it. `--no-config` uses none.
Paths in a file that was found further up are meant from its own folder.
"""

from __future__ import annotations

import os
from configparser import BasicInterpolation, ConfigParser
from configparser import Error as ParserError
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from pipeline.config import Config, ConfigError, check_sections

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = "luigi.cfg"
VARIABLE = "COPYDESK_CONFIG"
OF_BUILD = ("build", "dataset")
"""Sections that decide nothing about a record; `tasks.settings` knows their keys."""


class Setting(NamedTuple):
    """One effective setting: its name, `section.key`, its value as a file would have it, and where that comes from."""

    name: str
    value: str
    origin: str


@dataclass(frozen=True)
class Settings:
    """What a command goes by: a file or none, how it was found, and single settings by name, which win.

    `folder` is what relative paths in the file are meant from.
    """

    path: Path | None = None
    how: str = "no settings file was found"
    folder: Path = Path()
    single: tuple[tuple[str, str], ...] = ()

    @property
    def told(self) -> str:
        """Say in one line where the settings come from."""
        return f"{self.path} ({self.how})" if self.path else f"none ({self.how})"

    @property
    def is_further_up(self) -> bool:
        """Tell whether the file lies above the working folder."""
        return self.folder != Path()

    def sections(self) -> dict[str, dict[str, str]]:
        """Return what the file says in copydesk's own sections.

        Raises `ConfigError` where it is no such file, or has a section whose name is nearly one of copydesk's.
        """
        if self.path is None:
            return {}
        parser = ConfigParser(interpolation=BasicInterpolation())
        known = (*Config.section_names(), *OF_BUILD)
        try:
            parser.read_string(self.path.read_text(encoding="utf-8"))
            check_sections(parser.sections(), known)
            ours = [name for name in known if parser.has_section(name)]
            return {
                name: {key.replace("-", "_"): parser.get(name, key, vars=dict(os.environ)) for key in _keys(parser, name)} for name in ours
            }
        except (ParserError, UnicodeDecodeError, ConfigError) as error:
            msg = f"{self.path}: {' '.join(str(error).split())}"
            raise ConfigError(msg) from error

    def config(self) -> Config:
        """Return the settings of the pipeline.

        Raises `ConfigError` on a name or a value that does not exist, and on a rule file that is not there.
        """
        sections = self.sections()
        written = {f"{name}.{key}": value for name, keys in sections.items() if name not in OF_BUILD for key, value in keys.items()}
        try:
            config = Config.of(written)
        except ConfigError as error:
            msg = f"{self.path}: {error}"
            raise ConfigError(msg) from error
        config = self._placed(config)
        config = Config.of(_plain(config) | dict(self._of_pipeline())) if self.single else config
        for name in config.rules.files:
            if not Path(name).is_file():
                msg = f"the rule file {name} of [rules] files is not there; correct its name, or leave it out"
                raise ConfigError(msg)
        return config

    def _placed(self, config: Config) -> Config:
        """Return a config whose rule files are paths from the working folder."""
        if not self.is_further_up or not config.rules.files:
            return config
        files = tuple(str(self.folder / name) for name in config.rules.files)
        return msgspec.structs.replace(config, rules=msgspec.structs.replace(config.rules, files=files))

    def _of_pipeline(self) -> list[tuple[str, str]]:
        return [(name, value) for name, value in self.single if name.partition(".")[0] not in OF_BUILD]


def _keys(parser: ConfigParser, section: str) -> list[str]:
    """Return the keys of a section itself, without those of `[DEFAULT]`."""
    return [key for key in parser.options(section) if key not in parser.defaults()]


def _plain(config: Config) -> dict[str, Any]:
    sections: dict[str, dict[str, Any]] = msgspec.to_builtins(config)
    return {f"{section}.{key}": value for section, keys in sections.items() for key, value in keys.items()}


def find(config: Path | None, single: tuple[str, ...] = (), *, no_config: bool = False) -> Settings:
    """Return what the options of a command line mean. Raises `ConfigError` on options that contradict each other."""
    pairs = tuple(map(_pair, single))
    if no_config:
        if config is not None:
            raise ConfigError("--config names a settings file and --no-config forbids one: give one of them")
        return Settings(how="--no-config", single=pairs)
    if config is not None:
        return Settings(config, "--config", single=pairs)
    if named := os.environ.get(VARIABLE):
        if not Path(named).is_file():
            msg = f"{VARIABLE} names {named}, which is no file; correct it, or unset it"
            raise ConfigError(msg)
        return Settings(Path(named), VARIABLE, single=pairs)
    if Path(FILE).is_file():
        return Settings(Path(FILE), "in the working folder", single=pairs)
    for folder in Path.cwd().parents:
        if (folder / FILE).is_file():
            return Settings(folder / FILE, "found above the working folder", folder, pairs)
    return Settings(single=pairs)


def _pair(setting: str) -> tuple[str, str]:
    name, equals, value = setting.partition("=")
    if not equals or "." not in name:
        msg = f"--set takes NAME=VALUE, for example normalise.variety=keep, not {setting!r}"
        raise ConfigError(msg)
    return name.strip().replace("-", "_"), value.strip()


def use(settings: Settings) -> None:
    """Make the tasks of this process build by these settings and no others; the working folder becomes that of a file further up.

    Raises `ConfigError` on a name or a value that does not exist.
    """
    from luigi.configuration import get_config  # noqa: PLC0415 - slow to import

    from tasks.settings import pipeline_config  # noqa: PLC0415

    settings.config()
    parser = get_config()
    path = settings.path.absolute() if settings.path else None
    for name in parser.sections():
        parser.remove_section(name)
    if path is not None:
        parser.read([str(path)])
    for name, value in settings.single:
        section, _, key = name.partition(".")
        parser.set(section, key, value.replace("%", "%%"))
    if settings.is_further_up:
        os.chdir(settings.folder)
    pipeline_config()


def effective(settings: Settings) -> list[Setting]:
    """Return every setting of copydesk, in the order of the stages, those of the build first.

    Raises `ConfigError` on a name or a value that does not exist.
    """
    from tasks.settings import build, dataset  # noqa: PLC0415 - imports Luigi

    use(settings)
    written, single = settings.sections(), dict(settings.single)
    values: dict[str, str] = {}
    for section in (build, dataset):
        chosen = section()
        values |= {f"{section.__name__}.{name}": _shown(getattr(chosen, name)) for name, _ in section.get_params()}
    values |= {name: _shown(value) for name, value in _plain(settings.config()).items()}
    return [Setting(name, value, _origin(name, settings, written, single)) for name, value in values.items()]


def _origin(name: str, settings: Settings, written: Mapping[str, Mapping[str, str]], single: Mapping[str, str]) -> str:
    if name in single:
        return "--set"
    section, _, key = name.partition(".")
    return str(settings.path) if key in written.get(section, {}) else "default"


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
