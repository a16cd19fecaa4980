"""`copydesk mine` on a build: propose, review, pin, build again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from copydesk.commands.mine import mine_build
from copydesk.commands.run import RunOptions, run_build
from copydesk.commands.verify import verify_build

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

LINE = "Wander with the Dunmore rambling circle"
STORIES = [
    (
        f"The {place} was sold on {day} for {price} million, its owner said.\n\nNobody knows yet what will become of the {place}, for the "
        f"council has to agree first. It meets in {month}.\n\n{LINE}\n\nThe last sale of a {place} in the county was {price * 3} years ago."
    )
    for place, day, price, month in zip(
        ["mill", "castle", "station", "brewery", "chapel", "lighthouse"],
        ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
        range(3, 9),
        ["April", "May", "June", "July", "August", "September"],
        strict=True,
    )
]
OPTIONS = RunOptions(progress=False, quiet=True)


def texts(clean: Path) -> str:
    return "\n".join(json.loads(line)["text"] for path in (clean / "articles").rglob("*.jsonl") for line in path.read_text().splitlines())


def test_propose_review_pin_build(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raw, clean, rules = tmp_path / "raw", tmp_path / "clean", tmp_path / "rules" / "mined.toml"
    (raw / "county").mkdir(parents=True)
    for number, story in enumerate(STORIES):
        (raw / "county" / f"{number}.txt").write_text(story, encoding="utf-8")
    assert run_build(raw, clean, OPTIONS) == 0
    assert LINE in texts(clean)
    assert mine_build(clean, rules, least=5, share=2, force=False) == 0
    assert "1 rules proposed" in capsys.readouterr().err
    assert LINE in rules.read_text(encoding="utf-8")
    assert run_build(raw, clean, OPTIONS) == 0
    assert LINE in texts(clean), "a file that nobody named changes nothing"

    config = tmp_path / "luigi.cfg"
    config.write_text(f"[rules]\nfiles = {rules}\n", encoding="utf-8")
    assert run_build(raw, clean, RunOptions(progress=False, quiet=True, config_path=config)) == 0
    assert LINE not in texts(clean)
    assert "Nobody knows yet what will become of the mill" in texts(clean)
    assert verify_build(clean, raw, progress=False) == 0

    before = rules.read_bytes()
    assert mine_build(clean, rules, least=5, share=2, force=False) == 2
    assert rules.read_bytes() == before


def test_without_a_build(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert mine_build(tmp_path, None, least=5, share=2, force=False) == 1
    assert "copydesk run" in capsys.readouterr().err
