"""Reading what an engine answered. Tolerant of nothing: anything odd is a deny (promise P2).

The shape is policies/schemas/decision.v2.json. It is as narrow as it is because what
passes here is written to the log, into headers and into texts.
"""

from __future__ import annotations

import json
import re
from typing import Any, Protocol
from uuid import UUID

from gateway.core.decision import (
    GATEWAY_RULE,
    Advice,
    Decision,
    Effect,
    Obligation,
    Reason,
    ReasonKind,
    unavailable,
)
from gateway.core.identifiers import TenantId

PROBES = ("gateway/decision", "gateway/output/decision", "gateway/admin/decision")
"""The questions every bundle answers."""

CANNOT_JUDGE = frozenset(
    {
        "policy.malformed",
        "policy.no_reason",
        "policy.no_revision",
        "policy.no_rules",
        "policy.rule_malformed",
        "policy.rule_missing",
        "policy.timeout",
        "policy.unavailable",
        "policy.undefined",
    }
)
"""Codes of denies that say something about the policy, not about the request."""

_REASON_KINDS = frozenset(kind.value for kind in ReasonKind)
_KEYS = {"effect", "revision", "reasons", "obligations", "advice"}
_MOST_ITEMS = 100
_LONGEST = 1_000
_EXACT = 2**53 - 1
"""The largest whole number that is exact in every JSON reader."""

_REVISION = re.compile(r"[A-Za-z0-9._-]{1,64}")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")


class _Malformed(Exception):
    """The document is not a decision; `code` says how."""

    def __init__(self, code: str = "policy.malformed") -> None:
        super().__init__(code)
        self.code = code


def read(document: Any, revision: str) -> Decision:
    """The decision in `document`; a deny with the gateway's own code when it is not one.

    `revision` is what such a deny is attributed to.
    """
    if document is None:
        return unavailable(revision, "policy.undefined")
    try:
        decision = _decision(document)
    except _Malformed as problem:
        return unavailable(revision, problem.code)
    if decision.permits and decision.reasons:
        # A permit with objections is a contradiction; the objection counts.
        return decision.refused(GATEWAY_RULE, "policy.malformed")
    if not decision.permits and not decision.reasons:
        return decision.refused(GATEWAY_RULE, "policy.no_reason")
    return decision


class Decides(Protocol):
    """An engine, as far as readiness cares."""

    def decide(self, tenant: TenantId, entrypoint: str, policy_input: bytes) -> Decision:
        """The decision."""


def answers(pdp: Decides) -> bool:
    """Whether `pdp` can judge now: a question without any attribute is denied by a rule."""
    nobody = TenantId(UUID(int=0))
    decisions = [pdp.decide(nobody, entrypoint, b"{}") for entrypoint in PROBES]
    return not any(
        decision.permits or any(reason.code in CANNOT_JUDGE for reason in decision.reasons)
        for decision in decisions
    )


def _decision(document: Any) -> Decision:
    if not isinstance(document, dict):
        raise _Malformed
    if document.keys() == _KEYS - {"revision"}:
        # Evidence that cannot be attributed to a policy is no evidence (promise P8).
        raise _Malformed("policy.no_revision")
    if document.keys() != _KEYS or document["effect"] not in ("permit", "deny"):
        raise _Malformed
    revision = document["revision"]
    if not isinstance(revision, str) or not _REVISION.fullmatch(revision):
        raise _Malformed("policy.no_revision")
    return Decision(
        effect=Effect(document["effect"]),
        revision=revision,
        reasons=_reasons(document["reasons"]),
        obligations=tuple(
            Obligation(_text(item, "id"), _text(item, "type"), _params(item))
            for item in _objects(document["obligations"], ("id", "type", "params"))
        ),
        advice=tuple(
            Advice(_text(item, "rule"), _text(item, "code"), _params(item))
            for item in _objects(document["advice"], ("rule", "code", "params"))
        ),
    )


def _reasons(value: Any) -> tuple[Reason, ...]:
    """The objections, strongest first, and otherwise in an order of their own."""
    said = _objects(value, ("rule", "code", "kind", "params"))
    if any(item["kind"] not in _REASON_KINDS for item in said):
        raise _Malformed
    reasons = (
        Reason(_text(item, "rule"), _text(item, "code"), _params(item), ReasonKind(item["kind"]))
        for item in said
    )
    return tuple(sorted(reasons, key=lambda reason: reason.precedence))


def _objects(value: Any, keys: tuple[str, ...]) -> list[dict[str, Any]]:
    """The members of a set, in an order that does not depend on the engine."""
    if not isinstance(value, list) or len(value) > _MOST_ITEMS:
        raise _Malformed
    for item in value:
        if not isinstance(item, dict) or item.keys() != set(keys):
            raise _Malformed
    if len(value) < 2:
        return value
    return sorted(value, key=lambda item: json.dumps([item[key] for key in keys], sort_keys=True))


def _text(item: dict[str, Any], key: str) -> str:
    value = item[key]
    if not isinstance(value, str) or not value or len(value) > _LONGEST:
        raise _Malformed
    return value


def _params(item: dict[str, Any]) -> dict[str, Any]:
    """Labels and whole numbers, and flat lists of them: what the canonical form can say."""
    params = item["params"]
    if not isinstance(params, dict):
        raise _Malformed
    for name, value in params.items():
        values = value if isinstance(value, list) else [value]
        if not _NAME.fullmatch(name) or len(values) > _MOST_ITEMS:
            raise _Malformed
        if not all(_is_label(each) for each in values):
            raise _Malformed
    return params


def _is_label(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= _LONGEST
    return isinstance(value, int) and -_EXACT <= value <= _EXACT
