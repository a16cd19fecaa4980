"""What is fetched is what the store holds, whatever it holds, and only what changed is fetched."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFile

import tasks.core.mirrors
from tasks.core.mirrors import Mirror, fitting, is_wanted_raw
from tasks.core.object_names import REFUSED
from tasks.core.scan import walk
from tasks.core.stores import AddressError, Store, Stored, StoreError, check_address, reason, without_secrets
from tests.stores.conftest import FaultyFileSystem

HOSTILE = ["../out.txt", "/etc/passwd", "a//b.txt", "./a.txt", "line\nend.txt", "nul\x00.txt", "x" * 256, "../../urls.tsv"]


@pytest.fixture
def system() -> Any:
    return fsspec.filesystem("faulty")


@pytest.fixture
def mirror(tmp_path: Path) -> Mirror:
    return Mirror(tmp_path / "mirror" / "raw", tmp_path / "mirror" / "raw.json")


def fetch(mirror: Mirror) -> tuple[int, int, int]:
    return mirror.fetch(Store("faulty://desk/raw"), wanted=is_wanted_raw)


def put(system: Any, **files: bytes) -> None:
    for name, data in files.items():
        system.pipe_file(f"/desk/raw/press/{name}.txt", data)


def test_only_what_changed_is_fetched_and_what_is_gone_goes(system: Any, mirror: Mirror) -> None:
    put(system, a=b"one", b=b"two", c=b"three")
    assert fetch(mirror) == (3, 11, 0)
    times = {path.name: path.stat().st_mtime_ns for path in (mirror.folder / "press").iterdir()}
    assert fetch(mirror) == (0, 0, 0)
    put(system, a=b"one", b=b"TWO")  # the same bytes again are fetched, for their time is another, but the file stays
    system.rm_file("/desk/raw/press/c.txt")
    assert fetch(mirror) == (2, 6, 1)
    after = {path.name: path.stat().st_mtime_ns for path in (mirror.folder / "press").iterdir()}
    assert after["a.txt"] == times["a.txt"]
    assert after["b.txt"] > times["b.txt"]
    assert (mirror.folder / "press" / "b.txt").read_bytes() == b"TWO"
    (mirror.folder / "press" / "b.txt").write_bytes(b"bad")
    assert mirror.changed(Store("faulty://desk/raw"), is_wanted_raw) == ["press/b.txt"]
    assert fetch(mirror) == (1, 3, 0)
    system.rm("/desk/raw", recursive=True)
    fetch(mirror)
    assert list(mirror.folder.iterdir()) == []


def test_names_that_lead_out_are_refused_and_nothing_is_written_elsewhere(system: Any, mirror: Mirror, tmp_path: Path) -> None:
    for name in [*HOSTILE, "press/a.txt", "README.md", "press/.hidden", "press/marker/"]:
        data = b"" if name[-1] == "/" else b"x"
        system.store[f"/desk/raw/{name}"] = MemoryFile(system, f"/desk/raw/{name}", data)
    fetch(mirror)
    files = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert files == ["mirror/raw.json", f"mirror/raw/{REFUSED}", "mirror/raw/press/a.txt"]
    items = {item.locator: (group, item.code) for group, item in walk(mirror.folder)}
    assert items.pop("press/a.txt") == ("press", None)
    assert items == dict.fromkeys(
        [
            *("\\x2e\\x2e/out.txt", "\\x2fetc/passwd", "a/\\x2fb.txt", "\\x2e/a.txt", "line\\x0aend.txt", "nul\\x00.txt"),
            *("x" * 256, "\\x2e\\x2e/\\x2e\\x2e/urls.tsv"),
        ],
        ("raw", "unsafe_path"),
    )
    system.store.clear()
    put(system, b=b"x")
    fetch(mirror)
    assert [item.locator for _, item in walk(mirror.folder)] == ["press/b.txt"]


def test_no_two_refused_objects_and_no_file_have_one_locator() -> None:
    names = ["../a", "\\x2e\\x2e/a", "a\n", "a\\x0a"]
    fit, refused = fitting({name: Stored(1, None) for name in names})
    assert sorted(fit) == ["\\x2e\\x2e/a", "a\\x0a"]
    assert sorted(refused) == ["\\x2e\\x2e/a~", "a\\x0a~"]


def test_an_object_whose_name_is_a_folder_of_others_is_refused() -> None:
    fit, refused = fitting(
        {"press": Stored(1, "a"), "press/a.txt": Stored(1, "a"), "press/marker/": Stored(0, "a"), "odd/": Stored(1, "a")}
    )
    assert (list(fit), refused) == (["press/a.txt"], {"press": "unsafe_path", "odd\\x2f": "unsafe_path"})


def test_a_file_becomes_a_folder_and_a_folder_a_file(system: Any, mirror: Mirror) -> None:
    system.pipe_file("/desk/raw/press", b"a file")
    fetch(mirror)
    system.rm_file("/desk/raw/press")
    put(system, a=b"in a folder")
    fetch(mirror)
    assert (mirror.folder / "press" / "a.txt").read_bytes() == b"in a folder"
    system.rm("/desk/raw", recursive=True)
    system.pipe_file("/desk/raw/press", b"a file")
    fetch(mirror)
    assert (mirror.folder / "press").read_bytes() == b"a file"


def test_case_twins_need_a_file_system_that_tells_them_apart(system: Any, mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    put(system, a=b"small", A=b"large")
    fetch(mirror)
    assert sorted(path.name for path in (mirror.folder / "press").iterdir()) == ["A.txt", "a.txt"]
    monkeypatch.setattr(tasks.core.mirrors, "folds_case", lambda _: True)
    with pytest.raises(StoreError, match="would be one file"):
        fetch(mirror)


def test_what_was_fetched_before_a_fault_is_not_fetched_again(system: Any, mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks.core.mirrors, "AT_ONCE", 1)
    put(system, a=b"one", b=b"two", c=b"three")
    FaultyFileSystem.calls.clear()
    FaultyFileSystem.fails_at = 2
    with pytest.raises(StoreError, match="the line is dead"):
        fetch(mirror)
    assert list(mirror.folder.rglob(".copydesk-tmp-*")) == []
    FaultyFileSystem.fails_at = None
    assert fetch(mirror) == (1, 5, 0)


def test_an_object_that_changes_all_the_time_is_no_input(system: Any, mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    put(system, a=b"one")
    real = FaultyFileSystem.get_file

    def restless(self: Any, rpath: str, lpath: str, **kwargs: Any) -> None:
        real(self, rpath, lpath, **kwargs)
        time.sleep(0.001)
        self.pipe_file(rpath, b"one")

    monkeypatch.setattr(FaultyFileSystem, "get_file", restless)
    with pytest.raises(StoreError, match="run again when they rest"):
        fetch(mirror)


def test_an_object_without_version_is_fetched_every_time(mirror: Mirror) -> None:
    class Plain(Store):
        def __init__(self) -> None:
            self.address = "plain://desk"

        def listing(self) -> dict[str, Stored]:
            return {"a": Stored(3, None)}

        def get(self, name: str, path: Path) -> bool:
            path.write_bytes(b"one")
            return name == "a"

    assert mirror.fetch(Plain()) == mirror.fetch(Plain()) == (1, 3, 0)


def test_links_of_a_file_system_are_what_they_are_below_a_folder(tmp_path: Path, mirror: Mirror) -> None:
    raw = tmp_path / "raw"
    (raw / "press").mkdir(parents=True)
    (raw / "press" / "a.txt").write_text("a story")
    (raw / "press" / "link.txt").symlink_to("a.txt")
    (raw / "press" / "folder").symlink_to(raw)
    os.mkfifo(raw / "press" / "pipe.txt")
    mirror.fetch(Store(f"file://{raw}"), wanted=is_wanted_raw)

    def codes(folder: Path) -> dict[str, str | None]:
        return {item.locator: item.code for _, item in walk(folder)}

    assert codes(mirror.folder) == codes(raw)
    assert json.loads((mirror.folder / REFUSED).read_bytes())["press/link.txt"] == "symlink"


@pytest.mark.parametrize("address", ["s3://key:secret@desk/raw", "simplecache::s3://desk/raw"])
def test_an_address_holds_no_password_and_no_chain(address: str) -> None:
    with pytest.raises(AddressError) as caught:
        check_address(address)
    assert "secret" not in str(caught.value)


def test_an_unknown_scheme_and_a_missing_library_are_wrong_usage() -> None:
    with pytest.raises(AddressError, match="no scheme that fsspec knows"):
        Store("nowhere://desk/raw")
    code = (
        "import sys; sys.modules[%r] = None\n"
        "from tasks.core.stores import Store\ntry:\n    Store('s3://desk/raw')\nexcept ValueError as error:\n    print(error)"
    )
    for module, said in (("fsspec", "s3:// needs fsspec"), ("s3fs", "s3:// needs a library")):
        done = subprocess.run(
            [sys.executable, "-c", code % module], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
        )
        assert said in done.stdout
        assert "pip install 'copydesk[stores]'" in done.stdout


def test_messages_hold_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI")
    told = without_secrets("GET https://user:pw@host/b/a?X-Amz-Signature=ab12 with wJalrXUtnFEMI")
    assert told == "GET https://host/b/a with ***"
    assert "wJalrXUtnFEMI" not in reason(RuntimeError("key wJalrXUtnFEMI\n is wrong"))
    assert reason(RuntimeError("first\nsecond")) == "RuntimeError: first second"
