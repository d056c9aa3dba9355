from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from flask import Flask, Response, render_template_string
from jinja2 import ChoiceLoader, DictLoader

from gateway.core.clock import SystemClock
from gateway.identity.assembly import assemble
from gateway.identity.permissions import PUBLIC, Permission
from gateway.telemetry import Metrics
from gateway.web import problems, sign_in
from gateway.web.auth import Doors, install, requires
from tests.unit.identity.builders import SECRET, a_database, a_tenant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask.testing import FlaskClient

    from gateway.core.clock import Clock
    from gateway.core.identifiers import TenantId
    from gateway.core.principal import Principal
    from gateway.db.session import Database
    from gateway.identity.assembly import Identity
    from gateway.identity.security_log import SecurityEvent
    from gateway.sections import SignInSettings

BASE = """<!doctype html><title>{% block title %}{% endblock %}</title>
<main>{% block main %}{% endblock %}</main>"""
PAGE = """{% extends "base.html" %}{% block main %}{{ principal.pseudonym }} {{ principal.email }}
{{ principal.roles | sort | join(" ") }}
<form method="post"><input name="csrf_token" value="{{ csrf_token() }}"></form>{% endblock %}"""


@dataclass
class Site:
    """A small gateway: sign-in, two pages and one API route."""

    app: Flask
    identity: Identity
    database: Database
    tenant: TenantId
    events: list[SecurityEvent] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)

    def browser(self) -> FlaskClient:
        """A browser without cookies."""
        return self.app.test_client()

    @property
    def tags(self) -> list[str]:
        """What was reported, in order."""
        return [f"{event.tag} {event.reason}".strip() for event in self.events]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = a_database(tmp_path)
    yield opened
    opened.dispose()


@pytest.fixture
def build(database: Database) -> Callable[..., Site]:
    """Makes a site for a ``sign_in`` section."""

    def make(
        sign_in_sections: dict[str, SignInSettings],
        public_url: str = "http://gateway.test",
        clock: Clock | None = None,
        *,
        demo: bool = False,
    ) -> Site:
        events: list[SecurityEvent] = []
        identity = assemble(
            sign_in_sections, database, SECRET, clock or SystemClock(), events.append
        )
        app = Flask("site", static_folder=None)
        site = Site(app, identity, database, a_tenant(database, demo=demo), events)
        app.jinja_env.loader = ChoiceLoader(
            [DictLoader({"base.html": BASE}), app.create_global_jinja_loader()]
        )
        doors = Doors(
            identity.authenticator,
            identity.sessions,
            events.append,
            encrypted=public_url.startswith("https"),
        )
        install(app, doors, SECRET.cookie_key())
        problems.register(app, Metrics(), lambda error: Response(error.message, error.status))
        app.register_blueprint(sign_in.blueprint(identity, public_url))
        _routes(site)
        return site

    return make


def _routes(site: Site) -> None:
    @site.app.get("/")
    @requires(Permission.SELF_PROFILE_READ)
    def front(principal: Principal) -> str:
        return render_template_string(PAGE, principal=principal)

    @site.app.get("/decisions")
    @requires(Permission.TENANT_DECISIONS_READ)
    def decisions(principal: Principal) -> str:
        return f"decisions of {principal.tenant.slug}"

    @site.app.post("/accept")
    @requires(Permission.SELF_ACKNOWLEDGEMENT_CREATE)
    def accept(principal: Principal) -> str:
        site.changed.append(principal.pseudonym)
        return "done"

    @site.app.post("/v1/generate/<path:what>")
    @requires(Permission.TENANT_CHAT_CREATE)
    def generate(principal: Principal, what: str) -> str:
        return f"{what} for {principal.email}"

    @site.app.get("/v1/decisions")
    @requires(Permission.TENANT_DECISIONS_READ)
    def decisions_api(principal: Principal) -> str:
        return f"decisions of {principal.tenant.slug}"

    @site.app.get("/healthz")
    @requires(PUBLIC)
    def alive() -> str:
        return "ok"
