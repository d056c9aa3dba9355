"""What the commands share: the configuration, the installation behind it, and output."""

from __future__ import annotations

import json
import re
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any

import click

from gateway import assembly, secret_file, settings
from gateway.audit.entries import administration, reading
from gateway.cli.acting import operator
from gateway.core.clock import SystemClock
from gateway.core.values import dataclass
from gateway.db import migrate, tenants
from gateway.db.session import Database
from gateway.errors import ConfigurationError, NotFound

_OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gateway.assembly import Gateway
    from gateway.audit.entries import Entry
    from gateway.core.principal import Tenant
    from gateway.core.secrets import RootSecret
    from gateway.settings import Settings


@dataclass
class Installation:
    """One configured gateway, as commands work on it."""

    path: Path | None
    as_json: bool

    @cached_property
    def settings(self) -> Settings:
        """The configuration."""
        return settings.load(self.path)

    @cached_property
    def clock(self) -> SystemClock:
        """The machine's clock."""
        return SystemClock()

    @cached_property
    def unchecked(self) -> Database:
        """The database, whatever its schema."""
        return Database(self.settings.database)

    @cached_property
    def database(self) -> Database:
        """The database, with its schema checked."""
        if not migrate.is_current(self.unchecked):
            raise ConfigurationError("The database has another schema. Run `proviso db upgrade`.")
        return self.unchecked

    @cached_property
    def secret(self) -> RootSecret:
        """The root secret."""
        return secret_file.load(self.settings.secret_file)

    @cached_property
    def gateway(self) -> Gateway:
        """Every room, not started."""
        if not migrate.is_current(self.database):
            raise ConfigurationError("The database has another schema. Run `proviso db upgrade`.")
        return assembly.build(self.settings)

    def close(self) -> None:
        """Let go of what was opened."""
        made = vars(self)
        if "gateway" in made:
            self.gateway.close()
        if "unchecked" in made:
            self.unchecked.dispose()

    def tenant(self, slug: str) -> Tenant:
        """The tenant of that short name.

        Raises:
            NotFound: there is none.
        """
        with self.database.directory_session() as session:
            record = tenants.by_slug(session, slug)
            if record is None:
                known = [item.slug for item in tenants.every(session)]
        if record is None:
            raise NotFound(f"There is no tenant {slug}. Known: {', '.join(known) or 'none'}.")
        return record.value()

    def record(self, tenant: Tenant, action: str, target: str, **params: str | int | bool) -> None:
        """Note a change in the tenant's decision log; the shell's user is the actor.

        Raises:
            AuditUnavailable: it could not be recorded.
        """
        self._enter(tenant, administration(self.clock.now(), operator(), action, target, **params))

    def record_reading(self, tenant: Tenant, what: str, **params: str | int | bool) -> None:
        """Note in the tenant's decision log that the shell's user reads it.

        Raises:
            AuditUnavailable: it could not be recorded.
        """
        self._enter(tenant, reading(self.clock.now(), operator(), what, **params))

    def _enter(self, tenant: Tenant, entry: Entry) -> None:
        ledger = self.gateway.ledger
        ledger.start()
        try:
            ledger.record_event(tenant.id, entry)
        finally:
            ledger.stop()

    def show(self, result: Any, text: str | Iterator[str]) -> None:
        """Print `result` as JSON when that was asked for, else `text`."""
        if self.as_json:
            click.echo(json.dumps(result, indent=2, default=str))
        elif isinstance(text, str):
            click.echo(harmless(text))
        else:
            number = 0
            for number, line in enumerate(text, 1):  # noqa: B007 - how many there were
                click.echo(harmless(line))
            if not number:
                # A list that is empty says so, apart from what a script reads.
                click.echo("None.", err=True)


def harmless(text: str) -> str:
    """`text` with what a terminal would obey, or show in another order, spelt out (CWE-150).

    Callers of the API choose what models, files and labels are called.
    """
    return _OBEYED.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


def installed(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``--config`` and ``--json``, and its `Installation` as first argument."""

    @click.option(
        "--config",
        "config_file",
        type=click.Path(dir_okay=False),
        help="Configuration file (default: PROVISO_CONFIG, or proviso.yaml here).",
    )
    @click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
    @wraps(command)
    def wrapped(config_file: str | None, as_json: bool, **kwargs: Any) -> Any:  # noqa: FBT001
        installation = Installation(settings.config_path(config_file), as_json)
        try:
            return command(installation, **kwargs)
        finally:
            installation.close()

    return wrapped
