"""Cohere's chat API (v2) behind the OpenAI chat shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from gateway.providers import cohere_answer
from gateway.providers.cohere_request import translate
from gateway.providers.translating import Asked, Outgoing, TranslatingProvider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.core.catalogue import ModelEntry
    from gateway.core.clock import Deadline
    from gateway.providers.http import Reply


class CohereProvider(TranslatingProvider):
    """An upstream that speaks Cohere's chat, version 2."""

    request_id = "x-debug-trace-id"

    def outgoing(
        self,
        model: ModelEntry,
        body: dict[str, Any],
        deadline: Deadline,  # noqa: ARG002 - the key is at hand
        *,
        stream: bool,
    ) -> Outgoing:
        """See `TranslatingProvider`."""
        provider = model.provider
        request = {"model": model.upstream, "stream": stream, **translate(body)}
        headers = {"Authorization": f"Bearer {provider.api_key}"} if provider.api_key else {}
        url = f"{provider.base_url}/v2/chat"
        return Outgoing(url, headers, orjson.dumps(request), provider.api_key)

    def whole(self, document: dict[str, Any], asked: Asked) -> dict[str, Any]:
        """See `TranslatingProvider`."""
        return cohere_answer.whole(document, asked)

    def chunks(self, reply: Reply, asked: Asked) -> Iterator[dict[str, Any]]:
        """See `TranslatingProvider`."""
        return cohere_answer.chunks(reply, asked)
