"""What the stage does with spans, roles, languages, quotations and damaged bytes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from pipeline.lists import load_lists
from pipeline.normalise import NormaliseConfig, NormSpan, apply, normalise

if TYPE_CHECKING:
    from pipeline.normalise.normalised import Normalised, Role

LISTS = load_lists()


def run(text: str, *spans: NormSpan, **options: object) -> Normalised:
    return normalise(text, spans or [NormSpan(0, len(text), "body", "en")], config=NormaliseConfig(), lists=LISTS, **options)  # type: ignore[arg-type]


def test_code_keeps_its_spaces_and_words() -> None:
    text = "if colour:\r\n    &amp;\tx\x00  "
    assert apply(text, run(text, NormSpan(0, len(text), "code", "en")).changes) == "if colour:\n    &amp;\tx  "


def test_tables_keep_their_tabs() -> None:
    text = "colour\tof  it"
    assert apply(text, run(text, NormSpan(0, len(text), "table", "en")).changes) == "colour\tof it"


@pytest.mark.parametrize(("role", "language"), [("field", "en"), ("body", None), ("body", "fr"), ("body", "enm"), ("table", "en")])
def test_only_english_body_is_spelt_anew(role: Role, language: str | None) -> None:
    text = "the colour they recieve"
    assert run(text, NormSpan(0, len(text), role, language)).changes == ()


def test_a_line_in_another_language_stays_whatever_its_document_is_said_to_be() -> None:
    text = "Les experts veulent organise, analyse et calibre, pour la fibre et les litres de la cuve."
    assert run(text).changes == ()


def test_spaces_at_a_span_within_a_line_stay() -> None:
    text = "see \u200bhere and there"
    assert apply(text, run(text, NormSpan(0, 4, "body", "en"), NormSpan(5, len(text), "body", "en")).changes) == text


def test_a_change_inside_a_quotation_is_marked() -> None:
    text = "“The colour,” he said, “of the mitre.”"
    done = run(text)
    assert [(note.type, note.value, text[note.start : note.end]) for note in done.annotations] == [
        ("in_quote", "colour", "colour"),
        ("variant", "miter", "mitre"),
    ]


def test_annotations_point_into_the_text_that_was_given() -> None:
    text = "&amp;&amp; they wore a mitre"
    (note,) = run(text).annotations
    assert text[note.start : note.end] == "mitre"


def test_what_cannot_be_repaired_is_counted() -> None:
    text = "lost \ufffd here"
    done = run(text)
    assert [(warning.code, warning.base_start, warning.base_end) for warning in done.warnings] == [("encoding_suspect", 5, 6)]


def test_an_unattested_compound_is_a_warning() -> None:
    assert [warning.code for warning in run("Counter·Terrorism").warnings] == ["interpunct"]


def test_a_compound_attested_elsewhere_in_the_document() -> None:
    text = "Counter·Terrorism\n\ncounter-terrorism"
    assert [change.replacement for change in run(text, NormSpan(0, 17, "body", "en"), NormSpan(19, 36, "body", "en")).changes] == ["-"]


@pytest.mark.parametrize(
    ("text", "declared", "variety"),
    [
        ("the colour they organise", None, "en-GB"),
        ("the color they organize", None, "en-US"),
        ("the colour they organize", None, "en-CA"),
        ("the colour they organize", "en-GB-oxendict", "en-GB-oxendict"),
        ("the colour of it", "en-AU", "en-AU"),
        ("nothing tells", "en-GB", "en-GB"),
        ("nothing tells", None, None),
        ("the Labour Party and the Centre Pompidou", None, None),
        ("color and colour", None, None),
    ],
)
def test_variety(text: str, declared: str | None, variety: str | None) -> None:
    assert run(text, source_variety=declared).variety == variety


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("caf\uf7e9 society", "café society"),
        ("it\uf792s so", "it’s so"),
        ("he said \uf793yes\uf794 twice", "he said “yes” twice"),
        ("pages 3\uf7965", "pages 3–5"),
        ("lost \uf7e2\uf780 stump", "lost \ufffd stump"),
        ("\uf7ed\uf7a0\uf7bd\uf7ed\uf7b8\uf780 smiles", "😀 smiles"),
        ("слово\uf7e9 здесь", "слово\ufffd здесь"),
        ("\uf781 nothing", "\ufffd nothing"),
    ],
)
def test_bad_bytes(text: str, expected: str) -> None:
    assert apply(text, run(text, bad_bytes=True).changes) == expected


def test_icon_fonts_stay_where_no_byte_was_bad() -> None:
    assert run("an icon \uf7e9 here").changes == ()


@pytest.mark.parametrize(
    "text",
    [
        "&" * 100_000,
        "&#" * 50_000,
        "a " * 50_000,
        " " * 100_000,
        "\n " * 50_000,
        "\u200b" * 100_000,
        "e\u0301" * 50_000,
        "\u0301" * 100_000,
        "colour" * 16_000,
        "colour " * 14_000,
        '"colour ' * 12_500,
        "“colour ” " * 10_000,
        "‘colour " * 12_500,
        "a·" * 50_000,
        "abc·abc " * 12_500,
        "Smith, J. " * 10_000,
        "the-colour-" * 9_000,
        "\uf7e9" * 100_000,
        "\x92" * 100_000,
        "." * 100_000 + "colour",
        "‘the colour of the harbour was grey and we realised " * 12_500,
    ],
    ids=range(21),
)
def test_hostile_text_takes_bounded_time(text: str) -> None:
    started = time.process_time()
    run(text, bad_bytes=True)
    assert time.process_time() - started < 5
