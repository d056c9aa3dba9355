"""The document a policy sees: complete, typed, and the same bytes for the same situation.

Labels only. No id, no clock, no text: a decision depends on the situation, not on
who asks when, so equal situations are equal bytes. The decision cache and the
record of what was asked both lean on that. Every attribute is always present,
arrays are arrays and numbers are whole, because an absent value reads differently
in different engines (reference: the portable subset, rule 9).

The schemas are policies/schemas/request.v1.json and output.v1.json.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gateway.core.catalogue import ModelEntry, may_use

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gateway.core.content import DataClass, FindingSummary
    from gateway.core.exchange import Exchange
    from gateway.core.principal import Principal

VERSION = 1
SECRET = "SECRET"
_COUNT_STEPS = (1, 2, 5, 10, 20, 50, 100, 1_000, 10_000)
"""Counts are told to policies as the smallest step not below them, so that a text with 37 and
one with 41 addresses are one situation. The exact count is in the decision's entry."""

UNKNOWN_TERMS: dict[str, Any] = {
    "tier": "",
    "known": False,
    "demo": False,
    "unknown_facts": [],
    "trains_on_input": "unknown",
    "retention_days": -1,
    "human_review": "unknown",
}
"""Effective terms when there is no destination; -1 days stands for no limit known."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a request would go, as policy sees it."""

    known: bool = False
    allowed: bool = False
    """Whether the catalogue lets this principal use the model."""

    model: str = ""
    provider: str = ""
    upstream: str = ""
    tier: str = ""
    terms: Mapping[str, Any] = field(default_factory=lambda: UNKNOWN_TERMS)
    terms_version: str = ""
    """Which facts about terms were used; for the log, not for policy."""


def destination(
    model: ModelEntry, principal: Principal, terms: Mapping[str, Any], terms_version: str
) -> Destination:
    """The destination that `model` means for `principal`, under these effective terms."""
    return Destination(
        known=True,
        allowed=may_use(model, principal.tenant.slug, principal.groups),
        model=model.alias,
        provider=model.provider.name,
        upstream=model.upstream,
        tier=model.provider.tier,
        terms=terms,
        terms_version=terms_version,
    )


def for_request(
    exchange: Exchange,
    *,
    destination: Destination,
    acknowledgements: Mapping[str, Any],
    findings: Iterable[FindingSummary],
    data_class: DataClass,
    unscanned: Mapping[str, int],
) -> dict[str, Any]:
    """What is asked before anything is sent.

    `acknowledgements` is ``{"code_of_use": {"required": int, "accepted": int}}``; `unscanned`
    counts the parts of the request that no detector can read, by kind.
    """
    principal, declared = exchange.principal, exchange.declared_class
    return {
        "version": VERSION,
        "phase": "request",
        "tenant": {"demo": principal.tenant.demo},
        "subject": {
            "kind": principal.kind.value,
            "roles": sorted(role.value for role in principal.roles),
            "acknowledgements": dict(acknowledgements),
        },
        "request": {"kind": exchange.kind.value, "stream": exchange.stream},
        "destination": _destination(destination),
        "data": {
            "class": data_class.label,
            "declared_class": declared.label if declared is not None else "",
            **_seen(findings),
            "unscanned": [
                {"kind": kind, "count": step(count)} for kind, count in sorted(unscanned.items())
            ],
        },
        "terms": dict(destination.terms),
    }


def for_output(
    exchange: Exchange, *, destination: Destination, findings: Iterable[FindingSummary]
) -> dict[str, Any]:
    """What is asked before an output, or one more piece of it, is released."""
    return {
        "version": VERSION,
        "phase": "output",
        "tenant": {"demo": exchange.principal.tenant.demo},
        "request": {"kind": exchange.kind.value, "stream": exchange.stream},
        "destination": _destination(destination),
        "output": _seen(findings),
        "terms": dict(destination.terms),
    }


def step(count: int) -> int:
    """The step of the scale that stands for `count`."""
    return next((limit for limit in _COUNT_STEPS if count <= limit), _COUNT_STEPS[-1])


def _destination(where: Destination) -> dict[str, Any]:
    return {
        "known": where.known,
        "allowed": where.allowed,
        "model": where.model,
        "provider": where.provider,
        "tier": where.tier,
    }


def _seen(findings: Iterable[FindingSummary]) -> dict[str, Any]:
    kinds = sorted(findings, key=lambda item: item.type)
    return {
        "findings": [
            {
                "type": item.type,
                "count": step(item.count),
                "confidence": round(item.confidence * 100),
            }
            for item in kinds
        ],
        "secrets": [
            {"kind": rule} for item in kinds if item.type == SECRET for rule in sorted(item.rules)
        ],
    }
