"""Object stores and whatever else fsspec opens: what lies below an address, to be listed, fetched, put and deleted.

fsspec is imported when an address is opened and not before: builds of local folders need neither it nor a library of a store. Keys and
passwords come from where a store's own tools find them (environment, files, roles), never from an address, and no message repeats them.
"""

from __future__ import annotations

import base64
import contextlib
import errno
import os
import re
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from tasks.core.atomic_files import temporary_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*+://")
_PAGES = ("http://", "https://")
"""Addresses of pages: copydesk fetches none, and whoever names one made a mistake."""
_TAGS = ("etag", "ETag", "md5Hash", "md5", "sha256", "sha", "blob_id", "checksum", "generation")
"""What file systems of fsspec call a digest or a number of an object's content: it changes with the content alone."""
_TIMES = ("mtime", "LastModified", "last_modified", "updated", "modified", "created")
_WITHOUT_FOLDERS = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "hf", "oss", "oci", "memory"})
"""Stores that know no folders: to make one there would make a bucket, or an object that nobody wants."""
_PACKAGES = {"gs": "gcsfs", "gcs": "gcsfs", "az": "adlfs", "abfs": "adlfs", "abfss": "adlfs", "hf": "huggingface_hub", "sftp": "paramiko"}
_PIECE = 1 << 20
_MD5 = re.compile(r"[0-9a-f]{32}")


class StoreError(OSError):
    """A store that cannot be read or written; `strerror` says why in one line, and `filename` is the address."""

    def __init__(self, address: str, why: str) -> None:
        super().__init__(errno.EIO, why, address)


class AddressError(ValueError):
    """An address that cannot be opened here: the message says what to write, or what to install."""


class Stored(msgspec.Struct, frozen=True, array_like=True):
    """An object as a listing shows it: its size in bytes, what tells its versions apart, and the hex md5 where the store says it.

    `version` is None where a store says nothing that changes with the content; such an object is fetched every time. `code` says why what
    is listed cannot be fetched: a link, or neither file nor folder, on file systems that have these.
    """

    size: int
    version: str | None
    md5: str | None = None
    code: Literal["symlink", "bad_record"] | None = None


def is_address(name: str) -> bool:
    """Tell whether a name is the address of a store and no path.

    >>> is_address("s3://bucket/raw"), is_address("raw/seeds"), is_address("https://example.org/a.html")
    (True, False, False)
    """
    return _SCHEME.match(name) is not None and not name.lower().startswith(_PAGES)


def check_address(address: str) -> str:
    """Return an address in the form that names it everywhere: the scheme in small letters, no slash at the end.

    Raises `AddressError` where it holds a password, or chains file systems.

    >>> check_address("S3://bucket/raw/")
    's3://bucket/raw'
    """
    scheme, _, rest = address.partition("://")
    if "@" in rest.partition("/")[0] and ":" in rest.partition("@")[0]:
        msg = "an address may hold no password: leave it to the environment, or to the files that the store's own tools read"
        raise AddressError(msg)
    if "::" in address:
        raise AddressError("an address names one file system: leave out what stands before or after the two colons")
    return f"{scheme.lower()}://{rest.rstrip('/') if rest.strip('/') else rest}"


def version_of(info: Mapping[str, Any]) -> str | None:
    """Return what tells versions of an object apart: a digest or number of its content, else its time, else None.

    >>> version_of({"ETag": '"9a0364"', "LastModified": 5}), version_of({"mtime": 2.5}), version_of({"name": "a"})
    ('ETag="9a0364"', 'mtime=2.5', None)
    """
    for names in (_TAGS, _TIMES):
        if found := [f"{name}={info[name]}" for name in names if info.get(name)]:
            return found[0]
    return None


def _md5_of(info: Mapping[str, Any]) -> str | None:
    """Return the hex md5 that a store tells of an object: S3 as the tag of what was put in one piece, Google in base 64."""
    tag = str(info.get("ETag") or info.get("etag") or "").strip('"')
    if _MD5.fullmatch(tag):
        return tag
    with contextlib.suppress(ValueError):
        told = base64.b64decode(str(info.get("md5Hash") or ""), validate=True).hex()
        return told if _MD5.fullmatch(told) else None
    return None


