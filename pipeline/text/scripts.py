"""Scripts of the world as ranges of code points, each named once.

The ranges are those of Unicode's blocks (Blocks.txt of Unicode 16.0), without the blocks that no article is written in.
"""

from __future__ import annotations

from typing import Final

from pipeline.text.expressions import expression

Ranges = tuple[tuple[int, int], ...]

THAI: Final[Ranges] = ((0x0E00, 0x0E7F),)
LAO: Final[Ranges] = ((0x0E80, 0x0EFF),)
BURMESE: Final[Ranges] = ((0x1000, 0x109F),)
KHMER: Final[Ranges] = ((0x1780, 0x17FF), (0x19E0, 0x19FF))
TAI: Final[Ranges] = ((0x1950, 0x19DF), (0x1A20, 0x1AAF))
KANA: Final[Ranges] = ((0x3040, 0x30FF), (0x31F0, 0x31FF))
HAN: Final[Ranges] = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF))
HANGUL: Final[Ranges] = ((0xAC00, 0xD7A3),)

EAST_ASIAN: Final[Ranges] = KANA + HAN
"""The scripts of Chinese and Japanese."""
UNSPACED: Final[Ranges] = THAI + LAO + BURMESE + KHMER + TAI + EAST_ASIAN
"""Scripts that put no space between words."""
WITHOUT_END: Final[Ranges] = THAI + LAO
"""Scripts whose sentences end with no mark, so that the lack of one tells nothing of a line."""
SINGLE: Final[Ranges] = UNSPACED + HANGUL
"""Scripts whose characters are compared one by one: those without spaces, and Korean, whose words carry their particles."""


def in_class(ranges: Ranges) -> str:
    r"""Return ranges as they stand between the brackets of a character class of `re`.

    >>> expression(f"[{in_class(THAI)}]").findall("a ก b")
    ['ก']
    """
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)


UNSPACED_CHARACTER: Final = expression(f"[{in_class(UNSPACED)}]")
WITHOUT_END_CHARACTER: Final = expression(f"[{in_class(WITHOUT_END)}]")


def is_east_asian(char: str) -> bool:
    """Tell whether one character is written in Chinese or Japanese.

    >>> is_east_asian("東"), is_east_asian("a")
    (True, False)
    """
    code = ord(char)
    return any(first <= code <= last for first, last in EAST_ASIAN)
