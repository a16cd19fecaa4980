"""Rebuild the models, each step after those that it learns from: `make models`, `make models-oof`.

    python -m training.rebuild                    # all models: those that ship, and the out-of-fold ones
    python -m training.rebuild --oof              # the out-of-fold models alone
    python -m training.rebuild --only text_lines  # one step, from the files that the steps before it made
    python -m training.rebuild --out DIR          # into DIR/shipped and DIR/folds instead of the project

Everything is deterministic on one architecture: the same corpora, sources and locked libraries give the same files, byte for byte.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from training import field_days, html, text_lines, text_pairs, text_spans
from training.corpora import learned_by
from training.model_files import Places

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


@dataclass(frozen=True, slots=True)
class Step:
    """One training.

    Attributes:
        name: as `training.corpora.CORPORA` names it.
        train: writes the step's files; it may read out-of-fold models of steps before it.
        shipped: the files that it writes among the shipped models.
        folds: what it writes of each fold.
    """

    name: str
    train: Callable[[Places], None]
    shipped: tuple[str, ...]
    folds: str


STEPS = (
    Step("html", html.rebuild, ("html_blocks.json", "html_names.tsv", "html_words.tsv", "html_kinds.json"), html.FOLDER),
    Step("text_pairs", text_pairs.rebuild, ("text_pairs.json",), text_pairs.FOLD_FILE),
    Step("text_lines", text_lines.rebuild, ("text_lines.json",), text_lines.FOLD_FILE),
    Step("text_spans", text_spans.rebuild, ("text_spans.json",), text_spans.FOLD_FILE),
    Step("field_days", field_days.rebuild, ("field_days.json",), field_days.FOLD_FILE),
)
"""All trainings, in the order in which they run: a step learns from what those before it made (the line model from the blocks that the pair
models cut, the span model on what the line model leaves)."""


def rebuild(places: Places, only: Iterable[str] = ()) -> None:
    """Run all steps, or only some of them, in the order of `STEPS`.

    Raises:
        ValueError: a name is none of a step's, or a step learns from a corpus that is not for learning.
        training.model_files.MissingModelsError: a step before one of `only` has not run yet.
    """
    chosen = set(only)
    if unknown := chosen - {step.name for step in STEPS}:
        raise ValueError(f"no step is named {', '.join(sorted(unknown))}; there are: {', '.join(step.name for step in STEPS)}")
    for step in STEPS:
        if not chosen or step.name in chosen:
            start, names = time.process_time(), learned_by(step.name)
            print(f"{step.name}: learns from {', '.join(names)}", flush=True)
            step.train(places)
            print(f"{step.name}: {time.process_time() - start:.0f} s of CPU", flush=True)


def main() -> None:
    """Rebuild what the command line names."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--only", action="append", default=[], choices=[step.name for step in STEPS], help="a step; may be given again")
    cli.add_argument("--oof", action="store_true", help="leave the shipped models as they are")
    cli.add_argument("--out", type=Path, help="write below this folder instead of into the project")
    options = cli.parse_args()
    default = Places()
    shipped, folds = (options.out / "shipped", options.out / "folds") if options.out else (default.shipped, default.folds)
    rebuild(Places(None if options.oof else shipped, folds), options.only)


if __name__ == "__main__":
    main()
