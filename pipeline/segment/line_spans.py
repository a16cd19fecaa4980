"""From blocks to spans: where a sentence, a label, a credit, a post or a counter ends inside a line.

Scrapers glue captions, credits, labels and posts to the sentences around them, so that a rule or a model must judge parts of a line.
Spans are such parts: they cover a block's characters but white space, in order, and a sentence is never divided but where a label, an
address or a credit with a capital after it breaks it off. In doubt a span stays whole. Lists, tables, code and verse are one span a block.

The marks follow the sentence terminals of Unicode (UAX #29, property STerm); words that a full stop does not end are a table by language.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_left
from typing import TYPE_CHECKING

import ahocorasick

from pipeline.lines.tables import rows
from pipeline.spans import Span
from pipeline.text.expressions import expression
from pipeline.text.scripts import UNSPACED_CHARACTER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.records import BlockKind
    from pipeline.spans import Block

WHOLE: frozenset[BlockKind] = frozenset({"table", "code", "preformatted", "list_item"})
"""Kinds of block that are never divided."""

_BEFORE_LABEL = frozenset('([.!?…。！？।"”»')
_EDGE = "\x00"
_APART = f"\n{_EDGE}\n"
"""Stands between lines that are looked at together. Nothing may look across the edge: what a line's spans are would depend on its
neighbours, and a cleaned text would not clean to itself."""
_SHORTEST = 24
"""A block of fewer characters is one span: a label, a name, a day."""
_WORD_MAX = 16
"""Characters before a full stop in which an abbreviation stands; the longest of the table has 7."""

_CLOSERS = r"[\"'”’»)\]›」』）】]"
_SURE = "。！？｡।॥۔؟։።။៕៖༎།๚๛"
"""Marks that nothing but a sentence's end uses, with or without a space after them."""
_SENTENCE_ENDS = frozenset('.!?…"”»' + _SURE)
_STOP = expression(rf"[.!?…{_SURE}]++{_CLOSERS}*+\s*+")
_LEADERS = frozenset("\"'“‘„«‹([{¿¡「『（【#@•▪►|")
"""Marks that may stand before the first word of a sentence."""
_GLUED = expression(r"[^\W\d_]{2,}+\s(?!\x00)")
"""A sentence glued to a full stop goes on after its first word; the end of an address or of a file's name does not, nor that of a line."""

_GAPS = ("  ", "\t", "\u3000", "\xa0 ", " \xa0", "\xa0\xa0")
_SEPARATORS = "|·•»▪"
_GAP = expression(rf"[ \xa0\t\u3000](?:[{_SEPARATORS}]?[ \xa0\t\u3000]++|(?<=[\t\u3000]))")
_CAPITAL = expression(r" (?=([^\W\d_a-zß-öø-ÿа-я]\w{1,8}) (?=[^\W\d_A-Z]))")
_ADDRESS = expression(r"(?:https?://|www\.|pic\.twitter\.com/)[^\s<>\"“”]++\s*+")
_ADDRESS_BEGINS = ("http", "www.", "pic.t")
_HEADLINE, _HEADLINE_LEAST = 200, 8
"""Characters behind a label within which another story's headline ends, and fewer than which no headline behind a colon has."""
_HEADLINE_STOP = expression(rf"[.!?…](?=\s|\Z)|[{_SURE}\n\x00]")
_BEHIND_HEADLINE = expression(
    r" (?<=[\w%)\]”\"»] )(?:(?P<word>[^\W\d_a-zß-öø-ÿа-я]\w{0,12})(?= [\w\"“„«])"
    r"|(?=[\"“„«][^\"”“»\n\x00]{10,400}(?:[,.!?]\s?[\"”“»]|\s?[\"”“»]\s?,)))"
)
_ARROW, _ARROWS = frozenset(">»►▶▸☞→•● "), 5
"""Marks that stand before a label, and how many characters they are at most."""
_MAIL = expression(r"[\w.+-]{2,40}@[\w-]{2,40}(?:\.[\w-]{2,20}){1,3}(?:\s++|\Z)")
_COUNTER = expression(r"\d{1,3}+\s?/\s?\d{1,3}+(?![\w/.,%])(?P<rest>\s*+)")
_TAGS = expression(r"#\w{2,40}+(?:\s{1,2}#\w{2,40}+){0,20}+\s{0,4}?(?:\n|\Z)")
_SIGNED = expression(
    r"[(（]\s?@[A-Za-z0-9_.]{1,30}\s?[)）][\s·,]{0,3}"
    r"(?:[^\W\d_]{3,12}\.?\s\d{1,2},\s\d{4}|\d{1,2}\.?\s(?:de\s)?[^\W\d_]{3,12}\.?\s(?:de\s)?\d{4})?\s*+"
)
_SIGNATURE = 40
"""Characters behind an agency's name in which a handle shows that the name is part of a post's signature."""
_BEFORE_HOUSE = ("/", "—", " via ")
_BRACKET = expression(r"[(（\[](?P<inner>[^()（）\[\]\x00]{2,120})[)）\]]\s*+")


