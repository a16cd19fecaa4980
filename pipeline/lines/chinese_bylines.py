"""Bylines as Chinese papers print them: "新华社记者 王小明", "作者 王小明 李晓华", "（记者王小明 通讯员李四）"."""

from __future__ import annotations

import functools
import re

from pipeline.lines.names import Name
from pipeline.lines.tables import rows

_HAN = "\u4e00-\u9fff"
_LONGEST = 60
_PAPER = "社报報网網台刊视視闻聞"
"""The last character of the names of agencies, papers, sites and stations."""
_WRITES = "(?:本报|本刊|本网|特约|特派|首席|实习|见习|驻站|本報|特約|實習)?(?:记者|記者)|作者|撰文|采写|通讯员|通訊員|实习生|實習生"
"""Who writes: a reporter of whatever rank, an author, a correspondent; what may stand before is the paper's name."""


@functools.cache
def _person() -> str:
    """Return an expression for a name: one of the surnames, those of two characters first, and one or two characters more."""
    surnames = "|".join(sorted((form for (form,) in rows("chinese_surnames")), key=lambda form: (-len(form), form)))
    return rf"(?:{surnames})[{_HAN}]{{1,2}}(?![{_HAN}])"


@functools.cache
def _line() -> re.Pattern[str]:
    names = rf"{_person()}(?:[\s、，,／/]{{1,2}}{_person()}){{0,5}}"
    said = rf"(?:[{_HAN}·]{{1,14}}[{_PAPER}]|[{_PAPER}·]{{0,2}})(?:{_WRITES})\s{{0,2}}[:：|｜／/]?\s{{0,2}}"
    return re.compile(rf"[（(]?{said}{names}(?:[\s，,、；;|｜]{{1,3}}{said}{names}){{0,3}}[）)]?")


@functools.cache
def _name() -> re.Pattern[str]:
    return re.compile(rf"(?:(?<![{_HAN}])|(?<=[者文写员員生])){_person()}")


def chinese_names(line: str) -> tuple[Name, ...]:
    """Return the people whom a line that is nothing but a Chinese byline names, with their places in it.

    >>> [name.name for name in chinese_names("新华社记者 王小明 李晓华")]
    ['王小明', '李晓华']
    >>> [name.name for name in chinese_names("（记者王小明 通讯员李四）")]
    ['王小明', '李四']
    >>> chinese_names("记者手记"), chinese_names("作者 认为 这很好"), chinese_names("编辑 周杰")
    ((), (), ())
    """
    if len(line) > _LONGEST or not "\u4e00" <= line.lstrip("（(")[:1] <= "\u9fff" or _line().fullmatch(line) is None:
        return ()
    return tuple(Name(start=match.start(), end=match.end(), name=match[0], type="person") for match in _name().finditer(line))
