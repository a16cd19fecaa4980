"""Containers cut at every place: what stood whole is kept, what is lost has a row, and no byte vanishes in silence."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import tarfile
import zipfile
from io import BytesIO
from typing import NamedTuple

import pyarrow
import pyarrow.parquet as pq
import pytest
import zstandard

from pipeline.ingest.containers import read
from pipeline.ingest.found import Document, Found, Refused, Source

BODIES = [b"<p>Rain %d</p>" % number * (number + 1) for number in range(3)]


class Made(NamedTuple):
    """A container, where each of its members is whole, and the places at which a cut leaves a whole, smaller container.

    Every `step` bytes a character ends.
    """

    data: bytes
    whole: tuple[int, ...]
    unseen: frozenset[int] = frozenset()
    step: int = 1


def _tar(form: int = tarfile.USTAR_FORMAT) -> Made:
    out, whole = BytesIO(), []
    with tarfile.open(fileobj=out, mode="w", format=form) as made:
        for number, body in enumerate(BODIES):
            info = tarfile.TarInfo(f"{'long/' * 25 * (form == tarfile.GNU_FORMAT)}{number}.html")
            info.size = len(body)
            made.addfile(info, BytesIO(body))
            whole.append(made.offset - 512 + len(body) % 512 if len(body) % 512 else made.offset)
    end = whole[-1] + -whole[-1] % 512
    data = out.getvalue()[: end + 1024]
    return Made(data, tuple(whole), frozenset(range(end + 512, len(data))))


def _zip(method: int) -> Made:
    out, whole = BytesIO(), []
    with zipfile.ZipFile(out, "w", method) as made:
        for number, body in enumerate(BODIES):
            made.writestr(zipfile.ZipInfo(f"{number}.html"), body, compress_type=method)
            whole.append(made.start_dir)
    return Made(out.getvalue(), tuple(whole))


def _streamed_zip() -> Made:
    """Return a ZIP file that was written to a pipe: sizes stand behind the members."""

    class Pipe(BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise OSError

        def seek(self, *_: object) -> int:
            raise OSError

    out, whole = Pipe(), []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for number, body in enumerate(BODIES):
            made.writestr(zipfile.ZipInfo(f"{number}.html"), body, compress_type=zipfile.ZIP_DEFLATED)
            whole.append(len(out.getvalue()))
    return Made(out.getvalue(), tuple(whole))


def _record(number: int, body: bytes) -> tuple[bytes, int]:
    """Return a record, and at which of its bytes it is whole: two line ends follow."""
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{number:032d}>\r\nWARC-Date: 2020-01-02T03:04:05Z\r\n"
        f"WARC-Target-URI: https://example.org/{number}\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    data = head.encode() + block
    return data + b"\r\n\r\n", len(data)


def _warc(pack: str) -> Made:
    data, whole, unseen = b"", [], set()
    for number, body in enumerate(BODIES):
        record, inside = _record(number, body)
        piece = {"": record, "gz": gzip.compress(record, mtime=0), "zst": zstandard.ZstdCompressor(write_checksum=True).compress(record)}[
            pack
        ]
        whole.append(len(data) + (inside if not pack else len(piece)))
        data += piece
        unseen.update(range(whole[-1], len(data) + 1))
    return Made(data, tuple(whole), frozenset(unseen - {len(data)}))


def _lines() -> Made:
    data, whole, unseen = b"", [], set()
    for body in BODIES:
        data += json.dumps({"html": body.decode()}).encode() + b"\n"
        whole.append(len(data) - 1)
        unseen.update((len(data) - 1, len(data)))
    return Made(data, tuple(whole), frozenset(unseen))


def _packed(made: Made, pack: str) -> Made:
    """Return a container packed as one piece: nothing of it is surely whole before its end, and every cut shows."""
    packers = {"gz": lambda data: gzip.compress(data, mtime=0), "xz": lzma.compress, "bz2": bz2.compress}
    return Made(packers.get(pack, zstandard.ZstdCompressor(write_checksum=True).compress)(made.data), ())


def _wide() -> Made:
    """Return JSON Lines in UTF-16 with a byte order mark."""
    made = _lines()
    unseen = {place for end in made.whole for place in (2 * end + 2, 2 * end + 4)}
    data = b"\xff\xfe" + made.data.decode().encode("utf-16-le")
    return Made(data, tuple(2 * end + 2 for end in made.whole), frozenset(unseen - {len(data)}), step=2)


def _delimited(separator: str) -> Made:
    data, whole, unseen = f"url{separator}html\r\n".encode(), [], set()
    for number, body in enumerate(BODIES):
        data += f'https://example.org/{number}{separator}"'.encode() + body + b'"\r\n'
        whole.append(len(data) - 2)
        unseen.update(range(len(data) - 2, len(data) + 1))
    return Made(data, tuple(whole), frozenset(unseen))


def _list() -> Made:
    data, whole = b"[", []
    for body in BODIES:
        data += json.dumps({"html": body.decode()}).encode()
        whole.append(len(data))
        data += b", "
    return Made(data[:-2] + b"]", tuple(whole))


def _parquet() -> Made:
    out = BytesIO()
    pq.write_table(pyarrow.table({"html": [body.decode() for body in BODIES]}), out)
    return Made(out.getvalue(), ())


def _saved_page(body: bytes) -> bytes:
    part = b"--x\r\nContent-Type: %s\r\nContent-Location: https://example.org/%d\r\n\r\n%s\r\n"
    return b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="x"\r\n\r\n' + part % (b"text/html", 1, body) + b"--x--\r\n"


CONTAINERS = {
    "a.tar": _tar(),
    "gnu.tar": _tar(tarfile.GNU_FORMAT),
    "pax.tar": _tar(tarfile.PAX_FORMAT),
    "a.tar.gz": _packed(_tar(), "gz"),
    "a.tar.zst": _packed(_tar(), "zst"),
    "stored.zip": _zip(zipfile.ZIP_STORED),
    "deflated.zip": _zip(zipfile.ZIP_DEFLATED),
    "bzip2.zip": _zip(zipfile.ZIP_BZIP2),
    "lzma.zip": _zip(zipfile.ZIP_LZMA),
    "streamed.zip": _streamed_zip(),
    "a.warc": _warc(""),
    "a.warc.gz": _warc("gz"),
    "a.warc.zst": _warc("zst"),
    "piece.warc.gz": _packed(_warc(""), "gz"),
    "piece.warc.zst": _packed(_warc(""), "zst"),
    "a.json": _list(),
    "a.json.gz": _packed(_list(), "gz"),
    "a.parquet": _parquet(),
    "a.jsonl": _lines(),
    "a.jsonl.gz": _packed(_lines(), "gz"),
    "a.jsonl.zst": _packed(_lines(), "zst"),
    "a.jsonl.xz": _packed(_lines(), "xz"),
    "a.jsonl.bz2": _packed(_lines(), "bz2"),
    "a.tar.xz": _packed(_tar(), "xz"),
    "piece.warc.bz2": _packed(_warc(""), "bz2"),
    "wide.jsonl": _wide(),
    "wide.jsonl.gz": _packed(_wide(), "gz"),
    "a.csv": _delimited(","),
    "a.csv.xz": _packed(_delimited(","), "xz"),
    "a.tsv": _delimited("\t"),
}


def found(name: str, data: bytes) -> list[Found]:
    return list(read(Source(open=lambda: BytesIO(data), locator=name, size=len(data), collection="s", max_bytes=20_000)))


def documents(all_found: list[Found]) -> list[bytes]:
    return [each.raw.data.encode() if isinstance(each.raw.data, str) else each.raw.data for each in all_found if isinstance(each, Document)]


@pytest.mark.parametrize("name", CONTAINERS)
def test_every_cut_is_accounted_for(name: str) -> None:
    made = CONTAINERS[name]
    assert documents(found(name, made.data)) == BODIES
    assert not [each for each in found(name, made.data) if isinstance(each, Refused)]
    last = 0
    for cut in range(made.step, len(made.data), made.step):
        got = found(name, made.data[:cut])
        kept = documents(got)
        refused = [each for each in got if isinstance(each, Refused)]
        assert kept == BODIES[: len(kept)], (cut, "a part of a member counts as a document")
        assert len(kept) >= max(last, sum(end <= cut for end in made.whole)), (cut, kept, got)
        assert bool(refused) != (cut in made.unseen), (cut, got)
        assert not refused or cut < 16 or refused[-1].code == "truncated", (cut, refused)
        last = len(kept)
    assert last == 3 or not made.whole


def test_half_a_character_at_the_end_has_a_row() -> None:
    data = CONTAINERS["wide.jsonl"].data
    for cut in range(3, len(data), 2):
        got = found("wide.jsonl", data[:cut])
        assert isinstance(got[-1], Refused)
        assert got[-1].code == "truncated"
        assert documents(got) == BODIES[: len(got) - 1]


def test_every_cut_of_a_feed_is_accounted_for() -> None:
    data = b'<?xml version="1.0"?>\n<rss version="2.0"><channel><title>Rain</title>\n'
    data += b"".join(b"<item><title>Day %d</title><description>Rain fell.</description></item>\n" % number for number in range(3))
    ends = [place for place in range(len(data)) if data[:place].endswith(b"</item>")]
    data += b"</channel></rss>"
    whole = documents(found("a.rss", data))
    assert len(whole) == 3
    for cut in range(2, len(data)):
        got = found("a.rss", data[:cut])
        assert documents(got) == whole[: sum(end <= cut for end in ends)], cut
        assert isinstance(got[-1], Refused), cut
        assert got[-1].code == "truncated", cut


def test_every_cut_of_a_saved_page_is_accounted_for() -> None:
    body = b"<p>Rain fell for a third day.</p>"
    data = _saved_page(body)
    end = data.index(b"--x--")
    for cut in range(1, len(data) + 1):
        (only,) = found("a.mhtml", data[:cut])
        assert isinstance(only, Document | Refused)
        assert isinstance(only, Refused) or (cut > end and documents([only]) == [body])
        assert isinstance(only, Document) or cut < end + len(b"--x--")


def _listed(made: list[Found]) -> list[tuple[str, str]]:
    return [(each.locator, each.code if isinstance(each, Refused) else "ok") for each in made]


def test_a_header_that_claims_terabytes_is_cut_there_and_then() -> None:
    info = tarfile.TarInfo("large.html")
    info.size = 4 << 40
    data = _tar().data[: _tar().whole[-1] + -_tar().whole[-1] % 512]
    claims = data + info.tobuf(tarfile.GNU_FORMAT) + b"x" * 700
    for name, content in (("a.tar", claims), ("a.tar.gz", gzip.compress(claims))):
        made = found(name, content)
        assert [code for _, code in _listed(made)][:3] == ["ok"] * 3
        assert [code for _, code in _listed(made)][-1] == "truncated"


def test_what_stands_behind_the_end_of_an_archive_has_a_row() -> None:
    made = found("a.tar", _tar().data + _tar().data)
    assert [code for _, code in _listed(made)] == ["ok", "ok", "ok", "truncated"]


def test_a_damaged_header_in_the_middle_has_a_row() -> None:
    data = bytearray(_tar().data)
    data[1024 + 3] ^= 1
    assert [code for _, code in _listed(found("a.tar", bytes(data)))] == ["ok", "truncated"]


@pytest.mark.parametrize("name", ["..\\..\\x.html", "..\\x.html", "a\\..\\..\\x.html", "\\x.html", "c:\\x.html", "../x.html"])
def test_a_name_that_leads_out_has_a_row_whatever_parts_it(name: str) -> None:
    packed, plain = BytesIO(), BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        made.writestr(name, BODIES[1])
    with tarfile.open(fileobj=plain, mode="w") as archive:
        info = tarfile.TarInfo(name)
        info.size = len(BODIES[1])
        archive.addfile(info, BytesIO(BODIES[1]))
    assert [code for _, code in _listed(found("a.zip", packed.getvalue()))] == ["unsafe_path"]
    assert [code for _, code in _listed(found("a.tar", plain.getvalue()))] == ["unsafe_path"]
