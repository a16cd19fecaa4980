"""What of a text is the article, what belongs to a field, and what is page furniture.

Rules speak first, each by its name; then repeats; then, only on a page that shows furniture, the line model decides over the blocks
that no rule names. Nothing is decided by a part of a sentence: a rule takes whole blocks, in the places where it may speak.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.config import StripConfig
from pipeline.forests.expected_f1 import choose, spare
from pipeline.spans import Stripped
from pipeline.strip.apply_rules import apply_rules
from pipeline.strip.completeness import completeness, losses
from pipeline.strip.field_lines import take_bylines, take_copyright, take_credits, take_dateline, take_stamps
from pipeline.strip.gate import shows_furniture
from pipeline.strip.line_cache import Known
from pipeline.strip.line_model import LineModel
from pipeline.strip.multi_article import is_several
from pipeline.strip.page import Draft
from pipeline.strip.picture_lines import take_pictures
from pipeline.strip.post_lines import take_posts
from pipeline.strip.repeats import remove_repeats
from pipeline.strip.title_lines import take_headline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.rules.rulebook import RuleBook
    from pipeline.spans import Block

__all__ = ["SHAPED", "Draft", "Known", "LineModel", "StripConfig", "prepare", "strip"]

UNSCORED = "model.line"
SHAPED = ("table", "code", "preformatted")
"""Kinds that the line model never takes: it was trained on lines of prose and furniture, and a table's rows look like neither."""


def strip(
    text: str,
    blocks: Sequence[Block],
    *,
    rules: RuleBook | Known,
    model: LineModel,
    config: StripConfig,
    headline: str | None = None,
    language: str | None = None,
) -> Stripped:
    """Decide over every block of a text.

    Args:
        text: The base text.
        blocks: Its blocks, in order, from `pipeline.segment`.
        rules: The rule book, or with its answers to earlier passes over the document.
        model: The line model.
        config: Settings.
        headline: The title where it is chosen already: a line that says the same moves there, and no line in other words does.
        language: BCP 47 code of the text where known; helps to read dates and names.

    Returns:
        Cuts of block characters only, sorted and disjoint; what no cut covers is kept.
    """
    draft = Draft(text, blocks)
    known = rules if isinstance(rules, Known) else Known(rules)
    several = is_several(draft)
    if several:
        if config.rules:
            apply_rules(draft, known)
    else:
        title = prepare(draft, rules=known, config=config, headline=headline, language=language) if config.rules else None
        if config.model and shows_furniture(draft):
            _ask_model(draft, model, config, title)
        take_dateline(draft)
    return Stripped(
        cuts=tuple(sorted(draft.cuts, key=lambda cut: cut.start)),
        items=tuple(draft.items),
        findings=tuple(draft.findings),
        warnings=losses(draft, config),
        page_kind="multiple" if several else "article",
        completeness=completeness(draft),
    )


def prepare(
    draft: Draft, *, rules: RuleBook | Known, config: StripConfig, headline: str | None = None, language: str | None = None
) -> int | None:
    """Every step before the line model; returns the title's block."""
    known = rules if isinstance(rules, Known) else Known(rules)
    take_posts(draft)
    take_copyright(draft)
    take_pictures(draft, known)
    apply_rules(draft, known)
    take_stamps(draft, language)
    remove_repeats(draft, config)
    title = take_headline(draft, config, headline)
    take_bylines(draft, title, language)
    take_credits(draft)
    return title


def _ask_model(draft: Draft, model: LineModel, config: StripConfig, title: int | None) -> None:
    """Take out the open blocks that the model scores as furniture."""
    opened = [index for index in draft.open_blocks() if draft.blocks[index].kind not in SHAPED]
    scores, words = model.judge(draft, title, opened)
    chosen = spare(scores, choose(scores, words, config.line_spread))
    for index, score, keep in zip(opened, scores.tolist(), chosen.tolist(), strict=True):
        draft.note(index, UNSCORED, "keep" if keep else "remove", score)
        if not keep:
            draft.remove(index, "unscored", UNSCORED)
