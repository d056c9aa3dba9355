"""Stages 3 and 4 put together: everything policy needs to know of an exchange but its destination.

The seam between finding out and deciding. Whoever replaces it, as a test does with the cases that
a compliance officer reads, has the whole pipeline behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.content.asked import asked
from gateway.core.content import DataClass
from gateway.core.policy_input import Situation, seen, step

if TYPE_CHECKING:
    from gateway.attributes.resolve import AttributeSource
    from gateway.content.pseudonyms import InspectedRequest
    from gateway.core.exchange import Exchange


class Situations:
    """Finds out about exchanges."""

    def __init__(self, attributes: AttributeSource, parameters: dict[str, Any]) -> None:
        """What the request did not bring comes from `attributes`."""
        self._attributes = attributes
        self._parameters = parameters

    def of(self, exchange: Exchange, inspected: InspectedRequest) -> Situation:
        """What is known of `exchange`, whose texts have been `inspected`.

        Raises:
            StorageUnavailable: the database did not answer.
        """
        attributes = self._attributes.resolve(exchange.principal)
        request = asked(
            exchange.body,
            kind=exchange.kind.value,
            stream=exchange.stream,
            characters=inspected.characters,
        )
        return Situation(
            tenant={
                "demo": exchange.principal.tenant.demo,
                "establishments": ["EU"],
                "revenue": "unknown",
                "works_council": True,
            },
            subject={
                "kind": exchange.principal.kind.value,
                "roles": sorted(role.value for role in exchange.principal.roles),
                "acknowledgements": attributes.acknowledgements()["code_of_use"],
                "confirmed": [],
                "approved": [],
                "training": {"literacy": "current", "media": "current"},
            },
            purpose=_PURPOSE,
            request=request,
            data=_data(exchange, inspected),
            signals=inspected.signals.as_input(),
            usage={"budget": "none", "requests_last_minute": 1, "repeats_last_minute": 0},
            parameters=self._parameters,
            disabled=(),
        )


def _data(exchange: Exchange, inspected: InspectedRequest) -> dict[str, Any]:
    declared = exchange.declared_class
    floor = max(DataClass.INTERNAL, declared or DataClass.INTERNAL)
    return {
        "class": inspected.data_class(floor).label,
        "declared_class": declared.label if declared is not None else "",
        **seen(inspected.summaries),
        "unscanned": [
            {"kind": kind, "count": step(count)}
            for kind, count in sorted(inspected.unscanned.items())
        ],
        "special": list(inspected.special.categories),
        "criminal": inspected.special.criminal,
        "special_removable": inspected.special.removable,
        "people": step(inspected.people),
        "reid": {"level": inspected.risk.level, "drivers": list(inspected.risk.drivers)},
    }


_PURPOSE = {
    "art9_condition": False,
    "audience": "staff",
    "code": "general",
    "commercial": True,
    "decides_about_person": False,
    "domain": "",
    "editor": False,
    "human_statement": False,
    "known": True,
    "legal_basis": True,
    "publication": "none",
    "reviewer": False,
    "safety_or_medical": False,
    "training_exception": "",
    "trains_model": False,
    "use_case": {
        "assessment": False,
        "overseer": False,
        "registered": False,
        "stopped": False,
        "workers_informed": False,
    },
}
