"""What a rule says of itself: why it is there, where its words come from, which lines it takes and which it leaves."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import TYPE_CHECKING

import msgspec

from copydesk.review.design import asset
from copydesk.review.words import short

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipeline.rules.rulebook import RuleBook

_EXAMPLES = 6
"""Lines of each kind that a page shows."""
_LONGEST = 600
"""Characters of a rule's phrases or pattern that a page shows."""


class RuleText(msgspec.Struct, frozen=True, kw_only=True):
    """A rule as a page shows it; a stage's own rule has no examples."""

    id: str
    why: str
    source: str = ""
    match: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    words: str = ""
    uses: int = 0


def rule_texts(uses: Mapping[str, int], book: RuleBook) -> Iterator[RuleText]:
    """Yield what the rules in `uses` say, by name."""
    rules = {rule.id: rule for rule in book.rules}
    for name in sorted(uses):
        rule = rules.get(name)
        if rule is None:
            yield RuleText(id=name, why=_why(name), uses=uses[name])
        else:
            words = short(" · ".join(rule.phrases) or rule.pattern, _LONGEST)
            examples = rule.match[:_EXAMPLES], rule.keep[:_EXAMPLES]
            yield RuleText(id=name, why=rule.why, source=rule.source, match=examples[0], keep=examples[1], words=words, uses=uses[name])


def _why(name: str) -> str:
    """Return what a stage's own rule says: by its whole name, else by its group."""
    texts = _own()
    plain = name.partition(":")[0]
    return texts.get(plain) or texts.get(plain.partition(".")[0]) or "A rule of a stage; docs/how-it-works.md says what each stage does."


@cache
def _own() -> dict[str, str]:
    return dict(tomllib.loads(asset("rules.toml")))
