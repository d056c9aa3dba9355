"""What all pages share: security headers, template filters, error pages."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Blueprint, Response, render_template, request, send_from_directory
from markupsafe import Markup, escape

from gateway.errors import NotFound, Refused
from gateway.identity.permissions import PUBLIC, granted
from gateway.web.answers import ToProgram
from gateway.web.auth import is_api, requires, signed_in

if TYPE_CHECKING:
    from flask import Flask

    from gateway.errors import GatewayError

_YEAR = 365.25
_ADDRESS = re.compile(r"https?://[\w.:\[\]-]+/(?!v1/)[\w/-]+")
_FOLDER = Path(__file__).parent
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
SHOWING_A_PICTURE = CONTENT_POLICY.replace("img-src 'self'", "img-src 'self' data:")
"""For a page that shows back what was sent to it, which is stored nowhere (RFC 2397)."""

_HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_ADVICE = {
    400: "Go back, correct it, and send it again.",
    403: "If you need it for your work, ask your tenant administrator for the role.",
    404: "Check what you looked for, or start from the overview.",
    409: "Load the page again to see how things stand now.",
    413: "Go back and choose something smaller.",
    503: "Try again in a moment. If it stays so, tell your administrator.",
}


_OTHERWISE = "Try again. If it stays so, tell your administrator."


def install(app: Flask) -> None:
    """Give `app` its headers, filters and static files."""
    app.jinja_env.filters["moment"] = _moment
    app.jinja_env.filters["days"] = _days
    app.jinja_env.filters["links"] = _links
    app.jinja_env.filters["number"] = _number
    app.jinja_env.filters["period"] = _period
    app.jinja_env.filters["size"] = _size
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    @app.context_processor
    def visitor() -> dict[str, object]:
        principal = signed_in()
        return {"visitor": principal, "may": granted(principal) if principal else frozenset()}

    @app.after_request
    def protect(answer: Response) -> Response:
        if isinstance(answer, ToProgram):
            return answer
        if is_api():
            answer.headers["X-Content-Type-Options"] = "nosniff"
            return answer
        for name, value in _HEADERS.items():
            answer.headers.setdefault(name, value)
        if request.is_secure:
            answer.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        if request.blueprint != "static_files":
            # Pages show who did what: no shared cache and no back button keeps them.
            answer.headers["Cache-Control"] = "no-store"
        return answer

    app.register_blueprint(_static_files())


def error_page(error: GatewayError) -> Response:
    """An error as a page, for people."""
    missing = isinstance(error, NotFound)
    page = render_template(
        "error.html",
        status=error.status,
        phrase=HTTPStatus(error.status).phrase,
        # What was looked for says more than that there is nothing.
        title=error.detail if missing and error.detail else error.title,
        detail="" if missing else error.detail,
        # A refusal by policy brings its own remedy.
        advice="" if isinstance(error, Refused) else _ADVICE.get(error.status, _OTHERWISE),
        back=_came_from(),
    )
    return Response(page, error.status, mimetype="text/html")


def _came_from() -> str | None:
    """The page of ours whose form or link led here; None if there is none to go back to."""
    before = urlsplit(request.referrer or "")
    if not before.path or before.netloc != request.host:
        return None
    return f"{before.path}?{before.query}" if before.query else before.path


def _static_files() -> Blueprint:
    files = Blueprint("static_files", __name__)

    @files.get("/static/<path:name>")
    @requires(PUBLIC)
    def static(name: str) -> Response:
        return send_from_directory(_FOLDER / "static", name, max_age=3600)

    @files.get("/favicon.ico")
    @requires(PUBLIC)
    def icon() -> Response:
        return send_from_directory(_FOLDER / "static", "logo.svg", max_age=86_400)

    return files


def _moment(value: datetime | str | None) -> str:
    """A moment as people read it, in UTC."""
    if value is None or value == "":
        return "never"
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value.astimezone(UTC).strftime("%d %b %Y, %H:%M:%S")


def _days(value: int) -> str:
    """A number of days of retention, where -1 stands for no limit known."""
    if value < 0:
        return "without a known limit"
    return "not at all" if value == 0 else f"up to {value} days"


def _links(text: str) -> Markup:
    """A text of a rule's with the addresses of pages in it as links; those for programs stay."""
    # What is put around an address is ours, and the rest was escaped before.
    return Markup(_ADDRESS.sub(r'<a href="\g<0>">\g<0></a>', str(escape(text))))  # noqa: S704


def _number(value: int) -> str:
    """A whole number as people read it."""
    return f"{value:,}"


def _period(days: int) -> str:
    """A number of days, with the years or months that it makes where it makes some."""
    said = "1 day" if days == 1 else f"{days:,} days"
    for name, length, least in (("year", _YEAR, 2 * _YEAR), ("month", _YEAR / 12, 90)):
        if days >= least:
            whole = round(days / length)
            return f"{said} (about {whole} {name}s)"
    return said


def _size(count: int) -> str:
    """A number of bytes as people read it, with what it is exactly."""
    if count < 1_000:
        return f"{count} bytes"
    if count < 1_000_000:
        return f"{count / 1_000:.1f} kB ({count:,} bytes)"
    return f"{count / 1_000_000:.1f} MB ({count:,} bytes)"
