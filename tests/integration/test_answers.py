"""Answering a refusal, over the API and on the pages; and looking at the effective policy."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from gateway.core.identifiers import TenantId
from gateway.core.principal import CredentialKind, Role
from gateway.db.parameters import ParameterValue
from gateway.db.profiles import TenantProfile
from tests.factories import EMMA, Installation, an_installation
from tests.integration.answers import asking_policies, refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask.testing import FlaskClient

    from gateway.core.principal import Principal
    from tests.simulators.upstream import Upstream

OLIVER = "oliver@acme.example"


@pytest.fixture
def company(tmp_path: Path, upstream: Upstream) -> Iterator[Installation]:
    """A gateway with a rule that asks."""
    policy = {"directory": str(asking_policies(tmp_path))}
    made = an_installation(tmp_path, upstream.base_url, policy=policy)
    yield made
    made.close()


def browser(company: Installation, email: str, *roles: Role) -> FlaskClient:
    """A browser in which somebody is signed in."""
    cookie = company.session_for(email, *roles)
    client = company.flask.test_client()
    client.set_cookie("proviso", cookie)
    return client


def pseudonym(company: Installation, email: str) -> str:
    """What the log calls a person."""
    company.key_for(email)
    who = company.person(email)
    return company.gateway.secret.pseudonym(TenantId(company.tenant.id), who)


def token(page: str) -> str:
    """The token of the forms of a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found.group(1)


def actions(company: Installation) -> list[str]:
    """The administration in the log."""
    return [item["action"] for item in company.entries() if item["kind"] == "administration"]


class TestConfirmingByApi:
    def test_a_key_gives_its_holders_word(self, company: Installation) -> None:
        """
        What is confirmed is listed, counts for a day, and is in the log.
        """
        headers = {"Authorization": f"Bearer {company.key_for()}"}
        answer = company.client.post(
            "/v1/confirmations", json={"code": "test.confirm"}, headers=headers
        )
        listed = company.client.get("/v1/confirmations", headers=headers)

        assert answer.status_code == 201
        assert answer.json == listed.json
        (row,) = listed.json["data"]
        assert (row["code"], row["purpose"]) == ("test.confirm", "general")
        assert row["expires_at"][8:10] != row["confirmed_at"][8:10]
        assert actions(company) == ["confirmation.given"]
        assert EMMA not in str(company.entries())

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            (b"{", 400), (b"[]", 400), (b"{}", 400), (b'{"code": 1}', 400),
            (b'{"code": "test.confirm", "purpose": 1}', 400),
            (b'{"code": "test.approve"}', 404), (b'{"code": "test.final"}', 404),
            (b'{"code": "test.confirm", "purpose": "unheard"}', 404),
            (b" " * 10_000 + b'{"code": "test.confirm"}', 400),
        ],
    )  # fmt: skip
    def test_bad_input_is_told(self, company: Installation, body: bytes, status: int) -> None:
        """
        In the API's own shape, and nothing is kept.
        """
        headers = {"Authorization": f"Bearer {company.key_for()}"}
        answer = company.client.post("/v1/confirmations", data=body, headers=headers)

        assert answer.status_code == status
        assert answer.json["error"]["message"]
        assert actions(company) == []

    def test_not_without_a_credential(self, company: Installation) -> None:
        """
        Nor with a cookie: any page could send it (CSRF).
        """
        client = browser(company, EMMA)

        assert client.post("/v1/confirmations", json={"code": "test.confirm"}).status_code == 401
        assert client.get("/v1/approvals").status_code == 401


class TestApprovingByApi:
    def test_a_key_approves_nothing(self, company: Installation) -> None:
        """
        Whoever holds it: a second person's word takes a fresh sign-in.
        """
        key = company.key_for(OLIVER)
        company.person(OLIVER, Role.PRIVACY_OFFICER)
        answer = company.client.post(
            "/v1/approvals",
            json={"principal": "p_x", "code": "test.approve", "reason": "r", "hours": 1},
            headers={"Authorization": f"Bearer {key}"},
        )

        assert answer.status_code == 403
        assert actions(company) == []

    def test_one_sees_what_was_approved_for_oneself(self, company: Installation) -> None:
        """
        And nobody else's.
        """
        officer = browser(company, OLIVER, Role.PRIVACY_OFFICER)
        approve(officer, company, pseudonym(company, EMMA))
        mine = {"Authorization": f"Bearer {company.key_for(EMMA)}"}
        other = {"Authorization": f"Bearer {company.key_for(OLIVER)}"}

        (row,) = company.client.get("/v1/approvals", headers=mine).json["data"]
        assert (row["code"], row["purpose"]) == ("test.approve", "general")
        assert "reason" not in row
        assert company.client.get("/v1/approvals", headers=other).json["data"] == []


