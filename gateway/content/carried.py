"""What stands for what in a conversation that a provider keeps, so that the next turn goes on.

A client that resends its conversation brings all of it back, and nothing has to be kept. Where the
provider keeps the earlier turns, only this says which placeholder stands for which value there. It
is sealed under the person's key while it is kept. Credentials, and what nobody could read, are kept
nowhere: of those it knows how many there were, so that no number is given twice.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any, Self

from gateway.content.placeholders import Name
from gateway.core.content import DETECTOR_FAILED
from gateway.core.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.content.pseudonyms import Protected

_NEVER_KEPT = frozenset({"SECRET", DETECTOR_FAILED})


@dataclass(frozen=True, slots=True)
class Carried:
    """The names of a conversation up to one of its turns."""

    numbers: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """By type, which value has which number."""

    passed: Mapping[str, int] = field(default_factory=dict)
    """By type, how many numbers belong to values that are not kept."""

    table: Mapping[Name, str] = field(default_factory=dict)
    """What may be restored."""

    known: frozenset[tuple[str, str]] = frozenset()
    """Every value of the conversation by type: the caller's own, and nobody else's."""

    @classmethod
    def of(cls, ready: Protected) -> Self:
        """Those of a request as it left, and of what it went on with."""
        kept = {kind: it for kind, it in ready.numbers.items() if kind not in _NEVER_KEPT}
        passed = dict(ready.passed)
        for kind in _NEVER_KEPT & ready.numbers.keys():
            passed[kind] = passed.get(kind, 0) + len(ready.numbers[kind])
        table = {name: value for name, value in ready.table.items() if name.type in kept}
        known = frozenset(item for item in ready.known if item[0] not in _NEVER_KEPT)
        return cls(kept, passed, table, known)

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """Those that `document` wrote down."""
        return cls(
            document["numbers"],
            document["passed"],
            {Name(kind, number): value for kind, number, value in document["table"]},
            frozenset((kind, value) for kind, value in document["known"]),
        )

    def document(self) -> dict[str, Any]:
        """As it is sealed."""
        return {
            "numbers": {kind: dict(values) for kind, values in self.numbers.items()},
            "passed": dict(self.passed),
            "table": [[name.type, name.number, value] for name, value in self.table.items()],
            "known": sorted(map(list, self.known)),
        }


NOTHING = Carried()
