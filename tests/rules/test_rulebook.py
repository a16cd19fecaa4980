"""The rule book: every rule holds to its own examples, none backtracks, and bad files are refused."""

import time
import tomllib
from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest

from pipeline.rules.rulebook import DECORATION, RuleBook, RuleError, check, load
from pipeline.text.folding import fold_line

BOOK = load()
RULE_FILES = sorted(path for path in Path(str(files("pipeline"))).glob("rules/*.toml"))
TABLES = [table for path in RULE_FILES for table in tomllib.loads(path.read_text(encoding="utf-8"))["rule"]]
DATA_FILES = (
    *RULE_FILES,
    *sorted(Path(str(files("pipeline"))).glob("lines/data/*.tsv")),
    Path(str(files("pipeline"))) / "extract/keywords.toml",
)
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
    pattern = BOOK.pattern_of(rule)
    for line in (*HOSTILE, *(example * (100_000 // len(example)) for example in rule.match)):
        start = time.process_time()
        pattern.fullmatch(fold_line(line))
        assert time.process_time() - start < 0.3, line[:40]


def test_a_pattern_contains_its_needles_in_every_example():
    for rule in BOOK.rules:
        for line in rule.match if rule.pattern else ():
            assert any(needle in fold_line(line) for needle in rule.needles), (rule.id, line)


@pytest.mark.parametrize("path", DATA_FILES, ids=lambda path: path.name)
def test_no_line_of_rule_data_is_longer_than_a_reader_sees(path: Path):
    assert [line for line in path.read_text(encoding="utf-8").split("\n") if len(line) > 140] == []


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table["id"])
def test_words_stand_under_their_language_with_examples(table):
    named = table.get("patterns") or table["phrases"]
    assert "languages" not in table
    for language, words in named.items():
        examples = [example for _, *own in words for example in own] if "patterns" in table else table["match"][language]
        assert words
        assert examples, language


def test_every_language_has_a_line_that_must_be_left():
    named = {language for table in TABLES for language in table.get("patterns") or table["phrases"]} - {"mul"}
    kept = {language for table in TABLES for language in table["keep"]}
    assert named - kept == set()


def test_a_phrase_stands_in_one_rule():
    count = Counter(fold_line(phrase).strip(DECORATION) for rule in BOOK.rules for phrase in rule.phrases)
    assert [phrase for phrase, times in count.items() if times > 1] == []


def test_languages_are_covered():
    wanted = {"en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "uk", "tr", "ar", "hi", "zh", "ja", "ko", "id"}
    for kind in ("share", "related", "navigation", "comments", "newsletter", "advert", "legal", "promo", "tags"):
        spoken = {language for rule in BOOK.rules if rule.kind == kind for language in rule.languages}
        assert wanted <= spoken, kind


GOOD_TABLES = """
[[rule]]
id = "promo.club"
kind = "promo"
why = "A club that advertises itself."
source = "Seen on club pages."

[rule.parts.club]
en = ["rowing", "chess"]

[rule.patterns]
en = [['join the {club} club!?', "Join the rowing club!"]]
de = [['komm in den {club} club', "Komm in den Chess Club"]]

[rule.needles]
en = ["club"]

[rule.keep]
en = ["Join the rowing club, her mother said, and you will sleep well."]
"""

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
        ('kind = "promo"', 'kind = "promo"\nunless = ["x"]', r"belong to \[rule.patterns\]"),
        ('why = "A club that advertises itself."', 'whim = "x"', "whim"),
    ],
)
def test_a_bad_file_is_refused(tmp_path: Path, old: str, new: str, message: str):
    path = tmp_path / "own.toml"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(RuleError, match=message):
        load([path])


def test_a_file_with_tables_adds_a_rule(tmp_path: Path):
    path = tmp_path / "own.toml"
    path.write_text(GOOD_TABLES, encoding="utf-8")
    (rule,) = load([path], builtin=False).rules
    assert rule.languages == ("en", "de")
    assert rule.match == ("Join the rowing club!", "Komm in den Chess Club")
    assert [mark.rule.id for mark in load([path]).explain("Join the CHESS club")] == ["promo.club"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('kind = "promo"', 'kind = "promo"\nlanguages = ["en"]', "languages follow"),
        ('"Join the rowing club!"]]', '"Join the polo club!"]]', "leaves its example 'Join the polo club!'"),
        (', "Join the rowing club!"]]', "]]", "an alternative under en has no example"),
        ("de = [['komm", "german = [['komm", "'german' is no code of a language"),
        ("join the {club}", "join the {team}", "there is no part team"),
        ("{club} club", "row club", "no alternative uses the part club"),
        ('["rowing", "chess"]', '["rowing", "{club}"]', "parts stand in each other"),
        ('en = ["rowing", "chess"]', 'en = ["rowing", "rowing"]', "twice under en: 'rowing'"),
        ("'join the {club} club!?'", f"'join the {{club}} club{'!?' * 60}'", "line 12 has 1[0-9]{2} characters, more than 140"),
        (
            "'join the {club} club!?'",
            '"""join the {club} club\\\n' + f"{'!?' * 40}\\\n" * 2 + '"""',
            "an alternative has 1[0-9]{2} characters",
        ),
        ('kind = "promo"', "kind = \"promo\"\npattern = 'join'", "not both"),
    ],
)
def test_a_bad_table_is_refused_in_one_line(tmp_path: Path, old: str, new: str, message: str):
    path = tmp_path / "own.toml"
    assert old in GOOD_TABLES
    path.write_text(GOOD_TABLES.replace(old, new), encoding="utf-8")
    with pytest.raises(RuleError, match=message) as refused:
        load([path])
    assert "\n" not in str(refused.value)


def test_plain_lists_are_for_one_language(tmp_path: Path):
    path = tmp_path / "own.toml"
    for languages in ('languages = ["en", "de"]', "languages = []", ""):
        path.write_text(GOOD.replace('languages = ["en"]', languages), encoding="utf-8")
        with pytest.raises(RuleError, match="languages with one code"):
            load([path])
    tables = GOOD.replace('languages = ["en"]', "").replace("phrases = [", "phrases.en = [").replace("match = [", "match.de = [")
    path.write_text(tables, encoding="utf-8")
    with pytest.raises(RuleError, match="no match line under en"):
        load([path])


def test_a_missing_file_is_refused(tmp_path: Path):
    with pytest.raises(RuleError, match="absent"):
        load([tmp_path / "absent.toml"])


def test_without_the_built_in_rules_nothing_is_taken():
    assert load(builtin=False).marks(["Share this article"]) == [()]
    assert RuleBook(()).marks([]) == []
