"""`copydesk rules learn`: what people said in the pages of `copydesk review`, as proposed rules and test cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import msgspec

from copydesk.options import PLAIN, warn
from copydesk.review.verdicts import VerdictsError, as_toml, learn, read_verdicts
from pipeline.rules.rulebook import load
from tasks.core.atomic_files import write_atomic

if TYPE_CHECKING:
    from pathlib import Path

    from copydesk.options import Manner


def learn_rules(files: tuple[Path, ...], output: Path | None, cases: Path | None, *, force: bool, manner: Manner = PLAIN) -> int:
    """Write proposed rules to `output`, or to standard output, and test cases to `cases`; return the exit code."""
    for path in filter(None, (output, cases)):
        if path.exists() and not force:
            warn(f"{path} exists, and somebody may have reviewed it; name another file, or add --force")
            return 2
    try:
        said = [verdict for path in files for verdict in read_verdicts(path.read_bytes(), str(path))]
    except VerdictsError as error:
        warn(str(error))
        return 2
    learned = learn(said, load())
    if cases is not None:
        write_atomic(cases, [msgspec.json.format(msgspec.json.encode(learned.cases), indent=2), b"\n"])
    text = "".join(f"{line}\n" for line in as_toml(learned))
    if output is not None:
        write_atomic(output, [text.encode()])
    if manner.json:
        click.echo(msgspec.json.encode({"rules": [rule for rule, _ in learned.rules], "left": learned.left, "cases": learned.cases}))
    elif output is None:
        click.echo(text, nl=False)
    if not (manner.quiet or manner.json):
        click.echo(f"{len(said):,} verdicts: {len(learned.rules):,} rules proposed, {len(learned.left):,} verdicts became none", err=True)
    return 0
