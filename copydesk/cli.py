"""The commands: `copydesk run`, `retry`, `status`, `clean`, `explain`, `verify`, `rules`, `mine`; for datasets see `dataset_commands`.

Everything heavy is imported by the command that needs it, so that `copydesk --help` answers at once.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from copydesk.dataset_commands import COMMANDS
from copydesk.shadows import refuse_shadows
from copydesk.terminal.guard import guard_streams

if TYPE_CHECKING:
    from pipeline.config import Config
    from pipeline.ingest import RawDocument
    from tasks.isolation import Limits

EXIT_OK, EXIT_DEFECT, EXIT_USAGE, EXIT_REJECTED, EXIT_IO = 0, 1, 2, 3, 4

_MEDIA_TYPES = ("text/html", "text/plain", "application/xhtml+xml")


class _ClosedPipeError(Exception):
    """Whoever read standard output has seen enough."""


class _Commands(click.Group):
    """All commands. click itself ends with 1 on a closed pipe, which is `diff` saying that something differs; nothing failed here."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that the arguments name."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise _ClosedPipeError from error


def _fail(message: str, code: int) -> NoReturn:
    from pipeline.text.controls import escaped  # noqa: PLC0415

    click.echo(escaped(f"copydesk: {message}"), err=True)
    sys.exit(code)


def _config(path: Path | None, settings: tuple[str, ...]) -> Config:
    """Read the sections of a luigi.cfg and single settings of the command line into a pipeline config."""
    from configparser import ConfigParser  # noqa: PLC0415
    from configparser import Error as ParserError  # noqa: PLC0415

    from pipeline.config import Config, ConfigError  # noqa: PLC0415

    known = Config.section_names()
    chosen: dict[str, Any] = {}
    try:
        if path is not None:
            parser = ConfigParser(interpolation=None)
            parser.read_string(path.read_text(encoding="utf-8"))
            chosen |= {f"{name}.{key}": value for name in known if parser.has_section(name) for key, value in parser.items(name)}
        for setting in settings:
            name, equals, value = setting.partition("=")
            if not equals:
                raise click.UsageError(f"--set takes NAME=VALUE, for example normalise.variety=keep, not {setting!r}")
            chosen[name.strip()] = value.strip()
        return Config.of(chosen)
    except (ConfigError, ParserError, UnicodeDecodeError) as error:
        raise click.UsageError(" ".join(str(error).split())) from error


def _limits(path: Path | None) -> Limits:
    """Return what one document may take: the section [build] of a luigi.cfg says it, as it does for a build."""
    from configparser import ConfigParser  # noqa: PLC0415

    from tasks.isolation import Limits  # noqa: PLC0415

    parser = ConfigParser(interpolation=None)
    if path is not None:
        parser.read_string(path.read_text(encoding="utf-8"))
    try:
        return Limits(
            seconds=parser.getfloat("build", "time_limit", fallback=Limits().seconds),
            memory=parser.getint("build", "memory_limit", fallback=Limits().memory),
        )
    except ValueError as error:
        raise click.UsageError(f"[build] time_limit and memory_limit are numbers: {error}") from error


def _shown(name: str) -> str:
    """Return a file name as text that can be printed: bytes that are not UTF-8, and what commands a terminal, as escapes."""
    from pipeline.text.controls import escaped  # noqa: PLC0415

    return escaped(_readable(name))


