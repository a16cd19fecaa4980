"""Assembles the record from what the stages decided."""

from pipeline.emit.assemble import Draft, Origin, assemble
from pipeline.emit.identity import article_id
from pipeline.emit.placed import text_annotations, text_blocks, text_links, text_marks

__all__ = ["Draft", "Origin", "article_id", "assemble", "text_annotations", "text_blocks", "text_links", "text_marks"]