Parts = tuple[tuple[int, int], ...]


def divide(text: str, blocks: Sequence[Block], seen: dict[str, Parts] | None = None, chosen: Sequence[int] | None = None) -> list[Span]:
    """Divide the blocks of a text, or the chosen ones, into spans. What a block's spans are depends on its own characters alone.

    Takes time in proportion to the text.

    Args:
        text: The base text.
        blocks: Its blocks, sorted and disjoint.
        seen: What was found in the lines of earlier passes over a document, by line: it saves time and changes nothing.
        chosen: The numbers of the blocks that are wanted, in order; all of them by default.

    Returns:
        Spans, sorted and disjoint, in code points of `text`; those of a block cover all of its characters but white space.

    >>> from pipeline.spans import Block
    >>> line = "Dr. Lee met J. K. Rowling on Monday. Photo: A. Smith/AFP Read more: Rain is near"
    >>> [line[span.start : span.end] for span in divide(line, [Block(start=0, end=len(line))])]
    ['Dr. Lee met J. K. Rowling on Monday.', 'Photo: A. Smith/AFP', 'Read more: Rain is near']
    >>> line = "वर्षा हुई। नदी भर गई है। ये भी पढ़ें: नया पुल"
    >>> [line[span.start : span.end] for span in divide(line, [Block(start=0, end=len(line))])]
    ['वर्षा हुई।', 'नदी भर गई है।', 'ये भी पढ़ें: नया पुल']
    """
    known = {} if seen is None else seen
    numbers = range(len(blocks)) if chosen is None else chosen
    wanted = [blocks[number] for number in numbers]
    lines = ["" if block.kind in WHOLE else _long_enough(text[block.start : block.end]) for block in wanted]
    fresh = [line for line in dict.fromkeys(lines) if line and line not in known]
    if fresh:
        known.update(zip(fresh, _divided(fresh), strict=True))
    spans: list[Span] = []
    for number, line, block in zip(numbers, lines, wanted, strict=True):
        if line:
            spans.extend(Span(block.start + start, block.start + end, number) for start, end in known[line])
        else:
            spans.append(Span(block.start, block.end, number))
    return spans


def _long_enough(line: str) -> str:
    """A line that may hold several spans; empty for a shorter one. A character of a script without spaces counts as two."""
    size = len(line)
    return line if size >= _SHORTEST or (2 * size >= _SHORTEST and size + len(UNSPACED_CHARACTER.findall(line)) >= _SHORTEST) else ""


def _divided(lines: Sequence[str]) -> list[Parts]:
    """The spans of each of some lines, all looked at together; no line sees another one."""
    whole = _APART.join(lines)
    places = boundaries(whole)
    found: list[Parts] = []
    base = at = 0
    for line in lines:
        parts: list[tuple[int, int]] = []
        start = 0
        at = bisect_left(places, base + 1, at)
        while at < len(places) and places[at] < base + len(line):
            end = places[at] - base
            stop = start + len(line[start:end].rstrip())
            if stop > start:
                parts.append((start, stop))
                start = end
            at += 1
        parts.append((start, len(line)))
        found.append(tuple(parts))
        base += len(line) + len(_APART)
    return found


