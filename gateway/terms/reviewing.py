"""A person confirms statements about a tier, on record: at the shell, on the page, over the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.principal import Role
from gateway.errors import Conflict, Forbidden, InvalidRequest, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from gateway.core.principal import Tenant
    from gateway.terms.effective import ReviewState
    from gateway.terms.evidence import Signatory
    from gateway.terms.registry import TermsRegistry

REVIEWED = "terms.reviewed"


def confirm(
    registry: TermsRegistry,
    tenant: Tenant,
    tier: str,
    digests: Collection[str],
    by: Signatory,
    at: datetime,
    record: Callable[..., None],
) -> list[ReviewState]:
    """Keep that `by` confirms the statements with these digests.

    A digest is of what the statement says, so nobody confirms what has changed since they read it.

    Raises:
        Forbidden: `by` is no privacy officer.
        NotFound: there is no such tier.
        InvalidRequest: no statement is named.
        Conflict: one of them is not stated of the tier now, or says nothing.
        AuditUnavailable: it could not be recorded, and was not kept.
    """
    if Role.PRIVACY_OFFICER not in by.roles:
        raise Forbidden("Terms are confirmed by a privacy officer.")
    if tier not in registry.base.tiers:
        raise NotFound(f"There is no tier {tier}.")
    wanted = frozenset(digests)
    if not wanted:
        raise InvalidRequest("Name the statements that are confirmed.", param="digests")
    stated = [item for item in registry.states(tenant, tier, at) if item.fact.established]
    chosen = [item for item in stated if item.fact.digest in wanted]
    if wanted != {item.fact.digest for item in chosen}:
        raise Conflict("What is stated has changed since it was read. Read it again.")
    some = len(chosen) < len(stated)
    names = {"names": ",".join(sorted({item.fact.name for item in chosen}))} if some else {}
    # The log first: what rules rely on must be provable.
    record(REVIEWED, tier, reviewer=by.pseudonym, facts=len(chosen), **names)
    return registry.review(tenant, tier, by.pseudonym, at, digests=wanted)
