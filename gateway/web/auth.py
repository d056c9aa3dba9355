"""The door of every route: which permission it takes, and who has come.

A view says what it needs with `requires`, and gets the principal as an argument;
nothing about identity is ambient. Programs come with a credential in a header,
people with a session in a cookie, and neither works at the other's door: a
cookie that opened the API would let any web page use it (CSRF), and a key that
opened the pages would read what only a signed-in person may.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from flask import Response, current_app, redirect, request
from flask.sessions import NullSession, SecureCookieSessionInterface

from gateway.core.values import dataclass
from gateway.errors import Forbidden, StorageUnavailable, Unauthenticated
from gateway.identity.permissions import PUBLIC, Permission, Public, granted, lacking
from gateway.identity.security_log import SecurityEvent, SecurityTag
from gateway.identity.sessions import LIFETIME
from gateway.web.application import Direct, incoming
from gateway.web.problems import API_PREFIXES

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask, Request
    from flask.sessions import SecureCookieSession
    from werkzeug.wrappers import Response as AnyResponse

    from gateway.core.principal import Principal
    from gateway.identity.authenticator import Authenticator
    from gateway.identity.sessions import Sessions

SIGN_IN_PATH = "/sign-in"
CSRF_FIELD = "csrf_token"
CSRF_HEADER = "X-CSRF-Token"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_EXTENSION = "proviso.doors"
_DECLARED = "__proviso_permission__"
_LONGEST_NEXT = 500


@dataclass(frozen=True, slots=True)
class Doors:
    """What the two kinds of door ask."""

    authenticator: Authenticator
    sessions: Sessions
    report: Callable[[SecurityEvent], None]
    encrypted: bool
    """Whether people reach the gateway by https, so that cookies may insist on it."""

    @property
    def cookie(self) -> str:
        """The session cookie's name.

        ``__Host-`` keeps other hosts of the domain from setting it (RFC 6265bis, 4.1.3.2).
        """
        return "__Host-proviso" if self.encrypted else "proviso"


class _SignInState(SecureCookieSessionInterface):
    """The cookie that carries people through a sign-in. Programs have none, and get none."""

    def __init__(self) -> None:
        """With the one empty session of all programs, which cannot be changed."""
        self._none = self.null_session_class()

    def make_null_session(self, app: Flask) -> NullSession:  # noqa: ARG002 - the same in each
        """What stands for a session where there is none."""
        return self._none

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """What the cookie says; None at a program's address, where nothing can be kept in it."""
        if request.path.startswith(API_PREFIXES):
            return None
        return super().open_session(app, request)


def install(app: Flask, doors: Doors, cookie_key: bytes) -> None:
    """Hang the doors into `app`. `cookie_key` signs the cookie that carries sign-in state."""
    app.extensions[_EXTENSION] = doors
    app.secret_key = cookie_key
    app.session_interface = _SignInState()
    app.config.update(
        SESSION_COOKIE_NAME=f"{doors.cookie}-sign-in",
        SESSION_COOKIE_SECURE=doors.encrypted,
        SESSION_COOKIE_HTTPONLY=True,
        # Lax and not Strict: the identity provider sends people back from its own site.
        SESSION_COOKIE_SAMESITE="Lax",
    )
    app.jinja_env.globals["csrf_token"] = csrf_token


