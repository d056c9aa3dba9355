"""Gemini models on Google's Vertex AI: the same bodies, at a regional host, under OAuth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import orjson

from gateway.providers import gemini_answer
from gateway.providers.gemini import method
from gateway.providers.gemini_request import translate
from gateway.providers.google_token import GoogleTokens
from gateway.providers.translating import Asked, Outgoing, TranslatingProvider

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from gateway.core.call import NativeCall
    from gateway.core.catalogue import ModelEntry
    from gateway.core.clock import Clock, Deadline
    from gateway.providers.google_token import ServiceAccount
    from gateway.providers.http import Door, Reply


class VertexProvider(TranslatingProvider):
    """An upstream that speaks generateContent under a service account's token."""

    natives = frozenset({"generate_content"})
    request_id = "x-goog-request-id"

    def __init__(self, door: Door, clock: Clock, accounts: Mapping[Path, ServiceAccount]) -> None:
        """`accounts` are the service accounts by the file they were read from."""
        super().__init__(door, clock)
        self._tokens = {
            path: GoogleTokens(account, door, clock) for path, account in accounts.items()
        }

    def outgoing(
        self, model: ModelEntry, body: dict[str, Any], deadline: Deadline, *, stream: bool
    ) -> Outgoing:
        """See `TranslatingProvider`.

        Raises:
            ProviderCredentials: Google gives no token for the service account.
        """
        return self._outgoing(model, translate(body, ids=False), deadline, stream=stream)

    def as_it_is(self, call: NativeCall) -> Outgoing:
        """See `TranslatingProvider`.

        Raises:
            ProviderCredentials: as `outgoing`.
        """
        # The Gemini API takes what has no role for the caller's; Vertex AI refuses it.
        contents = [{"role": "user", **content} for content in call.body["contents"]]
        body = {**call.body, "contents": contents}
        return self._outgoing(call.model, body, call.deadline, stream=call.stream)

    def _outgoing(
        self, model: ModelEntry, body: dict[str, Any], deadline: Deadline, *, stream: bool
    ) -> Outgoing:
        request = orjson.dumps(body)
        provider = model.provider
        cloud = provider.cloud
        place = f"projects/{cloud.project}/locations/{cloud.location}/publishers/google"
        name = quote(model.upstream)
        url = f"{provider.base_url}/v1/{place}/models/{name}:{method(stream=stream)}"
        if cloud.credentials_file is None:
            return Outgoing(url, {}, request)
        token = self._tokens[cloud.credentials_file].token(deadline)
        return Outgoing(url, {"Authorization": f"Bearer {token}"}, request, token)

    def whole(self, document: dict[str, Any], asked: Asked) -> dict[str, Any]:
        """See `TranslatingProvider`."""
        return gemini_answer.whole(document, asked)

    def chunks(self, reply: Reply, asked: Asked) -> Iterator[dict[str, Any]]:
        """See `TranslatingProvider`."""
        return gemini_answer.chunks(reply, asked)
