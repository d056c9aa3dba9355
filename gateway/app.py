"""The composition root: makes every room from the settings and wires them. Decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Self

from flask import Flask

from gateway import secret_file
from gateway.attributes.assembly import AttributeRooms
from gateway.attributes.assembly import assemble as assemble_attributes
from gateway.audit.ledger import Ledger
from gateway.audit.log import DecisionLog
from gateway.audit.outflow.shipper import Shipper, receivers
from gateway.content.attachments.reader import AttachmentReader
from gateway.content.inspect import Inspector
from gateway.content.signals.reader import SignalReader
from gateway.core.clock import Clock, SystemClock
from gateway.core.identifiers import uuid7
from gateway.db.session import Database
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
from gateway.pep.situation import Situations
from gateway.providers.registry import Providers
from gateway.reasons import Reasons
from gateway.telemetry import Metrics
from gateway.terms.editions import Editions
from gateway.terms.registry import TermsRegistry
from gateway.terms.watch import WATCH_SECONDS, Watch
from gateway.web import auth, health, pages, problems, sign_in
from gateway.web.api import approvals as approvals_route
from gateway.web.api import catalogue as catalogue_route
from gateway.web.api import chat, code_of_use
from gateway.web.api import confirmations as confirmations_route
from gateway.web.dashboard import (
    PageDependencies,
    approvals,
    confirmations,
    create_pages,
    policy_page,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from gateway.core.catalogue import Catalogue
    from gateway.core.decision import Decision
    from gateway.core.exchange import Exchange
    from gateway.core.secrets import RootSecret
    from gateway.pdp.bundle import Bundle
    from gateway.settings import Settings


_SPENDING_SECONDS = 1.0
"""How often what was spent is written; as much of it is lost in a crash."""


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
    attributes: AttributeRooms
    identity: Identity
    reasons: Reasons
    reconciler: Reconciler
    schedule: Schedule
    outflow: tuple[Schedule, ...]
    providers: Providers
    attachments: AttachmentReader
    pep: EnforcementPoint

    def start(self) -> Self:
        """Start the threads of this process; after a fork, in the child."""
        self.engine.start()
        self.ledger.start()
        for schedule in (self.schedule, *self.outflow):
            schedule.start()
        return self

    def stop(self) -> None:
        """Write what waits, and end."""
        for schedule in (*self.outflow, self.schedule):
            schedule.stop()
        self.attributes.spending.stop()
        self.ledger.stop()
        self.engine.stop()
        self.providers.close()
        self.attachments.close()
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
    editions = Editions(
        database, clock, folder=settings.terms.directory, trusted=settings.terms.trusted_keys
    )
    terms = TermsRegistry(editions, database, clock)
    attributes = assemble_attributes(database, clock, bundle.annotations, bundle.of_exchanges)
    reasons = Reasons(bundle.rules, settings.server.public_url)
    catalogue = settings.catalogue()
    identity = assemble(settings.sign_in, database, secret, clock, SecurityLog(metrics))
    reconciler = _reconciler(settings, database, ledger, clock, worker_id)
    providers = Providers(catalogue, settings.timeouts, settings.limits)
    attachments = AttachmentReader()
    rooms = Rooms(
        catalogue, terms, Situations(attributes.source, attributes.usage), Inspector(),
        SignalReader.standard(), attachments, pdp, ledger, attributes.spending, providers,
        secret, clock, metrics, partial(_render, reasons),
    )  # fmt: skip
    jobs = (
        Job("checkpoint", settings.audit.checkpoint_seconds, partial(seal_all, database, log)),
        Job("terms", WATCH_SECONDS, Watch(terms, database, clock, metrics).run),
        Job("spending", _SPENDING_SECONDS, attributes.spending.write),
    )
    schedule = _schedule(settings, clock, reconciler, jobs)
    outflow = _outflow(settings, database, ledger, clock, worker_id)
    return Gateway(
        settings, clock, metrics, database, secret, catalogue, bundle, engine, pdp, ledger, log,
        terms, attributes, identity, reasons, reconciler, schedule, outflow, providers,
        attachments, EnforcementPoint(rooms),
    )  # fmt: skip


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
    details = {"terms_edition": gateway.terms.editions.good}
    app.register_blueprint(
        health.blueprint(checks, gateway.metrics, settings.server.metrics_token, details)
    )
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
                attributes=gateway.attributes.source,
                code_of_use=accepted,
                clock=gateway.clock,
            )
        )
    )
    _register_answers(app, gateway)
    return app


def _register_answers(app: Flask, gateway: Gateway) -> None:
    """What people answer to a refusal, and what the policy is for them."""
    rooms = confirmations_route.AnswerRooms(
        gateway.database, gateway.ledger, gateway.clock, gateway.attributes.answers
    )
    app.register_blueprint(confirmations_route.blueprint(rooms))
    app.register_blueprint(approvals_route.blueprint(rooms))
    confirming = confirmations.ConfirmationPage(rooms, gateway.reasons)
    app.register_blueprint(confirmations.blueprint(confirming))
    approving = approvals.ApprovalPage(rooms, gateway.reasons)
    app.register_blueprint(approvals.blueprint(approving))
    bundle = gateway.bundle
    shown = policy_page.PolicyPage(
        gateway.database,
        gateway.attributes.tuning,
        bundle.annotations,
        bundle.european,
        bundle.revision,
    )
    app.register_blueprint(policy_page.blueprint(shown))


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
    settings: Settings, clock: Clock, reconciler: Reconciler, jobs: Iterable[Job]
) -> Schedule:
    seconds = settings.audit.reconcile_seconds
    beats = (
        Job("heartbeat", seconds / 3, reconciler.beat),
        Job("reconcile", seconds, reconciler.run),
    )
    return Schedule([*beats, *jobs], clock)


def _outflow(
    settings: Settings, database: Database, ledger: Ledger, clock: Clock, worker_id: UUID
) -> tuple[Schedule, ...]:
    """A schedule for each receiver: a slow one holds up neither the others nor the heartbeat."""
    return tuple(
        Schedule([Job(f"outflow {name}", settings.audit.ship_seconds, shipper.run)], clock)
        for name, receiver in receivers(settings.audit.sinks).items()
        for shipper in [Shipper(database, ledger, clock, worker_id, {name: receiver})]
    )


def _render(reasons: Reasons, decision: Decision, exchange: Exchange) -> str:
    return reasons.refusal(decision, exchange.language)
