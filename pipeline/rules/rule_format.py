r"""How a rule stands in its file: words under their language, a regular expression as a list of alternatives with their examples.

    [rule.phrases]          [rule.parts.figure]          [rule.patterns]
    en = ["skip this"]      mul = ['\d{1,6} ']           en = [['{figure}comments?', "12 comments"]]

The language is a BCP 47 code; `mul` (several languages) holds what belongs to none: names of services, figures, markup. A rule's languages
are those of its tables. A rule of one language may say `languages = ["en"]` and give plain lists instead.

`flat` turns a table as read into the fields of a `Rule`. `{name}` in an alternative stands for the part of that name, all languages of it;
a rule matches where one alternative matches the whole block, its beginning matches each of `requires` and none of `unless`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

import msgspec

from pipeline.text.expressions import expression

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LINE: Final = 140
"""Longest line of a rule file and longest alternative, in characters: what a reader of a change sees without scrolling sideways."""

_LANGUAGE: Final = expression(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_PART: Final = expression(r"\{([a-z]\w*)\}")
_DEPTH: Final = 4
"""How deep parts may stand in parts; the shipped rules need three."""

_Words: TypeAlias = dict[str, tuple[str, ...]]


class _Tables(msgspec.Struct, frozen=True, kw_only=True):
    """The keys of a rule that may be tables by language; what else the rule says is not looked at."""

    languages: tuple[str, ...] = ()
    phrases: _Words | tuple[str, ...] = ()
    match: _Words | tuple[str, ...] = ()
    keep: _Words | tuple[str, ...] = ()
    needles: _Words | tuple[str, ...] = ()
    pattern: str = ""
    patterns: dict[str, tuple[tuple[str, ...], ...]] = {}
    parts: dict[str, _Words] = {}
    requires: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


def long_line(source: str) -> str | None:
    """Say which line of a rule file is longer than `LINE` characters, the first of them; None where none is.

    >>> long_line("a = 1"), long_line("x" * 141)
    (None, 'line 1 has 141 characters, more than 140')
    """
    for number, line in enumerate(source.split("\n"), 1):
        if len(line) > LINE:
            return f"line {number} has {len(line)} characters, more than {LINE}"
    return None


def flat(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a rule: tables by language as one list, alternatives as one pattern.

    Args:
        table: a `[[rule]]` as it was read; keys that are no table of this format come back as they are.

    Returns:
        The fields, with the `languages` that the tables name, and `alternatives`: each with the parts written out, then its examples.

    Raises:
        ValueError: the table breaks the format; one line says how.
        msgspec.ValidationError: a key holds something else than the format says.

    >>> flat({"phrases": {"en": ["skip this"]}, "match": {"en": ["Skip this"]}, "keep": ["Skip it."]})["languages"]
    ('en',)
    """
    tables = msgspec.convert(table, _Tables)
    rest = {key: value for key, value in table.items() if key not in ("patterns", "parts", "requires", "unless")}
    out = rest | {key: _all(getattr(tables, key)) for key in ("phrases", "match", "keep", "needles") if key in table}
    guard, *alternatives = _alternatives(tables)
    if alternatives:
        out["pattern"] = f"{guard[0]}(?:{'|'.join(pattern for pattern, *_ in alternatives)})"
        out["alternatives"] = tuple((f"{guard[0]}(?:{pattern})", *examples) for pattern, *examples in alternatives)
        examples = [example for _, *own in alternatives for example in own]
        out["match"] = tuple(dict.fromkeys((*examples, *out.get("match", ()))))
    elif tables.parts or tables.requires or tables.unless:
        raise ValueError("parts, requires and unless belong to [rule.patterns]")
    out["languages"] = _languages(tables)
    return out


def _all(words: _Words | tuple[str, ...]) -> tuple[str, ...]:
    """Return the words of all languages, in file order."""
    if isinstance(words, tuple):
        return words
    for language, own in words.items():
        if len(set(own)) != len(own):
            raise ValueError(f"a word stands twice under {language}: {next(word for word in own if own.count(word) > 1)!r}")
    return tuple(dict.fromkeys(word for own in words.values() for word in own))


def _languages(tables: _Tables) -> tuple[str, ...]:
    """Return the languages that a rule is written for; where words stand under a language, so must a line to match."""
    named = tables.patterns or tables.phrases
    if not isinstance(named, dict):
        if len(tables.languages) != 1:
            raise ValueError("plain phrases or a plain pattern need languages with one code; for several, words stand under their language")
        if len(tables.pattern) > LINE:
            raise ValueError(f"the pattern has {len(tables.pattern)} characters, more than {LINE}: make alternatives of it")
        return tables.languages
    if tables.languages:
        raise ValueError("languages follow from the tables: leave the list out")
    for language in named:
        if _LANGUAGE.fullmatch(language) is None:
            raise ValueError(f"{language!r} is no code of a language")
        if not tables.patterns and language not in tables.match:
            raise ValueError(f"no match line under {language}")
    return tuple(named)


def _alternatives(tables: _Tables) -> Iterator[tuple[str, ...]]:
    """Yield what the rule requires and forbids, then the alternatives, each with its examples; parts are written out."""
    if tables.patterns and tables.pattern:
        raise ValueError("a rule has a pattern or [rule.patterns], not both")
    parts = {name: f"(?:{'|'.join(_all(words))})" for name, words in tables.parts.items()}
    own_lines = (alternative[0] for own in tables.patterns.values() for alternative in own if alternative)
    lines = (*own_lines, *tables.requires, *tables.unless)
    for line in lines:
        if len(line) > LINE:
            raise ValueError(f"an alternative has {len(line)} characters, more than {LINE}: {line[:30]!r}…")
    used = {name for text in (*lines, *parts.values()) for name in _PART.findall(text)}
    if used != parts.keys():
        wrong = min(used ^ parts.keys())
        raise ValueError(f"there is no part {wrong}" if wrong in used else f"no alternative uses the part {wrong}")
    guards = [f"(?={_written_out(text, parts)})" for text in tables.requires]
    guards += [f"(?!{_written_out(text, parts)})" for text in tables.unless]
    yield ("".join(guards),)
    for language, own in tables.patterns.items():
        for alternative in own:
            if len(alternative) < 2:
                raise ValueError(f"an alternative under {language} has no example")
            pattern, *examples = alternative
            yield (_written_out(pattern, parts), *examples)


def _written_out(text: str, parts: Mapping[str, str]) -> str:
    """Return a pattern with the parts in the place of their names."""
    for _ in range(_DEPTH):
        if _PART.search(text) is None:
            return text
        text = _PART.sub(lambda found: parts[found[1]], text)
    raise ValueError(f"parts stand in each other deeper than {_DEPTH}")
