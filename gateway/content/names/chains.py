"""The chain of a linear-chain conditional random field, over many short runs of words at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_RESCALED = 8
_FLOOR = np.float64(1e-300)


class Chain:
    """Which label follows which; the first is ``O``, that of the words around a run."""

    def __init__(self, transitions: NDArray[np.float64]) -> None:
        """From the scores of ``[label, label that follows]``."""
        chances = np.exp(transitions)
        self.width = width = len(chances)
        # Forward and backward are one product a step: side by side in one matrix.
        self._both = np.zeros((2 * width, 2 * width))
        self._both[:width, :width] = chances
        self._both[width:, width:] = chances.T
        self._edge = np.concatenate([chances[0], chances[:, 0]])

    def chances(
        self, words: NDArray[np.float64], lengths: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """The chance of each label of each word, in runs of these lengths one after the other.

        `words` has for each label what the word by itself says for it, at most 1. Outside of a
        run the label is ``O``, so a run begins and ends as if next to one.
        """
        width = self.width
        inside = np.arange(int(lengths.max())) < lengths[:, None]
        grid = np.zeros((*inside.shape[::-1], width))
        # Behind the shorter runs stand words that are ``O`` for sure, which changes nothing.
        grid[:, :, 0] = 1.0
        grid.transpose(1, 0, 2)[inside] = words
        flow = np.concatenate([grid, grid[::-1]], axis=2)
        came = np.empty(flow.shape)
        came[0] = self._edge
        last = len(flow) - 1
        for step in range(last + 1):
            flow[step] *= came[step]
            if step % _RESCALED == _RESCALED - 1:
                both = flow[step].reshape(-1, 2, width)
                both /= np.maximum(both.max(axis=2, keepdims=True), _FLOOR)
            if step < last:
                np.dot(flow[step], self._both, out=came[step + 1])
        result: NDArray[np.float64] = flow[:, :, :width] * came[::-1, :, width:]
        result = result.transpose(1, 0, 2)[inside]
        result /= np.maximum(result.sum(axis=1, keepdims=True), _FLOOR)
        return result
