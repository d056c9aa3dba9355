"""``proviso audit``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.audit.checkpoint import BadCheckpoint
from gateway.audit.verify import BadExport, verify_export
from gateway.cli.context import installed

if TYPE_CHECKING:
    from gateway.audit.verify import Verdict
    from gateway.cli.context import Installation


@click.group()
def audit() -> None:
    """The decision log: verify, export and seal it."""


@audit.command()
@click.option("--tenant", "slug", help="Verify this organisation's log where it lies.")
@click.option(
    "--file", "export_file", type=click.Path(exists=True, dir_okay=False), help="Verify an export."
)
@click.option("--key", help="The verifier key for --file.")
@installed
def verify(
    installation: Installation, slug: str | None, export_file: str | None, key: str | None
) -> None:
    """Recompute a log and hold it against its checkpoints. Exit code 1 when it is not intact."""
    if (slug is None) == (export_file is None) or (export_file is not None and key is None):
        raise click.UsageError("Give --tenant, or --file with --key.")
    if slug is not None:
        verdict = installation.gateway.log.verify(installation.tenant(slug).id)
    else:
        verdict = _verify_file(Path(export_file or ""), key or "")
    installation.show(verdict.as_dict(), "\n".join(_lines(verdict)))
    if not verdict.intact:
        raise click.exceptions.Exit(1)


@audit.command()
@click.option("--tenant", "slug", required=True, help="Short name of the organisation.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), required=True)
@installed
def export(installation: Installation, slug: str, output: Path) -> None:
    """Write a log so that it can be proved without this gateway."""
    tenant = installation.tenant(slug)
    log = installation.gateway.log
    log.seal(tenant.id)
    with output.open("w", encoding="utf-8") as file:
        count = sum(bool(file.write(line)) for line in log.export(tenant.id))
    key = log.verifier_key(tenant.id)
    installation.show(
        {"file": str(output), "lines": count, "key": key},
        f"{output}: {count} lines. Verifier key:\n{key}",
    )


@audit.command()
@click.option("--tenant", "slug", required=True, help="Short name of the organisation.")
@installed
def checkpoint(installation: Installation, slug: str) -> None:
    """Sign a checkpoint now and print it; keep it where this gateway's operators cannot reach."""
    note = installation.gateway.log.seal(installation.tenant(slug).id)
    installation.show({"note": note}, note or "Nothing new since the last checkpoint.")


def _verify_file(path: Path, key: str) -> Verdict:
    try:
        with path.open(encoding="utf-8") as file:
            return verify_export(file, key)
    except (BadExport, BadCheckpoint, UnicodeDecodeError) as error:
        raise click.ClickException(f"{path}: {error}") from error


def _lines(verdict: Verdict) -> list[str]:
    if verdict.intact:
        covered = f"{verdict.checkpoints} checkpoints, the newest covers {verdict.covered}"
        return [f"intact: {verdict.size} entries, {covered}"]
    return [
        f"NOT INTACT: {verdict.size} entries",
        *(f"  {item.kind}: {item.text}" for item in verdict.defects),
    ]
