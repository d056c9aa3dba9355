"""What a pure function made of the very same values, known again without looking into them.

Decisions are remembered by the exact question, so that one value is judged in thousands of
requests. It can be no key: what a rule says with it is a dictionary.
"""

from __future__ import annotations

from typing import Any, Generic, TypeVar

Made = TypeVar("Made")

_MOST = 4_096


class OfTheSame(Generic[Made]):
    """Results by the identity of two values, which nobody changes."""

    def __init__(self) -> None:
        """None as yet."""
        self._known: dict[tuple[int, int], tuple[Any, Any, Made]] = {}

    def get(self, one: object, other: object) -> Made | None:
        """What was made of these two, if that is still known."""
        known = self._known.get((id(one), id(other)))
        return None if known is None else known[2]

    def put(self, one: object, other: object, made: Made) -> Made:
        """Keep what was made of them, and them: their ids are nobody else's for as long."""
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[id(one), id(other)] = (one, other, made)
        return made
