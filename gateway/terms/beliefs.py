"""What one tenant has put on record about providers' terms, as it was known at some moment.

Reviews, statements, overrides and copies of sources are rows that are only ever
added, each with the moment it was recorded. What was believed on a day is
therefore what stands in the rows up to that day, and nothing else.
"""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING, Any

from gateway.core.values import dataclass
from gateway.db import (
    terms_copies,
    terms_mark,
    terms_overrides,
    terms_reviews,
    terms_statements,
)
from gateway.terms.effective import ReviewState
from gateway.terms.statements import fact, matches, midnight

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from gateway.db.terms_copies import TermsCopy
    from gateway.db.terms_overrides import TermsOverride, TermsOverrideDecision
    from gateway.db.terms_reviews import TermsReview
    from gateway.db.terms_statements import TermsStatement
    from gateway.terms.statements import Fact

APPROVERS = 2
"""People who must stand behind an override: whoever proposed it, and one more."""

CONTRACT, SETTING = "contract", "setting"


@dataclass(frozen=True, slots=True)
class Override:
    """A tenant's own agreement with a provider, and who stands behind it."""

    row: TermsOverride
    decisions: tuple[TermsOverrideDecision, ...]

    @property
    def approvers(self) -> dict[UUID, str]:
        """Everybody who signed it, by principal: a person counts once."""
        signed = {self.row.proposer_id: self.row.proposed_by}
        for item in self.decisions:
            if item.decision == terms_overrides.APPROVED:
                signed.setdefault(item.principal_id, item.decided_by)
        return signed

    def begins(self) -> datetime:
        """The day of the signature; a proposal cannot hold before what it rests on."""
        return midnight(self.row.signed_on)

    def ends(self) -> datetime:
        """Its expiry, or the moment it was withdrawn."""
        withdrawn = [
            item.decided_at for item in self.decisions if item.decision == terms_overrides.WITHDRAWN
        ]
        return min([self.row.expires_at, *withdrawn])

    def state(self, at: datetime) -> str:
        """``proposed``, ``in force``, ``not yet``, ``expired`` or ``withdrawn``."""
        if at >= self.ends():
            return "withdrawn" if self.ends() < self.row.expires_at else "expired"
        if len(self.approvers) < APPROVERS:
            return "proposed"
        return "in force" if self.begins() <= at else "not yet"

    def covers(self, upstream: str, features: Iterable[str]) -> bool:
        """Whether the agreement speaks of this model, and of every feature that is used."""
        return matches(upstream.lower(), self.row.models) and set(
            self.row.features_excluded
        ).isdisjoint(features)

    def fact(self, name: str) -> Fact:
        """What it says of a fact."""
        row = self.row
        return fact(row.tier, name, row.facts[name], "high", (row.document,))

    def standing(self, name: str) -> ReviewState:
        """What it says, with the people behind it as reviewers."""
        return ReviewState(
            self.fact(name),
            "current",
            ", ".join(sorted(self.approvers.values())),
            max([self.row.proposed_at, *(item.decided_at for item in self.decisions)]),
            self.row.expires_at,
            f"override {self.row.id}",
            (self.row.document_sha256,),
        )