def requires(permission: Permission | Public) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare what a view takes; the view gets ``principal`` unless that is `PUBLIC`.

    On a page without a session the view is not called, and the person is sent to sign in.

    Raises (in the request): as `admitted`.
    """

    def declare(view: Callable[..., Any]) -> Callable[..., Any]:
        if isinstance(permission, Public):

            @wraps(view)
            def unguarded(*args: Any, **kwargs: Any) -> Any:
                return view(*args, **kwargs)

            setattr(unguarded, _DECLARED, PUBLIC)
            return unguarded

        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            try:
                principal = admitted(_doors(), incoming(), permission)
            except Unauthenticated:
                if is_api():
                    raise
                return _to_sign_in()
            return view(*args, principal=principal, **kwargs)

        setattr(guarded, _DECLARED, permission)
        return guarded

    return declare


def direct(doors: Doors, permission: Permission, view: Callable[..., Response]) -> Direct:
    """As `requires`, of a program's view that is given its request, then the principal.

    Raises (in the request): as `admitted`.
    """

    def guarded(asking: Request, **named: Any) -> Response:
        return view(asking, admitted(doors, asking, permission), **named)

    made = Direct(guarded)
    setattr(made, _DECLARED, permission)
    return made


def admitted(doors: Doors, asking: Request, permission: Permission) -> Principal:
    """Who asks, if they may.

    Raises:
        Unauthenticated: no credential that verifies.
        StorageUnavailable: the database is away, and it is more than going on with one's work.
        Forbidden: the role or the kind of credential does not include `permission`, or a form
            came without its session's token.
    """
    principal = _principal(doors, asking)
    if principal.recalled and permission is not Permission.TENANT_CHAT_CREATE:
        # From memory people go on with their work; nothing is changed and nothing read.
        raise StorageUnavailable
    if permission not in granted(principal):
        raise Forbidden(lacking(principal, permission))
    return principal


def permission_of(view: Callable[..., Any]) -> Permission | Public | None:
    """What a view declares; None means that somebody forgot, and a test fails."""
    return getattr(view, _DECLARED, None)


def is_api() -> bool:
    """Whether the current request is a program's (answered in JSON) and not a person's."""
    return request.path.startswith(API_PREFIXES)


def signed_in() -> Principal | None:
    """The person who is signed in, or None: for public pages that greet people."""
    doors = _doors()
    try:
        return doors.sessions.principal(request.cookies.get(doors.cookie, ""))
    except Unauthenticated:
        return None


def csrf_token() -> str:
    """The token for the forms of the current page; empty where nobody is signed in."""
    doors = _doors()
    try:
        return doors.sessions.csrf_token(request.cookies.get(doors.cookie, ""))
    except Unauthenticated:
        return ""


def check_csrf() -> None:
    """Return if the current request may change something: safe method, or the session's token.

    Raises:
        Forbidden: a form came without it, or with another session's.
        Unauthenticated: there is no session.
    """
    if request.method in _SAFE_METHODS:
        return
    doors = _doors()
    given = request.headers.get(CSRF_HEADER) or request.form.get(CSRF_FIELD, "")
    try:
        doors.sessions.check_csrf(request.cookies.get(doors.cookie, ""), given)
    except Forbidden:
        doors.report(SecurityEvent(SecurityTag.PAGES_CSRF_REFUSE, "csrf.token"))
        raise


def begin_session(answer: AnyResponse, cookie: str) -> None:
    """Give the browser a session's cookie, and end the one it had (session fixation)."""
    doors = _doors()
    doors.sessions.close(request.cookies.get(doors.cookie, ""))
    answer.set_cookie(
        doors.cookie,
        cookie,
        max_age=int(LIFETIME.total_seconds()),
        secure=doors.encrypted,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def end_session(answer: AnyResponse) -> None:
    """End the session of the current request, here and in the browser."""
    doors = _doors()
    doors.sessions.close(request.cookies.get(doors.cookie, ""))
    answer.delete_cookie(
        doors.cookie, secure=doors.encrypted, httponly=True, samesite="Lax", path="/"
    )


def safe_next(target: str | None) -> str:
    """`target` if it is a path on this host, else the front page (open redirect).

    Browsers drop tabs and line breaks and take a backslash for a slash, so two slashes can hide
    in what looks like a path; only plain ones pass.
    """
    if not target or len(target) > _LONGEST_NEXT:
        return "/"
    plain = target.startswith("/") and not target.startswith("//")
    if not plain or "\\" in target or not target.isprintable() or not target.isascii():
        return "/"
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or parts.path.startswith(SIGN_IN_PATH):
        return "/"
    return target


def _principal(doors: Doors, asking: Request) -> Principal:
    if asking.path.startswith(API_PREFIXES):
        return doors.authenticator.authenticate(asking.headers)
    principal = doors.sessions.principal(asking.cookies.get(doors.cookie, ""))
    check_csrf()
    return principal


def _to_sign_in() -> AnyResponse:
    back = request.full_path.rstrip("?") if request.method in {"GET", "HEAD"} else "/"
    address = f"{SIGN_IN_PATH}?{urlencode({'next': safe_next(back)})}"
    if request.headers.get("HX-Request") == "true":
        # htmx follows a redirect inside the page and would show the sign-in page in a table.
        return Response(status=401, headers={"HX-Redirect": address})
    return redirect(address, 303)


def _doors() -> Doors:
    doors: Doors = current_app.extensions[_EXTENSION]
    return doors
