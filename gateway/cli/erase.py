"""``proviso erase``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.cli.acting import found, operator, running
from gateway.cli.context import installed
from gateway.cli.files import write_private

if TYPE_CHECKING:
    from gateway.cli.context import Installation
    from gateway.core.principal import Tenant
    from gateway.retention.erase import Certificate


@click.command()
@click.argument("email", required=False)
@click.option("--tenant", "slug", required=True, help="Short name of the organisation.")
@click.option(
    "--again",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Repeat the erasure of this certificate, after restoring an older backup.",
)
@click.option(
    "--certificate",
    "output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the certificate to this file as well.",
)
@installed
def erase(
    installation: Installation,
    email: str | None,
    slug: str,
    again: Path | None,
    output: Path | None,
) -> None:
    """Erase a person: keys destroyed, name forgotten. Exit code 1 when a hold keeps a part."""
    if (email is None) == (again is None):
        raise click.UsageError("Give EMAIL, or --again with a certificate.")
    tenant = installation.tenant(slug)
    with running(installation) as gateway:
        if email is not None:
            record = found(installation, tenant, email)
            done = gateway.rights.erasure.erase(tenant.id, record.id, operator())
        else:
            name = _named(again or Path(), tenant)
            repeated = gateway.rights.erasure.again(tenant.id, name, operator())
            if repeated is None:
                installation.show({"pseudonym": name, "erased": {}}, "Nothing to erase here.")
                return
            done = repeated
    document = done.as_dict(slug)
    if output is not None:
        write_private(output, json.dumps(document, indent=2) + "\n")
    installation.show(document, "\n".join(_lines(done)))
    if done.refused:
        raise click.exceptions.Exit(1)


def _named(path: Path, tenant: Tenant) -> str:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        name, of = document["pseudonym"], document["tenant"]
    except (ValueError, KeyError, TypeError) as error:
        raise click.ClickException(f"{path} is not a certificate of erasure.") from error
    if of != tenant.slug:
        raise click.ClickException(f"{path} is a certificate of another organisation.")
    return str(name)


def _lines(done: Certificate) -> list[str]:
    erased = ", ".join(f"{count} {name}" for name, count in done.erased.items())
    return [
        f"{done.pseudonym}: erased {erased or 'nothing'}; entry {done.entry} of the log says so.",
        *(
            f"Refused for the held part {item['part']}: hold {item['hold']} ({item['matter']})."
            for item in done.refused
        ),
        f"Known to providers: {len(done.provider_objects)} calls, in the certificate.",
    ]
