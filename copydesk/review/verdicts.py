"""What people said of spans in the browser, as proposed rules and as test cases."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec

from copydesk.review.words import short
from pipeline.rules.mine import Mined, form_of, is_prose, proposals, rule_lines
from pipeline.rules.rulebook import MAX_BLOCK, Rule, RuleBook, RuleError, check

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


BELONGS: Final = (
    ("", "(not said)"),
    ("title", "title"),
    ("description", "description"),
    ("authors", "authors"),
    ("published_at", "day of publication"),
    ("modified_at", "day of change"),
    ("dateline", "dateline"),
    ("images.caption", "a caption"),
    ("images.credit", "a picture’s credit"),
    ("embeds", "a post"),
    ("credits", "credits"),
    ("copyright", "copyright"),
    ("section", "section"),
    ("tags", "tags"),
    ("text", "the text"),
)
"""Where a value in the wrong field may belong: the record's fields that words of a page move to, and how a page names them."""
_EXAMPLES: Final = 3
_EXAMPLE: Final = 300
"""Longest line, in characters, that becomes an example that a rule must leave."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a person said of a span; offsets are code points of the record's base text.

    `before` and `after` are the nearest lines that the record keeps, `field` is where the span moved to, `fate` and `rule` what was done,
    `belongs` the field that a "wrong field" names as the right one, "text" for the body, empty where nobody said.
    """

    id: str
    locator: str
    site: str
    language: str
    start: int
    end: int
    fate: str
    rule: str
    text: str
    verdict: Literal["keep", "remove", "wrong_field"]
    field: str = ""
    belongs: str = ""
    before: str = ""
    after: str = ""


class _File(msgspec.Struct, frozen=True):
    copydesk: Literal["verdicts"]
    version: Literal[1]
    verdicts: tuple[Verdict, ...]


class VerdictsError(ValueError):
    """A file that holds no verdicts; one line says what is wrong."""


class Learned(msgspec.Struct, frozen=True, kw_only=True):
    """What verdicts teach.

    Attributes:
        rules: proposed rules, each with the verdicts that it was made of.
        left: verdicts of which no rule was made, each with the reason.
        cases: test cases: `strip` in the shape of the project's own cases for texts, `fields` for values in the wrong field.
    """

    rules: tuple[tuple[Rule, tuple[Verdict, ...]], ...]
    left: tuple[tuple[Verdict, str], ...]
    cases: dict[str, list[dict[str, Any]]]


def read_verdicts(data: bytes, name: str) -> tuple[Verdict, ...]:
    """Return the verdicts of an exported file. Raises `VerdictsError` where it is none."""
    try:
        return msgspec.json.decode(data, type=_File).verdicts
    except msgspec.DecodeError as error:
        raise VerdictsError(f"{name} holds no verdicts of copydesk review: {error}") from error


def learn(verdicts: Iterable[Verdict], book: RuleBook) -> Learned:
    """Make rules of lines that should go, and cases of everything that was judged.

    A rule takes all lines of one form (numbers may differ), and leaves the lines of its language that people want to keep. One that would
    take such a line is not proposed, nor is one of a sentence: it would take the sentence wherever somebody writes it.
    """
    said = sorted(set(verdicts), key=lambda each: (each.id, each.start))
    wanted = [each for each in said if each.verdict == "remove" and each.fate != "removed"]
    forms: dict[str, list[Verdict]] = defaultdict(list)
    for each in wanted:
        forms[form_of(each.text)].append(each)
    rules: list[tuple[Rule, tuple[Verdict, ...]]] = []
    left = [(each, _why_none(each)) for each in said if each.verdict != "remove"]
    for _, group in sorted(forms.items()):
        keep = [each.text for each in said if each.verdict == "keep" and each.language == group[0].language]
        rule, reason = _rule(group, keep, book)
        if rule is None:
            left += [(each, reason) for each in group]
        else:
            rules.append((rule, tuple(group)))
    return Learned(rules=tuple(rules), left=tuple(left), cases=_cases(said))


def _why_none(verdict: Verdict) -> str:
    if verdict.verdict == "keep" and verdict.fate == "removed":
        return f"{verdict.rule} took it: give that rule a keep line, or write one with its id in a file of your own"
    return "it stays" if verdict.verdict == "keep" else "a value in the wrong field is a test case"


def _rule(group: Sequence[Verdict], keep: Sequence[str], book: RuleBook) -> tuple[Rule | None, str]:
    """Return the rule for lines of one form, or why there is none."""
    lines = tuple(dict.fromkeys(" ".join(each.text.split()) for each in group))[:_EXAMPLES]
    if is_prose(lines[0]):
        return None, "it reads as a sentence of an article"
    if len(lines[0]) > MAX_BLOCK:
        return None, "it is too long for a rule"
    sites = sorted({each.site for each in group})
    languages = tuple(sorted({each.language for each in group}))
    ids = tuple(sorted({each.id for each in group}))[:_EXAMPLES]
    made, _ = proposals([Mined(sites[0], form_of(lines[0]), lines, len(ids), len(ids), ids, languages, prose=False)], book)
    if not made:
        return None, "other rules say it already, or no rule can tell it"
    stays = tuple(line for line in dict.fromkeys(" ".join(line.split()) for line in keep) if line and len(line) <= _EXAMPLE)[:_EXAMPLES]
    mined = made[0][1]
    rule = msgspec.structs.replace(
        mined,
        id=mined.id.replace("mined-", "learned-"),
        why=f"A line of the template of {short(', '.join(sites), 80)}.",
        source=f"Reviewed: somebody marked it as furniture in {len({each.id for each in group})} documents.",
        keep=(*stays, *mined.keep),
    )
    try:
        check(rule, RuleBook((*book.rules, rule)))
    except RuleError as error:
        return None, short(str(error))
    return rule, ""


def as_toml(learned: Learned) -> Iterator[str]:
    """Yield the lines of a file of rules; what became no rule stands in comments at its end."""
    yield "# Proposed by `copydesk rules learn` from verdicts. Read every rule, delete those that could take a line of an article, then"
    yield "# name this file in the settings ([rules], files). Only then does a build know of it. A rule applies to all sites."
    for rule, group in learned.rules:
        yield ""
        yield f"# {_comment(', '.join(f'{each.locator} at {each.start}' for each in group[:_EXAMPLES]))}"
        yield from rule_lines(rule)
    if learned.left:
        yield ""
        yield "# No rule is proposed for these:"
        for verdict, reason in learned.left:
            yield f"# {_comment(f'{verdict.locator} at {verdict.start}, {verdict.verdict}')}"
            yield f"#   {_comment(verdict.text)}"
            yield f"#   {_comment(reason)}"


def _comment(text: str) -> str:
    return short("".join(char if char.isprintable() else " " for char in text), 120)


def _cases(said: Iterable[Verdict]) -> dict[str, list[dict[str, Any]]]:
    strip, fields = [], []
    for each in said:
        name = short(f"{each.verdict}: {each.text}", 80)
        if each.verdict == "wrong_field":
            told = {"field": each.field, "wrong": each.text, "belongs": each.belongs}
            fields.append({"name": name, "locator": each.locator, "id": each.id, **told})
            continue
        stays = (each.before, each.text if each.verdict == "keep" else "", each.after)
        removed = [["chrome", each.text]] if each.verdict == "remove" else []
        text = "\n\n".join(filter(None, (each.before, each.text, each.after)))
        strip.append({"name": name, "text": text, "left": [line for line in stays if line], "removed": removed, "moved": {}})
    return {"strip": strip, "fields": fields}
