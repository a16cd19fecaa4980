"""Characters that command instead of being read: which they are, how values lose them, and how a line shows them.

A terminal obeys escapes, and text after a directional override reads as what it is not; a line end in a name makes two lines of one.
"""

from __future__ import annotations

import re
from typing import Final

from pipeline.text.expressions import expression

CONTROL: Final = expression(
    "[\x00-\x08\x0e-\x1f\x7f\ufdd0-\ufdef\ufff9-\ufffc\ufffe\uffff\U0001fffe\U0001ffff\U0002fffe\U0002ffff\u2061-\u2064\u206a-\u206f]"
)
"""Controls that no text needs: C0 without tab and line ends, DEL, non-characters, annotation and invisible operators."""
OVERRIDE: Final = expression("[\u202d\u202e]+")
BIDI: Final = expression("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]+")
RIGHT_TO_LEFT: Final = expression("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_LINES: Final = expression("[\r\x0b\x0c\x85\u2028\u2029]")
"""Line ends other than the line feed: in a value they are spaces."""
_C1: Final = re.compile("[\x80-\x9f]")
_HALF: Final = expression("[\ud800-\udfff]")
"""Half of a pair, as JSON can spell it alone: no file can hold it."""
_PRINTED: Final = expression("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_PRINTED_IN_TEXT: Final = expression("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def without_controls(value: str) -> str:
    r"""Return a field's value without what commands: controls, overrides, and directional marks where nothing runs from right to left.

    Half of a surrogate pair becomes U+FFFD.

    >>> without_controls("Rain \udc69 falls")
    'Rain \ufffd falls'
    >>> without_controls("Rain \x1b[31mfalls\x07\u202e"), without_controls("a\u200fb"), without_controls("\u05d0\u200f!")
    ('Rain [31mfalls', 'ab', '\u05d0\u200f!')
    """
    if value.isascii() and value.isprintable():
        return value
    value = _HALF.sub("\ufffd", _C1.sub("", CONTROL.sub("", _LINES.sub(" ", value))))
    return (OVERRIDE if RIGHT_TO_LEFT.search(value) else BIDI).sub("", value)


def escaped(words: str, *, lines: bool = False) -> str:
    r"""Return words as they are printed or logged: what commands is spelt out. Line ends and tabs stay only with `lines`.

    >>> escaped("a\nb\x1b[2Jc\u202ed"), escaped("a\nb\x9bc", lines=True)
    ('a\\nb\\x1b[2Jc\\u202ed', 'a\nb\\x9bc')
    """
    if words.isascii() and words.isprintable():
        return words
    return (_PRINTED_IN_TEXT if lines else _PRINTED).sub(_spelt, words)


def escaped_json(line: str) -> str:
    r"""Return JSON of one line with the escapes of JSON for what commands.

    >>> print(escaped_json('{"name": "a\x9b\u202e"}'))
    {"name": "a\u009b\u202e"}
    """
    return line if line.isascii() and line.isprintable() else _PRINTED.sub(lambda found: f"\\u{ord(found[0]):04x}", line)


def _spelt(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")
