"""``proviso policy test``: every Rego test in both engines, and what the tests reach."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.context import installed
from gateway.core.values import dataclass
from gateway.pdp import bundle as bundles
from gateway.pdp import opa_program, submission
from gateway.pdp.examine import TEST
from gateway.pdp.lint import GUARD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.cli.context import Installation
    from gateway.pdp.report import Report


@dataclass(frozen=True, slots=True)
class Results:
    """What the engines found; without OPA, one engine's word."""

    embedded: Report
    opa: Report | None

    @property
    def failed(self) -> list[str]:
        """Tests that are not true, with the engine that says so."""
        return [
            f"{item.file}:{item.line}: {item.name} is not true in {engine}"
            for engine, report in self.reports
            for item in report.tests
            if not item.passed
        ]

    @property
    def disagreed(self) -> list[str]:
        """Tests on which the engines differ, or that only one of them found."""
        if self.opa is None:
            return []
        ours = {item.name: item.passed for item in self.embedded.tests}
        theirs = {item.name: item.passed for item in self.opa.tests}
        differing = {name for name in ours.keys() | theirs if ours.get(name) != theirs.get(name)}
        return [f"{name}: the engines disagree" for name in sorted(differing)]

    @property
    def uncovered(self) -> list[str]:
        """Lines no test reaches, in each engine's terms. The guard is tested where it ships."""
        return [
            f"{file}: no test reaches line {', '.join(map(str, covered.missed))} in {engine}"
            for engine, report in self.reports
            for file, covered in sorted(report.coverage.items())
            if covered.missed and file not in GUARD
        ]

    @property
    def reports(self) -> Iterator[tuple[str, Report]]:
        """Each engine's report, with its name."""
        yield "the embedded engine", self.embedded
        if self.opa is not None:
            yield "OPA", self.opa

    @property
    def problems(self) -> list[str]:
        """Everything that is wrong."""
        found = [str(item) for _, report in self.reports for item in report.findings]
        if not self.embedded.tests and not found:
            found.append("there are no tests")
        return found + self.failed + self.disagreed + self.uncovered

    def rows(self) -> list[dict[str, Any]]:
        """The coverage of each module, in per cent of the lines each engine counts."""
        theirs = self.opa.coverage if self.opa is not None else {}
        return [
            {
                "file": file,
                "embedded": covered.percent,
                "opa": theirs[file].percent if file in theirs else None,
            }
            for file, covered in sorted(self.embedded.coverage.items())
        ]


@click.command()
@click.argument(
    "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False
)
@installed
def test(installation: Installation, folder: Path | None) -> int:
    """Run every test_… rule in the embedded engine and in OPA; each must be exactly true.

    Every line of every rule must be reached. Without opa on PATH, one engine's word is given.
    """
    root = folder or bundles.shipped_folder()
    opa = opa_program.found()
    results = Results(
        submission.examined(root, (TEST,)), opa.test(root) if opa is not None else None
    )
    rows, problems = results.rows(), results.problems
    lines = [f"{'covered lines':44} embedded   OPA"]
    lines += [f"{row['file']:44} {row['embedded']:6} %  {_percent(row['opa'])}" for row in rows]
    lines += problems
    passed = sum(item.passed for item in results.embedded.tests)
    engines = "both engines" if opa is not None else "the embedded engine; opa is not on PATH"
    lines.append(f"{passed} of {len(results.embedded.tests)} tests are true in {engines}")
    document = {"tests": len(results.embedded.tests), "passed": passed, "coverage": rows}
    installation.show(
        {**document, "engines": 1 + (opa is not None), "problems": problems}, iter(lines)
    )
    return 1 if problems else 0


def _percent(value: int | None) -> str:
    return "" if value is None else f"{value:3} %"
