"""`copydesk init`: the files that a folder of builds begins with."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

import click
import msgspec

from copydesk.options import warn
from copydesk.settings import FILE

if TYPE_CHECKING:
    from pathlib import Path

    from copydesk.options import Manner

IGNORED = ("/clean/", "*.luigi-tmp-*")
"""What a build writes and can make again at any time."""
_README = """# raw/

Put scraped pages and texts here: `raw/<source>/…` or `raw/<source>/<YYYY-MM-DD>/…`. The first folder is the record's `source`.
`README` files and files that begin with a dot are ignored. copydesk only ever reads here; a file that you
delete takes its record with it on the next build.
"""


def template() -> str:
    """Return the luigi.cfg that a folder begins with: every setting with its default and a word on it."""
    return (files("copydesk") / FILE).read_text(encoding="utf-8")


def prepare(folder: Path, manner: Manner, *, force: bool) -> int:
    """Write what is missing in a folder; return the exit code."""
    if (folder / FILE).exists() and not force:
        warn(f"{folder / FILE} exists and stays as it is; --force writes the defaults over it")
        return 2
    (folder / "raw").mkdir(parents=True, exist_ok=True)
    written = [folder / FILE]
    (folder / FILE).write_text(template(), encoding="utf-8")
    readme = folder / "raw" / "README.md"
    if not readme.exists():
        readme.write_text(_README, encoding="utf-8")
        written.append(readme)
    if _ignore(folder / ".gitignore"):
        written.append(folder / ".gitignore")
    if manner.json:
        click.echo(msgspec.json.encode({"written": [str(path) for path in written]}))
    elif not manner.quiet:
        click.echo("\n".join(f"wrote {path}" for path in written))
        step = "" if str(folder) == "." else f"cd {folder}; "
        click.echo(f"next: put pages into {folder / 'raw'}/<source>/, then type: {step}copydesk run")
    return 0


def _ignore(path: Path) -> bool:
    """Add what is missing to a .gitignore; return whether anything was."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    missing = [line for line in IGNORED if line not in lines]
    if missing:
        path.write_text("".join(f"{line}\n" for line in [*lines, *missing]), encoding="utf-8")
    return bool(missing)
