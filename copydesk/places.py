"""Folders of this machine and addresses of stores on the command line: what a command works on is always a folder.

Raw files of an address are fetched into the working folder, a build of one is made there and put back, and a build that is only looked at
is fetched. `--work`, else `COPYDESK_WORK`, else a folder in the user's cache, says where the working folder is.
"""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tasks.core.mirrors import Mirror
    from tasks.core.stores import Store

VARIABLE = "COPYDESK_WORK"
_ADDRESS = "address.json"
"""The note in a corner of the working folder that says whose it is."""


_MAGIC = re.compile(r"[*?\[]")


class Address(str):
    """The address of a store, as the command line gives it and everything names it."""

    __slots__ = ()


Place = Path | Address
"""Where inputs or outputs lie."""


class PlaceType(click.Path):
    """An option or argument that takes a folder, or an address of a store."""

    name = "folder"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return an `Address` or a `Path`; an address that cannot be one is wrong usage."""
        address = address_of(value) if isinstance(value, str) else None
        return super().convert(value, param, ctx) if address is None else address


FOLDER_OR_ADDRESS = PlaceType(exists=True, file_okay=False, path_type=Path)
ANYWHERE_OR_ADDRESS = PlaceType(path_type=Path)


def address_of(name: str) -> Address | None:
    """Return an address in its one form, None for the name of a folder or file.

    Raises `click.UsageError` where it holds a password, or chains file systems.
    """
    if "://" not in name:
        return None
    from tasks.core.stores import AddressError, check_address, is_address  # noqa: PLC0415 - a page of help does not need it

    if not is_address(name):
        return None
    try:
        return Address(check_address(name))
    except AddressError as error:
        raise click.UsageError(str(error)) from error


def _choose(_context: click.Context, _parameter: click.Parameter, value: Path | None) -> None:
    if value is not None:
        os.environ[VARIABLE] = str(value.absolute())


work_option = click.option(
    "--work",
    type=click.Path(file_okay=False, path_type=Path),
    callback=_choose,
    expose_value=False,
    help="Working folder for addresses of stores (s3://…).  [default: COPYDESK_WORK, else copydesk in the user's cache]",
)


def work_folder() -> Path:
    """Return the folder in which copies of what stores hold lie."""
    if chosen := os.environ.get(VARIABLE):
        return Path(chosen).absolute()
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "copydesk"


def opened(address: str) -> Store:
    """Open a store. Raises `click.UsageError` where a library that it needs is not installed."""
    from tasks.core.stores import AddressError, Store  # noqa: PLC0415

    try:
        return Store(address)
    except AddressError as error:
        raise click.UsageError(str(error)) from error


class Corner:
    """The part of the working folder that belongs to one address. `raw` and `copy` are copies of it, `clean` is where a build is made."""

    def __init__(self, address: str) -> None:
        """Name the corner of an address; nothing is made."""
        from tasks.core.mirrors import folder_name  # noqa: PLC0415

        self.address = str(address)  # a plain one, which can be written down
        self.home = work_folder() / folder_name(address)
        self.clean, self.put_notes = self.home / "clean", self.home / "put.json"

    def mirror(self, name: str) -> Mirror:
        """Return the copy of the address that has this name."""
        from tasks.core.mirrors import Mirror  # noqa: PLC0415

        return Mirror(self.home / name, self.home / f"{name}.json")

    @contextlib.contextmanager
    def locked(self, name: str) -> Iterator[None]:
        """Hold a part of the corner: of two commands that would change it the second waits."""
        from copydesk.run_lock import BuildLock  # noqa: PLC0415
        from tasks.core.sealed import write_sealed  # noqa: PLC0415

        work_folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        with BuildLock(self.home / f"{name}.lock"):
            if not (self.home / _ADDRESS).is_file():
                write_sealed(self.home / _ADDRESS, self.address)
            yield


def fetch_raw(address: str, *, tell: Callable[[int, int], None] | None = None, may_be_empty: bool = False) -> Path:
    """Return a folder that holds what a build reads of an address, fetched as far as it is not there yet.

    Raises `click.UsageError` where nothing lies there, unless that may be.
    """
    from tasks.core.mirrors import is_wanted_raw  # noqa: PLC0415

    corner = Corner(address)
    mirror = corner.mirror("raw")
    with corner.locked("raw"):
        mirror.fetch(opened(address), wanted=is_wanted_raw, tell=tell)
    if not may_be_empty and not any(mirror.folder.iterdir()):
        raise _nothing(address, "put pages or texts below it, in a folder for every source")
    return mirror.folder


def fetch_named(address: str, names: Iterable[str]) -> Path:
    """Return a folder that holds these objects of an address, as far as they are there, and perhaps others."""
    corner, chosen = Corner(address), frozenset(names)
    mirror, store = corner.mirror("raw"), opened(address)
    with corner.locked("raw"):
        mirror.fetch(store, look=lambda: store.look(sorted(chosen)), wanted=chosen.__contains__)
    return mirror.folder


class Documents(NamedTuple):
    """Documents of an address: copies in `folder` at `places`, or all that it holds where `whole` is set; `base` names them.

    `members` are the locators that are wanted, None for all; `refused` are objects that cannot be fetched, with their codes.
    """

    folder: Path
    base: str
    places: list[str]
    whole: bool = False
    members: frozenset[str] | None = None
    refused: dict[str, str] = {}  # noqa: RUF012 - of a tuple, and never changed


def fetch_documents(name: str) -> Documents:
    """Fetch what an address means to `copydesk clean`: an object, a member of a container, a pattern, or all that lies below it."""
    from tasks.core.object_names import read_refused  # noqa: PLC0415

    address = address_of(name) or Address(name)
    scheme, _, rest = address.partition("://")
    for place in without_member(rest):
        above, _, last = place.rpartition("/")
        base = f"{scheme}://{above}"
        if above and last and opened(base).look([last]):
            members = None if place == rest else frozenset({address})
            return Documents(fetch_named(base, with_sidecars([last])), base, [last], members=members)
    if (magic := _MAGIC.search(rest)) is not None:
        above, _, _ = rest[: magic.start()].rpartition("/")
        base = f"{scheme}://{above}"
        places = [place for place in opened(base).matching(rest[len(above) + 1 :]) if _is_document(place)]
        return Documents(fetch_named(base, with_sidecars(places)), base, places)
    folder = fetch_raw(address)
    return Documents(folder, address, [], whole=True, refused=read_refused(folder))


def _is_document(place: str) -> bool:
    from pipeline.ingest.kinds import is_ignored, is_sidecar  # noqa: PLC0415

    return not is_sidecar(place) and not any(map(is_ignored, place.split("/")))


def with_sidecars(places: Iterable[str]) -> set[str]:
    """Return names of raw files and of all that may say something of them.

    >>> sorted(with_sidecars(["press/a.html"]))
    ['press/a.html', 'press/a.html.meta.json', 'press/urls.tsv', 'urls.tsv']
    """
    from pipeline.ingest.kinds import SIDECAR_SUFFIX, TABLE_NAME  # noqa: PLC0415

    found: set[str] = set()
    for place in places:
        folders = ["", *(place[: at + 1] for at, sign in enumerate(place) if sign == "/")]
        found |= {place, place + SIDECAR_SUFFIX, *(folder + TABLE_NAME for folder in folders)}
    return found


def without_member(locator: str) -> list[str]:
    """Return the raw files that a locator may lead into, the longest name first.

    >>> without_member("press/pages.zip#a.html#1")
    ['press/pages.zip#a.html#1', 'press/pages.zip#a.html', 'press/pages.zip']
    """
    return [locator, *(locator[:at] for at in range(len(locator) - 1, 0, -1) if locator[at] == "#")]


def fetch_build(address: str, wanted: Callable[[str], bool] | None = None) -> Path:
    """Return a folder that holds the build, or the dataset, at an address, or the wanted part of it.

    Raises `click.UsageError` where nothing lies there.
    """
    corner = Corner(address)
    mirror = corner.mirror("copy")
    with corner.locked("copy"):
        mirror.fetch(opened(address), wanted=wanted or _is_of_build)
    if not any(path.is_file() for path in mirror.folder.rglob("*")):
        raise _nothing(address, "make a build there with copydesk run --clean")
    return mirror.folder


def _is_of_build(name: str) -> bool:
    return not name.startswith("run/")


def build_at_address(name: str) -> Path | None:
    """Return a copy of the records' description and ledger where a name is the address of a build, else None."""
    address = address_of(name)
    if address is None or not opened(address).look(["build.json"]):
        return None
    return fetch_build(address, is_of_status)


