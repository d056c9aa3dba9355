"""P7: no content is kept unless the tenant opted in; kept content is sealed and destructible."""

from __future__ import annotations

import json
import sqlite3
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from gateway.core.clock import Deadline, SystemClock
from gateway.core.exchange import Exchange, Kind
from gateway.core.identifiers import TenantId, exchange_id
from gateway.errors import InvalidRequest, SealingUnavailable
from gateway.sealed.content import INPUT, OUTPUT, ContentStore
from gateway.sealed.envelope import new_key
from gateway.sealed.keys import Keys, rotate_tenant_key
from gateway.sealed.master import LocalMasterKey, NoMasterKey
from tests.factories import EMMA, an_installation
from tests.people import somebody

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gateway.core.principal import Principal
    from tests.factories import Installation
    from tests.simulators.upstream import Upstream

ANSWER = ["canary-0815"]
BODY = {"model": "echo", "messages": [{"role": "user", "content": "canary-4711 asks"}]}
OLD, NEW = new_key().hex(), new_key().hex()
OTHER = "otto@acme.example"


def an_exchange(principal: Principal, body: dict[str, Any] = BODY) -> Exchange:
    """A permitted exchange of somebody."""
    clock = SystemClock()
    return Exchange(
        exchange_id(), principal, Kind.CHAT, "echo", body, stream=False,
        received_at=clock.now(), deadline=Deadline(clock, 5), size=10,
    )  # fmt: skip


def as_it_is(_tenant: TenantId, body: dict[str, Any]) -> dict[str, Any]:
    """Nothing is taken out."""
    return body


def nothing() -> None:
    """Nothing to record."""


@pytest.fixture
def company(tmp_path: Path, upstream: Upstream) -> Iterator[Installation]:
    """A gateway with a master key."""
    made = an_installation(tmp_path, upstream.base_url, sealing={"master_keys": [OLD]})
    yield made
    made.close()


@pytest.fixture
def store(company: Installation) -> ContentStore:
    """Content that is on."""
    found = company.gateway.rights.content
    turn_on(company, found)
    return found


def turn_on(company: Installation, store: ContentStore, **changes: Any) -> None:
    """Turn content on."""
    asked = {"on": True, "dpia": "DPIA-7", "days": 30, "by": "operator:x", "note": nothing}
    store.turn(TenantId(company.tenant.id), **{**asked, **changes})


