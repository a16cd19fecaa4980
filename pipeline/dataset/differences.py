"""What differs between two records of one document: fields, and the rules whose edits are not the same."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec

from pipeline.dataset.stretches import Stretch, stretches

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DIGESTS = ("/provenance/config_sha256", "/provenance/code_sha256")
"""Pointers that differ wherever settings or code do; they say nothing of a document."""
_SHOWN = 120
"""Characters of a value that a difference shows."""
_BEFORE = 30
"""Characters that a difference of two long texts shows before the first one that is not the same."""


class Difference(msgspec.Struct, frozen=True):
    """One place, as a JSON pointer, and its two values as JSON, shortened around the first difference. None: there is no such place.

    `shift` marks what says nothing by itself: offsets that moved because something before them changed, and digests and lengths.
    """

    pointer: str
    left: str | None
    right: str | None
    shift: bool = False


class RecordDifference(msgspec.Struct, frozen=True):
    """Two records of one document. `left_rules` and `right_rules` count edits that only one of them has, by rule.

    `reason` says what kind of difference it is: `record` (the same raw bytes), `raw` (the raw bytes are not the same), `left` or `right`
    (only that dataset has a record); `detail` says of the last two what the other dataset says of the input. `stretches` are all places
    at which the texts differ.
    """

    reason: str
    locator: str
    left_id: str | None
    right_id: str | None
    fields: tuple[Difference, ...] = ()
    left_rules: dict[str, int] = {}
    right_rules: dict[str, int] = {}
    detail: str = ""
    stretches: tuple[Stretch, ...] = ()


def compare(left: Mapping[str, Any], right: Mapping[str, Any]) -> RecordDifference | None:
    """Return what differs between two records, None where nothing but the digests of settings and code does.

    Edits are compared as a whole: which rules' edits are not in both.
    """
    fields = [difference for difference in _walk(left, right, "") if difference.pointer not in DIGESTS]
    if not fields:
        return None
    old, new = _edits(left), _edits(right)
    same = left["provenance"]["raw"]["sha256"] == right["provenance"]["raw"]["sha256"]
    return RecordDifference(
        reason="record" if same else "raw",
        locator=right["provenance"]["raw"]["locator"],
        left_id=left["id"],
        right_id=right["id"],
        fields=tuple(fields),
        left_rules=_by_rule(old - new),
        right_rules=_by_rule(new - old),
        stretches=stretches(left["text"], right["text"]) if left["text"] != right["text"] else (),
    )


def _edits(record: Mapping[str, Any]) -> Counter[tuple[Any, ...]]:
    """Count the edits of a record by what they say and not by where: one that only shifted is the same."""
    return Counter((edit[2], edit[3]) for edit in record["provenance"]["edits"])


def _by_rule(edits: Counter[tuple[Any, ...]]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for edit, count in edits.items():
        counts[edit[1]] += count
    return dict(sorted(counts.items()))


def _walk(left: Any, right: Any, pointer: str) -> Iterator[Difference]:
    """Yield the smallest places that differ; of two lists of different length, the list."""
    if left == right:
        return
    if pointer == "/provenance/edits":
        yield Difference(pointer, f"{len(left)} edits", f"{len(right)} edits", shift=_bare(left) == _bare(right))
    elif pointer in _FOLLOWING:
        yield Difference(pointer, _text(left), _text(right), shift=True)
    elif isinstance(left, list) and isinstance(right, list) and _bare(left) == _bare(right):
        yield Difference(pointer, f"{len(left)} entries", "the same, elsewhere", shift=True)
    elif isinstance(left, dict) and isinstance(right, dict):
        for key in [*left, *(key for key in right if key not in left)]:
            if key in left and key in right:
                yield from _walk(left[key], right[key], f"{pointer}/{_escaped(key)}")
            else:
                yield Difference(f"{pointer}/{_escaped(key)}", _text(left.get(key)), _text(right.get(key)))
    elif isinstance(left, list) and isinstance(right, list):
        yield from _lists(left, right, pointer)
    elif isinstance(left, str) and isinstance(right, str):
        yield Difference(pointer, *_excerpts(left, right))
    else:
        yield Difference(pointer, _text(left), _text(right), shift=bool(_OFFSETS & set(pointer.split("/")[-2:])))


def _lists(left: list[Any], right: list[Any], pointer: str) -> Iterator[Difference]:
    """Yield what differs in two lists: the entries where they have the same number, else the list."""
    if len(left) == len(right):
        for number, (one, other) in enumerate(zip(left, right, strict=True)):
            yield from _walk(one, other, f"{pointer}/{number}")
        return
    pairs = enumerate(zip(left, right, strict=False))
    first = next((number for number, pair in pairs if _bare(pair[0]) != _bare(pair[1])), min(len(left), len(right)))
    yield Difference(pointer, _listed(left, first), _listed(right, first))


_OFFSETS = frozenset({"start", "end", "base_start", "base_end", "of"})
_FOLLOWING = frozenset(
    {
        "/id",
        "/language/score",
        "/provenance/base/chars",
        "/provenance/base/sha256",
        "/provenance/raw/bytes",
        "/provenance/raw/sha256",
        "/provenance/text_sha256",
        "/quality/base_chars",
        "/quality/sentences",
        "/quality/text_chars",
        "/quality/words",
    }
)
"""Places that follow from the raw bytes and the texts."""


def _bare(values: Any) -> Any:
    """Return a list without the offsets of its entries."""
    if isinstance(values, list):
        return [entry[2:] if isinstance(entry, list) and len(entry) == 5 else _bare(entry) for entry in values]
    return {key: value for key, value in values.items() if key not in _OFFSETS} if isinstance(values, dict) else values


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _listed(values: list[Any], first: int) -> str:
    entry = f", [{first}] is {_text(values[first])}" if first < len(values) else ""
    return f"{len(values)} entries{entry}"


def _text(value: Any) -> str:
    words = msgspec.json.encode(value).decode()
    return words if len(words) <= _SHOWN else words[: _SHOWN - 1] + "…"


def _excerpts(left: str, right: str) -> tuple[str, str]:
    """Return the parts of two strings around the first character that is not the same."""
    at = next((number for number, pair in enumerate(zip(left, right, strict=False)) if pair[0] != pair[1]), min(len(left), len(right)))
    start = max(at - _BEFORE, 0)
    return _excerpt(left, start), _excerpt(right, start)


def _excerpt(words: str, start: int) -> str:
    part = words[start : start + _SHOWN]
    return msgspec.json.encode(("…" if start else "") + part + ("…" if start + _SHOWN < len(words) else "")).decode()
