"""Clean naive dumps with models that never saw their site: segment and strip alone, without decoding, normalising or fields.

`training.oof` composes the whole pipeline; this is the text side by itself, quick to run while rules and models change.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from pipeline.edits.compose import apply
from pipeline.edits.layout import lay_out
from pipeline.rules.rulebook import RuleBook, load
from pipeline.segment import PairModel, SegmentConfig, Segmented, segment
from pipeline.segment.line_spans import divide
from pipeline.strip import Draft, Judges, Known, LineModel, SpanModel, StripConfig, strip
from training import text_lines, text_pairs, text_spans
from training.model_files import fold_model

if TYPE_CHECKING:
    from pipeline.spans import Cut, Stripped

MOST_PASSES = 12


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What remains of a text, and what left it in the first pass, as strings by field."""

    text: str
    passes: int
    moved: dict[str, list[str]]

    def to_dict(self) -> dict[str, list[str]]:
        """The moved fields, as the benchmark reads them."""
        return self.moved


@functools.cache
def rule_book() -> RuleBook:
    """The built-in rules."""
    return load()


@functools.cache
def models(fold: int | None, *, spans: bool = False) -> tuple[PairModel, LineModel, SpanModel | None]:
    """The models that never saw a fold's sites, the shipped ones for None; the model of spans only where it is asked for."""
    if fold is None:
        return PairModel.read(), LineModel.read(), SpanModel.read() if spans else None
    pairs = fold_model(text_pairs.FOLD_FILE, fold).read_bytes()
    lines = fold_model(text_lines.FOLD_FILE, fold).read_bytes()
    span_model = SpanModel.read(fold_model(text_spans.FOLD_FILE, fold).read_bytes()) if spans else None
    return PairModel.read(pairs), LineModel.read(lines), span_model


def one_pass(text: str, fold: int | None, config: StripConfig, known: Known | None = None) -> tuple[str, Segmented, Stripped]:
    """Segment and strip once; `known` holds what earlier passes over the document found out about its lines."""
    pairs, lines, span_model = models(fold, spans=config.span_model)
    segmented = segment(text, model=pairs, config=SegmentConfig())
    divider = partial(divide, text, segmented.blocks, None)
    judges = Judges(rules=known or rule_book(), lines=lines, spans=span_model)
    stripped = strip(Draft(text, segmented.blocks, divider), judges=judges, config=config, print_marks=segmented.print_marks)
    return render(text, segmented, stripped.cuts), segmented, stripped


def render(text: str, segmented: Segmented, cuts: tuple[Cut, ...]) -> str:
    """What no cut covers, laid out as the pipeline does it."""
    return apply(text, lay_out(text, segmented.blocks, cuts, segmented.joins).ops)


def clean_text_oof(text: str, fold: int | None, config: StripConfig | None = None) -> Cleaned:
    """Segment and strip until nothing changes, with the models of a fold."""
    chosen = config or StripConfig()
    moved: dict[str, list[str]] = {}
    known = Known(rule_book())
    for count in range(1, MOST_PASSES + 1):
        new, _, stripped = one_pass(text, fold, chosen, known)
        for cut in stripped.cuts:
            if cut.target is not None:
                moved.setdefault(cut.target.field, []).append(text[cut.start : cut.end])
        if new == text:
            return Cleaned(new, count, moved)
        text = new
    return Cleaned(text, MOST_PASSES, moved)
