"""The rule book: every rule holds to its own examples, none backtracks, and bad files are refused."""

import time
from pathlib import Path

import pytest

from pipeline.rules.rulebook import RuleBook, RuleError, check, load
from pipeline.text.folding import fold_line

BOOK = load()
HOSTILE = (
    "a" * 100_000,
    "share " * 16_000,
    "home > " * 14_000,
    "#a " * 33_000,
    "1:1:1:" * 16_000,
    "we use " * 14_000,
    "reporting by " * 8_000,
    "<iframe " * 12_000,
    " " * 100_000,
    "subscribe, " * 9_000,
)


@pytest.mark.parametrize("rule", BOOK.rules, ids=lambda rule: rule.id)
def test_a_rule_holds_to_its_examples(rule):
    check(rule, BOOK)


def test_no_rule_takes_what_another_one_must_leave():
    taken = {line: [mark.rule.id for mark in BOOK.explain(line) if mark.strong] for rule in BOOK.rules for line in rule.keep}
    assert {line: found for line, found in taken.items() if found} == {}


@pytest.mark.parametrize("rule", [rule for rule in BOOK.rules if rule.pattern], ids=lambda rule: rule.id)
def test_a_pattern_is_quick_on_hostile_input(rule):
    pattern = BOOK.pattern_of(rule.id)
    for line in (*HOSTILE, *(example * (100_000 // len(example)) for example in rule.match)):
        start = time.process_time()
        pattern.fullmatch(fold_line(line))
        assert time.process_time() - start < 0.3, line[:40]


def test_a_pattern_contains_its_needles_in_every_example():
    for rule in BOOK.rules:
        for line in rule.match if rule.pattern else ():
            assert any(needle in fold_line(line) for needle in rule.needles), (rule.id, line)


def test_languages_are_covered():
    wanted = {"en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "uk", "tr", "ar", "hi", "zh", "ja", "ko", "id"}
    for kind in ("share", "related", "navigation", "comments", "newsletter", "advert", "legal", "promo", "tags"):
        spoken = {language for rule in BOOK.rules if rule.kind == kind for language in rule.languages}
        assert wanted <= spoken, kind


GOOD = """
[[rule]]
id = "promo.club"
kind = "promo"
languages = ["en"]
why = "A club that advertises itself."
source = "Seen on club pages."
phrases = ["join the rowing club"]
match = ["Join the rowing club!"]
keep = ["Join the rowing club, her mother said, and you will sleep well."]
"""


def test_a_users_file_adds_a_rule(tmp_path: Path):
    path = tmp_path / "own.toml"
    path.write_text(GOOD, encoding="utf-8")
    book = load([path])
    assert [mark.rule.id for mark in book.explain("JOIN THE ROWING CLUB")] == ["promo.club"]
    assert len(book.rules) == len(BOOK.rules) + 1


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('keep = ["Join the rowing club, her mother said, and you will sleep well."]', "keep = []", "match and keep"),
        ('match = ["Join the rowing club!"]', 'match = ["Join the chess club!"]', "leaves"),
        ('keep = ["Join', 'keep = ["Join the rowing club", "Join', "takes"),
        ('phrases = ["join the rowing club"]', "", "either phrases or a pattern"),
        ('phrases = ["join the rowing club"]', "pattern = 'join (the'\nneedles = ['join']", "own.toml"),
        ('phrases = ["join the rowing club"]', "pattern = 'join the rowing club!?'", "needles"),
        ('kind = "promo"', 'kind = "nonsense"', "nonsense"),
        ("[[rule]]", "[[rule", "own.toml"),
        ('why = "A club that advertises itself."', 'whim = "x"', "whim"),
    ],
)
def test_a_bad_file_is_refused(tmp_path: Path, old: str, new: str, message: str):
    path = tmp_path / "own.toml"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(RuleError, match=message):
        load([path])


def test_a_missing_file_is_refused(tmp_path: Path):
    with pytest.raises(RuleError, match="absent"):
        load([tmp_path / "absent.toml"])


def test_without_the_built_in_rules_nothing_is_taken():
    assert load(builtin=False).marks(["Share this article"]) == [()]
    assert RuleBook(()).marks([]) == []