def boundaries(text: str) -> list[int]:
    """Every place at which a new span may begin, sorted: before a character that is no white space, wherever blocks end."""
    found = {*_after_stops(text), *_at_gaps(text), *_at_marks(text), *_at_openers(text), *_at_credits(text)}
    for places, headline in _at_labels(text):
        found.discard(headline)
        found.update(places)
    return sorted(place for place in found if place < len(text))


def _after_stops(text: str) -> Iterator[int]:
    """After a sentence's last mark and the quotes and brackets that close with it."""
    size = len(text)
    for found in _STOP.finditer(text):
        stop, end = found.span()
        if end == size:
            return
        if text[stop] in _SURE:
            if text[end] not in ",，、;；:：":
                yield end
        elif text[end - 1].isspace():
            single = text[stop] == "." and text[stop + 1] not in ".!?…"
            bracket = _BRACKET.match(text, end) if text[end] in "(（[" else None
            apart = bracket is not None and _begins_after(text, bracket)
            if "@" in text and (mail := _MAIL.match(text, end)) and _begins_after(text, mail):
                yield from (end, mail.end())
            elif (apart or _opens_sentence(text, end)) and (not single or _ends_sentence(text, stop, end)):
                yield end
                if bracket is not None and apart:
                    yield bracket.end()
        elif text[end].isupper() and _is_glued(text, stop, end):
            yield end


def _begins_after(text: str, found: re.Match[str]) -> bool:
    """Whether a line ends behind a bracket or an address that follows a sentence, or another sentence begins there."""
    end, last = found.end(), found.group()[-1:]
    if found.group()[1:2] == "@":
        return False  # who signed a post
    return end == len(text) or text[end] == _EDGE or "\n" in found.group() or (last.isspace() and _opens_sentence(text, end))


def _opens_sentence(text: str, at: int) -> bool:
    """Whether a sentence may begin at a character: no small letter, and no mark that goes on with the one before."""
    while at < len(text) and text[at] in _LEADERS:
        at += 1
    if at == len(text):
        return True
    char = text[at]
    return not (char.islower() or char in ",.;:!?)]}»”’…")


def _ends_sentence(text: str, stop: int, after: int) -> bool:
    """Whether a single full stop ends a sentence: not behind a title, an initial, an ordinal, or another shortened word."""
    before = text[max(0, stop - _WORD_MAX) : stop].rpartition(_EDGE)[2].split()
    if not before or text[stop - 1].isspace():
        return True
    word = before[-1].lstrip("\"'“‘„«([{")
    folded = word.lower()
    if folded in _words("inner") or folded.rpartition("/")[2] in _words("inner"):
        return False
    if folded in _words("numbered"):
        return not text[after].isdecimal()
    if folded in _words("final") or (len(word) == 1 and word.isalpha()) or (len(word) == 3 and word[1] == "." and word[0].isupper()):
        return _first_word(text, after) in _words("opener")
    if word.isdecimal() and len(word) <= 2:
        return len(before) > 1 and before[-2].lower() not in _words("ordinal") and before[-2][-1:] not in ".!?:;"
    return True


def _is_glued(text: str, stop: int, after: int) -> bool:
    """Whether two sentences lost the space between them: a word of small letters, the stop, a word that goes on."""
    return stop > 1 and text[stop - 1].islower() and text[stop - 2].islower() and _GLUED.match(text, after) is not None


def _first_word(text: str, at: int) -> str:
    end = at
    while end < len(text) and end - at < _WORD_MAX and text[end].isalpha():
        end += 1
    return text[at:end]


def _at_gaps(text: str) -> Iterator[int]:
    """Behind a wide gap or a separator, where no small letter goes on."""
    if any(map(text.__contains__, _GAPS)) or any(map(text.__contains__, _SEPARATORS)):
        for found in _GAP.finditer(text):
            end = found.end()
            if end < len(text) and (not text[end].islower() or not found.group().isspace()):
                yield end


