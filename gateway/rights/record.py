"""The rights record of one output: what the terms said of it when it was made (rules OR-01 to 07).

Ownership clauses bind only the parties, and protection of AI output is uncertain
(US Copyright Office, report part 2, January 2025; Munich Local Court 142 C 9786/25): so
a record says what the terms say, and never that somebody owns a copyright.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.core.policy_input import Destination

_MEANINGS = {
    "customer_owns_as_between_parties": "provider_assigns_as_between_the_parties",
    "user_owns_as_between_parties": "provider_assigns_as_between_the_parties",
    "provider_claims_none": "provider_claims_nothing",
    "no_claim": "provider_claims_nothing",
}


def writable(where: Destination) -> bool:
    """Whether there are terms, of a known edition, that a record can rest on."""
    return bool(where.terms["known"] and where.terms_version)


def record(where: Destination, purpose: Mapping[str, Any], *, modified: bool) -> dict[str, Any]:
    """What is written with an output from `where`, made for `purpose`.

    `modified` says that the gateway changed the text on its way, by restoring values or labelling:
    some indemnities end there, which is why the provider's own digest is kept beside ours.
    """
    terms = where.terms
    clause = str(terms["output_ownership"])
    return {
        "tier": where.tier,
        "terms_version": where.terms_version,
        "facts_digest": where.facts_digest,
        "owner_clause": clause,
        "owner_meaning": _MEANINGS.get(clause, "see_the_clause"),
        "restrictions": sorted(terms["output_restrictions"]),
        "licence_conditions": sorted(terms["licence_conditions"]),
        "indemnity": {
            "offered": terms["indemnity"],
            "mitigations": list(where.mitigations),
            "stage": where.stage,
            "modified": modified,
        },
        "marks": ["text_watermark"] if terms["marks_text"] else [],
        "purpose": purpose["code"],
        "human_statement": purpose["human_statement"],
    }