class SignedIn:
    """Verifies an access token that names one person, whatever the token says."""

    def __init__(self, company: Installation, email: str) -> None:
        key = company.key_for(email)
        found = company.gateway.identity.keys.authenticate(key)
        self.principal = replace(found, credential=CredentialKind.ACCESS_TOKEN)

    def authenticate(self, headers: Any) -> Principal:
        """That person, signed in a moment ago."""
        return self.principal


class TestApprovingWithAToken:
    @pytest.fixture
    def officer(self, company: Installation) -> FlaskClient:
        """A program through which an officer has just signed in."""
        company.key_for(OLIVER)
        company.person(OLIVER, Role.PRIVACY_OFFICER)
        doors = company.flask.extensions["proviso.doors"]
        signed_in: Any = SignedIn(company, OLIVER)
        company.flask.extensions["proviso.doors"] = replace(doors, authenticator=signed_in)
        return company.flask.test_client()

    def test_a_fresh_sign_in_approves(self, company: Installation, officer: FlaskClient) -> None:
        """
        For a colleague; the answer names what was kept, and not the reason.
        """
        who = pseudonym(company, EMMA)
        wanted = {"principal": who, "code": "test.approve", "reason": "Year's end", "hours": 2}
        answer = officer.post("/v1/approvals", json=wanted)

        assert answer.status_code == 201
        assert answer.json["principal"] == who
        assert "reason" not in answer.json
        assert actions(company) == ["approval.granted"]

    @pytest.mark.parametrize(
        ("changes", "status"),
        [
            ({"hours": "2"}, 400), ({"hours": True}, 400), ({"hours": 73}, 400),
            ({"principal": None}, 400), ({"reason": ""}, 400), ({"code": "test.final"}, 404),
            ({"purpose": "unheard"}, 404),
        ],
    )  # fmt: skip
    def test_bad_input_is_told(
        self, company: Installation, officer: FlaskClient, changes: dict[str, Any], status: int
    ) -> None:
        """
        In the API's own shape, and nothing is kept.
        """
        wanted = {"principal": "p_x", "code": "test.approve", "reason": "r", "hours": 2, **changes}
        answer = officer.post("/v1/approvals", json=wanted)

        assert answer.status_code == status
        assert answer.json["error"]["message"]
        assert actions(company) == []

    def test_nobody_approves_their_own_case(
        self, company: Installation, officer: FlaskClient
    ) -> None:
        """
        Whatever the role.
        """
        own = pseudonym(company, OLIVER)
        wanted = {"principal": own, "code": "test.approve", "reason": "r", "hours": 2}

        assert officer.post("/v1/approvals", json=wanted).status_code == 403


def approve(client: FlaskClient, company: Installation, who: str, **changes: Any) -> Any:
    """Send the form of the approvals page."""
    refused(company, who, "test.approve")
    form = {
        "csrf_token": token(client.get("/approvals").text), "principal": who,
        "code": "test.approve", "purpose": "general", "reason": "Year's end", "hours": "4",
        **changes,
    }  # fmt: skip
    return client.post("/approvals", data=form)


class TestConfirmationsPage:
    def test_what_was_asked_is_shown_and_confirmed(self, company: Installation) -> None:
        """
        The rule's words, a button, and then it stands among what was given.
        """
        client = browser(company, EMMA)
        refused(company, pseudonym(company, EMMA), "test.confirm", "test.final")
        refused(company, pseudonym(company, OLIVER), "test.confirm")
        page = client.get("/confirmations").text
        form = {"csrf_token": token(page), "code": "test.confirm", "purpose": "general"}
        sent = client.post("/confirmations", data=form)
        after = client.get("/confirmations").text

        assert page.count("This is about other people.") == 1
        assert "ZZ-01 objects to the same request" in page
        assert sent.status_code == 303
        assert "I confirm this" not in after
        assert "test.confirm" in after
        assert actions(company) == ["confirmation.given"]

    def test_a_purpose_that_is_not_known_is_not_asked_about(self, company: Installation) -> None:
        """
        A word is given for a purpose, and there is none.
        """
        client = browser(company, EMMA)
        strange = {"code": "", "known": False}
        refused(company, pseudonym(company, EMMA), "test.confirm", purpose=strange)

        assert "I confirm this" not in client.get("/confirmations").text

    def test_a_form_without_the_sessions_token_is_refused(self, company: Installation) -> None:
        """
        Another site cannot make somebody confirm (CSRF).
        """
        client = browser(company, EMMA)
        form = {"code": "test.confirm", "purpose": "general"}

        assert client.post("/confirmations", data=form).status_code == 403
        assert actions(company) == []


