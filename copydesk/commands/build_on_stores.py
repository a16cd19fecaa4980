"""`copydesk run` and `retry` where inputs or outputs lie in a store: fetch, build in the working folder, put back."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click
from tqdm import tqdm

from copydesk.commands.guards import noted_raw
from copydesk.options import EXIT_OK, EXIT_REJECTED, warn
from copydesk.places import Address, Corner, address_behind, address_of, fetch_raw, opened
from copydesk.rerun_reasons import other_settings
from copydesk.signals import stopping_cleanly
from copydesk.terminal.progress import wanted
from tasks.core.atomic_files import write_atomic
from tasks.core.build_paths import BuildPaths
from tasks.core.plans import planned
from tasks.core.putting import put_build
from tasks.inventory import current_cut
from tasks.settings import build, pipeline_config
from tasks.summary import read_summary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from copydesk.commands.run import RunOptions
    from copydesk.places import Place
    from tasks.core.stores import Store

Make = Callable[[Path | None, Path | None], int]


def build_at(raw: Place | None, clean: Place | None, options: RunOptions, make: Make) -> int:
    """Run `make` on folders that stand for `raw` and `clean`, put what it made where an address says, and return the exit code.

    Where neither is an address, nor one that the settings name, it gets what was given. Nothing is put where it fails, or only looks.
    """
    raw = raw if raw is not None else address_of(build().raw)
    clean = clean if clean is not None else address_of(build().clean)
    if not isinstance(raw, Address) and not isinstance(clean, Address):
        return make(raw, clean)
    _check_apart(raw, clean)
    with stopping_cleanly(), contextlib.ExitStack() as stack:
        if not isinstance(clean, Address):
            return make(_fetched(raw, BuildPaths(clean or Path(build().clean)), options), clean)
        corner, store = Corner(clean), opened(clean)
        stack.enter_context(corner.locked("clean"))
        if options.rehash:
            corner.put_notes.unlink(missing_ok=True)
        _adopt(store, corner, yes=options.yes)
        code = make(_fetched(raw, BuildPaths(corner.clean), options), corner.clean)
        if code in (EXIT_OK, EXIT_REJECTED) and not options.dry_run:
            _put(store, corner, options)
        return code


def retry_at(raw: Place | None, clean: Place | None, options: RunOptions, make: Make) -> int:
    """Do the same for a retry: its inputs are those of the build, fetched anew, and the build must be in the working folder."""
    clean = clean if clean is not None else address_of(build().clean)
    paths = BuildPaths(Corner(clean).clean if isinstance(clean, Address) else clean or Path(build().clean))
    if isinstance(clean, Address) and not planned(paths):
        warn(f"the working folder {paths.clean} holds no build of {clean}: copydesk run makes it there, and cleans again what was rejected")
        return 4
    raw = raw if raw is not None else address_behind(noted_raw(paths)) or (noted_raw(paths) if isinstance(clean, Address) else None)
    if not isinstance(raw, Address) and not isinstance(clean, Address):
        return make(raw, clean)
    return build_at(raw, clean, options, make)


def _check_apart(raw: Place | None, clean: Place | None) -> None:
    """Raise `click.UsageError` where inputs and outputs lie in each other."""
    if not (isinstance(raw, Address) and isinstance(clean, Address)):
        return
    (kind, inputs), (other, outputs) = opened(raw).place, opened(clean).place
    kept = tuple(f"{outputs}/{name}/" for name in ("articles", "ledger", "attributes", "dataset", "run"))
    if kind == other and (f"{outputs}/".startswith(f"{inputs}/") or f"{inputs}/".startswith(kept)):
        msg = f"{clean} and {raw} lie in each other; a build would read its own outputs: name another address with --clean"
        raise click.UsageError(msg)


def _fetched(raw: Place | None, paths: BuildPaths, options: RunOptions) -> Path | None:
    """Return the folder of the inputs; of an address it is made to be what lies there now."""
    if not isinstance(raw, Address):
        return raw
    built = read_summary(paths) is not None
    if options.rehash:
        Corner(raw).mirror("raw").forget()
    with _bar("fetching", options) as tell:
        return fetch_raw(raw, tell=tell, may_be_empty=built or options.replace is True)


def _adopt(store: Store, corner: Corner, *, yes: bool) -> None:
    """Take over the description of the build that lies in the store, which is what a run is measured by.

    Raises `click.UsageError` where it was made with other settings, this working folder does not know it, and nobody said --yes.
    """
    paths = BuildPaths(corner.clean)
    data = store.read("build.json")
    if data is None:
        return
    if not paths.build.is_file() or paths.build.read_bytes() != data:
        write_atomic(paths.build, [data])
    summary = read_summary(paths)
    if summary is None or planned(paths) or yes:
        return
    differing = other_settings(summary, pipeline_config())
    if differing or summary.cut != current_cut():
        told = f"settings are not those of the build in {store.address}: {differing or 'shards are cut otherwise'}"
        raise click.UsageError(f"{told}; add --yes, or name the build's own settings with --config or --set")


def _put(store: Store, corner: Corner, options: RunOptions) -> None:
    """Put the build where its address says, and say how much that was."""
    with _bar("putting", options) as tell:
        sent = put_build(corner.clean, store, corner.put_notes, tell)
    if not options.quiet:
        told = f"{sent.objects:,} objects put ({sent.size:,} bytes), {sent.gone:,} deleted" if sent.objects or sent.gone else "up to date"
        warn(f"{corner.address}: {told}")


@contextlib.contextmanager
def _bar(stage: str, options: RunOptions) -> Iterator[Callable[[int, int], None]]:
    """Show how many objects have gone to or fro, where a bar is wanted."""
    shown = wanted(options.progress) and not options.quiet
    with tqdm(desc=stage, unit="obj", disable=not shown, dynamic_ncols=True) as bar:

        def tell(done: int, of: int) -> None:
            bar.total = of
            bar.update(done - bar.n)

        yield tell
