"""The commands on builds: `copydesk run`, `spark`, `retry`, `status`, `verify`, `rules`, `mine`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from copydesk.options import ANYWHERE, EXIT_OK, FILE, FOLDER, common, with_settings, workers_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from copydesk.options import Manner
    from copydesk.settings import Settings

_raw_option = click.option("--raw", type=ANYWHERE, help="Folder of the inputs, raw/<source>/…  [default: [build] raw]")
_clean_option = click.option("--clean", "clean_", type=ANYWHERE, help="Folder of the outputs.  [default: [build] clean]")
_workers_option = click.option(
    "--workers", "-j", default="1", show_default=True, callback=workers_of, metavar="N|auto", help="How many processes clean at once."
)
_progress_option = click.option("--progress/--no-progress", default=None, help="Show progress bars.  [default: on a terminal]")
_clean_argument = click.argument("clean_", metavar="[CLEAN]", required=False, type=FOLDER)


def _building(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of a build on this machine."""
    return _workers_option(_making(function))


def _making(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of every build."""
    options = (
        _raw_option,
        _clean_option,
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


def clean_folder(given: Path | None, settings: Settings) -> Path:
    """Return the folder of the build that is meant: as given, else as the settings say. One that is not there is wrong usage."""
    from copydesk.settings import use  # noqa: PLC0415

    if given is not None:
        given = given.absolute() if settings.is_further_up else given
    use(settings)
    if given is not None:
        return given
    from tasks.settings import build  # noqa: PLC0415

    folder = Path(build().clean)
    if not folder.is_dir():
        raise click.UsageError(f"{folder} is no folder; name the folder of the build, or make one with copydesk run")
    return folder


def _placed(path: Path | None, settings: Settings) -> Path | None:
    """Return a path that still leads to the same place when the working folder becomes that of the settings."""
    return path.absolute() if path is not None and settings.is_further_up else path


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
def run(*, raw: Path | None, clean_: Path | None, settings: Settings, manner: Manner, **options: Any) -> None:
    """Clean every file below RAW into CLEAN, with Luigi.

    Only what is new or changed is cleaned; an interrupted run goes on where it was. Rejected inputs are listed at the end and are in
    CLEAN/ledger with their code. Two runs in one CLEAN take turns.

    Where the settings are not those of the build that is there, the run says so and asks first; --yes answers. Where more than half of the
    build's raw files are gone, or RAW is another folder that lacks some of them, it refuses without --replace.

    \b
    Examples:
      copydesk run
      copydesk run --raw scrapes --clean articles --workers auto
      copydesk run --config british.cfg --yes
      copydesk run --dry-run
    """  # noqa: D301 - click reads a real \b
    from copydesk.commands.run import run_build  # noqa: PLC0415
    from copydesk.settings import use  # noqa: PLC0415

    raw, clean_ = _placed(raw, settings), _placed(clean_, settings)
    use(settings)
    sys.exit(run_build(raw, clean_, _run_options(options, manner)))


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
    raw: Path | None,
    clean_: Path | None,
    master: str,
    conf: dict[str, str],
    settings: Settings,
    manner: Manner,
    **options: Any,
) -> None:
    """Clean every file below RAW into CLEAN as copydesk run does, byte for byte, with the shards and duplicates made by Spark.

    RAW and CLEAN are folders that all machines see under the same names, and all have the same copydesk. What one command began another
    one ends: run, retry, status, verify and review know the build. Needs pip install 'copydesk[spark]' and Java 17 or later.

    \b
    Examples:
      copydesk spark --raw scrapes --clean articles
      copydesk spark --raw /data/raw --clean /data/clean --master spark://head:7077 --conf spark.executor.memory=4g
      copydesk spark --dry-run
    """  # noqa: D301 - click reads a real \b
    from copydesk.commands.spark import SparkOptions, spark_build  # noqa: PLC0415
    from copydesk.settings import use  # noqa: PLC0415

    raw, clean_ = _placed(raw, settings), _placed(clean_, settings)
    use(settings)
    sys.exit(spark_build(raw, clean_, SparkOptions(master, conf), _run_options(options, manner)))


@click.command()
@_building
@click.option("--code", "codes", multiple=True, metavar="CODE", help="Retry what has this code; repeat for more.")
@click.option("--all", "every", is_flag=True, help="Retry every rejected input.")
def retry(
    *,
    raw: Path | None,
    clean_: Path | None,
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
    from copydesk.commands.retry import RETRIED, retry_build  # noqa: PLC0415
    from copydesk.settings import use  # noqa: PLC0415
    from pipeline.rejected import CODES  # noqa: PLC0415

    if unknown := sorted(set(codes) - CODES):
        raise click.UsageError(f"no code is named {unknown[0]}; there are: {', '.join(sorted(CODES))}")
    chosen = CODES if every else frozenset(codes) or RETRIED
    raw, clean_ = _placed(raw, settings), _placed(clean_, settings)
    use(settings)
    sys.exit(retry_build(raw, clean_, chosen, _run_options(options, manner)))


@click.command()
@_clean_argument
@click.option("--raw", type=FOLDER, help="Also look for raw files that changed since.")
@common
@with_settings
def status(*, clean_: Path | None, raw: Path | None, settings: Settings, manner: Manner) -> None:
    """Show what a build holds, what was rejected, who works on it, and what a run would do now.

    Exits with 0, with 3 where inputs are rejected, and with 4 where no build was finished.

    \b
    Examples:
      copydesk status clean --raw raw
      copydesk status --json
    """  # noqa: D301 - click reads a real \b
    from copydesk.commands.status import show_status  # noqa: PLC0415

    raw = _placed(raw, settings)
    sys.exit(show_status(clean_folder(clean_, settings), raw, as_json=manner.json, quiet=manner.quiet))


@click.command()
@_clean_argument
@click.option("--raw", type=FOLDER, help="Folder of the inputs.  [default: the one it was built from, else [build] raw]")
@_progress_option
@common
@with_settings
def verify(*, clean_: Path | None, raw: Path | None, progress: bool | None, settings: Settings, manner: Manner) -> None:
    """Derive every record in CLEAN again from its raw bytes and compare; exit 1 on any difference.

    The build's own settings count; of --config and --set only the limits in [build]. CLEAN may be a dataset folder alone: then its digests,
    records, columns, numbers and card are checked against each other, and with --raw it is rebuilt and compared as well.

    \b
    Examples:
      copydesk verify clean --raw raw
      copydesk verify clean/dataset
    """  # noqa: D301 - click reads a real \b
    from copydesk.commands.verify_dataset import is_dataset, verify_dataset  # noqa: PLC0415

    raw = _placed(raw, settings)
    clean = clean_folder(clean_, settings)
    progress = False if manner.quiet and progress is None else progress
    if is_dataset(clean):
        code = verify_dataset(clean, manner)
        if code == EXIT_OK and raw is not None:
            from copydesk.commands.rebuild import RebuildOptions, rebuild  # noqa: PLC0415

            code = rebuild(clean, raw, RebuildOptions(progress=progress, manner=manner))
        sys.exit(code)
    from copydesk.commands.guards import noted_raw  # noqa: PLC0415
    from copydesk.commands.verify import verify_build  # noqa: PLC0415
    from tasks.core.build_paths import BuildPaths  # noqa: PLC0415
    from tasks.settings import build  # noqa: PLC0415

    noted = noted_raw(BuildPaths(clean))
    raw = raw or (noted if noted is not None and noted.is_dir() else Path(build().raw))
    if not raw.is_dir():
        raise click.UsageError(f"{raw} is no folder: name the folder of the inputs with --raw")
    sys.exit(verify_build(clean, raw, progress=progress, manner=manner))


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

    output = _placed(output, settings)
    sys.exit(mine_build(clean_folder(clean_, settings), output, manner=manner, **options))


COMMANDS = (run, spark, retry, status, verify, rules, mine)
