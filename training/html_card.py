"""The model card of HTML extraction, written anew with every training."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

Scores = dict[str, tuple[int, float]]

_HEAD = """# Model card: HTML extraction

Written by `python -m training.html_report`; do not edit.

* **What**: `html_blocks.json` scores each block of a page ({trees} trees of up to {leaves} leaves, {features} integer features, leaf
  values in 1/{scale} of log odds; a block of which the first {first} say at least {doubt} for or against meets no others).
  `html_names.tsv` ({names} names in markup) and `html_words.tsv` ({words} words of short blocks) are the learned scores that some features
  read. `html_kinds.json` holds one small forest a page kind.
* **Data**: the articles of wcxb-dev (WCXB development split, CC BY 4.0) and fundus-dev (test pages of the fundus crawler, MIT) with full
  gold text, of trafilatura-dev (half of trafilatura's evaluation set, Apache 2.0) with hand-picked strings only; page kinds from all of
  wcxb-dev. No text of a page is in the files: names and words are kept if they occur on {domains} domains or more, as one number each.
* **Labels**: `training.align` finds the gold text in the blocks; keeping exactly the labelled blocks scores 0.995 word F1 on wcxb-dev.
* **Training**: LightGBM, one thread, deterministic, fixed seed; every fully annotated page weighs the same. Tables are crossed by folds,
  so that no page's features know its own labels.
* **Inference**: integer arithmetic, no training library, the same verdicts on every processor.
* **Limits**: most training pages are English; of other languages there are 130 news pages with full text. Label noise: the gold counts some
  captions and author boxes as body, and on some pages is a fragment of the body.
* **Licence**: as the project.

Scores are word F1 out of fold: models that never saw a page of the site. Sites are not listed; `python -m training.html_report` prints
them.
"""


def write_card(facts: Mapping[str, int], groups: Mapping[str, Scores], confusion: Mapping[str, Mapping[str, int]]) -> str:
    """Write the card.

    Args:
        facts: sizes of the model, by the names in the head.
        groups: scores by corpus and by language: pages and mean word F1.
        confusion: from true page kind to predicted kinds.

    Returns:
        Markdown.
    """
    lines = [_HEAD.format(**facts)]
    for name in ("corpus", "language"):
        lines += [f"| {name} | pages | word F1 |", "|---|---:|---:|"]
        lines += [f"| {key} | {count} | {score:.4f} |" for key, (count, score) in sorted(groups[name].items())]
        lines.append("")
    kinds = sorted(confusion)
    lines += ["Page kinds out of fold, true (rows) to predicted:", "", "| | " + " | ".join(kinds) + " |", "|---|" + "---:|" * len(kinds)]
    lines += [f"| {kind} | " + " | ".join(str(confusion[kind].get(other, 0)) for other in kinds) + " |" for kind in kinds]
    return "\n".join(lines) + "\n"
