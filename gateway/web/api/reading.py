"""Stage 1: from a request's bytes to a body that can be judged, whatever its form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from gateway.web.api import admission

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Request

    from gateway.sections import LimitSettings


class Reading(NamedTuple):
    """A request as it was read."""

    body: dict[str, Any]
    model: str
    """The alias it asks for; empty when it names none, which its shape then says."""

    stream: bool
    size: int
    """Bytes of the body as received."""

    digest: bytes
    """See `gateway.web.api.admission.digest`."""


def read_json(incoming: Request, limits: LimitSettings, named: Mapping[str, str]) -> Reading:
    """A JSON object that names its model, and says whether it wants a stream.

    What the path has `named` stands in the body, whatever the body says of it.

    Raises:
        InvalidRequest, TooLarge: it cannot be read.
    """
    raw = admission.read_body(incoming, limits)
    body = {**admission.parse_json(raw, limits), **named}
    model = body.get("model")
    said = model if isinstance(model, str) else ""
    return Reading(body, said, body.get("stream") is True, len(raw), admission.digest(raw))


def read_named(
    incoming: Request, limits: LimitSettings, named: Mapping[str, str], *, stream: bool
) -> Reading:
    """A JSON object whose path says everything else: the model, and whether it is a `stream`.

    Raises:
        InvalidRequest, TooLarge: it cannot be read.
    """
    raw = admission.read_body(incoming, limits)
    body = admission.parse_json(raw, limits)
    return Reading(body, named["model"], stream, len(raw), admission.digest(raw))
