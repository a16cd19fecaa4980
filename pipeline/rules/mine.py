"""Site templates: lines that recur in many documents of one site and are not prose, and the rules that would take them.

Nothing here changes a record. What is found is proposed in a file of rules; a person reads it, takes out what is wrong, and names it
in the settings. From then on it is an input like any other.
"""

from __future__ import annotations

import itertools
import json
import re
from bisect import bisect_right
from collections import defaultdict
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np

from pipeline.rules.rule_format import LINE
from pipeline.rules.rulebook import MAX_BLOCK, Rule, RuleBook, RuleError, check, load
from pipeline.text.expressions import expression
from pipeline.text.folding import fold_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

SLOTS: Final = 1 << 22
"""Counters of the first pass (a count-min sketch with one row, Cormode and Muthukrishnan 2005): 16 MB for builds of any size."""
_PHRASE: Final = 160
"""Longest line, in characters, that a rule's phrase is compared with; a longer one needs a pattern."""
_EXAMPLES: Final = 3
_ALWAYS: Final = ("id", "kind", "languages", "why", "source", "match", "keep")
_WHERE_GIVEN: Final = ("phrases", "pattern", "needles")
_WIDTH: Final = LINE - 30
"""Where a long string goes on in the next line, in characters: leaves room for the key, brackets and quotes."""
_REST: Final = len(".{100,1000}")
"""Room for what stands for the end of a line whose pattern would be longer than the format allows: as many characters as it has."""
_PROSE_WORDS: Final = 8
_NUMBER: Final = expression(r"\d+")
_PIECE: Final = expression(r"\d+|\D")
_SENTENCE_END: Final = expression(r"[.!?…。！？।۔؟][\"'”’»」』)\]]*\Z")


class Seen(msgspec.Struct, frozen=True):
    """A document as the miner sees it: where it comes from and the lines that cleaning kept."""

    id: str
    site: str
    language: str
    lines: tuple[str, ...]


class Mined(msgspec.Struct, frozen=True):
    """A line that recurs on a site.

    Attributes:
        site: host or source.
        form: the folded line with `#` for every number; lines of one form count together.
        lines: how it was written, the most frequent first, at most three.
        documents: in how many documents of the site it stands.
        of: how many documents of the site there are.
        ids: the ids of the first three of them, by id.
        languages: the languages of these documents, sorted.
        prose: whether it reads like a sentence of an article.
    """

    site: str
    form: str
    lines: tuple[str, ...]
    documents: int
    of: int
    ids: tuple[str, ...]
    languages: tuple[str, ...]
    prose: bool


def form_of(line: str) -> str:
    """Return what lines are compared by: folded as rules fold them, with `#` for numbers.

    >>> form_of("Comments (12)"), form_of("COMMENTS (3)")
    ('comments (#)', 'comments (#)')
    """
    return _NUMBER.sub("#", fold_line(line))


def is_prose(line: str) -> bool:
    """Tell whether a line reads like a sentence of an article: eight words or more, and the end of a sentence.

    >>> is_prose("Read our newsletter"), is_prose("The water is expected to rise until Wednesday, the service said.")
    (False, True)
    """
    return len(line.split()) >= _PROSE_WORDS and _SENTENCE_END.search(line) is not None


def mine(documents: Callable[[], Iterable[Seen]], *, least: int, share: int) -> list[Mined]:
    """Find the lines that recur.

    Args:
        documents: called twice; yields the documents in the same order both times.
        least: in so many documents of a site a line must stand, and
        share: in so many percent of them.

    Returns:
        The lines by site; within a site the most frequent first.
    """
    counters = np.zeros(SLOTS, dtype=np.uint32)
    sizes: dict[str, int] = defaultdict(int)
    for document in documents():
        sizes[document.site] += 1
        np.add.at(counters, np.unique([_slot(document.site, form) for form in _forms(document)]).astype(np.int64), 1)
    found: dict[tuple[str, str], _Tally] = {}
    for document in documents():
        for form, line in _forms(document).items():
            if counters[_slot(document.site, form)] >= least:
                found.setdefault((document.site, form), _Tally()).add(document, line)
    mined = [tally.mined(site, form, sizes[site]) for (site, form), tally in found.items()]
    kept = [each for each in mined if each.documents >= least and 100 * each.documents >= share * each.of]
    return sorted(kept, key=lambda each: (each.site, -each.documents, each.form))


class _Tally:
    """What is counted of one line of one site."""

    def __init__(self) -> None:
        self._documents = 0
        self._ids: list[str] = []
        self._languages: set[str] = set()
        self._lines: dict[str, int] = defaultdict(int)

    def add(self, document: Seen, line: str) -> None:
        self._documents += 1
        self._ids = sorted([*self._ids, document.id])[:_EXAMPLES]
        self._languages.add(document.language)
        if line in self._lines or len(self._lines) < 100:
            self._lines[line] += 1

    def mined(self, site: str, form: str, of: int) -> Mined:
        lines = sorted(self._lines, key=lambda line: (-self._lines[line], line))[:_EXAMPLES]
        prose = any(map(is_prose, lines))
        return Mined(site, form, tuple(lines), self._documents, of, tuple(self._ids), tuple(sorted(self._languages)), prose)


def _forms(document: Seen) -> dict[str, str]:
    """Return the different forms of a document's lines, each with the first line that has it."""
    out: dict[str, str] = {}
    for line in document.lines:
        if len(line) <= MAX_BLOCK and any(char.isalpha() for char in line):
            out.setdefault(form_of(line), " ".join(line.split()))
    return out


