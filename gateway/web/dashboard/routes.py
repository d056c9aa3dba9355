"""The pages' routes: read what a role may see, and show it."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for

from gateway.audit.entries import reading
from gateway.code_of_use import POINTS
from gateway.core.values import dataclass
from gateway.db import log_search, search_words
from gateway.db.search_words import Filter
from gateway.errors import InvalidRequest, NotFound
from gateway.identity.permissions import Permission, granted
from gateway.web.auth import requires
from gateway.web.dashboard.overview import by_concern
from gateway.web.dashboard.story import Story, tell

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from gateway.attributes.resolve import AttributeSource
    from gateway.audit.ledger import Ledger
    from gateway.audit.log import DecisionLog
    from gateway.core.catalogue import Catalogue
    from gateway.core.clock import Clock
    from gateway.core.principal import Principal
    from gateway.db.decision_log import LogEntry
    from gateway.db.session import Database
    from gateway.reasons import Reasons
    from gateway.terms.registry import TermsRegistry
    from gateway.web.api.code_of_use import CodeOfUse
    from gateway.web.dashboard.receipts import ReceiptPage

_RECENT = 10
_DAY = timedelta(days=1)
_DIGITS = 19
"""Of a position: the largest that a database takes has as many."""


@dataclass(frozen=True, slots=True)
class PageDependencies:
    """The rooms that pages read from."""

    database: Database
    log: DecisionLog
    ledger: Ledger
    reasons: Reasons
    terms: TermsRegistry
    attributes: AttributeSource
    code_of_use: CodeOfUse
    catalogue: Catalogue
    public_url: str
    clock: Clock


class Pages:
    """What each page shows."""

    def __init__(self, rooms: PageDependencies) -> None:
        """Pages over these rooms."""
        self._rooms = rooms

    def home(self, principal: Principal) -> str:
        """The overview: one's own recent exchanges, and for officers the last day."""
        wanted = Filter(principal=principal.pseudonym, restricted=True)
        officer = Permission.TENANT_DECISIONS_READ in granted(principal)
        since = self._rooms.clock.now() - _DAY
        with self._rooms.database.tenant_session(principal.tenant.id) as session:
            own = log_search.decisions(session, wanted, _RECENT)
            ends = log_search.outcomes(session, [row.exchange_id for row in own])
            counts = log_search.counts(session, since) if officer else {}
            refused = log_search.refusals(session, since) if officer else _refusals(own)
        return render_template(
            "home.html",
            own=own,
            outcomes=ends,
            counts=_named(counts),
            officer=officer,
            concerns=by_concern(refused, self._rooms.reasons),
            code=self._rooms.attributes.resolve(principal, None, self._rooms.clock.now()),
            models=self._rooms.catalogue.visible_to(principal.tenant.slug, principal.groups),
            public_url=self._rooms.public_url,
        )

    def decisions(self, principal: Principal) -> str:
        """Decisions of the tenant, filtered; reading them is recorded."""
        wanted = _filter()
        with self._rooms.database.tenant_session(principal.tenant.id) as session:
            page = log_search.search(session, wanted)
            ends = log_search.outcomes(session, [row.exchange_id for row in page.rows])
        asked = search_words.asked(wanted, len(page.rows))
        self._note_reading(principal, "decisions.listed", **asked)
        return render_template(
            "decisions.html",
            rows=page.rows,
            outcomes=ends,
            wanted=wanted,
            costs=search_words.COSTS,
            rules=self._rooms.reasons.titles(),
            models=self._rooms.catalogue.visible_to(principal.tenant.slug, principal.groups),
            older=_link(before=page.older),
            newer=_link(after=page.newer),
        )

    def decision(self, principal: Principal, exchange_id: str) -> str:
        """One decision, stage by stage; reading it is recorded."""
        story = self._story(principal, exchange_id)
        self._note_reading(principal, "decision.read", exchange=exchange_id)
        return render_template("decision.html", story=story)

    def log(self, principal: Principal) -> str:
        """The health of the decision log."""
        return self._log_page(principal)

    def verify(self, principal: Principal) -> str:
        """Recompute the whole log now and say what was found."""
        verdict = self._rooms.log.verify(principal.tenant.id)
        self._note_reading(principal, "log.verified", intact=verdict.intact)
        return self._log_page(principal, verdict=verdict, at=self._rooms.clock.now())

    def code_of_use(self, principal: Principal) -> str:
        """The code of use, with a button to accept it."""
        required, accepted = self._rooms.code_of_use.versions(principal)
        return render_template(
            "code_of_use.html", points=POINTS, required=required, accepted=accepted
        )

    def accept(self, principal: Principal) -> Response:
        """Accept the version that was shown."""
        version = request.form.get("version", "")
        if not version.isdecimal():
            raise InvalidRequest("The form names no version.", param="version")
        self._rooms.code_of_use.accept(principal, int(version), "page")
        return redirect(url_for("pages.code_of_use"), 303)

    def _log_page(self, principal: Principal, **extra: object) -> str:
        with self._rooms.database.tenant_session(principal.tenant.id) as session:
            size = log_search.size(session)
            sealed = log_search.checkpoints(session)
            changes = log_search.changes(session)
        return render_template(
            "log.html",
            size=size,
            checkpoints=sealed,
            changes=changes,
            verifier_key=self._rooms.log.verifier_key(principal.tenant.id),
            **{"verdict": None, "at": None, **extra},
        )

    def _story(self, principal: Principal, exchange_id: str) -> Story:
        with self._rooms.database.tenant_session(principal.tenant.id) as session:
            decision, outcome = log_search.exchange(session, exchange_id)
            if decision is None:
                raise NotFound("There is no decision of that id.")
            digest = bytes.fromhex(_document(decision.canonical)["input_digest"])
            question = log_search.policy_input(session, digest)
        return tell(decision, outcome, question, self._rooms.reasons)

    def _note_reading(self, principal: Principal, what: str, **params: str | int | bool) -> None:
        """Who read what is part of the evidence too (GDPR Art. 32)."""
        entry = reading(self._rooms.clock.now(), principal.pseudonym, what, **params)
        self._rooms.ledger.record_event(principal.tenant.id, entry)


