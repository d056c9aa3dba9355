"""``/receipts/<id>``: what a person is told about one exchange, as a page or as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from flask import Response, render_template, request

from gateway.audit import export
from gateway.audit.entries import reading
from gateway.content import replaced
from gateway.core.values import dataclass
from gateway.db import log_search
from gateway.errors import LogTampered, NotFound
from gateway.identity.permissions import Permission, granted
from gateway.sealed.content import INPUT
from gateway.shapes.registry import SHAPES
from gateway.web.dashboard import receipt
from gateway.web.dashboard.story import tell

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from gateway.audit.ledger import Ledger
    from gateway.audit.log import DecisionLog
    from gateway.content.tenants import TenantReaders
    from gateway.core.clock import Clock
    from gateway.core.principal import Principal
    from gateway.db.decision_log import LogEntry
    from gateway.db.session import Database
    from gateway.reasons import Reasons
    from gateway.sealed.content import ContentStore
    from gateway.terms.registry import TermsRegistry

_JSON = "application/json"
_REPLACING = frozenset({"pseudonymise", "redact"})


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """What a receipt is read from."""

    database: Database
    log: DecisionLog
    ledger: Ledger
    reasons: Reasons
    terms: TermsRegistry
    content: ContentStore
    readers: TenantReaders
    clock: Clock

    def show(self, principal: Principal, exchange_id: str) -> AnyResponse | str:
        """The receipt of one's own exchange; of another's for who may read decisions, on record.

        Raises:
            NotFound: there is none, or it is not theirs to see.
        """
        decision, outcome, question = self._rows(principal, exchange_id)
        own = decision.principal == principal.pseudonym
        if not own:
            self._note_reading(principal, exchange_id)
        record = self._record(principal, decision, outcome, question, own=own)
        found = receipt.document(record, self.reasons.title)
        if request.accept_mimetypes.best_match(["text/html", _JSON]) == _JSON:
            return Response(json.dumps(found, indent=2, ensure_ascii=False), mimetype=_JSON)
        story = tell(decision, outcome, question, self.reasons)
        return render_template("receipt.html", story=story, own=own, receipt=found)

    def _rows(
        self, principal: Principal, exchange_id: str
    ) -> tuple[LogEntry, LogEntry | None, bytes | None]:
        with self.database.tenant_session(principal.tenant.id) as session:
            decision, outcome = log_search.exchange(session, exchange_id)
            if decision is None or decision.canonical is None:
                raise NotFound("There is no receipt of that id.")
            own = decision.principal == principal.pseudonym
            if not own and Permission.TENANT_DECISIONS_READ not in granted(principal):
                raise NotFound("There is no receipt of that id.")
            digest = bytes.fromhex(json.loads(decision.canonical)["input_digest"])
            return decision, outcome, log_search.policy_input(session, digest)

    def _record(
        self,
        principal: Principal,
        decision: LogEntry,
        outcome: LogEntry | None,
        question: bytes | None,
        *,
        own: bool,
    ) -> receipt.OnRecord:
        tenant, said = principal.tenant, json.loads(decision.canonical)
        where, at = said["destination"], decision.recorded_at
        terms = None
        if where["tier"]:
            terms = self.terms.effective(tenant, where["tier"], where["upstream"], at, known_at=at)
        values = self._values(principal, decision.exchange_id, said) if own else None
        rows = {"decision": decision, "outcome": outcome}
        return receipt.OnRecord(
            decision=decision,
            outcome=outcome,
            question=question,
            terms=terms,
            proofs={
                kind: self._proof(principal, row) for kind, row in rows.items() if row is not None
            },
            verifier_key=self.log.verifier_key(tenant.id),
            values=values,
            why_no_values=receipt.NOT_KEPT if own else receipt.NOT_YOURS,
        )

    def _proof(self, principal: Principal, row: LogEntry) -> dict[str, Any] | None:
        """The proof of one entry; None where it has expired, or no checkpoint may be signed."""
        try:
            return export.prove(self.log, principal.tenant.id, row.sequence)
        except (NotFound, LogTampered):
            return None

    def _values(
        self, principal: Principal, exchange_id: str, said: dict[str, Any]
    ) -> dict[str, list[str]] | None:
        """What was replaced, found again in the sealed request; None where none is kept."""
        owed = [item for item in said["decision"]["obligations"] if item["type"] in _REPLACING]
        body = self.content.read(principal.tenant.id, exchange_id, INPUT)
        if body is None or "not_kept" in body:
            return None
        types = {kind for item in owed for kind in item["params"]["types"]}
        reader = self.readers.of(principal.tenant.id)
        asked = said["request"]
        return replaced.values(body, reader, types, asked["kind"], SHAPES[asked["api"]].turns)

    def _note_reading(self, principal: Principal, exchange_id: str) -> None:
        """Who read whose receipt is part of the evidence too (GDPR Art. 32)."""
        now = self.clock.now()
        entry = reading(now, principal.pseudonym, "receipt.read", exchange=exchange_id)
        self.ledger.record_event(principal.tenant.id, entry)