def rows(company: Installation, table: str) -> int:
    """How many rows a table has."""
    with company.gateway.database.connection(TenantId(company.tenant.id)) as connection:
        return int(connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


class TestOff:
    def test_by_default_nothing_is_kept(self, company: Installation) -> None:
        """
        The call is there and does nothing.
        """
        store, exchange = company.gateway.rights.content, an_exchange(somebody(company, EMMA))
        store.keep_request(exchange)

        assert rows(company, "sealed_content") == 0
        assert rows(company, "person_key") == 0

    @pytest.mark.parametrize("wrong", [{"dpia": "  "}, {"days": 31}, {"days": 0}])
    def test_it_takes_an_assessment_and_an_end(
        self, company: Installation, wrong: dict[str, Any]
    ) -> None:
        """
        Without a DPIA, or for longer than 30 days, it stays off; by the database too.
        """
        with pytest.raises(InvalidRequest):
            turn_on(company, company.gateway.rights.content, **wrong)

        assert rows(company, "content_setting") == 0
        where = company.gateway.settings.database.removeprefix("sqlite:///")
        with sqlite3.connect(where) as raw, pytest.raises(sqlite3.IntegrityError, match="CHECK"):
            raw.execute(
                "INSERT INTO content_setting VALUES (?, 1, '', 31, 'x', '2026-01-01')",
                [company.tenant.id.hex],
            )

    def test_without_a_master_key_it_cannot_be_turned_on(self, acme: Installation) -> None:
        """
        Nothing is switched on that could not be done.
        """
        with pytest.raises(SealingUnavailable):
            turn_on(acme, acme.gateway.rights.content)

        assert rows(acme, "content_setting") == 0


class TestOn:
    def test_what_is_kept_is_sealed_and_opens(
        self, company: Installation, store: ContentStore
    ) -> None:
        """
        The words stand in no byte of the database, and come back whole.
        """
        exchange = an_exchange(somebody(company, EMMA))
        store.keep_request(exchange)
        store.keep_answer(exchange, ANSWER)
        tenant = exchange.principal.tenant.id
        folder = company.gateway.settings.secret_file.parent

        assert store.read(tenant, exchange.id, INPUT) == BODY
        assert "canary-0815" in str(store.read(tenant, exchange.id, OUTPUT))
        assert [piece.field for piece in store.of(tenant, exchange.principal.id)] == [
            INPUT, OUTPUT,
        ]  # fmt: skip
        for file in folder.glob("test.db*"):
            assert b"canary-" not in file.read_bytes()

    def test_secrets_are_kept_nowhere(self, company: Installation, store: ContentStore) -> None:
        """
        A credential in a prompt is taken out before sealing, whatever the policy said.
        """
        said = {"messages": [{"role": "user", "content": "key AKIAIOSFODNN7EXAMPLE here"}]}
        exchange = an_exchange(somebody(company, EMMA), said)
        store.keep_request(exchange)
        kept = store.read(exchange.principal.tenant.id, exchange.id, INPUT)

        assert kept == {"messages": [{"role": "user", "content": "key [SECRET] here"}]}

    @pytest.mark.parametrize(
        ("said", "kept"),
        [
            (
                "My colleague Anna Weber is on sick leave with depression.",
                {"not_kept": ["health"]},
            ),
            (
                [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}],
                "[ATTACHMENT]",
            ),
        ],
    )
    def test_neither_are_special_categories_nor_attachments(
        self, company: Installation, store: ContentStore, said: Any, kept: Any
    ) -> None:
        """
        Of a text on somebody's health only that is kept; bytes that nobody read, not at all.
        """
        body = {"messages": [{"role": "user", "content": said}]}
        exchange = an_exchange(somebody(company, EMMA), body)
        store.keep_request(exchange)
        found = store.read(exchange.principal.tenant.id, exchange.id, INPUT)

        if isinstance(kept, str):
            assert kept in str(found)
            assert "AAAA" not in str(found)
        else:
            assert found == kept

    def test_a_withheld_exchange_is_discarded(
        self, company: Installation, store: ContentStore
    ) -> None:
        """
        Content of what was denied in the end does not stay.
        """
        exchange = an_exchange(somebody(company, EMMA))
        store.keep_request(exchange)
        store.discard(exchange)

        assert rows(company, "sealed_content") == 0

    def test_each_person_has_a_key_of_their_own(
        self, company: Installation, store: ContentStore
    ) -> None:
        """
        Destroying one person's key closes theirs and nobody else's.
        """
        emma, otto = somebody(company, EMMA), somebody(company, OTHER)
        mine, his = an_exchange(emma), an_exchange(otto)
        store.keep_request(mine)
        store.keep_request(his)
        with company.gateway.database.tenant_session(emma.tenant.id, write=True) as session:
            session.execute(
                text("DELETE FROM person_key WHERE principal_id = :id"), {"id": emma.id.hex}
            )

        assert store.read(emma.tenant.id, mine.id, INPUT) is None
        assert store.read(emma.tenant.id, his.id, INPUT) == BODY

    def test_a_moved_ciphertext_does_not_open(
        self, company: Installation, store: ContentStore
    ) -> None:
        """
        Swapping two people's rows, or two fields, with full access to the database.
        """
        exchange = an_exchange(somebody(company, EMMA))
        store.keep_request(exchange)
        store.keep_answer(exchange, ANSWER)
        tenant = exchange.principal.tenant.id
        with company.gateway.database.tenant_session(tenant, write=True) as session:
            swap = "UPDATE sealed_content SET field = CASE field WHEN 'input' THEN 'o' ELSE 'i' END"
            session.execute(text(swap))
            session.execute(text("UPDATE sealed_content SET field = 'output' WHERE field = 'o'"))

        with pytest.raises(SealingUnavailable):
            store.read(tenant, exchange.id, OUTPUT)

    def test_nothing_is_kept_for_somebody_who_is_gone(
        self, company: Installation, store: ContentStore
    ) -> None:
        """
        A request that was on its way when its sender was erased leaves nothing behind.
        """
        exchange = an_exchange(somebody(company, EMMA))
        with company.gateway.database.tenant_session(
            exchange.principal.tenant.id, write=True
        ) as session:
            session.execute(text("DELETE FROM principal"))
        store.keep_request(exchange)

        assert rows(company, "person_key") == 0

    def test_turning_it_off_stops_it(self, company: Installation, store: ContentStore) -> None:
        """
        Off is off with the next request here, and after five seconds elsewhere.
        """
        turn_on(company, store, on=False)
        store.keep_request(an_exchange(somebody(company, EMMA)))

        assert rows(company, "sealed_content") == 0

    def test_a_key_out_of_reach_is_an_error(
        self, company: Installation, store: ContentStore
    ) -> None:
        """
        The tenant wants it kept, and it cannot be: that is told, not passed over.
        """
        gateway = company.gateway
        away = ContentStore(
            gateway.database, Keys(NoMasterKey(), gateway.clock), gateway.clock, as_it_is
        )
        with pytest.raises(SealingUnavailable):
            away.keep_request(an_exchange(somebody(company, EMMA)))


