"""The order that `docs/how-it-works.md` prints is the order that runs."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from pipeline import stages

ROOT = Path(__file__).parents[1]
STAGES = ("annotate", "decode", "describe", "edits", "emit", "extract", "normalise", "segment", "strip")
ALGEBRA = {"apply", "compose", "begin"}
"""Calls of the algebra of edits that are no step of their own."""


def calls_in_order(tree: ast.Module) -> list[str]:
    """Return what `run` calls of the stages, each at its first call, as the code reads from top to bottom, through its own functions.

    What is handed to a stage to call (`partial(divide, …)`) counts where it is handed over.
    """
    imported = {
        name.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").split(".")[1:2]
        and (node.module or "").split(".")[1] in (*STAGES, "jsonld")
        for name in node.names
        if name.name[0].islower()
    }
    own = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    found: list[str] = []
    entered: set[str] = set()

    def walk(node: ast.AST) -> None:
        for child in ast.iter_child_nodes(node):
            walk(child)
        called = node.args[0] if isinstance(node, ast.Call) and ast.unparse(node.func) == "partial" else getattr(node, "func", None)
        name = called.id if isinstance(called, ast.Name) else None
        if name in imported - ALGEBRA and name not in found:
            found.append(name)
        elif name in own and name not in entered:
            entered.add(name)
            for statement in own[name].body:
                walk(statement)

    for statement in own["run"].body:
        walk(statement)
    return found


def printed() -> list[str]:
    page = (ROOT / "docs" / "how-it-works.md").read_text(encoding="utf-8")
    table = re.search(r"^\| step \| calls .*?\n\n", page, re.DOTALL | re.MULTILINE)
    assert table, "the table of calls"
    rows = [line.split("|")[2] for line in table[0].splitlines()[2:] if line]
    return [name for row in rows for name in re.findall(r"`(\w+)`", row)]


def test_the_printed_flow_is_the_real_one() -> None:
    tree = ast.parse(Path(stages.__file__).read_text(encoding="utf-8"))
    assert calls_in_order(tree) == printed()


@pytest.mark.parametrize("stage", STAGES)
def test_no_stage_imports_another_or_the_composer(stage: str) -> None:
    if stage == "edits":
        return
    others = {name for name in STAGES if name not in (stage, "edits")} | {"stages"}
    for path in (ROOT / "pipeline" / stage).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            module = node.module if isinstance(node, ast.ImportFrom) else None
            assert not (module and module.startswith("pipeline.") and module.split(".")[1] in others), f"{path.name} imports {module}"
