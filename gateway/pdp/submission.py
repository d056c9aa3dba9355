"""Whether a folder of policies may be run: asked in a process of its own, with limits.

Nothing a folder holds can hurt the process that asks. A folder that does not parse, loops,
nests too deeply, uses what it may not or changes the guard is refused with the place and
the rule of the subset; what runs goes on running.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gateway.core.values import dataclass
from gateway.pdp.examine import STAGES
from gateway.pdp.lint import Finding
from gateway.pdp.report import Report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.pdp.opa_program import OpaProgram

_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one examination may spend."""

    cpu_seconds: int = 30
    memory_bytes: int = 4 * 1024 * 1024 * 1024
    """Of address space: the engine's allocator reserves more than it uses."""

    wall_seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a folder may be activated, and if not, why."""

    revision: str
    findings: tuple[Finding, ...]
    engines: tuple[str, ...]
    """Which engines judged it: ``embedded``, and ``opa`` where it was at hand."""

    @property
    def good(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


def examined(folder: Path, stages: Sequence[str] = STAGES, limits: Limits | None = None) -> Report:
    """The embedded engine's report on `folder`; a finding when its process had to be ended."""
    limits = limits or Limits()
    arguments = [str(folder.resolve()), str(limits.cpu_seconds), str(limits.memory_bytes), *stages]
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-m", "gateway.pdp.examine", *arguments],
        env={"PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        out, _ = process.communicate(timeout=limits.wall_seconds)
        ended = process.returncode
    except subprocess.TimeoutExpired:
        process.kill()
        out, _ = process.communicate()
        ended = -signal.SIGXCPU
    report, at = _read(out)
    return report or Report(findings=(_killed(at, ended, limits),))


def submitted(folder: Path, opa: OpaProgram | None, limits: Limits | None = None) -> Verdict:
    """The verdict on `folder`: the lint, every entrypoint and every test; OPA's, too, if given."""
    report = examined(folder, STAGES, limits)
    findings = (*report.findings, *failures(report, "the embedded engine"))
    engines: tuple[str, ...] = ("embedded",)
    if opa is not None and not findings:
        engines = ("embedded", "opa")
        findings = tuple(opa.check(folder))
        findings = findings or failures(opa.test(folder), "OPA")
    return Verdict(report.revision, findings, engines)


def failures(report: Report, engine: str) -> tuple[Finding, ...]:
    """The tests of a report that did not pass, as findings."""
    return tuple(
        Finding(item.file, item.line, 1, "tests.pass", f"`{item.name}` is not true in {engine}.")
        for item in report.tests
        if not item.passed
    )


def _read(out: bytes) -> tuple[Report | None, str]:
    """The report, when it came, and what was looked at last."""
    report, at = None, ""
    for line in out.splitlines():
        try:
            said: Any = json.loads(line)
        except ValueError:
            continue  # the end of a line that was being written when the process was ended
        at = said.get("at", at)
        if "report" in said:
            report = Report.of_json(said["report"])
    return report, at


def _killed(at: str, ended: int, limits: Limits) -> Finding:
    if ended in (-signal.SIGXCPU, -signal.SIGKILL):
        said = f"It did not end within {limits.cpu_seconds} s of work."
    else:
        said = f"It took more than {limits.memory_bytes >> 20} MB, or broke the engine."
    file = at if at.endswith(".rego") else ""
    return Finding(file, 1, 1, "time.limit", said if file else f"{at}: {said}".lstrip(": "))
