"""Assembles the record from what the stages decided."""

from pipeline.emit.assemble import Described, Draft, assemble
from pipeline.emit.identity import article_id

__all__ = ["Described", "Draft", "article_id", "assemble"]
