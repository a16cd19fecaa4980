"""Labels and target statistics."""

from __future__ import annotations

from training.align import label
from training.html_tables import scores


def test_a_second_copy_of_a_block_is_not_gold() -> None:
    story = [
        "The first sentence of the story is this one here.",
        "The second sentence follows it and is longer than the first.",
        "The third and last one ends it all on a Monday.",
    ]
    blocks = [story[0], "Menu", *story, "Contact"]
    assert label(blocks, "\n".join(story)) == [0.0, 0.0, 1.0, 1.0, 1.0, 0.0]


def test_short_blocks_count_between_their_neighbours_only() -> None:
    blocks = [
        "Results",
        "A long paragraph about the weather in the north.",
        "Results",
        "Another long paragraph about the harvest of apples.",
    ]
    gold = "A long paragraph about the weather in the north.\nResults\nAnother long paragraph about the harvest of apples."
    assert label(blocks, gold) == [0.0, 1.0, 1.0, 1.0]


def test_one_domain_has_one_vote_and_rare_names_have_none() -> None:
    many = [("shop.example", {"body": (0.0, 100.0)})] * 50
    few = [(f"site{n}.example", {"body": (90.0, 100.0), "rail": (0.0, 50.0)}) for n in range(9)]
    found = scores([*many, *few, ("one.example", {"rare": (1.0, 1.0)})], min_domains=5)
    assert found["body"] > 0 > found["rail"]
    assert "rare" not in found