def _slot(site: str, form: str) -> int:
    return int.from_bytes(blake2b(f"{site}\0{form}".encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little") % SLOTS


# ---- what is proposed ----------------------------------------------------------------------------------------------------


def proposals(mined: Sequence[Mined], book: RuleBook | None = None) -> tuple[list[tuple[Mined, Rule]], list[Mined]]:
    """Make a rule of every line that is not prose.

    Args:
        mined: lines that recur.
        book: the rules that there are already; the built-in ones where not given.

    Returns:
        The rules with what they were made of, one for a form that several sites have; and the lines of which no rule was made: prose,
        and what rules cannot take.
    """
    book = book or load()
    made: list[tuple[Mined, Rule]] = []
    left: list[Mined] = []
    forms: set[str] = set()
    for each in mined:
        if each.form in forms:
            continue
        rule = None if each.prose else _rule(each, book)
        if rule is None:
            left.append(each)
        else:
            forms.add(each.form)
            made.append((each, rule))
    return made, left


def _rule(mined: Mined, book: RuleBook) -> Rule | None:
    """Return a rule that takes a line and leaves a sentence around it; None where the rules that there are get in the way."""
    digest = blake2b(mined.form.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
    line = mined.lines[0]
    rule = Rule(
        id=f"chrome.mined-{digest}",
        kind="chrome",
        languages=mined.languages if len(mined.languages) == 1 else ("mul",),
        why=f"A line of the template of {mined.site}.",
        source=f"Mined: in {mined.documents} of {mined.of} documents of {mined.site}.",
        match=mined.lines,
        keep=(f"They read “{line}” aloud, and then they went home without another word.",),
        **_taken(line),
    )
    try:
        check(rule, RuleBook((*book.rules, rule)))
    except (RuleError, re.error):
        return None
    return rule


def _taken(line: str) -> dict[str, Any]:
    """Return the phrase or the pattern of a rule: a pattern where it has numbers or is long; of a very long line its start."""
    folded = fold_line(line)
    if not _NUMBER.search(folded) and len(folded) <= _PHRASE:
        return {"phrases": (line,)}
    pieces = _PIECE.findall(folded)
    patterns = [r"\d{1,12}" if _NUMBER.match(piece) else re.escape(piece) for piece in pieces]
    lengths = list(itertools.accumulate(map(len, patterns)))
    if lengths[-1] > LINE:
        most = bisect_right(lengths, LINE - _REST)
        longest = sum(12 if pattern != re.escape(piece) else 1 for piece, pattern in zip(pieces[most:], patterns[most:], strict=True))
        patterns = [*patterns[:most], f".{{{len(pieces) - most},{longest}}}"]
        pieces = pieces[:most]
    needle = max((part.strip() for part in _NUMBER.split("".join(pieces))), key=len)[:40].strip()
    return {"pattern": "".join(patterns), "needles": (needle,)}


def as_toml(made: Sequence[tuple[Mined, Rule]], left: Sequence[Mined]) -> Iterator[str]:
    """Yield the lines of a file of rules, with what each was made of in comments, and what was not made into rules at the end."""
    yield "# Proposed by `copydesk mine`: lines that recur on a site. Read every rule, delete those that could take a line of an article,"
    yield "# then name this file in the settings ([rules], files). Only then does a build know of it. A rule applies to all sites."
    for mined, rule in made:
        yield ""
        yield f"# {_comment(mined.site)}: {mined.documents} of {mined.of} documents, for example {', '.join(mined.ids)}"
        yield from rule_lines(rule)
    if left:
        yield ""
        yield "# These recur as well, but read as prose or cannot be told from what other rules say; no rule is proposed."
        for mined in left:
            yield f"# {_comment(mined.site)}: {mined.documents} of {mined.of}: {_comment(mined.lines[0])}"


def rule_lines(rule: Rule) -> Iterator[str]:
    """Yield a rule of one language as lines of a rule file."""
    yield "[[rule]]"
    for name, value in msgspec.to_builtins(rule).items():
        if name in _ALWAYS or (name in _WHERE_GIVEN and value):
            yield from _toml(name, value)


def _toml(name: str, value: str | list[str]) -> Iterator[str]:
    """Yield a key of a rule as TOML, in lines that the format allows."""
    if isinstance(value, str):
        yield f"{name} = {_string(value)}"
    elif len(one := f"{name} = [{', '.join(map(_string, value))}]") <= _WIDTH:
        yield one
    else:
        yield f"{name} = ["
        yield from (f"{_string(item)}," for item in value)
        yield "]"


def _string(text: str) -> str:
    """Return a string as TOML: what JSON writes, with the one control character that JSON leaves; a long one goes on line after line."""
    rows = [""]
    for char in text:
        written = json.dumps(char, ensure_ascii=False)[1:-1].replace("\x7f", "\\u007f")
        if len(rows[-1]) + len(written) > _WIDTH and char != " ":  # what begins a line is trimmed where it is a space
            rows.append("")
        rows[-1] += written
    return f'"{rows[0]}"' if len(rows) == 1 else '"""\\\n' + "\\\n".join(rows) + '"""'


def _comment(text: str) -> str:
    """Return a text without what may not stand in a comment of TOML."""
    return "".join(char if char.isprintable() else " " for char in text)
