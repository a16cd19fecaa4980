"""The order of evidence, and that no byte is lost or made up."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.decode import DecodeConfig, DecodeError, decode, decode_str, sniff

if TYPE_CHECKING:
    from pipeline.spans import Decoded

CONFIG = DecodeConfig()
PROSE = "Le café est ouvert, “enfin” – dès l’été. "


@pytest.mark.parametrize(
    ("codec", "name"),
    [("utf-8-sig", "utf-8"), ("utf-16", "utf-16le"), ("utf-32", "utf-32le")],
)
def test_a_byte_order_mark_decides(codec: str, name: str) -> None:
    done = decode(PROSE.encode(codec), declared="koi8-r", config=CONFIG)
    assert (done.text, done.info.encoding, done.info.method, done.warnings) == (PROSE, name, "bom", ("charset_wrong",))


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_text_without_a_mark(codec: str) -> None:
    assert decode(PROSE.encode(codec), config=CONFIG).text == PROSE


def test_valid_utf8_beats_a_wrong_declaration() -> None:
    done = decode(PROSE.encode(), declared="text/html; charset=ISO-8859-1", config=CONFIG)
    assert (done.text, done.info.method, done.warnings) == (PROSE, "valid-utf8", ("charset_wrong",))


def test_ascii_is_never_wrongly_declared() -> None:
    assert decode(b"plain words", declared="shift_jis", config=CONFIG).warnings == ()


def test_bad_bytes_stay_where_they_stood() -> None:
    raw = ("naïve – " * 5).encode() + b"caf\xe9 \x93so\x94 " + "“end”".encode()
    done = decode(raw, config=CONFIG)
    assert (done.info.encoding, done.info.method, done.info.repaired, done.warnings) == ("utf-8", "mostly-utf8", 3, ("bad_bytes",))
    assert "caf\uf7e9 \uf793so\uf794 “end”" in done.text


def test_a_text_with_private_characters_of_its_own_gets_replacement_characters() -> None:
    done = decode("icon \uf7e1 naïve – été – ".encode() + b"\xe9 " + "“”".encode(), config=CONFIG)
    assert "\uf7e1" in done.text
    assert "\ufffd" in done.text
    assert done.warnings == ("bad_bytes_lost",)


def test_a_page_declares_its_charset() -> None:
    page = "<html><head><meta charset='windows-1251'></head><body>Слово".encode("cp1251")
    assert decode(page, is_html=True, config=CONFIG).info.method == "meta"
    assert decode(page, is_html=False, config=CONFIG).info.declared is None


def test_http_comes_before_the_page() -> None:
    page = "<meta charset='windows-1252'><p>Слово за слово".encode("cp1251")
    done = decode(page, declared="windows-1251", is_html=True, config=CONFIG)
    assert (done.info.method, done.text[-14:]) == ("http", "Слово за слово")


def test_a_charset_in_a_comment_does_not_count() -> None:
    page = b"<!-- <meta charset=utf-16> --><meta http-equiv=content-type content='text/html; charset=iso-8859-2'>\xa3\xf3d\xbc"
    assert decode(page, is_html=True, config=CONFIG).info.declared == "iso-8859-2"


@pytest.mark.parametrize("raw", [b"", b" \n\t", b"\0\0\0", b"\xef\xbb\xbf \n", b"\xff\xfe"])
def test_empty(raw: bytes) -> None:
    with pytest.raises(DecodeError) as caught:
        decode(raw, config=CONFIG)
    assert caught.value.code == "empty"


def test_binary() -> None:
    with pytest.raises(DecodeError) as caught:
        decode(b"\x89PNG\r\n\x1a\n\0\0", config=CONFIG)
    assert caught.value.code == "binary"


def test_undecodable() -> None:
    with pytest.raises(DecodeError) as caught:
        decode(b"\xef\xbb\xbf" + b"\xff\xfe\xc3 " * 50, config=CONFIG)
    assert caught.value.code == "undecodable"
    assert "unreadable" in caught.value.detail


def test_utf_8_that_was_read_as_latin_1_is_left_to_the_repair() -> None:
    text = "川の船は月曜日に港を出た、と船長が話した。".encode().decode("latin-1")
    assert decode(text.encode(), config=CONFIG).text == text
    with pytest.raises(DecodeError):
        decode(("\x81\x9d\x90 " * 20).encode(), config=CONFIG)


def test_a_string_that_somebody_else_decoded() -> None:
    done = decode_str("a\ud83d\ude00\udc80b")
    assert done.text == "a\ufffd\ufffd\ufffdb"
    assert done.warnings == ("lone_surrogates",)
    assert decode_str("été").info.method == "str"


@given(st.text())
def test_utf8_round_trips(text: str) -> None:
    done = decoded(text.encode(), None)
    assert done is None or done.text == text.removeprefix("\ufeff") or done.info.method in {"bom", "detector"}


def decoded(raw: bytes, declared: str | None) -> Decoded | None:
    with suppress(DecodeError):
        return decode(raw, declared=declared, is_html=True, config=CONFIG)
    return None


DECLARED = [None, "utf-8", "gbk", "shift_jis", "iso-2022-jp", "windows-1252", "utf-16", "nonsense", "x-user-defined"]


@given(st.binary(max_size=300), st.sampled_from(DECLARED))
def test_any_bytes_decode_or_are_refused(raw: bytes, declared: str | None) -> None:
    sniff(raw)
    done = decoded(raw, declared)
    assert done == decoded(raw, declared)
    if done:
        done.text.encode("utf-8")


HOSTILE = [b"<" * 100_000, b"<!--" * 25_000, b"<meta " * 20_000, b"<meta charset=" * 8_000, b"\xe9" * 100_000, b"\xe9\n" * 50_000]
HOSTILE += [b"a\xe9" * 50_000, b"\x1b$" * 50_000, b"\xa4\xa2" * 50_000]


@pytest.mark.parametrize("raw", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_bytes_take_bounded_time(raw: bytes) -> None:
    started = time.process_time()
    decoded(raw, None)
    assert time.process_time() - started < 5
