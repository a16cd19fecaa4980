"""Settings of the search for duplicates."""

from __future__ import annotations

import msgspec


class DuplicatesConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What counts as the same story. `docs/duplicates.md` shows the measurements behind the defaults.

    Attributes:
        least_words: Shortest text, in words of the match key, that can be a near copy or a version of a wire story; shorter ones have
            exact copies only.
        near_similarity: Percentage of the shingles of both texts together that near copies share at least (Jaccard similarity).
        near_containment: Percentage of the shingles of the shorter text that make it a near copy of the longer one or of a part of it.
        near_coverage: The same for its words that stand in passages of both; texts of many short lines in another order reach only this.
        wire_coverage: Percentage of the words of the shorter text that stand in passages of both, at least, for a wire story.
        wire_passages: How many such passages there are, at least: one quotation or one paragraph of background is no story.
        wire_spread: In how many tenths of the shorter text they stand, at least.
        wire_quotations: So many shared quotations make a wire story by themselves, where the passages are at least half of `wire_coverage`.
        wire_names: Percentage of the names and numbers of one text that the other has too, at least.
        common_records: A phrase that stands in so many records does not count where most of those that share it tell different stories.
    """

    least_words: int = 20
    near_similarity: int = 50
    near_containment: int = 66
    near_coverage: int = 80
    wire_coverage: int = 12
    wire_passages: int = 4
    wire_spread: int = 5
    wire_quotations: int = 3
    wire_names: int = 40
    common_records: int = 4
