"""Who says what: the strings of a request by their source, and which of them are the question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

Source = Literal["user", "system", "tool", "document", "assistant"]


class Spoken(Protocol):
    """One string that somebody says, such as a field of a request."""

    @property
    def text(self) -> str:
        """What is said."""

    @property
    def source(self) -> Source | None:
        """Who says it."""


class SpokenField(NamedTuple):
    """One string that stands in no request."""

    text: str
    source: Source


def turns(fields: Sequence[Spoken]) -> list[str]:
    """What the person said, turn by turn; the last is the newest.

    The strings of one turn are joined. An answer or a tool's result ends a turn; documents and
    instructions do not.
    """
    found: list[list[str]] = []
    fresh = True
    for field in fields:
        if field.source == "user":
            if fresh:
                found.append([])
            found[-1].append(field.text)
            fresh = False
        elif field.source in {"assistant", "tool"}:
            fresh = True
    return ["\n".join(turn) for turn in found]
