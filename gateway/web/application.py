"""Flask, without what no request of this application has.

For each request Flask looks for what other applications have: views that are coroutines, names of
hosts that choose a route, limits in its configuration. Here it is told, by the means it offers for
that, that there are none.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import IO, TYPE_CHECKING, Any

from flask import Flask, Request, request
from werkzeug.datastructures import EnvironHeaders
from werkzeug.wsgi import get_host

from gateway.web.problems import API_PREFIXES

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.routing import MapAdapter, Rule


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


class Application(Flask):
    """Flask for views that are plain functions, at whatever host name they are asked for."""

    request_class = Incoming

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """No view or hook is a coroutine."""
        return func

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """What finds the route of `request`; None where it is known at once.

        Raises:
            BadHost: the caller names a host that cannot be one.
        """
        if request is None or "HTTP_UPGRADE" in request.environ:
            return super().create_url_adapter(request)
        known = self._known.get((request.method, request.path))
        if known is None:
            return super().create_url_adapter(request)
        request.host = get_host(request.environ)
        request.url_rule, request.view_args = known, {}
        return None

    @cached_property
    def _known(self) -> dict[tuple[str, str], Rule]:
        """The routes of programs whose addresses hold nothing to be read from them.

        Which it is, is found as for any other request, once. Programs' answers name no routes, for
        which Flask would need what finds them.
        """
        routes = self.url_map.bind("")
        return {
            (method, rule.rule): routes.match(rule.rule, method, return_rule=True)[0]
            for rule in self.url_map.iter_rules()
            if rule.rule.startswith(API_PREFIXES) and not rule.arguments
            for method in (rule.methods or set()) - {"OPTIONS"}
        }


def incoming() -> Request:
    """The current request itself: each look through Flask's name for it costs a few calls."""
    found: Request = request._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - documented
    return found
