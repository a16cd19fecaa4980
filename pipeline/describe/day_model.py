"""The day of publication, chosen by a small forest from the evidence of every day that a page names.

The forest learned from annotated pages which day readers call that of publication (`training.field_days`); it runs in integers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from pipeline.describe.day_evidence import Day, day_features, days_of, evidence
from pipeline.forests.model_files import read_model, shipped
from pipeline.forests.trees import Forest, ForestSpec, load_forest
from pipeline.spans import ScoredDay

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.lines.dates import Order
    from pipeline.spans import Candidate

FILE = "field_days.json"
FORMAT = "copydesk-days-1"


class DayModelFile(msgspec.Struct, frozen=True, kw_only=True):
    """The model's file.

    Attributes:
        format: `FORMAT`.
        forest: scores a day; its columns are those of `day_features`.
        least: the lowest score with which a day is given, in the forest's units; below it the page names no day.
    """

    format: str
    forest: ForestSpec
    least: int


class DayModel(msgspec.Struct, frozen=True, kw_only=True):
    """The model, ready to run."""

    forest: Forest
    least: int

    @classmethod
    def read(cls, data: bytes | None = None) -> DayModel:
        """Return a model from its file's bytes; without them, the one that ships.

        Raises:
            ValueError: the file is damaged, or has other columns than this code.
        """
        file = read_model(data or shipped().joinpath(FILE).read_bytes(), DayModelFile, FORMAT, "model of days")
        if file.forest.features != day_features():
            raise ValueError("the model of days has other columns than this code: train it again")
        return cls(forest=load_forest(msgspec.json.encode(file.forest)), least=file.least)

    def judge(self, days: Sequence[Day], *, headline: int, news: bool) -> tuple[ScoredDay, ...]:
        """Return every day with its score; arguments as `evidence`."""
        if not days:
            return ()
        rows = evidence(days, headline=headline, news=news)
        names = day_features()
        return tuple(
            ScoredDay(day=day.day, score=int(score), evidence={names[at]: int(row[at]) for at in row.nonzero()[0]})
            for day, score, row in zip(days, self.forest.score(rows), rows, strict=True)
        )


def best_day(
    model: DayModel,
    candidates: Iterable[Candidate],
    *,
    language: str | None,
    order: Order | None,
    fetched_at: str | None,
    headline: int,
    news: bool,
) -> tuple[Day | None, tuple[ScoredDay, ...]]:
    """Return the day of publication, None where no day is likely enough or declared, of equals the earlier; and all days with their scores.

    A day that a sentence calls that of the first publication ("originally published on 26 Sep 2019") is not weighed.

    Args:
        model: what scores days.
        candidates: as for `days_of`, like `language`, `order` and `fetched_at`.
        language: for month names.
        order: for dates in digits.
        fetched_at: ISO time of fetching.
        headline: where the headline begins; -1 where none was found.
        news: the page says that it is a news article.
    """
    days = days_of(candidates, language=language, order=order, fetched_at=fetched_at)
    scored = model.judge(days, headline=headline, news=news)
    told = next((day for day in days if any(candidate.source == "line-first" for candidate, _ in day.candidates)), None)
    if told is not None:
        return told, scored
    best = max(range(len(days)), key=lambda index: (scored[index].score, -index), default=None)
    if best is None or (scored[best].score < model.least and not _is_declared(days[best])):
        return None, scored
    return days[best], scored


def _is_declared(day: Day) -> bool:
    """Return whether metadata that machines read call a day that of publication: such a day is given however likely it looks."""
    return any(candidate.field == "published" and candidate.source in _DECLARING for candidate, _ in day.candidates)


_DECLARING = frozenset({"json-ld", "og", "microdata", "citation", "meta"})
