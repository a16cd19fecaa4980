"""datatrove runs our steps: what is cleaned, what is dropped and why, and what a build holds."""

from __future__ import annotations

import json
import pickle
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from build_helpers import records
from datatrove.data import Document
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.writers import JsonlWriter

from copydesk import Config, clean
from copydesk.adapters.datatrove import CopydeskFilter, CopydeskReader

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# Libraries of others have threads of their own when a document is cleaned in a child; Python 3.12 and later warn of that.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")

PAGE = "<html><body><nav><a href=/>Home</a></nav><article><h1>Snow</h1><p>{}</p></article></body></html>"
SNOW = "Snow closed the pass on Tuesday, the police said, and drivers have to take the tunnel until the weekend."


def documents() -> list[Document]:
    told = {"url": "https://example.org/1", "date": "2026-11-30T10:00:00Z"}
    return [
        Document(SNOW + "\n\nShare this article", "one", metadata=dict(told)),
        Document("", "two"),
        Document("Share this article", "three", metadata={"kept": "by us"}),
        Document(SNOW + " \ud800", "four"),
    ]


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_document_becomes_its_record_and_one_that_is_dropped_keeps_its_reason(tmp_path: Path) -> None:
    excluded = JsonlWriter(str(tmp_path / "excluded"), compression=None)
    step = CopydeskFilter(exclusion_writer=excluded, batch_size=3, source="dump")
    kept = list(pickle.loads(pickle.dumps(step)).run(iter(documents())))
    assert [doc.id for doc in kept] == ["one", "four"]
    record = json.loads(kept[0].metadata["record"])
    assert kept[0].text == record["text"] == SNOW
    assert (record["source"], record["url"]) == ("dump", "https://example.org/1")
    assert record["provenance"]["raw"]["locator"] == "one"
    assert record["provenance"]["raw"]["fetched_at"] == "2026-11-30T10:00:00Z"
    rows: list[dict[str, Any]] = [row for path in (tmp_path / "excluded").iterdir() for row in lines(path)]
    told = {row["id"]: row for row in rows}
    assert (told["two"]["metadata"]["filter_reason"], told["three"]["metadata"]["filter_reason"]) == ("empty", "no_article")
    assert told["three"]["text"] == "Share this article"
    assert told["three"]["metadata"]["kept"] == "by us"
    assert told["three"]["metadata"]["filter_detail"]


def test_a_page_is_cleaned_as_clean_does_it_with_the_callers_settings() -> None:
    config = Config.of({"emit.removed_text": "false"})
    doc = Document(PAGE.format(SNOW), "page")
    assert CopydeskFilter("html", config=config).filter(doc) is True
    article = clean(PAGE.format(SNOW), media_type="text/html", locator="page", config=config)
    assert doc.metadata["record"].encode() == msgspec.json.encode(article)


def test_a_whole_pipeline_reads_a_build_and_writes_what_stays(finished: Callable[..., tuple[Path, Path]], tmp_path: Path) -> None:
    _, made = finished(tmp_path, ["coast/a.txt", "coast/b.txt", "hills/c.txt"])
    steps = [CopydeskReader(str(made)), CopydeskFilter(), JsonlWriter(str(tmp_path / "out"), compression=None)]
    executor = LocalPipelineExecutor(steps, tasks=2, workers=1, logging_dir=str(tmp_path / "logs"))
    executor.run()
    rows = [row for path in sorted((tmp_path / "out").iterdir()) for row in lines(path)]
    assert {row["id"]: row["text"] for row in rows} == {record["id"]: record["text"] for record in records(made)}
    found = list(CopydeskReader(str(made)).run())
    assert {doc.metadata["provenance"]["raw"]["locator"] for doc in found} == {"coast/a.txt", "coast/b.txt", "hills/c.txt"}
    marks = [doc.metadata["duplicates"] for doc in found]
    assert sum(mark["representative"] for mark in marks) == len(list(CopydeskReader(str(made), representatives=True).run())) == 1
    assert len(list(CopydeskReader(str(made), limit=1).run())) == 1


def test_a_reader_of_no_build_says_so(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="No files found"):
        list(CopydeskReader(str(tmp_path)).run())
