"""`copydesk rules`: lists the rules for texts, checks a file of rules, and times every pattern."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click
import msgspec

from copydesk.options import PLAIN, warn
from pipeline.rules.rulebook import RuleError, load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from copydesk.options import Manner
    from pipeline.rules.rulebook import Rule, RuleBook

HOSTILE = ("a" * 100_000, " " * 100_000, "share " * 16_000, "1 " * 50_000, "(" * 100_000)
"""100 kB of what makes careless patterns backtrack."""
LIMIT_MS = 100
"""Longest that one pattern may take on one of them, as DESIGN section 3 asks of every rule."""


def print_rules(files: tuple[Path, ...], kind: str | None, *, timed: bool, manner: Manner = PLAIN) -> int:
    """List the shipped rules and those of `files`; return 0, or 1 where a file cannot be used or a pattern is slow.

    With `files`, only their rules are listed: a rule that fails its own examples is refused with the reason.
    """
    try:
        book = load(files)
    except RuleError as error:
        warn(str(error))
        return 1
    shipped = {rule.id: rule for rule in load().rules} if files else {}
    chosen = [rule for rule in book.rules if kind in (None, rule.kind) and (not files or shipped.get(rule.id) != rule)]
    if not chosen and kind is not None:
        warn(f"no rule is of the kind {kind}; there are: {', '.join(sorted({rule.kind for rule in book.rules}))}")
        return 2
    slow, rows = 0, []
    for rule in chosen:
        took = _slowest(book, rule) if timed or files else None
        slow += took is not None and took > LIMIT_MS
        if manner.json:
            rows.append({**msgspec.to_builtins(rule), "milliseconds": took})
        else:
            click.echo("  ".join(_row(rule, took)))
    examples = sum(len(rule.match) + len(rule.keep) for rule in chosen)
    if manner.json:
        click.echo(msgspec.json.encode(rows))
    elif not manner.quiet:
        click.echo(f"{len(chosen)} rules, {examples} examples hold" + (f", {slow} slower than {LIMIT_MS} ms on 100 kB" if slow else ""))
    return 1 if slow else 0


def _row(rule: Rule, took: float | None) -> Iterator[str]:
    yield f"{rule.id:<32}"
    yield f"{rule.kind:<12}"
    yield f"{len(rule.phrases):>4} phrases" if rule.phrases else "     pattern"
    yield f"{','.join(rule.languages):<24.24}"
    if took is not None:
        yield f"{took:6.1f} ms"
    yield rule.why


def _slowest(book: RuleBook, rule: Rule) -> float:
    """Return the longest time in milliseconds that the rule takes on hostile input; phrases are looked up and take none."""
    if not rule.pattern:
        return 0.0
    pattern = book.pattern_of(rule)
    longest = 0.0
    for text in (*HOSTILE, *(example * (100_000 // len(example)) for example in rule.match)):
        start = time.perf_counter()
        pattern.fullmatch(text)
        longest = max(longest, 1000 * (time.perf_counter() - start))
    return longest
