"""What of a text is the article, what belongs to a field, and what is page furniture.

Rules speak first, each by its name; then repeats; then, only on a page that shows furniture, the line model decides over the blocks
that no rule names. Nothing is decided by a part of a sentence: a rule takes whole blocks, or whole spans of them, in the places where it
may speak.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from pipeline.config import StripConfig
from pipeline.forests.expected_f1 import choose, spare
from pipeline.rules.rulebook import RuleBook
from pipeline.spans import Stripped
from pipeline.strip.apply_rules import apply_rules, apply_to_spans, take_addresses, take_beside_fields
from pipeline.strip.author_boxes import take_author_boxes, take_introductions
from pipeline.strip.author_sections import take_author_sections
from pipeline.strip.byline_lines import take_bylines, take_mixed_stamp, take_signature
from pipeline.strip.completeness import completeness, losses
from pipeline.strip.field_lines import (
    take_copyright,
    take_credits,
    take_dateline,
    take_day,
    take_print_marks,
    take_stamps,
)
from pipeline.strip.gallery_lines import take_galleries
from pipeline.strip.gate import shows_furniture
from pipeline.strip.head_lists import take_data_list, take_points_below_stamp
from pipeline.strip.line_cache import Known
from pipeline.strip.line_model import LineModel
from pipeline.strip.markup_copies import take_markup_copies
from pipeline.strip.menu_lines import take_menus
from pipeline.strip.multi_article import is_several
from pipeline.strip.page import Draft, ends_sentence
from pipeline.strip.page_data import take_page_data
from pipeline.strip.parallel_lines import between_prose, is_subheading, whole_runs
from pipeline.strip.picture_lines import take_credits_inside, take_pictures
from pipeline.strip.post_lines import take_posts
from pipeline.strip.press_lines import take_press
from pipeline.strip.repeats import remove_repeats
from pipeline.strip.span_features import SHAPED, Parts
from pipeline.strip.span_model import MODEL_LINE, SpanModel, take_blocks, take_spans
from pipeline.strip.stamp_labels import take_stamp_labels
from pipeline.strip.standfirst_lines import take_standfirst
from pipeline.strip.tail_lines import take_below_end
from pipeline.strip.title_lines import take_headline
from pipeline.text.expressions import expression
from pipeline.text.scripts import UNSPACED_CHARACTER

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["SHAPED", "Draft", "Judges", "Known", "LineModel", "SpanModel", "StripConfig", "prepare", "strip", "strip_blocks"]

_MINOR, _EXTRACT = 3, 60
"""Where the line model would take less than this part of a text, a third, and the text has no more blocks than the second number, the span
model may object: such a text was taken out of its page before. On naive dumps of whole pages, which are longer, objections cost .006
word F1; on texts as scrapers saved them they spare a sixth of the article that is lost."""
_SENTENCE, _SENTENCES = 5, 0.75
"""Words of a sentence that no line model takes out of such a text, nor out of a longer one of which so great a part are sentences (with a
half, naive dumps of the wider web lose .0006 word F1, with three quarters nothing). Of short stories with a few lines of furniture it took
every third sentence (200 invented ones, 3 to 7 sentences each); on texts as scrapers saved them it took 1,700 characters of furniture so,
and 900 of articles."""
_STOP = expression(r"[.।۔][\"'”’»)]?\s|[。！？]")
_UNSPACED_WORD = 2
"""Characters that a word has in a script without spaces."""


class Judges(msgspec.Struct, frozen=True, kw_only=True):
    """Who judges: the rule book, or with its answers to earlier passes over the document; the line model; the span model, if it may."""

    rules: RuleBook | Known
    lines: LineModel
    spans: SpanModel | None


def strip(
    draft: Draft,
    *,
    judges: Judges,
    config: StripConfig,
    print_marks: Sequence[tuple[int, int]] = (),
    headline: str | None = None,
    language: str | None = None,
) -> Stripped:
    """Decide over every block of a text.

    Args:
        draft: The base text with its blocks, in order, from `pipeline.segment`; changed. Without a divider only whole blocks are judged.
        judges: The rule book and the models.
        config: Settings.
        print_marks: Page numbers and running heads of a printed text.
        headline: The title where it is chosen already: a line that says the same moves there, and no line in other words does.
        language: BCP 47 code of the text where known; helps to read dates and names.

    Returns:
        Cuts of blocks' characters only, sorted and disjoint; what no cut covers is kept.
    """
    known = judges.rules if isinstance(judges.rules, Known) else Known(judges.rules)
    take_print_marks(draft, print_marks)
    several = is_several(draft)
    if several:
        if config.rules:
            apply_rules(draft, known)
    else:
        said = strip_blocks(draft, known, judges.lines, config=config, headline=headline, language=language)
        if config.model and config.span_model and judges.spans is not None and draft.is_divided and draft.blocks:
            take_spans(Parts(draft, known, said.scores), judges.spans, said.proposed)
        else:
            take_blocks(draft, said.proposed)
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
    take_page_data(draft)
    take_posts(draft)
    take_copyright(draft)
    take_galleries(draft)
    take_pictures(draft, known)
    take_credits_inside(draft)
    take_press(draft, known)
    apply_rules(draft, known)
    apply_to_spans(draft, known)
    take_menus(draft, known)
    take_stamp_labels(draft, language)
    take_stamps(draft, language)
    take_mixed_stamp(draft, language)
    remove_repeats(draft, config)
    take_markup_copies(draft)
    title = take_headline(draft, config, headline)
    take_bylines(draft, title, language)
    take_day(draft, language)
    take_beside_fields(draft, known)
    take_data_list(draft)
    if title is None:
        take_points_below_stamp(draft)
    take_credits(draft)
    take_addresses(draft)
    take_signature(draft)
    take_author_boxes(draft)
    take_introductions(draft)
    return title


def strip_blocks(
    draft: Draft, known: Known, model: LineModel, *, config: StripConfig, headline: str | None = None, language: str | None = None
) -> LineAnswer:
    """Every step before the span model; returns what the line model said."""
    title = prepare(draft, rules=known, config=config, headline=headline, language=language) if config.rules else None
    answer = _ask_model(draft, model, config, title) if config.model and shows_furniture(draft) else LineAnswer(None, ())
    if config.rules:
        take_author_sections(draft)
        take_below_end(draft)
        take_standfirst(draft, known)
    take_dateline(draft, known)
    return answer


class LineAnswer(NamedTuple):
    """The line model's scores by block, None where it was not asked; the blocks that it would take if the span model does not object."""

    scores: dict[int, int] | None
    proposed: tuple[int, ...]


