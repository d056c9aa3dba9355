"""OPA's own program, where it is on PATH: the judge of what is activated."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

from gateway.pdp.lint import Finding
from gateway.pdp.report import Covered, Report, Tested

if TYPE_CHECKING:
    from pathlib import Path

_TESTS = "_test.rego"


class OpaProgram:
    """``opa``, run on one folder of policies."""

    def __init__(self, program: str, seconds: float = 60.0) -> None:
        """`seconds` is how long one run may take."""
        self._program = program
        self._seconds = seconds

    def check(self, folder: Path) -> list[Finding]:
        """What OPA's compiler refuses in `folder`, strictly."""
        code, _, said = self._run(folder, "check", "--strict", "--format", "json", "--bundle", ".")
        if code == 0:
            return []
        try:
            errors = json.loads(said)["errors"]
            return [_finding(item) for item in errors]
        except (ValueError, KeyError, TypeError):
            return [Finding("", 1, 1, "compile", "OPA did not compile it.")]

    def test(self, folder: Path) -> Report:
        """Every Rego test, and, when all pass, the lines they reach."""
        code, out, _ = self._run(folder, "test", "--format", "json", "--bundle", ".")
        try:
            tests = tuple(_tested(item) for item in json.loads(out) or [])
        except (ValueError, KeyError, TypeError):
            return Report(findings=(Finding("", 1, 1, "tests.pass", "OPA ran no tests."),))
        if code != 0:
            return Report(tests=tests)
        _, out, _ = self._run(folder, "test", "--coverage", "--format", "json", "--bundle", ".")
        files: dict[str, Any] = json.loads(out)["files"]
        coverage = {name: _covered(item) for name, item in files.items() if _TESTS not in name}
        return Report(tests=tests, coverage=coverage)

    def _run(self, folder: Path, *arguments: str) -> tuple[int, str, str]:
        try:
            done = subprocess.run(  # noqa: S603 - found on PATH, without a shell
                [self._program, *arguments],
                cwd=folder,
                env={},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=self._seconds,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return -1, "", ""
        return done.returncode, done.stdout, done.stderr


def found() -> OpaProgram | None:
    """The program, when it is on PATH."""
    program = shutil.which("opa")
    return OpaProgram(program) if program else None


def _finding(error: dict[str, Any]) -> Finding:
    place = error.get("location") or {}
    file, line, column = place.get("file", ""), place.get("row", 1), place.get("col", 1)
    return Finding(file, line, column, "compile", f"OPA: {error['message']}.")


def _tested(item: dict[str, Any]) -> Tested:
    passed = not (item.get("fail") or item.get("error") or item.get("skip"))
    name = f"{item['package']}.{item['name']}"
    return Tested(name, item["location"]["file"], item["location"]["row"], passed)


def _covered(item: dict[str, Any]) -> Covered:
    missed = {
        line
        for span in item.get("not_covered") or []
        for line in range(span["start"]["row"], span["end"]["row"] + 1)
    }
    reached = {
        line
        for span in item.get("covered") or []
        for line in range(span["start"]["row"], span["end"]["row"] + 1)
    }
    return Covered(len(reached - missed), tuple(sorted(missed)))
