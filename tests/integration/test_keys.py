"""Keys on the page, over the API and at the shell: one way to give them out, always on record."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from gateway.core.principal import Role
from gateway.errors import AuditUnavailable
from gateway.identity.key_desk import LONGEST_LABEL, Wanted
from tests.factories import EMMA
from tests.people import browser, somebody, token, with_a_token

if TYPE_CHECKING:
    from typing import Any

    from flask.testing import FlaskClient

    from tests.factories import Installation

ANNA = "anna@acme.example"
DAVE = "dave@acme.example"


def an_admin(company: Installation) -> FlaskClient:
    """The browser of a tenant administrator."""
    return browser(company, ANNA, Role.TENANT_ADMIN)


def give(client: FlaskClient, **fields: str) -> Any:
    """Fill in the page's form."""
    form = {"csrf_token": token(client.get("/keys").text), "kind": "person", "label": ""}
    return client.post("/keys", data={**form, **fields})


def noted(company: Installation) -> list[tuple[str, str]]:
    """Actions on keys in the log, with who acted."""
    return [
        (item["action"], item["principal"])
        for item in company.entries()
        if item["kind"] == "administration" and item["action"].startswith("key.")
    ]


@pytest.fixture
def programs(acme: Installation, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A program with the access token of a tenant administrator."""
    with_a_token(acme, monkeypatch, ANNA, Role.TENANT_ADMIN)
    return acme.client


class TestPage:
    def test_a_key_is_made_shown_once_and_works(self, acme: Installation) -> None:
        """
        The answer shows it; no later page does; its holder can use it; the log names who made it.
        """
        client = an_admin(acme)
        page = give(client, name=DAVE, label="notebook").text
        (key,) = re.findall(r"sk-pv-[0-9A-Za-z]{20,}", page)
        later = client.get("/keys").text
        answer = acme.client.get("/v1/models", headers={"Authorization": f"Bearer {key}"})

        assert answer.status_code == 200
        assert key not in later
        assert f"sk-pv-…{key[-4:]}" in later
        assert DAVE in later
        assert "notebook" in later
        assert noted(acme) == [("key.created", somebody(acme, ANNA).pseudonym)]
        assert DAVE not in str(acme.entries())
        assert key not in str(acme.entries())

    def test_a_program_holds_keys_under_its_own_name(self, acme: Installation) -> None:
        """
        The list says that it is a program.
        """
        client = an_admin(acme)
        give(client, kind="workload", name="nightly-report")
        page = client.get("/keys").text

        assert re.search(r"nightly-report <span class=.badge.>program", page)

    def test_a_revoked_key_stops_and_is_still_listed(self, acme: Installation) -> None:
        """
        Its next request is refused, and the page says since when.
        """
        client = an_admin(acme)
        (key,) = re.findall(r"sk-pv-[0-9A-Za-z]{20,}", give(client, name=DAVE).text)
        page = client.get("/keys").text
        address = re.findall(r'action="(/keys/[^"]+/revoke)"', page)[0]
        done = client.post(address, data={"csrf_token": token(page)})
        answer = acme.client.get("/v1/models", headers={"Authorization": f"Bearer {key}"})

        assert (done.status_code, done.location) == (303, "/keys")
        assert answer.status_code == 401
        assert "revoked" in client.get("/keys").text
        assert [action for action, _ in noted(acme)] == ["key.created", "key.revoked"]

    @pytest.mark.parametrize(
        "fields",
        [
            {"name": ""}, {"name": "no address"}, {"name": f"{'a' * 260}@acme.example"},
            {"name": DAVE, "kind": "both"}, {"name": DAVE, "label": "x" * (LONGEST_LABEL + 1)},
            {"name": "line\nbreak", "kind": "workload"},
        ],
    )  # fmt: skip
    def test_what_cannot_be_is_said_and_nothing_is_made(
        self, acme: Installation, fields: dict[str, str]
    ) -> None:
        """
        No key, no person, no entry.
        """
        client = an_admin(acme)
        before = len(acme.gateway.identity.keys.held(acme.tenant.value().id))

        assert give(client, **fields).status_code == 400
        assert len(acme.gateway.identity.keys.held(acme.tenant.value().id)) == before
        assert noted(acme) == []

    @pytest.mark.parametrize("role", [Role.EMPLOYEE, Role.AUDITOR, Role.PRIVACY_OFFICER])
    def test_only_who_runs_the_accounts(self, acme: Installation, role: Role) -> None:
        """
        Nobody else sees whose key is whose, and the menu does not offer it.
        """
        client = browser(acme, EMMA, role)

        assert client.get("/keys").status_code == 403
        assert 'href="/keys"' not in client.get("/").text

    def test_another_tenants_key_is_not_there(self, acme: Installation) -> None:
        """
        It is neither listed nor stopped (promise P4).
        """
        other = acme.add_tenant("globex")
        acme.key_for("gil@globex.example", tenant=other)
        (theirs,) = acme.gateway.identity.keys.held(other.value().id)
        client = an_admin(acme)
        page = client.get("/keys").text
        stop = client.post(f"/keys/{theirs.facts.id}/revoke", data={"csrf_token": token(page)})
        odd = client.post("/keys/none/revoke", data={"csrf_token": token(page)})

        assert "globex" not in page
        assert (stop.status_code, odd.status_code) == (404, 404)
        assert acme.gateway.identity.keys.held(other.value().id) == [theirs]


class TestRecord:
    def test_no_record_no_key(self, acme: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
        """
        A key that the log could not name is not made (promise P1).
        """

        def away(*_: object, **__: object) -> None:
            raise AuditUnavailable

        client = an_admin(acme)
        before = acme.gateway.identity.keys.held(acme.tenant.value().id)
        with monkeypatch.context() as failing:
            failing.setattr(type(acme.gateway.ledger), "record_event", away)
            answer = give(client, name=DAVE)

        assert answer.status_code == 503
        assert acme.gateway.identity.keys.held(acme.tenant.value().id) == before

    def test_a_log_that_is_away_keeps_no_leaked_key_alive(self, acme: Installation) -> None:
        """
        Stopping is done first; whoever stopped it is told to do it again for the record.
        """

        def away(*_: object, **__: object) -> None:
            raise AuditUnavailable

        desk, tenant = acme.gateway.identity.desk, acme.tenant.value().id
        seen: list[str] = []
        made = desk.give(tenant, Wanted(email=DAVE), "p_x", lambda *said, **_: seen.extend(said))
        with pytest.raises(AuditUnavailable):
            desk.stop(tenant, made.facts.id, away)
        headers = {"Authorization": f"Bearer {made.text}"}

        assert seen == ["key.created", str(made.facts.id)]
        assert acme.client.get("/v1/models", headers=headers).status_code == 401


class TestApi:
    def test_a_program_gives_lists_and_stops(
        self, acme: Installation, programs: FlaskClient
    ) -> None:
        """
        The key is in the answer that makes it, which nobody may keep, and in no other.
        """
        made = programs.post("/v1/keys", json={"workload": "nightly", "label": "reports"})
        listed = programs.get("/v1/keys")
        stopped = programs.delete(f"/v1/keys/{made.json['id']}")

        assert (made.status_code, made.headers["Cache-Control"]) == (201, "no-store")
        assert made.json["key"].startswith("sk-pv-")
        assert made.json["key"] not in listed.text
        row = listed.json["data"][0]
        assert row["holder"] == {"kind": "workload", "name": "nightly", "active": True}
        assert (row["label"], row["last_used_on"]) == ("reports", None)
        assert stopped.json["revoked_at"]
        assert [action for action, _ in noted(acme)] == ["key.created", "key.revoked"]

    @pytest.mark.parametrize(
        "body", [b"{", b"[]", b"{}", b'{"for": 1}', b'{"for": "a@b.example", "workload": "c"}']
    )
    def test_bad_input_is_told(self, programs: FlaskClient, body: bytes) -> None:
        """
        In the API's own shape.
        """
        answer = programs.post("/v1/keys", data=body)

        assert answer.status_code == 400
        assert answer.json["error"]["message"]

    def test_a_key_makes_no_key(self, acme: Installation) -> None:
        """
        Whoever holds it: a leaked key must not outlive its revocation by others it made.
        """
        acme.key_for(ANNA)
        acme.person(ANNA, Role.TENANT_ADMIN)
        headers = {"Authorization": f"Bearer {acme.key_for(ANNA)}"}

        assert acme.client.get("/v1/keys", headers=headers).status_code == 403
        made = acme.client.post("/v1/keys", json={"for": DAVE}, headers=headers)
        assert made.status_code == 403
