"""Where trained models are: the shipped ones in the package, and of each the out-of-fold ones, which are no part of the project.

The five out-of-fold models of a step never saw a page of their fold, so that scores on the development corpora mean something. They are
made from the corpora by `make models-oof` and stay out of version control.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]
SHIPPED = _ROOT / "pipeline" / "models"
FOLD_MODELS = _ROOT / "training" / "models"


class MissingModelsError(FileNotFoundError):
    """An out-of-fold model is asked for that nobody has made."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where a step of `training.rebuild` writes.

    Attributes:
        shipped: the folder of the models that learn from all folds; None where only out-of-fold models are wanted.
        folds: the folder of the out-of-fold models, where a step also reads those that earlier steps made.
    """

    shipped: Path | None = SHIPPED
    folds: Path = FOLD_MODELS


def fold_model(name: str, fold: int, folder: Path = FOLD_MODELS) -> Path:
    """Return the file or folder of an out-of-fold model.

    Args:
        name: the model's name with `{fold}` for the number of the fold, as in `training.rebuild.STEPS`.
        fold: 0 to 4.
        folder: where out-of-fold models are.

    Raises:
        MissingModelsError: it is not there; the message says what to do.
    """
    path = folder / name.format(fold=fold)
    if not path.exists():
        raise MissingModelsError(f"{path} is missing: `make models-oof` trains the out-of-fold models from the development corpora")
    return path