def create_pages(rooms: PageDependencies, receipts: ReceiptPage) -> Blueprint:
    """The pages as a blueprint; each declares the permission it takes."""
    pages = Pages(rooms)
    routes = Blueprint("pages", __name__)

    def receipt(principal: Principal, exchange_id: str) -> Response | str:
        return receipts.show(principal, exchange_id)

    for method, path, view, permission in (
        ("GET", "/", pages.home, Permission.SELF_PROFILE_READ),
        ("GET", "/decisions", pages.decisions, Permission.TENANT_DECISIONS_READ),
        ("GET", "/decisions/<exchange_id>", pages.decision, Permission.TENANT_DECISIONS_READ),
        ("GET", "/receipts/<exchange_id>", receipt, Permission.SELF_RECEIPT_READ),
        ("GET", "/log", pages.log, Permission.TENANT_LOG_READ),
        ("POST", "/log/verify", pages.verify, Permission.TENANT_LOG_VERIFY),
        ("GET", "/code-of-use", pages.code_of_use, Permission.SELF_ACKNOWLEDGEMENT_CREATE),
        ("POST", "/code-of-use", pages.accept, Permission.SELF_ACKNOWLEDGEMENT_CREATE),
    ):
        routes.add_url_rule(
            path,
            endpoint=view.__name__,
            view_func=requires(permission)(view),
            methods=[method],
        )
    return routes


def _document(canonical: bytes) -> dict[str, str]:
    document: dict[str, str] = json.loads(canonical)
    return document


def _filter() -> Filter:
    asked = request.args
    return Filter(
        effect=asked.get("effect", "") if asked.get("effect") in ("permit", "deny") else "",
        rule=asked.get("rule", "").strip().upper()[:20],
        model=asked.get("model", "").strip()[:100],
        principal=asked.get("principal", "").strip()[:40],
        finding=asked.get("finding", "").strip().upper()[:60],
        purpose=asked.get("purpose", "").strip()[:100],
        cost=search_words.cost(asked.get("cost", "")),
        since=_day(asked.get("since", "")),
        until=_day(asked.get("until", ""), _DAY),
        before=_position("before"),
        after=_position("after"),
    )


def _position(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < _DIGITS else None


def _link(**place: int | None) -> str | None:
    """The same search at another place; None where there is none."""
    (name, position), *_ = place.items()
    if position is None:
        return None
    kept = {key: value for key, value in request.args.items() if key not in ("before", "after")}
    return f"{url_for('pages.decisions')}?{urlencode({**kept, name: str(position)})}"


def _day(text: str, plus: timedelta = timedelta()) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC) + plus if text else None
    except ValueError:
        return None


def _named(counts: dict[tuple[str, str], int]) -> dict[str, int]:
    """Counts by the one word that is filled in: effect for decisions, status for outcomes."""
    return {effect or status: number for (effect, status), number in counts.items()}


def _refusals(rows: list[LogEntry]) -> Counter[str]:
    return Counter(row.rules for row in rows if row.effect == "deny")
