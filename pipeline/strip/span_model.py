"""The span model: which parts of the text that is left are no running text of the article, whatever kind of text it is."""

from __future__ import annotations

import base64
from importlib import resources
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from pipeline.forests.cascade import StagedForest, StagedSpec, load_staged
from pipeline.spans import Cut, Finding
from pipeline.strip.span_choice import leave
from pipeline.strip.span_features import SPAN_FEATURES, Parts, look, span_features
from pipeline.strip.span_words import BITS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.strip.page import Draft
    from pipeline.text.characters import Ints

SPAN_FORMAT = "copydesk-spans-1"
MODEL_LINE, MODEL_SPAN = "model.line", "model.span"
OBJECTION = 0
"""Mean score of a block, in thousandths of log odds, above which the line model may not take it: out of fold, on texts as scrapers saved
them, this spares a sixth of all article that leaves and keeps 1% of the furniture."""


class SpanModelFile(msgspec.Struct, frozen=True, kw_only=True):
    """A model file: a forest, and the scores of hashed words of spans and of headings, one signed byte each, in base 64."""

    format: str
    table: str
    sections: str
    forest: StagedSpec


class SpanModel(msgspec.Struct, frozen=True, kw_only=True):
    """A forest over `SPAN_FEATURES`, and the tables that some of them are read from; above 0 a score says that a span is article."""

    table: np.ndarray
    sections: np.ndarray
    forest: StagedForest

    @classmethod
    def read(cls, data: bytes | None = None) -> SpanModel:
        """Read a model file, or the one that comes with the package.

        Raises:
            ValueError: The file is damaged or was trained on other features.
        """
        try:
            file = msgspec.json.decode(
                data or (resources.files("pipeline") / "models" / "text_spans.json").read_bytes(), type=SpanModelFile
            )
        except msgspec.MsgspecError as error:
            raise ValueError(f"not a span model: {error}") from error
        if file.format != SPAN_FORMAT:
            raise ValueError("the span model is of another format")
        table, sections = (np.frombuffer(base64.b64decode(part), dtype=np.int8) for part in (file.table, file.sections))
        if len(table) != 1 << BITS or len(sections) != 1 << BITS:
            raise ValueError("the span model's tables are of another size")
        return cls(table=table, sections=sections, forest=load_staged(file.forest, SPAN_FEATURES))

    def judge(self, parts: Parts, asked: np.ndarray) -> Ints:
        """Score the spans of the numbers in `asked`, in order: above 0 for article, below for furniture, in thousandths of log odds."""
        scores: Ints = self.forest.score(span_features(parts, look(parts), self.table, self.sections)[asked]).astype(np.int32)
        return scores


def take_blocks(draft: Draft, proposed: Iterable[int]) -> None:
    """Take out whole blocks that the line model scored as furniture, and that nothing has moved since."""
    for block in proposed:
        if draft.is_open(block):
            draft.remove(block, "unscored", MODEL_LINE)


def take_spans(parts: Parts, model: SpanModel, proposed: Sequence[int] = ()) -> None:
    """Take out the spans that the model is sure of, and the blocks that the line model proposed and this one does not object to.

    A block that loses all of its spans goes as a whole.
    """
    draft = parts.draft
    asked = np.flatnonzero(parts.open())
    scores = model.judge(parts, asked) if len(asked) else np.zeros(0, np.int32)
    agreed = [block for block, mean in zip(proposed, _means(parts, asked, scores, proposed), strict=True) if mean < OBJECTION]
    left = ~np.isin(parts.block[asked], agreed)
    asked, scores = asked[left], scores[left]
    take_blocks(draft, agreed)
    gone = leave(parts, asked, scores)
    for index in np.flatnonzero(scores < 0).tolist():
        start, end = int(parts.starts[asked[index]]), int(parts.ends[asked[index]])
        verdict = "remove" if gone[index] else "keep"
        draft.findings.append(Finding(start=start, end=end, rule=MODEL_SPAN, verdict=verdict, score=int(scores[index])))
    taken = np.zeros(len(parts.starts), bool)
    taken[asked[gone]] = True
    _cut(parts, taken)


def _means(parts: Parts, asked: np.ndarray, scores: Ints, blocks: Sequence[int]) -> list[int]:
    """The mean score of each block's characters."""
    size = (parts.ends - parts.starts)[asked].astype(np.int64)
    total = np.concatenate([[0], np.cumsum(scores * size)])
    chars = np.concatenate([[0], np.cumsum(size)])
    owner = parts.block[asked]
    low, high = np.searchsorted(owner, blocks), np.searchsorted(owner, blocks, side="right")
    means: list[int] = ((total[high] - total[low]) // np.maximum(chars[high] - chars[low], 1)).tolist()
    return means


def _cut(parts: Parts, taken: np.ndarray) -> None:
    """Cut spans out of their blocks."""
    draft = parts.draft
    for block in np.unique(parts.block[taken]).tolist():
        inside = range(*np.searchsorted(parts.block, [block, block + 1]).tolist())
        held = taken[inside.start : inside.stop]
        if held.all() and block not in draft.parts:
            draft.remove(block, "unscored", MODEL_SPAN)
            continue
        edges = np.flatnonzero(np.diff(np.concatenate([[False], held, [False]]).astype(np.int8)))
        for first, after in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
            start, end = int(parts.starts[inside[first]]), int(parts.ends[inside[after - 1]])
            draft.cut_part(Cut(start=start, end=end, rule=MODEL_SPAN, kind="unscored"), block)