def _at_labels(text: str) -> Iterator[tuple[list[int], int]]:
    """Before a label, behind one that is a span by itself, behind the agency or the headline after one; and where that headline begins."""
    for last, (label, whole, language) in _labels().iter_long(text):
        end = last + 1
        start = end - len(label)
        if (start and not (text[start - 1].isspace() or text[start - 1] in _BEFORE_LABEL)) or _is_letter(text[last : end + 1]):
            continue
        if whole and " " not in label and not _ends_before(text, start):
            continue
        opened = text[start - 1 : start] in ("(", "[")
        places = [_arrow(text, start) - opened]
        if not whole:
            places.extend(_behind_agency(text, end) or _behind_headline(text, end, language))
        after = end + (whole and opened and text[end : end + 1] in (")", "]"))
        while after < len(text) and text[after].isspace():
            after += 1
        alone = "\n" in text[end:after] and (start == 0 or text[start - 1] == "\n")
        if (whole or alone) and after < len(text) and not (text[after].islower() or text[after] in ",.;:"):
            places.append(after)
        yield places, -1 if whole or alone else after


def _behind_agency(text: str, start: int) -> list[int]:
    """Where a sentence begins behind an agency that a label names: "Photo: AFP The council …", in scripts without capitals too."""
    found = _named_house().match(text, start)
    return [found.end()] if found and found.end() < len(text) and _opens_sentence(text, found.end()) else []


def _arrow(text: str, start: int) -> int:
    """Where the arrows or the dot before a label begin: ">> Read also: …"."""
    at = start
    while at and start - at <= _ARROWS and text[at - 1] in _ARROW:
        at -= 1
    return at + len(text[at:start]) - len(text[at:start].lstrip())


def _behind_headline(text: str, start: int, language: str) -> Iterator[int]:
    """Where the headline or prompt behind a label ends that lost its line.

    It ends before a word that begins sentences, with a small letter after it or, in German, a noun; or before a quotation with a mark.
    """
    stop = _HEADLINE_STOP.search(text, start, start + _HEADLINE)
    end = stop.start() + 1 if stop else min(start + _HEADLINE, len(text))
    least = 0 if text[start - 1].isalpha() else _HEADLINE_LEAST
    for found in _BEHIND_HEADLINE.finditer(text, start + least):
        if found.start() >= end:
            return
        word = found["word"]
        if text[found.end() + 1 : found.end() + 2].isupper() and word is not None:
            begins = language == "de" and ("opener", language, word) in rows("span_words")
        else:
            begins = word is None or word in _words("opener") or word in _words("behind")
        if begins:
            yield found.start() + 1
            return


def _ends_before(text: str, at: int) -> bool:
    """Whether a sentence, a number or a line ends before a word: else "Advertisement" may be one of a name's words."""
    before = text[max(0, at - 2) : at].rstrip(" ")[-1:]
    return not before or before in _SENTENCE_ENDS or before in "\n\t)]" or before.isdecimal()


def _is_letter(pair: str) -> bool:
    """Whether a label's last letter and the character after it are of one word, in a script that parts words."""
    return len(pair) == 2 and pair[0] < "\u0e00" and pair.isalpha()


def _at_marks(text: str) -> Iterator[int]:
    """Behind an address between two sentences and a post's signature, before the counter of a gallery and the tags at a line's end."""
    if "://" in text or "www." in text or ".com/" in text:
        for start, end in _addresses(text):
            last = end == len(text) or text[end] == _EDGE or text[end].isupper() or text[end] in _LEADERS
            if last:
                yield end
            if (last or text[end] in "—–-") and text[max(0, start - 2) : start].rstrip()[-1:] in _SENTENCE_ENDS:
                yield start
    if "@" in text:
        yield from (found.end() for found in _SIGNED.finditer(text) if not text[found.end() : found.end() + 1].islower())
    for found in _COUNTER.finditer(text) if "/" in text else ():
        start = found.start()
        if not start or text[start - 1] in " \n\t(":
            yield start
            if "\n" in found["rest"] and (not start or text[start - 1] == "\n"):
                yield found.end()
    for found in _TAGS.finditer(text) if "#" in text else ():
        if found.start() and text[found.start() - 1].isspace():
            yield found.start()


