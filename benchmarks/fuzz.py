"""Cleans made-up inputs until the time is up, and holds every record to what copydesk promises of all of them.

`make fuzz MINUTES=10`. Input n is the same on every machine: `python -m benchmarks.fuzz --only n` makes it again, `--minimise n` cuts it
down to what still breaks the promise. What was found lies minimised in `tests/cases/fuzz`, where the tests hold it to the same promises.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import signal
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from pipeline.config import Config
from pipeline.ingest import RawDocument
from pipeline.records import Article
from pipeline.rejected import CODES, Rejected
from pipeline.replay import ReplayError, check
from pipeline.resources import load_resources
from pipeline.stages import run
from pipeline.text.controls import without_controls

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pipeline.stages import Result

ROOT = Path(__file__).parents[1]
CONFIG = Config()
SECONDS_AT_ALL, SECONDS_A_KB = 0.3, 0.02
"""What cleaning may take: so much for any input, and so much for each kB. The slowest ordinary pages take 1 ms a kB."""
_HANGS = 20
"""Seconds of computing after which an input counts as one that never ends."""
_CHUNK = 50
_VALIDATED = "02"
"""First digits of the ids of records that are held to the published schema as well, which takes its time; it is made from the record class,
to which all are held."""

Violation = tuple[str, str]
"""Which promise is broken, and how."""


class _HangsError(BaseException):
    """An input that is not done in `_HANGS` seconds; no handler of the pipeline may take it for bad content."""


def violations(data: bytes | str, media_type: str | None = None, *, timed: bool = True) -> list[Violation]:
    """Clean one input and return every promise that its record breaks."""
    document = RawDocument(data=data, media_type=media_type, url="https://valley.example/story")
    allowed = SECONDS_AT_ALL + SECONDS_A_KB * len(data) / 1000
    started = time.process_time()
    found: list[Violation] = []
    try:
        result: Result | None = run(document, CONFIG)
    except Rejected as rejected:
        result = None
        if rejected.code not in CODES:
            found.append(("code", rejected.code))
    except Exception as error:  # noqa: BLE001 - this is what is looked for
        return [("raises", f"{type(error).__name__}: {error}")]
    took = time.process_time() - started
    if result is not None:
        found += [*_record(result), *_second_pass(result.article)]
    if timed and took > allowed:
        again = min(_seconds(document), _seconds(document))  # a busy machine may have been late once
        if again > allowed:
            found.append(("time", f"{again:.2f} s for {len(data) / 1000:.1f} kB"))
    return found


def _seconds(document: RawDocument) -> float:
    started = time.process_time()
    with contextlib.suppress(Rejected):
        run(document, CONFIG)
    return time.process_time() - started


def _record(result: Result) -> Iterator[Violation]:
    article, base = result.article, result.base
    try:
        check(article, base)
    except ReplayError as error:
        yield "replay", str(error)
    try:
        line = article.to_json()
    except UnicodeEncodeError as error:  # half of a pair stands in a field
        yield "json", str(error)
        return
    try:
        if msgspec.json.decode(line, type=Article).to_json() != line or b"\n" in line:
            yield "json", "the line is not what it is read as"
        if article.id[0] in _VALIDATED:
            _schema().validate(json.loads(line))
    except (msgspec.DecodeError, ValueError) as error:
        yield "schema", str(error)[:200]
    except _validation_error() as error:
        yield "schema", str(error.message)[:200]
    yield from _offsets(article, base)
    for pointer, value in _values(article.to_dict()):
        if value != without_controls(value):
            yield "controls", f"{pointer} {value!r}"[:200]


def _offsets(article: Article, base: str) -> Iterator[Violation]:
    text = article.text
    position = 0
    for block in article.blocks:
        if not position <= block.start < block.end <= len(text) or text[position : block.start].strip():
            yield "offsets", f"a block from {block.start} to {block.end} behind {position} of {len(text)}"
        position = block.end
    if text[position:].strip():
        yield "offsets", "text behind the last block"
    for link in article.links:
        if text[link.start : link.end] != link.text:
            yield "offsets", f"a link at {link.start} says {link.text!r}"
    for entity in article.entities:
        if text[entity.start : entity.end] != entity.surface:
            yield "offsets", f"an entity at {entity.start} is {entity.surface!r}"
    for note in article.annotations:
        if not 0 <= note.start < note.end <= len(text):
            yield "offsets", f"an annotation from {note.start} to {note.end} of {len(text)}"
    spans = [(each.base_start, each.base_end) for each in (*article.images, *article.embeds, *article.removed, *article.quality.warnings)]
    yield from (("offsets", f"a span from {start} to {end} of {len(base)}") for start, end in spans if not 0 <= start <= end <= len(base))


def _values(value: Any, pointer: str = "") -> Iterator[tuple[str, str]]:
    """Yield the strings of the fields that people read; `removed` and `provenance` say what stood there, whatever that is."""
    if isinstance(value, str):
        yield pointer, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            if pointer or key not in ("text", "removed", "provenance", "annotations", "entities", "links", "marks"):
                yield from _values(inner, f"{pointer}/{key}")
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from _values(inner, f"{pointer}/{number}")


def _second_pass(article: Article) -> Iterator[Violation]:
    """Yield how the cleaned text, cleaned again, differs; a record that says `unstable` promises nothing of the kind."""
    if not article.text or any(warning.code == "unstable" for warning in article.quality.warnings):
        return
    for form in (article.text, article.text.encode()):
        try:
            again = run(RawDocument(data=form, media_type="text/plain"), CONFIG).article.text
        except Exception as error:  # noqa: BLE001 - this is what is looked for
            yield "second pass", f"{type(error).__name__}: {error} ({type(form).__name__})"
            continue
        if again != article.text:
            place = next(
                (n for n, (a, b) in enumerate(zip(again, article.text, strict=False)) if a != b), min(len(again), len(article.text))
            )
            yield "second pass", f"differs at {place}: {article.text[max(0, place - 20) : place + 20]!r} ({type(form).__name__})"


_KEPT: dict[str, Any] = {}


def _schema() -> Any:
    if "schema" not in _KEPT:
        from jsonschema import Draft202012Validator  # noqa: PLC0415

        _KEPT["schema"] = Draft202012Validator(json.loads((ROOT / "pipeline/emit/article.schema.json").read_bytes()))
    return _KEPT["schema"]


def _validation_error() -> type[Any]:
    from jsonschema import ValidationError  # noqa: PLC0415

    return ValidationError


def _guarded(number: int) -> tuple[int, int, list[Violation]]:
    from benchmarks.fuzz_inputs import made  # noqa: PLC0415 - reads its models of pages once in every process

    def stop(*_: object) -> None:
        raise _HangsError

    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, _HANGS)
    data, media_type = made(number)
    try:
        return number, len(data), violations(data, media_type)
    except _HangsError:
        return number, len(data), [("time", f"more than {_HANGS} s for {len(data) / 1000:.1f} kB")]
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _chunk(first: int) -> list[tuple[int, int, list[Violation]]]:
    return [_guarded(number) for number in range(first, first + _CHUNK)]


def fuzz(minutes: float, first: int, workers: int) -> int:
    """Clean inputs from number `first` on until the time is up; print what was found and return how many inputs broke a promise."""
    load_resources(CONFIG)
    deadline, bad, count, size = time.monotonic() + 60 * minutes, 0, 0, 0
    kinds: Counter[str] = Counter()
    with ProcessPoolExecutor(workers) as pool:
        pending = [pool.submit(_chunk, first + _CHUNK * place) for place in range(2 * workers)]
        following = first + _CHUNK * len(pending)
        while pending:
            for number, length, found in pending.pop(0).result():
                count, size, bad = count + 1, size + length, bad + bool(found)
                kinds.update({kind for kind, _ in found})
                for kind, what in found:
                    print(f"{number}: {kind}: {what}", flush=True)
            if time.monotonic() < deadline:
                pending.append(pool.submit(_chunk, following))
                following += _CHUNK
    print(f"{count} inputs ({first} to {first + count - 1}), {size / 1e6:.1f} MB: {bad} break a promise {dict(kinds) or ''}")
    return bad


def minimised(data: bytes | str, breaks: Callable[[bytes | str], bool]) -> bytes | str:
    """Return a small part of an input that still breaks a promise: pieces are left out as long as it does."""
    step = max(1, len(data) // 2)
    while step:
        place = 0
        while place < len(data):
            shorter = data[:place] + data[place + step :]  # type: ignore[operator]  # both are bytes, or both are strings
            if shorter and breaks(shorter):
                data = shorter
            else:
                place += step
        step //= 2
    return data


def _minimise(number: int) -> None:
    from benchmarks.fuzz_inputs import made  # noqa: PLC0415

    data, media_type = made(number)
    kinds = {kind for kind, _ in violations(data, media_type)}
    for kind in sorted(kinds):
        small = minimised(data, lambda part, kind=kind: any(name == kind for name, _ in violations(part, media_type, timed=kind == "time")))
        name = f"fuzz-{number}-{kind.replace(' ', '-')}"
        value = small if isinstance(small, str) else small.decode("latin-1")
        form = "text" if isinstance(small, str) else "bytes as latin-1"
        print(json.dumps({"name": name, "form": form, "media_type": media_type, "data": value}))


def main() -> int:
    """Run the command line; return 1 where a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--first", type=int, default=0, help="number of the first input")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", type=int, help="clean this input alone, and print it with what it breaks")
    parser.add_argument("--minimise", type=int, help="print what is left of this input as a case for tests/cases/fuzz")
    options = parser.parse_args()
    if options.minimise is not None:
        _minimise(options.minimise)
        return 0
    if options.only is not None:
        from benchmarks.fuzz_inputs import made  # noqa: PLC0415

        data, media_type = made(options.only)
        print(repr(data), media_type, *violations(data, media_type), sep="\n")
        return 0
    return 1 if fuzz(options.minutes, options.first, options.workers) else 0


if __name__ == "__main__":
    sys.exit(main())
