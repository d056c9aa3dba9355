"""Flask, without what no request of this application has, and a way past it.

For each request Flask looks for what other applications have: views that are coroutines, limits in
its configuration. Here it is told, by the means it offers for that, that there are none. What
generates is asked for most, and needs least of Flask: see `Direct`, and docs/adr/0033.
"""

from __future__ import annotations

from functools import cached_property, lru_cache, partial
from typing import IO, TYPE_CHECKING, Any

from flask import Flask, Request, request
from werkzeug.datastructures import EnvironHeaders
from werkzeug.exceptions import HTTPException

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from flask import Response
    from flask.typing import ResponseReturnValue


class SentHeaders(EnvironHeaders):
    """The headers of a request, most of which are looked for in vain."""

    def get(  # type: ignore[override]
        self,
        key: str,
        default: Any = None,
        type: Callable[[str], Any] | None = None,  # noqa: A002 - Werkzeug's name
    ) -> Any:
        """As `EnvironHeaders.get`, which raises and catches an error for what is not there."""
        if type is not None:
            return super().get(key, default, type)
        return self.environ.get(_variable(key), default)

    def __contains__(self, key: str) -> bool:
        """As `EnvironHeaders`."""
        return _variable(key) in self.environ


@lru_cache(maxsize=256)
def _variable(header: str) -> str:
    """What a server calls a header (PEP 3333); only names that stand in our code are asked for."""
    name = header.upper().replace("-", "_")
    return name if name in ("CONTENT_LENGTH", "CONTENT_TYPE") else f"HTTP_{name}"


class Incoming(Request):
    """A request, as views and what they call see it."""

    max_content_length = None
    """Each route has a limit of its own, in `gateway.web.api.admission`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """As `Request`."""
        super().__init__(*args, **kwargs)
        self.headers = SentHeaders(self.environ)

    @cached_property
    def stream(self) -> IO[bytes]:
        """The body, as the server that knows its end gives it; else no more than its length."""
        ended = "wsgi.input_terminated" in self.environ
        return self.environ["wsgi.input"] if ended else super().stream


class Direct:
    """A view that is given its request: nothing has to be ambient when it is called.

    Programs that generate wait for nothing but their answer, so those views are called without what
    Flask builds around a view: contexts, session, signals, and the hooks of applications and
    blueprints. What such a view answers has all its headers (`gateway.web.answers`).
    """

    def __init__(self, answer: Callable[..., Response]) -> None:
        """`answer` takes the request and, by name, what its address holds."""
        self.answer = answer

    def __call__(self, **named: Any) -> Response:
        """As Flask calls a view, where the request needs what only Flask knows of."""
        return self.answer(incoming(), **named)


_RAISED = "proviso.raised"
"""Where a request carries what its `Direct` view raised, on its way to Flask."""

_REMEMBERED = 512
"""Addresses whose view is remembered: a few for each model and each name of this host."""

_LONGEST = 500
"""Characters of such an address, so that strangers fill no memory."""


class Application(Flask):
    """Flask for views that are plain functions, and the short way to those that are `Direct`."""

    request_class = Incoming

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request: by its `Direct` view if it has one, else as Flask does."""
        answer: WSGIApplication = super().wsgi_app
        view = self._direct(environ)
        if view is not None:
            try:
                # Not left in `environ`, which it holds: nobody would take it out again.
                answer = view(Incoming(environ, populate_request=False))
            # All that is raised is answered in one place, with Flask's part around it:
            # `gateway.web.problems`.
            except Exception as error:  # noqa: BLE001 - see above
                environ[_RAISED] = error
        return answer(environ, start_response)

    def dispatch_request(self) -> ResponseReturnValue:
        """Call the view; one that was called already and raised an error raises it here."""
        environ = request.environ
        if _RAISED in environ:
            # Held by no name, or the error would hold itself by this call's.
            raise environ.pop(_RAISED)
        return super().dispatch_request()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """No view or hook is a coroutine."""
        return func

    def _direct(self, environ: WSGIEnvironment) -> Callable[[Request], Response] | None:
        """The `Direct` view for a request, knowing what its address holds; None if it has none.

        None too for a request that asks for another protocol, on which Flask's routes depend, and
        for an address too long to be remembered.
        """
        host, path = environ.get("HTTP_HOST", ""), environ.get("PATH_INFO", "")
        usual = environ["REQUEST_METHOD"] == "POST" and "HTTP_UPGRADE" not in environ
        return self._found(host, path) if usual and len(host) + len(path) <= _LONGEST else None

    @cached_property
    def _found(self) -> Callable[[str, str], Callable[[Request], Response] | None]:
        """As Flask finds the view for a host and a path, but remembered."""

        @lru_cache(_REMEMBERED)
        def found(host: str, path: str) -> Callable[[Request], Response] | None:
            try:
                # PEP 3333: bytes are told as if they were Latin-1.
                address = path.encode("latin-1").decode(errors="replace")
                rule, named = self.url_map.bind(host).match(address, "POST", return_rule=True)
            except HTTPException:
                return None  # Flask says so
            view = self.view_functions[rule.endpoint]
            return partial(view.answer, **named) if isinstance(view, Direct) else None

        return found


def incoming() -> Request:
    """The current request itself: each look through Flask's name for it costs a few calls."""
    found: Request = request._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - documented
    return found
