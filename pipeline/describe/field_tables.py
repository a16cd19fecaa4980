"""Reads the tables beside this stage."""

from __future__ import annotations

import functools

from pipeline.tsv import headed


def rows(name: str) -> tuple[tuple[str, ...], ...]:
    """Return the rows of `data/<name>.tsv` without remarks and header.

    Raises:
        ValueError: a row has another number of columns than the header.

    >>> ("og:title", "title", "og") in rows("meta")
    True
    """
    return headed("pipeline.describe", f"data/{name}.tsv")


@functools.cache
def meta_names() -> dict[str, tuple[str, str]]:
    """Return name -> (field, source) of the elements that carry a field."""
    return {name: (field, source) for name, field, source in rows("meta")}


@functools.cache
def card_labels() -> frozenset[str]:
    """Return the labels of a page's card beside which the author stands."""
    return frozenset(row[0] for row in rows("card_labels"))


@functools.cache
def first_phrases(language: str) -> tuple[str, ...]:
    """Return what stands before the day of the first publication, without its first letter, which may be a capital.

    >>> "irst published on " in first_phrases("en")
    True
    """
    return tuple(f"{phrase[1:]} " for code, phrase in rows("first_published") if code == language)
