"""Where the clauses of a rights record were read, when, and who confirmed the reading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.terms.effective import EffectiveTerms
    from gateway.terms.statements import Source

_RECORDED = ("output_ownership", "indemnity_output")
"""Facts whose sources stand in every record. The rest is had by the record's digest of facts."""


def clauses(terms: EffectiveTerms, sources: Mapping[str, Source]) -> tuple[dict[str, Any], ...]:
    """What each fact of a record was relied on with, for `Destination.clauses`.

    `sources` are the edition's: title and address of each document. What is the tenant's own, such
    as a contract, has no address; its name and the digest of the kept copy stand for it.
    """
    return tuple(
        {
            "fact": item.name,
            "documents": [_document(name, sources) for name in item.sources],
            "document_date": item.doc_date,
            "read_on": item.reviewed_at.date().isoformat() if item.reviewed_at else "",
            "reviewer": item.reviewed_by,
            "origin": item.origin,
            "copies": list(item.copies),
        }
        for item in terms.used
        if item.name in _RECORDED
    )


def _document(name: str, sources: Mapping[str, Source]) -> dict[str, str]:
    known = sources.get(name)
    if known is None:
        return {"title": name, "url": ""}
    return {"title": known.title, "url": known.url}
