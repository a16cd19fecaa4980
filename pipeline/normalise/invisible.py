"""Characters that nobody sees: controls, zero-width characters, soft hyphens, directional controls.

The policy, character by character, is in docs/normalise.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipeline.edits.compose import Op
from pipeline.text.controls import BIDI, CONTROL, OVERRIDE, RIGHT_TO_LEFT
from pipeline.text.expressions import expression
from pipeline.text.scripts import UNSPACED_CHARACTER

if TYPE_CHECKING:
    from pipeline.config import NormaliseConfig

_SOFT_HYPHEN: Final = expression("\xad+")
_ZERO_WIDTH: Final = expression("[\u200b-\u200d\u2060\ufeff\u180e]+")
_TAGS: Final = expression("(\U0001f3f4[\U000e0020-\U000e007e]{1,10}\U000e007f)|[\U000e0000-\U000e007f]+")
# Scripts whose letters join or form clusters, where joiners change what is read: Arabic to Thaana and beyond, the scripts of
# India, Tibetan, Burmese, Khmer, Mongolian and their extensions.
_JOINING: Final = expression(
    "[\u0620-\u08ff\u0900-\u0dff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u1800-\u18af\u1a20-\u1aaf\u1b00-\u1c4f\ua840-\ua87f\ua8e0-\ua8ff"
    "\ua9e0-\ua9ff\uaa60-\uaa7f\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc\U00010a00-\U00010aff\U00011000-\U000119ff\U0001e900-\U0001e95f]"
)
_EMOJI: Final = expression("[\u00a9\u00ae\u203c-\u3299\ufe0f\u20e3\U0001f000-\U0001faff]")
_MONGOLIAN: Final = expression("[\u1800-\u18af]")


def remove_controls(text: str) -> list[Op]:
    r"""Remove controls that no text needs: C0 without tab and line ends, DEL, non-characters, annotation and invisible operators.

    >>> remove_controls("a\x00b\x07")
    [Op(start=1, end=2, replacement='', rule='character.control', target=None),
     Op(start=3, end=4, replacement='', rule='character.control', target=None)]
    """
    return [Op(m.start(), m.end(), "", "character.control") for m in CONTROL.finditer(text)]


def remove_soft_hyphens(text: str) -> list[Op]:
    r"""Remove soft hyphens, which only say where a word may be broken.

    >>> remove_soft_hyphens("ter\xadror")
    [Op(start=3, end=4, replacement='', rule='character.soft_hyphen', target=None)]
    """
    return [Op(m.start(), m.end(), "", "character.soft_hyphen") for m in _SOFT_HYPHEN.finditer(text)]


def remove_bidi(text: str, config: NormaliseConfig) -> list[Op]:
    r"""Remove directional controls: overrides always, the others where nothing is written from right to left.

    >>> from pipeline.config import NormaliseConfig
    >>> remove_bidi("\u202eabc\u200f", NormaliseConfig())
    [Op(start=0, end=1, replacement='', rule='character.bidi', target=None),
     Op(start=4, end=5, replacement='', rule='character.bidi', target=None)]
    """
    if config.bidi == "keep":
        return []
    pattern = OVERRIDE if config.bidi == "safe" and RIGHT_TO_LEFT.search(text) else BIDI
    return [Op(m.start(), m.end(), "", "character.bidi") for m in pattern.finditer(text)]


def remove_zero_width(text: str, config: NormaliseConfig) -> list[Op]:
    r"""Remove zero-width characters except where a script or an emoji sequence needs them.

    A run of several becomes the one that its place needs.

    >>> from pipeline.config import NormaliseConfig
    >>> remove_zero_width("zero\u200bwidth \U0001f469\u200d\U0001f680", NormaliseConfig())
    [Op(start=4, end=5, replacement='', rule='character.zero_width', target=None)]
    """
    if config.zero_width == "keep":
        return []
    changes = []
    for found in _ZERO_WIDTH.finditer(text):
        before, after = text[: found.start()][-1:], text[found.end() : found.end() + 1]
        needed = "" if config.zero_width == "remove" else _needed(found.group(), before, after)
        if needed != found.group():
            changes.append(Op(found.start(), found.end(), needed, "character.zero_width"))
    return sorted(changes + _stray_tags(text), key=lambda change: change.start)


def _needed(run: str, before: str, after: str) -> str:
    """The one character of a zero-width run that its place needs, or nothing."""
    joiner = next((c for c in run if c in "\u200c\u200d"), "")
    if joiner and _JOINING.match(before) and (_JOINING.match(after) or joiner == "\u200d" or not after.isalnum()):
        return joiner
    if "\u200d" in run and _EMOJI.match(before) and _EMOJI.match(after):
        return "\u200d"
    if "\u180e" in run and _MONGOLIAN.match(before):
        return "\u180e"
    if "\u200b" in run and UNSPACED_CHARACTER.match(before) and UNSPACED_CHARACTER.match(after):
        return "\u200b"
    return ""


def _stray_tags(text: str) -> list[Op]:
    """Tag characters outside a flag sequence, which can hide text."""
    return [Op(m.start(), m.end(), "", "character.zero_width") for m in _TAGS.finditer(text) if not m.group(1)]
