"""The commands on builds: `copydesk run`, `spark`, `retry`, `status`, `verify`, `rules`, `mine`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from copydesk.options import EXIT_OK, FILE, common, with_settings, workers_of
from copydesk.places import (
    ANYWHERE_OR_ADDRESS,
    FOLDER_OR_ADDRESS,
    Address,
    address_of,
    changed_groups,
    fetch_build,
    inputs_of,
    status_folder,
    work_option,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from copydesk.options import Manner
    from copydesk.places import Place
    from copydesk.settings import Settings

_raw_option = click.option("--raw", type=ANYWHERE_OR_ADDRESS, help="Folder or address of the inputs.  [default: [build] raw]")
_clean_option = click.option("--clean", "clean_", type=ANYWHERE_OR_ADDRESS, help="Where the outputs go.  [default: [build] clean]")
_workers_option = click.option(
    "--workers", "-j", default="1", show_default=True, callback=workers_of, metavar="N|auto", help="How many processes clean at once."
)
_progress_option = click.option("--progress/--no-progress", default=None, help="Show progress bars.  [default: on a terminal]")
_clean_argument = click.argument("clean_", metavar="[CLEAN]", required=False, type=FOLDER_OR_ADDRESS)


def _building(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of a build on this machine."""
    return _workers_option(_making(function))


