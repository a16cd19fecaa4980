"""The closed list of reasons why an input becomes no record."""

from __future__ import annotations

from typing import Literal, get_args

RejectionCode = Literal[
    "empty",
    "binary",
    "too_large",
    "too_deep",
    "undecodable",
    "no_article",
    "permission",
    "unsafe_path",
    "symlink",
    "truncated",
    "bad_container",
    "bad_record",
    "duplicate_id",
    "timeout",
    "out_of_memory",
    "crashed",
]
CODES: frozenset[str] = frozenset(get_args(RejectionCode))
MACHINE_CODES: frozenset[str] = frozenset({"timeout", "out_of_memory", "crashed"})
"""Outcomes of a machine and not of the input: a build that holds one is not reproducible until a retry clears it."""


class Rejected(Exception):  # noqa: N818 - the public name in the contract
    """An input that is no article, or none that can be read: `code` is one of `CODES`, `detail` says what was found."""

    def __init__(self, code: RejectionCode, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code: RejectionCode = code
        self.detail = detail

    def __reduce__(self) -> tuple[type[Rejected], tuple[RejectionCode, str]]:
        return Rejected, (self.code, self.detail)
