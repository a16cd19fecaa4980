"""Finds every regular expression of the project, what it is used for, and inputs that may make it slow.

A pattern is found where it is compiled (the `re` module is watched while all modules and rules are loaded and documents are cleaned; what
would be compiled at its first use is compiled where it stands) and where it stands in the source (every call of `re` and of `expression` in
the syntax trees). A call that neither names its pattern nor was seen at work is an error: nothing hides.
"""

from __future__ import annotations

import ast
import fcntl
import functools
import importlib
import inspect
import os
import pickle
import pkgutil
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from re import _casefix  # type: ignore[attr-defined]  # characters that are one where case counts for nothing, and are no pair of cases
from re import _constants as names  # type: ignore[attr-defined]  # the parser's own names, stable from 3.11 to 3.13
from re import _parser as parser  # type: ignore[attr-defined]
from typing import TYPE_CHECKING, Any

from pipeline.text import expressions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

ROOT = Path(__file__).parents[1]
PACKAGES = ("pipeline", "tasks", "copydesk")
METHODS = frozenset(("match", "fullmatch", "search", "findall", "finditer", "sub", "subn", "split"))
_SCANS = METHODS - {"match", "fullmatch"}


@dataclass(frozen=True)
class Found:
    """A pattern: where it stands, what it says, and whether it is anchored at a place (`match`, `fullmatch`) or sought (`scan`)."""

    place: str
    pattern: str | bytes
    flags: int
    uses: frozenset[str]

    def compiled(self) -> re.Pattern[Any]:
        """Return the pattern, ready."""
        return re.compile(self.pattern, self.flags)


@dataclass(frozen=True)
class _Call:
    """A call of `re` in a source file, and the name its result is kept under."""

    path: Path
    first: int
    last: int
    method: str
    name: str | None
    constant: tuple[str | bytes, int] | None


class UnseenPatternError(AssertionError):
    """A call of `re` whose pattern is computed and was not seen at work."""


def find_patterns() -> list[Found]:
    """Return every pattern of the project, in a stable order.

    Looked for in another process, where no module is loaded yet, and once for all workers of a run of tests.
    """
    kept = found_by_a_worker()
    if kept is None:
        return _found_elsewhere()
    with kept.open("a+b") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        stream.seek(0)
        if data := stream.read():
            return list(pickle.loads(data))
        found = _found_elsewhere()
        stream.write(pickle.dumps(found))
    return found


