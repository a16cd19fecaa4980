"""A tag with very many attributes costs the parser quadratic time: it is refused before it gets there."""

from __future__ import annotations

import pytest

from pipeline.extract import ExtractError, parse

STORY = "<p>Heavy rain fell on the valley for a third day on Monday.</p>"


NAMES = [f"a{number}" for number in range(100_000)]


@pytest.mark.parametrize(
    "attributes",
    [
        " ".join(f"{name}=x" for name in NAMES),
        "/".join(NAMES),
        "".join(f'{name}=""' for name in NAMES),
        " ".join(f"{name}='>'" for name in NAMES),
        " ".join(f'{name}="<a>"' if number % 300 == 0 else name for number, name in enumerate(NAMES)),
    ],
    ids=["values", "slashes", "no separators", "quoted end of tag", "quoted tags"],
)
def test_a_tag_with_very_many_attributes_is_refused(attributes: str) -> None:
    with pytest.raises(ExtractError) as caught:
        parse(f"<p {attributes}>{STORY}")
    assert caught.value.code == "too_large"
    assert "attributes" in caught.value.detail


@pytest.mark.parametrize("text", ["word " * 20_000, "word <3 " * 20_000], ids=["words", "hearts"])
def test_a_long_text_without_tags_is_not(text: str) -> None:
    parse(f"<body><p>{text}")


@pytest.mark.parametrize("value", ["word " * 100_000, "<td> </td> " * 20_000], ids=["words", "markup"])
def test_a_long_attribute_value_is_not(value: str) -> None:
    parse(f'<p data-state="{value}">{STORY}')


def test_a_long_script_is_not() -> None:
    parse("<p>Rain.</p><script>for (var i = 0; i<n; i = i + 1) { x = x + 1; }" + "y = y + 1;\n" * 20_000 + "</script>" + STORY)