def _making(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of every build."""
    options = (
        _raw_option,
        _clean_option,
        work_option,
        common,
        with_settings,
        _progress_option,
        click.option(
            "--log-format",
            type=click.Choice(["text", "json"]),
            help="Log a line a shard on standard error.  [default: text, where no bar is shown]",
        ),
        click.option("--yes", "-y", is_flag=True, help="Go on without asking, for scripts."),
        click.option("--dry-run", is_flag=True, help="Only say which shards would be cleaned and why; write nothing."),
    )
    for option in reversed(options):
        function = option(function)
    return function


def clean_place(given: Place | None, settings: Settings) -> Place:
    """Return where the build lies that is meant: as given, else as the settings say. A folder that is not there is wrong usage."""
    from copydesk.settings import use  # noqa: PLC0415

    given = _placed(given, settings)
    use(settings)
    if given is not None:
        return given
    from tasks.settings import build  # noqa: PLC0415

    if (address := address_of(build().clean)) is not None:
        return address
    folder = Path(build().clean)
    if not folder.is_dir():
        raise click.UsageError(f"{folder} is no folder; name the folder of the build, or make one with copydesk run")
    return folder


def clean_folder(given: Place | None, settings: Settings, wanted: Callable[[str], bool] | None = None) -> Path:
    """Return the folder of the build that is meant; of an address it is a copy of the build, or of the wanted part of it."""
    place = clean_place(given, settings)
    return fetch_build(place, wanted) if isinstance(place, Address) else place


def _placed(place: Place | None, settings: Settings) -> Place | None:
    """Return a path that still leads to the same place when the working folder becomes that of the settings; addresses do anyway."""
    return place.absolute() if isinstance(place, Path) and settings.is_further_up else place


def _run_options(options: dict[str, Any], manner: Manner) -> Any:
    from copydesk.commands.run import RunOptions  # noqa: PLC0415 - loads Luigi

    return RunOptions(quiet=manner.quiet, verbose=manner.verbose, as_json=manner.json, **options)


_replace_option = click.option("--replace", is_flag=True, help="Go on where most of the build's raw files are gone: their records go, too.")
_rehash_option = click.option(
    "--rehash", is_flag=True, help="Read every raw file and every output again, also where sizes and times are as they were."
)
_why_option = click.option("--why-rerun", "why", is_flag=True, help="Say for every shard that is cleaned what is not as it was.")


@click.command()
@_building
@_replace_option
@_rehash_option
@_why_option
def run(*, raw: Place | None, clean_: Place | None, settings: Settings, manner: Manner, **options: Any) -> None:
    """Clean every file below RAW into CLEAN, with Luigi.

    Only what is new or changed is cleaned; an interrupted run goes on where it was. Rejected inputs are listed at the end and are in
    CLEAN/ledger with their code. Two runs in one CLEAN take turns.

    Where the settings are not those of the build that is there, the run says so and asks first; --yes answers. Where more than half of the
    build's raw files are gone, or RAW is another folder that lacks some of them, it refuses without --replace.

    RAW and CLEAN may be addresses of object stores (s3://bucket/raw, gs://, file:// …): raw files are fetched into --work, the build is
    made there and put back, build.json last. docs/stores.md has it all.

    \b
    Examples:
      copydesk run
      copydesk run --raw scrapes --clean articles --workers auto
      copydesk run --config british.cfg --yes
      copydesk run --dry-run
      copydesk run --raw s3://bucket/raw --clean s3://bucket/clean
    """  # noqa: D301 - click reads a real \b
    from copydesk.commands.build_on_stores import build_at  # noqa: PLC0415
    from copydesk.commands.run import run_build  # noqa: PLC0415
    from copydesk.settings import use  # noqa: PLC0415

    raw, clean_ = _placed(raw, settings), _placed(clean_, settings)
    use(settings)
    chosen = _run_options(options, manner)
    sys.exit(build_at(raw, clean_, chosen, lambda inputs, outputs: run_build(inputs, outputs, chosen)))


def _setting_of_spark(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """Return settings of Spark by name."""
    if unfit := [value for value in values if not value.startswith("spark.") or "=" not in value]:
        raise click.BadParameter(f"takes NAME=VALUE, for example spark.executor.memory=4g, not {unfit[0]!r}")
    return dict(value.split("=", 1) for value in values)


@click.command()
@_making
@click.option("--master", default="local[*]", show_default=True, help="Where Spark runs: local[2], spark://HOST:7077, yarn, k8s://…")
@click.option("--conf", multiple=True, callback=_setting_of_spark, metavar="NAME=VALUE", help="A setting of Spark; repeat for more.")
@_replace_option
@_rehash_option
@_why_option
def spark(
    *,
    raw: Place | None,
    clean_: Place | None,
    master: str,
    conf: dict[str, str],
    settings: Settings,
    manner: Manner,
    **options: Any,
) -> None:
    """Clean every file below RAW into CLEAN as copydesk run does, byte for byte, with the shards and duplicates made by Spark.

    RAW and CLEAN are folders that all machines see under the same names, and all have the same copydesk; where one is an address of an
    object store, --work is such a folder. What one command began another one ends: run, retry, status, verify and review know the build.
    Needs pip install 'copydesk[spark]' and Java 17 or later.

    \b
    Examples:
      copydesk spark --raw scrapes --clean articles
      copydesk spark --raw /share/raw --clean /share/clean --master spark://head:7077
      copydesk spark --raw raw --clean clean --conf spark.executor.memory=4g
      copydesk spark --dry-run
    """  # noqa: D301 - click reads a real \b
    from copydesk.commands.build_on_stores import build_at  # noqa: PLC0415
    from copydesk.commands.spark import SparkOptions, spark_build  # noqa: PLC0415
    from copydesk.settings import use  # noqa: PLC0415

    raw, clean_ = _placed(raw, settings), _placed(clean_, settings)
    use(settings)
    chosen, engine = _run_options(options, manner), SparkOptions(master, conf)
    sys.exit(build_at(raw, clean_, chosen, lambda inputs, outputs: spark_build(inputs, outputs, engine, chosen)))


@click.command()
@_building
@click.option("--code", "codes", multiple=True, metavar="CODE", help="Retry what has this code; repeat for more.")
@click.option("--all", "every", is_flag=True, help="Retry every rejected input.")
def retry(
    *,
    raw: Place | None,
    clean_: Place | None,
    settings: Settings,
    codes: tuple[str, ...],
    every: bool,
    manner: Manner,
    **options: Any,
) -> None:
    """Clean rejected inputs again, after what stopped them was mended, and nothing else.

    Without --code or --all: timeout, out_of_memory, crashed and permission. The build's own settings count, wherever they came from; of
    --config and --set only [build], such as time_limit. A new version of the code or other settings need no retry: copydesk run cleans
    everything that they apply to.

    \b
    Examples:
      copydesk retry
      copydesk retry --code timeout --set build.time_limit=60
      copydesk retry --all --dry-run
    """  # noqa: D301 - click reads a real \b
    from copydesk.commands.build_on_stores import retry_at  # noqa: PLC0415
    from copydesk.commands.retry import RETRIED, retry_build  # noqa: PLC0415
    from copydesk.settings import use  # noqa: PLC0415
    from pipeline.rejected import CODES  # noqa: PLC0415

    if unknown := sorted(set(codes) - CODES):
        raise click.UsageError(f"no code is named {unknown[0]}; there are: {', '.join(sorted(CODES))}")
    chosen, how = CODES if every else frozenset(codes) or RETRIED, _run_options(options, manner)
    raw, clean_ = _placed(raw, settings), _placed(clean_, settings)
    use(settings)
    sys.exit(retry_at(raw, clean_, how, lambda inputs, outputs: retry_build(inputs, outputs, chosen, how)))


@click.command()
@_clean_argument
@click.option("--raw", type=FOLDER_OR_ADDRESS, help="Also look for raw files that changed since.")
@work_option
@common
@with_settings
def status(*, clean_: Place | None, raw: Place | None, settings: Settings, manner: Manner) -> None:
    """Show what a build holds, what was rejected, who works on it, and what a run would do now.

    Exits with 0, with 3 where inputs are rejected, and with 4 where no build was finished.

    \b
    Examples:
      copydesk status clean --raw raw
      copydesk status --json
    """  # noqa: D301 - click reads a real \b
    from copydesk.commands.status import show_status  # noqa: PLC0415

    raw, place = _placed(raw, settings), clean_place(clean_, settings)
    folder = status_folder(place) if isinstance(place, Address) else place
    changed = changed_groups(raw) if isinstance(raw, Address) else None
    inputs = raw if isinstance(raw, Path) else None
    sys.exit(show_status(folder, inputs, as_json=manner.json, quiet=manner.quiet, changed=changed))


@click.command()
@_clean_argument
@click.option("--raw", type=FOLDER_OR_ADDRESS, help="Folder or address of the inputs.  [default: those of the build, else [build] raw]")
@_progress_option
@work_option
@common
@with_settings
def verify(*, clean_: Place | None, raw: Place | None, progress: bool | None, settings: Settings, manner: Manner) -> None:
    """Derive every record in CLEAN again from its raw bytes and compare; exit 1 on any difference.

    The build's own settings count; of --config and --set only the limits in [build]. CLEAN may be a dataset folder alone: then its digests,
    records, columns, numbers and card are checked against each other, and with --raw it is rebuilt and compared as well.

    \b
    Examples:
      copydesk verify clean --raw raw
      copydesk verify clean/dataset
    """  # noqa: D301 - click reads a real \b
    from copydesk.commands.verify_dataset import is_dataset, verify_dataset  # noqa: PLC0415

    raw, place = _placed(raw, settings), clean_place(clean_, settings)
    clean = fetch_build(place) if isinstance(place, Address) else place
    progress = False if manner.quiet and progress is None else progress
    if is_dataset(clean):
        code = verify_dataset(clean, manner)
        if code == EXIT_OK and raw is not None:
            from copydesk.commands.rebuild import RebuildOptions, rebuild  # noqa: PLC0415

            code = rebuild(clean, inputs_of(place, raw), RebuildOptions(progress=progress, manner=manner))
        sys.exit(code)
    from copydesk.commands.verify import verify_build  # noqa: PLC0415

    sys.exit(verify_build(clean, inputs_of(place, raw), progress=progress, manner=manner))


@click.group(invoke_without_command=True)
@click.option("--check", "files", multiple=True, type=FILE, help="A rule file of your own.")
@click.option("--kind", help="Only rules of this kind, for example share.")
@click.option("--time", "timed", is_flag=True, help="Time every pattern on 100 kB of hostile text.")
@common
@click.pass_context
def rules(context: click.Context, *, files: tuple[Path, ...], kind: str | None, timed: bool, manner: Manner) -> None:
    """List the rules for texts; check and time a file of your own.

    Loading runs every rule's own examples: a rule that fails one is refused with the reason, and the exit code is 1.

    \b
    Examples:
      copydesk rules --kind newsletter
      copydesk rules --time
      copydesk rules --check rules/own.toml
      copydesk rules learn verdicts.json
    """  # noqa: D301 - click reads a real \b
    if context.invoked_subcommand is not None:
        return
    from copydesk.commands.rules import print_rules  # noqa: PLC0415

    sys.exit(print_rules(files, kind, timed=timed, manner=manner))


@rules.command("learn")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=FILE)
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Write the rules here.  [default: standard output]")
@click.option("--cases", type=click.Path(dir_okay=False, path_type=Path), help="Also write test cases here, as JSON.")
@click.option("--force", is_flag=True, help="Write over files that are there.")
@common
def learn(*, files: tuple[Path, ...], output: Path | None, cases: Path | None, force: bool, manner: Manner) -> None:
    """Propose rules for what people marked as furniture in the pages of copydesk review; FILE is what they exported there.

    The rules are for you to read, as those of copydesk mine are: delete what could take a line of an article, then name the file in
    luigi.cfg ([rules], files), run again, and see with copydesk diff what they changed. Sentences become test cases only.

    \b
    Examples:
      copydesk rules learn verdicts.json -o rules/learned.toml
      copydesk rules learn verdicts.json --cases cases.json
    """  # noqa: D301 - click reads a real \b
    from copydesk.commands.learn import learn_rules  # noqa: PLC0415

    sys.exit(learn_rules(files, output, cases, force=force, manner=manner))


@click.command()
@_clean_argument
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Write the rules here.  [default: standard output]")
@click.option("--least", type=click.IntRange(2), default=5, show_default=True, help="In so many documents of a site a line must stand.")
@click.option("--share", type=click.IntRange(0, 100), default=2, show_default=True, help="In so many percent of them as well.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@common
@with_settings
def mine(*, clean_: Path | None, output: Path | None, settings: Settings, manner: Manner, **options: Any) -> None:
    """Propose rules for lines that recur on a site of the build in CLEAN and are not prose.

    The file is for you to read: delete what could take a line of an article, then name the file in luigi.cfg ([rules], files).
    A build knows only the files that are named there.

    \b
    Examples:
      copydesk mine clean --output rules/mined.toml
      copydesk mine clean --least 10 --json
    """  # noqa: D301 - click reads a real \b
    from copydesk.commands.mine import mine_build  # noqa: PLC0415

    if output is not None and settings.is_further_up:
        output = output.absolute()
    sys.exit(mine_build(clean_folder(clean_, settings), output, manner=manner, **options))


COMMANDS = (run, spark, retry, status, verify, rules, mine)