def _is_sentence(line: str) -> bool:
    """Whether a line is or begins with a sentence that is no label."""
    stop = None if ends_sentence(line) else _STOP.search(line)
    if stop is None and not ends_sentence(line):
        return False
    sentence = line[: stop.start()] if stop else line
    return len(sentence.split()) >= _SENTENCE or len(UNSPACED_CHARACTER.findall(sentence)) >= _SENTENCE * _UNSPACED_WORD


def _ask_model(draft: Draft, model: LineModel, config: StripConfig, title: int | None) -> LineAnswer:
    """Take out the open blocks that the line model scores as furniture; where they are the smaller part of the text, only propose them.

    The line model was taught on whole pages. Of a text that somebody took out of its page before, it finds the weakest paragraphs too;
    so no sentence leaves a text of few blocks, or of little but sentences, by its word.
    """
    opened = [index for index in draft.open_blocks() if draft.blocks[index].kind not in SHAPED]
    scores, words = model.judge(draft, title, opened)
    chosen = spare(scores, choose(scores, words, config.line_spread))
    gone = {index for index, keep in zip(opened, chosen.tolist(), strict=True) if not keep}
    stays = {*whole_runs(draft, gone), *between_prose(draft, gone, dict(zip(opened, scores.tolist(), strict=True)))}
    sentences = {index for index, line in enumerate(draft.lines) if draft.prose[index] or _is_sentence(line)}
    if len(draft.blocks) <= _EXTRACT or len(sentences) >= _SENTENCES * len(draft.blocks):
        stays |= sentences & gone
    proposed = []
    for index, score, chose in zip(opened, scores.tolist(), chosen.tolist(), strict=True):
        keep = chose or index in stays
        draft.note(index, MODEL_LINE, "keep" if keep else "remove", score)
        if not keep:
            proposed.append(index)
    answer = dict(zip(opened, scores.tolist(), strict=True))
    few = sum(len(draft.lines[index]) for index in proposed) * _MINOR <= sum(map(len, draft.lines))
    if few and len(draft.blocks) <= _EXTRACT:
        return LineAnswer(answer, tuple(index for index in proposed if not is_subheading(draft, index, proposed)))
    take_blocks(draft, proposed)
    return LineAnswer(answer, ())
