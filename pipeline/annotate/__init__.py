"""Remarks on the finished text that change nothing: names and their ids."""

from pipeline.annotate.entities import entities

__all__ = ["entities"]
