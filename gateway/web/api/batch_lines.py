"""The lines of a batch and of its answers, in the form of each API that has batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from gateway.errors import InvalidRequest, ProviderRejected
from gateway.web.dialects.choice import ANTHROPIC, OPENAI

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gateway.errors import GatewayError


class Lines(Protocol):
    """How one API writes a request of a batch, and its answer."""

    def asked(self, line: dict[str, Any], endpoint: str) -> Any:
        """The body of the request that a line is.

        Raises:
            InvalidRequest: it is none for this address.
        """

    def answered(self, custom: str, identifier: str, body: dict[str, Any]) -> dict[str, Any]:
        """The answer to the line called `custom`, from the exchange of that identifier."""

    def failed(self, custom: str, identifier: str, error: GatewayError) -> dict[str, Any]:
        """The error that answers such a line."""

    def good(self, answer: dict[str, Any]) -> bool:
        """Whether an answer is none of `failed`."""

    def files(self, answers: Sequence[dict[str, Any]]) -> tuple[Sequence[dict[str, Any]], ...]:
        """The answers by the file they are handed out in: the output, and the errors."""


class OpenAILines:
    """`Lines`: a line is a whole HTTP request, and its answer a whole HTTP response."""

    def asked(self, line: dict[str, Any], endpoint: str) -> Any:
        """See `Lines`."""
        if line.get("url") != endpoint or line.get("method", "POST") != "POST":
            raise InvalidRequest(f"url must be {endpoint}, method POST.", param="url")
        return line.get("body")

    def answered(self, custom: str, identifier: str, body: dict[str, Any]) -> dict[str, Any]:
        """See `Lines`."""
        return self._response(custom, identifier, 200, body)

    def failed(self, custom: str, identifier: str, error: GatewayError) -> dict[str, Any]:
        """See `Lines`."""
        body = OPENAI.error(error, identifier)
        status = error.upstream_status if isinstance(error, ProviderRejected) else error.status
        return self._response(custom, identifier, status, body)

    def good(self, answer: dict[str, Any]) -> bool:
        """See `Lines`."""
        return bool(answer["response"]["status_code"] == 200)

    def files(self, answers: Sequence[dict[str, Any]]) -> tuple[Sequence[dict[str, Any]], ...]:
        """See `Lines`."""
        good = [item for item in answers if self.good(item)]
        return good, [item for item in answers if not self.good(item)]

    @staticmethod
    def _response(
        custom: str, identifier: str, status: int, body: dict[str, Any]
    ) -> dict[str, Any]:
        return {
            "id": f"batch_req_{identifier}",
            "custom_id": custom,
            "response": {"status_code": status, "request_id": identifier, "body": body},
            "error": None,
        }


class AnthropicLines:
    """`Lines`: a line is the parameters of one message, and its answer what came of them."""

    def asked(self, line: dict[str, Any], endpoint: str) -> Any:  # noqa: ARG002 - there is one
        """See `Lines`."""
        return line.get("params")

    def answered(self, custom: str, identifier: str, body: dict[str, Any]) -> dict[str, Any]:
        """See `Lines`. The API has no place for the exchange, by which its receipt is found."""
        result = {"type": "succeeded", "message": body}
        return {"custom_id": custom, "result": result, "request_id": identifier}

    def failed(self, custom: str, identifier: str, error: GatewayError) -> dict[str, Any]:
        """See `Lines`."""
        result = {"type": "errored", "error": ANTHROPIC.error(error, identifier)}
        return {"custom_id": custom, "result": result, "request_id": identifier or None}

    def good(self, answer: dict[str, Any]) -> bool:
        """See `Lines`."""
        return bool(answer["result"]["type"] == "succeeded")

    def files(self, answers: Sequence[dict[str, Any]]) -> tuple[Sequence[dict[str, Any]], ...]:
        """See `Lines`: one for all."""
        return answers, ()


OPENAI_LINES = OpenAILines()
ANTHROPIC_LINES = AnthropicLines()
LINES: Mapping[str, Lines] = {OPENAI.name: OPENAI_LINES, ANTHROPIC.name: ANTHROPIC_LINES}
"""By the name of the dialect."""
