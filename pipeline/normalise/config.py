"""Settings of the normalising stage."""

from __future__ import annotations

from typing import Literal

import msgspec

Variety = Literal["en-US", "en-GB", "en-GB-oxendict", "en-CA", "en-AU", "keep"]


class NormaliseConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What the normaliser may change; the defaults change only what is certain.

    Attributes:
        variety: the spelling that English body text arrives in; `keep` leaves every word as written.
        misspellings: whether misspelt words with one possible reading are corrected.
        mojibake: whether text that was decoded with the wrong charset is repaired.
        entities: whether character references left in the text are decoded.
        quotes: `straight` turns curly quotation marks into ASCII ones.
        widths: `fold` turns full-width ASCII and half-width kana into their normal forms.
        ligatures: `fold` spells out the Latin ligatures U+FB00..U+FB06.
        bidi: `safe` removes directional controls where nothing is written from right to left, and overrides everywhere;
            `remove` removes all; `keep` none.
        zero_width: `safe` keeps joiners where the script or an emoji sequence needs them; `remove` removes all; `keep` none.
        soft_hyphens: whether soft hyphens are removed.
        spaces: whether other spaces become a plain space and runs of spaces one.
    """

    variety: Variety = "en-US"
    misspellings: bool = True
    mojibake: bool = True
    entities: bool = True
    quotes: Literal["keep", "straight"] = "keep"
    widths: Literal["keep", "fold"] = "keep"
    ligatures: Literal["keep", "fold"] = "keep"
    bidi: Literal["safe", "remove", "keep"] = "safe"
    zero_width: Literal["safe", "remove", "keep"] = "safe"
    soft_hyphens: Literal["remove", "keep"] = "remove"
    spaces: Literal["plain", "keep"] = "plain"
