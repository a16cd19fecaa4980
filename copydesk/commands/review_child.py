"""Cleans the documents of a build again for their pages: many in one child process, each within the limits of a build."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from copydesk.inputs import found_in
from copydesk.review.frames import page_itself
from pipeline.ingest.found import Document
from pipeline.rejected import Rejected
from pipeline.stages import Result, run
from tasks.core.one_document import answers
from tasks.core.watching import charge

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from copydesk.inputs import Input, Told
    from pipeline.config import Config
    from tasks.core.limits import Limits


class CleanedAgain(msgspec.Struct, frozen=True):
    """A document that was cleaned again, and the page itself for the frame beside its marks; None for a text."""

    locator: str
    result: Result
    picture: bytes | None


def clean_again(files: Sequence[Input], told: Told, config: Config, limits: Limits) -> Iterator[CleanedAgain]:
    """Yield the documents of raw files. What is rejected is left out; so is what ends its process, with what follows it in its file."""
    decoder = msgspec.msgpack.Decoder(CleanedAgain)
    left = list(files)
    while left:
        begun = 0
        try:
            for data in answers(lambda: _made(left, told, config, limits), seconds=limits.seconds, memory=limits.memory):  # noqa: B023
                if data:
                    yield decoder.decode(data)
                else:
                    begun += 1
        except Rejected:
            left = left[max(begun, 1) :]
        else:
            return


def _made(files: Sequence[Input], told: Told, config: Config, limits: Limits) -> Iterator[bytes]:
    """Be the child: yield nothing but an empty word where a file begins, then its documents."""

    def alive() -> None:
        charge(limits.seconds)

    for item in files:
        yield b""
        try:
            for found in found_in(item, config, told, alive):
                if isinstance(found, Document):
                    try:
                        result = run(found.raw, config)
                    except Rejected:
                        continue
                    yield msgspec.msgpack.encode(CleanedAgain(found.locator, result, page_itself(found.raw.data, result)))
        except OSError:
            continue
