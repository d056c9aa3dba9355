"""Which rules are asked for a tenant, and why: what the page and the command line show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.attributes.declared import CONFIGURATION
from gateway.attributes.seats import UNION
from gateway.core.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from gateway.attributes.declared import Annotation
    from gateway.attributes.parameters import EffectivePolicy


@dataclass(frozen=True, slots=True)
class RuleStanding:
    """One rule, as it stands for somebody."""

    id: str
    title: str
    pack: str
    severity: str
    concerns: tuple[str, ...]
    """Which of the four concerns it serves."""

    asked: bool
    why: str


def standing(
    annotations: Iterable[Annotation],
    policy: EffectivePolicy,
    european: Collection[str],
    establishments: Collection[str],
) -> list[RuleStanding]:
    """Every rule once, by id.

    `european` are the packages of rules that are asked only of tenants with an establishment in
    the European Union; where no establishment is recorded, they are asked (the stricter reading).
    """
    inside = not establishments or UNION in establishments
    origins = {item.declared.rule: item.origin for item in policy.values if item.declared.switch}
    found: dict[str, RuleStanding] = {}
    for rule, title, custom in annotations:
        package = rule.lower().replace("-", "_")
        origin = origins.get(rule, "")
        if package in policy.disabled:
            asked, why = False, f"switched off ({origin})"
        elif package in european and not inside:
            asked, why = False, "no establishment in the European Union"
        elif custom.get("loosening") != CONFIGURATION:
            asked, why = True, "cannot be switched off"
        else:
            asked, why = True, f"on ({origin})"
        found.setdefault(
            rule,
            RuleStanding(
                rule, title, str(custom.get("pack", "")), str(custom.get("severity", "")),
                tuple(custom.get("concerns", ())), asked, why,
            ),
        )  # fmt: skip
    return [found[rule] for rule in sorted(found)]
