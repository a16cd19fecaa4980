"""Inputs for `benchmarks/fuzz.py`: pages and texts out of pieces that real ones have, put together and damaged as no real one is.

Every input follows from its number. The pieces are copydesk's own: the examples of the rules, the project's cases and test pages, and what
`fuzz_pieces.json` holds.
"""

from __future__ import annotations

import functools
import json
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.rules.rulebook import load

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]
Made = tuple[bytes | str, str | None]
_PIECES = json.loads((ROOT / "benchmarks" / "fuzz_pieces.json").read_bytes())
_WORDS, _LINES, _MARKS, _TAGS, _KEYS, _OPENERS = (_PIECES[name] for name in ("words", "lines", "marks", "tags", "keys", "openers"))
_ATTRIBUTES = tuple(_PIECES["attributes"].items())


@functools.cache
def _pieces() -> tuple[tuple[str, ...], tuple[str, ...], tuple[bytes, ...]]:
    """Return lines that rules take or leave, strings of the project's cases, and whole test pages and texts."""
    lines = tuple(line for rule in load().rules for line in (*rule.match, *rule.keep))
    cases: list[str] = []
    for path in sorted((ROOT / "tests" / "cases").rglob("*.json")):
        if path.parent.name == "fuzz":  # what is found there must not change what is looked for
            continue
        _gather(json.loads(path.read_bytes()), cases)
    pages = [path.read_bytes() for pattern in ("tests/quality/*.html", "raw/seeds/*.txt") for path in sorted(ROOT.glob(pattern))]
    return lines, tuple(dict.fromkeys(cases)), tuple(pages)


def _gather(value: Any, found: list[str]) -> None:
    if isinstance(value, str):
        found.append(value[:20_000])
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            _gather(inner, found)


def made(number: int) -> Made:
    """Return an input and its media type, the same for a number whenever it is asked for."""
    chance = random.Random(number)
    data, media_type = chance.choice(_FAMILIES)(chance)
    for _ in range(chance.choice((0, 0, 1, 2, 5))):
        data = _damaged(data, chance)
    return data[:60_000], media_type


def _sentence(chance: random.Random) -> str:
    words = [chance.choice(_WORDS) for _ in range(chance.randint(1, 18))]
    return " ".join(words) + chance.choice((".", "?", "!", "", "…", "。", '."'))


def _line(chance: random.Random) -> str:
    lines, cases, _ = _pieces()
    kind = chance.randrange(6)
    if kind < 2:
        return " ".join(_sentence(chance) for _ in range(chance.randint(1, 6)))
    if kind == 2:
        return chance.choice(cases)[: chance.choice((80, 400, 3000))]
    return chance.choice(_LINES if kind < 5 else lines)


def _text(chance: random.Random) -> Made:
    parts: list[str] = []
    for _ in range(chance.randint(1, 30)):
        parts += [_line(chance), chance.choice(("\n", "\n\n", "\n\n", chance.choice(_MARKS)))]
    return "".join(parts), chance.choice((None, "text/plain"))


def _words(chance: random.Random) -> str:
    return str(chance.choice((_line(chance), _sentence(chance), chance.choice(_MARKS))))


def _element(chance: random.Random, depth: int) -> str:
    tag = chance.choice(_TAGS)
    names = chance.sample(_ATTRIBUTES, chance.choice((0, 0, 1, 1, 2, 4)))
    attributes = "".join(f' {name}="{chance.choice(values)}"' for name, values in names)
    if tag == "script" and chance.random() < 0.6:
        return f'<script type="application/ld+json">{_linked_data(chance)}</script>'
    inner = "".join(_element(chance, depth - 1) if depth and chance.random() < 0.5 else _words(chance) for _ in range(chance.randint(0, 5)))
    return f"<{tag}{attributes}>{inner}" + (f"</{tag}>" if chance.random() < 0.9 else "")


def _linked_data(chance: random.Random) -> str:
    value: dict[str, Any] = {"@type": chance.choice(("NewsArticle", "Article", ["Article"], "Person", "VideoObject"))}
    for key in chance.sample(_KEYS, chance.randint(1, 6)):
        text = " ".join(_sentence(chance) for _ in range(chance.choice((1, 2, 30))))
        value[key] = chance.choice((text, [text], {"name": text}, {"@id": "#a"}, None, 7, [{"@type": "Person", "name": text}]))
    made_ = json.dumps(value, ensure_ascii=chance.random() < 0.5)
    return made_[: chance.randint(1, len(made_))] if chance.random() < 0.3 else made_


