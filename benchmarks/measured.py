"""What systems did with the same documents: times and scores, and a picture of both."""
# ruff: noqa: PLC0415 - matplotlib is large, and only wanted for a picture

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from training.metrics import word_f1

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


@dataclass(slots=True)
class Measured:
    """One system: CPU seconds of each document, word F1 of those whose body is known, words given, and how many it failed on."""

    name: str
    seconds: list[float] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    words: int = 0
    failures: int = 0

    def run(self, work: Callable[[], str], gold: str | None) -> None:
        """Time a call and rate what it returns; one that fails has returned nothing."""
        text, began = "", time.process_time()
        try:
            text = work()
        except Exception:  # noqa: BLE001 - a peer's crash on a page is a result
            self.failures += 1
        self.seconds.append(time.process_time() - began)
        self.words += len(text.split())
        if gold is not None:
            self.scores.append(word_f1(text, gold))

    @property
    def quality(self) -> float:
        """The mean score."""
        return statistics.mean(self.scores)

    def milliseconds(self) -> tuple[float, float, float]:
        """Mean, median and 95th percentile."""
        times = sorted(1000 * each for each in self.seconds)
        return statistics.mean(times), statistics.median(times), times[int(0.95 * (len(times) - 1))]


def plot(found: Sequence[Measured], path: Path, title: str) -> None:
    """Draw quality against cost, or cost alone as bars where no body is known."""
    import matplotlib as mpl

    mpl.use("svg" if path.suffix == ".svg" else "agg")
    mpl.rcParams["svg.hashsalt"] = "copydesk"
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 4))
    means = [each.milliseconds()[0] for each in found]
    if all(each.scores for each in found):
        for each, mean in zip(found, means, strict=True):
            own = each.name.startswith("copydesk")
            axes.scatter([mean], [each.quality], color="#b45309" if own else "#57606a", marker="D" if own else "o")
            axes.annotate(each.name, (mean, each.quality), xytext=(5, 4), textcoords="offset points", fontsize=8)
        axes.set_xscale("log")
        axes.margins(x=0.2)
        axes.set_xlabel("CPU milliseconds a document (log scale)")
        axes.set_ylabel("word F1")
    else:
        axes.barh([each.name for each in found], means)
        axes.invert_yaxis()
        axes.set_xlabel("CPU milliseconds a document")
    axes.set_title(title, fontsize=10)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    plt.close(figure)
