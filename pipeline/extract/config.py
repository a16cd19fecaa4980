"""The settings of HTML extraction."""

from __future__ import annotations

from typing import Literal

import msgspec


class ExtractConfig(msgspec.Struct, frozen=True, kw_only=True):
    """The section `[extract]`.

    Attributes:
        engine: who decides which blocks are the article: `blocks`, the model shipped with copydesk, or `trafilatura`, whose output
            is only looked up: blocks that it contains are kept. The text is ours in both cases.
        max_chars: a longer page is rejected as `too_large`.
        max_nodes: a page with more tags is rejected as `too_large`.
        max_depth: a page with block-level elements nested deeper is rejected as `too_deep`. The walk itself is linear at any depth.
        threshold: added to the page's own threshold, in thousandths of log odds: a higher value keeps less.
        min_words: a page with fewer words in its kept blocks has no article (a Chinese or Japanese character counts as half a word).
    """

    engine: Literal["blocks", "trafilatura"] = "blocks"
    max_chars: int = 30_000_000
    max_nodes: int = 1_000_000
    max_depth: int = 5_000
    threshold: int = 100
    min_words: int = 10
