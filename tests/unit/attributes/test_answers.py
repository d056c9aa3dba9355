"""Answering an objection: one's own word, and a second person's."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from gateway.attributes.answers import Answers, Approver, Wanted
from gateway.core.identifiers import uuid7
from gateway.core.principal import PrincipalKind, Role
from gateway.db.approvals import Approval
from gateway.db.confirmations import Confirmation
from gateway.errors import Conflict, Forbidden, InvalidRequest, NotFound
from tests.unit.attributes.builders import NOON, a_person, a_purpose

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.attributes.resolve import AttributeSource
    from gateway.core.principal import Principal
    from gateway.db.session import Database

RULES = [
    (
        "IP-04",
        "Other people's data",
        {
            "reasons": {
                "personal_data.others": {"kind": "require_acknowledgement"},
                "personal_data.contract": {"kind": "deny"},
            }
        },
    ),
    ("CO-01", "Budgets", {"reasons": {"budget.over": {"kind": "require_approval"}}}),
    ("X-01", "Nothing", {}),
]


class Log:
    """Notes what is recorded, or refuses to."""

    def __init__(self) -> None:
        self.entries: list[tuple[str, str, dict[str, Any]]] = []
        self.broken = False

    def __call__(self, action: str, target: str, **params: Any) -> None:
        if self.broken:
            raise Conflict
        self.entries.append((action, target, params))


@pytest.fixture
def answers(database: Database, source: AttributeSource) -> Answers:
    return Answers(database, source, RULES, lambda _, holder: f"p_{holder}")


@pytest.fixture
def ada(database: Database) -> Principal:
    return a_person(database)


@pytest.fixture
def log() -> Log:
    return Log()


def an_approver(who: Principal, *roles: Role, name: str = "p_officer") -> Approver:
    return Approver(who.tenant.id, name, frozenset(roles or (Role.PRIVACY_OFFICER,)))


def wanted(**changes: Any) -> Wanted:
    values = {"principal": "p_ada", "code": "budget.over", "reason": "Year's end.", "hours": 4}
    return Wanted(**{**values, **changes})


class TestConfirming:
    def test_ones_own_word_counts_for_a_day_and_one_purpose(
        self,
        answers: Answers,
        ada: Principal,
        source: AttributeSource,
        database: Database,
        log: Log,
    ) -> None:
        """
        At once, in this process; for that purpose; and not longer than 24 hours.
        """
        a_purpose(database, ada.tenant, "sales")
        source.resolve(ada, "sales", NOON)
        answers.confirm(ada, "personal_data.others", "sales", NOON, "api", log)

        def confirmed(purpose: str | None, hours: float) -> list[str]:
            at = NOON + timedelta(hours=hours)
            source.forget(ada.tenant.id, ada.pseudonym)
            said: list[str] = source.resolve(ada, purpose, at).subject()["confirmed"]
            return said

        assert source.resolve(ada, "sales", NOON).subject()["confirmed"] == ["personal_data.others"]
        assert confirmed(None, 1) == []
        assert confirmed("sales", 23.9) == ["personal_data.others"]
        assert confirmed("sales", 24) == []
        assert log.entries == [
            (
                "confirmation.given",
                "p_ada",
                {"code": "personal_data.others", "purpose": "sales", "channel": "api"},
            )
        ]

    @pytest.mark.parametrize("code", ["budget.over", "personal_data.contract", "nothing", ""])
    def test_only_what_a_rule_asks_to_be_confirmed(
        self, answers: Answers, ada: Principal, log: Log, code: str
    ) -> None:
        """
        What is final or needs a second person is not settled by one's own word.
        """
        with pytest.raises(NotFound, match=r"Known: personal_data\.others"):
            answers.confirm(ada, code, "", NOON, "api", log)
        assert log.entries == []

    def test_for_a_purpose_that_there_is(self, answers: Answers, ada: Principal, log: Log) -> None:
        """
        A name nobody registered is refused; none means the general purpose.
        """
        with pytest.raises(NotFound):
            answers.confirm(ada, "personal_data.others", "nope", NOON, "api", log)
        answers.confirm(ada, "personal_data.others", "", NOON, "api", log)

        assert log.entries[0][2]["purpose"] == "general"

    def test_nobody_confirms_for_another(
        self,
        answers: Answers,
        ada: Principal,
        source: AttributeSource,
        database: Database,
        log: Log,
    ) -> None:
        """
        Not for a colleague, and not across organisations (P4).
        """
        answers.confirm(ada, "personal_data.others", "", NOON, "page", log)
        bob = a_person(database, tenant=ada.tenant, name="bob")
        eve = a_person(database, "globex")

        for other in (bob, eve):
            assert source.resolve(other, None, NOON).subject()["confirmed"] == []

    def test_a_program_has_no_word_to_give(
        self, answers: Answers, database: Database, log: Log
    ) -> None:
        """
        Neither its own nor a second person's.
        """
        robot = a_person(database, kind=PrincipalKind.WORKLOAD, roles=(Role.PRIVACY_OFFICER,))

        with pytest.raises(Forbidden):
            answers.confirm(robot, "personal_data.others", "", NOON, "api", log)
        with pytest.raises(Forbidden):
            Approver.signed_in(robot)

    def test_what_cannot_be_recorded_does_not_count(
        self, answers: Answers, ada: Principal, database: Database, log: Log
    ) -> None:
        """
        The log comes first.
        """
        log.broken = True
        with pytest.raises(Conflict):
            answers.confirm(ada, "personal_data.others", "", NOON, "api", log)
        with database.tenant_session(ada.tenant.id) as session:
            assert session.scalars(select(Confirmation)).all() == []

    def test_confirming_twice_at_once_is_once(
        self, answers: Answers, ada: Principal, source: AttributeSource, log: Log
    ) -> None:
        """
        A double click is not an error.
        """
        for _ in range(2):
            answers.confirm(ada, "personal_data.others", "", NOON, "api", log)

        said = source.resolve(ada, None, NOON).subject()["confirmed"]
        assert said == ["personal_data.others"]


class TestApproving:
    def test_it_counts_until_it_expires(
        self, answers: Answers, ada: Principal, source: AttributeSource, log: Log
    ) -> None:
        """
        For the person it names, from now on, for the hours it was given; the reason stays out of
        the log, because people write names.
        """
        source.resolve(ada, None, NOON)
        made = answers.approve(an_approver(ada), wanted(), NOON, log)

        assert source.resolve(ada, None, NOON).subject()["approved"] == ["budget.over"]
        source.forget(ada.tenant.id, ada.pseudonym)
        late = NOON + timedelta(hours=4)
        assert source.resolve(ada, None, late).subject()["approved"] == []
        ((action, target, params),) = log.entries
        assert (action, target) == ("approval.granted", str(made.id))
        assert "reason" not in params
        assert params["approver"] == "p_officer"

    def test_for_one_purpose_or_for_each(
        self,
        answers: Answers,
        ada: Principal,
        source: AttributeSource,
        database: Database,
        log: Log,
    ) -> None:
        """
        Without a purpose it is good for all, also for one that is not known.
        """
        a_purpose(database, ada.tenant, "sales")
        answers.approve(an_approver(ada), wanted(purpose="sales"), NOON, log)

        assert source.resolve(ada, "sales", NOON).subject()["approved"] == ["budget.over"]
        assert source.resolve(ada, None, NOON).subject()["approved"] == []
        answers.approve(an_approver(ada), wanted(), NOON, log)
        for purpose in (None, "unheard-of"):
            said = source.resolve(ada, purpose, NOON).subject()
            assert said["approved"] == ["budget.over"]

    @pytest.mark.parametrize(
        ("approver", "error"),
        [
            (lambda who: an_approver(who, name="p_ada"), Forbidden),
            (lambda who: an_approver(who, Role.EMPLOYEE, Role.AUDITOR), Forbidden),
            (lambda who: an_approver(who, Role.PLATFORM_OPERATOR), Forbidden),
            (lambda who: Approver(who.tenant.id, "p_x", frozenset()), Forbidden),
        ],
    )
    def test_it_takes_a_second_person_who_may(
        self,
        answers: Answers,
        ada: Principal,
        log: Log,
        approver: Callable[[Principal], Approver],
        error: type[Exception],
    ) -> None:
        """
        Never oneself, whatever one's roles; and never somebody without such a role.
        """
        with pytest.raises(error):
            answers.approve(approver(ada), wanted(), NOON, log)
        assert log.entries == []

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"code": "personal_data.others"}, NotFound),
            ({"code": "personal_data.contract"}, NotFound),
            ({"hours": 0}, InvalidRequest), ({"hours": 73}, InvalidRequest),
            ({"reason": "  "}, InvalidRequest), ({"reason": "x" * 501}, InvalidRequest),
            ({"purpose": "nope"}, NotFound),
        ],
    )  # fmt: skip
    def test_within_limits(
        self, answers: Answers, ada: Principal, log: Log, changes: dict[str, Any],
        error: type[Exception],
    ) -> None:  # fmt: skip
        """
        Only what a rule lets be approved, with a reason, and for three days at most.
        """
        with pytest.raises(error):
            answers.approve(an_approver(ada), wanted(**changes), NOON, log)
        assert log.entries == []

    def test_what_cannot_be_recorded_does_not_count(
        self, answers: Answers, ada: Principal, database: Database, log: Log
    ) -> None:
        """
        The log comes first.
        """
        log.broken = True
        with pytest.raises(Conflict):
            answers.approve(an_approver(ada), wanted(), NOON, log)
        with database.tenant_session(ada.tenant.id) as session:
            assert session.scalars(select(Approval)).all() == []


class TestRevoking:
    def test_it_stops_counting_at_once(
        self, answers: Answers, ada: Principal, source: AttributeSource, log: Log
    ) -> None:
        """
        And only once.
        """
        made = answers.approve(an_approver(ada), wanted(), NOON, log)
        other = an_approver(ada, Role.TENANT_ADMIN, name="p_admin")
        answers.revoke(other, made.id, NOON, log)

        assert source.resolve(ada, None, NOON).subject()["approved"] == []
        assert [entry[0] for entry in log.entries] == ["approval.granted", "approval.revoked"]
        with pytest.raises(Conflict):
            answers.revoke(other, made.id, NOON, log)

    def test_only_by_who_may_and_in_ones_own_organisation(
        self, answers: Answers, ada: Principal, database: Database, log: Log
    ) -> None:
        """
        Another organisation's approval is not there (P4).
        """
        made = answers.approve(an_approver(ada), wanted(), NOON, log)
        eve = a_person(database, "globex")

        with pytest.raises(Forbidden):
            answers.revoke(an_approver(ada, Role.EMPLOYEE), made.id, NOON, log)
        with pytest.raises(NotFound):
            answers.revoke(an_approver(eve), made.id, NOON, log)
        with pytest.raises(NotFound):
            answers.revoke(an_approver(ada), uuid7(), NOON, log)
