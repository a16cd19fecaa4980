"""Where settings come from, and what is said of those that cannot be meant."""

from __future__ import annotations

import json
from configparser import ConfigParser
from pathlib import Path
from typing import TYPE_CHECKING

import luigi
import pytest

from copydesk.commands.init import template
from copydesk.settings import effective, find
from pipeline.config import Config, ConfigError, check_sections

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a settings file, seen from a folder inside it."""
    (tmp_path / "luigi.cfg").write_text("[normalise]\nvariety = en-GB\n[rules]\nfiles = own.toml\n", encoding="utf-8")
    (tmp_path / "other.cfg").write_text("[normalise]\nvariety = en-CA\n", encoding="utf-8")
    (tmp_path / "inside").mkdir()
    (tmp_path / "own.toml").write_text("", encoding="utf-8")
    monkeypatch.chdir(tmp_path / "inside")
    monkeypatch.delenv("COPYDESK_CONFIG", raising=False)
    return tmp_path


def variety(*arguments: object, **named: bool) -> str:
    return find(*arguments, **named).config().normalise.variety  # type: ignore[arg-type]


def test_the_file_is_found_in_one_order(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert variety(None) == "en-GB"
    assert find(None).config().rules.files == (str(folder / "own.toml"),), "a path is meant from the file's own folder"
    monkeypatch.setenv("COPYDESK_CONFIG", "../other.cfg")
    assert variety(None) == "en-CA"
    (folder / "third.cfg").write_text("[normalise]\nvariety = en-AU\n", encoding="utf-8")
    assert variety(folder / "third.cfg") == "en-AU"
    assert variety(folder / "third.cfg", ("normalise.variety=keep",)) == "keep"
    assert variety(None, no_config=True) == "en-US"
    monkeypatch.setenv("COPYDESK_CONFIG", "nowhere.cfg")
    with pytest.raises(ConfigError, match=r"COPYDESK_CONFIG names nowhere\.cfg, which is no file"):
        find(None)


def test_config_says_where_each_setting_comes_from(folder: Path, desk: Callable[..., Result]) -> None:
    (folder / "luigi.cfg").write_text("[normalise]\nvariety = en-GB\n[build]\nraw = pages\n", encoding="utf-8")
    rows = {setting.name: setting for setting in effective(find(None, ("emit.removed_text=false",)))}
    path = str(folder / "luigi.cfg")
    assert rows["normalise.variety"][1:] == ("en-GB", path)
    assert rows["build.raw"][1:] == ("pages", path)
    assert rows["emit.removed_text"][1:] == ("false", "--set")
    assert rows["build.time_limit"][1:] == ("10.0", "default")
    assert {name.partition(".")[0] for name in rows} == {*Config.section_names(), "build", "dataset"}
    told = json.loads(desk("config", "--changed", "--json").output)
    assert (told["file"], [row["name"] for row in told["settings"]]) == ("luigi.cfg", ["build.raw", "normalise.variety"])
    said = desk("config", "--no-config").output
    assert "# settings file: none (--no-config)" in said
    assert "[normalise]" in said


SLIPS = {
    "[normalize]\nvariety = keep\n": "no section is named [normalize]; did you mean [normalise]?",
    "[Strip]\nrules = true\n": "no section is named [Strip]; did you mean [strip]?",
    "[normalization]\n": "did you mean [normalise]?",
    "[normalise]\nvarietty = keep\n": "no setting is named normalise.varietty; normalise has:",
    "[normalise]\nvariety = fr\n": "normalise.variety cannot be 'fr'; it takes en-US, en-GB, en-GB-oxendict, en-CA, en-AU or keep",
    "[emit]\nremoved_text = perhaps\n": "emit.removed_text cannot be 'perhaps'; it takes true or false",
    "[extract]\nmin_words = few\n": "extract.min_words cannot be 'few'; it takes a whole number",
    "[rules]\nfiles = nowhere.toml\n": "nowhere.toml of [rules] files is not there",
    "nonsense\n": "luigi.cfg",
}


@pytest.mark.parametrize("written", SLIPS, ids=str)
@pytest.mark.parametrize("command", [("clean", "page.txt"), ("explain", "page.txt"), ("run",), ("config",), ("status", ".")], ids=" ".join)
def test_a_slip_is_refused_by_every_command(folder: Path, desk: Callable[..., Result], command: tuple[str, ...], written: str) -> None:
    (folder / "luigi.cfg").write_text(written, encoding="utf-8")
    (folder / "inside" / "page.txt").write_text("Rain fell on Monday.\n", encoding="utf-8")
    done = desk(*command)
    if isinstance(done.exception, SystemExit):
        assert done.exit_code == 2
        assert SLIPS[written] in done.stderr
    else:
        assert SLIPS[written] in str(done.exception)


def test_sections_of_other_programs_are_left_to_them() -> None:
    ours = {"build", "dataset", *Config.section_names()}
    theirs = {name for name in luigi.task_register.Register.task_names() if name.islower() and name not in ours}
    assert {"core", "retcode", "worker", "scheduler"} <= theirs | {"retcode", "worker", "scheduler"}
    check_sections([*theirs, "retcode", "worker", "scheduler", "logging", "email", "resources", "database", "MyTask"], ours)


def test_the_template_is_the_luigi_cfg_of_the_project_and_shows_the_defaults() -> None:
    assert template() == (ROOT / "luigi.cfg").read_text(encoding="utf-8")
    parser = ConfigParser(interpolation=None)
    parser.read_string(template())
    written = {f"{name}.{key}": value for name in parser.sections() for key, value in parser.items(name)}
    ours = {name: value for name, value in written.items() if name.partition(".")[0] in Config.section_names()}
    assert Config.of(ours) == Config()


def test_init_prepares_a_folder_and_leaves_what_is_there(tmp_path: Path, desk: Callable[..., Result]) -> None:
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / ".gitignore").write_text("*.pyc\n", encoding="utf-8")
    done = desk("init", tmp_path / "news")
    assert done.exit_code == 0
    assert f"next: put pages into {tmp_path}/news/raw/<source>/, then type: cd {tmp_path}/news; copydesk run" in done.output
    assert (tmp_path / "news" / ".gitignore").read_text(encoding="utf-8") == "*.pyc\n/clean/\n*.luigi-tmp-*\n"
    assert (tmp_path / "news" / "raw" / "README.md").is_file()
    (tmp_path / "news" / "luigi.cfg").write_text("[build]\nraw = pages\n", encoding="utf-8")
    done = desk("init", tmp_path / "news")
    assert (done.exit_code, "--force" in done.stderr) == (2, True)
    assert json.loads(desk("init", tmp_path / "news", "--force", "--json").output)["written"] == [str(tmp_path / "news" / "luigi.cfg")]
    assert (tmp_path / "news" / "luigi.cfg").read_text(encoding="utf-8") == template()