class Store:
    """What lies below one address; names are relative to it and parted by slashes.

    Every method raises `StoreError` where the store does not do what it is asked. It may be used by several threads at once.
    """

    def __init__(self, address: str) -> None:
        """Open an address. Raises `AddressError` where it is none, or a library that it needs is not installed."""
        self.address = check_address(address)
        self._scheme = self.address.partition("://")[0]
        try:
            from fsspec.core import url_to_fs  # noqa: PLC0415 - only where an address is given
        except ImportError as error:
            raise AddressError(f"{self._scheme}:// needs fsspec, which is not installed: pip install 'copydesk[stores]'") from error
        given = {"auto_mkdir": True} if self._scheme in ("file", "local") else {}
        try:
            with _one_line(self.address):
                self._fs, root = url_to_fs(self.address, use_listings_cache=False, skip_instance_cache=True, **given)
        except StoreError as error:
            self._refuse(error)
        self._root = root.rstrip("/")

    def _refuse(self, error: StoreError) -> None:
        """Turn what says that a library is missing, or that nobody knows the scheme, into wrong usage."""
        if isinstance(error.__cause__, ImportError):
            package = _PACKAGES.get(self._scheme)
            wanted = package or "'copydesk[stores]'"
            told = f"{self._scheme}:// needs {package or 'a library'} that is not installed: pip install {wanted}"
            raise AddressError(told) from error
        if "Protocol not known" in str(error.__cause__):
            raise AddressError(f"{self._scheme}:// is no scheme that fsspec knows: s3, gs, hf, file, memory and others are") from error
        raise error

    @property
    def place(self) -> tuple[str, str]:
        """Return the kind of file system and the path in it: two addresses of one place have the same."""
        return type(self._fs).__name__, self._root

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    def listing(self) -> dict[str, Stored]:
        """Return every object below the address; an address at which nothing is stored has none."""
        with _one_line(self.address):
            self._fs.invalidate_cache()
            try:
                found = self._fs.find(self._root, detail=True)
            except FileNotFoundError:
                return {}
        start = f"{self._root}/"
        return {path[len(start) :]: _stored(info) for path, info in found.items() if path.startswith(start) and info["type"] != "directory"}

    def look(self, names: Iterable[str]) -> dict[str, Stored]:
        """Return those of some objects that are there."""
        found: dict[str, Stored] = {}
        self._fs.invalidate_cache()
        for name in names:
            with _one_line(f"{self.address}/{name}"), contextlib.suppress(FileNotFoundError, NotADirectoryError):
                info = self._fs.info(self._path(name))
                if info.get("type") == "file":
                    found[name] = _stored(info)
        return found

    def matching(self, pattern: str) -> list[str]:
        """Return the names of objects that fit a pattern of the shell, sorted."""
        with _one_line(self.address):
            self._fs.invalidate_cache()
            found = self._fs.glob(self._path(pattern), detail=True)
        return sorted(path[len(self._root) + 1 :] for path, info in found.items() if info.get("type") == "file")

    def get(self, name: str, path: Path) -> bool:
        """Copy an object into a file, piece by piece, and put it on the disk. False where it is gone."""
        with _one_line(f"{self.address}/{name}"):
            try:
                self._fs.get_file(self._path(name), str(path))
            except FileNotFoundError:
                return False
        with path.open("rb") as stream:
            os.fsync(stream.fileno())
        return True

    def read(self, name: str) -> bytes | None:
        """Return a small object's bytes, None where there is none."""
        with _one_line(f"{self.address}/{name}"), contextlib.suppress(FileNotFoundError):
            return bytes(self._fs.cat_file(self._path(name)))
        return None

    def sha256(self, name: str) -> str:
        """Return the hex sha256 of an object, read in pieces."""
        digest = sha256()
        with _one_line(f"{self.address}/{name}"), self._fs.open(self._path(name), "rb", block_size=_PIECE) as stream:
            while piece := stream.read(_PIECE):
                digest.update(piece)
        return digest.hexdigest()

    def put(self, path: Path, name: str) -> None:
        """Store a file under a name; an object that has it is replaced."""
        target = self._path(name)
        with _one_line(f"{self.address}/{name}"):
            if self._scheme not in _WITHOUT_FOLDERS:
                self._fs.makedirs(target.rpartition("/")[0], exist_ok=True)
            if self._scheme in ("file", "local"):  # what is copied there is seen while it grows; other stores show whole objects
                temporary = f"{target.rpartition('/')[0]}/{temporary_name()}"
                self._fs.put_file(str(path), temporary)
                self._fs.mv(temporary, target)
            else:
                self._fs.put_file(str(path), target)

    def remove(self, name: str) -> None:
        """Delete an object; one that is not there is deleted already."""
        with _one_line(f"{self.address}/{name}"), contextlib.suppress(FileNotFoundError):
            self._fs.rm_file(self._path(name))


def _stored(info: Mapping[str, Any]) -> Stored:
    code: Literal["symlink", "bad_record"] | None = "symlink" if info.get("islink") else None if info["type"] == "file" else "bad_record"
    return Stored(int(info.get("size") or 0), version_of(info), _md5_of(info), code)


@contextlib.contextmanager
def _one_line(place: str) -> Iterator[None]:
    """Turn whatever a library of a store raises into a `StoreError`: each has exceptions of its own."""
    try:
        yield
    except StoreError:
        raise
    except Exception as error:
        raise StoreError(place, reason(error)) from error


_CREDENTIALS = "no credentials: put them where the store's own tools look for them (docs/stores.md)"
_ASKED = re.compile(r"(?<=[a-z]://)[^\s/@]++@|\?[^\s'\"]++")
_SECRETIVE = re.compile(r"SECRET|TOKEN|PASSW|KEY|CREDENTIAL", re.IGNORECASE)
_LONGEST = 200


def reason(error: Exception) -> str:
    """Return in one line why a store failed, without queries of addresses, which may be signed, and without values of secrets.

    >>> reason(PermissionError("Access Denied")), reason(FileNotFoundError("bucket"))
    ('access is denied: Access Denied', 'not found: there is no such bucket, folder or object')
    """
    told = without_secrets(" ".join(str(error).split()))[:_LONGEST]
    if isinstance(error, FileNotFoundError):
        return "not found: there is no such bucket, folder or object"
    if "credential" in f"{type(error).__name__} {told}".lower():
        return _CREDENTIALS
    if isinstance(error, PermissionError):
        return f"access is denied: {told}"
    if isinstance(error, OSError) and error.strerror:
        return without_secrets(error.strerror)
    return f"{type(error).__name__}: {told}" if told else type(error).__name__


def without_secrets(words: str) -> str:
    """Return words without what a key, token or password of the environment says, and without queries and users of addresses."""
    words = _ASKED.sub("", words)
    for name, value in os.environ.items():
        if len(value) >= 8 and _SECRETIVE.search(name):
            words = words.replace(value, "***")
    return words
