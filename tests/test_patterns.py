"""No regular expression of the project, in code or in data, takes more than linear time on anything.

Each is run on 4 kB of every hostile input. Those that are not done at once there must be among the slowest of their pattern, which are run
on 8 kB to 200 kB, or take no more than their share for 16 kB; what takes more is run on the larger sizes too. A pattern whose time grows
with the square and that gets through these nets takes little more than half a second for 100 kB.
"""

from __future__ import annotations

import re
import signal
import time
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from resiliparse.parse.html import HTMLTree

from pipeline.extract.parse import visible_html
from pipeline.extract.walk import TOKENS
from tests.pattern_finder import Found, find_patterns, hostile, hostile_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SMALL, _MIDDLE = 4_000, 16_000
_LONG = {8_000: 0.05, 32_000: 0.1, 100_000: 0.2}
"""Sizes, and seconds for each that need no second look: 2 to 6 µs a character. What takes more is compared with a third as much."""
_AT_ONCE = 0.001
"""Seconds of computing for `_SMALL`; 0.06 ns times its square."""
_SLOWEST = 12
"""So many inputs of each pattern are run on `_LONG` at once: time that grows with the square makes an input one of the slowest."""
_SHARE = 6.0
"""How much longer `_MIDDLE` may take than `_SMALL`: 4 times where time is linear, 16 times where it grows with the square."""
_MOST_SMALL, _MOST = 0.5, 20.0
"""Seconds for `_SMALL`, and for all larger sizes, after which nobody waits for the end."""
_AT_ONCE_LATE = 0.05
"""Seconds for `_SMALL` after which the larger sizes are run before any other input: 12 µs a character."""
_GROWTH = 4.0
"""How much longer three times as much may take: 3 times where time is linear, 9 times where it grows with the square."""
_LOOKS = 6
"""How often one looks before that counts: processes that share a core slow each other down by half and more."""

SERIALISED = {TOKENS.pattern}
"""Read what the parser writes and nothing else: every tag there is closed, every attribute is quoted, and `<` in text is escaped."""


class TooSlowError(Exception):
    """A run that was broken off."""


def _stop(*_: object) -> None:
    raise TooSlowError


@pytest.fixture(autouse=True, scope="module")
def _stopping() -> Iterator[None]:
    before = signal.signal(signal.SIGVTALRM, _stop)
    yield
    signal.signal(signal.SIGVTALRM, before)


@contextmanager
def _broken_off(seconds: float) -> Iterator[None]:
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _run(pattern: re.Pattern[Any], use: str, data: Any) -> float:
    """Return the seconds of computing that one use of a pattern takes."""
    start = time.process_time()
    if use == "scan":
        deque(pattern.finditer(data), maxlen=0)
    else:
        getattr(pattern, use)(data)
    return time.process_time() - start


def _as_read(found: Found, text: str) -> Any:
    if found.pattern in SERIALISED:
        return visible_html(HTMLTree.parse(text.encode("utf-8", "replace").decode()))
    return text.encode("utf-8", "surrogatepass") if isinstance(found.pattern, bytes) else text


def _hostile_at(found: Found, size: int, number: int) -> str:
    """Return a hostile input; what the parser reads first, the pattern cannot tell to be alike."""
    return hostile_at(found.compiled(), size, number, every=found.pattern in SERIALISED)


