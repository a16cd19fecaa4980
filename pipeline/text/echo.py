"""How much of a line a longer text says again: what tells a headline from a label, whatever the language.

Words are compared by their first letters, for a headline's "fears" are a story's "feared"; scripts without spaces by pairs of characters.
"""

from __future__ import annotations

from pipeline.text.expressions import expression

_WORD = expression(r"[^\s.,;:!?…\"'“”‘’«»„()\[\]{}|/।॥،؛؟·–—-]+")
_WIDE = expression(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")
_STEM = 5
_SHORTEST = 3
_HANGUL = expression(r"[\uac00-\ud7a3]{2}")
"""The beginning of a Korean word: two syllables; what follows is a particle or an ending as often."""


def is_wide(text: str) -> bool:
    """Whether most of a text is of a script that puts no spaces between words."""
    return not text.isascii() and len(_WIDE.findall(text)) * 2 > len(text)


def stems(text: str) -> set[str]:
    """The beginnings of a text's words; of a script without spaces, its pairs of characters.

    >>> sorted(stems("Fears grow for the ferry")), sorted(stems("大桥关闭"))
    (['fears', 'ferry', 'for', 'grow', 'the'], ['关闭', '大桥', '桥关'])
    >>> sorted(stems("강물이 마을을"))
    ['강물', '마을']
    """
    if is_wide(text):
        wide = "".join(_WIDE.findall(text))
        return {wide[at : at + 2] for at in range(len(wide) - 1)}
    folded = text.casefold()
    words = _WORD.findall(folded)
    if text.isascii() or not _HANGUL.search(folded):  # a curly quote makes most English texts more than ASCII
        return {word[:_STEM] for word in words if len(word) >= _SHORTEST}
    return {word[:2] if _HANGUL.match(word) else word[:_STEM] for word in words if len(word) >= _SHORTEST or _HANGUL.match(word)}


def echo(line: str, following: str) -> float:
    """Share of a line's words that a text holds; 0 where the text is not twice as long as the line.

    >>> echo("Fears grow for ferry", "It was feared on Monday that the ferry would be sold, and for good.")
    0.5
    """
    wanted = stems(line)
    if len(following) < 2 * len(line) or not wanted:
        return 0.0
    return len(wanted & stems(following)) / len(wanted)
