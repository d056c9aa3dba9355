"""The words a decision is found by, and those that a filter asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.core.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet
    from datetime import datetime

MICRO = 1_000_000
"""Microcents in a cent."""

COSTS = (1, 10, 100, 1_000, 10_000)
"""From how many cents on a cost is a word of its own."""

EVERY = "k:decision"
"""What every decision is found by."""

PERSON = "p:"
"""What the word of a person begins with."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What to look for; empty values look for everything."""

    effect: str = ""
    rule: str = ""
    model: str = ""
    principal: str = ""
    finding: str = ""
    purpose: str = ""
    cost: int = 0
    """At least this many cents, one of `COSTS`; 0 looks for everything."""

    since: datetime | None = None
    until: datetime | None = None
    restricted: bool = False
    """Whether rows of people whose data must not be used are wanted: only by those people."""

    before: int | None = None
    """Only entries below this sequence: the next page."""

    after: int | None = None
    """Only entries above this sequence: the page before. Without effect beside `before`."""

    @property
    def active(self) -> bool:
        """Whether anything but the page is asked for."""
        return bool(self.words() != {EVERY} or self.since or self.until)

    def words(self) -> AbstractSet[str]:
        """What a decision must have, all of it."""
        asked = {
            "e": self.effect, "r": self.rule, "m": self.model, "p": self.principal,
            "f": self.finding, "u": self.purpose, "c": str(self.cost or ""),
        }  # fmt: skip
        # Only decisions have words, so the word of all of them is asked for where nothing else is.
        return frozenset(f"{kind}:{value}" for kind, value in asked.items() if value) or {EVERY}


def cost(text: str) -> int:
    """The amount of `COSTS` that a text names; 0 when it names none."""
    return next((cents for cents in COSTS if text == str(cents)), 0)


def asked(wanted: Filter, shown: int) -> dict[str, str | int | bool]:
    """What was looked for, for the entry that says that somebody looked.

    What matches an entry is a label of the log. What matches nothing may be anything that
    somebody typed, such as a name: then the entry says which fields were filled in, and no more.
    """
    texts = ("effect", "rule", "model", "principal", "finding", "purpose")
    filled = {name: value for name in texts if (value := getattr(wanted, name))}
    found: dict[str, str | int | bool] = {"filtered": wanted.active, "shown": shown}
    if filled:
        found["fields"] = ",".join(filled)
    if shown:
        found |= filled
    if wanted.cost:
        found["cost_cents"] = wanted.cost
    for name, at in (("since", wanted.since), ("until", wanted.until)):
        if at is not None:
            found[name] = at.date().isoformat()
    return found


def of_decision(said: dict[str, Any]) -> set[str]:
    """The words in a decision's entry."""
    rules = {item["rule"] for item in said.get("decision", {}).get("reasons", ())}
    rules |= {rule for rule in said["rules"].split(",") if rule}
    found = {
        EVERY,
        *(f"r:{rule}" for rule in rules),
        *(f"f:{item['type']}" for item in said.get("findings", ())),
    }
    single = {
        "e": said["effect"], "m": said["model"], "p": said["principal"],
        "u": said.get("purpose", ""),
    }  # fmt: skip
    return found | {f"{kind}:{value}" for kind, value in single.items() if value}


def of_outcome(said: dict[str, Any], microcents: int) -> set[str]:
    """What an outcome adds to its decision: what was found in the output, and the cost."""
    output = said.get("output", {})
    return {f"f:{kind}" for kind in output.get("findings", ())} | set(of_cost(microcents))


def of_cost(microcents: int) -> Iterable[str]:
    """The cost's words: one for each amount that it reaches."""
    return (f"c:{cents}" for cents in COSTS if microcents >= cents * MICRO)
