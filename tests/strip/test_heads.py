"""What stands above and below a scraped story: the names of who wrote and edited it, its day; and what only looks so."""

import json
from pathlib import Path

import pytest

from pipeline import clean

CASES = json.loads((Path(__file__).parents[1] / "cases" / "strip" / "heads.json").read_text(encoding="utf-8"))
BODY = [
    "The ferry office said on Monday that the bridge over the Orrin will be closed for repairs until the end of the year.",
    "Two lanes will stay free for buses, and the boats will run every twenty minutes from six in the morning until midnight.",
    "Nobody on the east bank was asked, said the owner of the mill, who fears for his customers and for his garden.",
    "The work costs nine million, of which the valley pays a third; the rest comes from the coast, the office said.",
]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_heads(case):
    record = clean("\n".join([*case["head"], *BODY, *case["tail"]]), media_type="text/plain")
    assert record.text.split("\n\n") == [*case["stays"], *BODY, *case["ends"]]
    assert [author.name for author in record.authors] == case["authors"]
    assert (record.title, record.published_raw) == (case["title"], case["published"])
    assert clean(record.text, media_type="text/plain").text == record.text
