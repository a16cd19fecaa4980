"""The ordered stages, composed here and nowhere else: bytes in, article or `Rejected` out."""

from __future__ import annotations

from bisect import bisect_right
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec

from pipeline.annotate import entities
from pipeline.codeversion import code_sha256
from pipeline.config import Config
from pipeline.decode import DecodeError, decode, decode_str, sniff
from pipeline.describe import collect_html, collect_visible, judge, language
from pipeline.edits import OffsetMap
from pipeline.emit import Draft, assemble
from pipeline.extract import ExtractError, Extracted, extract, parse
from pipeline.ingest import RawDocument
from pipeline.layout import lay_out
from pipeline.passes import TextRun, clean_text, settle
from pipeline.records import (
    Article,
    Block,
    Candidate,
    Decoded,
    Link,
    QualityWarning,
    RawSource,
    Stripped,
    TextBlock,
)
from pipeline.rejected import Rejected
from pipeline.resources import Resources, load_resources
from pipeline.state import State, advance, begin

if TYPE_CHECKING:
    from collections.abc import Sequence
