"""Text that was encoded in one charset and decoded in another, repaired with ftfy, and with `eight_bit` where ftfy knows no charset.

ftfy's own order of work (quotes and widths first) destroys the evidence that the repair needs, so it runs here alone, on one span at
a time, before anything else looks at the letters. Its plan becomes part of the rule's name.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from pipeline.edits.compose import Op, trimmed
from pipeline.normalise.eight_bit import changes_of, read_again
from pipeline.records import Annotation
from pipeline.text.expressions import expression

if TYPE_CHECKING:
    from ftfy import ExplanationStep

RULE: Final = "encoding.mojibake"
SUSPECT: Final = "encoding_suspect"
# Characters of everyday typography and of English loan words: pairs of these never satisfy ftfy's badness expression, which
# tests/normalise/test_mojibake.py checks by trying every pair, so text with nothing else beyond ASCII is not handed to it.
_PLAIN: Final = expression("[\x00-\x7f\xa0\u2009\u200b\u2010-\u2014\u2018\u2019\u201c\u201d\u2026\u2022]*")
# What every match of ftfy's badness expression holds: a C1 control, a ligature of o and e, a capital A with circumflex or tilde, or two
# characters side by side that its classes name. Basic Greek and Russian letters are bad only beside one of the others, never beside
# each other. The expression itself costs ten times as much; tests/normalise/test_mojibake.py compares the two.
_COMMON: Final = "\u0391-\u03c9\u0410-\u044f"
_NAMED: Final = (
    "\xa0-\u017e\u0192\u02c6-\u02dd\u0384-\u0390\u0401-\u040f\u0450-\u0491\u2013-\u203a\u2044-\u2265\u2310-\u25ca\uf8ff\ufb01\ufb02\ufffd"
)
_TELLING: Final = expression(f"[\x80-\x9f\u0152\u0153\xc2\xc3]|[{_NAMED}][{_NAMED}{_COMMON}]|[{_COMMON}][{_NAMED}]")
_REACH: Final = 8
"""How far a match of the badness expression may reach beyond what tells of it: its longest has seven characters."""
_STRIDE: Final = 32
"""Characters that are looked at behind what tells; more are a waste where little tells, fewer where much does."""
_ASCII: Final = expression("([\x00-\x7f]+)")
# U+2000..U+203F, U+2080..U+20BF, U+2100..U+213F, U+2180..U+223F in UTF-8 read as windows-1252. No language writes "â" and then
# one of these marks and a third one, so a single occurrence is enough, where ftfy asks for more evidence.
_SURE: Final = expression("â[€‚„†ˆ][^\x00-\x7f]")
# Prose about encodings shows mojibake on purpose: "how many times I saw Ã¤ instead of ä".
_ABOUT_ENCODING: Final = expression(
    r"\b(?:mojibake|utf-?(?:8|16)|unicode|latin-?1|iso-?8859|windows-?125\d|cp125\d|ascii|(?:en|de)cod(?:e[ds]?|ing|ings)"
    r"|char(?:acter )?sets?|code ?pages?|garbled)\b",
    re.IGNORECASE,
)
# The letters of Latin beyond ASCII, U+0080 to U+07FF in UTF-8, read as windows-1252.
_PAIRS: Final = expression("[Ã-Ê][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")
_SURE_RULE: Final = f"{RULE}:encode(sloppy-windows-1252)+decode(utf-8)"


def may_be_mojibake(text: str) -> bool:
    """Tell whether a text holds any character that could be mojibake; a fast test that is right whenever it says no.

    >>> may_be_mojibake("“Quoted” – and naïve")
    True
    >>> may_be_mojibake("“Quoted” – and plain")
    False
    """
    return not text.isascii() and _PLAIN.fullmatch(text) is None


def is_mojibake(text: str) -> bool:
    """Tell whether `repair_mojibake` or `suspects` has anything to say of a text without U+FFFD.

    >>> is_mojibake("naïve"), is_mojibake("naÃ¯ve")
    (False, True)
    """
    return may_be_mojibake(text) and (_is_bad(text) or _SURE.search(text) is not None or read_again(text) is not None)


def repair_mojibake(text: str) -> list[Op]:
    """Repair a span whose characters are the wrong reading of UTF-8 or of windows-1252.

    Args:
        text: one span.

    Returns:
        The changes, with ftfy's plan in their rule. Sequences in which a byte was lost, and spans that speak of
        encodings, are left alone: they are for `suspects`.

    >>> repair_mojibake("PowerHouseâ„¢ lighting")
    [Op(start=10, end=13, replacement='™', rule='encoding.mojibake:encode(sloppy-windows-1252)+decode(utf-8)', target=None)]
    """
    if not may_be_mojibake(text):
        return []
    if (reading := read_again(text)) is not None:
        return _guarded(text, changes_of(reading, RULE))
    if not _is_bad(text):
        return _guarded(text, _sure_sequences(text))
    import ftfy  # noqa: PLC0415

    config = ftfy.TextFixerConfig(unescape_html=False, replace_lossy_sequences=False, fix_c1_controls=False)
    fixed, plan = ftfy.fix_encoding_and_explain(text, config)
    if fixed != text:  # ftfy leaves the pairs that somebody might have written; beside others nobody has
        fixed = _PAIRS.sub(_letter, fixed)
    return _guarded(text, _align(text, fixed, f"{RULE}:{_name(plan or [])}") if fixed != text else _sure_sequences(text))


def _guarded(text: str, changes: list[Op]) -> list[Op]:
    """Drop the changes of a span that speaks of encodings."""
    return [] if changes and _ABOUT_ENCODING.search(text) else changes


@lru_cache(maxsize=1)
def _is_bad(text: str) -> bool:
    """Ask ftfy; the last text is kept, because the repair and the search for suspects ask about the same one."""
    hit = _TELLING.search(text)
    if hit is None:
        return False
    from ftfy.badness import BADNESS_RE  # noqa: PLC0415 - ftfy takes 60 ms to import, and few documents need it

    high = 0
    while hit is not None:
        low, high = max(hit.start() - _REACH, high - _REACH, 0), hit.end() + _STRIDE
        if BADNESS_RE.search(text, low, high):
            return True
        hit = _TELLING.search(text, high - _REACH)
    return False


def suspects(text: str) -> list[Annotation]:
    """Mark what still looks like mojibake and could not be repaired for sure.

    Args:
        text: one span, after the repair.

    Returns:
        One annotation for each suspicious run.
    """
    found = [
        Annotation(start=m.start(), end=m.end(), type=SUSPECT, value=m.group(), rule="encoding.lost") for m in re.finditer("\ufffd+", text)
    ]
    if may_be_mojibake(text) and _is_bad(text):
        from ftfy.badness import BADNESS_RE  # noqa: PLC0415

        found += [
            Annotation(start=m.start(), end=m.end(), type=SUSPECT, value=m.group(), rule=RULE)
            for m in BADNESS_RE.finditer(text)
            if "\ufffd" not in m.group()
        ]
    return sorted(found, key=lambda note: note.start)


def _sure_sequences(text: str) -> list[Op]:
    """Repair single three-character sequences that can be nothing but mojibake."""
    changes = []
    for found in _SURE.finditer(text):
        try:
            meant = found.group().encode("sloppy-windows-1252").decode("utf-8")
        except UnicodeError:
            continue
        changes.append(Op(found.start(), found.end(), meant, _SURE_RULE))
    return changes


def _letter(found: re.Match[str]) -> str:
    """Return the letter of Latin that two characters mean, or the two."""
    try:
        meant = found.group().encode("sloppy-windows-1252").decode("utf-8")
    except UnicodeError:
        return found.group()
    return meant if meant.isalpha() and meant <= "\u024f" else found.group()


def _name(plan: list[ExplanationStep]) -> str:
    return "+".join(f"{step.action}({step.parameter})" for step in plan)


def _align(old: str, new: str, rule: str) -> list[Op]:
    """Find the repaired runs: mojibake lies between ASCII runs, which the repair leaves as they are."""
    before, after = _ASCII.split(old), _ASCII.split(new)
    if before[1::2] != after[1::2]:
        change = trimmed(old, 0, len(old), new, rule)
        return [change] if change else []
    changes, at = [], 0
    for index, (was, is_now) in enumerate(zip(before, after, strict=True)):
        if index % 2 == 0 and (change := trimmed(old, at, at + len(was), is_now, rule)):
            changes.append(change)
        at += len(was)
    return changes
