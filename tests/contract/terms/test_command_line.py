"""``proviso terms`` from the first look to a signed edition of one's own."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click
import pytest
import yaml
from click.testing import CliRunner

from gateway.cli import proviso
from gateway.core.identifiers import TenantId
from gateway.db import log_tables, tenants
from gateway.db.session import Database
from gateway.errors import Conflict, Forbidden, GatewayError, InvalidRequest, NotFound
from gateway.terms.editions import SHIPPED
from tests.factories import migrated_file

if TYPE_CHECKING:
    from pathlib import Path

API = "openai/api-default"
ONE, TWO = "one@acme.example", "two@acme.example"
TODAY = datetime.now(UTC)
SOON = (TODAY + timedelta(days=100)).date().isoformat()


@dataclass
class Shell:
    """The command line in a folder with a database."""

    folder: Path

    def run(self, *arguments: str, tenant: bool = True) -> str:
        """A command's output; errors are raised."""
        more = ["--tenant", "acme"] if tenant else []
        config = ["--config", str(self.folder / "proviso.yaml")]
        done = CliRunner().invoke(
            proviso, ["terms", *arguments, *more, *config], standalone_mode=False
        )
        if done.exception is not None:
            raise done.exception
        return done.stdout

    def json(self, *arguments: str, tenant: bool = True) -> Any:
        """A command's result as JSON."""
        return json.loads(self.run(*arguments, "--json", tenant=tenant))

    def file(self, name: str, text: str = "text") -> str:
        """A file that stands for a document."""
        (self.folder / name).write_text(text)
        return str(self.folder / name)

    def actions(self) -> list[str]:
        """What the decision log says was done, in order."""
        database = Database(f"sqlite:///{self.folder / 'proviso.db'}")
        with database.directory_session() as session:
            record = tenants.by_slug(session, "acme")
        assert record is not None
        tenant = TenantId(record.id)
        with database.connection(tenant) as connection:
            rows = list(log_tables.entries(connection, tenant))
        database.dispose()
        return [row.status for row in rows if row.kind == "administration"]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    shutil.copy(migrated_file(), tmp_path / "proviso.db")
    provider = {"wire": "echo", "tier": API}
    document = {
        "providers": {"p": provider},
        "models": {"chat": {"provider": "p", "upstream": "gpt-4o"}},
    }
    (tmp_path / "proviso.yaml").write_text(yaml.safe_dump(document))
    config = ["--config", str(tmp_path / "proviso.yaml")]
    for command in (["db", "upgrade"], ["tenant", "create", "acme"]):
        CliRunner().invoke(
            proviso, [*command, *config], standalone_mode=False, catch_exceptions=False
        )
    return Shell(tmp_path)


class TestReviewing:
    def test_the_list_says_what_to_do_next(self, shell: Shell) -> None:
        """
        Closed at first, and open after one command.
        """
        before = shell.run("list")
        told = shell.run("review", API, "--as", ONE)
        after = shell.run("list")

        assert "not confirmed: human_review, retention, trains_on_input" in before
        assert f"proviso terms review {API} --tenant acme" in before
        assert "confirmed by one@acme.example" in told
        assert "usable until" in after

    def test_every_fact_is_shown_with_its_source_before_it_is_confirmed(self, shell: Shell) -> None:
        """
        Value, confidence, title, address and date; and which facts decide.
        """
        told = shell.run("review", API, "--as", ONE)

        assert "retention (decides): 30 days" in told
        assert "[high]" in told
        assert "Data controls in the OpenAI platform, https://developers.openai.com" in told
        assert "dated 2026-01-08" in told

    def test_one_fact_alone(self, shell: Shell) -> None:
        """
        The others stay unknown, and the next step is named.
        """
        done = shell.json("review", API, "--as", ONE, "--fact", "retention")
        told = shell.run("review", API, "--as", ONE, "--fact", "human_review")

        assert [item["fact"] for item in done["confirmed"]] == ["retention"]
        assert done["unknown"] == ["human_review", "trains_on_input"]
        assert "Still unknown, so requests stay refused: trains_on_input." in told
        with pytest.raises(NotFound, match="Known:"):
            shell.run("review", API, "--as", ONE, "--fact", "weather")

    def test_a_fact_is_corrected_with_its_source(self, shell: Shell) -> None:
        """
        Stricter at once; looser only as an override.
        """
        shell.run("review", API, "--as", ONE)
        correct = ("review", API, "--as", ONE, "--fact", "retention", "--source", "Terms, s. 4")
        told = shell.run(*correct, "--value", "90")
        shown = shell.json("show", API)

        assert "retention (decides): 90 days" in told
        assert shown["effective"]["retention_days"] == 90
        (row,) = [item for item in shown["facts"] if item["fact"] == "retention"]
        assert (row["origin"], row["state"]) == ("statement", "current")
        with pytest.raises(Conflict, match="override"):
            shell.run(*correct, "--value", "0")
        with pytest.raises(InvalidRequest, match="number of days"):
            shell.run(*correct, "--value", "long")
        with pytest.raises(click.UsageError):
            shell.run("review", API, "--as", ONE, "--value", "90")

    def test_a_tier_that_is_not_there(self, shell: Shell) -> None:
        """
        One clear line that says how to find the right one.
        """
        for command in (("review", "x/y", "--as", ONE), ("show", "x/y"), ("diff", "x/y")):
            with pytest.raises(NotFound, match="--all"):
                shell.run(*command)


