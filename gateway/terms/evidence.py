"""What a tenant puts on record beside reviews: corrections, contracts, overrides, copies.

A correction is one person's, and may only fill a gap or make a fact stricter. What
makes a fact looser is an override: it needs a document, an end, and two people.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from typing import TYPE_CHECKING, Any, Self

from gateway.core.identifiers import uuid7
from gateway.core.principal import PrincipalKind, Role
from gateway.core.values import dataclass
from gateway.db.terms_copies import TermsCopy
from gateway.db.terms_overrides import APPROVED, WITHDRAWN, TermsOverride, TermsOverrideDecision
from gateway.db.terms_statements import TermsStatement
from gateway.errors import ConfigurationError, Conflict, Forbidden, InvalidRequest, NotFound
from gateway.terms import forms
from gateway.terms.beliefs import CONTRACT, SETTING, correction
from gateway.terms.join import join, loosens
from gateway.terms.registry import lifetime
from gateway.terms.statements import USED

if TYPE_CHECKING:
    from uuid import UUID

    from gateway.core.principal import Principal, Tenant
    from gateway.db.session import Database
    from gateway.terms.beliefs import Override
    from gateway.terms.registry import ReviewState, TermsRegistry

OFFICERS = frozenset({Role.PRIVACY_OFFICER, Role.TENANT_ADMIN})
"""Who may put something on record, and stand behind an override."""

CONTRACT_DAYS = 365
LONGEST_DAYS = 1_096
_DIGEST = re.compile(r"[0-9a-f]{64}")
_LONGEST_TEXT = 500


@dataclass(frozen=True, slots=True)
class Signatory:
    """A person who puts something on record."""

    principal_id: UUID
    pseudonym: str
    roles: frozenset[Role]

    @classmethod
    def signed_in(cls, principal: Principal) -> Self:
        """The person behind a request.

        Raises:
            Forbidden: it is a workload: a program answers for nothing.
        """
        if principal.kind is not PrincipalKind.PERSON:
            raise Forbidden("Only a person can answer for this, not a program.")
        return cls(principal.id, principal.pseudonym, principal.roles)


@dataclass(frozen=True, slots=True)
class Document:
    """What a statement rests on: the file's name and SHA-256, never the file."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """An override as somebody proposes it."""

    tier: str
    facts: dict[str, Any]
    document: Document
    signed_on: date
    expires_at: datetime
    models: tuple[str, ...] = ("*",)
    features_excluded: tuple[str, ...] = ()
    setting: str = ""
    """The name of the provider's setting, when the evidence is of an opt-out; with `set_by`."""

    set_by: str = ""


