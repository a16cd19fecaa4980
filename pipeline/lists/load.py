"""Reading and checking the word lists."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

import msgspec

from pipeline.tsv import columns, read_shipped, rows_of, shipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PACKAGE: Final = "pipeline.lists"
_MISSPELT: Final = re.compile(rb"^[a-z]+(?=\t)", re.MULTILINE)
"""The first column of the table of misspellings."""
VARIETIES: Final = ("en-US", "en-GB", "en-GB-oxendict", "en-CA", "en-AU")


class Alias(msgspec.Struct, frozen=True):
    """One way to write a name.

    Attributes:
        surface: the words as they stand in text.
        id: the id that all aliases of the name share, such as `org:islamic-state`.
        name: the name to show.
        ambiguous: the surface means other things too, so it counts only beside an unambiguous alias of the same id.
        ignore_case: the surface may be written in other capitals.
    """

    surface: str
    id: str
    name: str
    ambiguous: bool = False
    ignore_case: bool = False


class Names:
    """A table of names; compared by identity, so that what is built from it can be cached."""

    __slots__ = ("aliases",)

    def __init__(self, aliases: tuple[Alias, ...]) -> None:
        self.aliases: Final = aliases


class Misspellings(Mapping[str, str]):
    r"""What a misspelt form was meant to be, of the rows of a sorted table: form, what was meant, and in which case it is certain.

    A document has a few of the 68,000 forms at most, so that the rows are searched and not taken apart: that would be a tenth of a start.

    >>> meant = Misspellings("# misspelt\tmeant\tcase\nacount\taccount\tlower\nrian\train\tlower\n")
    >>> meant["rian"], "account" in meant, dict(meant)
    ('rain', False, {'acount': 'account', 'rian': 'rain'})
    """

    __slots__ = ("_rows",)

    def __init__(self, table: str) -> None:
        self._rows: Final = [row for row in table.split("\n") if row and row[0] != "#"]

    def __getitem__(self, word: str) -> str:
        at = bisect_left(self._rows, f"{word}\t")
        form, _, meant = self._rows[at].partition("\t") if at < len(self._rows) else ("", "", "")
        if form != word:
            raise KeyError(word)
        return meant.partition("\t")[0]

    def __iter__(self) -> Iterator[str]:
        return (row.partition("\t")[0] for row in self._rows)

    def __len__(self) -> int:
        return len(self._rows)


class Lists(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """All word lists. Treat every mapping as read-only; two objects are equal only if they are the same one.

    Attributes:
        strict: for each variety, source form to the form that the variety has for it, or prefers.
        candidates: for each variety, source form to a form that a reader might prefer.
        evidence: forms that tell varieties apart, to a bit mask of the varieties (in the order of `VARIETIES`) whose first choice they are.
        hints: the like for forms that no variety rules out.
        misspellings: misspelt form to what was meant, lower case.
        misspellings_any_case: the misspelt forms that are certain even with a capital in mid-sentence.
        keys: all forms of the above in ASCII bytes, for the prefilter.
        abbreviations: written short to written out, lower case, for comparing documents only.
        names: names and their ids.
    """

    strict: dict[str, dict[str, str]]
    candidates: dict[str, dict[str, str]]
    evidence: dict[str, int]
    hints: dict[str, int]
    misspellings: Misspellings
    misspellings_any_case: frozenset[str]
    keys: frozenset[bytes]
    abbreviations: dict[str, str]
    names: Names

    def with_names(self, lines: Iterable[str]) -> Lists:
        """Return the lists with a user's own table of names added (its form: `parse_aliases`)."""
        more = tuple(parse_aliases(lines))
        return msgspec.structs.replace(self, names=Names((*self.names.aliases, *more)))


@lru_cache(maxsize=1)
def load_lists() -> Lists:
    """Load the shipped lists; later calls return the same object.

    >>> lists = load_lists()
    >>> lists.strict["en-US"]["colour"], lists.strict["en-US"]["theatre"], lists.candidates["en-US"]["mitre"]
    ('color', 'theater', 'miter')
    """
    forms, *cells = columns(read_shipped(_PACKAGE, "variants.tsv"), "variants.tsv")
    strict: dict[str, dict[str, str]] = {}
    candidates: dict[str, dict[str, str]] = {}
    for name, column in zip(VARIETIES, cells, strict=True):
        pairs = list(zip(forms, column, strict=True))
        strict[name] = {form: cell.removeprefix("~") for form, cell in pairs if cell[0] not in "-?"}
        candidates[name] = {form: cell[1:] for form, cell in pairs if cell[0] == "?"}
    evidence: dict[str, int] = {}
    hints: dict[str, int] = {}
    for form, *marks in zip(forms, *([cell[0] for cell in column] for column in cells), strict=True):
        first_choices, told = _told("".join(marks))
        (evidence if told else hints)[form] = first_choices
    misspelt = read_shipped(_PACKAGE, "misspellings.tsv")
    any_case = frozenset(before.rpartition("\n")[2].partition("\t")[0] for before in misspelt.split("\tany\n")[:-1])
    sources = {*evidence, *hints, *(word for table in candidates.values() for word in table)}
    return Lists(
        strict=strict,
        candidates=candidates,
        evidence=evidence,
        hints=hints,
        misspellings=Misspellings(misspelt),
        misspellings_any_case=any_case,
        keys=frozenset([*_MISSPELT.findall(misspelt.encode("ascii")), *"\n".join(sources).encode("ascii").split(b"\n")]),
        abbreviations={row[0]: row[1] for row in shipped(_PACKAGE, "abbreviations.tsv")},
        names=Names(tuple(_aliases(shipped(_PACKAGE, "names.tsv")))),
    )


@cache
def _told(marks: str) -> tuple[int, bool]:
    """Return, for the first characters of a row's cells, the varieties whose first choice the form is, and whether one rules it out."""
    return sum(1 << bit for bit, mark in enumerate(marks) if mark == "-"), bool(marks.strip("-?~"))


def parse_aliases(lines: Iterable[str]) -> Iterator[Alias]:
    r"""Read a table of names: `id<TAB>name<TAB>alias|alias|…`, one name a line; the users' own tables have the same form.

    An alias that ends in `?` is ambiguous, one that begins with `~` may be written in any capitals. The name is an alias itself.

    Args:
        lines: the table; blank lines and lines that begin with `#` are skipped.

    Returns:
        One alias for each surface.

    Raises:
        ValueError: for a line without its three columns.

    >>> [alias.surface for alias in parse_aliases(["org:un\tUnited Nations\tUN|U.N."])]
    ['United Nations', 'UN', 'U.N.']
    """
    return _aliases(rows_of(lines))


def _aliases(rows: Iterable[tuple[str, ...]]) -> Iterator[Alias]:
    for row in rows:
        if len(row) != 3:
            raise ValueError(f"expected id, name and aliases between tabs: {chr(9).join(row)!r}")
        key, name, written = row
        for surface in dict.fromkeys([name, *filter(None, written.split("|"))]):
            plain = surface.removesuffix("?").removeprefix("~")
            yield Alias(plain, key, name, ambiguous=surface.endswith("?"), ignore_case=surface.startswith("~"))