def _readable(name: str) -> str:
    """Return a file name as text: bytes that are not UTF-8 as escapes."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _document(name: str, url: str | None, media_type: str | None, source: str) -> RawDocument:
    """Read one input of the command line; `-` is standard input."""
    from pipeline.ingest import RawDocument  # noqa: PLC0415

    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise click.UsageError(f"{_shown(name)}: {error.strerror or error}") from error
    return RawDocument(data=data, locator=None if name == "-" else _readable(name), source=source, url=url, media_type=media_type)


_config_option = click.option(
    "--config", "config_path", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A luigi.cfg with settings."
)
_set_option = click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="A single setting, e.g. normalise.variety=keep.")
_url_option = click.option("--url", help="The address the document came from.")
_type_option = click.option("--media-type", type=click.Choice(_MEDIA_TYPES), help="Say what the input is instead of sniffing.")


@click.group(name="copydesk", cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="copydesk", prog_name="copydesk")
@click.option("--debug", is_flag=True, help="Show the traceback of an unexpected error.")
def cli(*, debug: bool) -> None:  # noqa: ARG001 - `main` looks for it, because it has to know before anything is parsed
    """Turn scraped articles into canonical article JSON; every character of the source is accounted for.

    \b
    A folder of pages or texts:   copydesk run --raw raw --clean clean
    One page:                     copydesk clean page.html
    From a pipe:                  curl -s URL | copydesk clean - --url URL
    Why is this line missing?     copydesk explain page.html
    Is the build what it claims?  copydesk verify clean --raw raw
    What was rejected?            copydesk status clean
    A part of it for others       copydesk export clean --where 'language = "en"' --format dolma

    Exit codes: 0 done; 3 done, some inputs rejected; 4 reading or writing failed, run again to resume; 2 wrong usage; 1 a defect.
    """  # noqa: D301 - click reads a real \b
    try:
        refuse_shadows()
    except ImportError as error:
        _fail(str(error), EXIT_USAGE)


_raw_option = click.option(
    "--raw", type=click.Path(path_type=Path), help="Folder of the inputs, raw/<source>/…  [default: raw, or luigi.cfg]"
)
_clean_option = click.option(
    "--clean", "clean_", type=click.Path(path_type=Path), help="Folder of the outputs.  [default: clean, or luigi.cfg]"
)
_workers_option = click.option(
    "--workers", type=click.IntRange(1, 256), default=1, show_default=True, help="How many processes clean at once."
)
_progress_option = click.option("--progress/--no-progress", default=None, help="Show a progress bar.  [default: on a terminal]")
_quiet_option = click.option("--quiet", "-q", is_flag=True, help="Print nothing but errors.")
_log_option = click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    help="Log a line a shard on standard error.  [default: text, where no bar is shown]",
)


@cli.command()
@_raw_option
@_clean_option
@_workers_option
@_config_option
@_progress_option
@_log_option
@_quiet_option
@click.option("--rehash", is_flag=True, help="Read every raw file and every output again, also where sizes and times are as they were.")
@click.option("--why-rerun", "why", is_flag=True, help="Say for every shard that is cleaned what is not as it was.")
def run(*, raw: Path | None, clean_: Path | None, config_path: Path | None, **options: Any) -> None:
    """Clean every file below RAW into CLEAN, with Luigi.

    Only what is new or changed is cleaned; an interrupted run goes on where it was. Rejected inputs are listed at the end and are in
    CLEAN/ledger with their code. Two runs in one CLEAN take turns.

    \b
    Examples:
      copydesk run
      copydesk run --raw scrapes --clean articles --workers 2 --config luigi.cfg
    """  # noqa: D301 - click reads a real \b
    from copydesk.commands.run import RunOptions, run_build  # noqa: PLC0415

    _config(config_path, ())
    sys.exit(run_build(raw, clean_, RunOptions(config_path=config_path, **options)))


@cli.command()
@_raw_option
@_clean_option
@_workers_option
@_config_option
@_progress_option
@_log_option
@_quiet_option
@click.option("--code", "codes", multiple=True, metavar="CODE", help="Retry what has this code; repeat for more.")
@click.option("--all", "every", is_flag=True, help="Retry every rejected input.")
def retry(*, raw: Path | None, clean_: Path | None, config_path: Path | None, codes: tuple[str, ...], every: bool, **options: Any) -> None:
    """Clean rejected inputs again, after what stopped them was mended.

    Without --code or --all: timeout, out_of_memory, crashed and permission. A new version of the code or other settings need no retry:
    copydesk run cleans everything that they apply to.

    \b
    Examples:
      copydesk retry
      copydesk retry --code timeout --config patient.cfg      with [build] time_limit = 60
    """  # noqa: D301 - click reads a real \b
    from copydesk.commands.retry import RETRIED, retry_build  # noqa: PLC0415
    from copydesk.commands.run import RunOptions  # noqa: PLC0415
    from pipeline.rejected import CODES  # noqa: PLC0415

    if unknown := sorted(set(codes) - CODES):
        raise click.UsageError(f"no code is named {unknown[0]}; there are: {', '.join(sorted(CODES))}")
    _config(config_path, ())
    chosen = CODES if every else frozenset(codes) or RETRIED
    sys.exit(retry_build(raw, clean_, chosen, RunOptions(config_path=config_path, **options)))


@cli.command()
@click.argument("clean_", metavar="CLEAN", type=click.Path(exists=True, file_okay=False, path_type=Path), default="clean")
@click.option("--raw", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Also look for raw files that changed since.")
@_config_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def status(*, clean_: Path, raw: Path | None, config_path: Path | None, as_json: bool) -> None:
    """Show what a build holds, what was rejected, who works on it, and what a run would do now.

    Exits with 0, with 3 where inputs are rejected, and with 4 where no build was finished.

    \b
    Example:
      copydesk status clean --raw raw
    """  # noqa: D301 - click reads a real \b
    from copydesk.commands.status import show_status  # noqa: PLC0415

    _config(config_path, ())
    if config_path is not None:
        from luigi.configuration import add_config_path  # noqa: PLC0415 - Luigi reads the settings of the build

        add_config_path(str(config_path))
    sys.exit(show_status(clean_, raw, as_json=as_json))


@cli.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@_url_option
@_type_option
@click.option("--source", default="local", show_default=True, help="The record's source.")
@_config_option
@_set_option
@click.option("--text", "text_only", is_flag=True, help="Print the article's text alone.")
def clean(
    *,
    files: tuple[str, ...],
    url: str | None,
    media_type: str | None,
    source: str,
    config_path: Path | None,
    settings: tuple[str, ...],
    text_only: bool,
) -> None:
    """Clean single documents: JSON on standard output, one line a document. FILE may be - for standard input.

    A rejected document is one line on standard error, and the exit code is 3.

    \b
    Examples:
      copydesk clean page.html
      copydesk clean *.html > articles.jsonl
      curl -s URL | copydesk clean - --url URL
      copydesk clean --text --set normalise.variety=keep story.txt
    """  # noqa: D301 - click reads a real \b
    from pipeline.rejected import Rejected  # noqa: PLC0415
    from pipeline.text.controls import escaped  # noqa: PLC0415
    from tasks.one_document import clean_within  # noqa: PLC0415

    config, limits = _config(config_path, settings), _limits(config_path)
    documents = [(name, _document(name, url, media_type, source)) for name in files]
    code = EXIT_OK
    for name, document in documents:
        try:
            article = clean_within(document, config, limits).article
        except Rejected as rejected:
            click.echo(escaped(f"copydesk: {_readable(name)}: {rejected.code}: {rejected.detail}"), err=True)
            code = EXIT_REJECTED
            continue
        click.echo(article.text.encode() if text_only else article.to_json())
    sys.exit(code)


@cli.command()
@click.argument("file")
@click.option("--format", "format_", type=click.Choice(["text", "html", "json"]), default="text", show_default=True)
@_url_option
@_type_option
@_config_option
@_set_option
@click.option("--color/--no-color", default=None, help="Colour the text format.  [default: on a terminal]")
def explain(
    *,
    file: str,
    format_: str,
    url: str | None,
    media_type: str | None,
    config_path: Path | None,
    settings: tuple[str, ...],
    color: bool | None,
) -> None:
    """Show every span of FILE: kept, moved, changed or removed, and the rule that decided.

    \b
    Examples:
      copydesk explain page.html | less -R
      copydesk explain story.txt --format html > why.html
    """  # noqa: D301 - click reads a real \b
    from copydesk.commands.explain import as_html, as_json, as_text  # noqa: PLC0415
    from pipeline.rejected import Rejected  # noqa: PLC0415
    from tasks.one_document import clean_within  # noqa: PLC0415

    config = _config(config_path, settings)
    try:
        result = clean_within(_document(file, url, media_type, "local"), config, _limits(config_path))
    except Rejected as rejected:
        _fail(f"{_shown(file)}: {rejected.code}: {rejected.detail}", EXIT_REJECTED)
    if format_ == "json":
        click.echo(as_json(result))
    elif format_ == "html":
        click.echo(as_html(result, title=_shown(file)))
    else:
        colours = sys.stdout.isatty() if color is None else color
        click.echo(as_text(result, colours=colours), color=colours)


@cli.command()
@click.argument("clean_", metavar="CLEAN", type=click.Path(exists=True, file_okay=False, path_type=Path), default="clean")
@click.option("--raw", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Folder of the inputs.  [default: raw]")
@click.option("--progress/--no-progress", default=None, help="Show a progress bar.  [default: on a terminal]")
def verify(*, clean_: Path, raw: Path | None, progress: bool | None) -> None:
    """Derive every record in CLEAN again from its raw bytes and compare; exit 1 on any difference.

    CLEAN may be a dataset folder alone: then its digests, records, columns, numbers and card are checked against each other, and with --raw
    it is rebuilt and compared as well.

    \b
    Examples:
      copydesk verify clean --raw raw
      copydesk verify clean/dataset
    """  # noqa: D301 - click reads a real \b
    from copydesk.commands.verify_dataset import is_dataset, verify_dataset  # noqa: PLC0415

    if is_dataset(clean_):
        code = verify_dataset(clean_)
        if code == EXIT_OK and raw is not None:
            from copydesk.commands.rebuild import RebuildOptions, rebuild  # noqa: PLC0415

            code = rebuild(clean_, raw, RebuildOptions(progress=progress))
        sys.exit(code)
    from copydesk.commands.verify import verify_build  # noqa: PLC0415

    raw = raw or Path("raw")
    if not raw.is_dir():
        raise click.UsageError(f"{raw} is no folder: name the folder of the inputs with --raw")
    sys.exit(verify_build(clean_, raw, progress=progress))


@cli.command()
@click.option(
    "--check", "files", multiple=True, type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A rule file of your own."
)
@click.option("--kind", help="Only rules of this kind, for example share.")
@click.option("--time", "timed", is_flag=True, help="Time every pattern on 100 kB of hostile text.")
def rules(*, files: tuple[Path, ...], kind: str | None, timed: bool) -> None:
    """List the rules for texts; check and time a file of your own.

    Loading runs every rule's own examples: a rule that fails one is refused with the reason, and the exit code is 1.

    \b
    Examples:
      copydesk rules --kind newsletter
      copydesk rules --time
      copydesk rules --check rules/own.toml
    """  # noqa: D301 - click reads a real \b
    from copydesk.commands.rules import print_rules  # noqa: PLC0415

    sys.exit(print_rules(files, kind, timed=timed))


@cli.command()
@click.argument("clean_", metavar="CLEAN", type=click.Path(exists=True, file_okay=False, path_type=Path), default="clean")
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Write the rules here.  [default: standard output]")
@click.option("--least", type=click.IntRange(2), default=5, show_default=True, help="In so many documents of a site a line must stand.")
@click.option("--share", type=click.IntRange(0, 100), default=2, show_default=True, help="In so many percent of them as well.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def mine(*, clean_: Path, output: Path | None, least: int, share: int, force: bool) -> None:
    """Propose rules for lines that recur on a site of the build in CLEAN and are not prose.

    The file is for you to read: delete what could take a line of an article, then name the file in luigi.cfg ([rules], files).
    A build knows only the files that are named there.

    \b
    Example:
      copydesk mine clean --output rules/mined.toml
    """  # noqa: D301 - click reads a real \b
    from copydesk.commands.mine import mine_build  # noqa: PLC0415

    sys.exit(mine_build(clean_, output, least=least, share=share, force=force))


for _command in COMMANDS:
    cli.add_command(_command)


def _in_utf8() -> None:
    """Start again where Python would read file names by another character set than UTF-8: the same bytes come out in any locale."""
    if sys.getfilesystemencoding() != "utf-8" and "utf8" not in sys._xoptions:
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])  # noqa: S606 - the same program


def _have_streams() -> None:
    """Open standard streams that were closed, so that they lead nowhere: else a build's files would take their numbers."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - until the process ends
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - until the process ends


