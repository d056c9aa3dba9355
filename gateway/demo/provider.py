"""The demonstration's AI provider: OpenAI-shaped, over real HTTP, and honest about what it got."""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson
from flask import Blueprint, Response, request

from gateway.core.call import NativeCall
from gateway.core.catalogue import ModelEntry, ProviderEntry, Wire
from gateway.core.clock import Deadline
from gateway.core.media import RAW, Raw
from gateway.identity.permissions import PUBLIC
from gateway.providers.echo import EchoProvider
from gateway.shapes.responses_translation import ResponsesTranslation
from gateway.web.auth import requires

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.core.clock import Clock

PREFIX = "/v1/demo-provider"
_KEPT = 20
_NATIVE = {"/audio/speech": "speech", "/embeddings": "embeddings", "/images/generations": "images"}
"""Addresses besides those that generate text, and the shape that each speaks."""

_RESPONSES = ResponsesTranslation()
_COUNTED = {"include_usage": True}


def blueprint(clock: Clock) -> Blueprint:
    """The provider's routes; ``GET …/received`` shows the last requests that reached it."""
    routes = Blueprint("demo_provider", __name__, url_prefix=PREFIX)
    echo = EchoProvider()
    received: deque[dict[str, Any]] = deque(maxlen=_KEPT)
    entry = ProviderEntry("demo", Wire.ECHO, "", "demo/synthetic")

    def asked() -> tuple[ModelEntry, dict[str, Any], Deadline]:
        body = orjson.loads(request.get_data())
        received.append(body)
        return ModelEntry(body["model"], entry, body["model"]), body, Deadline(clock, 60)

    @routes.post("/chat/completions")
    @requires(PUBLIC)
    def complete() -> Response:
        return _chat(echo, *asked())

    @routes.post("/responses")
    @requires(PUBLIC)
    def respond() -> Response:
        return _response(echo, *asked())

    def native(shape: str) -> Response:
        model, body, deadline = asked()
        call = NativeCall(model, shape, request.path, body, deadline, stream=False, ends=bool)
        answer = echo.native(call).body
        raw = answer.get(RAW)
        if isinstance(raw, Raw):
            return Response(raw.data, mimetype=raw.content_type)
        return Response(orjson.dumps(answer), mimetype="application/json")

    for path, shape in _NATIVE.items():
        routes.post(path, endpoint=shape)(requires(PUBLIC)(partial(native, shape)))

    @routes.get("/received")
    @requires(PUBLIC)
    def show() -> Response:
        return Response(orjson.dumps(list(received)), mimetype="application/json")

    return routes


def _chat(
    echo: EchoProvider, model: ModelEntry, body: dict[str, Any], deadline: Deadline
) -> Response:
    if body.get("stream"):
        chunks = iter(echo.stream(model, body, deadline))
        return Response(_events(chunks), mimetype="text/event-stream")
    answer = echo.generate(model, body, deadline)
    return Response(orjson.dumps(answer.body), mimetype="application/json")


def _response(
    echo: EchoProvider, model: ModelEntry, body: dict[str, Any], deadline: Deadline
) -> Response:
    """As `_chat`, told in the Responses API, which newer clients speak."""
    chat = _RESPONSES.request(body)
    if body.get("stream"):
        chunks = echo.stream(model, {**chat, "stream_options": _COUNTED}, deadline)
        return Response(_named(_RESPONSES.events(chunks)), mimetype="text/event-stream")
    answer = _RESPONSES.answer(echo.generate(model, chat, deadline).body)
    return Response(orjson.dumps(answer), mimetype="application/json")


def _events(chunks: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    for chunk in chunks:
        yield b"data: " + orjson.dumps(chunk) + b"\n\n"
    yield b"data: [DONE]\n\n"


def _named(events: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    for event in events:
        yield f"event: {event['type']}\ndata: ".encode() + orjson.dumps(event) + b"\n\n"
