"""The commands on addresses: the same bytes as below a folder, from a server of S3 and from a store in memory."""

from __future__ import annotations

import gzip
import json
import os
from typing import TYPE_CHECKING, Any

import fsspec
import pytest
from build_helpers import STORY, codes, tree, write_stories
from click.testing import CliRunner

from copydesk import clean_files
from copydesk.cli import cli
from copydesk.commands.run import RunOptions, run_build
from tests.stores.conftest import FaultyFileSystem

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result


# Libraries of others have threads of their own when a document is cleaned in a child; Python 3.12 and later warn of that.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")


def desk(*words: object) -> Result:
    """Run a command in this process and return what it said and how it ended."""
    return CliRunner().invoke(cli, [str(word) for word in words])


def good(*words: object, code: int = 0) -> str:
    done = desk(*words)
    assert done.exit_code == code, (done.output, done.exception)
    return str(done.output)


def failing(*words: object) -> str:
    """Run what fails and return the one line that says why, as `copydesk` prints it."""
    done = CliRunner().invoke(cli, [str(word) for word in words], standalone_mode=False)
    error = done.exception
    assert error is not None
    assert not isinstance(error, SystemExit), done.output
    return str(getattr(error, "message", None) or f"{error.filename}: {error.strerror}")  # type: ignore[union-attr]


def write_raw(raw: Path) -> None:
    """Write stories, a packed container, a sidecar and a table."""
    write_stories(raw, ["coast/2026-11-30/a.txt", "coast/2026-11-30/b.txt", "hills/c d+e%20f.txt", "hills/ü雨.txt", "loose.txt"])
    rows = [json.dumps({"text": STORY.format(title=f"Row {number}"), "url": f"https://example.org/{number}"}) for number in range(3)]
    (raw / "hills" / "rows.jsonl.gz").write_bytes(gzip.compress("\n".join(rows).encode(), mtime=0))
    (raw / "hills" / "ü雨.txt.meta.json").write_text('{"url": "https://example.org/u"}', encoding="utf-8")
    (raw / "urls.tsv").write_text("coast/2026-11-30/a.txt\thttps://example.org/a\n", encoding="utf-8")
    (raw / "hills" / "empty.txt").write_bytes(b"")
    (raw / "README.md").write_text("not an input", encoding="utf-8")


def stored(system: Any, root: str) -> dict[str, bytes]:
    return {path[len(root) + 1 :]: system.cat_file(path) for path in system.find(root)}


def build(raw: Path, clean: Path) -> dict[str, bytes]:
    """Build a folder and return what it comes to."""
    assert run_build(raw, clean, RunOptions(progress=False, quiet=True)) == 3
    return tree(clean)


