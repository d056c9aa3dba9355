"""``proviso policy``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.context import installed
from gateway.pdp import bundle as bundles
from gateway.pdp.embedded import EmbeddedPdp

if TYPE_CHECKING:
    from gateway.cli.context import Installation

_SECONDS = 10.0


@click.group()
def policy() -> None:
    """The rules requests are judged by."""


@policy.command()
@click.argument(
    "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False
)
@installed
def check(installation: Installation, folder: Path | None) -> None:
    """Load a folder of policies in the embedded engine and name its rules."""
    bundle = bundles.load(folder)
    EmbeddedPdp(bundle, _SECONDS)
    rows = [{"id": rule.id, "title": rule.title, "package": rule.package} for rule in bundle.rules]
    lines = [f"revision {bundle.revision}: {len(bundle.modules)} modules load"]
    lines += [f"  {row['id']}  {row['title']}" for row in rows]
    installation.show({"revision": bundle.revision, "rules": rows}, "\n".join(lines))


@policy.command()
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), required=True)
@installed
def bundle(installation: Installation, output: Path) -> None:
    """Write the policies as the bundle an OPA server takes (opa run --server --bundle FILE)."""
    made = bundles.load(installation.settings.policy.directory)
    output.write_bytes(bundles.archive(made))
    installation.show(
        {"file": str(output), "revision": made.revision}, f"{output}: revision {made.revision}"
    )
