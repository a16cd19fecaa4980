"""The rules of `pipeline/rules/*.toml`: loaded, checked, compiled, and asked which of them speak for a block.

A rule is data. It names a kind of page furniture and says, by whole phrases or by a pattern, which blocks are that furniture; beside
it stand lines that it must take (`match`) and prose that it must leave (`keep`). A rule without both is refused, and so is a rule that
fails one of its own examples: a rule book that loads is a rule book whose examples hold.

A rule speaks for a *whole block*, or, where its `unit` says so, for a whole span: a sentence, a label, a credit inside a line. "Share this
article" is a button; "Share this article with your mother, she said." is a sentence, and no phrase inside it counts.
"""

from __future__ import annotations

import itertools
import re
import tomllib
import unicodedata
from bisect import bisect_right
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import ahocorasick
import msgspec

from pipeline.records import RemovedKind
from pipeline.rules.rule_format import flat, long_line
from pipeline.text.expressions import expression
from pipeline.text.folding import fold_line, fold_lines

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

Strength = Literal["strong", "weak"]
Place = Literal["any", "head", "tail", "edge"]
Unit = Literal["block", "span", "both", "part"]
Carried = Literal["", "contact", "about", "rest"]

MAX_BLOCK = 700
"""Longest block, in characters, that any rule is asked about; a longer run of words is never a button or a label."""

_LONGEST_PHRASES = 160
"""Longest folded block, in characters, that is looked up among the phrases."""

DECORATION = " \t!|»›>▶►▸▼▾▲↑↓→←•·:;,.+*#[](){}-_=/\\\"'<«‹✕✖×✓✔■□●○◆★☆【】"
"""What may stand around a phrase or between two without being a word of them."""


_ARROWS = " >»►▶▸☞→"
"""Marks that may stand before the words of a pattern: ">> Read also: …"."""


