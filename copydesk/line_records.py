"""Records as those read them who look for lines that recur: the miner of rules, and the pages of a site."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from copydesk.sites import site_of
from pipeline.rules.mine import Seen

if TYPE_CHECKING:
    from collections.abc import Iterable


class _Language(msgspec.Struct, frozen=True):
    code: str


class _Block(msgspec.Struct, frozen=True):
    start: int
    end: int


class _Gone(msgspec.Struct, frozen=True):
    text: str | None


class LineRecord(msgspec.Struct, frozen=True):
    """What the search needs of a record; the rest of the line is not decoded."""

    id: str
    source: str
    url: str | None
    canonical_url: str | None
    language: _Language | None
    text: str
    blocks: tuple[_Block, ...]
    removed: tuple[_Gone, ...]

    def kept(self) -> Seen:
        """Return the lines that stayed, a block a line."""
        return self._seen(self.text[block.start : block.end] for block in self.blocks)

    def gone(self) -> Seen:
        """Return the lines that were removed."""
        return self._seen(gone.text or "" for gone in self.removed)

    def _seen(self, texts: Iterable[str]) -> Seen:
        site = site_of(self.canonical_url, self.url, self.source)
        language = self.language.code if self.language else "und"
        return Seen(self.id, site, language, tuple(text.replace("\n", " ") for text in texts))
