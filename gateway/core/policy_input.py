"""The document a policy sees: complete, typed, and the same bytes for the same situation.

Labels only. No id, no clock, no text: a decision depends on the situation, not on
who asks when, so equal situations are equal bytes. The decision cache and the
record of what was asked both lean on that. Every attribute is always present,
arrays are arrays and numbers are whole, because an absent value reads differently
in different engines (reference: the portable subset, rule 9).

The schemas are policies/schemas/request.v2.json, output.v2.json and admin.v2.json.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import field
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from gateway.core.catalogue import may_use
from gateway.core.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from gateway.core.catalogue import ModelEntry
    from gateway.core.content import FindingSummary
    from gateway.core.principal import Principal

VERSION = 2
SECRET = "SECRET"
_COUNT_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 10_000, 100_000, 1_000_000)
"""Counts are told to policies as the smallest step not below them, so that a text with 37 and
one with 41 addresses are one situation. The exact count is in the decision's entry."""

UNKNOWN_TERMS: dict[str, Any] = {
    "tier": "",
    "known": False,
    "demo": False,
    "unknown_facts": [],
    "trains_on_input": "unknown",
    "retention_days": -1,
    "zero_retention": False,
    "human_review": "unknown",
    "processor_contract": False,
    "business_use": "unknown",
    "output_ownership": "unknown",
    "output_restrictions": [],
    "licence_conditions": [],
    "indemnity": "unknown",
    "labelling": False,
    "political_use": "unknown",
    "marks_text": False,
    "eu_excluded": False,
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
    region: str = "unknown"
    transfer: str = "unknown"
    stage: str = "ga"
    self_hosted: bool = False
    mitigations: tuple[str, ...] = ()
    terms: Mapping[str, Any] = field(default_factory=lambda: UNKNOWN_TERMS)
    terms_version: str = ""
    """Which facts about terms were used; for the log, not for policy."""

    facts_digest: str = ""
    """SHA-256 over the facts that were relied on; for the log, not for policy."""

    clauses: tuple[Mapping[str, Any], ...] = ()
    """Where the clauses on output were read, and by whom; for the rights record, not for policy."""

    def as_input(self) -> dict[str, Any]:
        """The destination as it stands in the policy input."""
        return {
            "known": self.known,
            "allowed": self.allowed,
            "model": self.model,
            "provider": self.provider,
            "tier": self.tier,
            "region": self.region,
            "transfer": self.transfer,
            "stage": self.stage,
            "self_hosted": self.self_hosted,
            "mitigations": list(self.mitigations),
        }


def destination(
    model: ModelEntry,
    principal: Principal,
    terms: Mapping[str, Any],
    terms_version: str,
    facts_digest: str = "",
    clauses: tuple[Mapping[str, Any], ...] = (),
) -> Destination:
    """The destination that `model` means for `principal`, under these effective terms."""
    provider = model.provider
    return Destination(
        known=True,
        allowed=may_use(model, principal.tenant.slug, principal.groups),
        model=model.alias,
        provider=provider.name,
        upstream=model.upstream,
        tier=provider.tier,
        region=provider.region,
        transfer=provider.transfer,
        stage=model.stage,
        self_hosted=provider.self_hosted,
        mitigations=tuple(sorted(provider.mitigations)),
        terms=terms,
        terms_version=terms_version,
        facts_digest=facts_digest,
        clauses=clauses,
    )


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of an exchange besides where it would go, section by section.

    The sections are mappings as the schemas describe them; whoever fills one owns its form:
    `gateway.attributes` the tenant, subject, purpose, usage and parameters, `gateway.content` the
    request, its data and its signals.
    """

    tenant: Mapping[str, Any]
    subject: Mapping[str, Any]
    purpose: Mapping[str, Any]
    request: Mapping[str, Any]
    data: Mapping[str, Any]
    signals: Mapping[str, Any]
    usage: Mapping[str, Any]
    parameters: Mapping[str, Any]
    disabled: tuple[str, ...] = ()

    def for_request(self, where: Destination) -> dict[str, Any]:
        """What is asked before anything is sent."""
        return {
            "version": VERSION,
            "phase": "request",
            "tenant": dict(self.tenant),
            "subject": dict(self.subject),
            "purpose": dict(self.purpose),
            "request": dict(self.request),
            "data": dict(self.data),
            "signals": dict(self.signals),
            "usage": dict(self.usage),
            "destination": where.as_input(),
            "terms": dict(where.terms),
            "disabled": list(self.disabled),
            "parameters": dict(self.parameters),
        }

    def for_output(self, where: Destination, output: Mapping[str, Any]) -> dict[str, Any]:
        """What is asked before an output, or one more piece of it, is released."""
        return {
            "version": VERSION,
            "phase": "output",
            "tenant": dict(self.tenant),
            "subject": {
                "confirmed": self.subject["confirmed"],
                "approved": self.subject["approved"],
            },
            "purpose": dict(self.purpose),
            "request": {
                "kind": self.request["kind"],
                "stream": self.request["stream"],
                "sampling": self.request["sampling"],
            },
            "destination": where.as_input(),
            "output": dict(output),
            "terms": dict(where.terms),
            "disabled": list(self.disabled),
            "parameters": dict(self.parameters),
        }


def step(count: int) -> int:
    """The step of the scale that stands for `count`; 0 for none."""
    if count <= 0:
        return 0
    return _COUNT_STEPS[min(bisect_left(_COUNT_STEPS, count), len(_COUNT_STEPS) - 1)]


def seen(findings: Collection[FindingSummary]) -> dict[str, Any]:
    """Findings and secrets as they stand in the policy input."""
    if not findings:
        return {"findings": [], "secrets": []}
    kinds = sorted(findings, key=attrgetter("type"))
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
