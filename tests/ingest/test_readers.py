"""Every kind of container: what is whole is read, what is not has a code, and damage never raises."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import random
import tarfile
import warnings
import zipfile
import zlib
from codecs import BOM_UTF8
from io import BytesIO
from typing import TYPE_CHECKING

import brotli
import pyarrow
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from pipeline.config import IngestConfig
from pipeline.ingest.containers import read
from pipeline.ingest.dividing import Division, divide_container
from pipeline.ingest.found import Document, Found, Known, Refused, Skipped, Source
from pipeline.ingest.rows import BLANK
from pipeline.ingest.sidecars import SidecarError, read_meta_file, read_table
from pipeline.ingest.warc import decoded_body

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.ingest.found import Part

PAGE = b"<p>The river rose for a third day, and the bridges are closed.</p>" * 8


def source(name: str, data: bytes, part: Part | None = None, points: bytes | None = None) -> Source:
    opened = (lambda: BytesIO(points)) if points is not None else None
    return Source(open=lambda: BytesIO(data), locator=name, size=len(data), collection="s", max_bytes=20_000, part=part, points=opened)


def found(name: str, data: bytes) -> list[Found]:
    return list(read(source(name, data)))


def told(name: str, data: bytes) -> list[tuple[str, str]]:
    """Locators behind the file's name, with `ok`, a code, or `skipped`."""
    return [
        (each.locator.removeprefix(name), "ok" if isinstance(each, Document) else each.code if isinstance(each, Refused) else "skipped")
        for each in found(name, data)
    ]


def record(
    number: int, body: bytes = PAGE, *, kind: str = "response", status: str = "200 OK", headers: str = "Content-Type: text/html\r\n"
) -> bytes:
    block = f"HTTP/1.1 {status}\r\n{headers}\r\n".encode() + body if kind == "response" else body
    declared = "application/http; msgtype=response" if kind == "response" else "text/html"
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{number:032d}>\r\nWARC-Date: 2020-01-02T03:04:05Z\r\n"
        f"WARC-Target-URI: https://example.org/{number}\r\nContent-Type: {declared}\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


RECORDS = [record(number, PAGE * (number % 3 + 1)) for number in range(7)]
WARC = b"".join(RECORDS)
WARC_GZ = b"".join(gzip.compress(each, mtime=0) for each in RECORDS)
WARC_ZST = b"".join(zstandard.ZstdCompressor().compress(each) for each in RECORDS)
LINES = b"".join(json.dumps({"html": PAGE.decode(), "url": f"https://example.org/{number}"}).encode() + b"\n" for number in range(7))

ROWS = b"url,html\r\n" + b"".join(b'https://example.org/%d,"%s, ""she"" said\n%s"\r\n' % (number, PAGE, PAGE) for number in range(7))


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, data in members.items():
            made.writestr(zipfile.ZipInfo(name), data, compress_type=method)
    return out.getvalue()


def tarred(members: dict[str, bytes], mode: str = "w") -> bytes:
    out = BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, BytesIO(data))
    return out.getvalue()


