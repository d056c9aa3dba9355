"""Which cues a text has: one RE2 set over all of them, then only those that are wanted.

RE2 because it runs in linear time over text that wishes us harm.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import re2

if TYPE_CHECKING:
    from collections.abc import Sequence

_MEMORY, _MEMORY_EACH = 96 << 20, 8 << 20
"""Bytes that the automata of the set, and of one cue, may take at most. They grow with what is
read, not at the start."""


class Scanner:
    """Cues, compiled once."""

    def __init__(self, expressions: Sequence[str], triggers: Sequence[str] = ()) -> None:
        """Compile `expressions`; each occurs only where its trigger does, when there are any.

        Raises:
            re2.error: one of them is not an expression.
        """
        each = _options(_MEMORY_EACH)
        self._each = [re2.compile(expression.encode(), each) for expression in expressions]
        self._set = re2.Set.SearchSet(_options(_MEMORY))
        # The last one always occurs. Where it is missing the set gave up for want of memory,
        # which it tells in no other way than by finding nothing.
        self._always = len(self._each)
        wide = triggers or expressions
        for expression in (*wide, ""):
            self._set.Add(expression)
        self._set.Compile()
        self._alone = {
            number: _alone(one)
            for number, (one, other) in enumerate(zip(expressions, wide, strict=True))
            if one != other
        }

    def present(self, data: bytes) -> Sequence[int]:
        """The numbers of the expressions that occur in `data`."""
        # `Match` answers None, not an empty list, when nothing hits.
        found = self._set.Match(data) or ()
        if self._always in found:
            return [
                number
                for number in found
                if number != self._always
                and (number not in self._alone or self._occurs(number, data))
            ]
        return [number for number, cue in enumerate(self._each) if cue.search(data)]

    def _occurs(self, number: int, data: bytes) -> bool:
        """Whether expression `number` occurs. A set of one is asked first: it finds no place."""
        found = self._alone[number].Match(data)
        return len(found) > 1 if found else self._each[number].search(data) is not None

    def spans(self, number: int, data: bytes) -> list[tuple[int, int]]:
        """Where expression `number` occurs, in order."""
        return [match.span() for match in self._each[number].finditer(data)]


def _alone(expression: str) -> re2.Set:
    """A set of one expression, and of what always occurs, as in the set of all."""
    alone = re2.Set.SearchSet(_options(_MEMORY_EACH))
    for item in (expression, ""):
        alone.Add(item)
    alone.Compile()
    return alone


def _options(memory: int) -> re2.Options:
    options = re2.Options()
    options.max_mem = memory
    options.log_errors = False
    options.encoding = re2.Options.Encoding.LATIN1
    return options
