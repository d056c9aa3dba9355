"""What runs again and again beside the requests, and in which thread. Wires, decides nothing."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from gateway.audit.witness import from_settings as witnesses_from
from gateway.content.tenants import WATCH_SECONDS as TERMS_SECONDS
from gateway.jobs.in_force import POLICY, TERMS, InForce
from gateway.jobs.reconcile import Reconciler
from gateway.jobs.runner import Job, Schedule
from gateway.jobs.seal import seal_all
from gateway.jobs.witness import Publisher
from gateway.pdp.active import ACTIVATED, UNCHANGED
from gateway.rights.index import CATCH_UP_SECONDS
from gateway.telemetry import SETTLE_SECONDS
from gateway.terms.watch import WATCH_SECONDS, Watch

if TYPE_CHECKING:
    from uuid import UUID

    from gateway.attributes.assembly import AttributeRooms
    from gateway.audit.ledger import Ledger
    from gateway.audit.log import DecisionLog
    from gateway.content.tenants import TenantReaders
    from gateway.core.clock import Clock
    from gateway.db.session import Database
    from gateway.identity.assembly import Identity
    from gateway.pdp.active import ActivePolicy
    from gateway.pdp.embedded import EmbeddedPdp
    from gateway.pdp.opa import OpaServerPdp
    from gateway.reasons import Reasons
    from gateway.rights.index import RightsIndex
    from gateway.rights_of_people import RightsOfPeople
    from gateway.settings import Settings
    from gateway.telemetry import Metrics
    from gateway.terms.registry import TermsRegistry

_SPENDING_SECONDS = 1.0
"""How often what was spent is written; as much of it is lost in a crash."""

_KEY_USES_SECONDS = 30.0
_RECHECK_SECONDS = 5.0
"""How soon a worker that remembers a key hears that it was revoked (`gateway.db.last_known`)."""

_KEEPING_SECONDS = 3_600.0
_FIRST_KEEPING_SECONDS = 300.0


def reconciler(
    settings: Settings, database: Database, ledger: Ledger, clock: Clock, worker_id: UUID
) -> Reconciler:
    """Who closes what dead workers have left open."""
    longest = max(settings.limits.stream_seconds, settings.timeouts.total)
    return Reconciler(
        database,
        ledger,
        clock,
        worker_id,
        silent_seconds=settings.audit.reconcile_seconds,
        longest_seconds=longest + settings.timeouts.first_byte + settings.timeouts.record,
    )


def regular(
    settings: Settings,
    clock: Clock,
    reconciling: Reconciler,
    log: DecisionLog,
    terms: TermsRegistry,
    attributes: AttributeRooms,
    metrics: Metrics,
    announced: InForce,
    outputs: RightsIndex,
    identity: Identity,
) -> Schedule:
    """Reconciliation, checkpoints and what else takes a moment, and the sign of life.

    That has a thread of its own: behind an index that is read anew, or a thousand logs to seal,
    this worker would seem dead, and what it has in hand would be closed by another.
    """
    silent, sealed = settings.audit.reconcile_seconds, settings.audit.checkpoint_seconds
    announcing = Job("in force", sealed, announced.run)
    announcing.due = clock.monotonic() + sealed  # a process that lives this long is worth a word
    return Schedule(
        [
            Job("reconcile", silent, reconciling.run),
            Job("checkpoint", sealed, partial(seal_all, log.database, log)),
            announcing,
            Job("terms", WATCH_SECONDS, Watch(terms, log.database, clock, metrics).run),
            Job("rights", CATCH_UP_SECONDS, outputs.catch_up_all),
            Job("spending", _SPENDING_SECONDS, attributes.spending.write),
            Job("key uses", _KEY_USES_SECONDS, identity.keys.note_uses),
            Job("recheck", _RECHECK_SECONDS, identity.recheck),
            Job("metrics", SETTLE_SECONDS, metrics.settle),
        ],
        clock,
        apart=[Job("heartbeat", silent / 3, reconciling.beat)],
    )


def in_force(log: DecisionLog, engine: EmbeddedPdp | OpaServerPdp, terms: TermsRegistry) -> InForce:
    """Who says in the logs which policies and terms are in force.

    The policies are the engine's: a server decides with its own, whatever the folder holds.
    """
    versions = {POLICY: lambda: engine.revision, TERMS: lambda: terms.version}
    return InForce(log.database, log, versions)


def publishing(settings: Settings, database: Database, clock: Clock) -> tuple[Publisher, Schedule]:
    """In a thread of its own: a slow witness must not delay this worker's sign of life."""
    publisher = Publisher(database, witnesses_from(settings.audit.witnesses), clock)
    job = Job("witness", settings.audit.witness_seconds, publisher.run)
    return publisher, Schedule([job], clock)


def reloading(
    settings: Settings,
    clock: Clock,
    policy: ActivePolicy,
    reasons: Reasons,
    attributes: AttributeRooms,
    metrics: Metrics,
    announced: InForce,
    readers: TenantReaders,
) -> Schedule:
    """In a thread of its own: an examination may take as long as a heartbeat may not."""

    def work() -> None:
        result = policy.refresh(reasons.learn)
        if result != UNCHANGED:
            metrics.policy_reload(result).inc()
        if result == ACTIVATED:
            reasons.follow(policy.bundle.rules)
            attributes.answers.follow(policy.bundle.of_exchanges)
            announced.run()

    seconds = settings.policy.reload_seconds
    jobs = [Job("policy", seconds, work)] if seconds else []
    return Schedule([*jobs, Job("detection_terms", TERMS_SECONDS, readers.refresh)], clock)


def keeping(clock: Clock, rights: RightsOfPeople) -> Schedule:
    """The jobs of retention, in a thread of their own: they may take long."""
    jobs = [
        Job("retention", _KEEPING_SECONDS, rights.expiry.run_all),
        Job("stored_responses", _KEEPING_SECONDS, rights.stored_expiry.run_all),
    ]
    for job in jobs:
        # Not while everything starts: nothing that is due today is due this minute.
        job.due = clock.monotonic() + _FIRST_KEEPING_SECONDS
    return Schedule(jobs, clock)
