"""``python -m bench.restoring``: CPU time of one event of a stream, for what is done to each.

The budget is 10 µs for restoring. Placeholders and surrogates apart, because a
surrogate may begin wherever a name does; inspection and the look for repeated
instructions beside them, because every event pays for all of it.
"""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

from gateway.content.hidden import Instructions
from gateway.content.inspect import Inspector
from gateway.content.placeholders import Name
from gateway.content.restore import Restorer
from gateway.content.stream import OutputWindow
from gateway.content.surrogates.stand_in import StandIns

if TYPE_CHECKING:
    from collections.abc import Callable

_ROUNDS = 15
_PEOPLE = 40
BUDGET = 10.0
"""Microseconds of CPU time for restoring one event."""

_PROSE = (
    "Dear {name}, thank you for your letter of Monday. The office in Oslo has looked at the two "
    "invoices again, and {name} will call you before the end of the week. Please send the forms "
    "to {mail} so that Accounts can close the matter; nobody else needs to see them. "
)


def pieces(text: str) -> list[str]:
    """`text` in pieces of some four characters, as tokens are."""
    sizes, at = (4, 1, 6, 3, 5, 2, 7), 0
    found: list[str] = []
    while at < len(text):
        size = sizes[len(found) % len(sizes)]
        found.append(text[at : at + size])
        at += size
    return found


def stand_ins() -> StandIns:
    """The surrogates of a conversation about forty people."""
    made = StandIns(b"k" * 32, "")
    for at in range(_PEOPLE):
        word = "".join("abcdefghij"[int(digit)] for digit in f"{at:02d}")
        made.stand_in("PERSON", f"Jane Muster{word}", restorable=True)
        made.stand_in("EMAIL_ADDRESS", f"jane.{word}@acme.example", restorable=True)
    return made


def per_event(events: list[str], work: Callable[[list[str]], object]) -> float:
    """Microseconds of CPU time for each event, the median of the rounds."""
    times = []
    for _ in range(_ROUNDS):
        began = time.thread_time_ns()
        work(events)
        times.append((time.thread_time_ns() - began) / 1_000 / len(events))
    return statistics.median(times)


def restoring(restorer: Restorer) -> Callable[[list[str]], object]:
    """Restoring a stream."""

    def work(events: list[str]) -> object:
        stream = restorer.stream(json=False)
        return [stream.feed(event) for event in events] + [stream.end()]

    return work


def measure() -> dict[str, float]:
    """Microseconds for each event, by what is done."""
    made = stand_ins()
    name, mail = made.table[0].text, made.table[2].text
    table = {Name(kind, at): "x" for kind in ("PERSON", "EMAIL_ADDRESS") for at in range(1, 41)}
    marked = pieces(_PROSE.format(name="[PERSON_1]", mail="[EMAIL_ADDRESS_1]") * 40)
    alike = pieces(_PROSE.format(name=name, mail=mail) * 40)
    inspector = Inspector()
    orders = {"messages": [{"role": "system", "content": _PROSE * 20}]}

    def inspecting(events: list[str]) -> object:
        window = OutputWindow(inspector)
        return [window.feed(event) for event in events]

    def looking(events: list[str]) -> object:
        repetition = Instructions().of(orders).repetition()
        return [repetition.feed(event) for event in events]

    return {
        "restoring placeholders": per_event(marked, restoring(Restorer(table))),
        "restoring surrogates": per_event(alike, restoring(Restorer({}, made.table))),
        "inspecting": per_event(marked, inspecting),
        "looking for repeated instructions": per_event(marked, looking),
    }


def main() -> int:
    """Print what each costs; 1 when restoring is over its budget."""
    found = measure()
    for name, cost in found.items():
        print(f"{name:36} {cost:6.2f} µs an event")
    return int(any(cost > BUDGET for name, cost in found.items() if name.startswith("restoring")))


if __name__ == "__main__":
    raise SystemExit(main())
