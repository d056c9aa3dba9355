"""Known addresses of providers' APIs that this gateway does not offer, and what to use instead.

An address that is merely not found looks like a mistake in the caller's program. One that is known
and not governed is refused in the API's own form, with a code, and with what would serve. Nothing
of such a request is read, and nothing leaves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, NoReturn

from flask import Blueprint

from gateway.errors import NotGoverned
from gateway.identity.permissions import Permission
from gateway.web.auth import requires

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gateway.core.principal import Principal

METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")


class Ungoverned(NamedTuple):
    """One family of addresses."""

    path: str
    """The address; everything below it is refused with it."""

    why: str
    instead: str


_STORED = "it hands content to the provider to keep, under ids that all tenants would share"
_CHAT = "POST /v1/responses with the whole conversation, or with previous_response_id"

UNGOVERNED = (
    Ungoverned("/v1/assistants", _STORED, _CHAT),
    Ungoverned("/v1/chatkit", _STORED, _CHAT),
    Ungoverned(
        "/v1/containers", "programs would run at the provider on kept files",
        "the tool code_interpreter with a container of type auto",
    ),
    Ungoverned("/v1/conversations", _STORED, _CHAT),
    Ungoverned("/v1/evals", _STORED, "single requests to /v1/responses"),
    Ungoverned(
        "/v1/fine_tuning", "it trains a model on what is handed over",
        "a model of the catalogue",
    ),
    Ungoverned(
        "/v1/realtime", "words that are spoken and heard at once cannot yet be judged in time",
        "/v1/audio/transcriptions, /v1/responses and /v1/audio/speech",
    ),
    Ungoverned("/v1/skills", _STORED, "instructions in the request"),
    Ungoverned("/v1/threads", _STORED, _CHAT),
    Ungoverned(
        "/v1/uploads", "a file that comes in parts cannot be inspected as a whole",
        "POST /v1/files with the whole file",
    ),
    Ungoverned("/v1/vector_stores", _STORED, "the passages themselves in the request"),
)  # fmt: skip
"""Families that are refused whole."""


def blueprint() -> Blueprint:
    """Refuses each family, by any method and at any address below."""
    api = Blueprint("ungoverned", __name__)
    for family in UNGOVERNED:
        name = family.path.replace("/", "_")
        view = _refusing(family)
        for number, path in enumerate((family.path, f"{family.path}/<path:below>")):
            api.add_url_rule(path, f"{name}_{number}", view, methods=METHODS)
            # One that asks for a socket matches no other rule.
            api.add_url_rule(path, f"{name}_{number}_socket", view, websocket=True)
    return api


def told(families: Iterable[Ungoverned] = UNGOVERNED) -> list[str]:
    """The families as rows of a Markdown table."""
    return [f"| `{item.path}` | {item.why} | {item.instead} |" for item in families]


def _refusing(family: Ungoverned) -> Callable[..., NoReturn]:
    @requires(Permission.TENANT_CHAT_CREATE)
    def view(principal: Principal, **_: str) -> NoReturn:  # noqa: ARG001 - nobody may
        raise NotGoverned(f"The reason: {family.why}. Use instead: {family.instead}.")

    return view
