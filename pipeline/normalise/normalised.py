"""What the normaliser takes and returns."""

from __future__ import annotations

from typing import Literal

import msgspec

from pipeline.edits.compose import Op
from pipeline.records import Annotation, QualityWarning

Role = Literal["body", "field", "table", "code"]


class NormSpan(msgspec.Struct, frozen=True):
    """A part of the text that may be changed; nothing outside such a part is.

    Attributes:
        start: offset of its first code point.
        end: offset after its last.
        role: `body` gets everything; `field` (a title, a caption) everything but spelling; `table` as field, and tabs stay; `code` only
            has its line ends, controls and bad bytes repaired.
        language: BCP 47 code, or None where unknown; only English is spelt anew.
    """

    start: int
    end: int
    role: Role = "body"
    language: str | None = None


class Normalised(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome; all offsets index the text that was given.

    Attributes:
        changes: sorted and disjoint, each inside one span.
        annotations: remarks that change nothing.
        warnings: codes `encoding_suspect` and `interpunct`.
        variety: the spelling variety that the document itself keeps, None where it shows none.
    """

    changes: tuple[Op, ...]
    annotations: tuple[Annotation, ...]
    warnings: tuple[QualityWarning, ...]
    variety: str | None
