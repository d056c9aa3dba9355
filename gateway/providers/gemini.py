"""Google's Gemini API, as it is and behind the OpenAI chat shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import orjson

from gateway.errors import InvalidRequest
from gateway.providers import gemini_answer
from gateway.providers.calls import StreamedAnswer, WholeAnswer, json_object, native_events
from gateway.providers.gemini_request import translate
from gateway.providers.translating import Asked, Outgoing, TranslatingProvider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.core.call import NativeCall
    from gateway.core.catalogue import ModelEntry
    from gateway.core.clock import Deadline
    from gateway.providers.http import Reply

API_VERSION = "v1beta"
"""The one that has functions and system instructions; Google's own SDKs speak it too."""

_KEPT = frozenset({"cachedContent", "cached_content", "fileData", "file_data"})
"""Keys that name what the provider keeps: an account's, which all tenants share."""

_FREE = frozenset({"args", "parameters", "parametersJsonSchema", "response"})
"""Keys of JSON that is the caller's own: of functions and what they gave back."""


class GeminiProvider(TranslatingProvider):
    """An upstream that speaks generateContent under a key."""

    natives = frozenset({"generate_content"})
    request_id = "x-goog-request-id"

    def outgoing(
        self,
        model: ModelEntry,
        body: dict[str, Any],
        deadline: Deadline,  # noqa: ARG002 - the key is at hand
        *,
        stream: bool,
    ) -> Outgoing:
        """See `TranslatingProvider`."""
        return _request(model, translate(body, ids=True), stream=stream)

    def native(self, call: NativeCall) -> WholeAnswer:
        """See `gateway.pep.ports.Provider`.

        Raises:
            InvalidRequest: it names what the provider keeps; nothing was sent.
        """
        reply = self.send(_native(call, stream=False), call.deadline, stream=False)
        return WholeAnswer(reply.status, self.id_of(reply), json_object(reply.read()))

    def native_stream(self, call: NativeCall) -> StreamedAnswer:
        """See `gateway.pep.ports.Provider`.

        Raises:
            InvalidRequest: as `native`.
        """
        reply = self.send(_native(call, stream=True), call.deadline, stream=True)
        return StreamedAnswer(reply, self.id_of(reply), lambda it: native_events(it, call))

    def whole(self, document: dict[str, Any], asked: Asked) -> dict[str, Any]:
        """See `TranslatingProvider`."""
        return gemini_answer.whole(document, asked)

    def chunks(self, reply: Reply, asked: Asked) -> Iterator[dict[str, Any]]:
        """See `TranslatingProvider`."""
        return gemini_answer.chunks(reply, asked)


def method(*, stream: bool) -> str:
    """How the address of a call ends. Without ``alt=sse`` a stream would be one JSON array."""
    return "streamGenerateContent?alt=sse" if stream else "generateContent"


def _request(model: ModelEntry, body: dict[str, Any], *, stream: bool) -> Outgoing:
    """A request in Google's own form, under our key."""
    provider = model.provider
    name = model.upstream.removeprefix("models/")
    url = f"{provider.base_url}/{API_VERSION}/models/{quote(name)}:{method(stream=stream)}"
    headers = {"x-goog-api-key": provider.api_key} if provider.api_key else {}
    return Outgoing(url, headers, orjson.dumps(body), provider.api_key)


def _native(call: NativeCall, *, stream: bool) -> Outgoing:
    for name in _kept(call.body):
        raise InvalidRequest(
            f"{name} names what the provider keeps. Send the content itself.", param=name
        )
    return _request(call.model, call.body, stream=stream)


def _kept(node: Any) -> Iterator[str]:
    """What in a request names something kept, at any depth but inside of what a function takes."""
    if isinstance(node, list):
        for item in node:
            yield from _kept(item)
    elif isinstance(node, dict):
        yield from sorted(_KEPT & node.keys())
        for name, value in node.items():
            if name not in _FREE:
                yield from _kept(value)
