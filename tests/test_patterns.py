"""No regular expression of the project, in code or in data, takes more than linear time on anything.

Each is run on 4 kB of every hostile input. Those that are not done at once there must be among the slowest of their pattern, which are run
on 100 kB and 200 kB, or take no more than their share for 16 kB; what takes more is run on the larger sizes too. A pattern whose time grows
with the square and that gets through these nets takes little more than half a second for 100 kB.
"""

from __future__ import annotations

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
    import re
    from collections.abc import Iterator

_SMALL, _MIDDLE, _LARGE = 4_000, 16_000, 100_000
_AT_ONCE = 0.001
"""Seconds of computing for `_SMALL`; 0.06 ns times its square."""
_SLOWEST = 12
"""So many inputs of each pattern are run on `_LARGE` at once: time that grows with the square makes an input one of the slowest."""
_SHARE = 6.0
"""How much longer `_MIDDLE` may take than `_SMALL`: 4 times where time is linear, 16 times where it grows with the square."""
_ENOUGH = 0.2
"""Seconds for `_LARGE` that need no second look: 2 µs a character."""
_MOST_SMALL, _MOST = 0.5, 1.5
"""Seconds for `_SMALL` and for `_LARGE` after which nobody waits for the end."""
_GROWTH = 2.8
"""How much longer twice as much may take."""

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


def _is_linear(found: Found, use: str, number: int) -> bool:
    """Tell whether the hostile input of this number takes time that grows with its length."""
    pattern = found.compiled()
    large, larger = (_as_read(found, hostile_at(pattern, size, number)) for size in (_LARGE, 2 * _LARGE))
    try:
        with _broken_off(_MOST):
            once = _run(pattern, use, large)
        if once < _ENOUGH:
            return True
        with _broken_off(20 * _MOST):
            once = min(once, *(_run(pattern, use, large) for _ in range(2)))
            return any(_run(pattern, use, larger) < _GROWTH * once for _ in range(3))
    except TooSlowError:
        return False


PATTERNS = find_patterns()


@pytest.mark.parametrize("found", PATTERNS, ids=lambda found: found.place)
def test_a_pattern_is_linear(found: Found) -> None:
    pattern = found.compiled()
    for use in found.uses:
        times = [(_seconds(pattern, use, _as_read(found, text)), number) for number, text in enumerate(hostile(pattern, _SMALL))]
        late = sorted(((seconds, number) for seconds, number in times if seconds > _AT_ONCE), reverse=True)
        for place, (seconds, number) in enumerate(late):
            if place >= _SLOWEST and _is_in_proportion(found, use, number, seconds):
                continue
            assert _is_linear(found, use, number), (found.pattern, use, hostile_at(pattern, 40, number))


def _is_in_proportion(found: Found, use: str, number: int, seconds: float) -> bool:
    """Tell whether a longer input takes about as much longer as it is; the first look of three that says so counts."""
    pattern = found.compiled()
    middle = _as_read(found, hostile_at(pattern, _MIDDLE, number))
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


@pytest.mark.parametrize(
    ("pattern", "use"),
    [(r"\s+$", "search"), (r'"(?:[^"\\]+|\\.)*"', "match"), (r"<!--.*?-->", "scan"), (r"\w+\s*=\s*\w+;", "scan"), (r"(?:a|aa)+$", "match")],
)
def test_a_slow_pattern_is_found(pattern: str, use: str) -> None:
    with pytest.raises(AssertionError):
        test_a_pattern_is_linear(Found("here", pattern, 0, frozenset((use,))))
