"""The model of days: what it reads of a page, and what it refuses."""

from __future__ import annotations

import msgspec
import pytest

from pipeline.describe.day_evidence import day_features, days_of, evidence
from pipeline.describe.day_model import FILE, DayModel, DayModelFile, best_day
from pipeline.forests.model_files import shipped
from pipeline.spans import Candidate


def candidate(field: str, value: str, source: str, start: int = -1) -> Candidate:
    return Candidate(field=field, value=value, source=source, start=start, end=start + len(value) if start >= 0 else -1)


def days(*candidates: Candidate) -> list[str]:
    return [day.day for day in days_of(candidates, language="en", order=None, fetched_at=None)]


def test_candidates_of_one_day_stand_together() -> None:
    found = days_of(
        (candidate("published", "2020-05-03T10:00:00+02:00", "json-ld"), candidate("date", "3 May 2020", "line", 40)),
        language="en",
        order=None,
        fetched_at=None,
    )
    assert [day.day for day in found] == ["2020-05-03"]
    moment = found[0].moment()
    assert (moment.iso, moment.source, moment.derived, moment.printed) == ("2020-05-03T10:00:00+02:00", "json-ld", False, False)
    row = dict(zip(day_features(), evidence(found, headline=0, news=True)[0].tolist(), strict=True))
    assert row["published json-ld"] == row["date line"] == row["news"] == 1
    assert (row["sources"], row["days"], row["from the headline"]) == (2, 1, 40)


def test_what_is_no_day_of_publication() -> None:
    told = candidate("published", "2020-05-03", "json-ld")
    assert days(told, candidate("modified", "2021-05-03", "json-ld")) == ["2020-05-03"]
    assert days(candidate("modified", "2021-05-03", "json-ld")) == ["2021-05-03"]
    assert days(told, candidate("date", "2019-01-01", "line-loose", 9)) == ["2020-05-03"]
    assert days(told, candidate("date", "2020-05-04", "line-loose", 9)) == ["2020-05-03", "2020-05-04"]
    assert days(candidate("published", "2026-03-09", "og"), candidate("published", "2021-02-16", "meta")) == ["2021-02-16"]
    assert days(candidate("published", "1970-01-01", "og"), candidate("published", "soon", "meta")) == []


def test_a_day_below_the_least_score_is_none() -> None:
    model = DayModel.read()
    told = (candidate("published", "2020-05-03", "json-ld"), candidate("date", "3 May 2020", "line", 40))
    day, scored = best_day(model, told, language="en", order=None, fetched_at=None, headline=0, news=True)
    assert day is not None
    assert [one.day for one in scored] == ["2020-05-03"]
    assert scored[0].score >= model.least
    strict = msgspec.structs.replace(model, least=scored[0].score + 1)
    assert best_day(strict, told, language="en", order=None, fetched_at=None, headline=0, news=True) == (day, scored)  # declared
    never = msgspec.structs.replace(model, least=2**31 - 1)
    seen = model.judge(days_of(told[1:], language="en", order=None, fetched_at=None), headline=0, news=True)
    assert best_day(never, told[1:], language="en", order=None, fetched_at=None, headline=0, news=True) == (None, seen)
    assert best_day(model, (), language="en", order=None, fetched_at=None, headline=-1, news=False) == (None, ())


def test_the_order_of_candidates_from_the_markup_decides_ties_only() -> None:
    told = (
        candidate("published", "2020-05-03", "json-ld"),
        candidate("date", "4 May 2020", "line", 40),
        candidate("date", "9 May 2020", "line", 90),
    )
    first = best_day(DayModel.read(), told, language="en", order=None, fetched_at=None, headline=0, news=False)[0]
    other = best_day(DayModel.read(), told[::-1], language="en", order=None, fetched_at=None, headline=0, news=False)[0]
    assert first is not None
    assert other is not None
    assert first.day == other.day


def test_a_model_of_other_columns_is_refused() -> None:
    file = msgspec.json.decode(shipped().joinpath(FILE).read_bytes(), type=DayModelFile)
    other = msgspec.structs.replace(file, forest=msgspec.structs.replace(file.forest, features=("a", *file.forest.features[1:])))
    with pytest.raises(ValueError, match="other columns"):
        DayModel.read(msgspec.json.encode(other))
