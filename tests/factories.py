"""Builders for tests: a whole installation in a folder, and the values in it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

from gateway import app, assembly, secret_file
from gateway.core.clock import SystemClock
from gateway.core.identifiers import PrincipalId, TenantId, uuid7
from gateway.core.principal import Role
from gateway.db import migrate, principals
from gateway.db.acknowledgements import CODE_OF_USE, Acknowledgement
from gateway.db.tenants import TenantRecord
from gateway.db.training import TrainingRecord
from gateway.settings import Settings
from gateway.terms.evidence import Document, Evidence, Signatory
from tests.giving_keys import key_for_person

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from gateway.assembly import Gateway
    from gateway.audit.verdict import Verdict
    from gateway.db.session import Database
    from gateway.telemetry import Metrics

UPSTREAM_KEY = "sk-upstream-secret"
BEHAVIOURS = (
    "echo", "stall", "stallstream", "cut", "garbage", "garbagestream", "limited", "broken",
    "badrequest", "unauthorized",
)  # fmt: skip
EMMA = "emma@acme.example"


def measured(metrics: Metrics, name: str, **labels: str) -> float:
    """What a scrape would read of a metric just now; 0 if nothing was counted."""
    metrics.settle()
    return metrics.registry.get_sample_value(f"proviso_{name}", labels) or 0.0


@cache
def migrated_file() -> Path:
    """An empty migrated SQLite file, made once in a test run and copied."""
    path = Path(mkdtemp(prefix="proviso-tests-")) / "empty.db"
    migrate.upgrade(f"sqlite:///{path}")
    return path


def settings_for(folder: Path, upstream: str, **changes: Any) -> Settings:
    """The configuration of a test installation whose one provider is at `upstream`."""
    models = {name: {"provider": "sim", "upstream": name} for name in BEHAVIOURS}
    models["secretive"] = {"provider": "sim", "upstream": "say:Your key is AKIAIOSFODNN7EXAMPLE ok"}
    models["members"] = {"provider": "sim", "upstream": "echo", "groups": ["research"]}
    models["trains"] = {"provider": "trainer", "upstream": "echo"}
    document: dict[str, Any] = {
        "database": f"sqlite:///{folder / 'test.db'}",
        "secret_file": str(folder / "test.secret"),
        "providers": {
            "sim": {
                "wire": "openai",
                "base_url": upstream,
                "tier": "openai/api-default",
                "region": "eu",
                "transfer": "none_needed",
                "api_key": UPSTREAM_KEY,
                # Tests share it, and some let it fail on purpose.
                "patience": {"failures": 0},
            },
            "trainer": {
                "wire": "openai",
                "base_url": upstream,
                "tier": "google/gemini-api-unpaid",
                "region": "eu",
                "transfer": "none_needed",
            },
        },
        "models": models,
        # A machine that holds its breath for two seconds must change no verdict.
        "timeouts": {"first_byte": 0.6, "total": 5, "connect": 1, "record": 3, "decision": 30},
        "server": {"threads": 16, "streams": 8},
    }
    # Nothing watches the test run itself, and the folder is looked at when a test says so.
    quiet = {"stuck_seconds": 0, "reload_seconds": 0}
    policy = {**quiet, **changes.pop("policy", {})}
    return Settings.model_validate({**document, **changes, "policy": policy})


@dataclass
class Installation:
    """A gateway with a tenant in it, and a client without a server between."""

    gateway: Gateway
    flask: Flask
    client: FlaskClient
    tenant: TenantRecord

    def key_for(
        self,
        email: str = EMMA,
        *,
        accepted: bool = True,
        trained: bool = True,
        tenant: TenantRecord | None = None,
    ) -> str:
        """A key for a person, who is trained and has accepted the code of use unless told so."""
        where = TenantId((tenant or self.tenant).id)
        made = key_for_person(self.gateway.identity.keys, where, email, created_by="test")
        with self.gateway.database.tenant_session(where, write=True) as session:
            if trained:
                session.add_all(_courses(where, made.facts.principal_id))
            if accepted:
                row = Acknowledgement(
                    tenant_id=where,
                    principal_id=made.facts.principal_id,
                    document=CODE_OF_USE,
                    version=1,
                    at=SystemClock().now(),
                    channel="test",
                )
                session.merge(row)
        return made.text

    def person(self, email: str = EMMA, *roles: Role) -> PrincipalId:
        """The id of a person, with these roles given to them."""
        tenant = TenantId(self.tenant.id)
        with self.gateway.database.tenant_session(tenant, write=True) as session:
            person = principals.by_email(session, email)
            assert person is not None
            person.roles = sorted({*person.roles, *(role.value for role in roles)})
            return PrincipalId(person.id)

    def session_for(self, email: str = EMMA, *roles: Role) -> str:
        """A signed-in session's cookie."""
        self.key_for(email)
        self.person(email, *roles)
        with self.gateway.database.tenant_session(TenantId(self.tenant.id)) as session:
            person = principals.by_email(session, email)
            assert person is not None
        return self.gateway.identity.sessions.open(person)

    def chat(self, key: str, text: str = "Hello", model: str = "echo", **more: Any) -> Any:
        """A chat request with one message."""
        headers = {"Authorization": f"Bearer {key}", **more.pop("headers", {})}
        messages = more.pop("messages", [{"role": "user", "content": text}])
        body = {"model": model, "messages": messages, **more}
        return self.client.post("/v1/chat/completions", json=body, headers=headers)

    def entries(self, first: int = 0) -> list[dict[str, Any]]:
        """The tenant's decision log from its entry number `first` on, as parsed entries."""
        import json

        from gateway.db import log_tables

        tenant = TenantId(self.tenant.id)
        with self.gateway.database.connection(tenant) as connection:
            rows = log_tables.entries(connection, tenant, first=first)
            return [json.loads(row.canonical) for row in rows]

    def verify(self) -> Verdict:
        """Verify the tenant's log, with a fresh checkpoint."""
        tenant = TenantId(self.tenant.id)
        self.gateway.log.seal(tenant)
        return self.gateway.log.verify(tenant)

    def add_tenant(self, slug: str, *, demo: bool = False) -> TenantRecord:
        """One more organisation."""
        return a_tenant(self.gateway.database, slug, demo=demo)

    def review(self, tier: str) -> None:
        """Confirm a tier's terms for the tenant, and put its processor contract on file."""
        now, tenant = SystemClock().now(), self.tenant.value()
        self.gateway.terms.review(tenant, tier, "p_officer", now)
        officer = Signatory(uuid7(), "p_officer", frozenset({Role.PRIVACY_OFFICER}))
        agreement = Document("agreement.pdf", "ab" * 32)
        Evidence(self.gateway.terms, self.gateway.database).contract(
            tenant, tier, agreement, officer, now
        )

    def close(self) -> None:
        """End the gateway's threads."""
        self.gateway.stop()