def is_of_status(name: str) -> bool:
    """Tell whether `copydesk status` reads an object of a build."""
    return name == "build.json" or name.startswith("ledger/")


def is_of_dataset(name: str) -> bool:
    """Tell whether `copydesk export` and `stats` read an object: those of a build's dataset, or of a dataset that the address names."""
    return not name.startswith(("articles/", "ledger/", "attributes/", "run/"))


def _nothing(address: str, hint: str) -> click.UsageError:
    return click.UsageError(f"nothing lies below {address}; {hint}")


def address_behind(folder: Path | None) -> Address | None:
    """Return the address that a folder is a copy of, None where it is a folder of somebody else."""
    from tasks.core.sealed import read_sealed  # noqa: PLC0415

    found = None if folder is None else read_sealed(folder.parent / _ADDRESS, str)
    return None if found is None else Address(found)


def raw_of(clean: Place, raw: Place | None, default: str) -> Place:
    """Return where the inputs of a build lie: as given, else where it was built from as far as this machine knows, else `default`."""
    from tasks.core.build_paths import BuildPaths  # noqa: PLC0415
    from tasks.core.sealed import read_sealed  # noqa: PLC0415

    if raw is not None:
        return raw
    noted = read_sealed(BuildPaths(Corner(clean).clean if isinstance(clean, Address) else clean).raw_folder, str)
    if noted is not None and (behind := address_behind(Path(noted))) is not None:
        return behind
    if noted is not None and Path(noted).is_dir():
        return Path(noted)
    return address_of(default) or Path(default)


