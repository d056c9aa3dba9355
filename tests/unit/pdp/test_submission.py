"""What a submitted folder can do to the gateway: nothing."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

import pytest

from gateway.pdp import opa_program, submission
from gateway.pdp.examine import TEST
from gateway.pdp.submission import Limits, examined, submitted
from tests.unit.pdp.folders import RULE, RULE_FILE, TEST_FILE, sound, spoilt, write
from tests.unit.pdp.folders import TEST as TESTS

if TYPE_CHECKING:
    from pathlib import Path

BODY = '\tinput.data.class == "restricted"\n'
TIGHT = Limits(cpu_seconds=2, wall_seconds=10)
_LOOP = "count([1 | some a in big; some b in big; some c in big; some d in big; a == b; c == d])"
BIG = "big := [" + ",\n".join(map(str, range(400))) + "]"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A sound folder."""
    return sound(tmp_path / "policies")


class TestSound:
    def test_a_sound_folder_is_good(self, folder: Path) -> None:
        """
        Lint, entrypoints and tests pass; the verdict names the engine that judged.
        """
        verdict = submitted(folder, None)

        assert verdict.findings == ()
        assert verdict.good
        assert verdict.engines == ("embedded",)
        assert verdict.revision

    @pytest.mark.opa
    @pytest.mark.skipif(shutil.which("opa") is None, reason="opa is not on PATH")
    def test_opa_judges_too_where_it_is_at_hand(self, folder: Path) -> None:
        """
        The same folder compiles strictly in OPA, and its tests are true there.
        """
        verdict = submitted(folder, opa_program.found())

        assert verdict.findings == ()
        assert verdict.engines == ("embedded", "opa")


class TestRefused:
    @pytest.mark.parametrize(
        ("text", "rule", "part"),
        [
            (RULE + "\nx := { ]\n", "parse", "x := {"),
            (spoilt(BODY, "\thttp.send(input.data.class)\n"), "builtin.allowed", "http.send"),
            (RULE + f"\nx := {'[' * 14}1{']' * 14}\n", "literal.nesting", "[[["),
            (
                spoilt(
                    BODY,
                    "\tcount([1 | some a in numbers.range(1, 9000); "
                    "some b in numbers.range(1, 9000); a == b]) > input.data.class\n",
                ),
                "builtin.allowed",
                "numbers.range",
            ),
        ],
        ids=["does not parse", "forbidden built-in", "nests deeply", "loops"],
    )
    def test_with_the_line_and_the_rule(
        self, folder: Path, text: str, rule: str, part: str
    ) -> None:
        """
        Quickly, whatever the parser or the evaluation would have taken.
        """
        write(folder, RULE_FILE, text)
        began = time.monotonic()

        verdict = submitted(folder, None, TIGHT)

        assert not verdict.good
        finding = next(item for item in verdict.findings if item.rule == rule)
        assert finding.file == RULE_FILE
        lines = text.splitlines()
        assert part in lines[finding.line - 1] or part in lines[finding.line - 2]
        assert time.monotonic() - began < 5

    def test_a_shadowed_guard(self, folder: Path) -> None:
        """
        A second module of the guard's package would permit what the guard denies.
        """
        write(folder, "gateway/zz.rego", 'package gateway\n\neffect := "permit"\n')
        (finding, *_) = submitted(folder, None).findings

        assert (finding.file, finding.line, finding.rule) == ("gateway/zz.rego", 1, "package.root")

    def test_a_loop_that_no_lint_can_see(self, folder: Path) -> None:
        """
        Work without end is ended with its process, and the file it was in is named.
        """
        write(folder, RULE_FILE, spoilt(BODY, f"\t{_LOOP} > 1\n{BODY}") + f"\n{BIG}\n")
        began = time.monotonic()

        verdict = submitted(folder, None, TIGHT)

        assert [(item.file, item.rule) for item in verdict.findings] == [(RULE_FILE, "time.limit")]
        assert time.monotonic() - began < 15

    def test_a_loop_in_a_test(self, folder: Path) -> None:
        """
        Tests run under the same limits.
        """
        write(folder, TEST_FILE, f"{TESTS}\n{BIG}\n\ntest_loop if {_LOOP} > 1\n")

        verdict = submitted(folder, None, TIGHT)

        assert [(item.file, item.rule) for item in verdict.findings] == [(TEST_FILE, "time.limit")]

    def test_a_test_that_is_not_true(self, folder: Path) -> None:
        """
        The place of the test is named.
        """
        write(folder, TEST_FILE, f"{TESTS}\ntest_wrong if 1 == 2\n")
        (finding,) = submitted(folder, None).findings

        assert (finding.file, finding.line, finding.rule) == (TEST_FILE, 11, "tests.pass")

    def test_what_cannot_be_evaluated(self, folder: Path) -> None:
        """
        The engine finds a recursion only when it evaluates.
        """
        more = "\na contains x if some x in b\n\nb contains x if some x in a\n"
        write(folder, RULE_FILE, RULE + more)
        (finding, *_) = submitted(folder, None).findings

        assert (finding.file, finding.rule) == (RULE_FILE, "value.evaluates")

    @pytest.mark.opa
    @pytest.mark.skipif(shutil.which("opa") is None, reason="opa is not on PATH")
    def test_what_only_opa_refuses(self, folder: Path) -> None:
        """
        An unused variable passes the embedded engine; OPA's strict compiler names its line.
        """
        write(folder, RULE_FILE, spoilt(BODY, f"{BODY}\tunused := 1\n"))

        assert submitted(folder, None).good
        (finding, *_) = submitted(folder, opa_program.found()).findings
        assert (finding.file, finding.rule) == (RULE_FILE, "compile")
        assert finding.line == RULE.splitlines().index(BODY.rstrip()) + 2


class TestProcess:
    def test_it_knows_nothing_of_this_one(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        The examining process inherits no variable of the environment, hence no secret.
        """
        seen: list[dict[str, str]] = []
        real = submission.subprocess.Popen

        def spy(*arguments: object, **options: object) -> object:
            seen.append(dict(options["env"]))  # type: ignore[call-overload]
            return real(*arguments, **options)

        monkeypatch.setenv("PROVISO_SECRET", "s3cret")
        monkeypatch.setattr(submission.subprocess, "Popen", spy)
        examined(folder, (TEST,))

        assert [set(item) for item in seen] == [{"PYTHONPATH", "PYTHONUTF8"}]

    def test_a_process_that_breaks_is_a_finding(self, folder: Path) -> None:
        """
        Too little memory to begin with: no report, and so no good verdict.
        """
        verdict = submitted(folder, None, Limits(memory_bytes=50_000_000))

        assert [item.rule for item in verdict.findings] == ["time.limit"]

    def test_the_wall_clock_counts_as_well(self, folder: Path) -> None:
        """
        A process that waits instead of working is ended too.
        """
        verdict = submitted(folder, None, Limits(wall_seconds=0.01))

        assert [item.rule for item in verdict.findings] == ["time.limit"]