def _addresses(text: str) -> Iterator[tuple[int, int]]:
    """Where addresses stand; they are searched by their first letters, for most letters begin none."""
    end = 0
    for at in sorted(at for mark in _ADDRESS_BEGINS for at in _places(text, mark)):
        found = _ADDRESS.match(text, at) if at >= end else None
        if found:
            end = found.end()
            yield at, end


def _places(text: str, mark: str) -> Iterator[int]:
    """Where a mark begins."""
    at = text.find(mark)
    while at >= 0:
        yield at
        at = text.find(mark, at + 1)


def _at_openers(text: str) -> Iterator[int]:
    """Before a sentence that follows a name, a number or a bracket without a stop: "Getty Images The actor said"."""
    openers = _words("opener")
    for found in _CAPITAL.finditer(text):
        start = found.start()
        if found[1] in openers and text[found.end(1) + 1].islower() and (text[start - 1].isalnum() or text[start - 1] in ")]”"):
            word = text[max(0, start - _WORD_MAX * 2) : start].rsplit(maxsplit=1)[-1]
            if word[0].isupper() or (not word[-1].isalpha() and "/" not in word):
                yield start + 1


def _at_credits(text: str) -> Iterator[int]:
    """Around a bracket that credits a picture, and behind "/Getty Images" before a capital."""
    for found in _BRACKET.finditer(text) if "(" in text or "[" in text or "（" in text else ():
        inner, end = found["inner"].strip(), found.end()
        follows = end == len(text) or "\n" in found.group() or _opens_sentence(text, end)
        if follows and (_names_agency(inner) or inner.startswith(_credit_labels())):
            yield found.start()
            yield end
    for mark in _BEFORE_HOUSE:
        for found in _house().finditer(text.replace(mark, "/" * len(mark))) if mark in text else ():
            end = found.end()
            behind = text[end : end + _SIGNATURE].partition(_EDGE)[0]
            if behind and _opens_sentence(text, end) and behind[0] not in "([" and "(@" not in behind:
                yield end


@functools.cache
def _words(kind: str) -> frozenset[str]:
    """The phrases of one kind."""
    return frozenset(row[2] for row in rows("span_words") if row[0] == kind)


@functools.cache
def _labels() -> ahocorasick.Automaton:
    """An automaton that finds labels as they are printed, each with whether it is a span by itself."""
    automaton = ahocorasick.Automaton()
    for kind, language, phrase in rows("span_words"):
        if kind in ("opens", "whole"):
            for form in (phrase, phrase.upper(), phrase.title()):
                automaton.add_word(form, (form, kind == "whole", language))
    automaton.make_automaton()
    return automaton


@functools.cache
def _credit_labels() -> tuple[str, ...]:
    """Labels of credits ("Photo:"), as they are printed and with a small letter."""
    labels = [row[2] for row in rows("span_words") if row[0] == "opens" and len(row[2]) <= _WORD_MAX and row[2][-1] in ":：/／=＝"]
    return tuple(sorted({*labels, *(label[0].lower() + label[1:] for label in labels)}))


def _names_agency(inner: str) -> bool:
    """Whether a bracket holds an agency, or several names of which the first or last is one: "REUTERS/Ann Lee"."""
    parts = inner.split("/")
    return parts[0].strip() in _agencies() or parts[-1].strip() in _agencies()


@functools.cache
def _agencies() -> frozenset[str]:
    """The agencies' names as they are printed."""
    return frozenset(row[2] for row in rows("agencies"))


@functools.cache
def _named_house() -> re.Pattern[str]:
    """An agency behind a label and its comma, with the space after it."""
    names = "|".join(sorted(map(re.escape, _agencies()), key=lambda name: (-len(name), name)))
    return re.compile(rf"\s?[,،，]?\s?(?:{names})(?![\w/,])(?:\s++(?![-–—|])|\Z)")


@functools.cache
def _house() -> re.Pattern[str]:
    """An agency behind a slash, a dash or "via", with the space after it."""
    names = "|".join(sorted(map(re.escape, _agencies()), key=lambda name: (-len(name), name)))
    return re.compile(rf"/\s?(?:{names})(?![\w/])[)\]]?(?:\s++|\Z)")
