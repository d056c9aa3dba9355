"""Stage 1: from a request's bytes to a body that can be judged, whatever its form."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

from werkzeug.exceptions import HTTPException
from werkzeug.formparser import MultiPartParser

from gateway.core.media import Upload, media_type
from gateway.errors import InvalidRequest
from gateway.shapes.responses_asked import asked_to_store
from gateway.web.api import admission

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Request

    from gateway.core.stored import Stored
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

    earlier: Stored | None = None
    """The stored answer that it is about."""

    job: str = ""
    """See `gateway.core.exchange.Exchange`."""


def read_json(incoming: Request, limits: LimitSettings, named: Mapping[str, str]) -> Reading:
    """A JSON object that names its model, and says whether it wants a stream.

    What the path has `named` stands in the body, whatever the body says of it.

    Raises:
        InvalidRequest, TooLarge: it cannot be read.
    """
    raw = admission.read_body(incoming, limits.body_bytes)
    body = {**admission.parse_json(raw, limits), **named}
    model = body.get("model")
    said = model if isinstance(model, str) else ""
    return Reading(body, said, body.get("stream") is True, len(raw), admission.digest(raw))


def read_response(incoming: Request, limits: LimitSettings, named: Mapping[str, str]) -> Reading:
    """As `read_json`; who goes on with a stored answer, or does not wait, asks to store.

    Raises:
        InvalidRequest, TooLarge: it cannot be read.
    """
    read = read_json(incoming, limits, named)
    return read._replace(body=asked_to_store(read.body))


_FIELDS = 1_000
"""Parts of one form."""


def read_form(incoming: Request, limits: LimitSettings, named: Mapping[str, str]) -> Reading:
    """A form with files, or the same as JSON where the API has both.

    Raises:
        InvalidRequest, TooLarge: it cannot be read.
    """
    if incoming.mimetype != "multipart/form-data":
        return read_json(incoming, limits, named)
    raw = admission.read_body(incoming, limits.form_bytes)
    body = {**_form(raw, incoming.mimetype_params.get("boundary", "")), **named}
    model = body.get("model")
    said = model if isinstance(model, str) else ""
    return Reading(body, said, body.get("stream") == "true", len(raw), admission.digest(raw))


def _form(raw: bytes, boundary: str) -> dict[str, Any]:
    """The fields of a form; one that comes more than once is a list.

    A body that was cut short does not end in its boundary. It is refused: what is missing might be
    what policy had to see.
    """
    if not boundary or not raw.rstrip(b"\r\n").endswith(b"--" + boundary.encode() + b"--"):
        raise InvalidRequest("The form is not complete, or its boundary is not given.")
    parser = MultiPartParser(
        max_form_memory_size=None, max_form_parts=_FIELDS, stream_factory=_in_memory
    )
    try:
        values, files = parser.parse(BytesIO(raw), boundary.encode(), len(raw))
    except (ValueError, HTTPException) as error:
        raise InvalidRequest("The form cannot be read.") from error
    body: dict[str, Any] = {}
    for name, value in values.items(multi=True):
        _add(body, name, value)
    for name, file in files.items(multi=True):
        kind = media_type(file.mimetype)
        _add(body, name, Upload(file.filename or "", kind, file.stream.read()))
    return body


def _in_memory(*_: Any, **__: Any) -> BytesIO:
    """Content never touches the disk."""
    return BytesIO()


def _add(body: dict[str, Any], name: str, value: Any) -> None:
    if name not in body:
        body[name] = value
    elif isinstance(body[name], list):
        body[name].append(value)
    else:
        body[name] = [body[name], value]


def read_named(
    incoming: Request, limits: LimitSettings, named: Mapping[str, str], *, stream: bool
) -> Reading:
    """A JSON object whose path says everything else: the model, and whether it is a `stream`.

    Raises:
        InvalidRequest, TooLarge: it cannot be read.
    """
    raw = admission.read_body(incoming, limits.body_bytes)
    body = admission.parse_json(raw, limits)
    return Reading(body, named["model"], stream, len(raw), admission.digest(raw))
