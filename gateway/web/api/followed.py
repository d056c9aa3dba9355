"""Every address that follows what was made before: it is fetched, listed, stopped or deleted there.

With the table of those that generate (`gateway.web.api.routes`), the coverage of
docs/reference/coverage.md is proven for these. An address that is in neither fails a test.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gateway.web.api.routes import PREFIXES
from gateway.web.api.stored import INPUT_ROUTE, STORED_ROUTE
from gateway.web.api.videos import CONTENT_ROUTE, REMIX_ROUTE

if TYPE_CHECKING:
    from gateway.core.call import Method
    from gateway.web.api.generation import Route


class Followed(NamedTuple):
    """One address that follows something of the caller's own."""

    method: Method
    path: str
    what: str
    """What is had there, in words."""

    modality: str
    ways: tuple[str, ...] = ("allow", "foreign")
    """How a request may end; each is proven."""

    stream: bool = False
    """Whether the answer comes in pieces."""


_RESULTS = ("allow", "deny", "pseudonymise", "withhold", "foreign")
"""How one request of a batch may have ended, where its answer is read."""


def _fetched(method: Method, route: Route, what: str) -> list[Followed]:
    """Each fetching is an exchange of its own, plain and as a stream."""
    ways = (*route.ways, "foreign")
    return [
        Followed(method, route.path, what, route.modality, ways, stream) for stream in route.forms
    ]


def _message_batches(prefix: str) -> list[Followed]:
    path = f"{prefix}/v1/messages/batches"
    return [
        Followed("GET", path, "one's own batches", "text"),
        Followed("GET", f"{path}/<name>", "how far a batch is", "text"),
        Followed("DELETE", f"{path}/<name>", "its end, with its answers", "text"),
        Followed("POST", f"{path}/<name>/cancel", "stops what was not asked yet", "text"),
        Followed("GET", f"{path}/<name>/results", "its answers", "text", _RESULTS),
    ]


FOLLOWED: tuple[Followed, ...] = (
    *_fetched("GET", STORED_ROUTE, "a stored answer, or how far it is"),
    Followed("DELETE", STORED_ROUTE.path, "its end, here and at the provider", "text"),
    *_fetched("GET", INPUT_ROUTE, "what it was asked with"),
    Followed("POST", f"{STORED_ROUTE.path}/cancel", "stops what runs in the background", "text"),
    Followed("GET", "/v1/batches", "one's own batches", "text"),
    Followed("GET", "/v1/batches/<name>", "how far a batch is", "text"),
    Followed("POST", "/v1/batches/<name>/cancel", "stops what was not asked yet", "text"),
    Followed("GET", "/v1/files", "one's own files", "file"),
    Followed("GET", "/v1/files/<name>", "what is known of a file", "file"),
    Followed("DELETE", "/v1/files/<name>", "its end", "file"),
    Followed("GET", "/v1/files/<name>/content", "a file; a batch's answers", "file", _RESULTS),
    *(row for prefix in PREFIXES for row in _message_batches(prefix)),
    Followed("GET", "/v1/videos", "one's own films", "video"),
    Followed("GET", "/v1/videos/<video>", "how far a film is", "video"),
    Followed("DELETE", "/v1/videos/<video>", "its end, here and at the provider", "video"),
    Followed("GET", CONTENT_ROUTE.path, "the film", "video", ("allow", "deny", "foreign")),
    *_fetched("POST", REMIX_ROUTE, "another from it"),
)
