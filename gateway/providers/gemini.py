"""Google's Gemini API behind the OpenAI chat shape, and as it is."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import orjson

from gateway.providers import gemini_answer
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

_quoted = lru_cache(maxsize=512)(quote)
"""The names of models, each told in every request."""


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
        return _outgoing(model, translate(body, ids=True), stream=stream)

    def as_it_is(self, call: NativeCall) -> Outgoing:
        """See `TranslatingProvider`. The address is the one that chats go to."""
        return _outgoing(call.model, call.body, stream=call.stream)

    def whole(self, document: dict[str, Any], asked: Asked) -> dict[str, Any]:
        """See `TranslatingProvider`."""
        return gemini_answer.whole(document, asked)

    def chunks(self, reply: Reply, asked: Asked) -> Iterator[dict[str, Any]]:
        """See `TranslatingProvider`."""
        return gemini_answer.chunks(reply, asked)


def _outgoing(model: ModelEntry, request: dict[str, Any], *, stream: bool) -> Outgoing:
    provider = model.provider
    name = model.upstream.removeprefix("models/")
    url = f"{provider.base_url}/{API_VERSION}/models/{_quoted(name)}:{method(stream=stream)}"
    headers = {"x-goog-api-key": provider.api_key} if provider.api_key else {}
    return Outgoing(url, headers, orjson.dumps(request), provider.api_key)


def method(*, stream: bool) -> str:
    """How the address of a call ends. Without ``alt=sse`` a stream would be one JSON array."""
    return "streamGenerateContent?alt=sse" if stream else "generateContent"
