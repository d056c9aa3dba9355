"""Setting the demonstration up: a company, its people, a provider, and a gateway between them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import click
import urllib3
import yaml

from gateway import app, application_log, assembly, secret_file, serve, settings
from gateway.core.clock import SystemClock
from gateway.core.identifiers import uuid7
from gateway.db import migrate, tenants
from gateway.db.session import Database
from gateway.db.tenants import TenantRecord
from gateway.demo import idp, provider, tour
from gateway.demo.company import MODEL, ROUTED, TENANT, UNREVIEWED
from gateway.errors import GatewayError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from gateway.core.principal import Tenant

HOST = "127.0.0.1"
_READY_SECONDS = 30.0
_APPLICATION = "gateway.demo.stage:create"


def run(*, once: bool, port: int) -> bool:
    """Start everything, take the tour, and stay up unless `once`; whether every step held.

    Raises:
        ConfigurationError: the port is taken.
    """
    # Whoever ends it, the server and the folder go with it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="proviso-demo-") as folder:
        config = prepare(Path(folder), port)
        with served(config, port) as base:
            guide = tour.Guide(base, config)
            held = guide.take()
            if held and not once:
                _invite(base, guide.key)
                _until_interrupted()
    return held


@contextmanager
def served(config: Path, port: int) -> Iterator[str]:
    """Serve a prepared demonstration in a process of its own while the block runs.

    Raises:
        ConfigurationError: the port is taken.
    """
    serve.require_free(HOST, port)
    base = f"http://{HOST}:{port}"
    with _server(config, port) as server:
        try:
            _wait_until_ready(base, server)
            yield base
        finally:
            server.terminate()
            server.wait(15)


def _until_interrupted() -> None:
    try:
        Event().wait()
    except KeyboardInterrupt:
        click.echo()


def prepare(folder: Path, port: int) -> Path:
    """Write the configuration, make the database and the demo company; the configuration's path."""
    config = folder / "proviso.yaml"
    config.write_text(yaml.safe_dump(_configuration(port)), encoding="utf-8")
    found = settings.load(config)
    secret_file.create(found.secret_file)
    migrate.upgrade(found.database)
    database = Database(found.database)
    with database.directory_session(write=True) as session:
        session.add(
            TenantRecord(
                id=uuid7(),
                slug=TENANT,
                name="Acme (demonstration)",
                demo=True,
                language="en",
                code_version=1,
                created_at=SystemClock().now(),
            )
        )
    database.dispose()
    return config


def create() -> Flask:
    """The WSGI application of the demonstration: the gateway, its sign-in and its provider."""
    sys.setswitchinterval(serve.SWITCH_INTERVAL)
    application_log.log_to_stderr("ERROR")
    found = settings.load(settings.config_path(None))
    gateway = assembly.build(found).start()
    application = app.create_app(gateway)
    base = found.server.public_url
    demo = idp.DemoProvider(
        f"{base}{idp.PREFIX}",
        _tenant(gateway.database),
        [f"{base}/sign-in/{TENANT}/callback"],
        gateway.clock,
    )
    application.register_blueprint(idp.blueprint(demo))
    application.register_blueprint(provider.blueprint(gateway.clock))
    return application


def _configuration(port: int) -> dict[str, object]:
    base = f"http://{HOST}:{port}"
    upstream = f"{base}{provider.PREFIX}"
    return {
        "database": "sqlite:///demo.db",
        "secret_file": "demo.secret",
        "server": {"public_url": base, "threads": 64, "streams": 32},
        "audit": {"checkpoint_seconds": 2},
        "providers": {
            "simulated": {
                "wire": "openai",
                "base_url": upstream,
                "tier": "demo/synthetic",
                "region": "eu",
                "transfer": "none_needed",
            },
            "untested": {
                "wire": "openai",
                "base_url": upstream,
                "tier": "google/gemini-api-unpaid",
                "region": "global",
            },
            "foreign": {
                "wire": "openai",
                "base_url": upstream,
                "tier": "demo/synthetic",
                "region": "global",
            },
        },
        "models": {
            MODEL: {"provider": "simulated", "upstream": "simulated-1"},
            UNREVIEWED: {"provider": "untested", "upstream": "simulated-1"},
            ROUTED: {"provider": "foreign", "upstream": "simulated-1", "routes_to": [MODEL]},
        },
        "sign_in": {
            TENANT: {
                "issuer": f"{base}{idp.PREFIX}",
                "client_id": idp.CLIENT_ID,
                "role_groups": {str(role): groups for role, groups in idp.ROLE_GROUPS.items()},
            }
        },
    }


def _tenant(database: Database) -> Tenant:
    with database.directory_session() as session:
        record = tenants.by_slug(session, TENANT)
    if record is None:
        raise GatewayError("The demo company is missing.")
    return record.value()


def _server(config: Path, port: int) -> subprocess.Popen[bytes]:
    # Warnings are for who runs it in earnest: that it has more threads than cores, on purpose.
    server = settings.load(config).server
    command = serve.command(server, HOST, port, _APPLICATION, log_level="error")
    environment = {**os.environ, settings.CONFIG_VARIABLE: str(config)}
    return subprocess.Popen(command, env=environment)  # noqa: S603 - our own interpreter


def _wait_until_ready(base: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _READY_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            if urllib3.request("GET", f"{base}/readyz", retries=False, timeout=2).status == 200:
                return
        except urllib3.exceptions.HTTPError:
            time.sleep(0.1)
    raise GatewayError("The demonstration did not become ready.")


def _invite(base: str, key: str) -> None:
    click.echo(
        f"""
  Dashboard   {base}
  Sign in     no password; as Emma Vogel (employee: her receipts), Paul Okafor (privacy officer:
              decisions, policy, approvals), Inês Duarte (auditor) or Tove Lindqvist (administrator)
  API key     {key}
  Try it      curl {base}/v1/chat/completions -H "Authorization: Bearer {key}" \\
                -H "Content-Type: application/json" \\
                -d '{{"model": "{MODEL}", "messages": [{{"role": "user", "content": "Hello"}}]}}'

  Ctrl-C ends the demonstration; everything it made is in a temporary folder."""
    )
