"""A build is put so that it can fail anywhere and be put again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import fsspec
import pytest
from build_helpers import tree

from pipeline.dataset.manifest import seal
from tasks.core.putting import put_build
from tasks.core.scan import digest_of
from tasks.core.stores import Store, StoreError
from tests.stores.conftest import FaultyFileSystem

if TYPE_CHECKING:
    from pathlib import Path


def stored(kind: str, root: str) -> dict[str, bytes]:
    """What lies below a root, by name."""
    found = fsspec.filesystem(kind)
    return {path[len(root) + 1 :]: found.cat_file(path) for path in found.find(root)}


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    """A folder that has the shape of a build of two shards, and files that are no part of one."""
    folder = tmp_path / "clean"
    for shard in ("coast/all", "hills/all"):
        for kind in ("articles", "ledger", "attributes/duplicates"):
            _write(folder / kind / f"{shard}.jsonl", f'{{"{kind}": "{shard}"}}\n')
    for name in ("articles.parquet", "croissant.json", "manifest.json"):
        _write(folder / "dataset" / name, f"of the {name}")
    _write(folder / "dataset" / "SHA256SUMS", seal({path.name: digest_of(path) for path in (folder / "dataset").iterdir()}).decode())
    _write(folder / "build.json", "{}\n")
    _write(folder / "run" / "times.json", "of this machine alone")
    _write(folder / "articles" / ".copydesk-tmp-host-1-ab", "half written")
    return folder


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def whole(clean: Path) -> dict[str, bytes]:
    """Every file of a build that others may see."""
    return {name: data for name, data in tree(clean).items() if "copydesk-tmp" not in name}


def smaller(clean: Path) -> None:
    """Make a build one shard smaller, as a takedown does, and another in what is left; the dataset loses a file."""
    for kind in ("articles", "ledger", "attributes/duplicates"):
        (clean / kind / "hills" / "all.jsonl").unlink()
    (clean / "ledger" / "coast" / "all.jsonl").write_bytes(b"{}\n")
    seal = clean / "dataset" / "SHA256SUMS"
    seal.write_text("".join(line for line in seal.read_text().splitlines(keepends=True) if "croissant" not in line))
    (clean / "dataset" / "croissant.json").unlink()
    (clean / "build.json").write_bytes(b'{"later": true}\n')


def fails(clean: Path, store: Store, notes: Path) -> bool:
    try:
        put_build(clean, store, notes)
    except StoreError as error:
        return "the line is dead" in str(error)
    return False


def test_what_is_put_is_the_build_and_its_description_comes_last(clean: Path, tmp_path: Path) -> None:
    store = Store("faulty://desk/clean")
    sent = put_build(clean, store, tmp_path / "put.json")
    assert stored("faulty", "/desk/clean") == whole(clean)
    assert (sent.objects, sent.gone) == (len(whole(clean)), 0)
    assert [call.rpartition("/clean/")[2] for call in FaultyFileSystem.calls[-2:]] == ["dataset/SHA256SUMS", "build.json"]


def test_nothing_unchanged_is_sent_again(clean: Path, tmp_path: Path) -> None:
    store, notes = Store("faulty://desk/clean"), tmp_path / "put.json"
    put_build(clean, store, notes)
    assert put_build(clean, store, notes) == (0, 0, 0)
    notes.unlink()  # another machine, or an empty cache: what lies there is read and compared
    assert put_build(clean, store, notes) == (0, 0, 0)
    fsspec.filesystem("faulty").pipe_file("/desk/clean/build.json", (clean / "build.json").read_bytes()[::-1])
    assert put_build(clean, store, notes).objects == 1
    assert stored("faulty", "/desk/clean") == whole(clean)


def test_only_what_a_build_owns_is_deleted_and_after_all_is_put(clean: Path, tmp_path: Path) -> None:
    store, notes = Store("faulty://desk/clean"), tmp_path / "put.json"
    put_build(clean, store, notes)
    other = fsspec.filesystem("faulty")
    for name in ("notes.txt", "dataset/reviews.csv", "articles/hills/notes.txt"):
        other.pipe_file(f"/desk/clean/{name}", b"somebody else's")
    FaultyFileSystem.calls.clear()
    smaller(clean)
    put_build(clean, store, notes)
    there = stored("faulty", "/desk/clean")
    assert {name for name in there if there[name] == b"somebody else's"} == {"notes.txt", "dataset/reviews.csv", "articles/hills/notes.txt"}
    assert {name: data for name, data in there.items() if data != b"somebody else's"} == whole(clean)
    kinds = [call.split()[0] for call in FaultyFileSystem.calls]
    assert kinds == sorted(kinds)  # puts before removals
    assert kinds.count("remove") == 4


def test_a_fault_at_any_call_leaves_a_build_and_the_next_run_mends_it(clean: Path, tmp_path: Path) -> None:
    store = Store("faulty://desk/clean")
    put_build(clean, store, tmp_path / "before.json")
    before, notes = stored("faulty", "/desk/clean"), (tmp_path / "before.json").read_bytes()
    smaller(clean)
    system: Any = fsspec.filesystem("faulty")
    fault = 0
    while True:
        system.store.clear()
        for name, data in before.items():
            system.pipe_file(f"/desk/clean/{name}", data)
        path = tmp_path / f"{fault}.json"
        if fault % 2:
            path.write_bytes(notes)
        FaultyFileSystem.calls.clear()
        FaultyFileSystem.fails_at = fault
        if not fails(clean, store, path):
            break
        described = stored("faulty", "/desk/clean")["build.json"]
        all_put = all(stored("faulty", "/desk/clean").get(name) == data for name, data in whole(clean).items())
        assert described == before["build.json"] or all_put
        FaultyFileSystem.fails_at = None
        put_build(clean, store, path)
        assert stored("faulty", "/desk/clean") == whole(clean), fault
        fault += 1
    assert fault == len(FaultyFileSystem.calls) == 7


def test_a_folder_never_shows_half_a_file(clean: Path, tmp_path: Path) -> None:
    target = tmp_path / "there"
    put_build(clean, Store(f"file://{target}"), tmp_path / "put.json")
    assert tree(target) == whole(clean)
    (target / "ledger" / ".copydesk-tmp-host-1-ab").write_bytes(b"half")  # of a machine that lost its power
    (clean / "build.json").write_bytes(b'{"later": true}')
    put_build(clean, Store(f"file://{target}"), tmp_path / "put.json")
    assert tree(target) == whole(clean)


def test_who_writes_there_too_is_noticed(clean: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store("faulty://desk/clean")
    monkeypatch.setattr(FaultyFileSystem, "put_file", lambda self, _, rpath: self.pipe_file(rpath, b"torn"))
    with pytest.raises(StoreError, match="does another run write there"):
        put_build(clean, store, tmp_path / "put.json")
