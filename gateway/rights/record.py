"""The rights record of one output: what the terms said of it when it was made (rules OR-01 to 07).

Ownership clauses bind only the parties, and protection of AI output is uncertain
(US Copyright Office, report part 2, January 2025; Munich Local Court 142 C 9786/25): so
a record says what the terms say, and never that somebody owns a copyright.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.core.same import OfTheSame

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gateway.core.policy_input import Destination
    from gateway.rights.likeness import Output

_MEANINGS = {
    "customer_owns_as_between_parties": "provider_assigns_as_between_the_parties",
    "user_owns_as_between_parties": "provider_assigns_as_between_the_parties",
    "provider_claims_none": "provider_claims_nothing",
    "no_claim": "provider_claims_nothing",
}
NOTICES = {
    "built_with_llama": "Built with Llama",
    "powered_by_stability_ai": "Powered by Stability AI",
    "third_party_licence": "Code here matches code under a licence of others",
}
"""What the labels of rule OR-06 ask to be said."""

_SAFEGUARDS = {
    "microsoft/azure-openai": (
        "content_filter",
        "copyright_system_message",
        "evaluation_report",
        "jailbreak_filter",
        "protected_material",
    )
}
"""What a provider names as conditions of its indemnity; others ask that filters stay on."""

_USUAL = ("content_filter",)
_OFFERED = frozenset({"conditional", "yes"})
_KNOWN: OfTheSame[dict[str, Any]] = OfTheSame()
"""What records say of the terms of a destination, for outputs that were changed and others."""


def writable(where: Destination) -> bool:
    """Whether there are terms, of a known edition, that a record can rest on."""
    return bool(where.terms["known"] and where.terms_version)


def record(
    where: Destination,
    purpose: Mapping[str, Any],
    *,
    modified: bool,
    labels: Iterable[str] = (),
    outputs: Iterable[Output] = (),
    marks_in: Sequence[Mapping[str, Any]] = (),
    marks_out: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """What is written with an output from `where`, made for `purpose`.

    `modified` says that the gateway changed it on its way, by restoring values or labelling:
    some indemnities end there, which is why the provider's own digest is kept beside ours.
    Media whose bytes are not the provider's any more count as changed too.
    `labels` are those it bears, `outputs` its parts; the marks are those that media came and left
    with, piece by piece.
    """
    parts = tuple(outputs)
    modified = modified or any(item.received not in (b"", item.digest) for item in parts)
    known = _KNOWN.get(where, modified)
    return {
        **(known or _KNOWN.put(where, modified, _by_terms(where, modified=modified))),
        "licence_notices": [NOTICES[label] for label in sorted(labels) if label in NOTICES],
        "marks_in": list(marks_in),
        "marks_out": list(marks_out),
        "outputs": [item.as_record() for item in parts],
        "purpose": purpose["code"],
        "human_statement": purpose["human_statement"],
        "human": {
            "statement": bool(purpose["human_statement"]),
            "editor": bool(purpose["editor"]),
            "reviewer": bool(purpose["reviewer"]),
        },
    }


def _by_terms(where: Destination, *, modified: bool) -> dict[str, Any]:
    """What a record says of the terms of `where`, whatever the output; nobody changes it."""
    terms = where.terms
    clause = str(terms["output_ownership"])
    return {
        "tier": where.tier,
        "terms_version": where.terms_version,
        "facts_digest": where.facts_digest,
        "owner_clause": clause,
        "owner_meaning": _MEANINGS.get(clause, "see_the_clause"),
        "sources": [dict(item) for item in where.clauses],
        "restrictions": sorted(terms["output_restrictions"]),
        "licence_conditions": sorted(terms["licence_conditions"]),
        "indemnity": _indemnity(where, modified=modified),
        "marks": ["text_watermark"] if terms["marks_text"] else [],
    }


def _indemnity(where: Destination, *, modified: bool) -> dict[str, Any]:
    """What the provider offers, and which of its conditions hold for this output.

    Whether it would stand in is for the provider and the courts; this says what can be shown.
    """
    offered = str(where.terms["indemnity"])
    wanted = _SAFEGUARDS.get(where.tier, _USUAL) if offered == "conditional" else ()
    conditions = {name: name in where.mitigations for name in wanted}
    if offered in _OFFERED:
        conditions |= {"general_availability": where.stage == "ga", "unmodified": not modified}
    met = sorted(name for name, holds in conditions.items() if holds)
    unmet = sorted(name for name, holds in conditions.items() if not holds)
    return {
        "offered": offered,
        "state": _state(offered, unmet),
        "met": met,
        "unmet": unmet,
        "mitigations": list(where.mitigations),
        "stage": where.stage,
        "modified": modified,
    }


def _state(offered: str, unmet: list[str]) -> str:
    """``none``, ``unknown``, ``in_doubt`` (a condition is not met) or ``conditions_met``."""
    if offered == "none":
        return "none"
    if offered not in _OFFERED:
        return "unknown"
    return "in_doubt" if unmet else "conditions_met"
