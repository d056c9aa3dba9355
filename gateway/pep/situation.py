"""Stages 3 and 4 put together: everything policy needs to know of an exchange but its destination.

The seam between finding out and deciding. Whoever replaces it, as a test does with the cases that
a compliance officer reads, has the whole pipeline behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.content.asked import asked
from gateway.core.content import DataClass
from gateway.core.policy_input import Situation, seen, step
from gateway.core.stored import joined_data, joined_signals
from gateway.shapes.registry import SHAPES

if TYPE_CHECKING:
    from gateway.attributes.resolve import Attributes, AttributeSource
    from gateway.attributes.usage import Usage
    from gateway.content.request import InspectedRequest
    from gateway.core.exchange import Exchange


class Situations:
    """Finds out about exchanges."""

    def __init__(self, source: AttributeSource, usage: Usage) -> None:
        """What the request did not bring comes from `source`; `usage` counts who asks how often."""
        self._source = source
        self._usage = usage

    def resolve(self, exchange: Exchange) -> Attributes:
        """What is on record of who asks, and for what.

        Raises:
            StorageUnavailable: the database did not answer.
        """
        purpose = exchange.purpose or None
        return self._source.resolve(exchange.principal, purpose, exchange.received_at)

    def of(self, exchange: Exchange, known: Attributes, inspected: InspectedRequest) -> Situation:
        """What is known of `exchange`, resolved and `inspected`."""
        request = asked(
            {**SHAPES[exchange.shape].asks.assumed, **exchange.body},
            kind=exchange.kind.value,
            stream=exchange.stream,
            characters=inspected.characters,
            signed=exchange.signed,
            attached=inspected.attached,
        )
        asked_lately = self._usage.note_request(
            exchange.principal, exchange.digest, exchange.received_at
        )
        data = _data(exchange, inspected)
        on_record = known.known
        signals = _signals(inspected, consent=on_record.likeness_consent)
        if exchange.earlier is not None:
            data = joined_data(data, exchange.earlier.data)
            signals = joined_signals(signals, exchange.earlier.signals)
        return Situation(
            tenant=known.tenant(),
            subject=known.subject(),
            purpose=known.purpose(),
            request=request,
            data=data,
            signals=signals,
            usage={"budget": on_record.budget, **asked_lately},
            parameters=on_record.policy.parameters,
            disabled=on_record.policy.disabled,
        )

    def refused(self, exchange: Exchange) -> None:
        """Look again next time: who was refused may answer for it, and is not refused once more."""
        principal = exchange.principal
        self._source.forget(principal.tenant.id, principal.pseudonym)


def _signals(inspected: InspectedRequest, *, consent: bool) -> dict[str, Any]:
    """What the request is about; whether people agreed to be shown is on record elsewhere."""
    told = inspected.signals.as_input()
    return {**told, "real_person": {**told["real_person"], "consent": consent}}


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
        **inspected.special.as_input(),
        "people": step(inspected.people),
        "reid": {"level": inspected.risk.level, "drivers": sorted(set(inspected.risk.drivers))},
    }
