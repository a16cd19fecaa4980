"""Calls every reader by name and says what it read in plain values, for cases kept as data."""

from __future__ import annotations

import re
from typing import Any

from pipeline.lines.bylines import read_byline
from pipeline.lines.captions import read_caption
from pipeline.lines.credits import read_copyright, read_credit
from pipeline.lines.datelines import read_dateline
from pipeline.lines.dates import read_date
from pipeline.lines.social_posts import PostReading, read_posts
from pipeline.lines.timestamps import read_stamps


def lines_of(text: str) -> list[tuple[int, int]]:
    """The spans of lines with words, without outer space."""
    return [(m.start(), m.end()) for m in re.finditer(r"\S(?:[^\n]*\S)?", text)]


def _date(text: str, options: dict[str, Any]) -> Any:
    reading = read_date(text, **options)
    if reading is None:
        return None
    assert text[reading.start : reading.end] == reading.raw
    return {"iso": reading.iso, "raw": reading.raw, "ambiguous": reading.ambiguous, "precision": reading.precision}


def _stamps(text: str, options: dict[str, Any]) -> Any:
    return [[stamp.role, stamp.date.iso] for stamp in read_stamps(text, **options)] or None


def _byline(text: str, options: dict[str, Any]) -> Any:
    byline = read_byline(text, **options)
    if byline is None:
        return None
    assert all(text[name.start : name.end] == name.name for name in byline.names)
    return [[name.name, name.type] for name in byline.names]


def _dateline(text: str, options: dict[str, Any]) -> Any:
    reading = read_dateline(text, **options)
    if reading is None:
        return None
    fields = {"raw": reading.raw, "place": reading.place, "date_raw": reading.date_raw, "agency": reading.agency}
    assert text.startswith(reading.raw)
    return fields | {"rest": text[reading.end :]}


def _caption(text: str, options: dict[str, Any]) -> Any:
    reading = read_caption(text, **options)
    if reading is None:
        return None
    return {"kind": reading.kind, "caption": text[slice(*reading.caption)] if reading.caption else None, "credit": reading.credit}


def _credit(text: str, _: dict[str, Any]) -> Any:
    reading = read_credit(text)
    return reading and reading.name


def _copyright(text: str, _: dict[str, Any]) -> Any:
    reading = read_copyright(text)
    return reading and reading.holder


def said(text: str, post: PostReading) -> dict[str, Any]:
    """A post's parts as words."""
    return {
        "platform": post.platform,
        "text": [text[a:b] for a, b in post.text],
        "urls": [text[a:b] for a, b in post.urls],
        "author": text[slice(*post.author)] if post.author else None,
        "handle": text[slice(*post.handle)] if post.handle else None,
        "date_raw": post.date_raw,
        "date_iso": post.date_iso,
    }


def _posts(text: str, _: dict[str, Any]) -> Any:
    return [said(text, post) for post in read_posts(lines_of(text), text)] or None


READERS = {
    "date": _date,
    "stamps": _stamps,
    "byline": _byline,
    "dateline": _dateline,
    "caption": _caption,
    "credit": _credit,
    "copyright": _copyright,
    "posts": _posts,
}


def reads(case: dict[str, Any]) -> tuple[Any, Any]:
    """Return (what was read, what is expected), narrowed to the fields that the case speaks of."""
    got, expected = READERS[case["reader"]](case["text"], case["options"]), case["expected"]
    if isinstance(got, dict) and isinstance(expected, dict):
        got = {key: got[key] for key in expected}
    return got, expected
