"""The composition root: makes every room from the settings and wires them. Decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Self

from flask import Flask

from gateway import rights_of_people, schedules, secret_file
from gateway.attributes.assembly import AttributeRooms
from gateway.attributes.assembly import assemble as assemble_attributes
from gateway.audit.ledger import Ledger
from gateway.audit.log import DecisionLog
from gateway.content.assembly import assemble as assemble_content
from gateway.content.attachments.reader import AttachmentReader
from gateway.core.clock import Clock, SystemClock
from gateway.core.identifiers import uuid7
from gateway.db.session import Database
from gateway.identity.assembly import Identity, assemble
from gateway.identity.security_log import SecurityLog
from gateway.identity.standing import Standing
from gateway.pdp import bundle as bundles
from gateway.pdp.active import ActivePolicy
from gateway.pdp.cache import CachedPdp
from gateway.pdp.embedded import EmbeddedPdp
from gateway.pdp.form import FormedPdp, Forms
from gateway.pdp.opa import OpaServerPdp
from gateway.pdp.watchdog import Watchdog
from gateway.pep.answers import Answers
from gateway.pep.jobs import Jobs
from gateway.pep.pipeline import EnforcementPoint, Rooms
from gateway.pep.situation import Situations
from gateway.providers.registry import Providers
from gateway.reasons import Reasons
from gateway.telemetry import Metrics
from gateway.terms.editions import Editions
from gateway.terms.registry import TermsRegistry
from gateway.web import auth, health, pages, problems, sign_in
from gateway.web.api import approvals as approvals_route
from gateway.web.api import batches, code_of_use, generation, videos
from gateway.web.api import catalogue as catalogue_route
from gateway.web.api import confirmations as confirmations_route
from gateway.web.api import files as kept_files
from gateway.web.api.batch_worker import BatchWorker, Worked
from gateway.web.api.routes import BATCHED, ROUTES
from gateway.web.dashboard import (
    PageDependencies,
    approvals,
    confirmations,
    coverage,
    create_pages,
    people,
    policy_page,
)

if TYPE_CHECKING:
    from gateway.core.catalogue import Catalogue
    from gateway.core.decision import Decision
    from gateway.core.exchange import Exchange
    from gateway.core.secrets import RootSecret
    from gateway.jobs.reconcile import Reconciler
    from gateway.jobs.runner import Schedule
    from gateway.jobs.witness import Publisher
    from gateway.pdp.bundle import Bundle
    from gateway.rights_of_people import RightsOfPeople
    from gateway.sealed.files import Files
    from gateway.sections import PolicySettings
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
    policy: ActivePolicy
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
    reload: Schedule
    watchdog: Watchdog
    publisher: Publisher
    publishing: Schedule
    providers: Providers
    attachments: AttachmentReader
    pep: EnforcementPoint
    rights: RightsOfPeople
    batches: BatchWorker
    keeping: Schedule
    """The job of retention, in a thread of its own: it may take long."""

    def start(self) -> Self:
        """Start the threads of this process; after a fork, in the child."""
        self.engine.start()
        self.ledger.start()
        self.schedule.start()
        self.reload.start()
        self.watchdog.start()
        self.keeping.start()
        self.publishing.start()
        self.batches.start()
        return self

    @property
    def bundle(self) -> Bundle:
        """The policies in force."""
        return self.policy.bundle

    def stop(self) -> None:
        """Write what waits, and end."""
        self.publishing.stop()
        self.watchdog.stop()
        self.reload.stop()
        self.batches.stop()
        self.rights.expiry.stop()
        self.keeping.stop()
        self.schedule.stop()
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
    policy, engine, pdp = _deciding(settings, clock)
    metrics.follow_cache(pdp)
    ledger = Ledger(database, secret, clock, worker_id, settings.timeouts.record)
    log = DecisionLog(database, secret, clock)
    terms = _terms(settings, database, clock)
    attributes = assemble_attributes(
        database, clock, policy.bundle.annotations, policy.bundle.of_exchanges
    )
    reasons = Reasons(policy.bundle.rules, settings.server.public_url)
    catalogue = settings.catalogue()
    identity = assemble(settings.sign_in, database, secret, clock, SecurityLog(metrics))
    reconciler = schedules.reconciler(settings, database, ledger, clock, worker_id)
    providers = Providers(catalogue, settings.timeouts, settings.limits)
    attachments = AttachmentReader()
    reader = assemble_content(settings.kingfisher_cache)
    rights = rights_of_people.assemble(
        settings.sealing, database, ledger, pdp, secret, clock, reader, policy.bundle, reasons
    )
    rooms = Rooms(
        catalogue, terms, Situations(attributes.source, attributes.usage), reader, attachments,
        pdp, ledger, attributes.spending, providers, rights.content,
        Jobs(database, clock), Answers(settings.answer_cache, clock, metrics), secret, clock,
        metrics, partial(_render, reasons),
    )  # fmt: skip
    news = schedules.in_force(log, policy, terms)
    schedule = schedules.regular(settings, clock, reconciler, log, terms, attributes, metrics, news)
    publisher, publishing = schedules.publishing(settings, database, clock)
    pep = EnforcementPoint(rooms)
    return Gateway(
        settings, clock, metrics, database, secret, catalogue, policy, engine, pdp, ledger, log,
        terms, attributes, identity, reasons, reconciler, schedule,
        schedules.reloading(settings, clock, policy, reasons, metrics, news),
        Watchdog(settings.policy.stuck_seconds), publisher, publishing, providers,
        attachments, pep, rights, _batches(settings, database, pep, rights.files, secret, clock),
        schedules.keeping(clock, rights),
    )  # fmt: skip


def _terms(settings: Settings, database: Database, clock: Clock) -> TermsRegistry:
    section = settings.terms
    editions = Editions(database, clock, folder=section.directory, trusted=section.trusted_keys)
    return TermsRegistry(editions, database, clock)


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
    details = {
        "terms_edition": gateway.terms.editions.good,
        "policy_folder": gateway.policy.good,
    }
    app.register_blueprint(
        health.blueprint(checks, gateway.metrics, settings.server.metrics_token, details)
    )
    _register_generation(app, gateway)
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
    app.register_blueprint(people.create_pages(gateway.rights, gateway.ledger, gateway.clock))
    return app


def _register_generation(app: Flask, gateway: Gateway) -> None:
    """Every route that generates, and what belongs to it."""
    settings, files = gateway.settings, gateway.rights.files
    generating = generation.Generation(settings, gateway.pep, gateway.clock, gateway.metrics, files)
    app.register_blueprint(generation.blueprint(generating, ROUTES))
    films = videos.VideoRoutes(generating, gateway.pep.jobs, gateway.catalogue, gateway.providers)
    app.register_blueprint(videos.blueprint(films))
    app.register_blueprint(kept_files.blueprint(files, settings.limits))
    rooms = batches.Batches(
        gateway.database, gateway.ledger, files, gateway.clock, BATCHED, gateway.batches.wake
    )
    app.register_blueprint(batches.blueprint(rooms))
    app.register_blueprint(coverage.blueprint(ROUTES))


def _batches(
    settings: Settings,
    database: Database,
    pep: EnforcementPoint,
    files: Files,
    secret: RootSecret,
    clock: Clock,
) -> BatchWorker:
    standing = Standing(database, secret)
    rooms = Worked(
        database, files, standing, pep, settings.limits, settings.timeouts.total, BATCHED, clock
    )
    return BatchWorker(rooms)


def _deciding(
    settings: Settings, clock: Clock
) -> tuple[ActivePolicy, EmbeddedPdp | OpaServerPdp, CachedPdp]:
    """The policies in force, the engine that decides with them, and what remembers its answers."""
    wanted = settings.policy
    bundle = bundles.load(wanted.directory)
    if wanted.engine == "opa":
        seconds = settings.timeouts.decision
        server = OpaServerPdp(wanted.opa_url, bundle.revision, seconds, clock)
        return ActivePolicy(bundle, wanted.directory, None), server, _cached(server, wanted, clock)
    embedded = EmbeddedPdp(bundle, settings.timeouts.decision)
    policy = ActivePolicy(bundle, wanted.directory, embedded)
    return policy, embedded, _cached(embedded, wanted, clock)


def _cached(engine: EmbeddedPdp | OpaServerPdp, wanted: PolicySettings, clock: Clock) -> CachedPdp:
    formed = FormedPdp(engine, Forms())
    return CachedPdp(formed, wanted.cache_entries, clock, wanted.cache_bytes)


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


def _render(reasons: Reasons, decision: Decision, exchange: Exchange) -> str:
    return reasons.refusal(decision, exchange.language)
