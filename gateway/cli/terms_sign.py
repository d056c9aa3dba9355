"""``proviso terms sign``: a company that keeps its own edition signs it with its own key."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import orjson

from gateway.cli.context import installed
from gateway.terms import editions, facts, signing

if TYPE_CHECKING:
    from gateway.cli.context import Installation


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--edition", "version", required=True, help="The new edition's name; never reused.")
@click.option(
    "--key", "key_file", required=True, type=click.Path(dir_okay=False, path_type=Path),
    help="PEM file with your Ed25519 private key. Keep it away from the gateway's machines.",
)  # fmt: skip
@click.option("--key-id", required=True, help="The key's name in terms.trusted_keys.")
@click.option("--new-key", is_flag=True, help="Make the key file first.")
@installed
def sign(
    installation: Installation,
    folder: Path,
    version: str,
    key_file: Path,
    key_id: str,
    new_key: bool,  # noqa: FBT001
) -> None:
    """Check the YAML files in FOLDER and sign them as one edition."""
    files = {path.name: path.read_bytes() for path in sorted(folder.glob("*.yaml"))}
    parsed = facts.parse(files)
    key = signing.make_key(key_file) if new_key else signing.load_key(key_file)
    manifest = editions.manifest_for(files, version, installation.clock.now())
    signed = signing.sign(manifest, key, key_id)
    (folder / editions.MANIFEST).write_bytes(
        orjson.dumps(signed, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    )
    public = signing.public_text(key)
    installation.show(
        {"edition": version, "tiers": len(parsed.tiers), "key_id": key_id, "public_key": public},
        f"Edition {version} is signed: {len(files)} files, {len(parsed.tiers)} tiers.\n"
        f"To rely on it:\n  terms:\n    directory: {folder}\n"
        f"    trusted_keys:\n      {key_id}: {public}",
    )
