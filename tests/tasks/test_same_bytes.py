"""The same bytes whatever the machine, the day, the folder, the locale and the order."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

from build_helpers import tree, write_stories
from test_containers import make_containers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAMES = [f"s{number % 2}/{number:03d}.txt" for number in range(40)] + ["s0/2020-01-02/é.txt", "loose.txt"]


def test_two_builds_under_all_other_circumstances_at_once(tmp_path: Path, copydesk: Callable[..., tuple[int, str, str]]) -> None:
    one, other = tmp_path / "raw", tmp_path / "a longer folder – ü" / "in"
    for folder, names in ((one, NAMES), (other, random.Random(3).sample(NAMES, len(NAMES)))):
        write_stories(folder, names)
        make_containers(folder / "packed")
        (folder / "s0" / "urls.tsv").write_text("000.txt\thttps://example.org/0\t2020-01-02T00:00:00Z\n", encoding="utf-8")
    for path in other.rglob("*"):
        os.utime(path, (1, 1))
    config = tmp_path / "luigi.cfg"
    config.write_text("[build]\nshard_documents = 8\nshard_bytes = 65536\n", encoding="utf-8")
    first = copydesk(
        *("run", "--raw", one, "--clean", tmp_path / "clean", "--config", config, "--workers", 1),
        environment={"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C", "SOURCE_DATE_EPOCH": "1448150400"},
    )
    second = copydesk(
        *("run", "--raw", other, "--clean", other.parent / "out", "--config", config, "--workers", 8),
        environment={"PYTHONHASHSEED": "2", "TZ": "Pacific/Kiritimati", "LC_ALL": "tr_TR.UTF-8", "HOME": str(tmp_path), "USER": "other"},
    )
    assert (first[0], second[0]) == (3, 3), (first, second)
    assert len(tree(tmp_path / "clean")) > 10
    assert tree(tmp_path / "clean") == tree(other.parent / "out")
    text = b"".join(tree(tmp_path / "clean").values())
    assert str(tmp_path).encode() not in text
    assert {path.stat().st_mtime for path in (tmp_path / "clean" / "articles").rglob("*.jsonl")} == {1448150400}