class TestRotation:
    def test_a_tenant_key_is_turned_over_with_progress(
        self, company: Installation, store: ContentStore
    ) -> None:
        """
        Everything opens before, between and after; the old key wraps nobody's any more.
        """
        people = [somebody(company, f"p{at}@acme.example") for at in range(3)]
        kept = [an_exchange(person) for person in people]
        for exchange in kept:
            store.keep_request(exchange)
        tenant, gateway = kept[0].principal.tenant.id, company.gateway
        seen = []
        for step in rotate_tenant_key(gateway.database, gateway.rights.keys, tenant):
            seen.append(step)
            assert all(store.read(tenant, item.id, INPUT) == BODY for item in kept)

        assert seen == [(0, 3), (3, 3)]
        with gateway.database.connection(tenant) as connection:
            versions = connection.scalars(text("SELECT tenant_key FROM person_key")).all()
        assert versions == [2, 2, 2]

    def test_the_master_key_is_turned_over(
        self, company: Installation, store: ContentStore
    ) -> None:
        """
        After wrapping anew the old master key is needed no more.
        """
        exchange = an_exchange(somebody(company, EMMA))
        store.keep_request(exchange)
        tenant, gateway = exchange.principal.tenant.id, company.gateway
        both = Keys(LocalMasterKey([NEW, OLD]), gateway.clock)
        with gateway.database.tenant_session(tenant, write=True) as session:
            assert both.rewrap_tenant_keys(session, tenant) == 1
        newest = Keys(LocalMasterKey([NEW]), gateway.clock)
        after = ContentStore(gateway.database, newest, gateway.clock, as_it_is)

        assert after.read(tenant, exchange.id, INPUT) == BODY

    def test_it_expires(self, company: Installation, store: ContentStore) -> None:
        """
        Each piece knows its last day when it is kept.
        """
        exchange = an_exchange(somebody(company, EMMA))
        store.keep_request(exchange)
        (piece,) = store.of(exchange.principal.tenant.id, exchange.principal.id)

        assert piece.expires_at - piece.kept_at == timedelta(days=30)


class TestThroughTheGateway:
    def test_requests_and_answers_are_kept_plain_and_streamed(self, company: Installation) -> None:
        """
        What was asked and what was released, restored, under the person's own key.
        """
        turn_on(company, company.gateway.rights.content)
        key, emma = company.key_for(EMMA), somebody(company, EMMA)
        company.chat(key, "Write to jane@customer.example")
        streamed = company.chat(key, "Write to bob@customer.example", stream=True)
        streamed.get_data()
        kept = company.gateway.rights.content.of(emma.tenant.id, emma.id)

        said = [json.dumps(item.value) for item in kept]
        assert sorted(item.field for item in kept) == ["input", "input", "output", "output"]
        assert sum("jane@customer.example" in text for text in said) == 2
        assert sum("bob@customer.example" in text for text in said) == 2

    def test_nothing_is_kept_of_what_was_refused_or_withheld(self, company: Installation) -> None:
        """
        Content of a denied request is never kept, and of a withheld answer neither.
        """
        turn_on(company, company.gateway.rights.content)
        key, emma = company.key_for(EMMA), somebody(company, EMMA)
        refused = company.chat(key, "Why does AKIAIOSFODNN7EXAMPLE not work?")
        withheld = company.chat(key, "Hello", model="secretive")

        assert (refused.status_code, withheld.status_code) == (403, 403)
        assert company.gateway.rights.content.of(emma.tenant.id, emma.id) == []
