import numpy as np
from numpy.typing import NDArray

COUNT: int

def minima(
    text: str,
    base: int,
    inverse: int,
    secret: int,
    factors: NDArray[np.uint64],
    offsets: NDArray[np.uint64],
) -> bytes: ...
