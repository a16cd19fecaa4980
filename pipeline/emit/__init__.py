"""Assembles the record from what the stages decided."""

from pipeline.emit.assemble import Draft, assemble
from pipeline.emit.identity import article_id

__all__ = ["Draft", "article_id", "assemble"]
