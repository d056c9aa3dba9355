"""What a word says for the labels of the words around it: the model's weights, summed up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gateway.content.names.reading import HOWS, STOP, Reader, Table, hashed
from gateway.content.names.words import lists, use

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from gateway.content.names.lexicon import Lexicon


def reader(lexicon: Lexicon, arrays: Mapping[str, NDArray[np.generic]]) -> Reader:
    """Of words, by the lists and the arrays that ``bench.names.train`` writes.

    An attribute has five rows of weights, one for each word around the one that has it.
    """
    keys = arrays["keys"]
    table = Table(keys, arrays["weights"].astype(np.float32).reshape(len(keys), -1))
    # Few sets of lists and few clusters there are: what each says is summed beforehand, for
    # every way of writing in turn.
    listed = {kept for of_word in lexicon.listed for kept in (of_word, of_word & ~STOP)}
    first = _summed(table, (lists(flags, how) for flags in listed for how in range(HOWS)))
    used = _summed(
        table,
        (
            use(cluster, coarse, how)
            for cluster, coarse in enumerate(lexicon.coarse)
            for how in range(HOWS)
        ),
    )
    rows = {flags: first + at * HOWS for at, flags in enumerate(listed)}
    return Reader(lexicon.lists, table, rows, used)


def _summed(table: Table, said: Iterable[list[str]]) -> int:
    """Add a row for each of these names of weights; where the first is."""
    return table.add(table.sums([list(map(hashed, names)) for names in said]))