def _is_of_settings(error: Exception) -> bool:
    from pipeline.config import ConfigError  # noqa: PLC0415
    from pipeline.rules.rulebook import RuleError  # noqa: PLC0415

    return isinstance(error, (ConfigError, RuleError))


def main() -> None:
    """Run the command line; every error is one line on standard error that says what to do."""
    _have_streams()
    _in_utf8()
    guard_streams()
    try:
        cli.main(prog_name="copydesk", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        sys.exit(EXIT_USAGE)
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx is not None else "copydesk"
        _fail(f"{' '.join(error.format_message().split())} (see {where} --help)", EXIT_USAGE)
    except click.ClickException as error:
        _fail(error.format_message(), EXIT_USAGE)
    except (click.Abort, KeyboardInterrupt):
        _fail("interrupted; the same command goes on where it was", EXIT_IO)
    except _ClosedPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is still buffered must not fail at the end
        sys.exit(EXIT_OK)
    except OSError as error:
        _fail(f"{error.filename or 'input or output'}: {error.strerror or error}", EXIT_IO)
    except Exception as error:
        if "--debug" in sys.argv[1:2]:
            raise
        if _is_of_settings(error):
            _fail(" ".join(str(error).split()), EXIT_USAGE)
        _fail(f"a defect of copydesk: {type(error).__name__}: {error} (copydesk --debug … shows where)", EXIT_DEFECT)
