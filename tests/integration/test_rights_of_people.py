"""Access, restriction, holds and retention, as people and officers use them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from click.testing import CliRunner

from gateway.cli import proviso
from gateway.core.identifiers import PrincipalId, TenantId
from gateway.core.principal import Role
from gateway.errors import GatewayError
from gateway.sealed.envelope import new_key
from tests.factories import EMMA, an_installation
from tests.integration.test_sealed import an_exchange, nothing, turn_on
from tests.people import browser, record_of, somebody

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.factories import Installation
    from tests.simulators.upstream import Upstream

OLIVER, ADA, OTTO = "oliver@acme.example", "ada@acme.example", "otto@acme.example"


@dataclass
class Shell:
    """Somebody at the command line of an installation."""

    company: Installation
    config: str

    def run(self, *words: str, code: int = 0) -> Any:
        """What a command answers, as JSON."""
        done = CliRunner().invoke(
            proviso, [*words, "--tenant", "acme", "--config", self.config, "--json"]
        )
        if isinstance(done.exception, GatewayError):
            raise done.exception
        assert done.exit_code == code, done.output
        return json.loads(done.stdout)

    def content(self, *words: str) -> Any:
        """What ``proviso tenant`` answers; there the tenant is an argument."""
        done = CliRunner().invoke(proviso, ["tenant", *words, "--config", self.config, "--json"])
        if isinstance(done.exception, GatewayError):
            raise done.exception
        return json.loads(done.stdout)

    def pseudonym(self, email: str) -> str:
        """What the log calls somebody."""
        tenant = TenantId(self.company.tenant.id)
        principal = PrincipalId(record_of(self.company, email).id)
        return self.company.gateway.secret.pseudonym(tenant, principal)


@pytest.fixture
def shell(tmp_path: Path, upstream: Upstream) -> Iterator[Shell]:
    """An installation with Emma, Otto and two officers, and a master key."""
    sealing = {"master_keys": [new_key().hex()]}
    company = an_installation(tmp_path, upstream.base_url, sealing=sealing)
    for email in (EMMA, OTTO, OLIVER, ADA):
        company.key_for(email)
    company.person(OLIVER, Role.PRIVACY_OFFICER)
    company.person(ADA, Role.TENANT_ADMIN)
    file = tmp_path / "proviso.yaml"
    settings = company.gateway.settings
    document = {
        "database": settings.database, "secret_file": str(settings.secret_file), "sealing": sealing,
    }  # fmt: skip
    file.write_text(yaml.safe_dump(document))
    yield Shell(company, str(file))
    company.close()


class TestExport:
    def test_everything_about_one_person_and_nobody_else(
        self, shell: Shell, tmp_path: Path
    ) -> None:
        """
        Rows, entries, content, recipients, periods, rules and logic; others are masked.
        """
        company = shell.company
        turn_on(company, company.gateway.rights.content)
        company.chat(company.key_for(EMMA), "Hello")
        company.chat(company.key_for(EMMA), "Hello", model="trains")
        company.chat(company.key_for(OTTO), "Hello")
        said = f"From {EMMA} to {OTTO}, +49 170 1234567"
        body = {"messages": [{"role": "user", "content": said}]}
        company.gateway.rights.content.keep_request(an_exchange(somebody(company, EMMA), body))
        asked = shell.run(
            "unmask", "ask", shell.pseudonym(EMMA), "--as", OLIVER, "--reason", "data_breach"
        )
        shell.run("unmask", "approve", asked["id"], "--as", ADA)
        shell.run("subject", "export", EMMA, "--output", str(tmp_path / "out"))
        document = json.loads((tmp_path / "out" / "subject.json").read_text())
        page = (tmp_path / "out" / "subject.html").read_text()
        whole = json.dumps(document)

        assert document["person"]["email"] == EMMA
        assert {"principal", "gateway_key", "acknowledgement", "unmasking"} <= set(
            document["records"]
        )
        assert [item["provider"] for item in document["recipients"]] == ["sim"]
        assert {item["rule"] for item in document["rules"]} >= {"IP-01"}
        assert all(item["meaning"] for item in document["rules"])
        assert {item["class"] for item in document["periods"]} >= {"content", "identity"}
        assert "unmask.approved" in {item["action"] for item in document["mentions"]}
        for email in (OTTO, OLIVER, ADA):
            assert email not in whole + page
            assert shell.pseudonym(email) not in whole + page
        assert "1234567" not in whole + page
        assert f"From {EMMA} to [EMAIL_ADDRESS]" in whole
        assert EMMA in page
        assert "<script" not in page

    def test_it_is_recorded_and_closed_to_others(self, shell: Shell, tmp_path: Path) -> None:
        """
        Handing it out is an entry, and the files are their owner's alone.
        """
        shell.run("subject", "export", EMMA, "--output", str(tmp_path / "out"))
        entry = shell.company.entries()[-1]
        modes = {file.stat().st_mode & 0o777 for file in (tmp_path / "out").iterdir()}

        assert (entry["kind"], entry["action"]) == ("reading", "subject.exported")
        assert EMMA not in str(entry)
        assert modes == {0o600}

    def test_somebody_nobody_knows(self, shell: Shell, tmp_path: Path) -> None:
        """
        An address of nobody is told, and nothing is written.
        """
        with pytest.raises(GatewayError, match="no person"):
            shell.run("subject", "export", "x@acme.example", "--output", str(tmp_path / "out"))

        assert not (tmp_path / "out").exists()

    def test_ones_own_page_and_file(self, shell: Shell) -> None:
        """
        Everybody sees what is kept about them, and takes it along; nobody else's.
        """
        company = shell.company
        company.chat(company.key_for(OTTO), "Hello")
        client = browser(company, EMMA)
        page, file = client.get("/subject"), client.get("/subject/export")

        assert page.status_code == 200
        assert shell.pseudonym(EMMA) in page.text
        assert file.json["person"]["email"] == EMMA
        assert "attachment" in file.headers["Content-Disposition"]
        assert shell.pseudonym(OTTO) not in page.text + file.text
        assert company.flask.test_client().get("/subject/export").status_code == 303


class TestRestriction:
    def test_a_restricted_persons_rows_leave_reports(self, shell: Shell) -> None:
        """
        GDPR Art. 18: kept, and in no list or count from the next look on; the person still sees
        their own.
        """
        company = shell.company
        company.chat(company.key_for(EMMA), "Hello")
        name = shell.pseudonym(EMMA)
        officer, emma = browser(company, OLIVER), browser(company, EMMA)
        assert name in officer.get("/decisions").text
        shell.run("subject", "restrict", EMMA, "--reason", "objection 12")

        assert name not in officer.get("/decisions").text
        assert "No decision fits" in officer.get(f"/decisions?principal={name}").text
        assert '<div class="figure">0</div>' in officer.get("/").text
        assert "Restricted." in emma.get("/subject").text
        assert "/receipts/" in emma.get("/").text
        shell.run("subject", "release", EMMA)
        assert name in officer.get("/decisions").text

    def test_twice_is_told(self, shell: Shell) -> None:
        """
        What is restricted already, or not at all, is told; nothing false is recorded.
        """
        with pytest.raises(GatewayError, match="not restricted"):
            shell.run("subject", "release", EMMA)
        shell.run("subject", "restrict", EMMA, "--reason", "objection 12")
        size = len(shell.company.entries())
        with pytest.raises(GatewayError, match="restricted already"):
            shell.run("subject", "restrict", EMMA, "--reason", "objection 12")

        assert len(shell.company.entries()) == size


class TestCommands:
    def test_unmasking_from_the_shell(self, shell: Shell) -> None:
        """
        Ask, approve, show and list.
        """
        name = shell.pseudonym(EMMA)
        asked = shell.run("unmask", "ask", name, "--as", OLIVER, "--reason", "legal_order")
        with pytest.raises(GatewayError, match="AN-05"):
            shell.run("unmask", "approve", asked["id"], "--as", OLIVER)
        shell.run("unmask", "approve", asked["id"], "--as", ADA)

        assert shell.run("unmask", "show", asked["id"], "--as", OLIVER)["email"] == EMMA
        (row,) = shell.run("unmask", "list")
        assert (row["pseudonym"], row["shown"]) == (name, 1)

    def test_erasing_under_a_hold_says_what_was_refused(self, shell: Shell, tmp_path: Path) -> None:
        """
        Exit code 1 and the case while it is held; then the certificate, which can be repeated.
        """
        hold = shell.run("hold", "add", "--for", EMMA, "--matter", "case 9")
        refused = shell.run("erase", EMMA, code=1)
        shell.run("hold", "release", hold["id"])
        file = tmp_path / "certificate.json"
        done = shell.run("erase", EMMA, "--certificate", str(file))
        again = shell.run("erase", "--again", str(file))

        assert {item["part"] for item in refused["refused"]} == {"content", "identity"}
        assert refused["erased"] == {}
        assert done["erased"]["identity"] == 1
        assert json.loads(file.read_text()) == done
        assert again["erased"] == {}
        assert [row["matter"] for row in shell.run("hold", "list", "--all")] == ["case 9"]
        assert shell.run("hold", "list") == []

    def test_periods_from_the_shell(self, shell: Shell) -> None:
        """
        Shown with their bounds, set within them, and run by hand.
        """
        shell.run("retention", "set", "decisions", "90")
        with pytest.raises(GatewayError, match="183"):
            shell.run("retention", "set", "high_risk", "182")
        rows = {row["class"]: row["days"] for row in shell.run("retention", "show")}
        actions = [item.get("action") for item in shell.company.entries()]

        assert (rows["decisions"], rows["high_risk"]) == (90, 396)
        assert shell.run("retention", "run") == {"removed": {}, "held": {}}
        assert actions.count("retention.changed") == 1

    def test_content_and_keys_from_the_shell(self, shell: Shell) -> None:
        """
        On with an assessment, off again, and keys turned over in between.
        """
        with pytest.raises(GatewayError, match="assessment"):
            shell.content("content", "acme", "--on")
        on = shell.content("content", "acme", "--on", "--dpia", "DPIA-7", "--days", "14")
        store = shell.company.gateway.rights.content
        store.keep_request(an_exchange(somebody(shell.company, EMMA)))
        turned = shell.content("rotate-keys", "acme")
        master = shell.content("rotate-keys", "acme", "--master")
        off = shell.content("content", "acme", "--off")

        assert (on["kept"], on["days"], off["kept"]) == (True, 14, False)
        assert (turned["wrapped"], master["wrapped"]) == (1, 2)


class TestRetentionPage:
    def test_classes_holds_and_the_last_run(self, shell: Shell) -> None:
        """
        Officers, auditors and administrators see periods, holds and what went.
        """
        company = shell.company
        company.gateway.rights.holds.add(
            TenantId(company.tenant.id), None, part="all", matter="case 5", by="x", note=nothing
        )
        company.gateway.rights.expiry.run(TenantId(company.tenant.id))
        page = browser(company, OLIVER).get("/retention")

        assert page.status_code == 200
        assert "case 5" in page.text
        assert "183" in page.text
        assert "Removed" in page.text
        assert browser(company, ADA).get("/retention").status_code == 200
        assert browser(company, EMMA).get("/retention").status_code == 403
