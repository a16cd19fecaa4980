"""No regular expression of the project, in code or in data, takes more than linear time on anything.

Each is run on 4 kB of every hostile input; what does not finish at once there is run on 100 kB and 200 kB. A pattern whose time grows with
the square and that gets through the first net takes little more than half a second for 100 kB.
"""

from __future__ import annotations

import signal
import time
from collections import deque
from contextlib import contextmanager
from itertools import starmap
from typing import TYPE_CHECKING, Any

import pytest
from resiliparse.parse.html import HTMLTree

from pipeline.extract.parse import visible_html
from pipeline.extract.walk import TOKENS
from tests.pattern_finder import Found, find_patterns, hostile

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

_SMALL, _LARGE = 4_000, 100_000
_AT_ONCE = 0.001
"""Seconds of computing for `_SMALL`; 0.06 ns times its square."""
_ENOUGH = 0.2
"""Seconds for `_LARGE` that need no second look: 2 µs a character."""
_MOST = 2.0
"""Seconds for `_LARGE` after which nobody waits for the end."""
_GROWTH = 2.8
"""How much longer twice as much may take."""

SERIALISED = {TOKENS.pattern}
"""Read what the parser writes and nothing else: every tag there is closed, every attribute is quoted, and `<` in text is escaped."""


class TooSlowError(Exception):
    """A run that was broken off."""


@contextmanager
def _broken_off(seconds: float) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TooSlowError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


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


def _is_linear(found: Found, use: str, large: str, larger: str) -> bool:
    pattern = found.compiled()
    try:
        with _broken_off(_MOST):
            once = _run(pattern, use, _as_read(found, large))
        if once < _ENOUGH:
            return True
        with _broken_off(6 * _GROWTH * _MOST):
            once = min(once, *starmap(_run, [(pattern, use, _as_read(found, large))] * 2))
            return min(starmap(_run, [(pattern, use, _as_read(found, larger))] * 2)) < _GROWTH * once
    except TooSlowError:
        return False


PATTERNS = find_patterns()


@pytest.mark.parametrize("found", PATTERNS, ids=lambda found: found.place)
def test_a_pattern_is_linear(found: Found) -> None:
    pattern = found.compiled()
    larger = zip(hostile(pattern, _SMALL), hostile(pattern, _LARGE), hostile(pattern, 2 * _LARGE), strict=True)
    for small, large, twice in larger:
        data = _as_read(found, small)
        for use in found.uses:
            if _takes_long(pattern, use, data):
                assert _is_linear(found, use, large, twice), (found.pattern, use, small[:40])


def _takes_long(pattern: re.Pattern[Any], use: str, data: Any) -> bool:
    """Tell whether a small input is not done at once; what is late by chance gets another try."""
    try:
        with _broken_off(1.0):
            return all(_run(pattern, use, data) > _AT_ONCE for _ in range(3))
    except TooSlowError:
        return True


def test_all_kinds_of_places_are_seen() -> None:
    places = {found.place.rsplit(":", 1)[0] for found in PATTERNS}
    assert {"pipeline/rules/rulebook.py", "pipeline/lines/relative_dates.py", "copydesk/where.py", "tasks/scan.py"} <= places
    assert len(PATTERNS) > 400
    assert {found.pattern for found in PATTERNS} >= SERIALISED


@pytest.mark.parametrize(
    ("pattern", "use"),
    [(r"\s+$", "search"), (r'"(?:[^"\\]+|\\.)*"', "match"), (r"<!--.*?-->", "scan"), (r"\w+\s*=\s*\w+;", "scan"), (r"(?:a|aa)+$", "match")],
)
def test_a_slow_pattern_is_found(pattern: str, use: str) -> None:
    with pytest.raises(AssertionError):
        test_a_pattern_is_linear(Found("here", pattern, 0, frozenset((use,))))
