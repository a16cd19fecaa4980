"""What the miner finds, what it proposes, and that the rules which it proposes can be loaded and do what they say."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.mine import Mined, Seen, as_toml, form_of, mine, proposals
from pipeline.rules.rulebook import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

PROSE = "The ferry left the harbour at nine, and nobody on the pier waved, she said."


def seen(number: int, *lines: str, site: str = "example.org", language: str = "en") -> Seen:
    return Seen(f"{number:04d}", site, language, lines)


def always(documents: list[Seen]) -> Callable[[], Iterable[Seen]]:
    return lambda: documents


def site(*extra: str, documents: int = 10, name: str = "example.org") -> list[Seen]:
    return [seen(number, f"Paragraph {'abcdefghij'[number % 10]} of its own", *extra, site=name) for number in range(documents)]


def written(path: Path, mined: list[Mined]) -> str:
    text = "".join(f"{line}\n" for line in as_toml(*proposals(mined)))
    path.write_text(text, encoding="utf-8")
    return text


class TestMine:
    def test_a_line_of_the_template(self) -> None:
        (found,) = mine(always(site("Tip our night desk")), least=5, share=2)
        assert (found.site, found.lines, found.documents, found.of) == ("example.org", ("Tip our night desk",), 10, 10)
        assert found.ids == ("0000", "0001", "0002")
        assert not found.prose

    def test_a_line_twice_in_a_document_counts_once(self) -> None:
        assert mine(always([seen(1, *["Tip our night desk"] * 9)]), least=5, share=0) == []

    def test_lines_of_different_sites_are_not_added_up(self) -> None:
        both = site("Tip our night desk", documents=3) + site("Tip our night desk", documents=3, name="example.net")
        assert mine(always(both), least=5, share=0) == []

    def test_numbers_may_differ(self) -> None:
        documents = [seen(number, f"Comments ({number})") for number in range(6)]
        assert [each.form for each in mine(always(documents), least=5, share=0)] == ["comments (#)"]

    def test_a_share_of_a_large_site(self) -> None:
        documents = site("Tip our night desk", documents=5) + site(documents=400)
        numbered = [seen(number, *each.lines[1:]) for number, each in enumerate(documents)]
        assert mine(always(numbered), least=5, share=2) == []
        assert len(mine(always(numbered), least=5, share=1)) == 1

    @pytest.mark.parametrize("documents", [[], [seen(1, "One line")], [seen(1), seen(2)], [seen(number, "12", "—") for number in range(9)]])
    def test_nothing_to_find(self, documents: list[Seen]) -> None:
        assert mine(always(documents), least=2, share=0) == []

    def test_the_order_of_documents_decides_nothing(self) -> None:
        documents = site("Tip our night desk", "TIP OUR DESK 7", PROSE) + site("Tip our night desk", name="example.net")
        assert mine(always(documents), least=5, share=2) == mine(always(documents[::-1]), least=5, share=2)


class TestProposals:
    def test_prose_is_named_but_no_rule_is_made(self, tmp_path: Path) -> None:
        mined = mine(always(site(PROSE)), least=5, share=2)
        made, left = proposals(mined)
        assert (made, [each.lines for each in left]) == ([], [(PROSE,)])
        assert PROSE in written(tmp_path / "mined.toml", mined)
        assert tomllib.loads((tmp_path / "mined.toml").read_text(encoding="utf-8")) == {}

    @pytest.mark.parametrize(
        ("line", "other"),
        [
            ("Tip our night desk", "TIP OUR NIGHT DESK"),
            ("Tip 12 of 90 from the night desk", "Tip 3 of 7 from the night desk"),
            ("Нашли ошибку? Ночная редакция ждёт писем", "НАШЛИ ОШИБКУ? Ночная редакция ждёт писем"),
            ("深夜のデスクへ", "深夜のデスクへ"),
            ('A "quoted" \\ back\tslash', 'a "quoted" \\ back slash'),
            ("Night desk " + "and more of the night desk " * 8, "night desk " + "and more of the night desk " * 8),
        ],
    )
    def test_a_proposed_rule_loads_and_takes_its_line_alone(self, tmp_path: Path, line: str, other: str) -> None:
        written(tmp_path / "mined.toml", mine(always(site(line)), least=5, share=2))
        book = load([tmp_path / "mined.toml"])
        (rule,) = [rule for rule in book.rules if rule.id.startswith("chrome.mined-")]
        for each in (line, other):
            assert any(mark.rule.id == rule.id for mark in book.explain(" ".join(each.split())))
        assert not any(mark.rule.id == rule.id for mark in book.explain(f"{line}, she said, and nobody answered."))

    def test_a_line_of_two_sites_is_one_rule(self) -> None:
        made, _ = proposals(mine(always(site("Tip our night desk") + site("Tip our night desk", name="example.net")), least=5, share=2))
        assert len(made) == 1

    def test_what_a_shipped_rule_says_is_not_proposed_again(self) -> None:
        phrase = next(rule for rule in load().rules if rule.phrases).phrases[0]
        assert proposals(mine(always(site(phrase)), least=5, share=2))[0] == []

    @given(st.text(min_size=1, max_size=60))
    def test_any_line_gives_a_file_that_loads(self, line: str) -> None:
        text = "".join(f"{each}\n" for each in as_toml(*proposals(mine(always(site(line)), least=5, share=2), BOOK)))
        rules = tomllib.loads(text).get("rule", [])
        assert all(rule["match"] and rule["keep"] for rule in rules)


BOOK = load()


def test_forms() -> None:
    assert form_of("Share  this – 12 TIMES") == "share this - # times"
