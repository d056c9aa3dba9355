"""``proviso policy``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.context import installed
from gateway.cli.policy_explain import explain
from gateway.cli.policy_test import test
from gateway.pdp import bundle as bundles
from gateway.pdp import opa_program, submission
from gateway.pdp.examine import LINT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.cli.context import Installation
    from gateway.pdp.lint import Finding

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
NO_OPA = "opa is not on PATH: real OPA has not compiled or run them (`make opa` installs it)"


@click.group()
def policy() -> None:
    """The rules requests are judged by."""


@policy.command()
@click.argument("folder", type=_FOLDER, required=False)
@installed
def lint(installation: Installation, folder: Path | None) -> int:
    """Hold a folder of policies to the portable subset."""
    report = submission.examined(folder or bundles.shipped_folder(), (LINT,))
    return _verdict(installation, report.findings, ["the policies keep to the portable subset"])


@policy.command()
@click.argument("folder", type=_FOLDER, required=False)
@installed
def check(installation: Installation, folder: Path | None) -> int:
    """Judge a folder of policies as before an activation, and name its rules.

    The lint, every entrypoint and every test in the embedded engine; then OPA's compiler and the
    tests in OPA, where it is on PATH.
    """
    root = folder or bundles.shipped_folder()
    verdict = submission.submitted(root, opa_program.found())
    if not verdict.good:
        return _verdict(installation, verdict.findings, [])
    bundle = bundles.load(root)
    rows = [{"id": rule.id, "title": rule.title, "package": rule.package} for rule in bundle.rules]
    lines = [f"revision {bundle.revision}: {len(bundle.modules)} modules are sound"]
    lines += [f"  {row['id']}  {row['title']}" for row in rows]
    if "opa" not in verdict.engines:
        lines.append(NO_OPA)
    return _verdict(
        installation,
        (),
        lines,
        {"revision": bundle.revision, "rules": rows, "engines": list(verdict.engines)},
    )


@policy.command()
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The file to write, such as bundle.tar.gz.",
)
@installed
def bundle(installation: Installation, output: Path) -> None:
    """Write the policies as the bundle an OPA server takes (opa run --server --bundle FILE)."""
    made = bundles.load(installation.settings.policy.directory)
    output.write_bytes(bundles.archive(made))
    installation.show(
        {"file": str(output), "revision": made.revision}, f"{output}: revision {made.revision}"
    )


def _verdict(
    installation: Installation,
    findings: Iterable[Finding],
    good: list[str],
    document: dict[str, Any] | None = None,
) -> int:
    """Print the findings, or what is good; the exit code."""
    rows = [
        {
            "file": item.file,
            "line": item.line,
            "column": item.column,
            "rule": item.rule,
            "said": item.said,
            "instead": item.instead,
        }
        for item in findings
    ]
    lines = [
        f"{row['file']}:{row['line']}:{row['column']}: {row['rule']}\n"
        f"    {row['said']}\n    {row['instead']}"
        for row in rows
    ]
    if rows:
        lines.append(f"{len(rows)} findings; what runs goes on running.")
    installation.show({**(document or {}), "findings": rows}, iter(lines or good))
    return 1 if rows else 0


policy.add_command(explain)
policy.add_command(test)
