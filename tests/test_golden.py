"""The seeds' whole records, byte for byte: whatever changes them must be wanted. `make golden` writes them anew."""

from __future__ import annotations

import importlib.util
from pathlib import Path

SCRIPT = Path(__file__).parent / "golden" / "write.py"


def test_seeds_give_their_golden_records() -> None:
    spec = importlib.util.spec_from_file_location("golden_write", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.golden_records() == module.GOLDEN.read_bytes()
