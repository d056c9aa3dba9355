"""``proviso rights``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.audit.entries import reading
from gateway.audit.note import BadCheckpoint
from gateway.cli.acting import operator, running
from gateway.cli.context import installed
from gateway.cli.files import write_private
from gateway.rights.signed import BadRecord
from gateway.rights.signed import verify as verify_record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.cli.context import Installation
    from gateway.core.principal import Tenant
    from gateway.rights.index import Found
    from gateway.rights.marks.manifest import Manifest

_TENANT = click.option("--tenant", "slug", required=True, help="Short name of the organisation.")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_LARGEST = 100_000_000


@click.group()
def rights() -> None:
    """Rights in outputs: find their records, verify them, and read marks on media."""


@rights.command()
@_TENANT
@click.option("--text", help="A text that came from here.")
@click.option("--file", "file", type=_FILE, help="A file that came from here, such as a picture.")
@click.option("--sha256", help="The SHA-256 of media, as hex.")
@installed
def lookup(
    installation: Installation, slug: str, text: str | None, file: Path | None, sha256: str | None
) -> None:
    """Find the rights record of an output by the output. Exit code 1 when nothing is found."""
    if sum(item is not None for item in (text, file, sha256)) != 1:
        raise click.UsageError("Give one of --text, --file and --sha256.")
    tenant = installation.tenant(slug)
    with running(installation) as gateway:
        index = gateway.output_rights.index
        index.catch_up(tenant.id)
        if file is not None:
            found = index.by_bytes(tenant.id, _read(file), None)
        elif text is not None:
            found = index.by_text(tenant.id, text, None)
        else:
            found = index.by_digest(tenant.id, _digest(sha256 or ""), None)
        _note(installation, tenant, "rights.looked_up", shown=len(found))
    installation.show([item.as_dict() for item in found], _lines(found))
    if not found:
        raise click.exceptions.Exit(1)


@rights.command()
@click.argument("exchange")
@_TENANT
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The file to write.",
)
@installed
def record(installation: Installation, exchange: str, slug: str, output: Path) -> None:
    """Write the signed rights record of an exchange, to hand out."""
    tenant = installation.tenant(slug)
    with running(installation) as gateway:
        signed = gateway.output_rights.index.record(tenant.id, exchange, None)
        _note(installation, tenant, "rights.read", exchange=exchange)
    write_private(output, json.dumps(signed, indent=2, ensure_ascii=False) + "\n")
    installation.show({"file": str(output)}, f"{output}: verify with the tenant's verifier key.")


@rights.command()
@click.argument("file", type=_FILE)
@click.option(
    "--key",
    required=True,
    help="The tenant's verifier key (origin+id+base64), had from somewhere else than the record.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def verify(file: Path, key: str, as_json: bool) -> None:  # noqa: FBT001 - a flag of the command
    """Verify a signed rights record, offline. Exit code 1 when it is not what was signed."""
    try:
        document = verify_record(_read(file), key)
    except BadCheckpoint as error:
        raise click.ClickException(str(error)) from error
    except BadRecord as error:
        click.echo(f"{file}: {error}.", err=True)
        raise click.exceptions.Exit(1) from error
    if as_json:
        click.echo(json.dumps(document, indent=2))
        return
    said = document["rights"]
    click.echo(f"Genuine. Exchange {document['exchange']}, {document['at']}.")
    click.echo(f"Terms: {said['tier']}, edition {said['terms_version']}.")
    click.echo(f"Owner clause: {said['owner_clause']}. Indemnity: {said['indemnity']['offered']}.")


@rights.command()
@click.argument("file", type=_FILE)
@_TENANT
@installed
def show(installation: Installation, file: Path, slug: str) -> None:
    """Print the content credentials in a file, and whether they are the tenant's own.

    Exit code 1 when there are none, or they do not hold.
    """
    tenant = installation.tenant(slug)
    manifest = installation.gateway.output_rights.marks.read(tenant, _read(file))
    if manifest is None:
        installation.show(
            {"state": "none"},
            "No content credentials. That proves nothing: saving again drops them.",
        )
        raise click.exceptions.Exit(1)
    installation.show(manifest.as_dict(), _manifest_lines(manifest))
    if manifest.state != "valid":
        raise click.exceptions.Exit(1)


@rights.command()
@_TENANT
@installed
def certificate(installation: Installation, slug: str) -> None:
    """Print the root certificate that whoever verifies the tenant's marks must trust."""
    root = installation.gateway.output_rights.marks.credentials(
        installation.tenant(slug)
    ).root.decode("ascii")
    installation.show({"certificate": root}, root.rstrip("\n"))


@rights.command()
@_TENANT
@installed
def reindex(installation: Installation, slug: str) -> None:
    """Make the index of outputs anew from the decision log."""
    count = installation.gateway.output_rights.index.rebuild(installation.tenant(slug).id)
    installation.show({"outputs": count}, f"{count} outputs are in the index.")


def _read(file: Path) -> bytes:
    if file.stat().st_size > _LARGEST:
        raise click.UsageError(f"{file} is larger than {_LARGEST} bytes.")
    return file.read_bytes()


def _digest(text: str) -> bytes:
    try:
        digest = bytes.fromhex(text)
    except ValueError:
        digest = b""
    if len(digest) != 32:
        raise click.UsageError("--sha256 takes 64 hex digits.")
    return digest


def _note(installation: Installation, tenant: Tenant, what: str, **params: str | int) -> None:
    entry = reading(installation.clock.now(), operator(), what, **params)
    installation.gateway.ledger.record_event(tenant.id, entry)


def _lines(found: list[Found]) -> Iterator[str]:
    if not found:
        yield "Nothing here is that, or much like it."
        yield "That proves nothing: it may have been changed."
    for item in found:
        how = f"{item.distance} of 100 apart" if item.match == "near" else f"as {item.match}"
        yield f"{item.exchange_id}  {item.kind:6}  {item.at:%Y-%m-%d %H:%M}  {item.match}, {how}"


def _manifest_lines(found: Manifest) -> Iterator[str]:
    for name, value in found.as_dict().items():
        shown = ", ".join(value) if isinstance(value, list) else value
        yield f"{name:12} {shown if shown != '' else '-'}"
