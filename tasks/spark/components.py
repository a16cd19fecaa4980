"""Which records are connected by links, found with arrays: the driver needs 16 bytes a link, and none for a record without."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def connected(ones: NDArray[np.int64], twos: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the numbers that stand in some pair, ascending, and for each the least number that it is connected with.

    Every round gives all a lesser name that a neighbour has, and then follows names to their ends (Shiloach and Vishkin, 1982), so that a
    long chain takes few rounds.

    >>> [each.tolist() for each in connected(np.array([1, 7, 2]), np.array([2, 9, 5]))]
    [[1, 2, 5, 7, 9], [1, 1, 1, 7, 7]]
    """
    numbers, places = np.unique(np.concatenate([ones, twos]), return_inverse=True)
    left, right = places[: len(ones)], places[len(ones) :]
    names = np.arange(len(numbers))
    while len(left):
        least = np.minimum(names[left], names[right])
        np.minimum.at(names, names[left], least)
        np.minimum.at(names, names[right], least)
        while not np.array_equal(names, above := names[names]):
            names = above
        differ = names[left] != names[right]
        left, right = left[differ], right[differ]
    return numbers, numbers[names]
