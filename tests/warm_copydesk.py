"""The command line in a process of its own that needs not load everything first.

A server loads the command line, the stages, the models and the rules once, and is a copy of itself for every call (`forkserver` of the
standard library). A call is otherwise what a shell would start: own streams, own folder, own exit code. Tests of how the program starts,
of signals and of terminals start it anew.
"""

from __future__ import annotations

import io
import multiprocessing
import os
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]
_SECONDS = 600
_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload(["tests.warm_copydesk", "tests.warm_modules"])


def copydesk(*words: object, stdin: bytes = b"", cwd: Path = ROOT) -> subprocess.CompletedProcess[bytes]:
    """Run `copydesk` with these words in `cwd`.

    Raises:
        subprocess.TimeoutExpired: it did not end in ten minutes.

    """
    return _called(_program, [os.fsencode(str(word)) for word in words], stdin, cwd)


def on_terminal(terminal: Path, *words: object) -> int:
    """Run `copydesk` with a terminal for its standard input and error, and return its exit code."""
    return _code_of(_program, [os.fsencode(str(word)) for word in words], ROOT, [terminal, Path(os.devnull), terminal])


def python(code: str, *, cwd: Path = ROOT) -> subprocess.CompletedProcess[bytes]:
    """Run a Python program in `cwd`, every warning an error.

    Raises:
        subprocess.TimeoutExpired: it did not end in ten minutes.

    """
    return _called(_example, [code.encode()], b"", cwd)


def _called(program: Callable[[list[bytes]], None], arguments: list[bytes], stdin: bytes, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        streams = [Path(folder, name) for name in ("in", "out", "err")]
        streams[0].write_bytes(stdin)
        code = _code_of(program, arguments, cwd, streams)
        out, err = (path.read_bytes() for path in streams[1:])
    return subprocess.CompletedProcess(arguments, code, out, err)


def _code_of(program: Callable[[list[bytes]], None], arguments: list[bytes], cwd: Path, streams: list[Path]) -> int:
    process = _SERVER.Process(target=_run, args=(program, arguments, str(cwd), dict(os.environ), *map(str, streams)))
    process.start()
    process.join(_SECONDS)
    if process.is_alive():
        process.kill()
        process.join()
        raise subprocess.TimeoutExpired(arguments, _SECONDS)
    code = process.exitcode
    process.close()
    assert code is not None
    return code


def said(*words: object, stdin: bytes = b"", cwd: Path = ROOT, code: int = 0) -> tuple[str, str]:
    """Run `copydesk`, expect an exit code, and return what it said on both streams."""
    done = copydesk(*words, stdin=stdin, cwd=cwd)
    assert done.returncode == code, done.stderr.decode()
    return done.stdout.decode(), done.stderr.decode()


def _run(program: Callable[[list[bytes]], None], arguments: list[bytes], cwd: str, environment: dict[str, str], *streams: str) -> None:
    """Be the program: in the process that the server made."""
    multiprocessing.set_start_method("fork", force=True)
    os.environ.clear()
    os.environ.update(environment)
    os.setsid()
    os.chdir(cwd)
    flags = (os.O_RDONLY, *(os.O_WRONLY | os.O_CREAT | os.O_APPEND,) * 2)
    for number, (path, flag) in enumerate(zip(streams, flags, strict=True)):
        opened = os.open(path, flag, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin = io.TextIOWrapper(open(0, "rb", closefd=False), encoding="utf-8")  # noqa: SIM115
    sys.stdout, sys.stderr = (io.TextIOWrapper(open(number, "wb", closefd=False), encoding="utf-8") for number in (1, 2))  # noqa: SIM115
    try:
        program(arguments)
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()


def _program(words: list[bytes]) -> None:
    sys.argv = ["copydesk", *map(os.fsdecode, words)]
    from copydesk.cli import main  # noqa: PLC0415 - the server has it

    main()


def _example(code: list[bytes]) -> None:
    sys.argv, sys.path[0] = ["-c"], ""
    warnings.simplefilter("error")
    exec(compile(code[0], "<string>", "exec"), {"__name__": "__main__"})
