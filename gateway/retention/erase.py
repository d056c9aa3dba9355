"""Erasing a person (GDPR Art. 17): keys destroyed, name forgotten, evidence still standing.

The decision log keeps what it must under a pseudonym that nobody can be found
behind any more, until those entries expire. A legal hold keeps its part, and the
certificate says which.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gateway.audit.entries import administration
from gateway.core.identifiers import PrincipalId
from gateway.core.values import dataclass
from gateway.db import (
    approvals,
    erasing,
    expiry,
    principals,
    provider_jobs,
    stored_responses,
    tenants,
)
from gateway.retention import tombstones
from gateway.retention.holds import CONTENT, IDENTITY, settled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from uuid import UUID

    from gateway.audit.ledger import Ledger
    from gateway.core.clock import Clock
    from gateway.core.identifiers import TenantId
    from gateway.core.secrets import RootSecret
    from gateway.db.keeping import LegalHold
    from gateway.db.provider_jobs import ProviderJob
    from gateway.db.session import Database
    from gateway.db.stored_responses import StoredResponse
    from gateway.retention.holds import Holds

_MOST_JOBS = 10_000
"""Films of a day; a provider keeps them no longer."""

BACKUPS = (
    "A backup made before this erasure still holds the sealed content and its wrapped key. After "
    "restoring one, run `proviso erase --again` with this certificate before it serves anybody."
)


@dataclass(frozen=True, slots=True)
class Certificate:
    """What an erasure did, and what it could not."""

    pseudonym: str
    at: str
    erased: dict[str, int]
    """How many of each kind went."""

    refused: tuple[dict[str, str], ...]
    """The parts that holds keep: part, hold and matter."""

    provider_objects: tuple[dict[str, str], ...]
    """Films that providers still keep, the answers they kept and whether they have deleted them,
    and the person's calls as providers know them; what else they hold is theirs to delete."""

    entry: int
    """The position of the tombstone in the decision log; -1 when nothing was left to erase."""

    def as_dict(self, tenant: str) -> dict[str, Any]:
        """The certificate as JSON."""
        return {
            "tenant": tenant,
            "pseudonym": self.pseudonym,
            "at": self.at,
            "erased": self.erased,
            "refused": list(self.refused),
            "provider_objects": list(self.provider_objects),
            "entry": self.entry,
            "backups": BACKUPS,
        }


