"""A tag with very many attributes costs the parser quadratic time: it is refused before it gets there."""

from __future__ import annotations

import pytest

from pipeline.extract import ExtractError, parse

STORY = "<p>Heavy rain fell on the valley for a third day on Monday.</p>"


def test_a_tag_with_very_many_attributes_is_refused() -> None:
    bomb = "<p " + " ".join(f"a{number}=x" for number in range(100_000)) + ">" + STORY
    with pytest.raises(ExtractError) as caught:
        parse(bomb)
    assert caught.value.code == "too_large"
    assert "attributes" in caught.value.detail


@pytest.mark.parametrize("value", ["word " * 100_000, "<td> </td> " * 20_000], ids=["words", "markup"])
def test_a_long_attribute_value_is_not(value: str) -> None:
    parse(f'<p data-state="{value}">{STORY}')


def test_a_long_script_is_not() -> None:
    parse("<p>Rain.</p><script>for (var i = 0; i<n; i = i + 1) { x = x + 1; }" + "y = y + 1;\n" * 20_000 + "</script>" + STORY)
