"""MathML on one line: what a browser sets above, below or over something else must not run into it."""

from __future__ import annotations

from typing import Any

from pipeline.extract.runs import POWER_NAME

_OFF_LINE = {"msup": "sup", "msub": "sub"}


def write_formula(tree: Any, node: Any, tag: str) -> None:
    """Say in plain HTML what one element of a formula means: powers are raised, indices lowered, a slash divides.

    `annotation` holds the formula once more in another notation (MathML Core, section 2.6), which no browser shows.

    Args:
        tree: the page; changed.
        node: the element.
        tag: its name.

    >>> from resiliparse.parse.html import HTMLTree
    >>> page = HTMLTree.parse("<math><msup><mn>10</mn><mn>6</mn></msup></math>")
    >>> write_formula(page, page.document.query_selector("msup"), "msup")
    >>> str(page.body)
    '<body><math><msup><mn>10</mn><sup class="power"><mn>6</mn></sup></msup></math></body>'
    """
    if tag.startswith("annotation"):
        node.remove()
        return
    parts = [child for child in node.child_nodes[:3] if child.tag != "#text"]
    if len(parts) < 2:
        return
    if tag == "mfrac":
        node.insert_before(tree.create_text_node("/"), parts[1])
    else:
        script = tree.create_element(_OFF_LINE[tag])
        script.setattr("class", POWER_NAME)
        node.insert_before(script, parts[1])
        script.append_child(parts[1])
