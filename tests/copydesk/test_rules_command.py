"""`copydesk rules`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.commands.rules import print_rules
from pipeline.rules.rulebook import load

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

RULE = """[[rule]]
id = "promo.club"
kind = "promo"
languages = ["en"]
why = "A club that advertises itself."
source = "Written for this test."
phrases = ["join the rowing club"]
match = ["Join the rowing club!"]
keep = ["{keep}"]
"""


def test_all_rules_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert print_rules((), None, timed=False) == 0
    said = capsys.readouterr().out
    assert all(rule.id in said for rule in load().rules)


def test_one_kind(capsys: pytest.CaptureFixture[str]) -> None:
    print_rules((), "share", timed=True)
    rows = capsys.readouterr().out.splitlines()[:-1]
    assert rows
    assert all(" share " in row for row in rows)


def test_a_file_is_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "own.toml"
    path.write_text(RULE.format(keep="Join the rowing club, her mother said."), encoding="utf-8")
    assert print_rules((path,), None, timed=False) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1 rules, 2 examples hold"


def test_a_rule_that_takes_prose_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "own.toml"
    path.write_text(RULE.format(keep="Join the rowing club"), encoding="utf-8")
    assert print_rules((path,), None, timed=False) == 1
    assert "promo.club" in capsys.readouterr().err
