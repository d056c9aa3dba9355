"""Everything about one person, for that person (GDPR Art. 15): what, why, to whom, how long."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from gateway.audit.entries import reading
from gateway.core.identifiers import PrincipalId
from gateway.core.values import dataclass
from gateway.db import expiry, keeping, person_rows, principals
from gateway.errors import NotFound
from gateway.retention.holds import Held
from gateway.retention.others import masked
from gateway.retention.schedule import CLASSES, effective

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sqlalchemy import Connection

    from gateway.audit.ledger import Ledger
    from gateway.core.clock import Clock
    from gateway.core.identifiers import TenantId
    from gateway.core.principal import Principal, Tenant
    from gateway.core.secrets import RootSecret
    from gateway.db.principals import PrincipalRecord
    from gateway.db.session import Database
    from gateway.pdp.bundle import Rule
    from gateway.sealed.content import ContentStore

_ABOUT_OTHERS = ("administration", "unmasking", "erasure", "reading")
_PAGE = 1_000
_DUE = timedelta(days=30)

PURPOSES = (
    "Deciding whether a request to an AI provider may be sent, protecting what it holds, and "
    "proving afterwards what was decided (GDPR Art. 5(2), 25, 32)."
)
RIGHTS = (
    "You may ask for correction, erasure and restriction, and object (GDPR Art. 16 to 18, 21).",
    "You may complain to a data protection authority (GDPR Art. 77).",
    "A person can look again at a refusal: quote its decision id to your privacy officer.",
)
LOGIC = (
    "Detectors look for kinds of personal data and secrets in the text of a request. Written rules "
    "are then asked about labels and counts, never about the text: who may ask whom, what kind of "
    "data it is, and what the provider's contract allows. Every rule that objects is named in the "
    "refusal. Nobody is scored or ranked."
)


@dataclass(frozen=True, slots=True)
class Person:
    """Whom it is about."""

    tenant: Tenant
    record: PrincipalRecord
    pseudonym: str

    @property
    def own(self) -> frozenset[str]:
        """What names this person and nobody else."""
        return frozenset({self.pseudonym, str(self.record.id)})


class Subjects:
    """Puts together what is kept about a person."""

    def __init__(
        self,
        database: Database,
        ledger: Ledger,
        content: ContentStore,
        secret: RootSecret,
        clock: Clock,
        rules: Callable[[], Iterable[Rule]],
        without_others: Callable[[TenantId, dict[str, Any], tuple[str, ...]], dict[str, Any]],
    ) -> None:
        """`rules` gives those in force.

        `without_others` takes other people's data out of a text, but not the values named.
        """
        self._database = database
        self._ledger = ledger
        self._content = content
        self._secret = secret
        self._clock = clock
        self._rules = rules
        self._without_others = without_others

    def person(self, tenant: Tenant, record: PrincipalRecord) -> Person:
        """The person of a row."""
        pseudonym = self._secret.pseudonym(tenant.id, PrincipalId(record.id))
        return Person(tenant, record, pseudonym)

    def of(self, principal: Principal) -> Person:
        """The person who is signed in.

        Raises:
            NotFound: the row is gone.
        """
        with self._database.tenant_session(principal.tenant.id) as session:
            record = principals.by_id(session, principal.id)
        if record is None:
            raise NotFound
        return Person(principal.tenant, record, principal.pseudonym)

    def export(self, person: Person, actor: str) -> dict[str, Any]:
        """Everything, as JSON. That it was handed out is recorded first.

        Raises:
            AuditUnavailable: it could not be recorded; nothing is handed out.
            SealingUnavailable: kept content cannot be opened now.
        """
        now = self._clock.now()
        entry = reading(now, actor, "subject.exported", person=person.pseudonym)
        self._ledger.record_event(person.tenant.id, entry)
        own, mentions = self._entries(person)
        return {
            **self._summary(person, own),
            "records": self._records(person),
            "entries": own,
            "mentions": mentions,
            "content": self._kept(person),
        }

    def summary(self, person: Person) -> dict[str, Any]:
        """The same without the rows themselves: what, to whom, how long, by which rules."""
        own, mentions = self._entries(person)
        records = self._records(person)
        return {
            **self._summary(person, own),
            "counts": {
                **{name: len(rows) for name, rows in records.items()},
                "log_entries": len(own),
                "log_mentions": len(mentions),
            },
        }

    def _summary(self, person: Person, own: list[dict[str, Any]]) -> dict[str, Any]:
        record, now = person.record, self._clock.now()
        with self._database.tenant_session(person.tenant.id) as session:
            periods = effective(session)
            restricted = keeping.restriction_of(session, record.id) is not None
            held = Held(tuple(keeping.holds(session)))
            kept = sorted({hold.part for hold in held.holds if _over(hold.principal_id, record)})
        return {
            "organisation": person.tenant.name,
            "made_at": now.isoformat(timespec="seconds"),
            "answer_due": (now + _DUE).date().isoformat(),
            "person": {
                "pseudonym": person.pseudonym,
                "email": record.email,
                "name": record.display_name,
                "kind": record.kind,
                "roles": list(record.roles),
                "groups": list(record.groups),
                "active": record.active,
                "known_since": record.created_at.isoformat(timespec="seconds"),
            },
            "restricted": restricted,
            "legal_holds": kept,
            "purposes": PURPOSES,
            "sources": "You, your organisation's sign-in service, and detectors in this gateway.",
            "recipients": _recipients(own),
            "periods": [
                {"class": item.name, "days": periods[item.name], "what": item.text}
                for item in CLASSES
            ],
            "rules": self._applied(own),
            "logic": LOGIC,
            "rights": list(RIGHTS),
        }

    def _entries(self, person: Person) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """The person's own entries, and others that name them; everybody else is left out."""
        tenant, own = person.tenant.id, person.own
        with self._database.connection(tenant) as connection:
            mine = [
                _entry(row.sequence, row.canonical, own)
                for row in expiry.entries_of(connection, tenant, person.pseudonym)
            ]
            mentions = list(_mentions(connection, tenant, person))
        return mine, mentions

    def _records(self, person: Person) -> dict[str, list[dict[str, Any]]]:
        record = person.record
        with self._database.tenant_session(person.tenant.id) as session:
            found = dict(person_rows.about(session, record.id, person.pseudonym, record.email))
        plain = json.loads(json.dumps(found, default=str))
        return dict(masked(plain, person.own))

    def _kept(self, person: Person) -> list[dict[str, Any]]:
        record = person.record
        names = tuple(value for value in (record.email, record.display_name) if value)
        return [
            {
                "exchange": piece.exchange_id,
                "field": piece.field,
                "kept_at": piece.kept_at.isoformat(timespec="seconds"),
                "expires_at": piece.expires_at.isoformat(timespec="seconds"),
                "value": self._without_others(person.tenant.id, piece.value, names),
            }
            for piece in self._content.of(person.tenant.id, PrincipalId(record.id))
        ]

    def _applied(self, own: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Which rules objected, how often, and what each of them is about."""
        times = Counter(rule for entry in own for rule in entry.get("rules", "").split(",") if rule)
        known: dict[str, Rule] = {}
        for item in self._rules():
            # A rule of two sides goes by what it says of requests, which comes first.
            known.setdefault(item.id, item)
        return [
            {
                "rule": rule,
                "times": count,
                "title": known[rule].title if rule in known else "",
                "meaning": known[rule].description if rule in known else "",
                "why": known[rule].custom.get("why", "") if rule in known else "",
            }
            for rule, count in sorted(times.items())
        ]


def _over(principal: object, record: PrincipalRecord) -> bool:
    return principal in (None, record.id)


def _entry(sequence: int, raw: bytes, own: frozenset[str]) -> dict[str, Any]:
    return dict(masked({"sequence": sequence, **json.loads(raw)}, own))


def _mentions(connection: Connection, tenant: TenantId, person: Person) -> Iterable[dict[str, Any]]:
    """Entries that somebody else left and that name the person."""
    after, name = -1, person.pseudonym.encode()
    while True:
        rows = expiry.page(connection, tenant, _ABOUT_OTHERS, after, _PAGE)
        for row in rows:
            if row.principal != person.pseudonym and name in bytes(row.canonical):
                yield _entry(row.sequence, row.canonical, person.own)
        if len(rows) < _PAGE:
            return
        after = rows[-1].sequence


def _recipients(own: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Who received something: the providers of permitted requests, by contract."""
    found: Counter[tuple[str, str]] = Counter(
        (entry["destination"]["provider"], entry["destination"]["tier"])
        for entry in own
        if entry["kind"] == "decision" and entry["effect"] == "permit"
    )
    return [
        {"provider": provider, "contract": tier, "requests": count}
        for (provider, tier), count in sorted(found.items())
    ]
