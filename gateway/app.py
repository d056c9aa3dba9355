"""The composition root: makes every room from the settings and wires them. Decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Self

from flask import Flask

from gateway import secret_file
from gateway.attributes.resolve import AttributeSource
from gateway.audit.ledger import Ledger
from gateway.audit.log import DecisionLog
from gateway.content.inspect import Inspector
from gateway.core.clock import Clock, SystemClock
from gateway.core.identifiers import uuid7
from gateway.db.session import Database
from gateway.errors import ConfigurationError
from gateway.identity.assembly import Identity, assemble
from gateway.identity.security_log import SecurityLog
from gateway.jobs.reconcile import Reconciler
from gateway.jobs.runner import Job, Schedule
from gateway.jobs.seal import seal_all
from gateway.pdp import bundle as bundles
from gateway.pdp.cache import CachedPdp
from gateway.pdp.embedded import EmbeddedPdp
from gateway.pdp.opa import OpaServerPdp
from gateway.pep.pipeline import EnforcementPoint, Rooms
from gateway.providers.registry import Providers
from gateway.reasons import Reasons
from gateway.telemetry import Metrics
from gateway.terms import facts
from gateway.terms.registry import TermsRegistry
from gateway.web import auth, health, pages, problems, sign_in
from gateway.web.api import catalogue as catalogue_route
from gateway.web.api import chat, code_of_use
from gateway.web.dashboard import PageDependencies, create_pages

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from gateway.core.catalogue import Catalogue
    from gateway.core.decision import Decision
    from gateway.core.exchange import Exchange
    from gateway.core.secrets import RootSecret
    from gateway.pdp.bundle import Bundle
    from gateway.settings import Settings


@dataclass(frozen=True, slots=True)
class Gateway:
    """Every room of one process, made but not started."""

    settings: Settings
    clock: Clock
    metrics: Metrics
    database: Database
    secret: RootSecret
    catalogue: Catalogue
    bundle: Bundle
    engine: EmbeddedPdp | OpaServerPdp
    pdp: CachedPdp
    ledger: Ledger
    log: DecisionLog
    terms: TermsRegistry
    attributes: AttributeSource
    identity: Identity
    reasons: Reasons
    reconciler: Reconciler
    schedule: Schedule
    providers: Providers
    pep: EnforcementPoint

    def start(self) -> Self:
        """Start the threads of this process; after a fork, in the child."""
        self.engine.start()
        self.ledger.start()
        self.schedule.start()
        return self

    def stop(self) -> None:
        """Write what waits, and end."""
        self.schedule.stop()
        self.ledger.stop()
        self.engine.stop()
        self.providers.close()
        self.database.dispose()


def build(
    settings: Settings, clock: Clock | None = None, metrics: Metrics | None = None
) -> Gateway:
    """Every room for these settings.

    Raises:
        ConfigurationError: the secret, the policies or a sign-in section cannot be used.
    """
    clock = clock or SystemClock()
    metrics = metrics or Metrics()
    secret = secret_file.load(settings.secret_file)
    database = Database(settings.database)
    worker_id = uuid7()
    bundle = bundles.load(settings.policy.directory)
    engine = _engine(settings, bundle, clock)
    pdp = CachedPdp(engine, settings.policy.cache_entries)
    metrics.follow_cache(pdp)
    ledger = Ledger(database, clock, worker_id, settings.timeouts.record)
    log = DecisionLog(database, secret, clock)
    terms = TermsRegistry(facts.load(), database, clock)
    attributes = AttributeSource(database, clock)
    reasons = Reasons(bundle.rules, settings.server.public_url)
    catalogue = settings.catalogue()
    identity = assemble(settings.sign_in, database, secret, clock, SecurityLog(metrics))
    reconciler = _reconciler(settings, database, ledger, clock, worker_id)
    providers = Providers(catalogue, settings.timeouts, settings.limits)
    rooms = Rooms(
        catalogue, terms, attributes, _inspector(settings), pdp, ledger,
        providers,
        secret, clock, metrics, partial(_render, reasons),
    )  # fmt: skip
    schedule = _schedule(settings, clock, reconciler, partial(seal_all, database, log))
    return Gateway(
        settings, clock, metrics, database, secret, catalogue, bundle, engine, pdp, ledger, log,
        terms, attributes, identity, reasons, reconciler, schedule, providers,
        EnforcementPoint(rooms),
    )  # fmt: skip


def _inspector(settings: Settings) -> Inspector:
    """The built-in detectors, and Kingfisher where it is asked for.

    Raises:
        ConfigurationError: Kingfisher is asked for and not installed.
    """
    cache = settings.kingfisher_cache
    if cache is None:
        return Inspector()
    try:
        from gateway.content.detectors.kingfisher import (  # noqa: PLC0415 - an extra
            KingfisherDetector,
        )
    except ImportError as error:
        raise ConfigurationError(
            "kingfisher_cache is set, but the extra kingfisher is not installed"
        ) from error
    return Inspector(besides=(KingfisherDetector(cache),))


def create_app(gateway: Gateway) -> Flask:
    """The WSGI application over a gateway: which route is answered by which room."""
    settings = gateway.settings
    app = Flask(__name__, static_folder=None, template_folder="web/templates")
    public_url = settings.server.public_url
    doors = auth.Doors(
        gateway.identity.authenticator,
        gateway.identity.sessions,
        gateway.identity.report,
        encrypted=public_url.startswith("https://"),
    )
    auth.install(app, doors, gateway.secret.cookie_key())
    problems.register(app, gateway.metrics, pages.error_page)
    pages.install(app)
    checks = {
        "database": gateway.database.ping,
        "decision_log": gateway.ledger.writable,
        "policy": gateway.pdp.ready,
    }
    app.register_blueprint(health.blueprint(checks, gateway.metrics, settings.server.metrics_token))
    route = chat.ChatRoute(settings, gateway.pep, gateway.clock, gateway.metrics)
    app.register_blueprint(chat.blueprint(route))
    app.register_blueprint(catalogue_route.blueprint(gateway.catalogue))
    accepted = code_of_use.CodeOfUse(gateway.database, gateway.ledger, gateway.clock)
    app.register_blueprint(code_of_use.blueprint(accepted))
    app.register_blueprint(sign_in.blueprint(gateway.identity, public_url))
    app.register_blueprint(
        create_pages(
            PageDependencies(
                database=gateway.database,
                log=gateway.log,
                ledger=gateway.ledger,
                reasons=gateway.reasons,
                terms=gateway.terms,
                attributes=gateway.attributes,
                code_of_use=accepted,
                clock=gateway.clock,
            )
        )
    )
    return app


def _engine(settings: Settings, bundle: Bundle, clock: Clock) -> EmbeddedPdp | OpaServerPdp:
    if settings.policy.engine == "opa":
        return OpaServerPdp(
            settings.policy.opa_url, bundle.revision, settings.timeouts.decision, clock
        )
    return EmbeddedPdp(bundle, settings.timeouts.decision)


def _reconciler(
    settings: Settings, database: Database, ledger: Ledger, clock: Clock, worker_id: UUID
) -> Reconciler:
    longest = max(settings.limits.stream_seconds, settings.timeouts.total)
    return Reconciler(
        database,
        ledger,
        clock,
        worker_id,
        silent_seconds=settings.audit.reconcile_seconds,
        longest_seconds=longest + settings.timeouts.first_byte + settings.timeouts.record,
    )


def _schedule(
    settings: Settings, clock: Clock, reconciler: Reconciler, seal: Callable[[], object]
) -> Schedule:
    audit = settings.audit
    jobs = [
        Job("heartbeat", audit.reconcile_seconds / 3, reconciler.beat),
        Job("reconcile", audit.reconcile_seconds, reconciler.run),
        Job("checkpoint", audit.checkpoint_seconds, seal),
    ]
    return Schedule(jobs, clock)


def _render(reasons: Reasons, decision: Decision, exchange: Exchange) -> str:
    return reasons.refusal(decision, exchange.language)