class Erasure:
    """Erases people."""

    def __init__(
        self,
        database: Database,
        ledger: Ledger,
        holds: Holds,
        secret: RootSecret,
        clock: Clock,
        gone: Callable[[StoredResponse], bool],
    ) -> None:
        """Erasure in `database`, as far as `holds` let it.

        `gone` has a provider delete an answer it keeps, and says whether it did.
        """
        self._database = database
        self._ledger = ledger
        self._holds = holds
        self._secret = secret
        self._clock = clock
        self._gone = gone

    def erase(self, tenant: TenantId, principal: UUID, by: str) -> Certificate:
        """Erase a person as far as no hold is in the way; doing it again changes nothing.

        Raises:
            AuditUnavailable: it could not be recorded; nothing was erased.
            StorageUnavailable: it stopped; doing it again goes on.
        """
        held = self._holds.held(tenant)
        refused = {part: held.over(part, principal) for part in (CONTENT, IDENTITY)}
        pseudonym = self._secret.pseudonym(tenant, PrincipalId(principal))
        counts: dict[str, dict[str, int]] = {CONTENT: {}, IDENTITY: {}}
        with self._database.tenant_session(tenant) as session:
            kept = stored_responses.of_principal(session, principal)
            if not refused[CONTENT]:
                counts[CONTENT] = erasing.count_content(session, principal)
            if not refused[IDENTITY]:
                counts[IDENTITY] = erasing.count_identity(session, principal)
                counts[IDENTITY]["reasons"] = approvals.count_reasons(session, pseudonym)
        at, entry, erased = self._clock.now(), -1, counts[CONTENT] | counts[IDENTITY]
        if any(erased.values()):
            stone = tombstones.person_erased(at, by, pseudonym, erased)
            entry = self._ledger.record_event(tenant, stone)
        # While what they are called there is still known here.
        answers = self._ended(tenant, kept)
        late, films, now_kept = self._take_out(tenant, principal, pseudonym, refused)
        known = {row.id for row in kept}
        answers += self._ended(tenant, [row for row in now_kept if row.id not in known])
        if late:
            # The tombstone said that these would go, and a hold came first.
            said = administration(at, by, "erasure.held", pseudonym, parts=" ".join(sorted(late)))
            self._ledger.record_event(tenant, said)
            refused |= late
            erased = {name: n for part in counts.keys() - late for name, n in counts[part].items()}
        return Certificate(
            pseudonym=pseudonym,
            at=at.isoformat(timespec="seconds"),
            erased={name: count for name, count in erased.items() if count},
            refused=tuple(_refusal(part, hold) for part in refused for hold in refused[part]),
            provider_objects=(
                *({"model": job.alias, "id": job.upstream_id, "object": "video"} for job in films),
                *answers,
                *self._provider_objects(tenant, pseudonym),
            ),
            entry=entry,
        )

    def _ended(self, tenant: TenantId, kept: list[StoredResponse]) -> list[dict[str, str]]:
        """Have providers delete what is not held now, asked anew for each: they take their time."""
        return [
            _answer(
                row,
                deleted=not self._holds.held(tenant).over(CONTENT, row.principal_id)
                and self._gone(row),
            )
            for row in kept
        ]

    def _take_out(
        self,
        tenant: TenantId,
        principal: UUID,
        pseudonym: str,
        refused: Mapping[str, list[LegalHold]],
    ) -> tuple[dict[str, list[LegalHold]], list[ProviderJob], list[StoredResponse]]:
        """Delete what is not refused; the parts that have been held since, and so were left.

        And what was known here, at the very end, of films and answers that providers keep.
        """
        with self._database.tenant_session(tenant, write=True) as session:
            held = settled(session, tenant)
            free = [part for part in refused if not refused[part]]
            late = {part: found for part in free if (found := held.over(part, principal))}
            if IDENTITY in free and IDENTITY not in late:
                erasing.erase_identity(session, principal)
                approvals.forget_reasons(session, pseudonym)
            # Whoever was noting one for them has done so; who comes now finds nobody.
            films = provider_jobs.of_principal(session, principal, _MOST_JOBS)
            kept = stored_responses.of_principal(session, principal)
            if CONTENT in free and CONTENT not in late:
                erasing.erase_content(session, principal)
                # Answers to them may be in the memory of any process.
                tenants.note_erasure(session, tenant)
        return late, films, kept

    def erase_ended(self, tenant: TenantId, principal: UUID) -> bool:
        """Erase somebody whose account ended long enough ago; whether nothing was refused."""
        return not self.erase(tenant, principal, tombstones.JOB).refused

    def again(self, tenant: TenantId, pseudonym: str, by: str) -> Certificate | None:
        """Erase whom a certificate names, in a database restored from an older backup.

        None when nobody stands behind the pseudonym here: there is nothing to do.

        Raises:
            AuditUnavailable, StorageUnavailable: as `erase`.
        """
        with self._database.tenant_session(tenant) as session:
            known = principals.every_id(session)
        for principal in known:
            if self._secret.pseudonym(tenant, PrincipalId(principal)) == pseudonym:
                return self.erase(tenant, principal, by)
        return None

    def _provider_objects(self, tenant: TenantId, pseudonym: str) -> tuple[dict[str, str], ...]:
        """The calls that reached a provider, by its own ids.

        Nothing else of ours is stored there: files and threads are not used. The
        ids are what a provider needs to find the rest, such as abuse-monitoring copies.
        """
        where: dict[str, str] = {}
        found = []
        with self._database.connection(tenant) as connection:
            for row in expiry.entries_of(connection, tenant, pseudonym):
                said = json.loads(row.canonical)
                if row.kind == "decision":
                    where[row.exchange_id] = str(said["destination"]["provider"])
                elif row.kind == "outcome" and said["provider"]["request_id"]:
                    found.append(
                        {
                            "provider": where.get(row.exchange_id, ""),
                            "request_id": str(said["provider"]["request_id"]),
                            "exchange": str(row.exchange_id),
                            "at": str(said["at"]),
                            "object": "call",
                        }
                    )
        return tuple(found)


def _answer(row: StoredResponse, *, deleted: bool) -> dict[str, str]:
    return {
        "provider": row.provider,
        "model": row.alias,
        "id": row.upstream_id,
        "object": "response",
        "deleted": "yes" if deleted else "no",
    }


def _refusal(part: str, hold: LegalHold) -> dict[str, str]:
    return {"part": part, "hold": str(hold.id), "matter": hold.matter}
