"""The command line ``proviso``. Exit codes: 0 fine, 1 the thing checked is bad, 2 usage."""

from __future__ import annotations

import sys

import click

from gateway import __version__
from gateway.cli import (
    approval,
    audit,
    audit_ship,  # noqa: F401 - adds its commands to `audit`
    budget,
    code,
    config,
    db,
    decisions,
    demo,
    dictionaries,
    erase,
    hold,
    inspect,
    key,
    parameters,
    patterns,
    policy,
    policy_show,
    profile,
    providers,
    purpose,
    retention,
    rights,
    serve,
    subject,
    tenant,
    terms,
    training,
    unmask,
)
from gateway.errors import ConfigurationError, Conflict, GatewayError, InvalidRequest, NotFound

_COMMANDS = (
    approval.approval,
    audit.audit,
    budget.budget,
    code.code,
    config.config,
    db.db,
    decisions.decisions,
    demo.demo,
    dictionaries.dictionaries,
    erase.erase,
    hold.hold,
    inspect.inspect,
    key.key,
    parameters.parameters,
    patterns.patterns,
    policy.policy,
    providers.providers,
    purpose.purpose,
    retention.retention,
    rights.rights,
    serve.serve,
    subject.subject,
    tenant.tenant,
    terms.terms,
    training.training_group,
    unmask.unmask,
)


@click.group()
@click.version_option(__version__, prog_name="proviso")
def proviso() -> None:
    """Proviso: generative AI for a whole company, without giving away its people's data."""


policy.policy.add_command(policy_show.show)
tenant.tenant.add_command(profile.profile)
for _command in _COMMANDS:
    proviso.add_command(_command)


_WORDS_OF_HTTP = (ConfigurationError, Conflict, InvalidRequest, NotFound)
"""Errors whose titles speak of requests and addresses; here what is wrong in particular will do."""


def _said(error: GatewayError) -> str:
    return error.detail if error.detail and isinstance(error, _WORDS_OF_HTTP) else error.message


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
        click.echo(f"Error: {_said(error)}", err=True)
        sys.exit(2)
