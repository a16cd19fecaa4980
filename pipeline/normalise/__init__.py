"""Encoding, spaces and spelling: changed where that is certain, marked where it is not."""

from pipeline.config import NormaliseConfig
from pipeline.edits.compose import apply
from pipeline.normalise.kept_spans import kept_spans
from pipeline.normalise.moved_values import normalise_moved
from pipeline.normalise.normalised import Normalised, NormSpan
from pipeline.normalise.stage import normalise

__all__ = ["NormSpan", "NormaliseConfig", "Normalised", "apply", "kept_spans", "normalise", "normalise_moved"]
