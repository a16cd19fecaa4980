"""What executors are sent along with their rows: where the build lies, on which terms it cleans, and the rule files as bytes."""

from __future__ import annotations

import os
import stat
import tempfile
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from pipeline.code_identity import code_sha256
from tasks.core.atomic_files import make_folder, write_atomic
from tasks.core.build_paths import BuildPaths
from tasks.core.isolation import warm_up
from tasks.core.shard_files import Terms

if TYPE_CHECKING:
    from pipeline.config import Config


class UnlikeError(RuntimeError):
    """An executor has another version of copydesk, of a library or of Unicode than the driver: its records would not be the same."""


class Parcel(msgspec.Struct, frozen=True):
    """What every executor needs to know of a build. The folders are on a share that driver and executors see under the same names.

    `rules` are the contents of the rule files that the settings name, in their order; `shown` says whether somebody watches a progress bar.
    """

    clean: str
    raw: str
    terms: Terms
    rules: tuple[bytes, ...] = ()
    shown: bool = False

    @property
    def paths(self) -> BuildPaths:
        """Return the paths of the build."""
        return BuildPaths(Path(self.clean))


def packed(paths: BuildPaths, raw: str, terms: Terms, *, shown: bool = False) -> Parcel:
    """Return a parcel with the rule files as they are now. Raises `OSError` where one cannot be read."""
    rules = tuple(Path(name).read_bytes() for name in terms.config.rules.files)
    return Parcel(str(paths.clean.absolute()), str(Path(raw).absolute()), terms, rules, shown)


def unpacked(parcel: Parcel) -> Terms:
    """Return the terms as they hold in this process, with the rule files on its disk and everything loaded that children need.

    Raises:
        UnlikeError: this process would make other records than the driver.
    """
    terms = parcel.terms
    own = code_sha256(terms.config)
    if own != terms.code_sha256:
        told = f"an executor has other code or libraries ({own[:16]}) than the driver ({terms.code_sha256[:16]})"
        raise UnlikeError(f"{told}: install the same versions of copydesk and of Python on all machines")
    if parcel.rules:
        terms = msgspec.structs.replace(terms, config=_with_rules(terms.config, parcel.rules))
    warm_up(terms.config)
    return terms


@lru_cache(maxsize=4)
def _with_rules(config: Config, rules: tuple[bytes, ...]) -> Config:
    """Return the config with its rule files where this process can read them: in a folder that is named by their content."""
    folder = _own_folder() / sha256(b"".join(sha256(data).digest() for data in rules)).hexdigest()
    files = []
    for number, data in enumerate(rules):
        path = folder / f"{number:03d}.toml"
        if not path.is_file() or path.read_bytes() != data:
            write_atomic(path, [data])
        files.append(str(path))
    return msgspec.structs.replace(config, rules=msgspec.structs.replace(config.rules, files=tuple(files)))


def _own_folder() -> Path:
    """Return a folder for rule files that is this user's alone. Raises `OSError` where somebody else has put one there."""
    folder = Path(tempfile.gettempdir()) / f"copydesk-rules-{os.getuid()}"
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o022:
        msg = f"{folder} is not this user's own folder: remove it, or set TMPDIR"
        raise OSError(msg)
    return folder
