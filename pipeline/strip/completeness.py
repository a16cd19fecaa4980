"""What can be said of the whole text once every block has its verdict: is it all there, and what was lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.records import QualityWarning

if TYPE_CHECKING:
    from pipeline.config import StripConfig
    from pipeline.records import Completeness
    from pipeline.strip.page import Draft

LARGE_LOSS = "large_loss"
MIDDLE_LOSS = "middle_loss"
_DOUBTFUL = frozenset({"unscored", "related", "promo", "comments", "paywall", "newsletter", "teaser"})
_WALL_REACH = 4
_SHORT_BODY = 1500


def losses(draft: Draft, config: StripConfig) -> tuple[QualityWarning, ...]:
    """Warn of a text that lost much of its prose, and of prose that went missing between two kept paragraphs.

    Returns:
        `large_loss` over the whole text when more than `warn_share` percent of the characters of prose are gone without being a repeat;
        `middle_loss` with the span of every removed prose block that stands between kept prose.
    """
    prose = [index for index, is_prose in enumerate(draft.prose) if is_prose]
    gone = [index for index in prose if draft.verdict[index] in _DOUBTFUL]
    if not gone:
        return ()
    size = {index: len(draft.lines[index]) for index in prose}
    kept = [index for index in prose if not draft.verdict[index]]
    found: list[QualityWarning] = []
    if sum(size[index] for index in gone) * 100 > config.warn_share * sum(size.values()):
        found.append(QualityWarning(code=LARGE_LOSS, base_start=draft.blocks[0].start, base_end=draft.blocks[-1].end))
    if kept:
        found += [
            QualityWarning(code=MIDDLE_LOSS, base_start=draft.blocks[index].start, base_end=draft.blocks[index].end)
            for index in gone
            if kept[0] < index < kept[-1]
        ]
    return tuple(found)


def completeness(draft: Draft) -> Completeness:
    """Say whether the text is whole: "empty" when nothing is kept, "paywalled" or "teaser" when a short body ends before such a prompt."""
    kept = draft.open_blocks()
    if not kept:
        return "empty"
    size = sum(len(draft.lines[index]) for index in kept)
    if size > _SHORT_BODY:
        return "full"
    after = draft.verdict[kept[-1] + 1 : kept[-1] + 1 + _WALL_REACH]
    if "paywall" in after:
        return "paywalled"
    if "teaser" in after[:1] or draft.lines[kept[-1]].endswith(("...", "…", "[…]", "[...]")):
        return "teaser"
    return "full"
