"""What a page declares of its language, where the measure knows only a neighbour of it."""

from __future__ import annotations

import pytest

from pipeline.text.language import language

NORWEGIAN = "Regnet falt for tredje dag på rad, og elven fortsatte å stige, sa ordføreren i byen på mandag."
BOSNIAN = "Kiša je padala treći dan zaredom, a rijeka je nastavila rasti, rekao je gradonačelnik u ponedjeljak."
ENGLISH = "Rain fell for the third day in a row, and the river went on rising, which nobody in the town could stop."


@pytest.mark.parametrize(
    ("declared", "text", "code"),
    [
        ("nb-NO", NORWEGIAN, "nb"),
        ("no", NORWEGIAN, "no"),
        ("nn", NORWEGIAN, "nn"),
        ("bs_BA", BOSNIAN, "bs"),
        ("hr", BOSNIAN, "hr"),
        ("bs", ENGLISH, "en"),
    ],
)
def test_a_declared_neighbour(declared: str, text: str, code: str) -> None:
    found = language(text, declared)
    assert found is not None
    assert found.code == code
