"""Reads the files that trainings write: models as JSON, and tables of learned scores.

A model's file names its format, so that one that an older training wrote is refused and never read wrongly.
"""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING, Protocol, TypeVar

import msgspec

from pipeline.tsv import rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from importlib.resources.abc import Traversable


class ModelFile(Protocol):
    """What every model's file has: the name of its format."""

    @property
    def format(self) -> str:
        """The format's name."""


Read = TypeVar("Read", bound=ModelFile)


def shipped() -> Traversable:
    """Return the folder of the models that ship."""
    return resources.files("pipeline.models")


def read_model(data: bytes, kind: type[Read], format_: str, what: str) -> Read:
    """Read a model's file.

    Args:
        data: its bytes.
        kind: what it holds.
        format_: the format that the caller reads.
        what: what errors call the model.

    Raises:
        ValueError: the file is damaged or of another format.

    >>> class Small(msgspec.Struct):
    ...     format: str
    >>> read_model(b'{"format": "small-1"}', Small, "small-2", "small model")
    Traceback (most recent call last):
    ValueError: the small model is of the format 'small-1', expected 'small-2'
    """
    try:
        file = msgspec.json.decode(data, type=kind)
    except msgspec.MsgspecError as error:
        raise ValueError(f"not a {what}: {error}") from error
    if file.format != format_:
        raise ValueError(f"the {what} is of the format {file.format!r}, expected {format_!r}")
    return file


def parse_scores(text: str) -> dict[str, int]:
    r"""Read a table of learned scores, a name and a score a line.

    >>> parse_scores("# remark\nsidebar\t-120\n")
    {'sidebar': -120}
    """
    return {name: int(score) for name, score in rows_of(text.splitlines())}


def format_scores(scores: Mapping[str, int], comment: Iterable[str]) -> str:
    """Write such a table, sorted by name."""
    return "".join([*(f"# {line}\n" for line in comment), *(f"{name}\t{scores[name]}\n" for name in sorted(scores))])
