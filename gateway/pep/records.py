"""From values of the pipeline to entries of the decision log. Labels only, never content."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from gateway.audit.entries import Entry

if TYPE_CHECKING:
    from datetime import datetime

    from gateway.content.pseudonyms import InspectedRequest
    from gateway.core.decision import Decision
    from gateway.core.exchange import Exchange, Outcome
    from gateway.core.policy_input import Destination


def decision_entry(
    exchange: Exchange,
    decision: Decision,
    destination: Destination,
    inspected: InspectedRequest,
    question: bytes,
) -> Entry:
    """What is recorded before anything is sent.

    The model is named only when the catalogue knows it: a name nobody knows is the caller's
    text. `question` is recorded by digest and kept beside the log.
    """
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
            "request": {
                "kind": exchange.kind.value,
                "stream": exchange.stream,
                "bytes": exchange.size,
            },
            "destination": {
                "provider": destination.provider,
                "upstream": destination.upstream,
                "tier": destination.tier,
                "terms_version": destination.terms_version,
            },
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
            "decision": _decision(decision),
            "input_digest": hashlib.sha256(question).hexdigest(),
        },
    )


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
            },
            "provider": {
                "request_id": outcome.provider_request_id[:200],
                "status": outcome.provider_status,
            },
        },
    )


def _decision(decision: Decision) -> dict[str, Any]:
    return {
        "revision": decision.revision,
        "reasons": [
            {"rule": item.rule, "code": item.code, "params": item.params}
            for item in decision.reasons
        ],
        "obligations": [
            {"id": item.id, "type": item.type, "params": item.params}
            for item in decision.obligations
        ],
        "advice": [{"code": item.code, "params": item.params} for item in decision.advice],
    }
