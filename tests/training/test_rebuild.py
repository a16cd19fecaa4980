"""Models are rebuilt by one recipe: every shipped file has a step, and a step run twice on the same pages gives the same bytes."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import msgspec
import pytest

import training.oof
from pipeline.segment import PairModel
from pipeline.segment.pair_features import PAIR_FEATURES
from pipeline.segment.pair_model import PairModelFile
from training import text_pairs
from training.corpora import CORPORA, FOLDS, learned_by, present, read
from training.model_files import SHIPPED, MissingModelsError, Places
from training.rebuild import STEPS, rebuild

ROOT = Path(__file__).parents[2]
PLACES = ("harbour", "valley", "railway", "market", "island", "bridge", "castle", "forest")
WHO = ("the mayor", "a teacher", "the baker", "an engineer", "the ferry's captain", "a gardener")
DEEDS = (
    "opened the new hall before a crowd of neighbours",
    "asked for more lamps along the road to the station",
    "counted the boats that came back after the storm",
    "found an old map behind the shelves of the library",
    "promised to repair the clock before the winter fair",
)


def story(number: int) -> list[str]:
    """Four paragraphs that differ from page to page."""
    found = []
    for part in range(4):
        at = number * 7 + part * 3
        place, who, deed = PLACES[at % len(PLACES)], WHO[(at + part) % len(WHO)], DEEDS[(number + part) % len(DEEDS)]
        found.append(
            f"On day {at} in the {place}, {who} {deed}. Nobody in the {place} had seen <b>{who}</b> so cheerful, and {at + 20} people came."
        )
    return found


def page(number: int) -> str:
    menu = "".join(f"<li><a href='/{name}'>{name.title()}</a></li>" for name in PLACES[number % 3 :])
    body = "".join(f"<p>{paragraph}</p>" for paragraph in story(number))
    return f"<html lang='en'><body><ul>{menu}</ul><h1>News {number}</h1>{body}<div>Share this</div><div>Older stories</div></body></html>"


@pytest.fixture
def corpora(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a small corpus under each name that the pair model learns from: 12 sites, some in every fold."""
    folder = tmp_path / "corpora"
    folder.mkdir()
    rows = ["corpus\tid\tdomain\tfold"]
    for place, corpus in enumerate(learned_by("text_pairs")):
        gold = []
        with zipfile.ZipFile(folder / f"{corpus}.zip", "w") as archive:
            for number in range(place * 12, place * 12 + 12):
                key = f"{number:016x}"
                archive.writestr(f"{key}.html", page(number))
                text = "\n".join(story(number)).replace("<b>", "").replace("</b>", "")
                gold.append(json.dumps({"id": key, "title": f"News {number}", "text": text}))
                rows.append(f"{corpus}\t{key}\tsite{number % 12}.example\t{number % 12 % FOLDS}")
            archive.writestr("gold.jsonl", "\n".join(gold) + "\n")
    (folder / "folds.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    monkeypatch.setenv("COPYDESK_CORPORA", str(folder))
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_small_model_rebuilt_is_the_same_and_what_the_recipe_says(corpora: Path, tmp_path: Path) -> None:
    """Once here, once as `make models` starts it, with strings hashed otherwise."""
    assert present(corpora) == sorted(learned_by("text_pairs"))
    rebuild(Places(tmp_path / "one" / "shipped", tmp_path / "one" / "folds"), ["text_pairs"])
    command = [sys.executable, "-m", "training.rebuild", "--only", "text_pairs", "--out", str(tmp_path / "two")]
    settings = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "77"}
    done = subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    assert "text_pairs: learns from wcxb-dev, fundus-dev, trafilatura-dev" in done.stdout
    one, two = files(tmp_path / "one"), files(tmp_path / "two")
    assert one == two
    step = next(step for step in STEPS if step.name == "text_pairs")
    assert set(one) == {f"shipped/{name}" for name in step.shipped} | {f"folds/{step.folds.format(fold=fold)}" for fold in range(FOLDS)}
    assert len(set(one.values())) == len(one), "a fold's model learned from all pages, or from another fold's"
    for data in one.values():
        told = msgspec.json.decode(data, type=PairModelFile)
        assert (told.forest.first, told.forest.doubt) == (text_pairs.FIRST_TREES, text_pairs.DOUBT)
        assert len(told.forest.forest.trees) == text_pairs.CONFIG.trees
        assert max(len(tree.leaf) for tree in told.forest.forest.trees) > 1, "it learned nothing"
        assert told.forest.forest.features == tuple(PAIR_FEATURES)
        PairModel.read(data)


def test_a_model_without_a_fold_knows_nothing_of_its_pages(corpora: Path, tmp_path: Path) -> None:
    """With the pages of fold 0 changed, its own model stays and the others do not."""
    rebuild(Places(None, tmp_path / "before"), ["text_pairs"])
    for corpus in learned_by("text_pairs"):
        pages = list(read(corpus, corpora))
        with zipfile.ZipFile(corpora / f"{corpus}.zip", "w") as archive:
            for found in pages:
                raw = found.raw.replace(b"</b> so cheerful", b"<br></b> so cheerful") if found.fold == 0 else found.raw
                archive.writestr(f"{found.key}.html", raw)
            archive.writestr("gold.jsonl", "\n".join(json.dumps(found.gold) for found in pages) + "\n")
    rebuild(Places(None, tmp_path / "after"), ["text_pairs"])
    before, after = files(tmp_path / "before"), files(tmp_path / "after")
    assert {name for name in before if before[name] == after[name]} == {text_pairs.FOLD_FILE.format(fold=0)}


def test_every_shipped_model_has_a_step() -> None:
    shipped = [name for step in STEPS for name in step.shipped]
    assert sorted(shipped) == sorted(path.name for path in SHIPPED.iterdir() if path.suffix in (".json", ".tsv"))
    assert len({step.folds for step in STEPS}) == len(STEPS)


def test_no_step_learns_from_what_is_not_for_learning() -> None:
    names = {step.name for step in STEPS}
    for corpus in CORPORA:
        assert corpus.may_learn or not corpus.models, corpus.name
        assert {name.removesuffix("_kinds") for name in corpus.models} <= names, corpus.name
    assert all(learned_by(name) for name in names)
    with pytest.raises(ValueError, match="learns from no corpus"):
        learned_by("nothing")


def test_the_table_alone_names_corpora() -> None:
    """No other module of training and benchmarks has a corpus's name among its strings, but in what it says of itself."""
    named = {corpus.name for corpus in CORPORA}
    for path in [*(ROOT / "training").glob("*.py"), *(ROOT / "benchmarks").glob("*.py")]:
        if path.name != "corpora.py":
            strings = {node.value for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Constant)}
            assert not named & strings, path.name


def test_an_unknown_step_and_missing_models_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="no step is named text_liens; there are: html, "):
        rebuild(Places(None, tmp_path), ["text_liens"])
    with pytest.raises(MissingModelsError, match=r"text_pairs\.0\.json is missing: `make models-oof` trains"):
        rebuild(Places(None, tmp_path), ["text_lines"])
    monkeypatch.setattr(training.oof, "fold_model", lambda name, fold: training.model_files.fold_model(name, fold, tmp_path))
    with pytest.raises(MissingModelsError, match="make models-oof"):
        training.oof.fold_resources(4)
