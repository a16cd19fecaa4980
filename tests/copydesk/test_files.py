"""What names mean, and the files that they lead to: in this process, and in several."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import copydesk.files
import copydesk.inputs
import pipeline.ledger
from copydesk.files import clean_file, clean_files
from copydesk.inputs import Input, Told, found_in, inputs, sampled
from pipeline import clean
from pipeline.config import Config
from pipeline.ingest.found import Document
from pipeline.rejected import Rejected
from tasks.core.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.ingest.found import Found, Source

STORY = "Snow on the pass {0}\n\nSnow closed pass {0} on Tuesday, the police said, and drivers have to take the tunnel until the weekend.\n"


@pytest.fixture
def pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files of all kinds in a folder of the working folder."""
    folder = tmp_path / "pages"
    (folder / "deep").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    (folder / "a.txt").write_text(STORY.format(1), encoding="utf-8")
    (folder / "deep" / "b.txt.gz").write_bytes(gzip.compress(STORY.format(2).encode()))
    (folder / "deep" / "urls.tsv").write_text("b.txt.gz\thttps://example.org/b\n", encoding="utf-8")
    (folder / "urls.tsv").write_text("deep/b.txt.gz\thttps://example.org/far\t2020-01-02\n", encoding="utf-8")
    with zipfile.ZipFile(folder / "c.zip", "w") as archive:
        archive.writestr("c1.txt", STORY.format(3))
        archive.writestr("c2.txt", "")
    (folder / "d.jsonl").write_text("".join(json.dumps({"text": STORY.format(n)}) + "\n" for n in range(4, 7)), encoding="utf-8")
    (folder / "a.txt.meta.json").write_text('{"url": "https://example.org/a"}', encoding="utf-8")
    (folder / "README.md").write_text("no input", encoding="utf-8")
    (folder / ".hidden").write_text("no input", encoding="utf-8")
    return folder


def locators(names: list[str], told: Told | None = None) -> list[str]:
    return [item.locator for item in inputs(names, told or Told())]


def test_names_mean_files_folders_patterns_and_members(pages: Path) -> None:
    everything = ["pages/a.txt", "pages/c.zip", "pages/d.jsonl", "pages/deep/b.txt.gz"]
    assert locators(["pages"]) == everything
    assert locators(["pages/*.txt", "pages/**/*.gz"]) == ["pages/a.txt", "pages/deep/b.txt.gz"]
    (member,) = inputs(["pages/c.zip#c1.txt"])
    assert (member.path, member.members) == ("pages/c.zip", frozenset({"pages/c.zip#c1.txt"}))
    problems = {item.locator: item.problem for item in inputs(["nowhere", "pages/*.pdf", "pages/a.txt#b"])}
    assert problems == {
        "nowhere": "No such file or directory",
        "pages/*.pdf": "no file has a name of this pattern",
        "pages/a.txt#b": "No such file or directory",
    }
    (pages / "[1].txt").write_text("a", encoding="utf-8")
    assert locators(["pages/[1].txt"]) == ["pages/[1].txt"]


def test_what_lies_beside_a_file_counts(pages: Path) -> None:
    known = {item.locator: item.known for item in inputs(["pages"])}
    assert known["pages/a.txt"][""].url == "https://example.org/a"
    near = known["pages/deep/b.txt.gz"][""]
    assert (near.url, near.fetched_at) == ("https://example.org/b", "2020-01-02"), "the nearer table wins, gaps are filled"
    (told,) = inputs(["pages/a.txt"], Told(url="https://example.org/told"))
    assert told.known[""].url == "https://example.org/told"
    (pages / "a.txt.meta.json").write_text("{", encoding="utf-8")
    (broken,) = inputs(["pages/a.txt"])
    assert "what lies beside it cannot be read" in (broken.problem or "")


def test_clean_file_reads_pages_packed_pages_and_members(pages: Path) -> None:
    article = clean_file(pages / "a.txt")
    assert article.provenance.raw.locator == str(pages / "a.txt")
    assert article.url == "https://example.org/a"
    packed = clean_file("pages/deep/b.txt.gz")
    assert packed.text == clean(STORY.format(2), media_type="text/plain").text
    assert packed.provenance.raw.bytes == len(STORY.format(2))
    assert clean_file("pages/c.zip#c1.txt", config=Config.of({"emit.removed_text": False})).text.startswith("Snow")
    with pytest.raises(ValueError, match="holds more than one document"):
        clean_file("pages/d.jsonl")
    with pytest.raises(ValueError, match="is a folder"):
        clean_file(pages)
    with pytest.raises(FileNotFoundError, match="No such file"):
        clean_file("pages/nowhere.html")
    with pytest.raises(Rejected) as rejected:
        clean_file("pages/c.zip#c2.txt")
    assert rejected.value.code == "empty"


def outcomes(names: list[str], workers: int) -> list[tuple[str, str, bytes | None]]:
    return [(made.locator, made.status, made.line) for made in clean_files(names, workers=workers)]


def test_many_processes_give_what_one_gives_in_the_same_order(pages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copydesk.files, "BATCH_FILES", 2)
    monkeypatch.setattr(copydesk.files, "PART_DOCUMENTS", 1)
    names = ["pages", "nowhere", "pages/c.zip#c1.txt"]
    one, two = outcomes(names, 1), outcomes(names, 2)
    assert one == two
    assert [(locator, status) for locator, status, _ in one] == [
        ("pages/a.txt", "ok"),
        ("pages/c.zip#c1.txt", "ok"),
        ("pages/c.zip#c2.txt", "rejected"),
        *[(f"pages/d.jsonl#{place}", "ok") for place in places(pages / "d.jsonl")],
        ("pages/deep/b.txt.gz", "ok"),
        ("nowhere", "failed"),
        ("pages/c.zip#c1.txt", "ok"),
    ]
    for made in clean_files(["pages/a.txt"], workers=1):
        assert made.article == clean_file("pages/a.txt")


