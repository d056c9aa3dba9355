"""Whether a second person is a second person: keys that are known to both, and the same moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gateway.attributes.answers import Answers
from gateway.core.identifiers import uuid7
from gateway.db import approvals
from gateway.db.credentials import GatewayKey
from gateway.errors import Conflict, Forbidden
from tests.unit.attributes.builders import NOON, a_person, save
from tests.unit.attributes.test_answers import RULES, Log, an_approver, wanted

if TYPE_CHECKING:
    from gateway.attributes.resolve import AttributeSource
    from gateway.core.principal import Principal
    from gateway.db.session import Database


@pytest.fixture
def answers(database: Database, source: AttributeSource) -> Answers:
    return Answers(database, source, RULES, lambda _, holder: f"p_{holder}")


@pytest.fixture
def ada(database: Database) -> Principal:
    return a_person(database)


@pytest.fixture
def log() -> Log:
    return Log()


class TestWhoKnowsTheKey:
    """Somebody who made a colleague's key could ask with it, and then approve: one person."""

    @staticmethod
    def a_key(database: Database, holder: Principal, by: str, *, stopped: bool = False) -> None:
        """A key of `holder`, given out by somebody."""
        save(
            database,
            GatewayKey(
                tenant_id=holder.tenant.id, digest=uuid7().bytes * 2, id=uuid7(),
                principal_id=holder.id, label="", hint="abcd", created_at=NOON, created_by=by,
                revoked_at=NOON if stopped else None, last_used_on=None,
            ),
        )  # fmt: skip

    def test_they_do_not_approve_while_it_opens_anything(
        self, answers: Answers, ada: Principal, database: Database, log: Log
    ) -> None:
        """
        Refused with the way out, and not recorded as granted; a colleague may.
        """
        self.a_key(database, ada, "p_officer")
        named = wanted(principal=f"p_{ada.id}")
        with pytest.raises(Forbidden, match="stop that key first"):
            answers.approve(an_approver(ada), named, NOON, log)
        assert log.entries == []

        answers.approve(an_approver(ada, name="p_other"), named, NOON, log)
        assert [entry[0] for entry in log.entries] == ["approval.granted"]

    def test_a_key_that_was_stopped_is_no_key(
        self, answers: Answers, ada: Principal, database: Database, log: Log
    ) -> None:
        """
        Nor is one of somebody else's.
        """
        self.a_key(database, ada, "p_officer", stopped=True)
        self.a_key(database, a_person(database, tenant=ada.tenant, name="bob"), "p_officer")

        answers.approve(an_approver(ada), wanted(principal=f"p_{ada.id}"), NOON, log)

    def test_a_key_given_out_afterwards_ends_it_too(
        self,
        answers: Answers,
        ada: Principal,
        source: AttributeSource,
        database: Database,
        log: Log,
    ) -> None:
        """
        The order does not matter: what they approved does not count while their key does.
        """
        answers.approve(an_approver(ada), wanted(), NOON, log)
        before = source.resolve(ada, None, NOON).subject()["approved"]
        self.a_key(database, ada, "p_officer")
        source.forget(ada.tenant.id, ada.pseudonym)
        after = source.resolve(ada, None, NOON).subject()["approved"]

        assert (before, after) == (["budget.over"], [])


class TestAtTheSameMoment:
    def test_what_was_approved_twice_is_taken_back_whole(
        self, answers: Answers, ada: Principal, source: AttributeSource, log: Log
    ) -> None:
        """
        Two windows, or two people: after one click on revoke the next request is refused.
        """
        first = answers.approve(an_approver(ada), wanted(), NOON, log)
        answers.approve(an_approver(ada), wanted(), NOON, log)
        answers.approve(an_approver(ada, name="p_other"), wanted(), NOON, log)
        answers.revoke(an_approver(ada), first.id, NOON, log)
        source.forget(ada.tenant.id, ada.pseudonym)

        assert source.resolve(ada, None, NOON).subject()["approved"] == []
        assert [entry[0] for entry in log.entries].count("approval.revoked") == 3

    def test_it_is_taken_back_once(
        self, answers: Answers, ada: Principal, database: Database, log: Log
    ) -> None:
        """
        Who is second does not write over who was first.
        """
        made = answers.approve(an_approver(ada), wanted(), NOON, log)

        def meanwhile(action: str, target: str, **params: Any) -> None:
            with database.tenant_session(ada.tenant.id, write=True) as session:
                assert approvals.take_back(session, made.id, NOON, "p_first")
            log(action, target, **params)

        with pytest.raises(Conflict):
            answers.revoke(an_approver(ada, name="p_second"), made.id, NOON, meanwhile)
        with database.tenant_session(ada.tenant.id) as session:
            kept = approvals.by_id(session, made.id)
        assert kept is not None
        assert kept.revoked_by == "p_first"
