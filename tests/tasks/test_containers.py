"""Containers and sidecars in a build: a row for every document, shards of bounded size, and the proof."""

from __future__ import annotations

import gzip
import json
import tarfile
import zipfile
from io import BytesIO
from typing import TYPE_CHECKING

import zstandard
from build_helpers import STORY, codes, ledger, records, tree, write_stories

from copydesk.commands.run import RunOptions, run_build
from copydesk.commands.verify import verify_build
from tasks.core.build_paths import BuildPaths
from tasks.core.plans import planned

if TYPE_CHECKING:
    from pathlib import Path


OPTIONS = RunOptions(progress=False, quiet=True)


def page(number: int) -> bytes:
    return STORY.format(title=f"Rain, part {number}").encode()


def warc(count: int, *, packed: bool = True) -> bytes:
    """A WARC file of resource records, one gzip member each."""
    out = BytesIO()
    for number in range(count):
        body = page(number)
        head = (
            f"WARC/1.0\r\nWARC-Type: resource\r\nWARC-Record-ID: <urn:uuid:{number:032d}>\r\nWARC-Date: 2020-01-02T03:04:05Z\r\n"
            f"WARC-Target-URI: https://example.org/{number}\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        record = head.encode() + body + b"\r\n\r\n"
        out.write(gzip.compress(record, mtime=0) if packed else record)
    return out.getvalue()


def jsonl(count: int) -> bytes:
    rows = ({"text": page(number).decode(), "url": f"https://example.org/{number}"} for number in range(count))
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def make_containers(folder: Path, count: int = 30) -> None:
    """One container of every kind, most with something bad in it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "a.warc.gz").write_bytes(warc(count))
    (folder / "b.warc").write_bytes(warc(count, packed=False)[:-100])
    (folder / "c.jsonl").write_bytes(jsonl(count) + b"{broken\n")
    (folder / "d.jsonl.gz").write_bytes(gzip.compress(jsonl(count), mtime=0))
    (folder / "e.jsonl.zst").write_bytes(zstandard.ZstdCompressor().compress(jsonl(count)))
    (folder / "f.json").write_text(json.dumps([{"html": page(1).decode()}, 3]), encoding="utf-8")
    with zipfile.ZipFile(folder / "g.zip", "w") as archive:
        for number in range(3):
            archive.writestr(zipfile.ZipInfo(f"p/{number}.txt"), page(number))
        archive.writestr(zipfile.ZipInfo("../out.txt"), page(9))
    with tarfile.open(folder / "h.tar", "w") as archive:
        for number in range(3):
            member = tarfile.TarInfo(f"p/{number}.txt")
            member.size = len(page(number))
            archive.addfile(member, BytesIO(page(number)))
    (folder / "i.warc.gz").write_bytes(b"no WARC file at all")


def test_every_contained_document_has_a_row(tmp_path: Path) -> None:
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    make_containers(raw / "packed")
    assert run_build(raw, clean, OPTIONS) == 3
    rows = ledger(clean)
    counts: dict[str, int] = {}
    for row in rows:
        name = row["locator"].split("#")[0]
        counts[name] = counts.get(name, 0) + 1
    assert counts == {
        "packed/a.warc.gz": 30,
        "packed/b.warc": 30,
        "packed/c.jsonl": 31,
        "packed/d.jsonl.gz": 30,
        "packed/e.jsonl.zst": 30,
        "packed/f.json": 2,
        "packed/g.zip": 4,
        "packed/h.tar": 3,
        "packed/i.warc.gz": 1,
    }
    bad = {locator: code for locator, code in codes(clean).items() if code}
    assert sorted(bad.values()) == ["bad_container", "bad_record", "bad_record", "truncated", "unsafe_path"]
    assert bad["packed/g.zip#../out.txt"] == "unsafe_path"
    found = {record["provenance"]["raw"]["locator"]: record for record in records(clean)}
    first = found["packed/a.warc.gz#0"]
    assert first["url"] == "https://example.org/0"
    assert first["provenance"]["raw"]["fetched_at"] == "2020-01-02T03:04:05Z"
    for record in found.values():
        if (place := record["provenance"]["raw"]["warc"]) is not None and place["path"].endswith(".gz"):
            piece = (raw / place["path"]).read_bytes()[place["offset"] : place["offset"] + place["length"]]
            assert place["record_id"].encode() in gzip.decompress(piece)
    assert not list(tmp_path.rglob("out.txt"))
    assert verify_build(clean, raw, progress=False) == 0


def tar(count: int, *, packed: bool) -> bytes:
    out = BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz" if packed else "w") as made:
        for number in range(count):
            member = tarfile.TarInfo(f"p/{number}.txt")
            member.size = len(page(number))
            made.addfile(member, BytesIO(page(number)))
    return out.getvalue()


def large(count: int) -> dict[str, bytes]:
    """One container of every kind that can be cut."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for number in range(count):
            made.writestr(zipfile.ZipInfo(f"p/{number}.txt"), page(number))
    return {
        "a.warc.gz": warc(count),
        "b.warc": warc(count, packed=False),
        "c.jsonl": jsonl(count),
        "d.jsonl.gz": gzip.compress(jsonl(count), mtime=0),
        "e.jsonl.zst": zstandard.ZstdCompressor().compress(jsonl(count)),
        "f.tar": tar(count, packed=False),
        "g.tar.gz": tar(count, packed=True),
        "h.zip": out.getvalue(),
        "one.warc.gz": gzip.compress(warc(count, packed=False), mtime=0),
    }


def test_a_large_container_is_cut_into_shards_that_give_the_same_records(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.joinpath("packed").mkdir(parents=True)
    for name, data in large(34).items():
        raw.joinpath("packed", name).write_bytes(data)
    config = tmp_path / "luigi.cfg"
    config.write_text("[build]\nshard_documents = 16\nshard_bytes = 65536\n", encoding="utf-8")
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    assert run_build(raw, whole, OPTIONS) == 0
    assert run_build(raw, cut, RunOptions(progress=False, quiet=True, config_path=config)) == 0
    shards = planned(BuildPaths(cut))
    assert len(shards) == 9 * 3
    assert all(len((cut / "ledger" / f"{name}.jsonl").read_text().splitlines()) <= 16 for name in shards)
    assert sum(shard.documents for shard in shards.values()) == 306
    assert sorted(map(str, records(whole))) == sorted(map(str, records(cut)))
    assert verify_build(cut, raw, progress=False) == 0


def test_seek_points_are_a_cache_that_goes_with_its_file(tmp_path: Path) -> None:
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    raw.joinpath("packed").mkdir(parents=True)
    for name in ("d.jsonl.gz", "g.tar.gz", "one.warc.gz"):
        raw.joinpath("packed", name).write_bytes(large(40)[name])
    config = tmp_path / "luigi.cfg"
    config.write_text("[build]\nshard_documents = 16\n", encoding="utf-8")
    options = RunOptions(progress=False, quiet=True, config_path=config)
    assert run_build(raw, clean, options) == 0
    whole = tree(clean)
    points = sorted((clean / "run" / "points").iterdir())
    assert len(points) == 3
    for path in points[1:]:
        path.unlink()
    for path in (clean / "run" / "stamps").rglob("*.json"):
        path.unlink()
    assert run_build(raw, clean, options) == 0
    assert tree(clean) == whole
    (raw / "packed" / "d.jsonl.gz").unlink()
    (raw / "packed" / "one.warc.gz").unlink()
    assert run_build(raw, clean, options) == 0
    assert len(list((clean / "run" / "points").iterdir())) <= 1


def test_containers_inside_containers_are_documents_of_the_build(tmp_path: Path) -> None:
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    raw.joinpath("s").mkdir(parents=True)
    members = large(5) | {"x.txt": page(50)}
    for outer in ("o.zip", "o.tar", "o.tar.gz"):
        out = BytesIO()
        if outer == "o.zip":
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
                for name, data in members.items():
                    made.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
        else:
            with tarfile.open(fileobj=out, mode="w:gz" if outer.endswith("gz") else "w") as archive:
                for name, data in members.items():
                    info = tarfile.TarInfo(name)
                    info.size = len(data)
                    archive.addfile(info, BytesIO(data))
        raw.joinpath("s", outer).write_bytes(out.getvalue())
    assert run_build(raw, clean, OPTIONS) == 0
    found = codes(clean)
    assert len(found) == 3 * (9 * 5 + 1)
    assert {f"s/o.tar#{name}" for name in ("x.txt", "h.zip#p/3.txt", "a.warc.gz#0", "g.tar.gz#p/0.txt", "d.jsonl.gz#0")} < set(found)
    places = {record["provenance"]["raw"]["locator"]: record["provenance"]["raw"]["warc"] for record in records(clean)}
    assert places["s/o.tar.gz#b.warc#0"]["path"] == "s/o.tar.gz#b.warc"
    assert verify_build(clean, raw, progress=False) == 0


def test_small_containers_share_shards_by_what_they_hold(tmp_path: Path) -> None:
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    raw.joinpath("s").mkdir(parents=True)
    for number in range(12):
        raw.joinpath("s", f"{number}.jsonl.gz").write_bytes(gzip.compress(jsonl(10), mtime=0))
    config = tmp_path / "luigi.cfg"
    config.write_text("[build]\nshard_documents = 30\n", encoding="utf-8")
    assert run_build(raw, clean, RunOptions(progress=False, quiet=True, config_path=config)) == 0
    shards = planned(BuildPaths(clean))
    assert 4 <= len(shards) <= 10
    assert all(len((clean / "ledger" / f"{name}.jsonl").read_text().splitlines()) <= 30 for name in shards)


def test_folders_and_containers_of_any_name_do_not_get_in_each_others_way(tmp_path: Path) -> None:
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    write_stories(raw, ["s/a.txt"])
    for name in ("s/all.jsonl/b.warc", "s/x/b.warc", f"s/{'n' * 248}.warc"):
        (raw / name).parent.mkdir(exist_ok=True)
        (raw / name).write_bytes(warc(3, packed=False))
    config = tmp_path / "luigi.cfg"
    config.write_text("[build]\nshard_bytes = 640\n", encoding="utf-8")
    assert run_build(raw, clean, RunOptions(progress=False, quiet=True, config_path=config)) == 0
    assert len(ledger(clean)) == 10
    assert verify_build(clean, raw, progress=False) == 0


def test_sidecars_tell_where_files_came_from(tmp_path: Path) -> None:
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    write_stories(raw, ["s/a.txt", "s/b.txt", "s/2020-01-02/c.txt", "t/d.txt", "t/e.txt"])
    with zipfile.ZipFile(raw / "s" / "z.zip", "w") as archive:
        archive.writestr("m.txt", page(1))
    (raw / "s" / "a.txt.meta.json").write_text(
        json.dumps({"url": "https://example.org/a", "fetched_at": "2020-01-05T00:00:00Z", "http": {"Content-Language": "en"}})
    )
    (raw / "s" / "urls.tsv").write_text(
        "path\turl\tfetched_at\na.txt\thttps://wrong.example\t2020\nb.txt\thttps://example.org/b\t2020-01-06\n"
        "2020-01-02/c.txt\thttps://example.org/c\t\nz.zip#m.txt\thttps://example.org/m\t\n"
    )
    (raw / "t" / "d.txt.meta.json").write_text("{broken")
    assert run_build(raw, clean, OPTIONS) == 3
    found = {record["provenance"]["raw"]["locator"]: record for record in records(clean)}
    assert {name: record["url"] for name, record in found.items()} == {
        "s/a.txt": "https://example.org/a",
        "s/b.txt": "https://example.org/b",
        "s/2020-01-02/c.txt": "https://example.org/c",
        "s/z.zip#m.txt": "https://example.org/m",
        "t/d.txt": None,
        "t/e.txt": None,
    }
    assert found["s/a.txt"]["provenance"]["raw"]["http"] == {"Content-Language": "en"}
    assert found["s/b.txt"]["provenance"]["raw"]["fetched_at"] == "2020-01-06"
    assert codes(clean)["t/d.txt.meta.json"] == "bad_record"
    assert verify_build(clean, raw, progress=False) == 0


def test_a_changed_sidecar_recleans_its_shard_alone(tmp_path: Path) -> None:
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    write_stories(raw, ["s/a.txt", "t/b.txt", "s/2020-01-02/c.txt"])
    assert run_build(raw, clean, OPTIONS) == 0
    before = {path: path.stat().st_mtime_ns for path in (clean / "articles").rglob("*.jsonl")}
    (raw / "s" / "urls.tsv").write_text("2020-01-02/c.txt\thttps://example.org/c\n")
    assert run_build(raw, clean, OPTIONS) == 0
    changed = {path.parent.name for path, stamp in before.items() if path.stat().st_mtime_ns != stamp}
    assert changed == {"2020-01-02"}


def test_bombs_stop_at_the_cap(tmp_path: Path) -> None:
    raw, clean = tmp_path / "raw" / "bombs", tmp_path / "clean"
    raw.mkdir(parents=True)
    bomb = b"a" * 50_000_000
    (raw / "a.jsonl.gz").write_bytes(gzip.compress(bomb, mtime=0))
    (raw / "b.jsonl.zst").write_bytes(zstandard.ZstdCompressor().compress(bomb))
    (raw / "e.json.gz").write_bytes(gzip.compress(bomb, mtime=0))
    with zipfile.ZipFile(raw / "c.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.txt", bomb)
        archive.writestr("good.txt", page(1))
    with tarfile.open(raw / "d.tar.gz", "w:gz") as archive:
        member = tarfile.TarInfo("bomb.txt")
        member.size = len(bomb)
        archive.addfile(member, BytesIO(bomb))
    config = tmp_path / "luigi.cfg"
    config.write_text("[limits]\nmax_bytes = 1000000\n[ingest]\nunread_bytes = 1000000\n", encoding="utf-8")
    assert run_build(tmp_path / "raw", clean, RunOptions(progress=False, quiet=True, config_path=config)) == 3
    found = codes(clean)
    assert found.pop("bombs/c.zip#good.txt") is None
    assert set(found.values()) == {"too_large"}
    assert {locator.split("#")[0][6:7] for locator in found} == set("abcde")


def test_a_build_of_containers_made_twice_is_the_same(tmp_path: Path) -> None:
    make_containers(tmp_path / "raw" / "packed")
    for name in ("one", "two"):
        run_build(tmp_path / "raw", tmp_path / name, OPTIONS)
    assert tree(tmp_path / "one") == tree(tmp_path / "two")
