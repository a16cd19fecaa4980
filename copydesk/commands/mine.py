"""`copydesk mine`: proposes rules for the lines that recur on the sites of a build."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import msgspec

from copydesk.line_records import LineRecord
from copydesk.options import PLAIN, warn
from pipeline.rules.mine import Seen, as_toml, mine, proposals
from tasks.core.atomic_files import write_atomic
from tasks.core.build_paths import BuildPaths
from tasks.summary import read_summary

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from copydesk.options import Manner


class _Row(msgspec.Struct, frozen=True):
    """What the miner needs of a row on duplicates."""

    id: str
    representative: bool


def mine_build(clean: Path, output: Path | None, *, least: int, share: int, force: bool, manner: Manner = PLAIN) -> int:
    """Write the proposed rules to `output`, or to standard output; return the exit code."""
    paths = BuildPaths(clean)
    if read_summary(paths) is None:
        warn(f"{paths.build} is missing or damaged: nothing to mine; make it with copydesk run")
        return 1
    if output is not None and output.is_file() and not force:
        warn(f"{output} exists, and somebody may have reviewed it; name another file, or add --force")
        return 2
    if output is not None and output.exists() and not output.is_file():
        warn(f"{output} is no file; leave --output out to write to standard output")
        return 2
    made, left = proposals(mine(lambda: _documents(paths), least=least, share=share))
    text = "".join(f"{line}\n" for line in as_toml(made, left))
    if manner.json and output is None:
        click.echo(msgspec.json.encode({"rules": made, "others": left}))
    elif output is None:
        click.echo(text, nl=False)
    else:
        write_atomic(output, [text.encode()])
        if manner.json:
            click.echo(msgspec.json.encode({"output": str(output), "rules": len(made), "others": len(left)}))
    if not (manner.quiet or manner.json):
        click.echo(f"{len(made):,} rules proposed, {len(left):,} other lines recur", err=True)
    return 0


def _documents(paths: BuildPaths) -> Iterator[Seen]:
    """Yield the records that represent their clusters: a story that a site has five times has no template."""
    summary = read_summary(paths)
    record_of, row_of = msgspec.json.Decoder(LineRecord), msgspec.json.Decoder(_Row)
    for shard in summary.shards if summary else ():
        with paths.articles(shard.shard).open("rb") as records, paths.duplicates(shard.shard).open("rb") as rows:
            for line, row in zip(records, rows, strict=True):
                if row_of.decode(row).representative:
                    yield record_of.decode(line).kept()
