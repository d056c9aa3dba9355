"""What the policy decided, as values. Deny is the zero value (promise P2)."""

from __future__ import annotations

from dataclasses import field
from typing import Any

from gateway.core.values import StrEnum, dataclass


class Effect(StrEnum):
    """Whether the exchange may go on."""

    DENY = "deny"
    PERMIT = "permit"


class ReasonKind(StrEnum):
    """What would help against an objection, strongest first: the order of precedence."""

    DENY = "deny"
    """Nothing."""

    REQUIRE_APPROVAL = "require_approval"
    """A second person's approval."""

    REQUIRE_ACKNOWLEDGEMENT = "require_acknowledgement"
    """The caller's own word."""

    ROUTE = "route"
    """Another destination."""


_PRECEDENCE = {kind: place for place, kind in enumerate(ReasonKind)}


PARAMS = frozenset(
    [
        "budget",
        "categories",
        "class",
        "conditions",
        "count",
        "days",
        "domain",
        "drivers",
        "facts",
        "hours",
        "kinds",
        "labels",
        "language",
        "level",
        "limit",
        "missing",
        "model",
        "names",
        "purpose",
        "region",
        "regions",
        "roles",
        "score",
        "source",
        "stage",
        "tier",
        "traits",
        "type",
        "version",
    ]
)
"""What a rule may give with a reason or advice: labels of ours and whole numbers, never content."""

TEXT_PARAMS = PARAMS | {"public_url"}
"""What a text may name: that, and where the gateway is reached."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One objection: a rule, a code, and the parameters its text is rendered from."""

    rule: str
    """The rule's id, such as ``IP-02``; ``GATEWAY`` for the gateway's own."""

    code: str
    """A stable dotted code, such as ``data_terms.training``."""

    params: dict[str, Any] = field(default_factory=dict)
    """Values for the text. Labels and numbers only, never content."""

    kind: ReasonKind = ReasonKind.DENY

    @property
    def precedence(self) -> int:
        """0 for the strongest kind."""
        return _PRECEDENCE[self.kind]


@dataclass(frozen=True, slots=True)
class Obligation:
    """Something that must be done, or the permit is void (AuthZEN obligations draft, 2026-07)."""

    id: str
    type: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Advice:
    """Something worth telling the caller, who may ignore it."""

    rule: str
    code: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """The policy's answer to one question."""

    effect: Effect = Effect.DENY
    revision: str = "none"
    """The version of the policy bundle that was asked."""

    reasons: tuple[Reason, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    advice: tuple[Advice, ...] = ()

    @property
    def permits(self) -> bool:
        """Whether the effect is a permit."""
        return self.effect is Effect.PERMIT

    @property
    def routable(self) -> bool:
        """Whether another destination is all that would be needed."""
        return bool(self.reasons) and all(item.kind is ReasonKind.ROUTE for item in self.reasons)

    def refused(self, rule: str, code: str, **params: Any) -> Decision:
        """This decision turned into a deny, with one more reason in front."""
        return self.refused_for(Reason(rule, code, params))

    def refused_for(self, reason: Reason) -> Decision:
        """This decision turned into a deny, with `reason` in front."""
        return Decision(
            effect=Effect.DENY,
            revision=self.revision,
            reasons=(reason, *self.reasons),
            obligations=self.obligations,
            advice=self.advice,
        )


GATEWAY_RULE = "GATEWAY"
"""The rule id of refusals the gateway makes itself, without asking a policy."""


def unavailable(revision: str = "none", code: str = "policy.unavailable") -> Decision:
    """The decision when no decision could be had: deny, with a reason code."""
    return Decision(revision=revision, reasons=(Reason(GATEWAY_RULE, code),))
