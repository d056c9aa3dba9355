from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

CLASSES: int

Likely: TypeAlias = tuple[int, float, int, float, float]

class Memory:
    room: int
    def __init__(self, room: int) -> None: ...
    def __len__(self) -> int: ...
    def __contains__(self, word: str) -> bool: ...
    def find(self, words: list[str]) -> tuple[Known, list[int]]: ...
    def keep(
        self, words: list[str], kinds: bytes, classes: bytes, weights: NDArray[np.float32]
    ) -> bool: ...

class Known:
    def put(self, places: list[int], words: list[str]) -> None: ...
    def runs(self) -> list[tuple[int, int]]: ...

class Scores:
    def __init__(
        self,
        before: NDArray[np.float32],
        after: NDArray[np.float32],
        which: NDArray[np.uint16],
        triples: NDArray[np.float32],
    ) -> None: ...
    def chances(self, known: Known, runs: list[tuple[int, int]]) -> NDArray[np.float64]: ...

class Chain:
    def __init__(self, transitions: NDArray[Any]) -> None: ...
    def chances(
        self, words: NDArray[np.float64], runs: list[tuple[int, int]]
    ) -> NDArray[np.float64]: ...

def likely(
    chances: NDArray[np.float64], runs: list[tuple[int, int]], most: float
) -> list[Likely]: ...