class TestShowing:
    def test_everything_about_a_tier(self, shell: Shell) -> None:
        """
        Facts, overlays, overrides, and what it all comes to.
        """
        shell.run("review", API, "--as", ONE)
        told = shell.run("show", API, "--feature", "files")

        assert "current; confirmed by p_" in told
        assert "beaten by openai/overlay-stored-objects for" in told
        assert "retention_days: -1" in told
        assert "refused until these are confirmed: retention (openai/overlay-" in told

    def test_what_was_believed_on_a_day(self, shell: Shell) -> None:
        """
        Before the first review nothing was; today something is.
        """
        shell.run("review", API, "--as", ONE)
        today = shell.json("show", API, "--at", TODAY.date().isoformat())

        assert today["effective"]["retention_days"] == 30
        assert today["used"][0]["reviewed_by"].startswith("p_")
        with pytest.raises(NotFound, match="Nothing was known"):
            shell.run("show", API, "--at", "2020-03-03")


class TestOverrides:
    def propose(self, shell: Shell, *more: str) -> Any:
        return shell.json(
            "override", "propose", API, "--as", ONE, "--set", "retention=0",
            "--document", shell.file("zdr.pdf"), "--signed-on", "2026-05-04",
            "--expires", SOON, "--exclude", "files", *more,
        )  # fmt: skip

    def test_two_people_make_it_count_and_one_ends_it(self, shell: Shell) -> None:
        """
        Each step is in the decision log.
        """
        shell.run("review", API, "--as", ONE)
        shell.run("review", API, "--as", TWO)
        made = self.propose(shell)
        alone = shell.json("show", API)["effective"]["retention_days"]
        with pytest.raises(Forbidden, match="two people"):
            shell.run("override", "approve", made["id"], "--as", ONE)
        with pytest.raises(NotFound, match="not known here"):
            shell.run("override", "approve", made["id"], "--as", "made@up.example")
        shell.run("override", "approve", made["id"], "--as", TWO)
        both = shell.json("show", API)["effective"]["retention_days"]
        listed = shell.run("override", "list")
        differs = shell.run("diff", API)
        shell.run("override", "withdraw", made["id"], "--as", TWO)

        assert (made["state"], alone, both) == ("proposed", 30, 0)
        assert "in force" in listed
        assert "evidence: zdr.pdf (SHA-256 " in listed
        assert "not for: files" in listed
        assert "before: 30 days" in differs
        assert "after:  0 days" in differs
        assert shell.json("override", "list")[0]["state"] == "withdrawn"
        assert [item for item in shell.actions() if "override" in item] == [
            "terms.override.proposed", "terms.override.approved", "terms.override.withdrawn",
        ]  # fmt: skip

    def test_evidence_of_a_switched_setting(self, shell: Shell) -> None:
        """
        The setting, who switched it, when, and a digest of the screenshot.
        """
        shell.run("review", API, "--as", ONE)
        made = shell.json(
            "override", "propose", "cohere/saas", "--as", ONE, "--set", "trains_on_input=no",
            "--document", shell.file("dashboard.png"), "--signed-on", "2026-11-01",
            "--expires", SOON, "--setting", "Data sharing", "--set-by", "IT operations",
        )  # fmt: skip
        listed = shell.run("override", "list")

        assert made["kind"] == "setting"
        assert "setting Data sharing, switched by IT operations" in listed

    def test_a_change_that_says_nothing_is_a_usage_error(self, shell: Shell) -> None:
        """
        FACT=VALUE.
        """
        shell.run("review", API, "--as", ONE)
        with pytest.raises(click.UsageError, match="FACT=VALUE"):
            self.propose(shell, "--set", "retention")


