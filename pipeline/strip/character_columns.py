"""The columns of blocks and of spans that follow from their characters alone: the line model and the span model see the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipeline.text.characters import CLOSE, COLON, COMMA, DIGIT, OPEN, QUOTE, STOP, UPPER

if TYPE_CHECKING:
    from pipeline.text.characters import Classes, Ints


def character_columns(classes: Classes, starts: Ints, ends: Ints, tally: Ints) -> dict[str, np.ndarray]:
    """Return columns by name, one value for each stretch `[start, end)` of the text; offsets count code points.

    `tally` is `classes.tally(starts, ends)`. Limits keep one long stretch from being unlike all that the models have seen.
    """
    size = ends - starts
    safe = np.maximum(size, 1)
    words = classes.words(starts, ends)
    letter_words, capital_words, small_words = classes.short_and_capital(starts, ends)
    return {
        "chars": np.minimum(size, 2000),
        "words": np.minimum(words, 400),
        "stops": np.minimum(tally[:, STOP], 40),
        "commas": np.minimum(tally[:, COMMA], 40),
        "colons": np.minimum(tally[:, COLON], 10),
        "uppers": tally[:, UPPER] * 100 // safe,
        "digits": tally[:, DIGIT] * 100 // safe,
        "quotes": np.minimum(tally[:, QUOTE] + tally[:, OPEN] + tally[:, CLOSE], 20),
        "first": classes.classes[starts],
        "last": classes.classes[ends - 1],
        "capitals": capital_words * 100 // np.maximum(letter_words, 1),
        "small_words": small_words * 100 // np.maximum(letter_words, 1),
        "word_length": np.minimum(size * 10 // np.maximum(words, 1), 400),
    }
