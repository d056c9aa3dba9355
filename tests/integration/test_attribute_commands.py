"""The commands that fill what policies read: profiles, purposes, training, budgets, tuning."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from click.testing import CliRunner

from gateway import secret_file
from gateway.cli import proviso
from gateway.core.identifiers import TenantId
from gateway.core.principal import Role
from gateway.db import principals
from gateway.errors import GatewayError
from tests.factories import EMMA, an_installation
from tests.integration.answers import asking_policies

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.factories import Installation
    from tests.simulators.upstream import Upstream

OLIVER = "oliver@acme.example"


@dataclass
class Shell:
    """Somebody at the command line of an installation whose gateway is running."""

    company: Installation
    config: str

    def run(self, *words: str) -> Any:
        """The result of a command, as JSON."""
        done = CliRunner().invoke(
            proviso, [*words, "--config", self.config, "--json"], catch_exceptions=False
        )
        assert done.exit_code == 0, done.output
        return json.loads(done.output)

    def said(self, *words: str) -> str:
        """What a command prints."""
        done = CliRunner().invoke(
            proviso, [*words, "--config", self.config], catch_exceptions=False
        )
        assert done.exit_code == 0, done.output
        return done.output

    def wrong(self, *words: str) -> str:
        """The message of a command that is refused."""
        done = CliRunner().invoke(proviso, [*words, "--config", self.config])
        if isinstance(done.exception, GatewayError):
            return done.exception.message
        assert done.exit_code == 2, done.output
        return done.output

    def attributes(self, email: str, purpose: str | None = None) -> Any:
        """What policy is told of a person."""
        company = self.company
        tenant = TenantId(company.tenant.id)
        principal = company.gateway.identity.keys.authenticate(
            company.key_for(email, trained=False)
        )
        source = company.gateway.attributes.source
        source.forget(tenant, principal.pseudonym)
        return source.resolve(principal, purpose, company.gateway.clock.now())

    def actions(self) -> list[str]:
        """The administration in the log."""
        entries = self.company.entries()
        return [item["action"] for item in entries if item["kind"] == "administration"]


@pytest.fixture
def shell(tmp_path: Path, upstream: Upstream) -> Iterator[Shell]:
    """An installation with Emma and an officer, and a rule that asks and can be tuned."""
    policy = {"directory": str(asking_policies(tmp_path))}
    company = an_installation(tmp_path, upstream.base_url, policy=policy)
    company.key_for(EMMA, trained=False)
    company.key_for(OLIVER, trained=False)
    company.person(OLIVER, Role.PRIVACY_OFFICER)
    assert secret_file.load(company.gateway.settings.secret_file)
    file = tmp_path / "proviso.yaml"
    document = {
        "database": company.gateway.settings.database,
        "secret_file": str(company.gateway.settings.secret_file),
        "policy": policy,
    }
    file.write_text(yaml.safe_dump(document))
    yield Shell(company, str(file))
    company.close()


class TestProfile:
    def test_it_is_recorded_piece_by_piece(self, shell: Shell) -> None:
        """
        What is not named stays as it was; what policy is told follows.
        """
        profile = ("tenant", "profile", "acme")
        assert "nowhere recorded" in shell.said(*profile)
        shell.run(*profile, "--establishment", "eu", "--establishment", "US")
        told = shell.run(*profile, "--no-works-council", "--revenue", "over_1m")

        assert told == {
            "establishments": ["EU", "US"],
            "works_council": False,
            "revenue": "over_1m",
        }
        assert shell.attributes(EMMA).tenant() == {"demo": False, **told}
        assert shell.actions() == ["tenant.profile_changed"] * 2

    def test_a_seat_is_two_letters(self, shell: Shell) -> None:
        """
        A name of a country is not guessed at.
        """
        words = shell.wrong("tenant", "profile", "acme", "--establishment", "Germany")
        assert "two letters" in words


class TestPurpose:
    def test_from_registering_to_stopping(self, shell: Shell) -> None:
        """
        Registered, listed, shown, changed, stopped, resumed: each change is in the log.
        """
        at = ("--tenant", "acme")
        shell.run(
            "purpose", "add", "recruiting", *at, "--title", "Sorting applications",
            "--legal-basis", "contract", "--domain", "employment", "--decides-about-person",
            "--reviewer", OLIVER, "--overseer", OLIVER, "--use-case", "UC-7",
            "--workers-informed-on", "2026-01-31", "--assessment", "DPIA-3",
        )  # fmt: skip
        purpose = shell.attributes(EMMA, "recruiting").purpose()
        assert purpose["known"] is purpose["reviewer"] is purpose["legal_basis"] is True
        assert purpose["use_case"] == {
            "registered": True,
            "stopped": False,
            "overseer": True,
            "workers_informed": True,
            "assessment": True,
        }
        assert shell.run("purpose", "show", "recruiting", *at)["domain"] == "employment"
        assert "Sorting applications" in shell.said("purpose", "list", *at)
        assert "already" in shell.wrong("purpose", "add", "recruiting", *at, "--title", "x")
        shell.run("purpose", "stop", "recruiting", *at)
        assert not shell.attributes(EMMA, "recruiting").purpose()["known"]
        shell.run("purpose", "resume", "recruiting", *at)
        shell.run("purpose", "add", "recruiting", *at, "--title", "x", "--group", "hr", "--replace")

        assert not shell.attributes(EMMA, "recruiting").purpose()["known"]
        assert shell.actions() == [
            "purpose.registered", "purpose.stopped", "purpose.resumed", "purpose.registered",
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("words", "teaches"),
        [
            (("add", "Bad Code", "--title", "x"), "lower-case"),
            (("add", "x", "--title", "x", "--legal-basis", "legitimate_interests"), "balancing"),
            (("add", "x", "--title", "x", "--training-exception", "embeddings"), "trains no model"),
            (("add", "x", "--title", "x", "--reviewer", "nobody@acme.example"), "no person"),
            (("add", "x", "--title", "x", "--legal-basis", "because"), "consent"),
            (("show", "nothing"), "purpose list"),
            (("stop", "nothing"), "purpose list"),
        ],
    )
    def test_mistakes_teach(self, shell: Shell, words: tuple[str, ...], teaches: str) -> None:
        """
        And change nothing.
        """
        assert teaches in shell.wrong("purpose", *words, "--tenant", "acme")
        assert shell.actions() == []


class TestTraining:
    def test_one_record(self, shell: Shell) -> None:
        """
        Counts at once, and is listed.
        """
        shell.run(
            "training", "record", "--tenant", "acme", "--for", EMMA, "--course", "media",
            "--completed-on", "2026-01-05", "--valid-until", "2099-01-05",
        )  # fmt: skip

        training = shell.attributes(EMMA).subject()["training"]
        assert training == {"literacy": "grace", "media": "current"}
        assert EMMA in shell.said("training", "list", "--tenant", "acme")
        assert EMMA not in str(shell.company.entries())

    def test_a_file_is_recorded_whole_or_not_at_all(self, shell: Shell, tmp_path: Path) -> None:
        """
        Somebody who is not known stops it, unless they are to be left out.
        """
        file = tmp_path / "courses.csv"
        file.write_text(
            "email,course,completed_on,valid_until\n"
            f"{EMMA.upper()},literacy,2026-01-05,2099-01-05\n"
            "new@acme.example,literacy,2026-01-05,2099-01-05\n"
        )
        words = ("training", "import", str(file), "--tenant", "acme")

        assert "lines 3" in shell.wrong(*words)
        assert shell.run("training", "list", "--tenant", "acme") == []
        assert shell.run(*words, "--known-only") == {"recorded": 1, "left_out": 1}
        assert shell.attributes(EMMA).subject()["training"]["literacy"] == "current"
        assert shell.actions() == ["training.imported"]

    @pytest.mark.parametrize(
        ("content", "teaches"),
        [
            ("email,course\n", "columns"),
            ("", "columns"),
            ("email,course,completed_on,valid_until\nx,literacy,2026-01-01,2027-01-01\n", "Line 2"),
            ("email,course,completed_on,valid_until\na@b,yoga,2026-01-01,2027-01-01\n", "media"),
            ("email,course,completed_on,valid_until\na@b,media,01.01.2026,2027-01-01\n", "YYYY"),
            ("email,course,completed_on,valid_until\na@b,media,2027-01-02,2027-01-01\n", "before"),
            ("email,course,completed_on,valid_until\na@b,media\n", "YYYY"),
        ],
    )
    def test_a_file_that_is_wrong_names_the_line(
        self, shell: Shell, tmp_path: Path, content: str, teaches: str
    ) -> None:
        """
        And repeats nothing that stands in it.
        """
        file = tmp_path / "courses.csv"
        file.write_text(content)
        words = shell.wrong("training", "import", str(file), "--tenant", "acme")

        assert teaches in words
        assert "a@b" not in words

    def test_bytes_that_are_no_text(self, shell: Shell, tmp_path: Path) -> None:
        """
        Are told to be none.
        """
        file = tmp_path / "courses.csv"
        file.write_bytes(b"\xff\xfe\x00")

        assert "UTF-8" in shell.wrong("training", "import", str(file), "--tenant", "acme")


class TestBudget:
    def test_set_list_unset(self, shell: Shell) -> None:
        """
        For all, for a group, for one person and for each; policy is told the worst.
        """
        at = ("--tenant", "acme")
        shell.run("budget", "set", *at, "--cents", "5000")
        shell.run("budget", "set", *at, "--cents", "100", "--group", "lab", "--period", "day")
        shell.run("budget", "set", *at, "--cents", "10", "--each-person", "--hard", "100")
        shell.run("budget", "set", *at, "--cents", "20", "--person", EMMA)
        shell.run("budget", "set", *at, "--cents", "6000")

        listed = shell.run("budget", "list", *at)
        assert [(row["scope"], row["cents"]) for row in listed] == [
            ("group", 100), ("person", 10), ("person", 20), ("tenant", 6000),
        ]  # fmt: skip
        assert shell.attributes(EMMA).known.budget == "within"
        assert "0 of 6000 cents this month  within" in shell.said("budget", "list", *at)
        shell.run("budget", "unset", *at, "--person", EMMA)
        assert "no such budget" in shell.wrong("budget", "unset", *at, "--person", EMMA)
        assert EMMA not in str(shell.company.entries())
        assert shell.actions()[-1] == "budget.unset"

    def test_one_scope_at_a_time(self, shell: Shell) -> None:
        """
        Two at once would be neither.
        """
        words = ("budget", "set", "--tenant", "acme", "--cents", "1", "--group", "a")
        assert "Give one of" in shell.wrong(*words, "--each-person")
        assert "100" in shell.wrong(*words, "--hard", "99")


class TestApproval:
    def test_granted_listed_revoked(self, shell: Shell) -> None:
        """
        By a person with the role, for a colleague; under pseudonyms.
        """
        at = ("--tenant", "acme", "--as", OLIVER)
        made = shell.run(
            "approval", "grant", "test.approve", *at, "--for", EMMA, "--reason", "Year's end"
        )
        assert shell.attributes(EMMA).subject()["approved"] == ["test.approve"]
        listed = shell.said("approval", "list", "--tenant", "acme")
        assert made["id"] in listed
        assert EMMA not in listed
        shell.run("approval", "revoke", made["id"], *at)

        assert shell.attributes(EMMA).subject()["approved"] == []
        assert shell.run("approval", "list", "--tenant", "acme") == []
        assert "revoked" in shell.said("approval", "list", "--tenant", "acme", "--all")
        assert shell.actions() == ["approval.granted", "approval.revoked"]

    @pytest.mark.parametrize(
        ("approver", "person", "code", "teaches"),
        [
            (EMMA, OLIVER, "test.approve", "privacy_officer"),
            (OLIVER, OLIVER, "test.approve", "second person"),
            (OLIVER, EMMA, "test.final", "test.approve"),
            (OLIVER, "nobody@acme.example", "test.approve", "no person"),
        ],
    )
    def test_who_may_not(
        self, shell: Shell, approver: str, person: str, code: str, teaches: str
    ) -> None:
        """
        Is told why, and nothing is kept.
        """
        words = ("approval", "grant", code, "--tenant", "acme", "--as", approver)

        assert teaches in shell.wrong(*words, "--for", person, "--reason", "r")
        assert shell.actions() == []


class TestTuning:
    def test_a_value_is_inherited_and_shown(self, shell: Shell) -> None:
        """
        Shipped, then the organisation's, then the group's; each with where it came from.
        """
        at = ("--tenant", "acme")
        with shell.company.gateway.database.tenant_session(
            TenantId(shell.company.tenant.id), write=True
        ) as session:
            emma = principals.by_email(session, EMMA)
            assert emma is not None
            emma.groups = ["lab"]
        shell.run("parameters", "set", "zz_01_rate", "50", *at)
        shell.run("parameters", "set", "zz_01_rate", "40", *at, "--group", "lab")
        shell.run("parameters", "set", "zz_01", "off", *at)

        assert shell.attributes(EMMA).known.policy.parameters["zz_01_rate"] == 40
        assert shell.attributes(OLIVER).known.policy.parameters["zz_01_rate"] == 50
        assert shell.attributes(OLIVER).known.policy.disabled == ("zz_01",)
        everybody = shell.said("policy", "show", *at)
        assert "50                   (tenant)" in everybody
        assert "switched off (tenant)" in everybody
        assert "(group lab)" in shell.said("policy", "show", *at, "--for", EMMA)
        assert "group lab: 40" in shell.said("parameters", "show", "zz_01_rate", *at)
        shell.run("parameters", "unset", "zz_01", *at)
        assert shell.attributes(OLIVER).known.policy.disabled == ()
        assert shell.actions() == ["parameter.set"] * 3 + ["parameter.unset"]

    @pytest.mark.parametrize(
        ("words", "teaches"),
        [
            (("set", "zz_01_rate", "0"), "from 1 to 1000"),
            (("set", "zz_01_rate", "many"), "whole number"),
            (("set", "ip_02", "off"), "parameters list"),
            (("set", "zz_01_rate", "200", "--group", "lab"), "--exempt"),
            (("set", "zz_01_rate", "9", "--exempt"), "Only a group"),
            (("unset", "zz_01_rate"), "not set there"),
        ],
    )
    def test_what_is_refused_teaches(
        self, shell: Shell, words: tuple[str, ...], teaches: str
    ) -> None:
        """
        And changes nothing. A rule that may not be loosened has no switch at all.
        """
        assert teaches in shell.wrong("parameters", *words, "--tenant", "acme")
        assert shell.actions() == []

    def test_everything_that_may_be_set_is_listed(self, shell: Shell) -> None:
        """
        With the shipped value, and which way is stricter.
        """
        rows = {row["name"]: row for row in shell.run("parameters", "list")}

        assert rows["zz_01_rate"]["shipped"] == "100"
        assert rows["zz_01_rate"]["stricter"] == "lower is stricter"
        assert "zz_01_rate" in shell.said("parameters", "list")
