"""One frozen configuration, a section a stage, passed in and never changed.

The names are those of `luigi.cfg`: section, then key. `docs/operations.md` lists them all with their defaults.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Any, Self

import msgspec

from pipeline.decode.config import DecodeConfig
from pipeline.describe.config import DescribeConfig
from pipeline.duplicates.config import DuplicatesConfig
from pipeline.emit.config import EmitConfig
from pipeline.extract.config import ExtractConfig
from pipeline.ingest.config import IngestConfig
from pipeline.normalise.config import NormaliseConfig
from pipeline.segment.config import SegmentConfig
from pipeline.strip.config import StripConfig

if TYPE_CHECKING:
    from collections.abc import Mapping


class ConfigError(ValueError):
    """A setting that does not exist or has a value that it cannot take; the message names it and says what it takes."""


class LimitsConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Budgets that follow from the input alone.

    `max_bytes`: a larger document is rejected as `too_large`. The largest of the 2,129 annotated development pages has 16 MB.
    `max_record_bytes`: a record whose JSON is larger makes its document `too_large` as well.
    """

    max_bytes: Annotated[int, msgspec.Meta(ge=1)] = 32 * 1024 * 1024
    max_record_bytes: Annotated[int, msgspec.Meta(ge=1)] = 256 * 1024 * 1024


class RulesConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Rule files of the user's own, read after the shipped ones: paths, in `luigi.cfg` one a line or parted by commas."""

    files: tuple[str, ...] = ()


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """All settings that decide what a record says."""

    limits: LimitsConfig = LimitsConfig()
    ingest: IngestConfig = IngestConfig()
    rules: RulesConfig = RulesConfig()
    decode: DecodeConfig = DecodeConfig()
    extract: ExtractConfig = ExtractConfig()
    segment: SegmentConfig = SegmentConfig()
    strip: StripConfig = StripConfig()
    normalise: NormaliseConfig = NormaliseConfig()
    describe: DescribeConfig = DescribeConfig()
    emit: EmitConfig = EmitConfig()
    duplicates: DuplicatesConfig = DuplicatesConfig()

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Self:
        """Return the defaults with single settings replaced; values may be strings, as a file gives them.

        Raises `ConfigError` on an unknown name or an unfit value.

        >>> Config.of({"normalise.variety": "keep"}).normalise.variety
        'keep'
        >>> Config.of({"normalise.colour": "red"})
        Traceback (most recent call last):
        pipeline.config.ConfigError: no setting is named normalise.colour; normalise has: bidi, entities, ...
        """
        sections: dict[str, dict[str, Any]] = msgspec.to_builtins(cls())
        for name, value in settings.items():
            section, _, key = name.partition(".")
            if section not in sections:
                msg = f"no section is named {section}; there are: {', '.join(sections)}"
                raise ConfigError(msg)
            if key not in sections[section]:
                msg = f"no setting is named {name}; {section} has: {', '.join(sorted(sections[section]))}"
                raise ConfigError(msg)
            sections[section][key] = _listed(value) if isinstance(sections[section][key], list | tuple) else value
        try:
            return msgspec.convert(sections, cls, strict=False)
        except msgspec.ValidationError as error:
            msg = f"a setting has an unfit value: {error}"
            raise ConfigError(msg) from error

    @classmethod
    def section_names(cls) -> tuple[str, ...]:
        """Return the names of the sections, in the order of the stages."""
        return tuple(field.name for field in msgspec.structs.fields(cls))

    def sha256(self) -> str:
        """Return the hex digest of all settings that decide what a record says, as canonical JSON.

        Those of `[duplicates]` are about many records, and of a rule file it is the content that counts and not the name.
        """
        sections: dict[str, Any] = msgspec.to_builtins(self)
        decisive = {name: keys for name, keys in sections.items() if name not in ("duplicates", "rules")}
        return sha256(msgspec.json.encode(decisive, order="deterministic")).hexdigest()


def _listed(value: Any) -> Any:
    """Split a string of a configuration file into a list: commas or line ends between entries."""
    if not isinstance(value, str):
        return value
    return [entry.strip() for entry in value.replace("\n", ",").split(",") if entry.strip()]
