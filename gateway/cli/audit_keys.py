"""``proviso audit``: checkpoints, the keys that sign them, and witnesses."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from gateway.audit import checkpoint as checkpoints
from gateway.audit import note as notes
from gateway.audit.note import BadCheckpoint
from gateway.cli.acting import operator
from gateway.cli.context import installed

if TYPE_CHECKING:
    from gateway.cli.context import Installation

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--tenant", "slug", required=True, help="Short name of the organisation.")
@installed
def checkpoint(installation: Installation, slug: str) -> None:
    """Sign a checkpoint now, give it to the witnesses, and print it.

    Keep it where this gateway's operators cannot reach: it is what a rewritten history is held
    against.
    """
    tenant, gateway = installation.tenant(slug), installation.gateway
    fresh = gateway.log.seal(tenant.id)
    note = fresh or gateway.log.latest(tenant.id)
    given = gateway.publisher.give(tenant.id)
    lines = [note.rstrip("\n"), *(f"{name}: {result}" for name, result in given.items())]
    installation.show({"note": note, "new": fresh is not None, "witnesses": given}, iter(lines))


@click.command("rotate-key")
@click.option("--tenant", "slug", required=True, help="Short name of the organisation.")
@installed
def rotate_key(installation: Installation, slug: str) -> None:
    """Let a new key sign checkpoints from now on.

    The log records it, and a checkpoint that both keys sign joins the one to the other: old
    checkpoints stay valid, and whoever holds either key can verify the whole log.
    """
    tenant, log = installation.tenant(slug), installation.gateway.log
    key = log.rotate_key(tenant.id, operator())
    installation.show({"key": key}, f"The new verifier key, to give to auditors:\n{key}")


@click.command()
@click.option("--tenant", "slug", required=True, help="Short name of the organisation.")
@installed
def keys(installation: Installation, slug: str) -> None:
    """List the verifier keys of a log, with the sizes of the log each has signed for."""
    found = installation.gateway.log.keys(installation.tenant(slug).id)
    rows = [
        {
            "key": key.verifier.written(),
            "from_size": key.from_size,
            "until_size": key.until_size,
            "in_use": key.until_size is None,
        }
        for key in found
    ]
    lines = (
        f"{row['key']}  from {row['from_size']}"
        + (" (in use)" if row["in_use"] else f" to {row['until_size']}")
        for row in rows
    )
    installation.show(rows, lines)


@click.command()
@click.argument("note_file", metavar="[CHECKPOINT]", required=False, type=_FILE)
@click.option("--tenant", "slug", help="Cosign this organisation's newest checkpoint and keep it.")
@click.option(
    "--signing-key",
    required=True,
    type=_FILE,
    help="An Ed25519 key of your own (PEM), as `openssl genpkey -algorithm ed25519` makes it.",
)
@click.option("--name", required=True, help="The name you sign under, such as audit.acme.example.")
@installed
def cosign(
    installation: Installation,
    note_file: Path | None,
    slug: str | None,
    signing_key: Path,
    name: str,
) -> None:
    """Sign a checkpoint with a key of the organisation's own, so that it has two signers.

    With a CHECKPOINT file this needs no installation and prints the signed note: run it where
    this gateway's operators are not. First hold the checkpoint against the one signed before,
    with `audit consistency` and `audit verify`.
    """
    if (slug is None) == (note_file is None):
        raise click.UsageError("Give a checkpoint file, or --tenant.")
    private = _private(signing_key)
    at = int(installation.clock.now().timestamp())
    key = checkpoints.Verifier(name, private.public_key(), cosigns=True).written()
    try:
        if note_file is not None:
            note = notes.parse(note_file.read_text(encoding="utf-8"))
            checkpoints.read_statement(note)
        else:
            tenant, log = installation.tenant(slug or ""), installation.gateway.log
            log.seal(tenant.id)
            note = notes.parse(log.latest(tenant.id))
        signature = checkpoints.cosign(note, name, private, at)
        if slug is not None:
            log.keep_cosignature(tenant.id, signature, checkpoints.read_statement(note).size)
    except BadCheckpoint as error:
        raise click.ClickException(str(error)) from error
    written = note.signed_also(signature).written()
    installation.show({"note": written, "key": key}, f"{written}\nYour verifier key:\n{key}")


def _private(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError) as error:
        raise click.ClickException(f"{path} is not a private key without a password.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise click.ClickException(f"{path} is not an Ed25519 key.")
    return key


COMMANDS = (checkpoint, rotate_key, keys, cosign)
