"""The charset matrix: every encoding that pages were written in, declared right, wrong and not at all, long and short."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.decode import DecodeConfig, DecodeError, decode
from pipeline.decode.labels import from_label

CASES = json.loads((Path(__file__).parents[1] / "cases" / "decode" / "charsets.json").read_text("utf-8"))
LABELS = sorted({label for case in CASES for label in case["encodings"]} | {"utf-8", "iso-8859-1"})
MATRIX = [(case["language"], label, case["text"]) for case in CASES for label in [*case["encodings"], "utf-8", "utf-16le", "utf-16be"]]
CONFIG = DecodeConfig()


def reads(text: str, label: str, declared: str | None) -> bool:
    encoding = from_label(label)
    assert encoding is not None
    raw = text.encode(encoding.codec, "ignore")
    try:
        return decode(raw, declared=declared, config=CONFIG).text == raw.decode(encoding.codec)
    except DecodeError:
        return False


@pytest.mark.parametrize(("language", "label", "text"), MATRIX, ids=[f"{language}-{label}" for language, label, _ in MATRIX])
def test_declared_right_and_not_at_all(language: str, label: str, text: str) -> None:
    assert reads(text, label, label), language
    assert reads(text, label, None), language


def test_declared_wrong() -> None:
    outcomes = [
        reads(text, label, wrong)
        for index, (_, label, text) in enumerate(MATRIX)
        for wrong in ("utf-8", "iso-8859-1", LABELS[index % len(LABELS)])
        if from_label(wrong) != from_label(label)
    ]
    assert len(outcomes) > 300
    assert 100 * sum(outcomes) >= 99 * len(outcomes)


def test_short_texts_declared_right() -> None:
    outcomes = [reads(text[:60], label, label) for _, label, text in MATRIX]
    assert 100 * sum(outcomes) >= 97 * len(outcomes)


def test_short_texts_not_declared() -> None:
    outcomes = [reads(text[:120], label, None) for _, label, text in MATRIX]
    assert 100 * sum(outcomes) >= 90 * len(outcomes)


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("latin1", "windows-1252"),
        ("US-ASCII", "windows-1252"),
        ("gb2312", "gbk"),
        ("x-sjis", "shift_jis"),
        ("ks_c_5601-1987", "euc-kr"),
        ("iso-8859-9", "windows-1254"),
        ("tis-620", "windows-874"),
        ('text/html; charset="UTF8"', "utf-8"),
        ("x-mac-cyrillic", "x-mac-cyrillic"),
        ("macintosh", "macintosh"),
    ],
)
def test_labels(label: str, name: str) -> None:
    encoding = from_label(label)
    assert encoding is not None
    assert encoding.name == name


@pytest.mark.parametrize("label", ["", "klingon", "x-user-defined", "hz-gb-2312", "été", "charset="])
def test_labels_that_mean_nothing(label: str) -> None:
    assert from_label(label) is None