class TestEvidence:
    def test_a_processor_contract_is_filed(self, shell: Shell) -> None:
        """
        From then on personal data may go there, as far as this rule is concerned.
        """
        before = shell.json("show", API)["effective"]["processor_contract"]
        told = shell.run("contract", API, "--document", shell.file("dpa.pdf"), "--as", ONE)
        after = shell.json("show", API)["effective"]["processor_contract"]
        shell.run("contract", API, "--document", shell.file("dpa.pdf"), "--as", ONE, "--ended")

        assert (before, after) == (False, True)
        assert "is on file until" in told
        assert not shell.json("show", API)["effective"]["processor_contract"]
        assert shell.actions()[-2:] == ["terms.contract.filed", "terms.contract.ended"]

    def test_a_changed_copy_is_told_and_closes_the_tier(self, shell: Shell) -> None:
        """
        B-T5 from the shell.
        """
        record = ("source", "record", "doc-oai-yourdata")
        first = shell.run(*record, shell.file("a.html", "one"), "--as", ONE)
        shell.run("review", API, "--as", ONE)
        second = shell.run(*record, shell.file("a.html", "two"), "--as", ONE)

        assert "No confirmed fact is touched." in first
        assert f"{API}: retention" in second
        assert "not confirmed: retention, trains_on_input" in shell.run("list")


class TestEditions:
    def test_a_company_signs_its_own_edition(self, shell: Shell) -> None:
        """
        Its key, its folder, its settings; and what would change is shown before.
        """
        folder = shutil.copytree(SHIPPED, shell.folder / "edition")
        path = folder / "provider-terms.yaml"
        text = path.read_text().replace(
            'retention: {days: 30, value: "abuse-monitoring logs up to 30 days"',
            'retention: {days: 60, value: "abuse-monitoring logs up to 60 days"',
        )
        path.write_text(text)
        shell.run("review", API, "--as", ONE)
        changes = shell.run("diff", str(SHIPPED), str(folder), tenant=False)
        signed = shell.json(
            "sign", str(folder), "--edition", "acme-1", "--key", str(shell.folder / "key.pem"),
            "--key-id", "acme", "--new-key", tenant=False,
        )  # fmt: skip
        config = yaml.safe_load((shell.folder / "proviso.yaml").read_text())
        keys = {"acme": signed["public_key"]}
        config["terms"] = {"directory": "edition", "trusted_keys": keys}
        (shell.folder / "proviso.yaml").write_text(yaml.safe_dump(config))
        shown = shell.json("show", API)

        assert f"{API}: retention" in changes
        assert "after:  60 days" in changes
        assert f"tenant acme: models chat; to review again: {API}: retention" in changes
        assert shown["edition"] == "acme-1"
        assert shown["effective"]["unknown_facts"] == ["retention"]
        path.write_text(text + "# one byte more")
        told = shell.run("list")
        assert "WARNING: The edition of the provider terms is not validly signed." in told
        assert shell.json("show", API)["edition"] != ""

    def test_an_edition_that_is_not_signed_does_not_load(self, shell: Shell) -> None:
        """
        B-T6: with nothing kept there is nothing to serve.
        """
        folder = shutil.copytree(SHIPPED, shell.folder / "edition")
        (folder / "own.yaml").write_text("# nothing")
        config = yaml.safe_load((shell.folder / "proviso.yaml").read_text())
        config["terms"] = {"directory": "edition"}
        (shell.folder / "proviso.yaml").write_text(yaml.safe_dump(config))

        with pytest.raises(GatewayError, match="Not what was signed"):
            shell.run("list")

    def test_two_editions_or_a_tier(self, shell: Shell) -> None:
        """
        Anything else is a usage error; the same edition twice differs in nothing.
        """
        same = shell.run("diff", str(SHIPPED), str(SHIPPED), tenant=False)

        assert same == "Nothing differs.\n"
        with pytest.raises(click.UsageError):
            shell.run("diff", str(SHIPPED), tenant=False)
        with pytest.raises(GatewayError, match="neither a folder nor a kept edition"):
            shell.run("diff", "no-such", str(SHIPPED), tenant=False)