def _is_linear(found: Found, use: str, number: int) -> bool:
    """Tell whether the hostile input of this number takes time that grows with its length; a slow machine alone does not say no."""
    pattern = found.compiled()

    def run(size: int) -> float:
        return _run(pattern, use, _as_read(found, _hostile_at(found, size, number)))

    try:
        with _broken_off(_MOST):
            times = ((size, run(size), enough) for size, enough in _LONG.items())
            size, seen = next(((size, seconds) for size, seconds, enough in times if seconds >= enough), (0, 0.0))
            return not size or _grows_alike(lambda: run(size // 3), lambda: run(size), seen)
    except TooSlowError:
        return False


def _grows_alike(third: Callable[[], float], whole: Callable[[], float], seen: float) -> bool:
    """Tell whether three times as much takes about three times as long, by the quickest of both that is seen until it does."""
    best = [third(), seen]
    for _ in range(_LOOKS):
        if best[1] < _GROWTH * best[0]:
            return True
        best = [min(best[0], third()), min(best[1], whole())]
    return False


PATTERNS = find_patterns()


@pytest.mark.parametrize("found", PATTERNS, ids=lambda found: found.place)
def test_a_pattern_is_linear(found: Found) -> None:
    pattern = found.compiled()
    for use in found.uses:
        times = []
        for number, text in enumerate(hostile(pattern, _SMALL, every=found.pattern in SERIALISED)):
            times.append((_seconds(pattern, use, _as_read(found, text)), number))
            assert times[-1][0] < _AT_ONCE_LATE or _is_linear(found, use, number), (found.pattern, use, _hostile_at(found, 40, number))
        late = sorted(((seconds, number) for seconds, number in times if seconds > _AT_ONCE), reverse=True)
        for place, (seconds, number) in enumerate(late):
            if place >= _SLOWEST and _is_in_proportion(found, use, number, seconds):
                continue
            assert _is_linear(found, use, number), (found.pattern, use, _hostile_at(found, 40, number))


def _is_in_proportion(found: Found, use: str, number: int, seconds: float) -> bool:
    """Tell whether a longer input takes about as much longer as it is; the first look of three that says so counts."""
    pattern = found.compiled()
    middle = _as_read(found, _hostile_at(found, _MIDDLE, number))
    try:
        with _broken_off(_MOST):
            return any(_run(pattern, use, middle) < _SHARE * seconds for _ in range(3))
    except TooSlowError:
        return False


def _seconds(pattern: re.Pattern[Any], use: str, data: Any) -> float:
    """Return what one small input takes; what is late by chance gets another try."""
    try:
        with _broken_off(_MOST_SMALL):
            once = _run(pattern, use, data)
            return once if once < _AT_ONCE else min(once, _run(pattern, use, data))
    except TooSlowError:
        raise AssertionError(f"{pattern.pattern!r} takes too long for {data[:40]!r}") from None


def test_all_kinds_of_places_are_seen() -> None:
    places = {found.place.rsplit(":", 1)[0] for found in PATTERNS}
    assert {"pipeline/rules/rulebook.py", "pipeline/lines/relative_dates.py", "copydesk/where.py", "tasks/core/scan.py"} <= places
    assert len(PATTERNS) > 400
    assert {found.pattern for found in PATTERNS} >= SERIALISED


_WORDS = "|".join(f"(?<!\\w)w{number}o" for number in range(30))
"""Many alternatives, each of which is tried at every place: 1 µs a character, beside which small growth is hard to see."""


@pytest.mark.parametrize(
    ("pattern", "use"),
    [
        (rf"{_WORDS}|[ \t]+$", "scan"),
        (r"\s+$", "search"),
        (r'"(?:[^"\\]+|\\.)*"', "match"),
        (r"<!--.*?-->", "scan"),
        (r"(?:a|aa)+$", "match"),
    ],
)
def test_a_slow_pattern_is_found(pattern: str, use: str) -> None:
    with pytest.raises(AssertionError):
        test_a_pattern_is_linear(Found("here", pattern, 0, frozenset((use,))))


MADE_UP = (
    "[b-y]",
    "[^b-y]",
    "z|é",
    "(?i:z)",
    "(?i:ſ)",
    "(?i:[ⅰ-ⅹ])",
    r"\w",
    r"(?a:\w)",
    r"\S",
    "(?s:.)",
    "(?m:^.)",
    r"(.)\1",
    "(?<=a)[^a]",
)


@pytest.mark.parametrize(
    "pattern", [*MADE_UP, *(found.compiled() for found in PATTERNS[::10])], ids=range(len(MADE_UP) + len(PATTERNS[::10]))
)
def test_what_a_pattern_cannot_tell_apart_it_reads_alike(pattern: str | re.Pattern[Any]) -> None:
    """Every input that is left out has its matches at the very places where one of the others has them."""
    compiled = re.compile(pattern)

    def places(text: str) -> tuple[object, ...]:
        found = compiled.finditer(text if isinstance(compiled.pattern, str) else text.encode("utf-8", "surrogatepass"))
        return (len(text), *(match.span() for match in found))

    every, some = ({places(text) for text in hostile(compiled, 24, every=whole)} for whole in (True, False))
    assert every == some
