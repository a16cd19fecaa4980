"""The house: nothing imports in circles, no stage knows another, and every file's name says where it is."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STAGES = ("ingest", "decode", "extract", "segment", "strip", "normalise", "describe", "emit")
COMPOSERS = ("pipeline", "pipeline.stages", "pipeline.resources")
"""What puts stages together, and therefore may import them; nothing that is put together may import it back."""


def imports(source: str, package: str, names: frozenset[str]) -> set[str]:
    """What a module imports anywhere in it, for type checkers too: of `names` the modules, of all others the names as written.

    `package` is the one that the module is in: relative imports start there. Who imports `a.b` from outside `a` imports `a` first.
    """
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *filter(None, [node.module])])
            found.update(full if (full := f"{base}.{alias.name}") in names else base for alias in node.names)
    opened = {name[:at] for name in found for at in range(len(name)) if name[at] == "."}
    return found | {name for name in opened if name in names and not f"{package}.".startswith(f"{name}.")}


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Every group of modules that reach each other: Tarjan's strongly connected components of more than one."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(module: str) -> None:
        order[module] = low[module] = len(order)
        stack.append(module)
        for other in sorted(graph[module]):
            if other not in order:
                visit(other)
            if other in stack:
                low[module] = min(low[module], low[other])
        if low[module] == order[module]:
            at = stack.index(module)
            if len(stack) - at > 1:
                found.append(sorted(stack[at:]))
            del stack[at:]

    for module in sorted(graph):
        if module not in order:
            visit(module)
    return found


@pytest.fixture(scope="module")
def house() -> dict[str, set[str]]:
    """Of every module of the project, what it imports."""
    files = {path.relative_to(ROOT): path for top in ("pipeline", "tasks", "copydesk", "training") for path in (ROOT / top).rglob("*.py")}
    named = {".".join(name.with_suffix("").parts).removesuffix(".__init__"): path for name, path in files.items()}
    packages = {name: name if path.name == "__init__.py" else name.rpartition(".")[0] for name, path in named.items()}
    known = frozenset(named)
    return {name: imports(path.read_text("utf-8"), packages[name], known) - {name} for name, path in named.items()}


def stage_of(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if parts[0] == "pipeline" and len(parts) > 1 and parts[1] in STAGES else None


def test_nothing_imports_in_circles(house: dict[str, set[str]]) -> None:
    assert circles({name: found & house.keys() for name, found in house.items()}) == []


def test_no_stage_imports_another_or_what_composes_them(house: dict[str, set[str]]) -> None:
    wrong = {
        (name, other)
        for name, found in house.items()
        if (stage := stage_of(name))
        for other in found
        if other in COMPOSERS or stage_of(other) not in (None, stage)
    }
    assert wrong == set()
    assert {stage_of(name) for name in house} - {None} == set(STAGES)


def test_the_pipeline_knows_nothing_of_luigi_nor_of_what_is_built_on_it(house: dict[str, set[str]]) -> None:
    above = {"luigi", "tasks", "copydesk", "training"}
    wrong = {
        (name, other) for name, found in house.items() if name.startswith("pipeline") for other in found if other.split(".")[0] in above
    }
    assert wrong == set()


def test_no_file_name_stands_twice_in_the_pipeline() -> None:
    files = (path for path in (ROOT / "pipeline").rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    counts = Counter(path.name for path in files if path.name != "__init__.py")
    assert [name for name, count in counts.items() if count > 1] == []


def test_the_walk_sees_circles_and_every_kind_of_import() -> None:
    names = frozenset({"a.b", "a.c", "a.d"})
    source = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from a import c\ndef f():\n    import a.d\n    from .b import x\n"
    assert imports(source, "a", names) >= {"a.b", "a.c", "a.d"}
    assert imports("import a.b.c", "d", names | {"a"}) >= {"a", "a.b"}
    assert "a" not in imports("import a.b.c", "a.d", names | {"a"})
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c"]]
