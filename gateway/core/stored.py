"""An answer that a provider keeps, and what was found in the conversation up to it.

What is asked later of such an answer, or after it, is judged as if the whole conversation were
there: what was found in the earlier turns counts in the later ones. Labels only, never content.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.core.content import DataClass
from gateway.core.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_REID = ("none", "low", "medium", "high", "very_high")


@dataclass(frozen=True, slots=True)
class Stored:
    """One kept answer of the person who asks."""

    id: str
    """The name callers know it by."""

    upstream_id: str
    """The provider's own. No caller learns it: it would be a key to what others had kept."""

    provider: str
    """The catalogue's name of who keeps it; nobody else knows it."""

    data: Mapping[str, Any]
    """The section ``data`` of the policy input, of the whole conversation up to here."""

    signals: Mapping[str, Any]
    """The section ``signals``, likewise."""

    names: Mapping[str, Any]
    """What stands for what in it, as `gateway.content.carried` writes it down."""


def joined_data(now: dict[str, Any], earlier: Mapping[str, Any]) -> dict[str, Any]:
    """The section ``data`` of a request and of the conversation it goes on with, as one."""
    kinds = [item for item in (now, earlier) if item["special"]]
    return {
        **now,
        "class": max(now["class"], earlier["class"], key=DataClass.parse),
        "findings": _most(now["findings"], earlier["findings"], "type"),
        "secrets": _most(now["secrets"], earlier["secrets"], "kind"),
        "unscanned": _most(now["unscanned"], earlier["unscanned"], "kind"),
        "special": _all(now["special"], earlier["special"]),
        "special_removable": bool(kinds) and all(item["special_removable"] for item in kinds),
        "criminal": now["criminal"] or earlier["criminal"],
        "people": max(now["people"], earlier["people"]),
        "reid": {
            "level": max(now["reid"]["level"], earlier["reid"]["level"], key=_REID.index),
            "drivers": _all(now["reid"]["drivers"], earlier["reid"]["drivers"]),
        },
    }


def raised_data(
    earlier: Mapping[str, Any], data_class: DataClass, seen: Mapping[str, Any]
) -> dict[str, Any]:
    """The section ``data`` once an answer of that class, with this `seen` in it, belongs to it."""
    return {
        **earlier,
        "class": max(earlier["class"], data_class.label, key=DataClass.parse),
        "findings": _most(earlier["findings"], seen["findings"], "type"),
        "secrets": _most(earlier["secrets"], seen["secrets"], "kind"),
    }


def joined_signals(now: dict[str, Any], earlier: Mapping[str, Any]) -> dict[str, Any]:
    """The section ``signals`` likewise. Whether people agreed to be shown is as of now."""
    likeness, before = now["real_person"], earlier["real_person"]
    described = [now["person_description"], earlier["person_description"]]
    others = [item for item in described if item["traits"]]
    return {
        "misuse": _most(now["misuse"], earlier["misuse"], "category"),
        "injection": max(now["injection"], earlier["injection"], key=lambda it: it["score"]),
        "real_person": {
            "named": likeness["named"] or before["named"],
            "likeness": likeness["likeness"] or before["likeness"],
            "consent": likeness["consent"],
        },
        "third_party_works": _all(now["third_party_works"], earlier["third_party_works"]),
        "domain_hint": now["domain_hint"] or earlier["domain_hint"],
        "person_description": {
            "traits": max(item["traits"] for item in described),
            "special": any(item["special"] for item in described),
            "about_self": bool(others) and all(item["about_self"] for item in others),
        },
        **{name: now[name] or earlier[name] for name in ("code", "minor", "political")},
    }


def _most(
    one: Iterable[Mapping[str, Any]], other: Iterable[Mapping[str, Any]], key: str
) -> list[dict[str, Any]]:
    """What either list names, with the higher numbers of both, sorted by name."""
    found: dict[str, dict[str, Any]] = {}
    for item in (*one, *other):
        known = found.setdefault(item[key], dict(item))
        for name, value in item.items():
            if name != key:
                known[name] = max(known[name], value)
    return [found[name] for name in sorted(found)]


def _all(one: Iterable[str], other: Iterable[str]) -> list[str]:
    return sorted({*one, *other})
