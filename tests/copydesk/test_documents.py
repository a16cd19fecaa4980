"""`copydesk clean` and `copydesk explain`: what they read, in which form they write, what they refuse."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from copydesk.options import coloured

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

STORY = (
    "Share this article\n\nHeavy rain closes schools in {0}\n\n"
    "Heavy rain fell on {0} on Monday, the mayor said, and schools will stay closed until Wednesday.\n"
)


@pytest.fixture
def stories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b", "c"):
        path = tmp_path / "stories" / f"{name}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(STORY.format(name.upper()), encoding="utf-8")
    return tmp_path / "stories"


def names(output: str) -> list[str]:
    return [json.loads(line)["provenance"]["raw"]["locator"] for line in output.splitlines()]


@pytest.mark.usefixtures("stories")
def test_clean_reads_folders_lists_and_pipes(desk: Callable[..., Result]) -> None:
    everything = ["stories/a.txt", "stories/b.txt", "stories/c.txt"]
    assert names(desk("clean", "stories", "-j", 1).stdout) == everything
    assert names(desk("clean", "--files-from", "-", "-j", 2, stdin=b"stories/b.txt\nstories/a.txt\n").stdout) == everything[1::-1]
    assert names(desk("clean", "stories", "--limit", 2, "-j", 1).stdout) == everything[:2]
    done = desk("clean", "stories/a.txt", "-", "-j", 1, stdin=STORY.format("D").encode())
    assert [name.partition(":")[0] for name in names(done.stdout)] == ["stories/a.txt", "sha256"]
    sampled = desk("clean", "stories", "--sample", 2, "--seed", 3, "--dry-run").stdout.split()
    assert len(sampled) == 2
    assert names(desk("clean", "stories", "--sample", 2, "--seed", 3).stdout) == sampled


def test_one_missing_name_costs_that_name(stories: Path, desk: Callable[..., Result]) -> None:
    done = desk("clean", "stories/a.txt", "nowhere.html", "stories/b.txt", "-j", 1)
    assert done.exit_code == 2
    assert names(done.stdout) == ["stories/a.txt", "stories/b.txt"]
    assert done.stderr == "copydesk: nowhere.html: No such file or directory\n"
    (stories / "empty.txt").write_bytes(b"")
    done = desk("clean", "stories", "-j", 1)
    assert (done.exit_code, len(names(done.stdout))) == (3, 3)
    assert "stories/empty.txt: empty: 0 bytes" in done.stderr


@pytest.mark.usefixtures("stories")
def test_an_output_file_is_there_when_it_is_whole(desk: Callable[..., Result]) -> None:
    done = desk("clean", "stories", "-o", "out.jsonl")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "copydesk: 3 articles in out.jsonl\n")
    assert len(names(Path("out.jsonl").read_text(encoding="utf-8"))) == 3
    assert desk("clean", "stories", "-o", "out.jsonl", "-q").stderr == ""
    assert names(desk("clean", "stories/a.txt", "-o", "-").stdout) == ["stories/a.txt"]
    assert "no folder; make it first" in desk("clean", "stories", "-o", "nowhere/out.jsonl").stderr
    assert sorted(path.name for path in Path().iterdir()) == ["out.jsonl", "stories"]


@pytest.mark.usefixtures("stories")
def test_the_forms(desk: Callable[..., Result]) -> None:
    done = desk("clean", "stories", "--format", "text", "-j", 1).stdout
    assert done.split("\f\n")[1].startswith("Heavy rain fell on B on Monday")
    assert desk("clean", "--text", "stories/a.txt").stdout == done.split("\f\n")[0]
    one, *_ = desk("clean", "stories", "--format", "markdown", "-j", 1).stdout.split("\f\n")
    body = "Heavy rain fell on A on Monday, the mayor said, and schools will stay closed until Wednesday."
    assert one == f"# Heavy rain closes schools in A\n\n{body}\n"
    page = desk("clean", "stories", "--format", "html", "-j", 1).stdout
    assert page.count('<article lang="en">\n<h1>Heavy rain closes schools in ') == 3
    assert page.startswith("<!doctype html>\n")
    assert page.endswith("</article>\n</html>\n")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("clean",), "name a file, a folder or -"),
        (("clean", "a", "b", "--url", "https://example.org"), "--url is the address of one page"),
        (("clean", "stories", "--url", "https://example.org"), "--url is the address of one page"),
        (("explain", "stories", "--url", "https://example.org"), "--url is the address of one page"),
        (("clean", "a", "--text", "--format", "html"), "contradict each other"),
        (("clean", "a", "--json", "--format", "html"), "--json contradicts"),
        (("clean", "a", "-q", "-v"), "--quiet and --verbose contradict"),
        (("clean", "a", "--files-from", "nowhere.txt"), "--files-from nowhere.txt: No such file"),
        (("clean", "a", "--config", "stories/a.txt", "--no-config"), "give one of them"),
        (("explain", "stories/a.txt", "--raw", "stories"), "--raw is for a record of a build"),
    ],
    ids=str,
)
@pytest.mark.usefixtures("stories")
def test_what_contradicts_itself_is_refused(desk: Callable[..., Result], words: tuple[str, ...], says: str) -> None:
    done = desk(*words)
    assert done.exit_code == 2
    assert says in done.stderr


@pytest.mark.usefixtures("stories")
def test_verbose_says_what_counts_and_what_it_took(desk: Callable[..., Result]) -> None:
    said = desk("clean", "stories/a.txt", "-v", "--set", "normalise.variety=keep").stderr.splitlines()
    assert said[0] == "copydesk: settings: none (no settings file was found)"
    assert said[1] == "copydesk: 1 ok"
    assert " MB in one process" in said[2]


@pytest.mark.usefixtures("stories")
def test_explain_shows_what_is_asked_for(desk: Callable[..., Result]) -> None:
    assert desk("explain", "stories/a.txt", "--only", "removed").stdout == "0-18  [- Share this article -] ‹removed: share, share.labels›\n"
    assert (
        desk("explain", "stories/a.txt", "--rule", "title").stdout
        == "20-50  [> Heavy rain closes schools in A >] ‹moved to /title, title.line›\n"
    )
    assert desk("explain", "stories/a.txt", "--rule", "*.lab*", "--json").stdout.count('"fate"') == 1
    assert desk("explain", "stories/a.txt", "--only", "changed").stdout == "no such span\n"
    said = desk("explain", "stories", "--only", "moved", "--limit", 2).stdout
    assert [line for line in said.splitlines() if line.startswith("===")] == ["=== stories/a.txt", "=== stories/b.txt"]
    page = desk("explain", "stories/a.txt", "--only", "removed", "--format", "html").stdout
    source = page.partition('<div class="source">')[2].partition("</section>")[0]
    assert ("Share this article" in source, "Heavy rain" in source) == (True, False)


def test_explain_finds_records_of_a_build(built: Path, desk: Callable[..., Result]) -> None:
    rows = [json.loads(line) for line in (built / "clean" / "ledger" / "press" / "all.jsonl").read_text(encoding="utf-8").splitlines()]
    row = next(row for row in rows if row["locator"] == "press/4.txt")
    said = desk("explain", built / "clean", row["id"][:8]).stdout
    assert said.startswith("=== press/4.txt\n[- Share this article -]")
    assert "雨の町" in said
    assert desk("explain", built / "clean", "press/4.txt").stdout == said
    assert json.loads(desk("explain", built / "clean", "press/4.txt", "--json").stdout)["id"] == row["id"]
    rejected = desk("explain", built / "clean", "press/empty.txt")
    assert (rejected.exit_code, rejected.stderr) == (3, "copydesk: press/empty.txt: empty: 0 bytes and nothing but white space\n")
    assert "has no input whose id begins with zz" in desk("explain", built / "clean", "zz").stderr
    assert "means 4 inputs" in desk("explain", built / "clean", "").stderr
    assert "name the beginning of a record's id" in desk("explain", built / "clean").stderr
    assert "with its own settings" in desk("explain", built / "clean", "press/4.txt", "--set", "a.b=c").stderr


def test_explain_says_what_is_gone(built: Path, desk: Callable[..., Result], tmp_path: Path) -> None:
    shutil.copytree(built / "raw", tmp_path / "raw")
    (tmp_path / "raw" / "press" / "4.txt").unlink()
    done = desk("explain", built / "clean", "press/4.txt", "--raw", tmp_path / "raw")
    assert (done.exit_code, "is not in" in done.stderr) == (2, True)


@pytest.mark.usefixtures("stories")
def test_colours_are_as_everybody_asks_for_them(desk: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    assert not coloured(None), "no terminal"
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert coloured(None)
    assert not coloured(choice=False)
    assert "\x1b[31m" in desk("explain", "stories/a.txt").stdout
    monkeypatch.delenv("FORCE_COLOR")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert not coloured(None)
    assert coloured(choice=True)


def test_a_page_in_markdown_keeps_its_structure(stories: Path, desk: Callable[..., Result]) -> None:
    page = (
        "<html lang=en><body><article><h1>Rain in the [valley]</h1><p>Heavy rain fell on <a href='https://example.org/a b'>the valley</a>"
        " on Monday, the mayor said, and 2 * 3 = 6 schools will stay closed until Wednesday.</p><h2># What next</h2>"
        "<ul><li>People who live near the river leave their homes today.<ul><li>By bus or in their own cars, as they like.</li></ul></li>"
        "<li>The water is expected to rise until the end of the week.</li></ul></article></body></html>"
    )
    (stories / "page.html").write_text(page, encoding="utf-8")
    said = desk("clean", stories / "page.html", "--format", "markdown").stdout
    for line in (
        r"# Rain in the \[valley\]",
        r"Heavy rain fell on [the valley](<https://example.org/a b>) on Monday, the mayor said, and 2 \* 3 = 6 schools will stay closed",
        r"## \# What next",
        "- People who live near the river leave their homes today.\n  - By bus or in their own cars, as they like.\n- The water",
    ):
        assert line in said
