"""The sections of the policy input: exactly their keys, and strict where nothing is known."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gateway.attributes import training
from gateway.attributes.parameters import Parameters
from gateway.attributes.resolve import AttributeSource
from gateway.core.identifiers import uuid7
from gateway.core.principal import PrincipalKind, Role
from gateway.db.parameters import ParameterValue
from gateway.db.profiles import TenantProfile
from gateway.db.training import TrainingRecord
from tests.unit.attributes.builders import NOON, SetClock, a_person, a_purpose, a_tenant, save

if TYPE_CHECKING:
    from gateway.core.principal import Principal
    from gateway.db.session import Database

FORMS = Path(__file__).resolve().parents[3] / "policies" / "gateway" / "lib" / "forms.rego"
TODAY = NOON.date()


def form(section: str) -> set[str]:
    """The attributes that the guard of the policies expects in a section."""
    text = FORMS.read_text()
    block = re.search(rf'\b{section}(?:": | := )\{{(.*?)\}}', text, re.DOTALL)
    assert block is not None
    return set(re.findall(r'"(\w+)"', block.group(1)))


class TestTenant:
    def test_nothing_recorded_is_read_strictly(
        self, source: AttributeSource, database: Database
    ) -> None:
        """
        No seat known, a works council assumed, revenue unknown.
        """
        attributes = source.resolve(a_person(database), None, NOON)

        assert attributes.tenant() == {
            "demo": False,
            "establishments": [],
            "works_council": True,
            "revenue": "unknown",
        }
        assert set(attributes.tenant()) == form("tenant")

    def test_the_profile_is_told(self, source: AttributeSource, database: Database) -> None:
        """
        Sorted, so that equal situations are equal bytes.
        """
        ada = a_person(database, tenant=a_tenant(database, demo=True))
        save(
            database,
            TenantProfile(
                tenant_id=ada.tenant.id,
                establishments=["US", "EU"],
                works_council=False,
                revenue="over_1m",
            ),
        )

        assert source.resolve(ada, None, NOON).tenant() == {
            "demo": True,
            "establishments": ["EU", "US"],
            "works_council": False,
            "revenue": "over_1m",
        }


class TestSubject:
    def test_it_has_the_keys_that_the_guard_expects(
        self, source: AttributeSource, database: Database
    ) -> None:
        """
        Kind and roles are the credential's to say; the rest is the database's.
        """
        ada = a_person(database, roles=(Role.PRIVACY_OFFICER, Role.EMPLOYEE))
        subject = source.resolve(ada, None, NOON).subject()

        assert set(subject) == form("subject")
        assert subject["kind"] == "person"
        assert subject["roles"] == ["employee", "privacy_officer"]
        assert subject["confirmed"] == subject["approved"] == []

    def test_roles_are_those_of_this_request(
        self, source: AttributeSource, database: Database
    ) -> None:
        """
        What is remembered of a person does not remember the roles of their last credential.
        """
        ada = a_person(database, kind=PrincipalKind.WORKLOAD)
        source.resolve(ada, None, NOON)
        changed = replace(ada, roles=frozenset({Role.AUDITOR}))

        assert source.resolve(changed, None, NOON).subject()["roles"] == ["auditor"]


def took(who: Principal, course: str, until: date, *, on: date = date(2026, 1, 5)) -> Any:
    """A course that somebody has taken."""
    return TrainingRecord(
        tenant_id=who.tenant.id, id=uuid7(), principal_id=who.id, course=course, completed_on=on,
        valid_until=until, recorded_by="test", recorded_at=NOON,
    )  # fmt: skip


class TestTraining:
    @pytest.mark.parametrize(
        ("until", "first_day", "state"),
        [
            (TODAY, None, "current"),
            (TODAY - timedelta(days=1), None, "grace"),
            (TODAY - timedelta(days=30), TODAY, "grace"),
            (TODAY - timedelta(days=31), TODAY, "expired"),
            (None, TODAY, "grace"),
            (None, TODAY - timedelta(days=30), "grace"),
            (None, TODAY - timedelta(days=31), "none"),
            (None, None, "none"),
        ],
    )
    def test_how_a_course_stands(
        self, until: date | None, first_day: date | None, state: str
    ) -> None:
        """
        Thirty days of grace: after the last day it counts, and after a person's first.
        """
        assert training.state(until, first_day, TODAY) == state

    def test_each_course_by_itself(self, source: AttributeSource, database: Database) -> None:
        """
        The newest last day counts; a course not yet completed does not.
        """
        ada = a_person(database, since=NOON - timedelta(days=400))
        save(
            database,
            took(ada, "literacy", TODAY - timedelta(days=90)),
            took(ada, "literacy", TODAY + timedelta(days=90)),
            took(ada, "media", TODAY + timedelta(days=90), on=TODAY + timedelta(days=1)),
        )
        eve = a_person(database, tenant=ada.tenant, name="eve", since=NOON - timedelta(days=400))

        said = source.resolve(ada, None, NOON).subject()["training"]
        assert said == {"literacy": "current", "media": "none"}
        other = source.resolve(eve, None, NOON).subject()["training"]
        assert other == {"literacy": "none", "media": "none"}


class TestPurpose:
    def test_everybody_has_the_general_purpose(
        self, source: AttributeSource, database: Database
    ) -> None:
        """
        Everyday work for one's own use, on no legal basis that nobody recorded.
        """
        purpose = source.resolve(a_person(database), None, NOON).purpose()

        assert set(purpose) == form("purpose")
        assert (purpose["code"], purpose["known"]) == ("general", True)
        assert purpose["legal_basis"] is False
        assert purpose["publication"] == "none"
        assert purpose["audience"] == "staff"
        assert purpose["decides_about_person"] is purpose["trains_model"] is False

    def test_a_recorded_general_purpose_counts_instead(
        self, source: AttributeSource, database: Database
    ) -> None:
        """
        Its legal basis, for one, is known once somebody has recorded it.
        """
        ada = a_person(database)
        a_purpose(database, ada.tenant, "general", legal_basis="legitimate_interests")

        assert source.resolve(ada, None, NOON).purpose()["legal_basis"] is True

    @pytest.mark.parametrize("code", ["nothing", "", "x" * 500, "Recruiting\n", "recruiting"])
    def test_one_that_is_not_known_is_at_its_strictest(
        self, source: AttributeSource, database: Database, code: str
    ) -> None:
        """
        Not there, or not for this caller's groups (P3); a caller's text never comes back.
        """
        ada = a_person(database)
        a_purpose(database, ada.tenant, "recruiting", groups=["hr"])
        purpose = source.resolve(ada, code, NOON).purpose()

        assert purpose["known"] is False
        assert purpose["code"] == ""
        assert purpose["decides_about_person"] is purpose["trains_model"] is True
        assert purpose["publication"] == purpose["audience"] == "public"
        assert not any(purpose[key] for key in ("legal_basis", "reviewer", "editor"))
        assert purpose["use_case"]["stopped"] is True

    def test_who_is_in_the_group_may_name_it(
        self, source: AttributeSource, database: Database
    ) -> None:
        """
        In any case of letters, as headers come.
        """
        ada = a_person(database, groups=("hr", "all"))
        a_purpose(database, ada.tenant, "recruiting", groups=["hr"], domain="employment")

        assert source.resolve(ada, " Recruiting ", NOON).purpose()["domain"] == "employment"

    def test_groups_are_those_of_this_request(
        self, source: AttributeSource, database: Database
    ) -> None:
        """
        A token without the group does not get what one with it was told a second ago.
        """
        ada = a_person(database, groups=("hr",), kind=PrincipalKind.WORKLOAD)
        a_purpose(database, ada.tenant, "recruiting", groups=["hr"])
        assert source.resolve(ada, "recruiting", NOON).purpose()["known"]

        outside = replace(ada, groups=frozenset())
        assert not source.resolve(outside, "recruiting", NOON).purpose()["known"]

    def test_a_stopped_purpose_is_not_known(
        self, source: AttributeSource, database: Database
    ) -> None:
        """
        It keeps its name, because that comes from the register.
        """
        ada = a_person(database)
        a_purpose(database, ada.tenant, "recruiting", state="stopped")
        purpose = source.resolve(ada, "recruiting", NOON).purpose()

        assert (purpose["code"], purpose["known"]) == ("recruiting", False)
        assert purpose["use_case"]["stopped"] is True

    def test_named_people_count_while_they_are_here(
        self, source: AttributeSource, database: Database
    ) -> None:
        """
        A reviewer, editor or overseer who has left answers for nothing any more.
        """
        ada, tenant = (who := a_person(database)), who.tenant
        bob = a_person(database, tenant=tenant, name="bob")
        named = {"reviewer_id": bob.id, "editor_id": bob.id, "overseers": [str(bob.id)]}
        a_purpose(database, tenant, "recruiting", **named)
        here = source.resolve(ada, "recruiting", NOON).purpose()
        with database.tenant_session(tenant.id, write=True) as session:
            from gateway.db import principals

            row = principals.by_email(session, "bob@acme.example")
            assert row is not None
            row.active = False
        source.forget(tenant.id, ada.pseudonym)
        gone = source.resolve(ada, "recruiting", NOON).purpose()

        assert here["reviewer"] is here["editor"] is here["use_case"]["overseer"] is True
        assert gone["reviewer"] is gone["editor"] is gone["use_case"]["overseer"] is False

    def test_the_use_case_register(self, source: AttributeSource, database: Database) -> None:
        """
        Workers are informed from the day on which they were, not before.
        """
        ada = a_person(database)
        registered = {"use_case_id": "UC-1", "assessment_id": "DPIA-9"}
        a_purpose(database, ada.tenant, "a", **registered, workers_informed_on=TODAY)
        a_purpose(
            database, ada.tenant, "b", **registered, workers_informed_on=TODAY + timedelta(days=1)
        )

        assert source.resolve(ada, "a", NOON).purpose()["use_case"] == {
            "registered": True,
            "stopped": False,
            "overseer": False,
            "workers_informed": True,
            "assessment": True,
        }
        later = source.resolve(ada, "b", NOON).purpose()["use_case"]
        assert later["workers_informed"] is False


class TestTuning:
    def test_what_was_tuned_is_complete_and_by_group(
        self, database: Database, clock: SetClock
    ) -> None:
        """
        Every declared parameter is there, and of the stored ones the person's own count.
        """
        declared = {
            "loosening": "configuration",
            "parameters": {
                "co_02_rate": {"default": 100, "tighten": "lower", "meaning": "Rate."},
                "co_02_size": {"default": 10, "tighten": "lower", "meaning": "Size."},
            },
        }
        tuned = AttributeSource(database, clock, Parameters([("CO-02", "Loops", declared)]))
        ada = a_person(database, groups=("lab",))
        eve = a_person(database, tenant=ada.tenant, name="eve")
        for group, name, value in (
            ("lab", "co_02_rate", 5),
            ("", "co_02_rate", 50),
            ("", "co_02", False),
        ):
            save(
                database,
                ParameterValue(
                    tenant_id=ada.tenant.id, group=group, name=name, value=value, exempt=False,
                    set_at=NOON, set_by="test",
                ),
            )  # fmt: skip

        assert tuned.resolve(ada, None, NOON).known.policy.parameters == {
            "co_02_rate": 5,
            "co_02_size": 10,
        }
        assert tuned.resolve(eve, None, NOON).known.policy.parameters == {
            "co_02_rate": 50,
            "co_02_size": 10,
        }
        assert tuned.resolve(eve, None, NOON).known.policy.disabled == ("co_02",)


def test_the_day_is_counted_in_utc(source: AttributeSource, database: Database) -> None:
    """
    A moment in another zone means its day in UTC, whoever's clock it was.
    """
    from datetime import timezone

    ada = a_person(database, since=NOON - timedelta(days=400))
    save(database, took(ada, "literacy", TODAY))
    late = datetime(2026, 11, 25, 0, 30, tzinfo=timezone(timedelta(hours=2)))

    assert late.astimezone(UTC).date() == TODAY
    assert source.resolve(ada, None, late).subject()["training"]["literacy"] == "current"