def _page(chance: random.Random) -> Made:
    head = "".join(_element(chance, 0) for _ in range(chance.randint(0, 4)))
    body = "".join(chance.choice((_element(chance, 4), f"<p>{_line(chance)}</p>")) for _ in range(chance.randint(1, 12)))
    page = f"<html><head><title>{_sentence(chance)}</title>{head}</head><body>{body}"
    return chance.choice((page, page.encode("utf-8", "replace"))), chance.choice((None, "text/html"))


def _real(chance: random.Random) -> Made:
    page = chance.choice(_pieces()[2])
    start = chance.randrange(len(page)) if chance.random() < 0.4 else 0
    return page[start : start + chance.choice((500, 5000, 60_000))], None


def _runs(chance: random.Random) -> Made:
    pieces = (*_MARKS, *_LINES, *_OPENERS, *(f"<{tag}>" for tag in _TAGS))
    out = []
    for _ in range(chance.randint(1, 4)):
        piece = chance.choice(pieces) or "a"
        times = chance.choice((1, 9, 90, 900 // len(piece) + 1, 9000 // len(piece) + 1))
        out.append(piece * times + chance.choice(("", "x", _sentence(chance))))
    return "".join(out), chance.choice((None, "text/html", "text/plain"))


def _nested(chance: random.Random) -> Made:
    """One to three elements with a few words, in each other or after each other many times: each is asked all that elements are."""
    unit, tags = "", []
    for tag in chance.sample(_TAGS, chance.choice((1, 2, 2, 3))):
        names = chance.sample(_ATTRIBUTES, chance.choice((0, 1, 1, 2)))
        unit += f"<{tag}" + "".join(f' {name}="{chance.choice(values)}"' for name, values in names) + ">"
        unit += chance.choice(("", chance.choice(_WORDS), chance.choice(_LINES), _sentence(chance)))
        tags.append(tag)
    if chance.random() < 0.3:
        unit += "".join(f"</{tag}>" for tag in reversed(tags))
    body = "".join(f"<p>{_sentence(chance)} {_sentence(chance)}</p>" for _ in range(chance.choice((0, 1, 4))))
    return f"<h1>{_sentence(chance)}</h1>{body}{unit * chance.choice((9, 90, 400, 900, 1500))}", chance.choice((None, "text/html"))


def _bytes(chance: random.Random) -> Made:
    if chance.random() < 0.3:
        return chance.randbytes(chance.randint(1, 3000)), chance.choice((None, "text/plain", "text/html"))
    text, media_type = chance.choice((_text, _page))(chance)
    words = text if isinstance(text, str) else text.decode("utf-8", "replace")
    coded = words.encode(chance.choice(("utf-8", "cp1252", "cp1251", "shift_jis", "utf-16", "utf-16-be", "gb18030", "iso8859-7")), "ignore")
    return coded, media_type


_FAMILIES: tuple[Callable[[random.Random], Made], ...] = (_text, _text, _page, _page, _real, _runs, _nested, _bytes)


def _damaged(data: bytes | str, chance: random.Random) -> bytes | str:
    """Return an input that is cut, doubled, turned round or strewn with something at one place."""
    if not data:
        return data
    start = chance.randrange(len(data))
    end = min(len(data), start + chance.choice((1, 3, 30, 300)))
    strewn = chance.choice(_MARKS) * chance.choice((1, 1, 1, 7, 70))
    noise: Any = strewn
    if isinstance(data, bytes):
        noise = chance.choice((strewn.encode("utf-8", "surrogatepass"), chance.randbytes(chance.randint(1, 4))))
    head, middle, tail = data[:start], data[start:end], data[end:]
    whole: Any = chance.choice(
        ((head,), (head, tail), (head, middle, middle, tail), (head, noise, middle, tail), (head, noise, tail), (tail, head))
    )
    result: bytes | str = noise[:0].join(whole)
    return result
