"""The terms a request would run under: what policy sees of them, and what they rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.core.values import dataclass
from gateway.terms.join import UNKNOWN

if TYPE_CHECKING:
    from datetime import datetime

    from gateway.terms.statements import Fact

NO_LIMIT = -1
"""Stands for "no number of days is known" in policy input, where numbers are whole."""


@dataclass(frozen=True, slots=True)
class Used:
    """One statement that was relied on, with its provenance."""

    name: str
    value: Any
    """A label, a list of labels, true or false, or days (-1: no limit known)."""

    sources: tuple[str, ...]
    doc_date: str
    reviewed_by: str
    reviewed_at: datetime | None
    expires_at: datetime | None
    origin: str
    """``base``, ``statement``, the name of an overlay, or ``override`` and its id."""

    copies: tuple[str, ...] = ()
    """SHA-256 of the kept copies it was confirmed on."""

    def as_row(self) -> dict[str, Any]:
        """As it is printed, hashed and logged."""
        return {
            "name": self.name,
            "value": list(self.value) if isinstance(self.value, tuple) else self.value,
            "sources": list(self.sources),
            "doc_date": self.doc_date,
            "reviewed_by": self.reviewed_by,
            "reviewed_at": self.reviewed_at.isoformat() if self.reviewed_at else None,
            "expires_at": self.expires_at.isoformat() if self.expires_at else None,
            "origin": self.origin,
            "copies": list(self.copies),
        }


@dataclass(frozen=True, slots=True)
class EffectiveTerms:
    """What may be relied on for one destination at one moment."""

    tier: str
    known: bool
    demo: bool
    unknown_facts: tuple[str, ...]
    trains_on_input: str = UNKNOWN
    retention_days: int = NO_LIMIT
    human_review: str = UNKNOWN
    zero_retention: bool = False
    processor_contract: bool = False
    business_use: str = UNKNOWN
    output_ownership: str = UNKNOWN
    output_restrictions: tuple[str, ...] = (UNKNOWN,)
    licence_conditions: tuple[str, ...] = (UNKNOWN,)
    indemnity: str = UNKNOWN
    labelling: bool = False
    political_use: str = UNKNOWN
    marks_text: bool = False
    eu_excluded: bool = False
    version: str = ""
    """The edition of the base facts."""

    facts_digest: str = ""
    """SHA-256 over everything that was relied on, in hex."""

    expired_facts: tuple[str, ...] = ()
    used: tuple[Used, ...] = ()

    def as_input(self) -> dict[str, Any]:
        """The terms as they stand in the policy input: labels, whole numbers, true and false."""
        return {
            "tier": self.tier,
            "known": self.known,
            "demo": self.demo,
            "unknown_facts": list(self.unknown_facts),
            "trains_on_input": self.trains_on_input,
            "retention_days": self.retention_days,
            "zero_retention": self.zero_retention,
            "human_review": self.human_review,
            "processor_contract": self.processor_contract,
            "business_use": self.business_use,
            "output_ownership": self.output_ownership,
            "output_restrictions": list(self.output_restrictions),
            "licence_conditions": list(self.licence_conditions),
            "indemnity": self.indemnity,
            "labelling": self.labelling,
            "political_use": self.political_use,
            "marks_text": self.marks_text,
            "eu_excluded": self.eu_excluded,
        }


@dataclass(frozen=True, slots=True)
class ReviewState:
    """One statement about one tier, and how it stands with a tenant."""

    fact: Fact
    state: str
    """``current``, ``expired``, ``changed`` (it says something else now), ``source_changed`` (a
    text it was read in is not the one that was reviewed) or ``unreviewed``."""

    reviewed_by: str = ""
    reviewed_at: datetime | None = None
    expires_at: datetime | None = None
    origin: str = "base"
    copies: tuple[str, ...] = ()
    """SHA-256 of the copies that were current at the review."""
