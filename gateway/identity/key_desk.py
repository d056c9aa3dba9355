"""Giving out and stopping gateway keys on record: at the shell, on the page and over the API.

A key is announced in the decision log before it exists, so there is no key that no entry names.
Stopping one is done first and recorded then: a log that is away must not keep a leaked key alive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.identifiers import uuid7
from gateway.core.values import dataclass
from gateway.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from gateway.core.identifiers import TenantId
    from gateway.core.secrets import RootSecret
    from gateway.identity.keys import KeyFacts, KeyRing, NewKey

CREATED, REVOKED = "key.created", "key.revoked"
LONGEST_LABEL = 100
LONGEST_ADDRESS = 254
"""Of an address that mail can be sent to (RFC 5321, 4.5.3.1.3, without the brackets)."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A key that somebody asks for: for a person, or for a workload."""

    email: str = ""
    workload: str = ""
    label: str = ""
    """What it is used for."""


class KeyDesk:
    """Where a tenant's keys are given out and stopped."""

    def __init__(self, keys: KeyRing, secret: RootSecret) -> None:
        """`secret` makes the pseudonyms that the log calls holders by."""
        self._keys = keys
        self._secret = secret

    def give(
        self, tenant: TenantId, wanted: Wanted, by: str, record: Callable[..., None]
    ) -> NewKey:
        """A new key; `by` is who makes it, as the log names them, and `record` writes there.

        Raises:
            InvalidRequest: it is for nobody, for two, or a name cannot be one.
            Conflict: the holder is no longer active.
            AuditUnavailable: it could not be recorded, and was not made.
        """
        email, workload, label = _checked(wanted)
        if email:
            holder = self._keys.holder_for_person(tenant, email)
        else:
            holder = self._keys.holder_for_workload(tenant, workload)
        key_id = uuid7()
        record(CREATED, str(key_id), holder=self._secret.pseudonym(tenant, holder))
        return self._keys.create(tenant, holder, key_id, label=label, created_by=by)

    def stop(self, tenant: TenantId, key_id: UUID, record: Callable[..., None]) -> KeyFacts:
        """Stop a key, with effect on its next request.

        Raises:
            NotFound: the tenant has no such key.
            AuditUnavailable: it is stopped, but that could not be recorded; do it again.
        """
        facts = self._keys.revoke(tenant, key_id)
        record(REVOKED, str(key_id))
        return facts


def _checked(wanted: Wanted) -> tuple[str, str, str]:
    email, workload, label = (
        item.strip() for item in (wanted.email, wanted.workload, wanted.label)
    )  # fmt: skip
    if bool(email) == bool(workload):
        raise InvalidRequest("A key is for one person or for one workload.", param="for")
    if len(email) > LONGEST_ADDRESS:
        raise InvalidRequest(f"An address has at most {LONGEST_ADDRESS} characters.", param="for")
    for name, text in (("workload", workload), ("label", label)):
        if len(text) > LONGEST_LABEL or not text.isprintable():
            raise InvalidRequest(f"It has at most {LONGEST_LABEL} characters.", param=name)
    return email, workload, label
