"""The numbers of decoding and normalising: charset matrix, traps, negatives, speed, and edits on real text to be read.

    python benchmarks/normalise.py                              # what needs no corpora
    python benchmarks/normalise.py --corpora DIR                # also speed and counts on the gold texts of the corpora in DIR
    python benchmarks/normalise.py --corpora DIR --show variants --sample 300
    python benchmarks/normalise.py --corpora DIR --show misspellings

A corpus is a zip file with `gold.jsonl`, one object a line with `text`. The contexts that `--show` prints are third parties' texts:
read them, do not keep them.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from resiliparse.parse.lang import detect_fast

from pipeline.decode import DecodeConfig, DecodeError, decode
from pipeline.decode.labels import from_label
from pipeline.lists import load_lists
from pipeline.normalise import NormaliseConfig, Normalised, NormSpan, apply, normalise
from training.corpora import gold_rows, present

CASES = Path(__file__).parents[1] / "tests" / "cases"
LISTS = load_lists()
CONFIG = NormaliseConfig()
MIN_CHARS = 500


def main() -> None:
    """Print the tables that the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path)
    parser.add_argument("--show", choices=("variants", "misspellings", "encoding"))
    parser.add_argument("--sample", type=int, default=1_000_000)
    parser.add_argument("--variety", default="en-US")
    args = parser.parse_args()
    texts = gold_texts(args.corpora) if args.corpora else []
    if args.show:
        show(texts, args.show, args.sample, NormaliseConfig(variety=args.variety))
        return
    charsets()
    fixed_lines()
    if texts:
        counts(texts)
        speed(texts)


def gold_texts(folder: Path) -> list[str]:
    """Read the annotated bodies of all corpora in a folder."""
    return [text for corpus in present(folder) for gold in gold_rows(folder, corpus) if (text := gold.get("text"))]


def spans_of(text: str) -> list[NormSpan]:
    """One span a line; lines of English documents that are long enough to tell are judged by themselves."""
    english = detect_fast(text)[0] == "en"
    spans, at = [], 0
    for line in text.split("\n"):
        if line.strip():
            language = "en" if english and (len(line) < 200 or detect_fast(line)[0] == "en") else None
            spans.append(NormSpan(at, at + len(line), "body", language))
        at += len(line) + 1
    return spans


def run(text: str, config: NormaliseConfig = CONFIG) -> Normalised:
    """Normalise a gold text."""
    return normalise(text, spans_of(text), config=config, lists=LISTS)


def charsets() -> None:
    """Decode the texts of the charset cases, declared right, not at all, and as every other encoding."""
    cases = json.loads((CASES / "decode" / "charsets.json").read_text("utf-8"))
    labels = sorted({label for case in cases for label in case["encodings"]} | {"utf-8", "iso-8859-1"})
    table: Counter[tuple[str, bool]] = Counter()
    for case in cases:
        for label in [*case["encodings"], "utf-8", "utf-16le", "utf-16be"]:
            others = [other for other in labels if from_label(other) != from_label(label)]
            for kind, declared in [("right", label), ("not at all", None), *(("wrong", other) for other in others)]:
                for size in (120, len(case["text"])):
                    table[f"{'long' if size > 120 else 'short'}, declared {kind}", reads(case["text"][:size], label, declared)] += 1
    for row in sorted({kind for kind, _ in table}):
        good, bad = table[row, True], table[row, False]
        print(f"charsets  {row:<30} {good:>5} of {good + bad:>5}  {100 * good / (good + bad):6.2f} %")


def reads(text: str, label: str, declared: str | None) -> bool:
    """Whether the bytes of a text in some encoding come back as that text."""
    encoding = from_label(label)
    if encoding is None:
        raise ValueError(label)
    raw = text.encode(encoding.codec, "ignore")
    try:
        return decode(raw, declared=declared, config=DecodeConfig()).text == raw.decode(encoding.codec)
    except DecodeError:
        return False


def fixed_lines() -> None:
    """Count edits in lines that must stay as they are."""
    traps = [line for group in json.loads((CASES / "normalise" / "traps.json").read_text("utf-8"))["groups"].values() for line in group]
    negatives = json.loads((CASES / "normalise" / "negative.json").read_text("utf-8"))["cases"]
    for name, lines in (("traps", traps), ("negatives", negatives)):
        edits = sum(len(normalise(line, [NormSpan(0, len(line), "body", "en")], config=CONFIG, lists=LISTS).changes) for line in lines)
        print(f"{name:<9} {len(lines)} lines, {edits} edits")


def counts(texts: list[str]) -> None:
    """Count edits by rule, and annotations by type, over the gold texts."""
    rules: Counter[str] = Counter()
    notes: Counter[str] = Counter()
    varieties: Counter[str] = Counter()
    for text in texts:
        done = run(text)
        rules.update(change.rule.split(":")[0] for change in done.changes)
        notes.update(note.type for note in done.annotations)
        varieties[done.variety or "none"] += 1
    print("edits    ", dict(rules.most_common()))
    print("notes    ", dict(notes.most_common()))
    print("varieties", dict(varieties.most_common()))


def speed(texts: list[str]) -> None:
    """Measure the stage on one core: English gold texts as they are, and as the stage leaves them."""
    english = [text for text in texts if len(text) >= MIN_CHARS and detect_fast(text)[0] == "en"]
    clean = [apply(text, run(text).changes) for text in english]
    for name, group in (("as found", english), ("clean", clean), ("clean, ASCII", [text for text in clean if text.isascii()])):
        documents = [(text, spans_of(text)) for text in group]
        size = sum(len(text.encode()) for text in group)
        best = min(timed(documents) for _ in range(5))
        print(f"speed     {name:<14} {len(group):>5} documents {size / 1e6:6.1f} MB {size / best / 1e6:6.1f} MB/s")


def timed(documents: list[tuple[str, list[NormSpan]]]) -> float:
    """Seconds of processor time for normalising all documents once."""
    started = time.process_time()
    for text, spans in documents:
        normalise(text, spans, config=CONFIG, lists=LISTS)
    return time.process_time() - started


def show(texts: list[str], what: str, sample: int, config: NormaliseConfig) -> None:
    """Print edits with their contexts, a random sample of a fixed seed."""
    wanted = {"variants": "spelling.variant", "misspellings": "spelling.misspelling", "encoding": "encoding."}[what]
    rows = []
    for text in texts:
        for change in run(text, config).changes:
            if change.rule.startswith(wanted):
                before, after = text[max(0, change.start - 40) : change.start], text[change.end : change.end + 30]
                rows.append(f"{before}[{text[change.start : change.end]} > {change.replacement}]{after}".replace("\n", "⏎"))
    rows = rows if sample >= len(rows) else random.Random(5).sample(rows, sample)
    print("\n".join(rows))
    print(len(rows), "edits")


if __name__ == "__main__":
    main()