class Evidence:
    """Adds to one installation's records; nothing is ever changed or taken away."""

    def __init__(self, registry: TermsRegistry, database: Database) -> None:
        """Records go to `database`, and `registry` reads them again."""
        self._registry = registry
        self._database = database

    def state(
        self,
        tenant: Tenant,
        tier: str,
        name: str,
        value: Any,
        document: Document,
        by: Signatory,
        at: datetime,
        expires_at: datetime | None = None,
    ) -> ReviewState:
        """Record that `by` read something else, or something more, about a tier in `document`.

        Raises:
            Forbidden: `by` is neither privacy officer nor tenant administrator.
            NotFound: there is no such tier.
            InvalidRequest: no rule knows such a fact or value.
            Conflict: it would loosen what is stated; that needs an override.
        """
        _require_officer(by)
        if tier not in self._registry.base.tiers or tier in self._registry.base.overlays:
            raise NotFound(f"There is no tier {tier}.")
        _check(name, value)
        base = self._registry.base.tiers[tier].at(at).get(name, ())
        stated = [item.reading for item in base if item.established]
        said = correction(tier, name, value, document.name, base)
        if stated and loosens(name, reduce(lambda a, b: join(name, a, b), stated), said.reading):
            raise Conflict(
                f"{name} would be looser than what is stated. Propose an override with evidence."
            )
        ends = expires_at or at + lifetime(tier, said)
        self._check_end(at, ends)
        self._registry.editions.keep()
        row = TermsStatement(
            tenant_id=tenant.id, id=uuid7(), tier=tier, fact=name, value=value,
            source=_text(document.name), document_sha256=document.sha256,
            value_digest=said.digest, said_by=by.pseudonym, said_at=at, expires_at=ends,
        )  # fmt: skip
        self._add(tenant, row)
        return self._registry.record(tenant).standing(said, tier, "statement", at)

    def contract(
        self,
        tenant: Tenant,
        tier: str,
        document: Document,
        by: Signatory,
        at: datetime,
        *,
        expires_at: datetime | None = None,
        ended: bool = False,
    ) -> ReviewState:
        """Record that a data processing agreement with the provider is on file, or has ended.

        Raises:
            Forbidden, NotFound: as `state`.
            InvalidRequest: the document has no digest.
        """
        _check_document(document)
        ends = expires_at or at + timedelta(days=CONTRACT_DAYS)
        return self.state(tenant, tier, "dpa_on_file", not ended, document, by, at, ends)

    def propose(self, tenant: Tenant, asked: Proposal, by: Signatory, at: datetime) -> Override:
        """Record an override that `by` stands behind; a second person makes it count.

        Raises:
            Forbidden: `by` is neither privacy officer nor tenant administrator.
            NotFound: there is no such tier.
            InvalidRequest: a fact, the evidence or the end is not right.
        """
        _require_officer(by)
        if asked.tier not in self._registry.base.tiers:
            raise NotFound(f"There is no tier {asked.tier}.")
        if asked.tier in self._registry.base.overlays:
            raise InvalidRequest("An overlay beats contracts; override the tier instead.")
        odd = sorted(set(asked.features_excluded) - self._registry.base.features)
        if odd:
            raise InvalidRequest(f"No feature is called {', '.join(odd)}.")
        _check_evidence(asked, at)
        self._check_end(at, asked.expires_at)
        self._registry.editions.keep()
        row = TermsOverride(
            tenant_id=tenant.id, id=uuid7(), tier=asked.tier,
            kind=SETTING if asked.setting else CONTRACT, facts=dict(asked.facts),
            models=[item.lower() for item in asked.models],
            features_excluded=sorted(asked.features_excluded), document=_text(asked.document.name),
            document_sha256=asked.document.sha256, signed_on=asked.signed_on,
            setting=_text(asked.setting), set_by=_text(asked.set_by), proposed_by=by.pseudonym,
            proposer_id=by.principal_id, proposed_at=at, expires_at=asked.expires_at,
        )  # fmt: skip
        self._add(tenant, row)
        return self.override(tenant, row.id)

    def approve(self, tenant: Tenant, override: UUID, by: Signatory, at: datetime) -> Override:
        """Record that a second person stands behind an override.

        Raises:
            Forbidden: `by` has no right to, or is the one who proposed it.
            NotFound: there is none of that id.
            Conflict: it is approved already, has expired, or was withdrawn.
        """
        _require_officer(by)
        found = self.override(tenant, override)
        if by.principal_id == found.row.proposer_id:
            raise Forbidden("An override needs two people: who proposed it cannot approve it.")
        if found.state(at) != "proposed":
            raise Conflict(f"The override is {found.state(at)}.")
        return self._decide(tenant, found, APPROVED, by, at)

    def withdraw(self, tenant: Tenant, override: UUID, by: Signatory, at: datetime) -> Override:
        """Record that an override counts no more; one person is enough to be stricter.

        Raises:
            Forbidden, NotFound: as `approve`.
            Conflict: it has ended already.
        """
        _require_officer(by)
        found = self.override(tenant, override)
        if at >= found.ends():
            raise Conflict(f"The override is {found.state(at)}.")
        return self._decide(tenant, found, WITHDRAWN, by, at)

    def override(self, tenant: Tenant, override: UUID) -> Override:
        """The override of that id.

        Raises:
            NotFound: there is none.
        """
        for item in self._registry.record(tenant).overrides:
            if item.row.id == override:
                return item
        raise NotFound(f"There is no override {override}.")

    def copy(
        self, tenant: Tenant, source: str, document: Document, by: Signatory, at: datetime
    ) -> list[tuple[str, str]]:
        """Record the digest of a copy of a source; the facts that are unknown now because of it.

        Raises:
            Forbidden: `by` is neither privacy officer nor tenant administrator.
            NotFound: no fact names such a source.
            InvalidRequest: the copy has no digest.
        """
        _require_officer(by)
        if source not in self._registry.base.sources:
            raise NotFound(f"There is no source {source}.")
        _check_document(document)
        row = TermsCopy(
            tenant_id=tenant.id, source=source, recorded_at=at, sha256=document.sha256,
            name=_text(document.name), recorded_by=by.pseudonym,
        )  # fmt: skip
        self._add(tenant, row)
        return [
            (tier, item.fact.name)
            for tier in self._registry.base.tiers
            for item in self._registry.states(tenant, tier, at)
            if item.state == "source_changed" and source in item.fact.sources
        ]

    def _decide(
        self, tenant: Tenant, found: Override, decision: str, by: Signatory, at: datetime
    ) -> Override:
        row = TermsOverrideDecision(
            tenant_id=tenant.id, override_id=found.row.id, decision=decision,
            principal_id=by.principal_id, decided_by=by.pseudonym, decided_at=at,
        )  # fmt: skip
        self._add(tenant, row)
        return self.override(tenant, found.row.id)

    def _add(
        self,
        tenant: Tenant,
        row: TermsStatement | TermsOverride | TermsOverrideDecision | TermsCopy,
    ) -> None:
        with self._database.tenant_session(tenant.id, write=True) as session:
            session.add(row)
        self._registry.forget(tenant.id)

    @staticmethod
    def _check_end(at: datetime, ends: datetime) -> None:
        if not at < ends <= at + timedelta(days=LONGEST_DAYS):
            raise InvalidRequest(f"It must end, at the latest {LONGEST_DAYS} days from now.")


