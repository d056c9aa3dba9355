"""AN-05: who stands behind a pseudonym is told to two people, for a reason and a while."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from gateway.core.decision import unavailable
from gateway.core.identifiers import uuid7
from gateway.core.principal import Role
from gateway.errors import (
    AuditUnavailable,
    Conflict,
    Forbidden,
    NotFound,
    PolicyUnavailable,
    Refused,
)
from gateway.identity.unmask import Unmaskings
from tests.factories import EMMA
from tests.people import SetClock, browser, record_of, somebody, token

if TYPE_CHECKING:
    from gateway.core.decision import Decision
    from gateway.core.principal import Principal
    from gateway.identity.unmask import Act
    from tests.factories import Installation

OLIVER, ADA, VERA = "oliver@acme.example", "ada@acme.example", "vera@acme.example"


class Silent:
    """A ledger, or a PDP, that is not there."""

    def record_event(self, *_: object) -> int:
        raise AuditUnavailable

    def decide(self, *_: object) -> Any:
        return unavailable()


@pytest.fixture
def clock() -> SetClock:
    """A clock that can be set."""
    return SetClock()


@pytest.fixture
def room(acme: Installation, clock: SetClock) -> Unmaskings:
    """Unmasking over the gateway's rooms."""
    gateway = acme.gateway
    return Unmaskings(
        gateway.database, gateway.ledger, gateway.pdp, gateway.secret, clock,
        gateway.reasons.refusal,
    )  # fmt: skip


@pytest.fixture
def officer(acme: Installation) -> Principal:
    """A privacy officer."""
    return somebody(acme, OLIVER, Role.PRIVACY_OFFICER)


@pytest.fixture
def administrator(acme: Installation) -> Principal:
    """An administrator."""
    return somebody(acme, ADA, Role.TENANT_ADMIN)


@pytest.fixture
def target(acme: Installation) -> str:
    """The pseudonym of somebody."""
    return somebody(acme, EMMA).pseudonym


def acts(company: Installation) -> list[str]:
    """What the log says about unmasking."""
    return [item["action"] for item in company.entries() if item["kind"] == "unmasking"]


class TestTwoPeople:
    def test_one_asks_another_agrees_both_may_read(
        self,
        acme: Installation,
        room: Unmaskings,
        officer: Principal,
        administrator: Principal,
        target: str,
    ) -> None:
        """
        Three steps, three entries, and none of them names the person.
        """
        request = room.ask(officer, target, "security_incident", 24)
        agreed = room.approve(administrator, request.id)
        seen = {room.show(reader, request.id).email for reader in (officer, administrator)}

        assert seen == {EMMA}
        assert agreed.expires_at is not None
        assert acts(acme) == ["unmask.asked", "unmask.approved", "unmask.shown", "unmask.shown"]
        assert EMMA not in str(acme.entries())
        assert acme.verify().intact
        (row,) = room.list(officer.tenant.id)
        assert (row.asker, row.approver, row.shown) == (
            officer.pseudonym, administrator.pseudonym, 2,
        )  # fmt: skip

    def test_nobody_agrees_to_their_own_request(
        self, acme: Installation, room: Unmaskings, officer: Principal, target: str
    ) -> None:
        """
        One person with every role is still one person.
        """
        request = room.ask(officer, target, "security_incident", 24)
        with pytest.raises(Refused) as refused:
            room.approve(officer, request.id)

        assert [item.code for item in refused.value.decision.reasons] == ["unmask.same_person"]
        with pytest.raises(Conflict):
            room.show(officer, request.id)
        assert acts(acme)[-1] == "unmask.refused"

    @pytest.mark.parametrize("role", [Role.EMPLOYEE, Role.AUDITOR, Role.POLICY_APPROVER])
    def test_others_neither_ask_nor_agree(
        self, acme: Installation, room: Unmaskings, officer: Principal, target: str, role: Role
    ) -> None:
        """
        An auditor reads what was unmasked, and so has no part in it.
        """
        other = somebody(acme, VERA, role)
        request = room.ask(officer, target, "security_incident", 24)
        with pytest.raises(Refused):
            room.ask(other, target, "security_incident", 24)
        with pytest.raises(Refused):
            room.approve(other, request.id)
        with pytest.raises(Forbidden):
            room.show(other, request.id)

    @pytest.mark.parametrize(
        ("reason", "hours"),
        [("curious", 24), ("performance_review", 24), ("security_incident", 73), ("", 0)],
    )
    def test_curiosity_and_no_end_are_refused_at_once(
        self, acme: Installation, room: Unmaskings, officer: Principal, target: str,
        reason: str, hours: int,
    ) -> None:  # fmt: skip
        """
        What no second person could make right does not wait for one.
        """
        with pytest.raises(Refused):
            room.ask(officer, target, reason, hours)

        assert acts(acme) == ["unmask.refused"]
        assert room.list(officer.tenant.id) == []

    def test_a_role_that_is_lost_ends_it(
        self,
        acme: Installation,
        room: Unmaskings,
        officer: Principal,
        administrator: Principal,
        target: str,
    ) -> None:
        """
        The roles of both count at the moment of reading.
        """
        request = room.ask(officer, target, "security_incident", 24)
        room.approve(administrator, request.id)
        with acme.gateway.database.tenant_session(officer.tenant.id, write=True) as session:
            session.merge(record_of(acme, ADA)).roles = ["employee"]

        with pytest.raises(Refused):
            room.show(officer, request.id)


