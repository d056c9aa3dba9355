"""Reading what an engine answered. Tolerant of nothing: anything odd is a deny (promise P2)."""

from __future__ import annotations

from typing import Any

from gateway.core.decision import (
    GATEWAY_RULE,
    Advice,
    Decision,
    Effect,
    Obligation,
    Reason,
    unavailable,
)

_KEYS = {"effect", "reasons", "obligations", "advice"}


class _Malformed(Exception):
    """The document is not a decision."""


def read(document: Any, revision: str) -> Decision:
    """The decision in `document`; a deny with the gateway's own code when it is not one."""
    if document is None:
        return unavailable(revision, "policy.undefined")
    try:
        decision = _decision(document, revision)
    except _Malformed:
        return unavailable(revision, "policy.malformed")
    if decision.permits and decision.reasons:
        # A permit with objections is a contradiction; the objection counts.
        return decision.refused(GATEWAY_RULE, "policy.malformed")
    if not decision.permits and not decision.reasons:
        return decision.refused(GATEWAY_RULE, "policy.no_reason")
    return decision


def _decision(document: Any, revision: str) -> Decision:
    if not isinstance(document, dict) or set(document) != _KEYS:
        raise _Malformed
    if document["effect"] not in (Effect.PERMIT.value, Effect.DENY.value):
        raise _Malformed
    return Decision(
        effect=Effect(document["effect"]),
        revision=revision,
        reasons=tuple(
            sorted(
                (
                    Reason(_text(item, "rule"), _text(item, "code"), _params(item))
                    for item in _objects(document["reasons"], {"rule", "code", "params"})
                ),
                key=lambda reason: (reason.rule, reason.code),
            )
        ),
        obligations=tuple(
            sorted(
                (
                    Obligation(_text(item, "id"), _text(item, "type"), _params(item))
                    for item in _objects(document["obligations"], {"id", "type", "params"})
                ),
                key=lambda obligation: obligation.id,
            )
        ),
        advice=tuple(
            Advice(_text(item, "code"), _params(item))
            for item in _objects(document["advice"], {"code", "params"})
        ),
    )


def _objects(value: Any, keys: set[str]) -> list[dict[str, Any]]:
    if not isinstance(value, list):
        raise _Malformed
    for item in value:
        if not isinstance(item, dict) or set(item) != keys:
            raise _Malformed
    return value


def _text(item: dict[str, Any], key: str) -> str:
    value = item[key]
    if not isinstance(value, str) or not value:
        raise _Malformed
    return value


def _params(item: dict[str, Any]) -> dict[str, Any]:
    value = item["params"]
    if not isinstance(value, dict):
        raise _Malformed
    return value
