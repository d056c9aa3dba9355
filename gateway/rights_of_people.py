"""Wires what people may ask of us, and how long things are kept, from the rooms that do it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway import secret_file
from gateway.content import masked
from gateway.core.values import dataclass
from gateway.errors import ConfigurationError
from gateway.identity.unmask import Unmaskings
from gateway.pep.files import Files
from gateway.pep.jobs import Jobs
from gateway.pep.stored import StoredResponses
from gateway.retention.erase import Erasure
from gateway.retention.expire import Expiry
from gateway.retention.holds import Holds
from gateway.retention.restrict import Restrictions
from gateway.retention.schedule import Periods
from gateway.retention.stored import StoredExpiry
from gateway.retention.subject import Subjects
from gateway.sealed.content import ContentStore
from gateway.sealed.keys import Keys
from gateway.sealed.master import LocalMasterKey, MasterKey, NoMasterKey

if TYPE_CHECKING:
    from gateway.attributes.spending import Spending
    from gateway.audit.ledger import Ledger
    from gateway.content.tenants import TenantReaders
    from gateway.core.clock import Clock
    from gateway.core.identifiers import TenantId
    from gateway.core.secrets import RootSecret
    from gateway.db.last_known import Bridging
    from gateway.db.session import Database
    from gateway.evidence_sections import SealingSettings
    from gateway.pdp.active import ActivePolicy
    from gateway.pep.kept_calls import KeptCalls
    from gateway.pep.ports import PolicyDecisionPoint
    from gateway.reasons import Reasons


@dataclass(frozen=True, slots=True)
class RightsOfPeople:
    """The rooms of this part."""

    unmaskings: Unmaskings
    keys: Keys
    content: ContentStore
    files: Files
    jobs: Jobs
    stored: StoredResponses
    periods: Periods
    holds: Holds
    restrictions: Restrictions
    erasure: Erasure
    subjects: Subjects
    expiry: Expiry
    stored_expiry: StoredExpiry


def assemble(
    settings: SealingSettings,
    database: Database,
    ledger: Ledger,
    pdp: PolicyDecisionPoint,
    secret: RootSecret,
    clock: Clock,
    readers: TenantReaders,
    policy: ActivePolicy,
    reasons: Reasons,
    bridging: Bridging,
    calls: KeptCalls,
    spending: Spending,
) -> RightsOfPeople:
    """The rooms for one configuration, under the policies in force.

    Raises:
        ConfigurationError: the master key for sealing cannot be used.
    """

    def without_others(
        tenant: TenantId, body: dict[str, Any], own: tuple[str, ...]
    ) -> dict[str, Any]:
        return masked.without_others(body, readers.of(tenant), own)

    def harmless(tenant: TenantId, body: dict[str, Any]) -> dict[str, Any]:
        return masked.harmless(body, readers.of(tenant))

    keys = Keys(master_key(settings), clock)
    content = ContentStore(database, keys, clock, harmless, bridging)
    holds = Holds(database, clock)
    erasure = Erasure(database, ledger, holds, secret, clock, calls.gone)
    stored_expiry = StoredExpiry(database, ledger, holds, calls, spending, clock)
    return RightsOfPeople(
        unmaskings=Unmaskings(database, ledger, pdp, secret, clock, reasons.refusal),
        keys=keys,
        content=content,
        files=Files(content, ledger, clock),
        jobs=Jobs(database, calls, clock),
        stored=StoredResponses(database, content, calls, clock, stored_expiry.withheld),
        periods=Periods(database, clock),
        holds=holds,
        restrictions=Restrictions(database, clock),
        erasure=erasure,
        subjects=Subjects(database, ledger, content, secret, clock, policy.rules, without_others),
        expiry=Expiry(database, ledger, clock, erasure.erase_ended),
        stored_expiry=stored_expiry,
    )


def master_key(settings: SealingSettings) -> MasterKey:
    """Where the master key is: at most one of the three places.

    Raises:
        ConfigurationError: more than one is named, or what is there cannot be used.
    """
    named = [bool(settings.master_keys), settings.master_key_file is not None, bool(settings.kms)]
    if sum(named) > 1:
        raise ConfigurationError(
            "Name one of sealing.master_keys, sealing.master_key_file and sealing.kms."
        )
    if settings.kms is not None:
        # Here, because it takes 6 MB, and only this master key needs it.
        from gateway.sealed.kms import TransitKms  # noqa: PLC0415

        return TransitKms(settings.kms.url, settings.kms.key, settings.kms.token)
    if settings.master_key_file is not None:
        return LocalMasterKey(secret_file.lines(settings.master_key_file))
    return LocalMasterKey(settings.master_keys) if settings.master_keys else NoMasterKey()