def places(path: Path) -> Iterator[int]:
    place = 0
    for line in path.read_bytes().splitlines(keepends=True):
        yield place
        place += len(line)


def test_a_file_that_vanishes_and_a_name_that_is_no_text_cost_themselves(pages: Path) -> None:
    odd = os.fsdecode(b"pages/b\xff.txt")
    Path(odd).write_text(STORY.format(7), encoding="utf-8")
    names = iter(["pages/a.txt", odd, "pages/deep/b.txt.gz"])
    items = list(inputs(names))
    (pages / "a.txt").unlink()
    made = list(copydesk.files.clean_inputs(items, Config(), Told(), workers=1))
    assert {each.locator: (each.status, each.detail) for each in made} == {
        "pages/a.txt": ("failed", "No such file or directory"),
        "pages/b\\xff.txt": ("ok", None),
        "pages/deep/b.txt.gz": ("ok", None),
    }


@pytest.mark.usefixtures("pages")
def test_a_hostile_document_costs_itself_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    real = pipeline.ledger.clean_one

    def dies(document: pipeline.ledger.RawDocument, config: Config, **rest: bool) -> object:
        if document.locator == "pages/a.txt":
            os.abort()
        return real(document, config, **rest)

    monkeypatch.setattr(pipeline.ledger, "clean_one", dies)
    codes = {made.locator: made.code for made in clean_files(["pages/a.txt", "pages/deep"], workers=1)}
    assert codes == {"pages/a.txt": "crashed", "pages/deep/b.txt.gz": None}


@pytest.mark.usefixtures("pages")
def test_a_sample_follows_from_the_seed_alone() -> None:
    def chosen(count: int, seed: int, names: list[str]) -> list[str]:
        return sorted(name for item in sampled(inputs(names), count, seed, Config(), Limits()) for name in item.members or ())

    assert chosen(3, 1, ["pages"]) == chosen(3, 1, ["pages/deep", "pages/d.jsonl", "pages/c.zip", "pages/a.txt"])
    assert len({tuple(chosen(3, seed, ["pages"])) for seed in range(10)}) > 1
    assert len(chosen(100, 1, ["pages"])) == 7
    (item, *_) = sampled(inputs(["pages/d.jsonl"]), 1, 1, Config(), Limits())
    assert len(list(found_in(item, Config()))) == 1


@pytest.mark.usefixtures("pages")
def test_a_container_that_cannot_be_listed_stands_for_itself_in_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    real = copydesk.inputs.read

    def dies(source: Source) -> Iterator[Found]:
        if source.locator.endswith(".zip"):
            os.abort()
        return real(source)

    monkeypatch.setattr(copydesk.inputs, "read", dies)
    items = sampled(inputs(["pages"]), 100, 1, Config(), Limits())
    assert [sorted(item.members or ()) for item in items if item.path.endswith(".zip")] == [["pages/c.zip"]]
    assert sum(len(item.members or ()) for item in items) == 6
    Path("pages/c.zip").unlink()
    gone = [Input(path="pages/c.zip", name="pages/c.zip")]
    assert [item.members for item in sampled(gone, 5, 1, Config(), Limits())] == [frozenset({gone[0].locator})]


def test_a_build_reads_packed_pages_alike(pages: Path) -> None:
    (found,) = found_in(Input(path="pages/deep/b.txt.gz"), Config())
    assert isinstance(found, Document)
    assert found.raw.data == STORY.format(2).encode()
    (pages / "cut.html.gz").write_bytes(gzip.compress(os.urandom(3000))[:1000])
    (pages / "not.html.gz").write_bytes(b"\x1f\x8bnothing of the kind")
    (pages / "bomb.html.gz").write_bytes(gzip.compress(bytes(40_000_000)))
    codes = {made.locator: made.code for made in clean_files(sorted(map(str, Path("pages").glob("*.html.gz"))), workers=1)}
    assert codes == {"pages/bomb.html.gz": "too_large", "pages/cut.html.gz": "truncated", "pages/not.html.gz": "bad_container"}


ONE_WORD = ["page.html", "pages/story.txt", "/srv/raw/a", "../a.html", "~/page", "https://example.org/a", "example.org", "pages.zip#a.html"]


@pytest.mark.parametrize("word", ONE_WORD)
def test_a_string_that_only_names_a_document_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match=r"is no page or text but (?:a path: copydesk\.clean_file|an address: fetch it)"):
        clean(word)
    with pytest.raises(ValueError, match="is no page or text"):
        clean(f" {word}\n")


@pytest.mark.parametrize("word", ["Rain", "U.S.", "3.14", "雨。", "<p>page.html</p>", "Rain fell. See page.html"])
def test_other_short_strings_are_texts(word: str) -> None:
    with contextlib.suppress(Rejected):  # some say nothing that an article says; none is taken for a name
        clean(word)


def test_a_path_is_read_and_names_the_document(pages: Path) -> None:
    article = clean(pages / "a.txt")
    assert article.provenance.raw.locator == str(pages / "a.txt")
    assert article.text == clean(STORY.format(1)).text