MEMBERS = {f"p/{number}.html": PAGE for number in range(7)}
WHOLE = {
    "a.warc": WARC,
    "a.warc.gz": WARC_GZ,
    "a.warc.zst": WARC_ZST,
    "one.warc.gz": gzip.compress(WARC, mtime=0),
    "a.jsonl": LINES,
    "a.jsonl.gz": gzip.compress(LINES, mtime=0),
    "a.jsonl.zst": zstandard.ZstdCompressor().compress(LINES),
    "a.jsonl.xz": lzma.compress(LINES),
    "a.jsonl.bz2": bz2.compress(LINES),
    "marked.jsonl": BOM_UTF8 + LINES,
    "a.csv": ROWS,
    "a.csv.gz": gzip.compress(ROWS, mtime=0),
    "a.json": b"[" + b",".join(LINES.splitlines()) + b"]",
    "a.zip": zipped(MEMBERS),
    "a.tar": tarred(MEMBERS),
    "a.tar.gz": tarred(MEMBERS, "w:gz"),
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_container_gives_all_its_documents(name: str) -> None:
    each = found(name, WHOLE[name])
    assert [type(one) for one in each] == [Document] * 7
    assert len({one.locator for one in each}) == 7
    assert all(isinstance(one, Document) and one.raw.locator == one.locator for one in each)


@pytest.mark.parametrize("name", WHOLE)
def test_the_parts_of_a_container_give_what_the_whole_gives(name: str) -> None:
    data = WHOLE[name]
    division = divide_container(source(name, data), documents=3, size=1 << 30)
    if name == "a.json":
        assert division.parts == ()
        return
    assert (len(division.parts), division.documents) == (3, 7)
    assert (division.points is not None) == (name in ("one.warc.gz", "a.jsonl.gz", "a.csv.gz", "a.tar.gz"))
    for points in {None, division.points}:
        assert [one for part in division.parts for one in read(source(name, data, part, points))] == found(name, data)


@pytest.mark.parametrize("name", sorted(set(WHOLE) - {"a.json"}))
def test_parts_are_bounded_by_bytes_too(name: str) -> None:
    """Records that are packed one by one are bounded by their bytes as stored, all else by unpacked bytes."""
    data = WHOLE[name]
    parts = divide_container(source(name, data), documents=100, size=400 if name in ("a.warc.gz", "a.warc.zst") else 1500).parts
    assert 3 <= len(parts) <= 7
    assert [one for part in parts for one in read(source(name, data, part))] == found(name, data)


@pytest.mark.parametrize("name", WHOLE)
def test_a_container_that_ends_early_says_so(name: str) -> None:
    """The last row has a code; every document before it is what it was."""
    data = WHOLE[name][: len(WHOLE[name]) // 2]
    each = found(name, data)
    assert each
    assert isinstance(each[-1], Refused)
    assert each[-1].code in ("truncated", "bad_container", "bad_record")
    whole = found(name, WHOLE[name])
    bodies = [one.raw.data for one in each if isinstance(one, Document)]
    assert bodies == [one.raw.data for one in whole if isinstance(one, Document)][: len(bodies)]


@pytest.mark.parametrize(
    ("name", "place", "noise", "cut"),
    [
        ("one.warc.gz", 300, b"\xa5", True),
        ("one.warc.gz", 354, b"v\xc7\xc3\x8d", False),
        ("a.tar.gz", 221, b"\x12\x01\xbf\xc8\xf5", True),
        ("a.tar.gz", 232, b"\xf9Z#I\x90", True),
    ],
)
def test_damage_that_once_was_read_otherwise_in_parts(name: str, place: int, noise: bytes, cut: bool) -> None:
    test_damage_never_raises_and_always_has_a_row.hypothesis.inner_test(name, place, noise, cut)


def test_parts_of_a_large_damaged_file_give_what_the_whole_gives() -> None:
    """What is far from the damage is still spread over parts."""
    noise = random.Random(1).randbytes(6000).hex()
    lines = b"".join(json.dumps({"text": noise, "n": number}).encode() + b"\n" for number in range(300))
    for packed in (gzip.compress(lines), zstandard.ZstdCompressor().compress(lines)):
        data = packed[: int(len(packed) * 0.9)]
        parts = divide_container(source("a.jsonl.gz", data), documents=20, size=1 << 30).parts
        assert 3 <= len(parts) <= 15
        assert [one for part in parts for one in read(source("a.jsonl.gz", data, part))] == found("a.jsonl.gz", data)


@given(st.sampled_from(sorted(WHOLE)), st.integers(0, 1 << 30), st.binary(max_size=6), st.booleans())
def test_damage_never_raises_and_always_has_a_row(name: str, place: int, noise: bytes, cut: bool) -> None:
    data = WHOLE[name]
    at = place % len(data)
    data = data[:at] + noise + (b"" if cut else data[at + len(noise) :])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of odd names
        each = found(name, data)
        assert each
        division = divide_container(source(name, data), documents=2, size=1 << 30)
        parts = division.parts
        if parts:
            again = [one for part in parts for one in read(source(name, data, part, division.points))]
            assert [one.locator for one in again] == [one.locator for one in each]


def test_warc_records_that_are_no_pages() -> None:
    image = "Content-Type: image/png\r\n"
    data = (
        record(0, kind="warcinfo")
        + record(1, status="404 Not Found")
        + record(2, headers=image)
        + record(3, kind="revisit")
        + record(4, kind="resource")
        + record(5, PAGE * 100)
    )
    assert [verdict for _, verdict in told("a.warc", data)] == ["skipped", "skipped", "skipped", "ok", "too_large"]
    reasons = [each.reason for each in found("a.warc", data) if isinstance(each, Skipped)]
    assert reasons == ["HTTP status 404", "content type image/png", "a revisit record repeats an earlier capture"]


def test_warc_positions_cut_the_record_out_of_the_file() -> None:
    for each in found("a.warc.gz", WARC_GZ):
        assert isinstance(each, Document)
        place = each.raw.meta.warc
        assert place is not None
        assert place.record_id is not None
        assert place.record_id.encode() in gzip.decompress(WARC_GZ[place.offset : place.offset + place.length])
        assert each.raw.url == f"https://example.org/{int(place.record_id[10:-1])}"
        assert each.raw.meta.http == {"Content-Type": "text/html"}


def test_positions_in_a_file_packed_as_one_piece() -> None:
    """The piece is the whole file; where the record begins in what it unpacks to is said apart from that."""
    starts = []
    for each in found("one.warc.gz", WHOLE["one.warc.gz"]):
        assert isinstance(each, Document)
        place = each.raw.meta.warc
        assert place is not None
        assert (place.offset, place.length) == (0, len(WHOLE["one.warc.gz"]))
        assert place.unpacked_offset is not None
        starts.append(place.unpacked_offset)
        assert each.locator == "one.warc.gz#0" + (f".{starts[-1]}" if starts[-1] else "")
    assert starts == [sum(map(len, RECORDS[:number])) for number in range(7)]
    assert all(each.raw.meta.warc.unpacked_offset is None for each in found("a.warc.gz", WARC_GZ))  # type: ignore[union-attr]


@pytest.mark.parametrize("outer", ["o.zip", "stored.zip", "o.tar", "o.tar.gz"])
@pytest.mark.parametrize("name", sorted(WHOLE))
def test_a_container_inside_a_container_gives_what_it_gives_alone(name: str, outer: str) -> None:
    members = {"first.html": PAGE, f"in/{name}": WHOLE[name], "last.html": PAGE}
    data = archive(outer, members)
    first, *inside, last = found(outer, data)
    assert (first.locator, last.locator) == (f"{outer}#first.html", f"{outer}#last.html")
    assert inside == found(f"{outer}#in/{name}", WHOLE[name])
    parts = divide_container(source(outer, data), documents=1, size=1 << 30).parts
    assert len(parts) == 3
    assert [one for part in parts for one in read(source(outer, data, part))] == [first, *inside, last]


def archive(name: str, members: dict[str, bytes]) -> bytes:
    if name.endswith(".zip"):
        return zipped(members, zipfile.ZIP_STORED if name.startswith("stored") else zipfile.ZIP_DEFLATED)
    return tarred(members, "w:gz" if name.endswith(".gz") else "w")


@pytest.mark.parametrize("outer", ["o.zip", "stored.zip", "o.tar", "o.tar.gz"])
def test_containers_in_containers_end_somewhere(outer: str) -> None:
    data = PAGE
    for number in range(6):
        data = archive(outer, {f"{number}.html": PAGE, outer: data})
    rows = [(locator.count("#"), verdict) for locator, verdict in told(outer, data)]
    assert rows == [(1, "ok"), (2, "ok"), (3, "ok"), (4, "ok"), (4, "too_deep")]


@pytest.mark.parametrize("outer", ["o.zip", "o.tar.gz"])
def test_an_inner_bomb_and_inner_damage_cost_themselves_alone(outer: str) -> None:
    bomb = zipped({"bomb.html": b"a" * 1_000_000})
    inner = {"cut.jsonl.gz": WHOLE["a.jsonl.gz"][:-20], "bomb.zip": bomb, "huge.jsonl": b"a" * 300_000, "none.zip": b"", "t.html": PAGE}
    small = structs.replace(source(outer, archive(outer, inner)), config=IngestConfig(nested_bytes=100_000, unread_bytes=1_000_000))
    verdicts = [(each.locator.removeprefix(f"{outer}#"), getattr(each, "code", "ok")) for each in read(small)]
    assert [row for row in verdicts if row[1] != "ok"] == [
        ("cut.jsonl.gz", "truncated"),
        ("bomb.zip#bomb.html", "too_large"),
        ("huge.jsonl", "too_large"),
        ("none.zip", "bad_container"),
    ]
    assert verdicts[-1] == ("t.html", "ok")


def test_an_archive_that_ends_in_an_inner_container_says_so() -> None:
    data = tarred({"a.html": PAGE, "b.warc": WARC})
    rows = told("o.tar", data[: data.index(RECORDS[5])])
    assert [verdict for _, verdict in rows][:2] == ["ok", "ok"]
    assert "truncated" in {verdict for _, verdict in rows}
    packed = gzip.compress(data)
    assert "truncated" in {verdict for _, verdict in told("o.tar.gz", packed[: len(packed) // 2])}


def test_sidecars_reach_documents_of_inner_containers() -> None:
    data = archive("o.zip", {"in.jsonl": LINES, "in.zip": zipped(MEMBERS)})
    known = {"in.zip#p/3.html": Known(url="u3"), "in.zip": Known(fetched_at="2020"), "": Known(media_type="text/html")}
    rows = {each.locator: each.raw for each in read(structs.replace(source("o.zip", data), known=known)) if isinstance(each, Document)}
    assert rows["o.zip#in.zip#p/3.html"].url == "u3"
    assert rows["o.zip#in.zip#p/2.html"].meta.fetched_at == "2020"
    assert {raw.media_type for raw in rows.values()} == {"text/html"}


def test_blank_lines_without_end_are_no_documents() -> None:
    data = gzip.compress(LINES + (b" " * 99 + b"\n") * 50_000)
    assert [verdict for _, verdict in told("a.jsonl.gz", data)] == ["ok"] * 7 + ["too_large"]


def test_a_tar_file_with_a_header_for_all_members_is_read_from_its_start() -> None:
    out = BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT, pax_headers={"mtime": "1"}) as made:
        for name, data in MEMBERS.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            made.addfile(info, BytesIO(data))
    assert divide_container(source("a.tar", out.getvalue()), documents=2, size=1 << 30).parts == ()


def test_names_that_stand_twice_are_found_in_every_part() -> None:
    out = BytesIO()
    with tarfile.open(fileobj=out, mode="w") as made:
        for name in ("a.html", "b" * 150 + ".html", "a.html", "c.html", "b" * 150 + ".html", "a.html"):
            info = tarfile.TarInfo(name)
            info.size = len(PAGE)
            made.addfile(info, BytesIO(PAGE))
    data = out.getvalue()
    assert [verdict for _, verdict in told("a.tar", data)] == ["ok", "ok", "duplicate_id", "ok", "duplicate_id", "duplicate_id"]
    for documents in (1, 2, 3, 4):
        parts = divide_container(source("a.tar", data), documents=documents, size=1 << 30).parts
        assert [one for part in parts for one in read(source("a.tar", data, part))] == found("a.tar", data)


@pytest.mark.parametrize(
    ("coding", "data"),
    [
        ("gzip", gzip.compress(PAGE, mtime=0)),
        ("deflate", zlib.compress(PAGE)),
        ("deflate", zlib.compress(PAGE)[2:-4]),
        ("zstd", zstandard.ZstdCompressor().compress(PAGE)),
        ("gzip", PAGE),
        ("identity", PAGE),
    ],
)
def test_codings_are_undone_or_left(coding: str, data: bytes) -> None:
    assert decoded_body(data, {"Content-Encoding": coding}, 1 << 20) == PAGE
    assert len(decoded_body(data, {"content-encoding": coding}, 10)) in (10, len(PAGE))


def test_brotli_stops_at_the_limit() -> None:
    bomb = brotli.compress(b"a" * 10_000_000)
    assert decoded_body(brotli.compress(PAGE), {"Content-Encoding": "br"}, 1 << 20) == PAGE
    assert len(decoded_body(bomb, {"Content-Encoding": "br"}, 1000)) == 1000


def test_rows_say_what_is_wrong_with_them() -> None:
    data = (
        b'{"html": "<p>a</p>"}\n\n{broken\n[1]\n{"title": "x"}\n{"text": "' + b"a" * 21_000 + b'"}\n{"metadata": {"url": "u"}, "text": "b"}'
    )
    assert [verdict for _, verdict in told("a.jsonl", data)] == ["ok", "bad_record", "bad_record", "bad_record", "too_large", "ok"]
    last = found("a.jsonl", data)[-1]
    assert isinstance(last, Document)
    assert (last.raw.url, last.raw.data) == ("u", "b")


def test_names_that_leave_the_archive_and_names_that_stand_twice() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        out = BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for name in (
                "a.html",
                "../b.html",
                "/c.html",
                "d\\..\\..\\e.html",
                "a.html",
                "README.md",
                ".f.html",
                "g.txt.zip/..",
                "__MACOSX/h.html",
            ):
                archive.writestr(zipfile.ZipInfo(name), PAGE)
    verdicts = told("a.zip", out.getvalue())
    assert verdicts == [
        ("#a.html", "ok"),
        ("#../b.html", "unsafe_path"),
        ("#/c.html", "unsafe_path"),
        ("#d\\..\\..\\e.html", "unsafe_path"),
        ("#a.html", "duplicate_id"),
        ("#g.txt.zip/..", "unsafe_path"),
    ]


def test_links_in_archives_are_not_followed() -> None:
    out = BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE):
            info = tarfile.TarInfo(f"{kind!r}.html")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    assert {verdict for _, verdict in told("a.tar", out.getvalue())} == {"symlink"}


def test_a_saved_page_is_its_page_alone() -> None:
    data = (
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n"
        b"Content-Transfer-Encoding: quoted-printable\r\nContent-Location: https://example.org/p\r\n\r\n<p>a=3Db</p>\r\n"
        b"--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\naaaa\r\n--b--\r\n"
    )
    (page,) = found("a.mhtml", data)
    assert isinstance(page, Document)
    assert (page.locator, page.raw.url, page.raw.data) == ("a.mhtml", "https://example.org/p", b"<p>a=b</p>")
    assert [verdict for _, verdict in told("b.mht", b"no page at all")] == ["bad_container"]


@pytest.mark.parametrize("name", ["a.warc", "a.jsonl", "a.zip", "a.tar", "a.json", "a.mhtml"])
def test_an_empty_file_is_a_row(name: str) -> None:
    assert [verdict for _, verdict in told(name, b"")] in (["empty"], ["bad_container"], ["truncated"])


def test_parquet_rows_and_row_groups() -> None:
    out = BytesIO()
    table = pyarrow.table({"text": ["a", "b", "c", None], "url": ["u0", "u1", "u2", "u3"]})
    pq.write_table(table, out, row_group_size=2)
    assert told("a.parquet", out.getvalue()) == [("#0", "ok"), ("#1", "ok"), ("#2", "ok"), ("#3", "bad_record")]
    parts = divide_container(source("a.parquet", out.getvalue()), documents=1, size=1 << 30).parts
    assert len(parts) == 4
    assert [one for part in parts for one in read(source("a.parquet", out.getvalue(), part))] == found("a.parquet", out.getvalue())
    assert [verdict for _, verdict in told("a.parquet", out.getvalue()[:-9])] == ["truncated"]


def test_sidecars_are_read_strictly() -> None:
    known = read_meta_file(b'{"url": "u", "headers": {"A": 1}, "other": []}')
    assert known == Known(url="u", http={"A": "1"})
    rows = dict(read_table(b'path\thttp\turl\n# a remark\n./a.html\t{"A": "b"}\tu\r\n\n'))
    assert rows == {"a.html": Known(url="u", http={"A": "b"})}
    for bad in (b"a.html https://example.org\n", b"\xff\xfe\n", b"path\turl\thttp\na\tb\t{\n"):
        with pytest.raises(SidecarError):
            list(read_table(bad))
    with pytest.raises(SidecarError):
        read_meta_file(b"[]")


def test_rows_with_a_byte_order_mark_and_in_utf_16() -> None:
    rows = LINES.decode()
    listed = "[" + ",".join(rows.splitlines()) + "]"
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        assert [code for _, code in told("a.jsonl", rows.encode(encoding))] == ["ok"] * 7
        assert [code for _, code in told("a.json", listed.encode(encoding))] == ["ok"] * 7
    wide = source("a.jsonl", rows.encode("utf-16"))
    assert divide_container(wide, documents=3, size=1 << 30) == Division(7)
    assert [code for _, code in told("a.jsonl", BOM_UTF8 + b"\n" + LINES + BOM_UTF8 + LINES)] == ["ok"] * 14
    broken = "\ufeff{}\n".encode("utf-16-le") + b"\x00\xd8a\x00"
    assert told("a.jsonl", broken) == [("", "bad_container")]


def bodies(name: str, data: bytes) -> list[bytes | str]:
    return [each.raw.data for each in found(name, data) if isinstance(each, Document)]


def test_delimited_rows_are_read_as_they_are_written() -> None:
    rows = b'Title,URL,Text\r\nRain,https://example.org/1,"He said ""rain"",\r\nand it fell."\r\n,,Wind\r\n'
    assert told("a.csv", rows) == [("#16", "ok"), ("#78", "ok")]
    assert bodies("a.csv", rows) == ['He said "rain",\r\nand it fell.', "Wind"]
    assert [each.raw.url for each in found("a.csv", rows) if isinstance(each, Document)] == ["https://example.org/1", None]
    for separator in ";\t|":
        assert bodies("a.csv", rows.replace(b",", separator.encode())) == [f'He said "rain"{separator}\r\nand it fell.', "Wind"]
    assert bodies("a.csv", rows.decode().encode("utf-16")) == bodies("a.csv", BOM_UTF8 + rows) == bodies("a.csv", rows)
    assert bodies("a.csv", "text;n\nGrüße;1\n".encode("cp1252")) == ["Grüße".encode("cp1252")]
    assert bodies("a.csv", b"text\n" + b"rain " * 3000) == ["rain " * 3000]


def test_delimited_rows_say_what_is_wrong_with_them() -> None:
    rows = b'url,text\na,b,c\n"x"y,z\nu\nv,\nw,"rain\n'
    assert told("a.csv", rows) == [("#9", "bad_record"), ("#15", "bad_record"), ("#22", "bad_record"), ("#24", "ok"), ("#27", "truncated")]
    assert told("a.csv", b"a,b\n1,2\n") == [("", "bad_container")]
    assert told("a.csv", b"text,url\n") == [("", "empty")]
    assert told("a.csv", b"url,text\n1," + b"x" * 21_000 + b"\n") == [("#9", "too_large")]
    assert told("a.csv", b'url,text\n1,"' + b"x" * 100_000) == [("", "too_large")]
    assert told("a.csv", b"text\nrain\n" + b"\n" * (BLANK + 9)) == [("#5", "ok"), ("", "too_large")]


def test_quotes_in_files_that_tabs_part_count_where_they_keep_the_rules() -> None:
    assert bodies("a.tsv", b'url\ttext\n1\t"Rain"\n2\t"Wind\tand\nsnow"\n') == ["Rain", "Wind\tand\nsnow"]
    assert bodies("a.tsv", b'url\ttext\n1\t"Rain," she said.\n2\tWind\n') == ['"Rain," she said.', "Wind"]
    assert bodies("a.tsv", b'url\ttext\n1\t"Rain fell\n2\tWind\n') == ['"Rain fell', "Wind"]
    assert told("a.tsv", b'url\ttext\n1\tWind\n2\t"Rain fe') == [("#9", "ok"), ("#16", "truncated")]


FEED = b"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Lake Post</title><language>en-gb</language>
<item><title>Ferry &amp; harbour</title><link>https://example.org/a?x=1&y=2</link><dc:creator>Ann Lee</dc:creator>
<pubDate>Tue, 03 Mar 2020 08:30:00 GMT</pubDate><description>Short&nbsp;one</description>
<content:encoded><![CDATA[<p>The ferry came back.</p>]]></content:encoded></item>
<item><title>Rain</title><guid>https://example.org/b</guid><author>jo@example.org (Jo Ray)</author><description>First.

Second.</description></item></channel></rss>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>See</title><entry><title>Regen</title>
<link rel="self" href="https://example.org/x"/><link href="https://example.org/1"/><author><name>B C</name></author>
<published>2020-01-01</published><updated>2020-01-02</updated>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Regen &amp; Wind</p></div></content></entry></feed>"""
RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel><title>K</title></channel><item><title>T</title><link>https://example.org/z</link><description>Rain</description></item></rdf:RDF>"""


@pytest.mark.parametrize("name", ["a.rss", "a.xml", "a.xml.gz"])
def test_the_items_of_a_feed_are_pages(name: str) -> None:
    first, second = found(name, gzip.compress(FEED) if name.endswith("gz") else FEED)
    assert isinstance(first, Document)
    assert isinstance(second, Document)
    assert (first.locator, first.raw.url, first.raw.media_type) == (f"{name}#0", "https://example.org/a?x=1&y=2", "text/html")
    page = str(first.raw.data)
    for part in (
        '<html lang="en-gb">',
        "<h1>Ferry &amp; harbour</h1>\n<p>The ferry came back.</p>",
        '"author" content="Ann Lee"',
        'published_time" content="2020-03-03T08:30:00+00:00"',
        'og:site_name" content="Lake Post"',
    ):
        assert part in page
    assert "<p>First.</p>\n<p>Second.</p>" in str(second.raw.data)
    assert 'content="Jo Ray"' in str(second.raw.data)
    assert second.raw.url == "https://example.org/b"


def test_atom_and_rss_1_and_other_xml() -> None:
    (entry,) = found("a.atom", ATOM)
    assert isinstance(entry, Document)
    assert entry.raw.url == "https://example.org/1"
    for part in (
        'lang="de"',
        "<p>Regen &amp; Wind</p>",
        'content="B C"',
        'published_time" content="2020-01-01"',
        'modified_time" content="2020-01-02"',
    ):
        assert part in str(entry.raw.data)
    assert [each.locator for each in found("a.rdf", RDF)] == ["a.rdf#0"]
    assert [each.locator for each in found("a.xml", b'<?xml version="1.0"?><html><p>Rain</p></html>')] == ["a.xml"]
    assert told("a.zip", zipped({"feed.xml": FEED})) == [("#feed.xml#0", "ok"), ("#feed.xml#1", "ok")]
    assert told("a.rss", b"<rss><channel></channel></rss>") == [("", "empty")]


def test_entities_of_a_feed_are_neither_read_nor_expanded() -> None:
    bomb = b"<!DOCTYPE rss [<!ENTITY a 'rain '>" + b"".join(b"<!ENTITY %c '%s'>" % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    data = bomb + b"<!ENTITY z SYSTEM 'file:///etc/hostname'>]><rss><channel><item><title>&j; &z;</title></item></channel></rss>"
    (item,) = found("a.rss", data)
    assert isinstance(item, Document)
    assert "<h1>&amp;j; &amp;z;</h1>" in str(item.raw.data)


@pytest.mark.parametrize("pack", [lzma.compress, bz2.compress])
def test_xz_and_bzip2_bombs_end_at_the_limit(pack: Callable[[bytes], bytes]) -> None:
    data = pack(b"\0" * 30_000_000)
    name = "a.html.xz" if pack is lzma.compress else "a.html.bz2"
    assert told(name, data) == [("", "too_large")]
    assert told(name, pack(PAGE) + pack(PAGE)) == [("", "ok")]
    assert told(name, pack(PAGE)[:-9]) == [("", "truncated")]
    assert told(name, pack(PAGE)[:30] + b"noise" + pack(PAGE)[35:]) == [("", "bad_container")]