def inputs_of(clean: Place, raw: Place | None) -> Path:
    """Return the folder of a build's inputs, fetched where they lie in a store; one that is not there is wrong usage."""
    from tasks.settings import build  # noqa: PLC0415

    return _folder(raw_of(clean, raw, build().raw))


def set_inputs(raw: Place | None) -> Path:
    """Return the folder of the inputs that an option, or else the settings, name; one that is not there is wrong usage."""
    from tasks.settings import build  # noqa: PLC0415 - loads Luigi

    return _folder(raw if raw is not None else address_of(build().raw) or Path(build().raw))


def _folder(place: Place) -> Path:
    if isinstance(place, Address):
        return fetch_raw(place)
    if not place.is_dir():
        raise click.UsageError(f"{place} is no folder: name the folder of the inputs with --raw")
    return place


def status_folder(address: Address) -> Path:
    """Return a folder that says how the build at an address stands: the one where it was made, if that is this build, else a copy."""
    corner = Corner(address)
    path, data = corner.clean / "build.json", opened(address).read("build.json")
    if data is not None and path.is_file() and path.read_bytes() == data:
        return corner.clean
    return fetch_build(address, is_of_status)


def changed_groups(address: Address) -> list[str]:
    """Return the sources and days of which objects are not as they were when they were last fetched."""
    from tasks.core.mirrors import is_wanted_raw  # noqa: PLC0415
    from tasks.core.scan import group_of  # noqa: PLC0415

    return sorted({group_of(name) for name in Corner(address).mirror("raw").changed(opened(address), is_wanted_raw)})
