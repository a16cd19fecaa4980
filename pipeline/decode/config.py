"""Settings of the decoding stage."""

from __future__ import annotations

import msgspec


class DecodeConfig(msgspec.Struct, frozen=True, kw_only=True):
    """How bytes become characters.

    Attributes:
        prescan_bytes: how many leading bytes of an HTML page are searched for a charset declaration. The HTML standard says 1,024;
            pages with long scripts before their `meta` element are common enough to look further.
        detect_bytes: how many bytes of lines with high bytes the detectors read when nothing else decides.
        max_unreadable_percent: a document with a larger share of unreadable characters is refused as `undecodable`.
    """

    prescan_bytes: int = 8_192
    detect_bytes: int = 32_768
    max_unreadable_percent: int = 20