class TestTime:
    def test_it_ends(
        self,
        room: Unmaskings,
        clock: SetClock,
        officer: Principal,
        administrator: Principal,
        target: str,
    ) -> None:
        """
        After its hours it is a pseudonym again.
        """
        request = room.ask(officer, target, "legal_order", 2)
        room.approve(administrator, request.id)
        clock.ahead = timedelta(hours=1, minutes=59)
        assert room.show(officer, request.id).email == EMMA
        clock.ahead = timedelta(hours=2, seconds=1)

        with pytest.raises(Conflict):
            room.show(officer, request.id)

    def test_a_request_does_not_wait_for_ever(
        self,
        room: Unmaskings,
        clock: SetClock,
        officer: Principal,
        administrator: Principal,
        target: str,
    ) -> None:
        """
        After a week nobody agrees to it any more.
        """
        request = room.ask(officer, target, "legal_order", 2)
        clock.ahead = timedelta(days=8)

        with pytest.raises(Conflict):
            room.approve(administrator, request.id)

    def test_agreeing_twice_does_not_start_it_anew(
        self, room: Unmaskings, officer: Principal, administrator: Principal, target: str
    ) -> None:
        """
        The first agreement counts.
        """
        request = room.ask(officer, target, "legal_order", 2)
        room.approve(administrator, request.id)

        with pytest.raises(Conflict):
            room.approve(administrator, request.id)

    def test_of_two_at_once_the_log_has_one(
        self,
        acme: Installation,
        room: Unmaskings,
        officer: Principal,
        administrator: Principal,
        target: str,
    ) -> None:
        """
        Both were allowed to; the log names who counts, as the request does.
        """
        vera = somebody(acme, VERA, Role.TENANT_ADMIN)
        request = room.ask(officer, target, "legal_order", 2)
        judge = room._judge

        def overtaken(who: Principal, act: Act) -> Decision:
            room._judge = judge  # type: ignore[method-assign]
            room.approve(vera, request.id)
            return judge(who, act)

        room._judge = overtaken  # type: ignore[method-assign]
        with pytest.raises(Conflict):
            room.approve(administrator, request.id)

        (row,) = room.list(officer.tenant.id)
        said = [it for it in acme.entries() if it.get("action") == "unmask.approved"]
        assert row.approver == vera.pseudonym
        assert [it["principal"] for it in said] == [vera.pseudonym]
        assert room.show(vera, request.id).email == EMMA


