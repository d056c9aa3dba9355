"""Every room of one process, made from the settings and given its neighbours. Decides nothing."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Self

from gateway import deep_detector, rights_of_people, schedules, secret_file
from gateway.attributes.assembly import AttributeRooms
from gateway.attributes.assembly import assemble as assemble_attributes
from gateway.audit.degraded import assemble as assemble_spool
from gateway.audit.ledger import Ledger
from gateway.audit.log import DecisionLog
from gateway.content.assembly import assemble as assemble_content
from gateway.content.attachments.reader import AttachmentReader
from gateway.content.tenants import TenantReaders
from gateway.core.clock import Clock, SystemClock
from gateway.core.identifiers import uuid7
from gateway.core.values import dataclass
from gateway.db.last_known import Bridging
from gateway.db.session import Database
from gateway.identity.assembly import Identity, assemble
from gateway.identity.security_log import SecurityLog
from gateway.identity.standing import Standing
from gateway.jobs.outflow import Followers
from gateway.pdp import bundle as bundles
from gateway.pdp.active import ActivePolicy
from gateway.pdp.cache import CachedPdp
from gateway.pdp.embedded import EmbeddedPdp
from gateway.pdp.form import FormedPdp, Forms
from gateway.pdp.watchdog import Watchdog
from gateway.pep.answers import Answers
from gateway.pep.kept_calls import KeptCalls
from gateway.pep.pipeline import EnforcementPoint, Rooms
from gateway.pep.situation import Situations
from gateway.providers.registry import Providers
from gateway.reasons import Reasons
from gateway.rights.assembly import OutputRights
from gateway.rights.assembly import assemble as assemble_output_rights
from gateway.telemetry import Metrics
from gateway.terms.editions import Editions
from gateway.terms.registry import TermsRegistry
from gateway.web.api.batch_worker import BatchWorker, Worked
from gateway.web.api.routes import BATCHED, MESSAGES_BATCHED

if TYPE_CHECKING:
    from gateway.audit.degraded import SpooledLedger
    from gateway.core.catalogue import Catalogue
    from gateway.core.decision import Decision
    from gateway.core.exchange import Exchange
    from gateway.core.secrets import RootSecret
    from gateway.jobs.reconcile import Reconciler
    from gateway.jobs.runner import Schedule
    from gateway.jobs.witness import Publisher
    from gateway.pdp.bundle import Bundle
    from gateway.pdp.opa import OpaServerPdp
    from gateway.pep.files import Files
    from gateway.rights_of_people import RightsOfPeople
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
    spooled: SpooledLedger | None
    """The degraded mode; None unless it is configured."""

    followers: Followers
    providers: Providers
    readers: TenantReaders
    attachments: AttachmentReader
    pep: EnforcementPoint
    rights: RightsOfPeople
    output_rights: OutputRights
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
        self.output_rights.index.start()
        self.followers.start()
        self.batches.start()
        return self

    @property
    def bundle(self) -> Bundle:
        """The policies in force."""
        return self.policy.bundle

    def stop(self) -> None:
        """Write what waits, and end."""
        self.followers.stop()
        self.publishing.stop()
        self.watchdog.stop()
        self.reload.stop()
        self.batches.stop()
        self.rights.expiry.stop()
        self.keeping.stop()
        self.output_rights.index.stop()
        self.schedule.stop()
        self.attributes.spending.stop()
        self.ledger.stop()
        self.engine.stop()
        self.metrics.settle()
        self.close()

    def close(self) -> None:
        """Let go of what is open; enough for one that was never started."""
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
    clock, metrics = clock or SystemClock(), metrics or Metrics()
    secret, database = secret_file.load(settings.secret_file), Database(settings.database)
    worker_id, catalogue = uuid7(), settings.catalogue()
    policy, engine, pdp = _deciding(settings, clock, metrics)
    ledger = Ledger(database, secret, clock, worker_id, settings.timeouts.record)
    spooled = assemble_spool(settings.audit.spool, ledger, database, clock)
    known, bridge = policy.bundle, _bridging(settings)
    log, terms = DecisionLog(database, secret, clock), _terms(settings, database, clock, bridge)
    attributes = _attributes(database, clock, known, secret, bridge)
    reasons = Reasons(known.rules, settings.server.public_url)
    identity = assemble(settings.sign_in, database, secret, clock, SecurityLog(metrics), bridge)
    reconciler = schedules.reconciler(settings, database, ledger, clock, worker_id)
    providers = Providers(catalogue, settings.timeouts, settings.limits, clock, metrics)
    attachments, readers = AttachmentReader(), _readers(settings, database, clock, metrics)
    rights = rights_of_people.assemble(
        settings.sealing, database, ledger, pdp, secret, clock, readers, policy, reasons, bridge,
        KeptCalls(catalogue, providers, clock, settings.timeouts.total), attributes.spending,
    )  # fmt: skip
    output_rights = assemble_output_rights(settings.marking, database, secret, clock)
    rooms = Rooms(
        catalogue, terms, Situations(attributes.source, attributes.usage), readers, attachments,
        pdp, spooled or ledger, attributes.spending, providers, rights.content,
        rights.jobs, rights.stored, Answers(settings.answer_cache, clock, metrics),
        output_rights, secret, clock, metrics, partial(_render, reasons),
    )  # fmt: skip
    pep, announced = EnforcementPoint(rooms), schedules.in_force(log, engine, terms)
    schedule = schedules.regular(
        settings, clock, reconciler, log, terms, attributes, metrics, announced,
        output_rights.index, identity,
    )  # fmt: skip
    publisher, publishing = schedules.publishing(settings, database, clock)
    return Gateway(
        settings, clock, metrics, database, secret, catalogue, policy, engine, pdp, ledger, log,
        terms, attributes, identity, reasons, reconciler, schedule, schedules.reloading(
            settings, clock, policy, reasons, attributes, metrics, announced, readers
        ),
        Watchdog(settings.policy.stuck_seconds), publisher, publishing, spooled,
        Followers(settings, database, ledger, clock, worker_id, metrics, spooled),
        providers, readers, attachments, pep, rights, output_rights,
        _batches(settings, database, pep, rights.files, secret, catalogue, clock, metrics),
        schedules.keeping(clock, rights),
    )  # fmt: skip


def _attributes(
    database: Database, clock: Clock, known: Bundle, secret: RootSecret, bridging: Bridging
) -> AttributeRooms:
    asked = known.annotations, known.of_exchanges
    return assemble_attributes(database, clock, *asked, secret.pseudonym, bridging)


def _readers(
    settings: Settings, database: Database, clock: Clock, metrics: Metrics
) -> TenantReaders:
    deep = deep_detector.tier(settings.deep, clock, metrics)
    return TenantReaders(assemble_content(settings.kingfisher_cache, deep), database, clock)


def _bridging(settings: Settings) -> Bridging:
    """Whose requests go on without the database: those whose decisions could wait for it."""
    spool = settings.audit.spool
    return Bridging() if spool is None else Bridging(spool.tenants, spool.remember_seconds)


def _terms(
    settings: Settings, database: Database, clock: Clock, bridging: Bridging
) -> TermsRegistry:
    section = settings.terms
    editions = Editions(database, clock, folder=section.directory, trusted=section.trusted_keys)
    return TermsRegistry(editions, database, clock, bridging)


def _batches(
    settings: Settings,
    database: Database,
    pep: EnforcementPoint,
    files: Files,
    secret: RootSecret,
    catalogue: Catalogue,
    clock: Clock,
    metrics: Metrics,
) -> BatchWorker:
    standing = Standing(database, secret)
    rooms = Worked(
        database, files, standing, pep, settings.limits, settings.timeouts.total,
        {**BATCHED, **MESSAGES_BATCHED}, catalogue, clock, metrics,
    )  # fmt: skip
    return BatchWorker(rooms)


def _deciding(
    settings: Settings, clock: Clock, metrics: Metrics
) -> tuple[ActivePolicy, EmbeddedPdp | OpaServerPdp, CachedPdp]:
    """The policies in force, the engine that decides with them, and what remembers its answers."""
    wanted = settings.policy
    bundle = bundles.load(wanted.directory)
    if wanted.engine == "opa":
        from gateway.pdp.opa import OpaServerPdp  # noqa: PLC0415 - its client takes 25 MB

        seconds = settings.timeouts.decision
        server = OpaServerPdp(wanted.opa_url, bundle.revision, seconds, clock)
        return (
            ActivePolicy(bundle, wanted.directory, None),
            server,
            _cached(server, wanted, clock, metrics),
        )
    embedded = EmbeddedPdp(bundle, settings.timeouts.decision)
    policy = ActivePolicy(bundle, wanted.directory, embedded)
    return policy, embedded, _cached(embedded, wanted, clock, metrics)


def _cached(
    engine: EmbeddedPdp | OpaServerPdp, wanted: PolicySettings, clock: Clock, metrics: Metrics
) -> CachedPdp:
    cached = CachedPdp(FormedPdp(engine, Forms()), wanted.cache_entries, clock, wanted.cache_bytes)
    metrics.follow_cache(cached)
    return cached


def _render(reasons: Reasons, decision: Decision, exchange: Exchange) -> str:
    return reasons.refusal(decision, exchange.language)
