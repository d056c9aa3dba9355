"""Which cues a text has: one RE2 set over all of them, then only those that are wanted.

RE2 because it runs in linear time over text that wishes us harm.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import re2

if TYPE_CHECKING:
    from collections.abc import Sequence

_MEMORY = 128 << 20
"""Bytes that the automata may take at most. They grow with what is read, not at the start."""


class Scanner:
    """Cues, compiled once."""

    def __init__(self, expressions: Sequence[str]) -> None:
        """Compile `expressions`.

        Raises:
            re2.error: one of them is not an expression.
        """
        options = re2.Options()
        options.max_mem = _MEMORY
        options.log_errors = False
        options.encoding = re2.Options.Encoding.LATIN1
        self._each = [re2.compile(expression.encode(), options) for expression in expressions]
        self._set = re2.Set.SearchSet(options)
        for expression in expressions:
            self._set.Add(expression)
        self._set.Compile()

    def present(self, data: bytes) -> Sequence[int]:
        """The numbers of the expressions that occur in `data`."""
        # `Match` answers None, not an empty list, when nothing hits.
        return self._set.Match(data) or ()

    def spans(self, number: int, data: bytes) -> list[tuple[int, int]]:
        """Where expression `number` occurs, in order."""
        return [match.span() for match in self._each[number].finditer(data)]
