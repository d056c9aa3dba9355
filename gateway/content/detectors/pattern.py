"""What a pattern detector is made of: an RE2 expression and a check of what it caught.

RE2 runs in linear time, so neither a prompt nor (later) a tenant's own pattern
can stall the gateway. It has no look-around: what stands before a candidate is
given to the check instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gateway.core.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

CONTEXT = 48
"""How many code points before a candidate its check may look at."""


class Caught(NamedTuple):
    """A candidate that passed its check."""

    length: int
    """How many code points of the candidate are the value; the rest was caught by greed."""

    confidence: float
    validator: str = ""
    """What confirmed it; empty when only the shape speaks for it."""

    type: str = ""
    """What it is when it is not what its pattern says, such as a date that is a date of birth."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One rule of one detector."""

    type: str
    rule: str
    expression: str
    """RE2 syntax. A group, where there is one, is the value; otherwise the whole match is."""

    check: Callable[[str, str], Caught | None]
    """Given the candidate and what stands before it: what was caught, or None."""

    trigger: str = ""
    """RE2 for the set to look for instead: simpler, and found wherever the expression is. Classes
    of letters and long repetitions make the set's automaton grow with every new text."""


def by_shape(confidence: float) -> Callable[[str, str], Caught | None]:
    """A check that trusts the expression alone."""

    def check(candidate: str, _before: str) -> Caught:
        return Caught(len(candidate), confidence)

    return check


def by_validator(
    valid: Callable[[str], bool],
    name: str,
    *,
    words: tuple[str, ...] = (),
    confidence: float = 0.95,
) -> Callable[[str, str], Caught | None]:
    """A check by a checksum; with `words`, one of them must stand before the candidate."""

    def check(candidate: str, before: str) -> Caught | None:
        if words and not any(word in before.lower() for word in words):
            return None
        return Caught(len(candidate), confidence, name) if valid(candidate) else None

    return check