@dataclass(frozen=True)
class Beliefs:
    """The rows of one tenant."""

    reviews: tuple[TermsReview, ...] = ()
    statements: tuple[TermsStatement, ...] = ()
    overrides: tuple[Override, ...] = ()
    copies: tuple[TermsCopy, ...] = ()
    latest: dict[tuple[str, str], TermsReview] = field(default_factory=dict)
    stated: dict[tuple[str, str], TermsStatement] = field(default_factory=dict)

    def at(self, known_at: datetime) -> Beliefs:
        """What was on record at that moment."""
        overrides = tuple(
            replace(
                item,
                decisions=tuple(it for it in item.decisions if it.decided_at <= known_at),
            )
            for item in self.overrides
            if item.row.proposed_at <= known_at
        )
        return _indexed(
            [item for item in self.reviews if item.reviewed_at <= known_at],
            [item for item in self.statements if item.said_at <= known_at],
            overrides,
            [item for item in self.copies if item.recorded_at <= known_at],
        )

    def moments(self) -> list[datetime]:
        """When something begins or ends to count by the clock alone."""
        return [
            *(item.expires_at for item in self.reviews),
            *(item.expires_at for item in self.statements),
            *(item.begins() for item in self.overrides),
            *(item.ends() for item in self.overrides),
        ]

    def in_force(self, tier: str, kind: str, at: datetime) -> list[Override]:
        """Overrides of a tier that hold at that moment, the newest first."""
        return [
            item
            for item in reversed(self.overrides)
            if (item.row.tier, item.row.kind) == (tier, kind) and item.state(at) == "in force"
        ]

    def standing(self, item: Fact, under: str, origin: str, at: datetime) -> ReviewState:
        """How a statement stands; `under` is the tier or overlay it is confirmed for."""
        review = self.latest.get((under, review_key(item)))
        stated = self.stated.get((under, item.name)) if origin == "statement" else None
        by, when, digest, expires = "", None, "", None
        if review is not None:
            by, when, digest = review.reviewed_by, review.reviewed_at, review.value_digest
            expires = review.expires_at
        if stated is not None and (when is None or stated.said_at >= when):
            by, when, digest = stated.said_by, stated.said_at, stated.value_digest
            expires = stated.expires_at
        if when is None or expires is None:
            return ReviewState(item, "unreviewed", origin=origin)
        if digest != item.digest:
            return ReviewState(item, "changed", origin=origin)
        then = [self._copy(source, when) for source in item.sources]
        copies = tuple(copy for copy in then if copy)
        if stated is not None and stated.document_sha256:
            copies = (*copies, stated.document_sha256)
        state = "current" if at < expires else "expired"
        if any(old and old != self._copy(it) for it, old in zip(item.sources, then, strict=True)):
            state = "source_changed"
        return ReviewState(item, state, by, when, expires, origin, copies)

    def correction(self, tier: str, name: str, base: tuple[Fact, ...]) -> Fact | None:
        """The tenant's own statement of a fact, if there is one."""
        row = self.stated.get((tier, name))
        return None if row is None else correction(tier, name, row.value, row.source, base)

    def _copy(self, source: str, at: datetime | None = None) -> str:
        """SHA-256 of the copy that was current at that moment (None: the newest), or nothing."""
        found = ""
        for item in self.copies:
            if item.source == source and (at is None or item.recorded_at <= at):
                found = item.sha256
        return found


def review_key(item: Fact) -> str:
    """The name a statement is reviewed under; a rule that begins later is reviewed for itself."""
    return f"{item.name}@{item.effective_from}" if item.effective_from else item.name


def correction(tier: str, name: str, value: Any, source: str, base: tuple[Fact, ...]) -> Fact:
    """A tenant's statement as a fact; it stands only while what it corrects says the same."""
    about = "+".join(item.digest for item in base) or "nothing"
    return fact(tier, name, value, "high", (source,), about=about)


def read(session: Session) -> Beliefs:
    """Everything the session's tenant has on record."""
    decided: dict[UUID, list[TermsOverrideDecision]] = {}
    for item in terms_overrides.decisions(session):
        decided.setdefault(item.override_id, []).append(item)
    return _indexed(
        terms_reviews.every(session),
        terms_statements.every(session),
        [Override(row, tuple(decided.get(row.id, ()))) for row in terms_overrides.every(session)],
        terms_copies.every(session),
    )


mark = terms_mark.mark


def _indexed(
    reviews: Iterable[TermsReview],
    statements: Iterable[TermsStatement],
    overrides: Iterable[Override],
    copies: Iterable[TermsCopy],
) -> Beliefs:
    reviews, statements = tuple(reviews), tuple(statements)
    return Beliefs(
        reviews,
        statements,
        tuple(overrides),
        tuple(copies),
        {(item.tier, item.fact): item for item in reviews},
        {(item.tier, item.fact): item for item in statements},
    )
