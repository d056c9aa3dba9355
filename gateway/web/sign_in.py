"""Signing in and out of the pages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, session, url_for

from gateway.errors import GatewayError, IdentityUnavailable, Unauthenticated
from gateway.identity.permissions import PUBLIC
from gateway.identity.security_log import SecurityEvent, SecurityTag
from gateway.web.auth import (
    SIGN_IN_PATH,
    begin_session,
    check_csrf,
    end_session,
    requires,
    safe_next,
    signed_in,
)

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from gateway.identity.assembly import Identity

_NEXT = "next"
_MOST_ATTEMPTS = 6
"""Sign-ins begun and not finished in one browser; each takes room in its cookie."""


class SignInPages:
    """The way of a person from the sign-in page to the identity provider and back."""

    def __init__(self, identity: Identity, public_url: str) -> None:
        """`public_url` is where the identity provider sends people back to."""
        self._identity = identity
        self._public_url = public_url.rstrip("/")

    def choose(self) -> str:
        """The page that asks for the organisation, or offers the only one."""
        known = sorted(self._identity.sign_in)
        asked = request.args.get("organisation", "").strip().lower()
        slug = known[0] if len(known) == 1 else asked
        address = None
        if slug in known:
            target = safe_next(request.args.get(_NEXT))
            address = url_for("sign_in.begin", slug=slug, next=target)
        return render_template(
            "sign_in.html",
            organisation=slug,
            address=address,
            # With several organisations, naming them all would publish the list of customers.
            single=len(known) == 1,
            unknown=bool(asked) and address is None,
            next=safe_next(request.args.get(_NEXT)),
            problem=None,
            signed_out="signed_out" in request.args,
        )

    def begin(self, slug: str) -> Response:
        """Send the person to their identity provider."""
        if len(session) > _MOST_ATTEMPTS:
            session.clear()
        session[_NEXT] = safe_next(request.args.get(_NEXT))
        callback = f"{self._public_url}{SIGN_IN_PATH}/{slug}/callback"
        return self._identity.sign_in.begin(slug, callback)

    def callback(self, slug: str) -> Response | tuple[str, int]:
        """Open a session for the person who came back."""
        try:
            said = self._identity.sign_in.complete(slug, request.args)
            person = self._identity.people.sign_in(said)
        except (Unauthenticated, IdentityUnavailable) as error:
            return self._refused(error)
        answer = redirect(safe_next(session.get(_NEXT)), 303)
        session.clear()
        begin_session(answer, self._identity.sessions.open(person))
        self._identity.report(SecurityEvent(SecurityTag.PAGES_PERSON_SIGN_IN, tenant=slug))
        return answer

    def sign_out(self) -> Response:
        """End the session. Only a form of ours can do it, lest other sites sign people out."""
        answer = redirect(url_for("sign_in.choose", signed_out=1), 303)
        person = signed_in()
        if person is not None:
            check_csrf()
            event = SecurityEvent(
                SecurityTag.PAGES_PERSON_SIGN_OUT,
                tenant=person.tenant.slug,
                principal=person.pseudonym,
            )
            self._identity.report(event)
        end_session(answer)
        return answer

    def _refused(self, error: GatewayError) -> tuple[str, int]:
        reason = error.reason if isinstance(error, Unauthenticated) else error.code
        self._identity.report(SecurityEvent(SecurityTag.PAGES_SIGN_IN_REFUSE, reason))
        problem = (
            error.title
            if isinstance(error, IdentityUnavailable)
            else "Signing in did not work. Please try again; if it fails again, your "
            "organisation has to give you access."
        )
        page = render_template(
            "sign_in.html",
            organisation="",
            address=url_for("sign_in.choose"),
            single=False,
            unknown=False,
            next="/",
            problem=problem,
            signed_out=False,
        )
        return page, error.status


def blueprint(identity: Identity, public_url: str) -> Blueprint:
    """The sign-in routes; all of them public, as nobody is anybody yet."""
    pages = SignInPages(identity, public_url)
    routes = Blueprint("sign_in", __name__, template_folder=Path(__file__).parent / "templates")
    public = requires(PUBLIC)

    routes.get(SIGN_IN_PATH, endpoint="choose")(public(pages.choose))
    routes.get(f"{SIGN_IN_PATH}/<slug>", endpoint="begin")(public(pages.begin))
    routes.get(f"{SIGN_IN_PATH}/<slug>/callback", endpoint="callback")(public(pages.callback))
    routes.post("/sign-out", endpoint="sign_out")(public(pages.sign_out))
    return routes
