"""Foldings that the configuration may ask for: straight quotes, plain widths, spelt-out ligatures."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from pipeline.edits.compose import Op
from pipeline.text.expressions import expression

if TYPE_CHECKING:
    from pipeline.config import NormaliseConfig

_QUOTES: Final = {"‘": "'", "’": "'", "‚": "'", "‛": "'", "“": '"', "”": '"', "„": '"', "‟": '"'}
_QUOTE: Final = expression("[" + "".join(_QUOTES) + "]")
_WIDTH: Final = expression("[\uff01-\uff5e\u3000]|[\uff61-\uff9f]+")
_LIGATURE: Final = expression("[\ufb00-\ufb06]")


def fold_typography(text: str, config: NormaliseConfig) -> list[Op]:
    """Apply the foldings that are switched on.

    >>> from pipeline.config import NormaliseConfig
    >>> fold_typography("“ﬁn”", NormaliseConfig(ligatures="fold"))
    [Op(start=1, end=2, replacement='fi', rule='typography.ligature', target=None)]
    """
    changes = []
    if config.quotes == "straight":
        changes += [Op(m.start(), m.end(), _QUOTES[m.group()], "typography.quote") for m in _QUOTE.finditer(text)]
    if config.widths == "fold":
        changes += [Op(m.start(), m.end(), unicodedata.normalize("NFKC", m.group()), "typography.width") for m in _WIDTH.finditer(text)]
    if config.ligatures == "fold":
        changes += [
            Op(m.start(), m.end(), unicodedata.normalize("NFKC", m.group()), "typography.ligature") for m in _LIGATURE.finditer(text)
        ]
    return sorted(changes, key=lambda change: change.start)
