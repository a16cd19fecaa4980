"""The keys of the bands are those of the signature as it is defined, however many shingles a text has."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.duplicates.shingles import BANDS, ROWS, _multipliers, bands, mixed


@pytest.mark.parametrize("count", [1, 2, 9, 40, 70, 100, 130, 600, 1500])
def test_the_keys_are_those_of_the_definition(count: int) -> None:
    for seed in range(8):
        found = np.sort(np.random.default_rng(seed).integers(0, 2**64, count, dtype=np.uint64))
        least = []
        for factor in _multipliers():
            products = found * factor
            least.append((products ^ (products >> np.uint64(29))).min() >> np.uint64(32))
        rows, keys = np.array(least, dtype=np.uint64).reshape(BANDS, ROWS), np.arange(BANDS, dtype=np.uint64)
        for row in range(ROWS):
            keys = mixed(keys ^ rows[:, row])
        assert bands(found).tolist() == keys.tolist()