def found_by_a_worker() -> Path | None:
    """Return the file in which the first worker of a run of tests leaves the patterns for the others, None where there are no workers."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    return Path(tempfile.gettempdir(), f"copydesk-patterns-{run}") if run else None


def _found_elsewhere() -> list[Found]:
    code = "import gc, pickle, sys; gc.disable(); from tests.pattern_finder import _found; sys.stdout.buffer.write(pickle.dumps(_found()))"
    out = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, env=os.environ | {"PYTHONPATH": str(ROOT)}
    )
    return list(pickle.loads(out.stdout))


def _found() -> list[Found]:
    seen = _watch()
    uses = _uses()
    found: dict[tuple[str | bytes, int], tuple[str, set[str]]] = {}
    for call in _calls():
        compiled = [pair for line, pairs in seen[call.path].items() if call.first <= line <= call.last for pair in pairs]
        if call.constant is not None:
            compiled.append(call.constant)
        if not compiled:
            msg = f"{call.path.relative_to(ROOT)}:{call.first}: a pattern that the test cannot see; compile it where the module is loaded"
            raise UnseenPatternError(msg)
        how = uses.get((call.path, call.name or ""), set()) or {"fullmatch", "search"}
        if call.method in METHODS or (call.path.name == "rulebook.py" and call.name is None):
            how = {call.method} if call.method in METHODS else {"fullmatch"}  # a rule takes whole blocks
        for pair in compiled:
            _place, known = found.setdefault(pair, (f"{call.path.relative_to(ROOT)}:{call.first}", set()))
            known.update("scan" if method in _SCANS else method for method in how)
    return [Found(place, *pair, frozenset(how)) for pair, (place, how) in found.items()]


def _watch() -> dict[Path, dict[int, set[tuple[str | bytes, int]]]]:
    """Load all modules, rules and lists, clean a page and a text, and note what is compiled where."""
    seen: dict[Path, dict[int, set[tuple[str | bytes, int]]]] = defaultdict(lambda: defaultdict(set))
    compile_ = re._compile  # type: ignore[attr-defined]  # every function of `re` calls it

    def note(pattern: Any, flags: Any) -> re.Pattern[Any]:
        frame = sys._getframe(1)
        while frame.f_back is not None and frame.f_code.co_filename == re.__file__:
            frame = frame.f_back
        if isinstance(pattern, str | bytes):
            seen[Path(frame.f_code.co_filename)][frame.f_lineno].add((pattern, int(flags)))
        return compile_(pattern, flags)

    re._compile = note  # type: ignore[attr-defined]
    expressions.expression = re.compile  # what would be compiled when it is asked is compiled where it stands
    try:
        for package in PACKAGES:
            for module in pkgutil.walk_packages([str(ROOT / package)], f"{package}."):
                if not module.name.endswith("__main__"):
                    _call_cached(importlib.import_module(module.name))
        from pipeline.rules.rulebook import check, load  # noqa: PLC0415 - what it compiles is to be seen

        book = load()
        for rule in book.rules:
            check(rule, book)
            if rule.pattern:
                book.pattern_of(rule)
    finally:
        re._compile = compile_  # type: ignore[attr-defined]
    return seen


def _call_cached(module: ModuleType) -> None:
    """Call every cached function without arguments: that is where patterns are made of lists."""
    for value in vars(module).values():
        if isinstance(value, functools._lru_cache_wrapper) and not inspect.signature(value).parameters:
            value.cache_clear()
            value()


@functools.cache
def _sources() -> list[tuple[Path, list[ast.AST]]]:
    """Return every source file and all nodes of its syntax tree."""
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return [(path, list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))) for path in paths]


def _calls() -> Iterator[_Call]:
    for path, nodes in _sources():
        if path == Path(expressions.__file__):
            continue
        calls = [(node, method) for node in nodes if isinstance(node, ast.Call) and (method := _method(node))]
        named = _named(nodes) if calls else {}
        for node, method in calls:
            yield _Call(path, node.lineno, node.end_lineno or node.lineno, method, named.get(id(node)), _constant(node, method))


def _method(call: ast.Call) -> str:
    """Return which function of `re` a call is one of; `expression` compiles too. Empty where it is none."""
    if isinstance(call.func, ast.Name):
        return "compile" if call.func.id == "expression" else ""
    of_re = isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name) and call.func.value.id == "re"
    return call.func.attr if of_re and isinstance(call.func, ast.Attribute) and call.func.attr in METHODS | {"compile"} else ""


def _named(nodes: list[ast.AST]) -> dict[int, str]:
    """Return for calls the name under which their result is kept: a constant's, or "name()" of the function that does nothing else."""
    named: dict[int, str] = {}
    for node in nodes:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names_ = [target.id for target in targets if isinstance(target, ast.Name)]
            named |= {id(call): name for name in names_ for call in ast.walk(node.value) if isinstance(call, ast.Call)}
        elif isinstance(node, ast.FunctionDef):
            returns = [part.value for part in ast.walk(node) if isinstance(part, ast.Return)]
            if len(returns) == 1 and isinstance(returns[0], ast.Call):
                named[id(returns[0])] = f"{node.name}()"
    return named


def _constant(call: ast.Call, method: str) -> tuple[str | bytes, int] | None:
    """Return the pattern and the flags that a call spells out, None where they are computed."""
    try:
        pattern = ast.literal_eval(call.args[0])
    except (ValueError, IndexError):
        return None
    place = {"compile": 1, "split": 3, "sub": 4, "subn": 4}.get(method, 2)
    flags = next((word.value for word in call.keywords if word.arg == "flags"), call.args[place] if len(call.args) > place else None)
    value = eval(compile(ast.Expression(flags), "flags", "eval"), {"re": re}) if flags is not None else 0
    return (pattern, int(value)) if isinstance(pattern, str | bytes) else None


def _uses() -> dict[tuple[Path, str], set[str]]:
    """Return what is called on every name of a pattern, by the file that made it; a name that is handed on may be used in any way."""
    uses: dict[tuple[Path, str], set[str]] = defaultdict(set)
    for path, nodes in _sources():
        home = {
            alias.asname or alias.name: ROOT / f"{node.module.replace('.', '/')}.py"
            for node in nodes
            if isinstance(node, ast.ImportFrom) and node.module
            for alias in node.names
        }
        attributes = {id(node.value) for node in nodes if isinstance(node, ast.Attribute)}
        for node in nodes:
            if isinstance(node, ast.Attribute) and node.attr in METHODS and (name := _name_of(node.value)):
                uses[home.get(name.removesuffix("()"), path), name].add(node.attr)
            elif id(node) not in attributes and (name := _name_of(node)) and (name.isupper() or name.endswith("()")):
                uses[home.get(name.removesuffix("()"), path), name].update(("fullmatch", "search"))
    return uses


