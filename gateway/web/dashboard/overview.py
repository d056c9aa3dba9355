"""What the overview says of the four concerns: what is done for each, and what was refused."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from gateway.core.values import dataclass
from gateway.web.dashboard.concerns import ANONYMITY, ETHICS, INPUT, RIGHTS, TITLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.reasons import Reasons

_DONE = {
    INPUT: "Nothing goes to a provider that may keep it, read it or train on it beyond what your "
    "organisation allows.",
    ANONYMITY: "Names, addresses and numbers leave as placeholders, and come back in your answer.",
    RIGHTS: "Every output has a record of whose it is and what its terms forbid.",
    ETHICS: "Deception, harm and decisions about people without a person are refused.",
}
_MOST_RULES = 3


@dataclass(frozen=True, slots=True)
class ConcernCount:
    """One concern on the overview."""

    key: str
    title: str
    done: str
    """What the gateway does for it."""

    refused: int
    """Requests that were refused for its sake."""

    rules: tuple[tuple[str, str, int], ...]
    """The rules that refused most of them: id, title, how often."""


def by_concern(refusals: Mapping[str, int], reasons: Reasons) -> list[ConcernCount]:
    """All four, from refusals counted by the list of rules that objected (``,IP-01,IP-02,``).

    A request that several rules refuse counts once for each concern.
    """
    requests: Counter[str] = Counter()
    rules: dict[str, Counter[str]] = {key: Counter() for key in TITLES}
    for listed, count in refusals.items():
        objected = [rule for rule in listed.split(",") if rule]
        concerned = {key for rule in objected for key in reasons.concerns(rule)}
        requests.update(dict.fromkeys(concerned & TITLES.keys(), count))
        for rule in objected:
            for key in rules.keys() & reasons.concerns(rule):
                rules[key][rule] += count
    return [
        ConcernCount(
            key, title, _DONE[key], requests[key],
            tuple(
                (rule, reasons.title(rule), count)
                for rule, count in rules[key].most_common(_MOST_RULES)
            ),
        )
        for key, title in TITLES.items()
    ]  # fmt: skip
