"""The command line ``proviso``. Exit codes: 0 fine, 1 the thing checked is bad, 2 usage."""

from __future__ import annotations

import sys

import click

from gateway import __version__
from gateway.cli import audit, code, config, db, demo, inspect, key, policy, serve, tenant, terms
from gateway.errors import GatewayError

_COMMANDS = (
    audit.audit,
    code.code,
    config.config,
    db.db,
    demo.demo,
    inspect.inspect,
    key.key,
    policy.policy,
    serve.serve,
    tenant.tenant,
    terms.terms,
)


@click.group()
@click.version_option(__version__, prog_name="proviso")
def proviso() -> None:
    """Proviso: generative AI for a whole company, without giving away its people's data."""


for _command in _COMMANDS:
    proviso.add_command(_command)


def main() -> None:
    """Run the command line; errors of ours are one clear line, never a trace."""
    try:
        # Without Click's own ending, a command's exit code is what it returns.
        sys.exit(proviso(standalone_mode=False) or 0)
    except click.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except GatewayError as error:
        click.echo(f"Error: {error.message}", err=True)
        sys.exit(2)