class RuleError(ValueError):
    """A rule file that cannot be used: says which file, which rule and what is wrong."""


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule as its file states it.

    Attributes:
        id: Unique name, `<kind>.<what>`.
        kind: The `removed` kind of blocks that it takes.
        languages: BCP 47 codes of the languages under which its words stand, for readers and for `copydesk rules`; matching does not
            depend on it. `mul` is what belongs to no language.
        why: One sentence for whoever sees a block removed by it.
        source: Where the wording comes from (a measurement, a standard, common usage).
        match: Lines that it must take.
        keep: Lines that it must leave.
        phrases: Whole phrases. A block that consists of phrases (of any rules) and nothing but separators between them is taken.
        pattern: A regular expression that must match the whole folded block (see `pipeline.text.folding.fold_line`).
        alternatives: What `pattern` consists of where the file lists alternatives: each an expression, then lines that it must take alone.
        needles: Folded substrings, one of which every match of `pattern` contains: what the prefilter looks for.
        where: In which part of the page the rule may speak: "head" before the body, "tail" after it, "edge" either, "any".
        strength: A weak rule counts only in the company of other furniture.
        unit: "span" where the rule may also speak for a part of a block: only for what nobody would write inside an article's line. "both"
            where it does so for what is exactly its words and is a sign of a page as well, as other rules for blocks are. "part" where
            it speaks for parts of blocks alone: as a block the same words may be a heading, a fact or another stage's.
        carries: What belongs to the block, a heading of a press office: the contact lines under it, the paragraphs about whom it names, or
            the rest of the text. Such a rule takes its block only together with what it carries.
        opens: How many headline-like blocks after the matched one belong to it (a "Read also" box); 0 for none.
    """

    id: str
    kind: RemovedKind
    languages: tuple[str, ...]
    why: str
    source: str
    match: tuple[str, ...]
    keep: tuple[str, ...]
    phrases: tuple[str, ...] = ()
    pattern: str = ""
    alternatives: tuple[tuple[str, ...], ...] = ()
    needles: tuple[str, ...] = ()
    where: Place = "any"
    strength: Strength = "strong"
    unit: Unit = "block"
    carries: Carried = ""
    opens: int = 0


class Mark(msgspec.Struct, frozen=True):
    """A rule that speaks for a whole block."""

    rule: Rule
    exact: bool
    """Whether the block is the phrase or the pattern itself, and not a row of several phrases."""
    strong: bool
    """Whether the mark decides by itself: the rule is strong, and of several phrases in a row one strong phrase has two words or more."""


class _Found(NamedTuple):
    """What a word of the automaton says: the numbers of the pattern rules to ask, and whether it is a word of a rule for spans."""

    numbers: tuple[int, ...]
    parts: bool


_NUKTA = {unicodedata.normalize("NFC", chr(code)): chr(code) for code in (*range(0x958, 0x960), 0x9DC, 0x9DD, 0x9DF)}
"""Letters of Hindi and Bengali that pages write as one character or as two; NFC makes two of them (Unicode, composition exclusions)."""
_TWO_CHARACTERS = expression("|".join(_NUKTA))


def _spellings(phrase: str) -> tuple[str, ...]:
    """Return the ways in which a page may encode a phrase: as NFC has it, and with the letters that NFC takes apart in one.

    >>> [len(spelled) for spelled in _spellings("\u09ac\u09dc")], _spellings("plain")
    ([3, 2], ('plain',))
    """
    if phrase.isascii():
        return (phrase,)
    composed = unicodedata.normalize("NFC", phrase)
    return tuple(dict.fromkeys((composed, _TWO_CHARACTERS.sub(lambda found: _NUKTA[found[0]], composed))))


_LEAST_NEEDLE = 6


def _tells(phrase: str) -> bool:
    """Whether a phrase is rare enough inside other words that lines are divided where it stands: "ad" and "spot" are not."""
    return " " in phrase or len(phrase) >= _LEAST_NEEDLE or not phrase.isascii()


class RuleBook:
    """Rules that a block can be held to. A pattern is compiled when the first block asks for it: a text in one language asks for few."""

    __slots__ = ("_automaton", "_firsts", "_lasts", "_patterns", "_phrases", "rules")

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rules)
        self._phrases: dict[str, Rule] = {}
        self._patterns: dict[str, re.Pattern[str]] = {}
        needles: dict[str, list[int]] = {}
        for number, rule in enumerate(self.rules):
            for phrase in rule.phrases:
                for spelled in _spellings(phrase):
                    folded = fold_line(spelled).strip(DECORATION)
                    self._phrases.setdefault(folded, rule)
                    if rule.unit == "span" or (rule.unit == "both" and _tells(folded)):
                        needles.setdefault(folded, [])
            for needle in rule.needles if rule.pattern else ():
                needles.setdefault(needle, []).append(number)
        self._firsts: dict[str, int] = {}
        """The first words of phrases, and how many words the longest phrase that begins so has."""
        for phrase in filter(None, self._phrases):
            first = phrase.partition(" ")[0].strip(DECORATION)
            self._firsts[first] = max(self._firsts.get(first, 0), len(phrase.split()))
        self._lasts = frozenset(phrase.rpartition(" ")[2].strip(DECORATION) for phrase in self._phrases if phrase)
        self._automaton = ahocorasick.Automaton()
        same: dict[_Found, _Found] = {}
        for needle, asked in needles.items():
            found = _Found(tuple(asked), not asked or any(self.rules[number].unit != "block" for number in asked))
            self._automaton.add_word(needle, same.setdefault(found, found))
        self._automaton.make_automaton()

    def marks(self, lines: Sequence[str]) -> list[tuple[Mark, ...]]:
        """Which rules speak for each of `lines` (whole blocks); where they stand is for the caller to judge.

        Args:
            lines: The blocks' characters, in page order.

        Returns:
            For each block the marks, exact phrases first, then patterns in rule order; empty where no rule speaks.
        """
        return self.read(lines)[0]

    def read(self, lines: Sequence[str]) -> tuple[list[tuple[Mark, ...]], list[bool]]:
        """As `marks`, and beside it whether some part of each line may have marks of rules that speak for spans: mostly none may."""
        marks: list[tuple[Mark, ...]] = [()] * len(lines)
        if not lines:
            return marks, []
        folded = fold_lines(lines)
        asked, parts = self._asked(folded)
        glued = _glued_lines(lines)
        for place, line in enumerate(folded):
            raw = lines[place]
            if place in glued and place not in parts and self._asked([fold_line(_unglued(raw))])[1]:
                parts.add(place)
            if len(raw) > MAX_BLOCK:
                continue
            found = self._phrase_marks(line.strip(DECORATION), raw if place in glued else "") if len(line) <= _LONGEST_PHRASES else ()
            bare = line.strip()
            inner = bare.lstrip(_ARROWS)
            for rule in asked.get(place, ()):
                if self.pattern_of(rule).fullmatch(bare) or (inner != bare and self.pattern_of(rule).fullmatch(inner)):
                    found = (*found, Mark(rule, exact=True, strong=rule.strength == "strong"))
            if found:
                marks[place] = found
        return marks, [place in parts for place in range(len(lines))]

    def pattern_of(self, rule: Rule) -> re.Pattern[str]:
        """Return the compiled pattern of a rule that has one."""
        if rule.id not in self._patterns:
            self._patterns[rule.id] = re.compile(rule.pattern)
        return self._patterns[rule.id]

    def explain(self, line: str) -> tuple[Mark, ...]:
        """The marks of a single line."""
        return self.marks([line])[0]

    def _asked(self, folded: list[str]) -> tuple[dict[int, list[Rule]], set[int]]:
        """The pattern rules whose needles occur in each line, in rule order; and the lines with words of rules that speak for spans."""
        asked: dict[int, tuple[int, ...]] = {}
        parts: set[int] = set()
        if not len(self._automaton):
            return {}, parts
        ends = list(itertools.accumulate(len(line) + 1 for line in folded))
        place, last = -1, None
        edge = 0
        for end, found in self._automaton.iter("\n".join(folded)):
            if end >= edge:
                place = bisect_right(ends, end, max(place, 0))
                edge = ends[place]
            elif found is last:  # the same again is mostly one more figure of a number
                continue
            last = found
            if found.parts:
                parts.add(place)
            if found.numbers:
                asked[place] = (*asked.get(place, ()), *found.numbers)
        return {place: [self.rules[number] for number in sorted(set(numbers))] for place, numbers in asked.items()}, parts

    def _phrase_marks(self, bare: str, glued: str) -> tuple[Mark, ...]:
        """The mark of a folded line without decoration; `glued` is the line as it was, where a scraper may have glued labels together."""
        rule = self._phrases.get(bare)
        if rule is not None:
            return (Mark(rule, exact=True, strong=rule.strength == "strong"),)
        tiles = self._tiles(bare) if " " in bare else []
        if glued and not tiles:
            tiles = self._tiles(fold_line(_unglued(glued)).strip(DECORATION))
        if not tiles:
            return ()
        strong = [rule for words, rule in tiles if rule.strength == "strong" and words > 1]
        every = all(rule.strength == "strong" for _, rule in tiles)
        return (Mark((strong or [rule for _, rule in tiles])[0], exact=False, strong=bool(strong) or every),)

    def _tiles(self, line: str) -> list[tuple[int, Rule]]:
        """The phrases that together make up the whole line, as (words, rule), longest first; empty where they do not."""
        head = line.partition(" ")[0].strip(DECORATION)
        if head not in self._firsts and not head.isdigit():
            return []
        foot = line.rpartition(" ")[2].strip(DECORATION)
        if foot not in self._lasts and not foot.isdigit():
            return []
        words = line.split()
        if not 2 <= len(words) <= 24:
            return []
        tiles: list[tuple[int, Rule]] = []
        at = 0
        while at < len(words):
            for end in range(self._reach(words, at), at, -1):
                rule = self._phrases.get(" ".join(words[at:end]).strip(DECORATION))
                if rule is not None:
                    tiles.append((end - at, rule))
                    at = end
                    break
            else:
                if words[at].strip(DECORATION) and not words[at].strip(DECORATION).isdigit():
                    return []
                at += 1
        return tiles

    def _reach(self, words: list[str], at: int) -> int:
        """Where the longest phrase that could begin at a word ends, decoration after it included; `at` where none begins so."""
        most = min(len(words), at + 12)
        first = words[at].strip(DECORATION)
        if not first:
            return most
        end = at + self._firsts.get(first, 0)
        while at < end < most and not words[end].strip(DECORATION):
            end += 1
        return min(end, most)


_CASE_GLUE = expression(r"(?<=[a-zß-öø-ÿа-яіїєґ:])(?=[A-ZÀ-ÖØ-ÞА-ЯІЇЄҐ])")
_GLUED = expression(r"[A-ZÀ-ÖØ-ÞА-ЯІЇЄҐ](?<=[a-zß-öø-ÿа-яіїєґ:].)")
"""Whether `_CASE_GLUE` matches somewhere; an expression that begins with a class of characters is searched for several times as fast."""


def _glued_lines(lines: Sequence[str]) -> set[int]:
    """Which lines `_GLUED` matches in, by one search over all of them."""
    ends = list(itertools.accumulate(len(line) + 1 for line in lines))
    joined = "\n".join(lines)
    found: set[int] = set()
    hit = _GLUED.search(joined)
    while hit is not None:
        place = bisect_right(ends, hit.start())
        found.add(place)
        hit = _GLUED.search(joined, ends[place])
    return found


def _unglued(line: str) -> str:
    """Labels that a scraper glued together, apart: a capital right after a small letter or a colon starts a new word.

    >>> _unglued("Share this articleComments")
    'Share this article Comments'
    """
    return _CASE_GLUE.sub(" ", line)


def load(paths: Sequence[Path] = (), *, builtin: bool = True) -> RuleBook:
    """Read the built-in rules and the user's own files, in that order.

    Args:
        paths: TOML files of `[[rule]]` tables; a rule with the id of an earlier one takes its place.
        builtin: Whether the rules that come with the package are in.

    Returns:
        The compiled rules. Reading takes tens of milliseconds: keep the result.

    Raises:
        RuleError: A file cannot be read, a rule is malformed, or a rule fails one of its own examples.
    """
    rules: dict[str, Rule] = {}
    own: dict[str, Path] = {}
    if builtin:
        rules |= {rule.id: rule for rule in _shipped()}
    for path in paths:
        try:
            source = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise RuleError(f"{path}: {error}") from error
        for rule in _parse(source, str(path)):
            rules[rule.id] = rule
            own[rule.id] = path
    book = RuleBook(tuple(rules.values()))
    for name, path in own.items():
        try:
            book.pattern_of(rules[name])
        except re.error as error:
            raise RuleError(f"{path}: rule {name}: {error}") from error
        check(rules[name], book)
    return book


@cache
def _shipped() -> tuple[Rule, ...]:
    """Return the rules that come with the package."""
    rules: dict[str, Rule] = {}
    folder = resources.files("pipeline") / "rules"
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".toml"):
            for rule in _parse(entry.read_text(encoding="utf-8"), entry.name):
                if rule.id in rules:
                    raise RuleError(f"{entry.name}: rule {rule.id} is defined twice")
                rules[rule.id] = rule
    return tuple(rules.values())


def _parse(source: str, name: str) -> list[Rule]:
    try:
        tables = tomllib.loads(source).get("rule", [])
    except tomllib.TOMLDecodeError as error:
        raise RuleError(f"{name}: {error}") from error
    too_long = long_line(source)
    if too_long:
        raise RuleError(f"{name}: {too_long}")
    return [_rule(table, f"{name}: rule {number} ({table.get('id', 'without an id')})") for number, table in enumerate(tables, 1)]


def _rule(table: Mapping[str, Any], name: str) -> Rule:
    try:
        rule = msgspec.convert(flat(table), Rule)
    except (msgspec.ValidationError, ValueError) as error:
        raise RuleError(f"{name}: {error}") from error
    if not rule.match or not rule.keep:
        raise RuleError(f"{name}: needs match and keep examples")
    if bool(rule.phrases) == bool(rule.pattern):
        raise RuleError(f"{name}: needs either phrases or a pattern")
    if rule.pattern and (not rule.needles or any(needle.strip() != fold_line(needle) for needle in rule.needles)):
        raise RuleError(f"{name}: a pattern needs needles, folded as the pattern sees its block")
    return rule


def check(rule: Rule, book: RuleBook) -> None:
    """Hold a rule to its own examples, in the company of all the others: a row of buttons may need the phrases of several rules.

    Raises:
        RuleError: It leaves a `match` line or takes a `keep` line, or an alternative leaves its own example.
    """
    for pattern, *examples in rule.alternatives:
        alone = re.compile(pattern)
        for line in examples:
            if not alone.fullmatch(fold_line(line)):
                raise RuleError(f"{rule.id}: the alternative {pattern[:60]!r} leaves its example {line!r}")
    for line in rule.match:
        if not any(mark.rule.id == rule.id for mark in book.explain(line)):
            raise RuleError(f"{rule.id}: leaves {line!r}, which its examples say it takes")
    for line in rule.keep:
        if any(mark.rule.id == rule.id for mark in book.explain(line)):
            raise RuleError(f"{rule.id}: takes {line!r}, which its examples say it leaves")