def test_a_build_in_s3_is_that_of_a_folder_byte_for_byte(bucket: Any, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    write_raw(raw)
    bucket.put(f"{raw}/", "desk/raw/", recursive=True)
    bucket.pipe_file("desk/raw/hills", b"an object that is named as a folder")
    bucket.pipe_file("desk/raw/hills//odd.txt", b"an object without a name of its own")
    places = ("--raw", "s3://desk/raw", "--clean", "s3://desk/clean")
    said = good("run", *places, code=3)
    mirror, *_ = (tmp_path / "work").glob("s3-desk-clean-*/clean")
    assert {name: code for name, code in codes(mirror).items() if code} == {
        "hills": "unsafe_path",
        "hills/\\x2fodd.txt": "unsafe_path",
        "hills/empty.txt": "empty",
    }
    for name in ("hills//odd.txt", "hills", "coast/2026-11-30/b.txt"):
        bucket.rm_file(f"desk/raw/{name}")
    (raw / "coast" / "2026-11-30" / "b.txt").unlink()
    for path in (raw / "hills" / "c d+e%20f.txt", raw / "hills" / "new.txt"):
        path.write_text(STORY.format(title="Snow"), encoding="utf-8")
        bucket.put_file(str(path), f"desk/raw/hills/{path.name}")
    assert json.loads(good("status", "s3://desk/clean", "--raw", "s3://desk/raw", "--json", code=3))["raw_changed"] == [
        "coast/2026-11-30",
        "hills",
    ]  # what was refused was never fetched
    said += good("run", *places, code=3)
    assert stored(bucket, "desk/clean") == build(raw, tmp_path / "clean")

    bucket.pipe_file("desk/clean/articles/hills/all.jsonl", b"{}\n")
    assert "is no record" in good("verify", "s3://desk/clean", "--raw", "s3://desk/raw", code=1)
    said += good("run", *places, "--rehash", code=3)
    assert stored(bucket, "desk/clean") == tree(tmp_path / "clean")

    kept = [path.read_bytes() for path in (tmp_path / "work").rglob("*") if path.is_file()]
    kept += [*stored(bucket, "desk/clean").values(), said.encode()]
    for secret in (os.environ["AWS_SECRET_ACCESS_KEY"], os.environ["AWS_ACCESS_KEY_ID"]):
        assert not [data for data in kept if secret.encode() in data]


def test_a_build_that_failed_while_it_was_put_is_finished_by_the_next_run(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    write_stories(raw, ["coast/a.txt"])
    (raw / "coast" / "empty.txt").write_bytes(b"")
    places = ("run", "--raw", raw, "--clean", "faulty://desk/clean", "--quiet")
    FaultyFileSystem.fails_at = 7
    assert failing(*places).endswith("ConnectionError: the line is dead")
    system = fsspec.filesystem("faulty")
    assert not system.exists("/desk/clean/build.json")
    FaultyFileSystem.fails_at = None
    good(*places, code=3)
    (made,) = (tmp_path / "work").glob("faulty-desk-clean-*/clean")
    assert stored(system, "/desk/clean") == tree(made)

    (tmp_path / "work").rename(tmp_path / "lost")  # another machine takes over: it makes the same bytes and sends none
    FaultyFileSystem.calls.clear()
    assert "is a share not mounted" in failing_run(*places[:1], "--raw", raw / "coast" / "none", *places[3:])
    assert "add --yes" in failing(*places, "--set", "normalise.variety=keep")
    assert "copydesk run makes it there" in good("retry", "--clean", "faulty://desk/clean", code=4)
    good(*places, code=3)
    assert FaultyFileSystem.calls == []
    assert "1 inputs to retry" in good("retry", "--clean", "faulty://desk/clean", "--code", "empty", code=3)


def failing_run(*words: object) -> str:
    done = desk(*words)
    assert done.exit_code in (2, 4), done.output
    return str(done.output)


def test_looking_at_a_build_fetches_what_is_needed(bucket: Any, tmp_path: Path) -> None:
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    write_raw(raw)
    build(raw, clean)
    bucket.put(f"{raw}/", "desk/raw/", recursive=True)
    bucket.put(f"{clean}/", "desk/clean/", recursive=True)
    locator = "hills/rows.jsonl.gz#0"
    assert good("explain", "s3://desk/clean", locator, "--raw", "s3://desk/raw") == good("explain", clean, locator)
    fetched = sorted(path.name for path in (tmp_path / "work").glob("s3-desk-raw-*/raw/**/*") if path.is_file())
    assert fetched == ["rows.jsonl.gz", "urls.tsv"]
    assert good("export", "s3://desk/clean", "--fields", "id,text") == good("export", clean, "--fields", "id,text")
    assert good("stats", "s3://desk/clean/dataset", "--quiet")
    told = json.loads(good("status", "s3://desk/clean", "--json", code=3))
    assert (told["built"], told["ok"], told["rejected"]) == (True, 8, 1)
    (copy,) = (tmp_path / "work").glob(f"s3-desk-clean-{12 * '?'}/copy")
    assert {path.name for path in copy.iterdir()} == {"build.json", "ledger", "dataset"}
    good("review", "s3://desk/clean", "--no-scores", "--output", tmp_path / "pages", "--quiet")
    assert (tmp_path / "pages" / "index.html").is_file()


def test_documents_at_an_address_are_named_by_it(bucket: Any, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    write_raw(raw)
    bucket.put(f"{raw}/", "desk/raw/", recursive=True)

    def records(*names: object) -> list[dict[str, Any]]:
        return [json.loads(line) for line in good("clean", *names, "-j", "1").splitlines()]

    (one,) = records("s3://desk/raw/hills/ü雨.txt")
    (same,) = records(raw / "hills" / "ü雨.txt")
    assert (one["provenance"]["raw"]["locator"], one["url"]) == ("s3://desk/raw/hills/ü雨.txt", "https://example.org/u")
    assert (one["text"], one["title"]) == (same["text"], same["title"])
    (member,) = records("s3://desk/raw/hills/rows.jsonl.gz#0")
    assert member["provenance"]["raw"]["locator"] == "s3://desk/raw/hills/rows.jsonl.gz#0"
    assert member["url"] == "https://example.org/0"
    found = [record["provenance"]["raw"]["locator"] for record in records("s3://desk/raw/coast/*/?.txt")]
    assert found == ["s3://desk/raw/coast/2026-11-30/a.txt", "s3://desk/raw/coast/2026-11-30/b.txt"]
    assert [cleaned.locator for cleaned in clean_files(["s3://desk/raw/coast"], workers=1)] == found
    assert "nothing lies below s3://desk/nowhere" in good("clean", "s3://desk/nowhere", code=2)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "--raw", "memory://desk/raw", "--clean", "memory://desk/clean"), "nothing lies below memory://desk/raw"),
        (("run", "--raw", "memory://desk/raw", "--clean", "memory://desk/raw/clean"), "would read its own outputs"),
        (("run", "--raw", "memory://desk/clean/ledger/x", "--clean", "memory://desk/clean"), "would read its own outputs"),
        (("run", "--raw", "s3://me:secret-word@desk/raw"), "may hold no password"),
        (("run", "--raw", "nowhere://desk/raw"), "no scheme that fsspec knows"),
        (("verify", "memory://desk/clean"), "nothing lies below memory://desk/clean"),
        (("status", "memory://desk/clean"), "nothing lies below memory://desk/clean"),
        (("export", "memory://desk/clean"), "nothing lies below memory://desk/clean"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(words: tuple[str, ...], said: str) -> None:
    told = failing(*words)
    assert said in told
    assert "\n" not in told
    assert "secret-word" not in told


def test_a_bucket_that_is_not_there_and_credentials_that_are_missing(bucket: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert "nothing lies below s3://nowhere/raw" in failing("run", "--raw", "s3://nowhere/raw", "--clean", tmp_path / "clean")
    write_stories(tmp_path / "raw", ["coast/a.txt"])
    told = failing("run", "--raw", tmp_path / "raw", "--clean", "s3://nowhere/clean", "--quiet")
    assert told == "s3://nowhere/clean/articles/coast/all.jsonl: not found: there is no such bucket, folder or object"
    assert not bucket.exists("nowhere")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    assert "no credentials" in failing("run", "--raw", "s3://desk/raw", "--clean", tmp_path / "clean")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a-key-that-is-secret")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-secret-that-nobody-may-see")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    told = failing("run", "--raw", "s3://desk/raw", "--clean", tmp_path / "clean")
    assert "secret" not in told
    assert "connect" in told.lower()