def _courses(tenant: TenantId, person: PrincipalId) -> list[TrainingRecord]:
    """Both courses on AI, taken today."""
    now = SystemClock().now()
    return [
        TrainingRecord(
            tenant_id=tenant,
            id=uuid7(),
            principal_id=person,
            course=course,
            completed_on=now.date(),
            valid_until=now.date() + timedelta(days=365),
            recorded_by="test",
            recorded_at=now,
        )
        for course in ("literacy", "media")
    ]


def a_tenant(database: Database, slug: str, *, demo: bool = False) -> TenantRecord:
    """An organisation in `database`."""
    record = TenantRecord(
        id=uuid7(),
        slug=slug,
        name=slug.title(),
        demo=demo,
        language="en",
        code_version=1,
        created_at=SystemClock().now(),
    )
    with database.directory_session(write=True) as session:
        session.add(record)
    return record


def an_installation(folder: Path, upstream: str, **changes: Any) -> Installation:
    """A gateway on SQLite with tenant ``acme``, whose provider's terms are confirmed."""
    shutil.copy(migrated_file(), folder / "test.db")
    found = settings_for(folder, upstream, **changes)
    secret_file.create(found.secret_file)
    gateway = assembly.build(found)
    tenant = a_tenant(gateway.database, "acme")
    gateway.start()
    flask = app.create_app(gateway)
    made = Installation(gateway, flask, flask.test_client(), tenant)
    made.review("openai/api-default")
    return made


__all__ = ["EMMA", "Installation", "a_tenant", "an_installation", "migrated_file", "settings_for"]