def _require_officer(by: Signatory) -> None:
    if not by.roles & OFFICERS:
        raise Forbidden("This needs a privacy officer or a tenant administrator.")


def _check(name: str, value: Any) -> None:
    if name not in USED:
        raise InvalidRequest(f"No rule tests {name}. Known: {', '.join(sorted(USED))}.")
    try:
        forms.value(name, name, value)
    except ConfigurationError as error:
        raise InvalidRequest(error.detail) from error
    words = value.get("text") if isinstance(value, dict) else value
    if isinstance(value, dict) and (value.keys() != {"days", "text"} or type(words) is not str):
        raise InvalidRequest(f"{name} has days and a text.")
    for text in words if isinstance(words, list) else [words]:
        _text(str(text))


def _check_evidence(asked: Proposal, at: datetime) -> None:
    if not asked.facts:
        raise InvalidRequest("An override must say what it overrides.")
    for name, value in asked.facts.items():
        _check(name, value)
    _check_document(asked.document)
    if datetime.combine(asked.signed_on, datetime.min.time(), UTC) > at:
        raise InvalidRequest("The evidence is dated in the future.")
    if bool(asked.setting) != bool(asked.set_by):
        raise InvalidRequest("Evidence of a setting names the setting and who switched it.")
    if asked.setting and asked.facts != {"trains_on_input": "no"}:
        raise InvalidRequest("A setting is evidence for one thing: that an opt-out was used.")


def _check_document(document: Document) -> None:
    if not document.name or not _DIGEST.fullmatch(document.sha256):
        raise InvalidRequest("Evidence needs a document and its SHA-256.")


def _text(text: str) -> str:
    if len(text) > _LONGEST_TEXT:
        raise InvalidRequest(f"A text may have {_LONGEST_TEXT} characters.")
    return text
