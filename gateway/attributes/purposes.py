"""Purposes as policy sees them: from the register, entitled to by group, strict when unknown.

A caller names its purpose; which one it may name is decided by who it is (promise
P3). A purpose that is not there, not for this caller, or stopped, is not known, and
then everything about it stands at its strictest.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from gateway.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Container, Mapping
    from datetime import date

GENERAL = "general"
"""The purpose of a request that names none. Every tenant has it, recorded or not."""

ACTIVE, STOPPED = "active", "stopped"

LEGAL_BASES: Final = (
    "consent", "contract", "legal_obligation", "vital_interests", "public_task",
    "legitimate_interests",
)  # fmt: skip
"""GDPR Art. 6(1)(a) to (f)."""

ART9_CONDITIONS: Final = (
    "explicit_consent", "employment_and_social_law", "vital_interests", "not_for_profit_body",
    "made_public_by_the_person", "legal_claims", "substantial_public_interest",
    "health_or_social_care", "public_health", "archiving_and_research",
)  # fmt: skip
"""GDPR Art. 9(2)(a) to (j)."""

PUBLICATIONS: Final = ("none", "internal", "public")
AUDIENCES: Final = ("staff", "consumers", "public")
DOMAINS: Final = (
    "employment", "credit", "insurance", "education", "essential_services", "law_enforcement",
    "migration", "justice", "biometrics", "critical_infrastructure", "public_affairs", "health",
    "legal",
)  # fmt: skip
"""Fields in which decisions weigh on people: AI Act Annex III, and what contracts add."""

TRAINING_EXCEPTIONS: Final = ("internal_classifiers", "embeddings")

_CODE = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


def check(code: str, values: Mapping[str, Any]) -> None:
    """Return if a purpose may be registered like this; `values` by the register's names.

    Raises:
        InvalidRequest: it may not; the text says why and what would do.
    """
    if not _CODE.fullmatch(code):
        raise InvalidRequest(
            "A purpose's code has 1 to 64 lower-case letters, digits, dots, hyphens or "
            "underscores, such as customer-letters.",
            param="code",
        )
    if values["legal_basis"] == "legitimate_interests" and not values["balancing_note"]:
        raise InvalidRequest(
            "Legitimate interests need a balancing note: where your balancing is kept, or what it "
            "came to (GDPR Art. 6(1)(f)).",
            param="balancing_note",
        )
    if values["training_exception"] and not values["trains_model"]:
        raise InvalidRequest(
            "An exception for training says nothing of a purpose that trains no model.",
            param="training_exception",
        )


def strictest(code: str = "") -> dict[str, Any]:
    """A purpose that nobody vouches for. `code` only where it comes from the register."""
    return {
        "code": code,
        "known": False,
        "legal_basis": False,
        "art9_condition": False,
        "publication": "public",
        "audience": "public",
        "domain": "employment",
        "decides_about_person": True,
        "reviewer": False,
        "editor": False,
        "commercial": True,
        "trains_model": True,
        "training_exception": "",
        "human_statement": False,
        "safety_or_medical": False,
        "use_case": {
            "registered": False,
            "stopped": True,
            "overseer": False,
            "workers_informed": False,
            "assessment": False,
        },
    }


def general() -> dict[str, Any]:
    """What `GENERAL` means until a tenant records it: everyday work, for one's own use.

    No legal basis is claimed for it that nobody has recorded. What is published, be it among
    colleagues, has a purpose of its own.
    """
    return {
        **strictest(GENERAL),
        "known": True,
        "publication": "none",
        "audience": "staff",
        "domain": "",
        "decides_about_person": False,
        "trains_model": False,
        "use_case": {**strictest()["use_case"], "stopped": False},
    }


def people_of(row: Any) -> set[UUID]:
    """The people that a row of the register names."""
    named = {UUID(item) for item in row.overseers}
    return named | {item for item in (row.reviewer_id, row.editor_id) if item is not None}


def as_input(row: Any, present: Container[UUID], today: date) -> dict[str, Any]:
    """A row of the register as it stands in the policy input.

    `present` are the named people who are still active: somebody who has left reviews nothing.
    """
    if row.state != ACTIVE:
        return strictest(row.code)
    return {
        "code": row.code,
        "known": True,
        "legal_basis": row.legal_basis in LEGAL_BASES,
        "art9_condition": row.art9_condition in ART9_CONDITIONS,
        "publication": row.publication,
        "audience": row.audience,
        "domain": row.domain,
        "decides_about_person": row.decides_about_person,
        "reviewer": row.reviewer_id in present,
        "editor": row.editor_id in present,
        "commercial": row.commercial,
        "trains_model": row.trains_model,
        "training_exception": row.training_exception,
        "human_statement": bool(row.human_statement),
        "safety_or_medical": row.safety_or_medical,
        "use_case": {
            "registered": bool(row.use_case_id),
            "stopped": False,
            "overseer": any(UUID(item) in present for item in row.overseers),
            "workers_informed": row.workers_informed_on is not None
            and row.workers_informed_on <= today,
            "assessment": bool(row.assessment_id),
        },
    }