class TestFailClosed:
    def test_no_record_no_answer(
        self,
        acme: Installation,
        room: Unmaskings,
        officer: Principal,
        administrator: Principal,
        target: str,
    ) -> None:
        """
        P1: without a durable entry nothing is asked, approved or shown.
        """
        request = room.ask(officer, target, "data_breach", 24)
        room.approve(administrator, request.id)
        other = room.ask(officer, target, "data_breach", 24)
        room._ledger = Silent()  # type: ignore[assignment]
        for act in (
            lambda: room.ask(officer, target, "data_breach", 24),
            lambda: room.approve(administrator, other.id),
            lambda: room.show(officer, request.id),
        ):
            with pytest.raises(AuditUnavailable):
                act()

        rows = {row.id: row for row in room.list(officer.tenant.id)}
        assert rows.keys() == {request.id, other.id}
        assert rows[other.id].approved_by is None
        assert rows[other.id].approver is None
        assert rows[request.id].shown == 0

    def test_no_policy_no_answer(self, room: Unmaskings, officer: Principal, target: str) -> None:
        """
        P2: a policy that cannot be asked has said no.
        """
        room._pdp = Silent()  # type: ignore[assignment]
        with pytest.raises(PolicyUnavailable):
            room.ask(officer, target, "data_breach", 24)

        assert room.list(officer.tenant.id) == []

    def test_nobody_behind_it(self, room: Unmaskings, officer: Principal) -> None:
        """
        A pseudonym of nobody, or of another tenant's person, is not asked about.
        """
        with pytest.raises(NotFound):
            room.ask(officer, "p_AAAAAAAAAAAAAAAAAAAAAA", "data_breach", 24)
        with pytest.raises(NotFound):
            room.approve(officer, uuid7())


class TestPages:
    def test_the_way_of_two_people(self, acme: Installation, target: str) -> None:
        """
        Ask, agree and read on the page; the asker has no button to agree.
        """
        first = browser(acme, OLIVER, Role.PRIVACY_OFFICER)
        second = browser(acme, ADA, Role.TENANT_ADMIN)
        form = {"pseudonym": target, "reason": "misuse_report", "hours": "12"}
        csrf = {"csrf_token": token(first.get("/unmaskings").text)}
        asked = first.post("/unmaskings", data={**form, **csrf})
        own, others = first.get("/unmaskings").text, second.get("/unmaskings").text
        address = re.search(r'action="(/unmaskings/[^"]+/approve)"', others)

        assert asked.status_code == 303
        assert "/approve" not in own
        assert address is not None
        agreed = second.post(address.group(1), data={"csrf_token": token(others)})
        shown = first.post(address.group(1).replace("/approve", "/show"), data=csrf)
        assert agreed.status_code == 303
        assert EMMA in shown.text
        assert EMMA not in first.get("/unmaskings").text

    def test_auditors_read_and_do_nothing(self, acme: Installation, target: str) -> None:
        """
        The log of unmaskings is for auditors and the council; looking is recorded.
        """
        somebody(acme, EMMA)
        client = browser(acme, VERA, Role.AUDITOR)
        page = client.get("/unmaskings")
        csrf = {"csrf_token": token(page.text)}
        form = {"pseudonym": target, "reason": "misuse_report", "hours": "12", **csrf}

        assert page.status_code == 200
        assert "<form class" not in page.text
        assert client.post("/unmaskings", data=form).status_code == 403
        assert "unmaskings.listed" in str(acme.entries()[-1])

    def test_employees_do_not_see_it(self, acme: Installation) -> None:
        """
        Without the role there is no page.
        """
        assert browser(acme, EMMA).get("/unmaskings").status_code == 403

    @pytest.mark.parametrize("hours", ["", "-1", "1.5", "soon", "99999"])
    def test_hours_that_are_none(self, acme: Installation, target: str, hours: str) -> None:
        """
        Bad input is told, and nothing is recorded as asked.
        """
        client = browser(acme, OLIVER, Role.PRIVACY_OFFICER)
        csrf = {"csrf_token": token(client.get("/unmaskings").text)}
        form = {"pseudonym": target, "reason": "misuse_report", "hours": hours, **csrf}

        assert client.post("/unmaskings", data=form).status_code == 400
        assert acts(acme) == []

    def test_a_form_without_the_token_is_refused(self, acme: Installation, target: str) -> None:
        """
        Another site's form asks for nothing.
        """
        client = browser(acme, OLIVER, Role.PRIVACY_OFFICER)
        form = {"pseudonym": target, "reason": "misuse_report", "hours": "12"}

        assert client.post("/unmaskings", data=form).status_code == 403
