"""``proviso policy lint``, ``check`` and ``test``: what they print, and their exit codes."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from gateway.cli.policy import policy
from tests.unit.pdp.folders import RULE, RULE_FILE, TEST, TEST_FILE, sound, spoilt, write

if TYPE_CHECKING:
    from pathlib import Path

needs_opa = pytest.mark.skipif(shutil.which("opa") is None, reason="opa is not on PATH")
BOUND = spoilt("contains reason if", 'contains {"a": input.data.class} if')


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A sound folder."""
    return sound(tmp_path / "policies")


def run(*arguments: str) -> tuple[int, str]:
    """A command's exit code, as `gateway.cli.main` gives it, and its output."""
    result = CliRunner().invoke(policy, arguments, standalone_mode=False)
    assert result.exception is None, result.exception
    return result.return_value or 0, result.output


def as_json(*arguments: str) -> tuple[int, Any]:
    """The same with ``--json``."""
    code, output = run(*arguments, "--json")
    return code, json.loads(output)


class TestLint:
    def test_a_sound_folder(self, folder: Path) -> None:
        """
        Nothing to say, and exit code 0.
        """
        assert run("lint", str(folder)) == (0, "the policies keep to the portable subset\n")

    def test_a_finding_has_place_rule_and_what_to_write(self, folder: Path) -> None:
        """
        One look at the output is enough to put it right; the exit code is 1.
        """
        write(folder, RULE_FILE, BOUND)
        code, output = run("lint", str(folder))

        assert code == 1
        line = RULE.splitlines().index("deny contains reason if {") + 1
        assert f"{RULE_FILE}:{line}:1: head.bound" in output
        assert "Bind the value in the body" in output


class TestCheck:
    def test_without_opa_it_says_so(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """
        One engine's word is given as one engine's word.
        """
        monkeypatch.setenv("PATH", "")
        code, output = run("check", str(folder))

        assert code == 0
        assert "opa is not on PATH" in output
        assert as_json("check", str(folder))[1]["engines"] == ["embedded"]

    @pytest.mark.opa
    @needs_opa
    def test_with_opa_both_judge(self, folder: Path) -> None:
        """
        Every rule is named, and both engines with it.
        """
        code, document = as_json("check", str(folder))

        assert code == 0
        assert document["engines"] == ["embedded", "opa"]
        assert {row["id"] for row in document["rules"]} == {"XX-01"}

    def test_a_bad_folder_is_refused(self, folder: Path) -> None:
        """
        With findings and exit code 1.
        """
        write(folder, RULE_FILE, BOUND)
        code, document = as_json("check", str(folder))

        assert code == 1
        assert document["findings"]


class TestTest:
    @pytest.mark.opa
    @needs_opa
    def test_both_engines_run_every_test(self, folder: Path) -> None:
        """
        The rules' lines are covered in both engines' terms.
        """
        code, document = as_json("test", str(folder))
        rules = [row for row in document["coverage"] if "rules/" in row["file"]]

        assert document["engines"] == 2
        assert (document["passed"], document["tests"]) == (3, 3)
        assert all((row["embedded"], row["opa"]) == (100, 100) for row in rules)
        assert (code, document["problems"]) == (0, [])

    def test_one_engine_alone(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """
        Without OPA the embedded engine runs them, and the output says so.
        """
        monkeypatch.setenv("PATH", "")
        code, output = run("test", str(folder))

        assert code == 0
        assert "3 of 3 tests are true in the embedded engine; opa is not on PATH" in output

    def test_a_test_that_is_not_true(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """
        Its place is named, and the exit code is 1.
        """
        monkeypatch.setenv("PATH", "")
        write(folder, TEST_FILE, f"{TEST}\ntest_wrong if 1 == 2\n\ntest_two := 2\n")
        code, output = run("test", str(folder))

        assert code == 1
        assert f"{TEST_FILE}:11: data.gateway.rules.xx_01_test.test_wrong is not true" in output
        assert "test_two is not true" in output

    def test_a_line_that_no_test_reaches(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        A rule is covered wholly or not.
        """
        monkeypatch.setenv("PATH", "")
        more = '\ndeny contains reason if {\n\tinput.data.class == "q"\n\treason := {}\n}\n'
        write(folder, RULE_FILE, RULE + more)
        code, output = run("test", str(folder))

        assert code == 1
        assert f"{RULE_FILE}: no test reaches line" in output

    @pytest.mark.opa
    @needs_opa
    def test_engines_that_disagree(self, folder: Path) -> None:
        """
        A test that only one engine finds true is named.
        """
        more = '\ntest_sprintf if sprintf("%d", [-1]) == "-1"\n'
        write(folder, TEST_FILE, TEST + more)
        code, output = run("test", str(folder))

        assert code == 1
        assert "data.gateway.rules.xx_01_test.test_sprintf: the engines disagree" in output

    def test_a_folder_without_tests(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """
        No test is no success.
        """
        monkeypatch.setenv("PATH", "")
        for path in folder.rglob("*_test.rego"):
            path.unlink()
        code, output = run("test", str(folder))

        assert code == 1
        assert "there are no tests" in output
