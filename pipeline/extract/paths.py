"""DOM paths of blocks, for people who ask where a block stood."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.extract.page_layout import Layout

LONGEST = 600
"""Characters of a path; the middle of a longer one is left out, so that deep nesting costs no quadratic space."""


def block_paths(layout: Layout) -> list[str]:
    """The path of every block: block-level elements from the root, with a number where siblings share a tag ("html/body/div[2]/p[3]").

    Numbers count block-level siblings of the same tag from 1, the first is not written. Inline elements are left out.

    >>> from pipeline.extract.walk import walk
    >>> block_paths(walk("<body><p>a</p><div><p>b</p><p>c</p></div></body>", 9))
    ['html/body/p', 'html/body/div/p', 'html/body/div/p[2]']
    """
    counts: dict[tuple[int, str], int] = {}
    paths: list[str] = []
    for tag, parent, first, end in zip(
        layout.element_tags, layout.element_parents, layout.element_firsts, layout.element_ends, strict=True
    ):
        key = (parent, tag)
        number = counts[key] = counts.get(key, 0) + 1
        if first == end:
            paths.append("")
            continue
        above = paths[parent] if parent >= 0 else "html"
        path = f"{above}/{tag}" if number == 1 else f"{above}/{tag}[{number}]"
        paths.append(path if len(path) <= LONGEST else _shorten(path))
    return [paths[element] if element >= 0 else "html" for element in layout.elements]


def _shorten(path: str) -> str:
    head, tail = path[: LONGEST // 2].rstrip("…").rpartition("/")[0], path[-LONGEST // 2 + 2 :].partition("/")[2]
    return f"{head}/…/{tail}"
