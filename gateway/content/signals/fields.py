"""Who says what: the strings of a request by their source, and which of them are the question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

Source = Literal["user", "system", "tool", "document", "assistant"]


class SpokenField(NamedTuple):
    """One string of a request."""

    text: str
    source: Source


def turns(fields: Sequence[SpokenField]) -> list[str]:
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