def _name_of(node: ast.AST) -> str | None:
    """Return the name that is read, with "()" where it is called, None for anything else."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        return node.id
    return f"{node.func.id}()" if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else None


RUNS = (
    " ", "\t", "\n", "\r", "\x0b", "\xa0", "\u3000", "\u200b", "\x00", "\x1b", "a", "A", "z", "é", "ß", "0", "1", "_", "-", "–", "—", ".",
    ",", ";", ":", "!", "?", "…", "'", '"', "’", "“", "”", "\\", "/", "|", "(", ")", "[", "]", "{", "}", "<", ">", "&", "#", "@", "=", "+",
    "*", "·", "•", "©", "中", "あ", "ا", "я", "\ufffd", "\ud83d", "😀",
)  # fmt: skip
"""A character of every class that a pattern names."""
OPENERS = (
    "<a ", "</", "<!--", "<p>", "<script>", '<meta name="', "<a b='", '{"', '{"a":', '"a":"', '\\"', "\\\\", "[[", "((", "&#", "&a",
    "“a", "http://", "www.", "a@", "a b ", "A. ", "Aa", "A a ", "a, ", "a - ", " -", " |", ". ", "a.b", "1.", "1 ", "1:", "1/", "a1",
    " \n", "\n ", "\n\n", " a", "a\n", "by ", "By A ", "1 May ", "(A", "a/", "/* ", "//", "-->", "--", "aA", "AA ", "a_", "a-", "é ",
    "中 ", "-, ", ", ,", "..", "'a'", '"a"',
)  # fmt: skip
"""Beginnings that never end, one inside the other."""


def hostile(pattern: re.Pattern[Any], size: int, *, every: bool = False) -> Iterator[str]:
    """Yield inputs of about `size` characters: runs, openers, and what the pattern itself repeats, with its beginning once and often.

    Of those that the pattern cannot tell apart one, `every` one where somebody else reads them first.
    """
    return (_written_out(*form, size) for form in (_forms if every else _told_apart)(pattern))


def hostile_at(pattern: re.Pattern[Any], size: int, number: int, *, every: bool = False) -> str:
    """Return the input of this number among those that `hostile` yields."""
    return _written_out(*(_forms if every else _told_apart)(pattern)[number], size)


def _written_out(head: str, piece: str, tail: str, size: int) -> str:
    return head + piece * (size // len(piece)) + tail


@lru_cache(maxsize=1)
def _forms(pattern: re.Pattern[Any]) -> list[tuple[str, str, str]]:
    """Return of every hostile input how it begins, what it repeats, and how it ends."""
    made: dict[tuple[str, str], None] = {}
    text = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    for prefix, pump in _pumps(parser.parse(text, pattern.flags & ~re.UNICODE & ~re.LOCALE)):
        made |= {form: None for form in ((prefix, pump), ("", prefix + pump), ("", prefix + pump * 9)) if form[1]}
    ended = [*(("", piece) for piece in RUNS), *list(made)[:120]]
    return [*((head, piece, tail) for head, piece in ended for tail in ("", "\x01")), *(("", piece, "") for piece in OPENERS)]


@lru_cache(maxsize=1)
def _told_apart(pattern: re.Pattern[Any]) -> list[tuple[str, str, str]]:
    """Return of the inputs that a pattern cannot tell apart the first.

    Where all that it asks of a character gets the same answers, all its steps are the same. A pattern of bytes sees no characters, one
    that compares what stands in two places asks more.
    """
    forms = _forms(pattern)
    questions = _questions(parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE)) if isinstance(pattern.pattern, str) else None
    if questions is None:
        return forms
    answers = {character: _answers(character, *questions) for character in {*"".join(chain.from_iterable(forms))}}
    first: dict[tuple[tuple[object, ...], ...], tuple[str, str, str]] = {}
    for form in forms:
        first.setdefault(tuple(tuple(answers[character] for character in part) for part in form), form)
    return list(first.values())


def _questions(tree: Any) -> tuple[frozenset[int], tuple[tuple[int, int], ...]] | None:
    """Return the characters and the ranges that a pattern names; None where it compares what stands in two places."""
    single, ranges, todo = set[int](), set[tuple[int, int]](), [tree]
    while todo:
        part = todo.pop()
        kind = part[0] if isinstance(part, tuple) and part else None
        if kind in (names.LITERAL, names.NOT_LITERAL):
            single.add(part[1])
        elif kind is names.RANGE:
            ranges.add(part[1])
        elif kind is names.GROUPREF:
            return None
        elif isinstance(part, tuple | list | parser.SubPattern):
            todo.extend(part)
    return frozenset(single), tuple(sorted(ranges))


def _answers(character: str, single: frozenset[int], ranges: tuple[tuple[int, int], ...]) -> tuple[object, ...]:
    """Return all that a pattern can learn of a character: what it is among those that are named, with and without case, and its classes."""
    lower = ord(character.lower()) if len(character.lower()) == 1 else ord(character)
    cases = {ord(case) for case in (character.lower(), character.upper(), chr(lower).upper(), character.casefold()) if len(case) == 1}
    named = [
        (tuple(sorted(codes & single)), tuple(any(low <= code <= high for code in codes) for low, high in ranges))
        for codes in ({ord(character)}, cases | set(_casefix._EXTRA_CASES.get(lower, ())))
    ]
    return (*named, character.isascii(), *(re.match(kind, character) is not None for kind in (r"\w", r"\d", r"\s", ".")))


def _pumps(tree: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """Yield for everything that a pattern repeats what stands before it and what is repeated."""
    for op, value in tree:
        if op in (names.MAX_REPEAT, names.MIN_REPEAT, names.POSSESSIVE_REPEAT):
            if value[1] > 1:
                for body in _samples(value[2]):
                    yield before, body
            yield from _pumps(value[2], before)
        elif op is names.BRANCH:
            for branch in value[1]:
                yield from _pumps(branch, before)
        elif op is names.SUBPATTERN:
            yield from _pumps(value[3], before)
        elif op is names.ATOMIC_GROUP:
            yield from _pumps(value, before)
        elif op in (names.ASSERT, names.ASSERT_NOT):
            yield from _pumps(value[1], before)
        before += _sample([(op, value)])


def _samples(tree: Any) -> list[str]:
    """Return some strings that a repeated part takes: one for each branch, or one for each kind of character."""
    items = list(tree)
    if len(items) == 1 and items[0][0] is names.IN:
        members = items[0][1]
        return [_sample(items)] if members[0][0] is names.NEGATE else [_of_class([member]) for member in members[:6]]
    if len(items) == 1 and items[0][0] is names.SUBPATTERN:
        return _samples(items[0][1][3])
    if len(items) == 1 and items[0][0] is names.BRANCH:
        return [_sample(branch) for branch in items[0][1][1]]
    return [_sample(items)]


_CATEGORIES = {
    names.CATEGORY_DIGIT: "1", names.CATEGORY_NOT_DIGIT: "a", names.CATEGORY_SPACE: " ", names.CATEGORY_NOT_SPACE: "a",
    names.CATEGORY_WORD: "a", names.CATEGORY_NOT_WORD: "-",
}  # fmt: skip


def _sample(tree: Any) -> str:
    """Return a short string that a part of a pattern takes, as far as one can tell without trying."""
    out = ""
    for op, value in tree:
        if op is names.LITERAL:
            out += chr(value)
        elif op is names.NOT_LITERAL:
            out += "a" if value != ord("a") else "b"
        elif op is names.ANY:
            out += "a"
        elif op is names.IN:
            out += _of_class(value)
        elif op is names.BRANCH:
            out += _sample(value[1][0])
        elif op is names.SUBPATTERN:
            out += _sample(value[3])
        elif op is names.ATOMIC_GROUP:
            out += _sample(value)
        elif op in (names.MAX_REPEAT, names.MIN_REPEAT, names.POSSESSIVE_REPEAT):
            out += _sample(value[2]) * max(1, min(value[0], 8))
    return out


def _of_class(members: Any) -> str:
    if members[0][0] is names.NEGATE:
        text = "".join(RUNS)
        taken = re.compile("[^" + "".join(_written(member) for member in members[1:]) + "]").search(text, text.index("a"))
        return taken[0] if taken else "ǂ"
    op, value = members[0]
    if op is names.RANGE:
        return chr(value[0])
    return _CATEGORIES.get(value, "a") if op is names.CATEGORY else chr(value)


def _written(member: Any) -> str:
    op, value = member
    if op is names.RANGE:
        return f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
    if op is names.CATEGORY:
        return {"1": r"\d", " ": r"\s", "-": r"\W"}.get(_CATEGORIES.get(value, ""), r"\w")
    return re.escape(chr(value))
