"""Score the out-of-fold block models and page kinds, and write their card: `python -m training.html_report`."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from statistics import mean
from typing import Any

import msgspec

from pipeline.extract.block_model import BLOCKS, KINDS, NAMES, WORDS, HtmlModel
from pipeline.forests.cascade import StagedSpec
from pipeline.forests.model_files import parse_scores
from pipeline.rejected import Rejected
from training import html_kinds, html_tables
from training.corpora import FOLDS, FULL_TEXT, read
from training.html import CONFIG, FOLDER, language_of
from training.html_card import write_card
from training.metrics import word_f1
from training.model_files import FOLD_MODELS, SHIPPED, fold_model
from training.oof import clean_oof

_CARD = Path(__file__).resolve().parents[1] / "docs" / "models-html.md"


def report() -> dict[str, Any]:
    """Score the fold models through extraction: word F1 by corpus, by language and by site."""
    rows: list[tuple[str, str, str, float]] = []
    for corpus in FULL_TEXT:
        for page in read(corpus):
            if page.kind == "article":
                try:
                    text = clean_oof(page.raw, url=page.gold.get("url"), media_type=None, fold=page.fold).text
                except Rejected:
                    text = ""
                golds = [page.gold["text"], "\n".join(part for part in (page.gold.get("summary"), page.gold["text"]) if part)]
                language = language_of(page.raw.decode("utf-8", "replace"))
                rows.append((corpus, language, page.domain, max(word_f1(text, gold) for gold in golds)))
    groups: dict[str, dict[str, list[float]]] = {"corpus": defaultdict(list), "language": defaultdict(list), "site": defaultdict(list)}
    for corpus, language, domain, score in rows:
        for name, key in (("corpus", corpus), ("language", language), ("site", domain)):
            groups[name][key].append(score)
    return {name: {key: (len(values), round(mean(values), 4)) for key, values in sorted(group.items())} for name, group in groups.items()}


def main() -> None:
    """Print all scores and write the model card."""
    folders = {fold: fold_model(FOLDER, fold, FOLD_MODELS) for fold in range(FOLDS)}
    models = {fold: HtmlModel.read(folder) for fold, folder in folders.items()}
    files = {fold: (folder / KINDS).read_bytes() for fold, folder in folders.items()}
    confusion = html_kinds.confusion(html_kinds.build(models), files)
    groups = report()
    for name, group in groups.items():
        print(name)
        for key, (count, score) in group.items():
            print(f"  {key:30} {count:4} {score:.4f}")
    _CARD.write_text(write_card(_facts(SHIPPED), groups, confusion), "utf-8")


def _facts(folder: Path) -> dict[str, int]:
    """Sizes of the shipped model, for its card."""
    staged = msgspec.json.decode(folder.joinpath(BLOCKS).read_bytes(), type=StagedSpec)
    spec = staged.forest
    tables = {name: len(parse_scores(folder.joinpath(file).read_text("utf-8"))) for name, file in (("names", NAMES), ("words", WORDS))}
    return tables | {
        "first": staged.first,
        "doubt": staged.doubt,
        "trees": len(spec.trees),
        "leaves": CONFIG.num_leaves,
        "features": len(spec.features),
        "scale": spec.scale,
        "domains": html_tables.MIN_DOMAINS,
    }


if __name__ == "__main__":
    main()
