"""`copydesk review` and `copydesk rules learn`: what they write, write again, and refuse."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from tasks.core.costs import Cost
from tasks.core.sealed import read_sealed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

ATTACK = "</script><script>window.hacked=1</script>\"'><img src=x onerror=window.hacked=1>"


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def copy(built: Path, tmp_path: Path) -> Path:
    """A copy of the small build that may be changed."""
    for name in ("raw", "clean"):
        shutil.copytree(built / name, tmp_path / name)
    return tmp_path


def test_a_build_has_its_pages_and_a_second_run_writes_nothing(copy: Path, desk: Callable[..., Result]) -> None:
    told = json.loads(desk("review", copy / "clean", "--raw", copy / "raw", "--json").stdout)
    folder = copy / "clean" / "run" / "review"
    assert (told["documents"], told["page"]) == (4, str(folder.resolve() / "index.html"))
    first = files(folder)
    assert {"index.html", "sites.html", "dataset.html", "rejected.html", "review.css", "review.js", "sites/press.html"} <= first.keys()
    assert sum(name.startswith("articles/") for name in first) == 4
    assert "press/empty.txt" in first["rejected.html"].decode()
    assert json.loads(desk("review", copy / "clean", "--raw", copy / "raw", "--json").stdout)["written"] == 0
    assert json.loads(desk("review", copy / "clean", "--raw", copy / "raw", "-o", copy / "other", "--json").stdout)["written"] == len(first)
    assert files(copy / "other") == first


def test_the_slowest_documents_stand_on_the_page_of_the_build(copy: Path, desk: Callable[..., Result]) -> None:
    costs = read_sealed(next((copy / "clean" / "run" / "costs").rglob("*.json")), tuple[Cost, ...])
    assert costs is not None
    assert {cost.locator for cost in costs} == {f"press/{path.name}" for path in (copy / "raw" / "press").iterdir()}
    assert [cost.milliseconds for cost in costs] == sorted((cost.milliseconds for cost in costs), reverse=True)
    desk("review", copy / "clean", "--no-scores")
    page = (copy / "clean" / "run" / "review" / "index.html").read_text(encoding="utf-8")
    rows = page.partition('id="slowest"')[2].partition("</section>")[0].split("<tr>")[2:]
    assert [row.partition("</th>")[0].partition(".txt")[0].rpartition("press/")[2] for row in rows] == [
        cost.locator.removeprefix("press/").removesuffix(".txt") for cost in costs
    ]
    assert sum('href="articles/' in row for row in rows) == 4
    assert any("empty.txt" in row and "<td>empty</td>" in row for row in rows)
    shutil.rmtree(copy / "clean" / "run" / "costs")
    desk("review", copy / "clean", "--no-scores")
    assert "No times were noted" in (copy / "clean" / "run" / "review" / "index.html").read_text(encoding="utf-8")


def test_what_is_gone_goes_and_what_is_new_comes(copy: Path, desk: Callable[..., Result]) -> None:
    def review() -> dict[str, bytes]:
        desk("review", copy / "clean", "--raw", copy / "raw", "-o", copy / "pages")
        return {name: data for name, data in files(copy / "pages").items() if name.startswith("articles/")}

    before = review()
    (copy / "raw" / "press" / "1.txt").unlink()
    story = (copy / "raw" / "press" / "2.txt").read_text(encoding="utf-8").replace("Monday", "Friday")
    (copy / "raw" / "press" / "new.txt").write_text(story, encoding="utf-8")
    assert desk("run", "--raw", copy / "raw", "--clean", copy / "clean", "-q", "--replace").exit_code == 3
    after = review()
    assert (len(before.keys() - after.keys()), len(after.keys() - before.keys()), len(after)) == (1, 1, 4)


def test_a_raw_file_that_is_another_by_now_is_not_shown(copy: Path, desk: Callable[..., Result]) -> None:
    (copy / "raw" / "press" / "1.txt").write_text(
        "Something else was written here on Sunday, the mayor said, and nobody read it.", encoding="utf-8"
    )
    (copy / "raw" / "press" / "2.txt").unlink()
    assert desk("review", copy / "clean", "--raw", copy / "raw", "-o", copy / "pages").exit_code == 0
    made = [data.decode() for name, data in files(copy / "pages").items() if name.startswith("articles/")]
    assert sum("Shown from the record alone" in page for page in made) == 2
    assert not any("on Sunday" in page for page in made)


def test_without_the_raw_files_the_records_speak(copy: Path, desk: Callable[..., Result]) -> None:
    assert desk("review", copy / "clean", "--no-scores", "-o", copy / "pages").exit_code == 0
    page = next(data for name, data in files(copy / "pages").items() if name.startswith("articles/")).decode()
    assert "Shown from the record alone" in page
    assert "Heavy rain fell on" in page
    (copy / "clean" / "run" / "raw.json").unlink()
    assert "name their folder with --raw" in desk("review", copy / "clean", "--scores").stderr


def test_a_document_has_one_page(copy: Path, desk: Callable[..., Result]) -> None:
    done = desk("review", copy / "raw" / "press" / "1.txt", "-o", copy / "page", "--no-config")
    assert done.exit_code == 0, done.stderr
    page = (copy / "page" / "index.html").read_text(encoding="utf-8")
    for words in ("Share this article", "removed: share", "Rain in the valley", "share.labels", "It leaves:"):
        assert words in page
    assert desk("review", copy / "raw", "-o", copy / "several", "--no-config").exit_code == 3
    made = files(copy / "several")
    assert made["index.html"].decode().count('href="articles/') == 4
    assert desk("review", copy / "raw" / "press" / "empty.txt", "-o", copy / "none", "--no-config").exit_code == 3


def test_a_browser_opens_the_first_page(copy: Path, desk: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    said = desk("review", "-", "-o", copy / "piped", "--open", "--no-config", stdin=(copy / "raw" / "press" / "1.txt").read_bytes())
    assert said.stdout.endswith(f"open {copy / 'piped' / 'index.html'}\n")
    assert opened == [(copy / "piped" / "index.html").as_uri()]


def test_hostile_words_are_words_everywhere(tmp_path: Path, desk: Callable[..., Result]) -> None:
    data = json.dumps({"@type": "NewsArticle", "headline": ATTACK, "author": {"@type": "Person", "name": ATTACK}, "keywords": ATTACK})
    words = ATTACK.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    paragraphs = "".join(
        f"<p>The mayor read the words {words} aloud on day {number}, and nobody in the hall laughed at them.</p>" for number in range(4)
    )
    safe = data.replace("</", "<\\/")
    page = f'<html><head><title>{words}</title><script type="application/ld+json">{safe}</script></head>'
    page += f"<body><article><h1>{words}</h1>{paragraphs}<p>Share this article</p></article></body></html>"
    (tmp_path / "raw" / "evil").mkdir(parents=True)
    (tmp_path / "raw" / "evil" / "a.html").write_text(page, encoding="utf-8")
    (tmp_path / "raw" / "evil" / "urls.tsv").write_text(f"path\turl\na.html\tjavascript:window.hacked=1//{ATTACK}\n", encoding="utf-8")
    assert desk("run", "--raw", tmp_path / "raw", "--clean", tmp_path / "clean", "-q", "--no-config").exit_code in (0, 3)
    assert desk("review", tmp_path / "clean").exit_code == 0
    made = files(tmp_path / "clean" / "run" / "review")
    assert sum(b"hacked" in data for name, data in made.items() if name.endswith(".html")) >= 4
    for name, data in made.items():
        if name.endswith(".html"):
            assert b"<script>window" not in data, name
            assert b"<img" not in data, name
            assert b'href="javascript:' not in data, name


def test_wrong_usage_says_what_to_do(copy: Path, desk: Callable[..., Result]) -> None:
    (copy / "mine").mkdir()
    (copy / "mine" / "letter.txt").write_text("Dear all", encoding="utf-8")
    refused = desk("review", copy / "clean", "-o", copy / "mine")
    assert (refused.exit_code, "is not empty and holds no review" in refused.stderr) == (4, True)
    assert "--raw and --scores are for a build" in desk("review", copy / "raw", "--scores").stderr
    assert "name one build, or documents" in desk("review", copy / "clean", copy / "clean").stderr
    assert "a build knows those of its documents" in desk("review", copy / "clean", "--url", "https://example.org").stderr
    assert "a dataset alone has no pages" in desk("review", copy / "clean" / "dataset").stderr
    assert "missing or damaged" in desk("review", "--config", _settings(copy)).stderr


def _settings(folder: Path) -> Path:
    (folder / "nothing").mkdir()
    (folder / "luigi.cfg").write_text(f"[build]\nclean = {folder / 'nothing'}\n", encoding="utf-8")
    return folder / "luigi.cfg"


def test_verdicts_become_rules_that_a_build_uses(copy: Path, desk: Callable[..., Result]) -> None:
    verdict = {
        "id": "0" * 32,
        "locator": "press/5.txt",
        "site": "press",
        "language": "en",
        "start": 0,
        "end": 18,
        "fate": "kept",
        "rule": "",
    }
    said = {"copydesk": "verdicts", "version": 1, "verdicts": [{**verdict, "text": "Tip our night desk", "verdict": "remove"}]}
    (copy / "verdicts.json").write_text(json.dumps(said), encoding="utf-8")
    done = desk("rules", "learn", copy / "verdicts.json", "-o", copy / "learned.toml", "--cases", copy / "cases.json")
    assert (done.exit_code, done.stderr) == (0, "1 verdicts: 1 rules proposed, 0 verdicts became none\n")
    assert json.loads((copy / "cases.json").read_text(encoding="utf-8"))["strip"][0]["removed"] == [["chrome", "Tip our night desk"]]
    assert desk("rules", "--check", copy / "learned.toml").exit_code == 0
    story = copy / "raw" / "press" / "1.txt"
    story.write_text(story.read_text(encoding="utf-8") + "\nTip our night desk\n", encoding="utf-8")
    assert "Tip our night desk" in desk("clean", story, "--text", "--no-config").stdout
    assert (
        "Tip our night desk"
        not in desk("clean", story, "--text", "--set", f'rules.files=["{copy / "learned.toml"}"]', "--no-config").stdout
    )
    assert "exists, and somebody may have reviewed it" in desk("rules", "learn", copy / "verdicts.json", "-o", copy / "learned.toml").stderr
    assert "holds no verdicts" in desk("rules", "learn", copy / "learned.toml").stderr
    assert json.loads(desk("rules", "learn", copy / "verdicts.json", "--json").stdout)["rules"][0]["match"] == ["Tip our night desk"]
