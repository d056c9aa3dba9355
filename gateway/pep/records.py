"""From values of the pipeline to entries of the decision log. Labels only, never content."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from gateway.audit.entries import Entry, question_digest
from gateway.core.same import OfTheSame

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from gateway.attributes.resolve import Attributes
    from gateway.content.request import InspectedRequest
    from gateway.core.decision import Decision
    from gateway.core.exchange import Exchange, Outcome
    from gateway.core.policy_input import Destination, Situation
    from gateway.core.principal import Principal
    from gateway.pep.judgement import Judgement

NO_GROUPS: Mapping[str, str] = MappingProxyType({})
NO_AGES: Mapping[str, int] = MappingProxyType({})

_SAID: OfTheSame[dict[str, Any]] = OfTheSame()
"""What entries say of a decision that is remembered."""


def decision_entry(
    exchange: Exchange,
    situation: Situation,
    judgement: Judgement,
    inspected: InspectedRequest,
    retain_days: int,
    passed_over: Sequence[Judgement] = (),
    groups: Mapping[str, str] = NO_GROUPS,
    recalled: Mapping[str, int] = NO_AGES,
) -> Entry:
    """What is recorded before anything is sent.

    The model is named only when the catalogue knows it: a name nobody knows is the caller's
    text. The question is recorded by digest and kept beside the log; the entry, for at least
    `retain_days`. `passed_over` are the destinations that policy would not have, when another one
    was found; `groups` the pseudonyms of sessions that the client named; `recalled` what was not
    read but remembered, because the database could not be reached, and how many seconds old it was.
    """
    decision, destination = judgement.decision, judgement.destination
    principal = exchange.principal
    return Entry(
        kind="decision",
        at=exchange.received_at,
        exchange_id=exchange.id,
        effect=decision.effect.value,
        model=destination.model,
        principal=principal.pseudonym,
        rules=tuple(sorted({reason.rule for reason in decision.reasons})),
        document={
            "principal_kind": principal.kind.value,
            "credential": {"kind": principal.credential.value, "id": principal.credential_id},
            "request": _request(exchange),
            **({"groups": dict(groups)} if groups else {}),
            **({"recalled": dict(recalled)} if recalled else {}),
            "purpose": situation.purpose["code"],
            "destination": _destination(destination),
            "passed_over": [
                {"model": item.destination.model, "reasons": _reasons(item.decision)}
                for item in passed_over
            ],
            **_seen(inspected),
            "decision": _decision(decision),
            "retain_days": retain_days,
            "input_digest": question_digest(judgement.question).hex(),
        },
    )


def ages(principal: Principal, known: Attributes, terms: int) -> dict[str, int]:
    """What stood in for a database that is away, and how many seconds ago each was read."""
    found = {"identity": principal.recalled, "attributes": known.recalled, "terms": terms}
    return {what: age for what, age in found.items() if age}


def _request(exchange: Exchange) -> dict[str, Any]:
    return {
        "kind": exchange.kind.value,
        "api": exchange.shape,
        "stream": exchange.stream,
        "bytes": exchange.size,
    }


def _destination(where: Destination) -> dict[str, Any]:
    return {
        "provider": where.provider,
        "upstream": where.upstream,
        "tier": where.tier,
        "region": where.region,
        "transfer": where.transfer,
        "terms_version": where.terms_version,
        "facts_digest": where.facts_digest,
    }


def _seen(inspected: InspectedRequest) -> dict[str, Any]:
    """What was found in the request, and what could not be looked at."""
    return {
        "findings": [
            {
                "type": item.type,
                "count": item.count,
                "confidence": round(item.confidence * 100),
                "rules": list(item.rules),
            }
            for item in inspected.summaries
        ],
        "unscanned": dict(inspected.unscanned),
        "attachments": [item.label for item in inspected.attached],
    }


def outcome_entry(
    exchange_id: str, principal: str, model: str, outcome: Outcome, at: datetime
) -> Entry:
    """What is recorded before anything is released; names as in the decision's entry."""
    return Entry(
        kind="outcome",
        at=at,
        exchange_id=exchange_id,
        status=outcome.status.value,
        model=model,
        principal=principal,
        rules=outcome.rules,
        document={
            "code": outcome.code,
            "fulfilled": list(outcome.fulfilled),
            "replaced": dict(outcome.replaced),
            "usage": {
                "input_tokens": outcome.usage.input_tokens,
                "output_tokens": outcome.usage.output_tokens,
            },
            "output": {
                "findings": dict(outcome.output_findings),
                "digest": outcome.output_digest,
                "delivered_digest": outcome.delivered_digest,
                "modified": outcome.output_digest != outcome.delivered_digest,
                "unknown_placeholders": outcome.unknown_placeholders,
                "revision": outcome.output_revision,
                "labels": list(outcome.labels),
                "advice": list(outcome.advice),
            },
            **({"media": list(outcome.media)} if outcome.media else {}),
            "rights": dict(outcome.rights),
            "provider": {
                "request_id": outcome.provider_request_id[:200],
                "status": outcome.provider_status,
                **({"cached": True} if outcome.cached else {}),
            },
        },
    )


def _decision(decision: Decision) -> dict[str, Any]:
    return _SAID.get(decision, decision) or _SAID.put(decision, decision, _said(decision))


def _said(decision: Decision) -> dict[str, Any]:
    return {
        "revision": decision.revision,
        "reasons": _reasons(decision),
        "obligations": [
            {"id": item.id, "type": item.type, "params": item.params}
            for item in decision.obligations
        ],
        "advice": [
            {"rule": item.rule, "code": item.code, "params": item.params}
            for item in decision.advice
        ],
    }


def _reasons(decision: Decision) -> list[dict[str, Any]]:
    return [
        {"rule": item.rule, "code": item.code, "kind": item.kind.value, "params": item.params}
        for item in decision.reasons
    ]
