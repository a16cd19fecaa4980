"""DOM paths of blocks, for people who ask where a block stood."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.extract.layout import Layout

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
    steps: list[str] = []
    for tag, parent in zip(layout.element_tags, layout.element_parents, strict=True):
        number = counts[parent, tag] = counts.get((parent, tag), 0) + 1
        steps.append(tag if number == 1 else f"{tag}[{number}]")
    paths: dict[int, str] = {}
    result: list[str] = []
    for element in layout.elements:
        chain: list[int] = []
        at = element
        while at >= 0 and at not in paths:
            chain.append(at)
            at = layout.element_parents[at]
        path = paths[at] if at >= 0 else "html"
        for inner in reversed(chain):
            path = paths[inner] = _shorten(f"{path}/{steps[inner]}")
        result.append(path)
    return result


def _shorten(path: str) -> str:
    if len(path) <= LONGEST:
        return path
    head, tail = path[: LONGEST // 2].rstrip("…").rpartition("/")[0], path[-LONGEST // 2 + 2 :].partition("/")[2]
    return f"{head}/…/{tail}"
