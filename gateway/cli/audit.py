"""``proviso audit``: verify, export and prove the decision log."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gateway.audit import export as exports
from gateway.audit.note import BadCheckpoint
from gateway.audit.timestamp import Stamps
from gateway.audit.verify import BadExport, Trust, kept_checkpoints, verify_path
from gateway.cli import audit_keys
from gateway.cli.acting import operator
from gateway.cli.context import installed
from gateway.errors import LogTampered

if TYPE_CHECKING:
    from gateway.audit.log import DecisionLog
    from gateway.audit.verdict import Verdict
    from gateway.cli.context import Installation
    from gateway.core.identifiers import TenantId

_PATH = click.Path(path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def audit() -> None:
    """The decision log: verify, export, prove and seal it."""


for _command in audit_keys.COMMANDS:
    audit.add_command(_command)


@audit.command()
@click.argument("export_path", metavar="[EXPORT]", required=False, type=_PATH)
@click.option("--tenant", "slug", help="Verify this organisation's log where it lies.")
@click.option("--key", "keys", multiple=True, help="A verifier key of the log; the newest will do.")
@click.option(
    "--checkpoint",
    "kept",
    multiple=True,
    type=_FILE,
    help="A checkpoint kept from earlier, or a file witness's file.",
)
@click.option("--witness", "witnesses", multiple=True, help="A cosigner's verifier key.")
@click.option(
    "--tsa", type=_FILE, help="Certificates (PEM) of the time-stamp authority, to check its stamps."
)
@installed
def verify(
    installation: Installation,
    export_path: Path | None,
    slug: str | None,
    keys: tuple[str, ...],
    kept: tuple[Path, ...],
    witnesses: tuple[str, ...],
    tsa: Path | None,
) -> None:
    """Recompute a log and hold it against its checkpoints. Exit code 1 when it is not intact.

    EXPORT is what `audit export`, `audit prove` or `audit consistency` wrote.
    """
    if (slug is None) == (export_path is None) or (export_path is not None and not keys):
        raise click.UsageError("Give --tenant, or an export with --key.")
    if slug is not None:
        verdict = installation.gateway.log.verify(installation.tenant(slug).id)
    else:
        verdict = _verify_file(export_path or Path(), keys, kept, witnesses, tsa)
    installation.show(verdict.as_dict(), "\n".join(_lines(verdict)))
    if not verdict.intact:
        raise click.exceptions.Exit(1)


@audit.command()
@click.option("--tenant", "slug", required=True, help="Short name of the organisation.")
@click.option(
    "--output",
    type=_PATH,
    required=True,
    help="A file, or an existing folder (or a name ending in /) for chunks with a manifest.",
)
@click.option(
    "--chunk-lines",
    default=exports.CHUNK_LINES,
    show_default=True,
    type=click.IntRange(min=2),
    help="Lines of each chunk, when it is written in chunks.",
)
@installed
def export(installation: Installation, slug: str, output: Path, chunk_lines: int) -> None:
    """Write a log so that it can be proved without this gateway."""
    tenant = installation.tenant(slug)
    log = installation.gateway.log
    _note_reading(log, tenant.id, "log.exported")
    if output.is_dir() or not output.suffix:
        count = exports.to_folder(log, tenant.id, output, chunk_lines)
    else:
        count = exports.to_file(log, tenant.id, output)
    key = log.verifier_key(tenant.id)
    installation.show(
        {"file": str(output), "lines": count, "key": key},
        f"{output}: {count} lines. Verifier key:\n{key}",
    )


@audit.command()
@click.argument("which", metavar="EXCHANGE|SEQUENCE")
@click.option("--tenant", "slug", required=True, help="Short name of the organisation.")
@click.option("--output", type=_PATH, help="Where to write; by default it is printed.")
@installed
def prove(installation: Installation, which: str, slug: str, output: Path | None) -> None:
    """Prove one entry without showing the others: the entry, its path in the tree, a checkpoint.

    For an exchange that is its decision; give the outcome's number for the outcome.
    """
    tenant, log = installation.tenant(slug), installation.gateway.log
    sequences = [int(which)] if which.isdecimal() else exports.sequences_of(log, tenant.id, which)
    if not sequences:
        raise click.ClickException(f"The log of {slug} has no exchange {which}.")
    _note_reading(log, tenant.id, "entry.proved", sequence=sequences[0])
    _write(exports.prove(log, tenant.id, sequences[0]), output)


@audit.command()
@click.argument("old", type=_FILE)
@click.argument("new", required=False, type=_FILE)
@click.option("--tenant", "slug", required=True, help="Short name of the organisation.")
@click.option("--output", type=_PATH, help="Where to write; by default it is printed.")
@installed
def consistency(
    installation: Installation, old: Path, new: Path | None, slug: str, output: Path | None
) -> None:
    """Prove that checkpoint NEW (a file; by default the newest) only adds to checkpoint OLD."""
    tenant, log = installation.tenant(slug), installation.gateway.log
    later = new.read_text(encoding="utf-8") if new else log.seal(tenant.id) or log.latest(tenant.id)
    try:
        document = exports.consistency(log, tenant.id, old.read_text(encoding="utf-8"), later)
    except BadCheckpoint as error:
        raise click.ClickException(str(error)) from error
    _write(document, output)


@audit.command()
@click.option("--tenant", "slug", required=True, help="Short name of the organisation.")
@installed
def adopt(installation: Installation, slug: str) -> None:
    """Go on from the log as it is, after it was found tampered with and you know why.

    The gateway refuses to write to, or to sign, a log whose state it did not leave behind. This
    takes the entries as they are, and records from which one on nobody can vouch for them.
    """
    tenant = installation.tenant(slug)
    try:
        size = installation.gateway.log.adopt(tenant.id, operator())
    except LogTampered as error:
        raise click.ClickException(error.message) from error
    installation.show({"size": size}, f"Adopted: {size} entries, the last of which says so.")


def _note_reading(log: DecisionLog, tenant: TenantId, what: str, **params: int) -> None:
    """Record what leaves, and who took it. Whoever looks into a tampered log may read on."""
    try:
        log.record_reading(tenant, operator(), what, **params)
    except LogTampered as error:
        click.echo(f"Not recorded: {error.message}", err=True)


def _verify_file(
    path: Path,
    keys: tuple[str, ...],
    kept: tuple[Path, ...],
    witnesses: tuple[str, ...],
    tsa: Path | None,
) -> Verdict:
    try:
        origin = keys[0].partition("+")[0]
        notes = [
            note
            for file in kept
            for note in kept_checkpoints(file.read_text(encoding="utf-8"), origin)
        ]
        stamped_at = Stamps(tsa.read_bytes()).check if tsa else None
        return verify_path(path, Trust(keys, notes, witnesses, stamped_at))
    except BadExport as error:
        click.echo(f"{path}: {error}", err=True)
        raise click.exceptions.Exit(1) from error
    except (BadCheckpoint, OSError, ValueError) as error:
        raise click.ClickException(f"{path}: {error}") from error


def _write(document: dict[str, Any], output: Path | None) -> None:
    text = json.dumps(document)
    if output is None:
        click.echo(text)
    else:
        output.write_text(text + "\n", encoding="utf-8")


def _lines(verdict: Verdict) -> list[str]:
    outside = [
        *(f"  witness {name}: {size} entries" for name, size in verdict.witnesses.items()),
        *(f"  stamped {key}: {value}" for key, value in verdict.stamped.items()),
    ]
    if verdict.intact:
        covered = f"{verdict.checkpoints} checkpoints, the newest covers {verdict.covered}"
        return [f"intact: {verdict.size} entries, {covered}", *outside]
    more = [f"  and {verdict.more} more"] if verdict.more else []
    return [
        f"NOT INTACT: {verdict.size} entries",
        *(f"  {item.kind}: {item.text}" for item in verdict.defects),
        *more,
        *outside,
    ]
