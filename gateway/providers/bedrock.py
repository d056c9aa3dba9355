"""Amazon Bedrock's Converse API behind the OpenAI chat shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import orjson

from gateway.providers import bedrock_answer
from gateway.providers.aws import signed
from gateway.providers.bedrock_request import translate
from gateway.providers.translating import Asked, Outgoing, TranslatingProvider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.core.catalogue import ModelEntry
    from gateway.core.clock import Deadline
    from gateway.providers.http import Reply


class BedrockProvider(TranslatingProvider):
    """An upstream that speaks Converse under signed requests."""

    events = "application/vnd.amazon.eventstream"
    request_id = "x-amzn-requestid"

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
        operation = "converse-stream" if stream else "converse"
        # Names hold colons and, as ARNs, slashes: both belong to one segment of the path.
        url = f"{provider.base_url}/model/{quote(model.upstream, safe='')}/{operation}"
        request = orjson.dumps(translate(body))
        keys = provider.cloud.aws
        headers = signed(keys, url, {"Content-Type": "application/json"}, request)
        return Outgoing(url, headers, request, keys.session_token)

    def whole(self, document: dict[str, Any], asked: Asked) -> dict[str, Any]:
        """See `TranslatingProvider`."""
        return bedrock_answer.whole(document, asked)

    def chunks(self, reply: Reply, asked: Asked) -> Iterator[dict[str, Any]]:
        """See `TranslatingProvider`."""
        return bedrock_answer.chunks(reply, asked)
