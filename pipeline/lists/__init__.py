"""The word lists that ship with copydesk, loaded once and handed to the stages that use them.

`variants.tsv` and `misspellings.tsv` are built by `training/lists_variants.py` and `training/lists_misspellings.py` from SCOWL, whose
notice stands in `NOTICE.txt`; `names.tsv` and
`abbreviations.tsv` are written by hand.
"""

from pipeline.lists.load import VARIETIES, Alias, Lists, Names, load_lists, parse_aliases

__all__ = ["VARIETIES", "Alias", "Lists", "Names", "load_lists", "parse_aliases"]
