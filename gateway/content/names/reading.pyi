from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

LOWER: int
CAPITAL: int
CAPITALS: int
INITIAL: int
MIXED: int
OTHER: int
HOWS: int

FIRST: int
LAST: int
CITY: int
REGION: int
COUNTRY: int
PEOPLE: int
CALENDAR: int
TITLE: int
ORG: int
PLACE_PART: int
COMMON: int
ROLE: int
STOP: int

EDGE: str
ADDRESS: str
GLUE: frozenset[str]
SPELLING: tuple[str, ...]

def writing(word: str) -> int: ...
def written(word: str) -> str: ...
def group(flags: int) -> int: ...
def word_class(word: str, how: int, flags: int) -> int: ...
def hashed(name: str) -> int: ...
def key(word: str) -> int: ...
def spelling(word: str, how: int) -> list[int]: ...

class Lists:
    def __init__(self, keys: NDArray[Any], flags: NDArray[Any], clusters: NDArray[Any]) -> None: ...
    def entry(self, word: str) -> tuple[int, int]: ...

class Table:
    def __init__(self, keys: NDArray[Any], rows: NDArray[Any]) -> None: ...
    def add(self, rows: NDArray[np.float32]) -> int: ...
    def sums(self, said: Sequence[list[int]]) -> NDArray[np.float32]: ...

class Reader:
    def __init__(self, lists: Lists, table: Table, listed: dict[int, int], used: int) -> None: ...
    def read(self, words: list[str]) -> tuple[bytes, bytes, NDArray[np.float32]]: ...
