"""The command line and the README, as a newcomer uses them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import PERSON, PROVISO, Company, openai_shaped

if TYPE_CHECKING:
    from tests.simulators.upstream import Upstream

pytestmark = pytest.mark.e2e
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def at_rest(tmp_path: Path, upstream: Upstream) -> Company:
    """A company whose gateway is not running."""
    return Company(tmp_path, openai_shaped(upstream.base_url, "echo"))


class TestReadme:
    def test_every_command_of_the_readme_runs(self, tmp_path: Path) -> None:
        """
        What the README tells a newcomer to type works, in that order, with that file.
        """
        text = (ROOT / "README.md").read_text()
        configuration = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
        commands = re.findall(r"^\$ (proviso .*)$", text, re.MULTILINE)
        assert configuration is not None
        (tmp_path / "proviso.yaml").write_text(configuration.group(1))
        (tmp_path / "dpa.pdf").write_bytes(b"%PDF-1.7")  # the agreement a company has
        environment = {"OPENAI_API_KEY": "sk-test", "PATH": f"{PROVISO.parent}:/usr/bin:/bin"}

        assert commands[-1] == "proviso serve --port 8080"
        for command in commands[:-1]:
            done = subprocess.run(
                command.split(), cwd=tmp_path, env=environment, capture_output=True, check=False
            )
            assert done.returncode == 0, (command, done.stderr)
        checked = subprocess.run(
            ["proviso", "config", "check"], cwd=tmp_path, env=environment, check=False
        )
        assert checked.returncode == 0

    def test_the_two_commands_are_targets(self) -> None:
        """
        ``make demo`` and ``make test`` are what the README says they are.
        """
        makefile = (ROOT / "Makefile").read_text()
        wanted = re.findall(r"^\$ make (\w+)$", (ROOT / "README.md").read_text(), re.MULTILINE)

        assert wanted == ["demo", "test"]
        assert all(f"\n{target}: install" in makefile for target in wanted)


class TestAudit:
    def test_an_export_is_proved_elsewhere_and_tampering_is_found(self, at_rest: Company) -> None:
        """
        Export, verify with the key alone; one changed byte ends with exit code 1.
        """
        at_rest.found("openai/api-default")
        made = at_rest.json("audit", "export", "--tenant", "acme", "--output", "log.jsonl")
        verify = ("audit", "verify", "log.jsonl", "--key", made["key"])

        assert "intact" in at_rest.run(*verify)

        file = at_rest.folder / "log.jsonl"
        lines = file.read_text().splitlines()
        entry = json.loads(lines[1])
        entry["leaf_hash"] = "00" * 32
        file.write_text("\n".join([lines[0], json.dumps(entry), *lines[2:]]) + "\n")

        assert "NOT INTACT" in at_rest.run(*verify, code=1)

    def test_administration_is_in_the_log(self, at_rest: Company) -> None:
        """
        Creating, reviewing and handing out are entries too, without names.
        """
        at_rest.found("openai/api-default")
        at_rest.run("audit", "export", "--tenant", "acme", "--output", "log.jsonl")
        text = (at_rest.folder / "log.jsonl").read_text()

        # Six acts, and that the log was exported.
        assert at_rest.json("audit", "verify", "--tenant", "acme")["size"] == 7
        assert PERSON not in text


class TestKeys:
    def test_a_key_is_listed_without_its_text_and_can_be_revoked(self, at_rest: Company) -> None:
        """
        Shown once, then only a hint; revoking is recorded.
        """
        key = at_rest.found("openai/api-default")
        listed = at_rest.run("key", "list", "--tenant", "acme")
        (row,) = at_rest.json("key", "list", "--tenant", "acme")
        at_rest.run("key", "revoke", row["id"], "--tenant", "acme")

        assert key not in listed
        assert row["hint"] == key[-4:]
        assert "revoked" in at_rest.run("key", "list", "--tenant", "acme")

    def test_only_an_officer_reviews_terms(self, at_rest: Company) -> None:
        """
        Somebody who is known and is no privacy officer cannot confirm a contract.
        """
        at_rest.found("openai/api-default")
        text = at_rest.run(
            "terms", "review", "openai/api-default", "--tenant", "acme", "--as", PERSON, code=2
        )

        assert "not a privacy officer" in text


class TestErrorsTeach:
    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (("tenant", "create", "Bad Name"), "lower-case"),
            (("key", "list", "--tenant", "nobody"), "Known: acme"),
            (("terms", "review", "no/tier", "--tenant", "acme", "--as", "a@b.c"), "--all"),
            (("key", "create", "--tenant", "acme"), "--for or --workload"),
            (("audit", "verify"), "--tenant"),
            (("key", "create", "--tenant", "acme", "--for", "ada"), "Error: ada is no e-mail"),
            (("tenant", "create", "acme"), "Error: There is a tenant acme already."),
        ],
    )
    def test_mistakes_are_one_clear_line(
        self, at_rest: Company, arguments: tuple[str, ...], words: str
    ) -> None:
        """
        A mistake ends with exit code 2 and says what would be right; never a trace.
        """
        at_rest.found()
        text = at_rest.run(*arguments, code=2)

        assert words in text
        assert "Traceback" not in text

    @pytest.mark.parametrize(
        ("line", "words"),
        [
            ("limts: {body_bytes: 5000}", "Did you mean limits?"),
            ("limits: {body_byte: 5000}", "Did you mean limits.body_bytes?"),
            ("database: ${NOT_SET_ANYWHERE}", "NOT_SET_ANYWHERE"),
            ("limits: {body_bytes: 5}", "limits.body_bytes"),
            ("a: [", "not valid YAML at line"),
        ],
    )
    def test_a_bad_configuration_names_the_place(
        self, tmp_path: Path, line: str, words: str
    ) -> None:
        """
        An unknown key stops the start with its path and the nearest known name.
        """
        (tmp_path / "proviso.yaml").write_text(line + "\n")
        done = subprocess.run(
            [PROVISO, "serve"], cwd=tmp_path, capture_output=True, text=True, check=False
        )

        assert done.returncode == 2
        assert words in done.stderr

    def test_a_check_says_what_to_do(self, at_rest: Company) -> None:
        """
        Before the schema: which command makes it; then: which contract is misspelt.
        """
        assert "schema: FAILS: run `proviso db upgrade`" in at_rest.run("config", "check", code=1)

        at_rest.found("openai/api-default")
        assert "terms: ok" in at_rest.run("config", "check")

        file = at_rest.folder / "proviso.yaml"
        file.write_text(file.read_text().replace("openai/api-default", "openai/api-defalt"))
        text = at_rest.run("config", "check", code=1)

        assert "openai/api-defalt is in no edition of terms" in text
        assert "Did you mean openai/api-default?" in text

    def test_a_list_of_nothing_says_so(self, at_rest: Company) -> None:
        """
        Nobody wonders whether a command did anything; what a script reads stays empty.
        """
        at_rest.found()
        done = at_rest.run("decisions", "list", "--tenant", "acme")

        assert done == ""

    def test_a_taken_port_is_said(self, company: Company) -> None:
        """
        A second gateway on the port would silently take half of the requests.
        """
        company.found("openai/api-default")
        company.start()

        assert "cannot be used" in company.run("serve", "--port", str(company.port), code=2)

    def test_no_schema_no_start(self, at_rest: Company) -> None:
        """
        A database that was never prepared stops the start with the command that prepares it.
        """
        assert "proviso db upgrade" in at_rest.run("serve", code=2)


class TestInspect:
    def test_lines_in_lines_out(self, tmp_path: Path) -> None:
        """
        Offsets are code points of the given text; a bad line is answered, not fatal.
        """
        lines = ['{"id": 1, "text": "😀 jane@acme.example"}', "not json", '{"id": 2, "text": ""}']
        done = subprocess.run(
            [sys.executable, "-m", "gateway", "inspect", "--jsonl"],
            input="\n".join(lines), cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        answers = [json.loads(line) for line in done.stdout.splitlines()]

        assert done.returncode == 1
        assert answers[0]["findings"] == [
            {
                "type": "EMAIL_ADDRESS", "start": 2, "end": 19, "confidence": 0.95,
                "rule": "email", "validator": "",
            }
        ]  # fmt: skip
        assert "line 2" in answers[1]["error"]
        assert answers[2] == {"id": 2, "findings": []}
