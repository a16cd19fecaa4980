"""The code that docs/engines.md shows for other tools runs as it stands; schedulers that are not installed have stand-ins."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scrapy.http import HtmlResponse

from copydesk.adapters.builds import BuildError, build

if TYPE_CHECKING:
    from collections.abc import Callable

# Libraries of others have threads of their own when a document is cleaned in a child; Python 3.12 and later warn of that.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")

ROOT = Path(__file__).parents[2]
SHOWN = dict(re.findall(r"^```python (\w+)\n(.*?)^```", (ROOT / "docs" / "engines.md").read_text("utf-8"), re.DOTALL | re.MULTILINE))
SNOW = "Snow closed the pass on Tuesday, the police said, and drivers have to take the tunnel until the weekend."


@pytest.fixture
def desk(finished: Callable[..., tuple[Path, Path]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder that the documents assume: raw, a build in clean."""
    finished(tmp_path, ["coast/a.txt", "coast/b.txt", "hills/c.txt"])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return tmp_path


def run(name: str) -> dict[str, Any]:
    """Run the code of one fence and return its names."""
    names: dict[str, Any] = {"__name__": "shown"}
    exec(compile(SHOWN[name], f"docs/engines.md: {name}", "exec", dont_inherit=True), names)
    return names


def stand_in(monkeypatch: pytest.MonkeyPatch, name: str, **members: Any) -> None:
    """Put a module in the place of one that is not installed."""
    module = ModuleType(name)
    vars(module).update(members)
    monkeypatch.setitem(sys.modules, name, module)


def test_every_fence_is_run_here() -> None:
    assert SHOWN.keys() == {"polars", "ray", "datatrove", "scrapy", "spacy", "airflow", "dagster", "prefect"}


def test_polars_and_spacy(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: ARG001
    run("polars")
    assert '"text":"Rain fell on Monday, the mayor said."' in capsys.readouterr().out
    run("spacy")
    assert capsys.readouterr().out.count("'paragraph'") >= 6


def test_datatrove(desk: Path) -> None:
    (desk / "dump").mkdir()
    (desk / "dump" / "a.jsonl").write_text(f'{{"id": "a", "text": "{SNOW}"}}\n{{"id": "b", "text": "Share this article"}}\n')
    run("datatrove")
    assert [path.name for path in (desk / "dropped").iterdir()] == ["00000.jsonl.gz"]
    assert [path.name for path in (desk / "articles").iterdir()] == ["00000.jsonl.gz"]


def test_scrapy() -> None:
    spider = run("scrapy")["Pages"]
    (item,) = spider().parse(HtmlResponse("https://example.org", body=SNOW.encode()))
    assert item["body"] == SNOW.encode()


class Rows:
    """What Ray Data does with a function over tables of Arrow."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table

    def map_batches(self, function: Any, *, batch_format: str, batch_size: int) -> Rows:
        assert batch_format == "pyarrow"
        batches = self.table.to_batches(max_chunksize=batch_size)
        return Rows(pa.concat_tables([function(pa.Table.from_batches([batch])) for batch in batches]))

    def write_parquet(self, name: str) -> None:
        pq.write_table(self.table, name)


def test_ray_with_a_stand_in(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = ModuleType("ray.data")
    vars(data)["read_parquet"] = lambda name: Rows(pq.read_table(name))
    stand_in(monkeypatch, "ray", data=data)
    pq.write_table(pa.table({"text": [SNOW, None]}), desk / "pages.parquet")
    run("ray")
    assert pq.read_table(desk / "records")["status"].to_pylist() == ["ok", "rejected"]


def test_schedulers_with_stand_ins_build_for_real(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[Any] = []

    def decorator(function: Any = None, **_: Any) -> Any:
        def decorate(wrapped: Any) -> Any:
            def call() -> Any:
                called.append(wrapped())
                return called[-1]

            return call

        return decorate if function is None else decorate(function)

    stand_in(monkeypatch, "pendulum", datetime=lambda *_, **__: None)
    stand_in(monkeypatch, "airflow")
    stand_in(monkeypatch, "airflow.sdk", dag=decorator, task=decorator)
    run("airflow")
    summary = called[0]
    assert (summary["inputs"], summary["ok"], summary["rejected"]) == (3, 3, 0)

    # the two that follow call the same function: one build is enough
    monkeypatch.setattr("copydesk.adapters.builds.build", lambda raw, clean, *, workers: summary | {"called": (raw, clean, workers)})
    told = {
        "RetryPolicy": lambda max_retries: max_retries,
        "MaterializeResult": lambda metadata: metadata,
        "Definitions": lambda assets: assets,
    }
    stand_in(monkeypatch, "dagster", asset=decorator, **told)
    assert run("dagster")["articles"]() == {"inputs": 3, "ok": 3, "rejected": 0}
    stand_in(monkeypatch, "prefect", flow=decorator, task=decorator)
    assert run("prefect")["articles"]()["called"] == ("raw", "clean", 2)
    assert (desk / "clean" / "build.json").is_file()


def test_a_build_that_cannot_be_says_whether_to_try_again(desk: Path) -> None:
    with pytest.raises(BuildError, match=r"exit code 2: .*normalise"):
        build("raw", "clean", settings={"normalise.no_such": "1"})
    (desk / "raw").rename(desk / "away")
    (desk / "raw").mkdir()
    with pytest.raises(OSError, match="is a share not mounted"):
        build("raw", "clean")