class TestApprovalsPage:
    def test_a_refusal_is_approved_and_revoked(self, company: Installation) -> None:
        """
        The officer sees why, under a pseudonym; approving takes it off the list.
        """
        officer = browser(company, OLIVER, Role.POLICY_APPROVER)
        who = pseudonym(company, EMMA)
        refused(company, who, "test.approve")
        page = officer.get("/approvals").text
        sent = approve(officer, company, who)
        after = officer.get("/approvals").text
        address = re.search(r'action="(/approvals/[^"]+/revoke)"', after)
        assert address is not None
        officer.post(address.group(1), data={"csrf_token": token(after)})
        again = officer.get("/approvals").text

        assert "The budget is spent." in page
        assert who in page
        assert EMMA not in page
        assert sent.status_code == 303
        assert "Year&#39;s end" in after
        assert "The budget is spent." not in after
        assert "The budget is spent." in again
        assert actions(company) == ["approval.granted", "approval.revoked"]

    def test_the_same_question_stands_there_once(self, company: Installation) -> None:
        """
        However often it was refused.
        """
        officer = browser(company, OLIVER, Role.TENANT_ADMIN)
        for _ in range(3):
            refused(company, pseudonym(company, EMMA), "test.approve")

        assert officer.get("/approvals").text.count("The budget is spent.") == 1

    def test_ones_own_case_has_no_button_and_is_refused(self, company: Installation) -> None:
        """
        Whatever the browser sends.
        """
        officer = browser(company, OLIVER, Role.PRIVACY_OFFICER)
        own = pseudonym(company, OLIVER)
        refused(company, own, "test.approve")
        page = officer.get("/approvals").text
        sent = approve(officer, company, own)

        assert "A colleague with the role has to decide this one." in page
        assert ">Approve</button>" not in page
        assert sent.status_code == 403
        assert actions(company) == []

    @pytest.mark.parametrize("hours", ["", "0", "73", "-1", "9999999", "²"])
    def test_hours_that_are_none_are_told(self, company: Installation, hours: str) -> None:
        """
        As a page, not as a crash.
        """
        officer = browser(company, OLIVER, Role.PRIVACY_OFFICER)

        assert approve(officer, company, "p_x", hours=hours).status_code == 400

    def test_looking_is_recorded(self, company: Installation) -> None:
        """
        Who read the refusals of others is evidence too.
        """
        browser(company, OLIVER, Role.PRIVACY_OFFICER).get("/approvals")
        readings = [item for item in company.entries() if item["kind"] == "reading"]

        assert [item["action"] for item in readings] == ["approvals.read"]

    @pytest.mark.parametrize("role", [Role.EMPLOYEE, Role.AUDITOR, Role.POLICY_AUTHOR])
    def test_others_do_not_see_it(self, company: Installation, role: Role) -> None:
        """
        Not even its name in the navigation.
        """
        client = browser(company, OLIVER, role)

        assert client.get("/approvals").status_code == 403
        assert "/approvals" not in client.get("/confirmations").text

    @pytest.mark.parametrize("id_", ["x", "0190a3c0-0000-7000-8000-000000000000"])
    def test_revoking_what_is_not_there(self, company: Installation, id_: str) -> None:
        """
        Is not found, whatever it looks like.
        """
        officer = browser(company, OLIVER, Role.PRIVACY_OFFICER)
        form = {"csrf_token": token(officer.get("/approvals").text)}

        assert officer.post(f"/approvals/{id_}/revoke", data=form).status_code == 404


class TestPolicyPage:
    def test_every_value_says_where_it_came_from(self, company: Installation) -> None:
        """
        Shipped, the tenant's or a group's; and a rule that is off says so.
        """
        tenant = company.tenant.id
        with company.gateway.database.tenant_session(TenantId(tenant), write=True) as session:
            session.add(
                TenantProfile(
                    tenant_id=tenant, establishments=["US"], works_council=False, revenue="over_1m"
                )
            )
            for group, name, value in (
                ("", "zz_01", False), ("", "zz_01_rate", 50), ("lab", "zz_01_rate", 40),
                ("", "gone", 1),
            ):  # fmt: skip
                session.add(
                    ParameterValue(
                        tenant_id=tenant, group=group, name=name, value=value, exempt=False,
                        set_at=company.gateway.clock.now(), set_by="test",
                    )
                )  # fmt: skip
        client = browser(company, OLIVER, Role.PRIVACY_OFFICER)
        page, lab = client.get("/policy").text, client.get("/policy?group=lab").text

        assert "switched off (tenant)" in page
        assert "cannot be switched off" in page
        assert "<strong>50</strong>" in page
        assert "<strong>40</strong>" in lab
        assert ">group lab</span>" in lab
        assert "gone: no rule declares it" in page
        assert "over one million dollars" in page
        assert "<strong>50</strong>" in client.get("/policy?group=nobody").text

    def test_employees_do_not_see_it(self, company: Installation) -> None:
        """
        It is for those who answer for the policy.
        """
        assert browser(company, EMMA).get("/policy").status_code == 403
