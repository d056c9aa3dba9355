"""Pages about people's rights: what is kept about me, how long, and who lifted a pseudonym."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for

from gateway.audit.entries import reading
from gateway.errors import InvalidRequest, NotFound
from gateway.identity.permissions import Permission, granted
from gateway.retention.schedule import CLASSES
from gateway.web.auth import requires

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from gateway.audit.ledger import Ledger
    from gateway.core.clock import Clock
    from gateway.core.principal import Principal
    from gateway.rights_of_people import RightsOfPeople

REASONS = (
    "security_incident",
    "data_breach",
    "misuse_report",
    "data_subject_request",
    "legal_order",
    "danger_to_life",
)
"""What the form offers; the policy decides (rule AN-05)."""


class PeoplePages:
    """What each page shows."""

    def __init__(self, rights: RightsOfPeople, ledger: Ledger, clock: Clock) -> None:
        """Pages over these rooms."""
        self._rights = rights
        self._ledger = ledger
        self._clock = clock

    def subject(self, principal: Principal) -> str:
        """What is kept about the person who is signed in."""
        subjects = self._rights.subjects
        found = subjects.summary(subjects.of(principal))
        return render_template("subject.html", found=found)

    def subject_export(self, principal: Principal) -> AnyResponse:
        """All of it, as a file."""
        subjects = self._rights.subjects
        document = subjects.export(subjects.of(principal), principal.pseudonym)
        return Response(
            json.dumps(document, indent=2, ensure_ascii=False),
            mimetype="application/json",
            headers={"Content-Disposition": 'attachment; filename="subject.json"'},
        )

    def retention(self, principal: Principal) -> str:
        """Classes, periods, holds and the job's last run."""
        tenant = principal.tenant.id
        return render_template(
            "retention.html",
            classes=CLASSES,
            periods=self._rights.periods.of(tenant),
            holds=self._rights.holds.list(tenant, active=False),
            run=self._rights.periods.last_run(tenant),
        )

    def unmaskings(self, principal: Principal) -> str:
        """Every lifted pseudonym: who asked, who agreed, why; reading it is recorded."""
        return self._unmaskings(principal)

    def unmasking_ask(self, principal: Principal) -> AnyResponse:
        """Ask for a second person."""
        form = request.form
        hours = form.get("hours", "")
        if not hours.isdecimal() or len(hours) > 4:
            raise InvalidRequest("The hours must be a whole number.", param="hours")
        self._rights.unmaskings.ask(
            principal,
            form.get("pseudonym", "").strip()[:40],
            form.get("reason", "")[:200],
            int(hours),
        )
        return redirect(url_for("people.unmaskings", done="asked"), 303)

    def unmasking_approve(self, principal: Principal, request_id: str) -> AnyResponse:
        """Agree as the second person."""
        self._rights.unmaskings.approve(principal, _identifier(request_id))
        return redirect(url_for("people.unmaskings", done="agreed"), 303)

    def unmasking_show(self, principal: Principal, request_id: str) -> str:
        """Show who it is, to one of the two people."""
        shown = self._rights.unmaskings.show(principal, _identifier(request_id))
        return self._unmaskings(principal, shown=shown)

    def _unmaskings(self, principal: Principal, **extra: Any) -> str:
        rows = self._rights.unmaskings.list(principal.tenant.id)
        entry = reading(
            self._clock.now(), principal.pseudonym, "unmaskings.listed", shown=len(rows)
        )
        self._ledger.record_event(principal.tenant.id, entry)
        return render_template(
            "unmaskings.html",
            rows=rows,
            now=self._clock.now(),
            may_lift=Permission.TENANT_UNMASKINGS_CREATE in granted(principal),
            me=principal.id,
            reasons=REASONS,
            **{"shown": None, **extra},
        )


def create_pages(rights: RightsOfPeople, ledger: Ledger, clock: Clock) -> Blueprint:
    """The pages as a blueprint; each declares the permission it takes."""
    pages = PeoplePages(rights, ledger, clock)
    routes = Blueprint("people", __name__)
    one = "/unmaskings/<request_id>"
    for method, path, view, permission in (
        ("GET", "/subject", pages.subject, Permission.SELF_DATA_READ),
        ("GET", "/subject/export", pages.subject_export, Permission.SELF_DATA_READ),
        ("GET", "/retention", pages.retention, Permission.TENANT_RETENTION_READ),
        ("GET", "/unmaskings", pages.unmaskings, Permission.TENANT_UNMASKINGS_READ),
        ("POST", "/unmaskings", pages.unmasking_ask, Permission.TENANT_UNMASKINGS_CREATE),
        (
            "POST",
            f"{one}/approve",
            pages.unmasking_approve,
            Permission.TENANT_UNMASKINGS_APPROVE,
        ),
        ("POST", f"{one}/show", pages.unmasking_show, Permission.TENANT_UNMASKINGS_CREATE),
    ):
        routes.add_url_rule(
            path,
            endpoint=view.__name__,
            view_func=requires(permission)(view),
            methods=[method],
        )
    return routes


def _identifier(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound("There is no such request.") from error
