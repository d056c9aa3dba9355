"""Who is erased at the moment when something is made for them is left with nothing."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from gateway.core.catalogue import Catalogue
from gateway.core.identifiers import PrincipalId, uuid7
from gateway.core.principal import CredentialKind, Principal, PrincipalKind, Tenant
from gateway.db import erasing
from gateway.errors import GatewayError
from gateway.identity.keys import KeyRing
from gateway.identity.sessions import Sessions
from gateway.pep.jobs import Jobs
from gateway.pep.kept_calls import KeptCalls
from tests.contract.storage.expiring import SECRET
from tests.contract.storage.test_tenants_apart import a_person
from tests.integration.test_sealed import an_exchange

if TYPE_CHECKING:
    from gateway.db.principals import PrincipalRecord
    from tests.contract.storage.expiring import World


def a_key(world: World, person: PrincipalRecord) -> None:
    """Give them a key."""
    ring = KeyRing(world.database, SECRET, world.clock)
    ring.create(world.tenant, PrincipalId(person.id), uuid7(), label="", created_by="x")


def a_session(world: World, person: PrincipalRecord) -> None:
    """Sign them in."""
    Sessions(world.database, SECRET, world.clock).open(person)


def a_film(world: World, person: PrincipalRecord) -> None:
    """Note a film that a provider has begun for them."""
    holder = Principal(
        tenant=Tenant(world.tenant, "acme", "Acme"), id=PrincipalId(person.id),
        kind=PrincipalKind.PERSON, roles=frozenset(), credential=CredentialKind.SESSION,
        credential_id="x", pseudonym="p_x",
    )  # fmt: skip
    unknown: Any = None  # a catalogue without models asks no provider
    calls = KeptCalls(Catalogue({}), unknown, world.clock, 1.0)
    Jobs(world.database, calls, world.clock).begun(an_exchange(holder), "echo", {"id": "video_1"})


MADE = [(a_key, "gateway_key"), (a_session, "web_session"), (a_film, "provider_job")]


@pytest.mark.parametrize(("make", "table"), MADE)
def test_nothing_is_made_for_who_is_being_erased(world: World, make: Any, table: str) -> None:
    """
    It waits for the erasure and is refused: no row of somebody who is not there stays behind.
    """
    person = a_person(world.tenant, "emma@acme.example", world.clock)
    with world.database.tenant_session(world.tenant, write=True) as session:
        session.add(person)
    refused: list[GatewayError] = []

    def making() -> None:
        try:
            make(world, person)
        except GatewayError as error:
            refused.append(error)

    with world.database.tenant_session(world.tenant, write=True) as session:
        erasing.erase_identity(session, person.id)
        other = threading.Thread(target=making)
        other.start()
        other.join(0.3)
    other.join(10)

    assert world.count(table) == 0
    assert len(refused) == 1
