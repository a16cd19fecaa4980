"""Small raw folders, and what a build left on disk."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

STORY = """{title}

Heavy rain fell on the valley for a third day on Monday, and the mayor asked people who live near the river to leave their homes.

The water is expected to rise until Wednesday, the weather service said. Schools will stay closed, and trains run every two hours.
"""


def write_stories(folder: Path, names: list[str]) -> None:
    """Write one small story a name."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(STORY.format(title=f"Rain in {path.stem}"), encoding="utf-8")


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of a build outside `run`."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files if path.relative_to(folder).parts[0] != "run"}


def ledger(clean: Path) -> list[dict[str, Any]]:
    """Every ledger row of a build."""
    return [json.loads(line) for path in sorted((clean / "ledger").rglob("*.jsonl")) for line in path.read_text().splitlines()]


def records(clean: Path) -> list[dict[str, Any]]:
    """Every record of a build."""
    return [json.loads(line) for path in sorted((clean / "articles").rglob("*.jsonl")) for line in path.read_text().splitlines()]


def codes(clean: Path) -> dict[str, str | None]:
    """Locator to code."""
    return {row["locator"]: row["code"] for row in ledger(clean)}


def temporaries(clean: Path) -> list[Path]:
    """Temporary files that somebody left."""
    return list(clean.rglob(".copydesk-tmp-*"))
