"""The chain of a linear-chain conditional random field, over many short runs of words at once."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

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

    def chances(self, words: NDArray[np.float64], lengths: Sequence[int]) -> NDArray[np.float64]:
        """The chance of each label of each word, in runs of these lengths one after the other.

        `words` has for each label what the word by itself says for it, at most 1. Outside of a
        run the label is ``O``, so a run begins and ends as if next to one.
        """
        width = self.width
        steps = _Steps(lengths)
        flow = words.take(steps.pairs, axis=0).reshape(-1, 2 * width)
        came = np.empty(flow.shape)
        came[: steps.counts[0]] = self._edge
        begin = 0
        for step, count in enumerate(steps.counts):
            end = begin + count
            here = flow[begin:end]
            here *= came[begin:end]
            if step % _RESCALED == _RESCALED - 1:
                both = here.reshape(-1, 2, width)
                both /= np.maximum(both.max(axis=2, keepdims=True), _FLOOR)
            if step + 1 < len(steps.counts):
                following = steps.counts[step + 1]
                np.dot(here[:following], self._both, out=came[end : end + following])
            begin = end
        result: NDArray[np.float64] = flow.take(steps.ahead, axis=0)[:, :width]
        result *= came.take(steps.back, axis=0)[:, width:]
        result /= np.maximum(np.add.reduce(result, axis=1, keepdims=True), _FLOOR)
        return result


class _Steps:
    """The words of all runs in the order they are worked on: first every run's outermost two.

    The longest run comes first, so that the runs with words left are always the first ones.
    """

    def __init__(self, lengths: Sequence[int]) -> None:
        firsts = accumulate(lengths, initial=0)
        runs = sorted(zip(lengths, firsts, strict=False), reverse=True)
        total = sum(lengths)
        self.ahead = [0] * total
        """For each word where it stands in this order, forward from the beginning of its run."""

        self.back = [0] * total
        """For each word where it stands in this order, backward from the end of its run."""

        self.pairs: list[int] = []
        """For each place of this order the word forward, and the word backward."""

        self.counts: list[int] = []
        """How many runs have a word at each step."""

        ahead, back, pairs = self.ahead, self.back, self.pairs
        at = 0
        for step in range(runs[0][0]):
            while runs[-1][0] <= step:
                runs.pop()
            for length, first in runs:
                forward, backward = first + step, first + length - 1 - step
                pairs += (forward, backward)
                ahead[forward] = back[backward] = at
                at += 1
            self.counts.append(len(runs))
