"""OpenAI's family: ``{"error": {"message", "type", "param", "code"}}``, and ``[DONE]``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from gateway.errors import ProviderRejected, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.errors import GatewayError
    from gateway.web.dialects.dialect import Dialect


class OpenAI:
    """`gateway.web.dialects.dialect.Dialect`."""

    name = "openai"
    done = b"data: [DONE]\n\n"
    alive = b": \n\n"
    content_type = "text/event-stream; charset=utf-8"
    request_id = "x-request-id"

    def framing(self, query: Mapping[str, str]) -> Dialect:  # noqa: ARG002 - there is one
        """See `Dialect`."""
        return self

    def error(self, error: GatewayError, request_id: str = "") -> dict[str, Any]:  # noqa: ARG002 - in a header
        """See `Dialect`. A provider's own error object goes back as it came."""
        if isinstance(error, ProviderRejected) and error.body is not None:
            return error.body
        body: dict[str, Any] = {
            "message": error.message,
            "type": error.type,
            "param": error.param,
            "code": public_code(error),
        }
        if isinstance(error, Refused):
            reasons = error.decision.reasons
            body["rules"] = sorted({reason.rule for reason in reasons})
            body["reasons"] = [{"code": item.code, "kind": item.kind.value} for item in reasons]
        return {"error": body}

    def event(self, document: dict[str, Any]) -> bytes:
        """See `Dialect`. Events that have a type are named by it, as the Responses API does."""
        named = document.get("type")
        data = b"data: %b\n\n" % orjson.dumps(document)
        return f"event: {named}\n".encode() + data if isinstance(named, str) else data


class OpenAIResponses(OpenAI):
    """The Responses API, whose events all have a type and whose streams just end."""

    done = b""

    def event(self, document: dict[str, Any]) -> bytes:
        """See `Dialect`. An error is told in the API's own form, and in the family's beside it."""
        problem = document.get("error")
        if "type" not in document and isinstance(problem, dict):
            told = {name: problem.get(name) for name in ("code", "message", "param")}
            document = {"type": "error", **told, "error": problem}
        return super().event(document)


_LAST = frozenset({"response.completed", "response.failed", "response.incomplete"})


class StoredResponses(OpenAIResponses):
    """The same for an answer that is kept, whose stream may be taken up again."""

    def framing(self, query: Mapping[str, str]) -> Dialect:
        """See `Dialect`: from after the event that ``starting_after`` names."""
        after = query.get("starting_after", "")
        return ResumedResponses(int(after)) if after.isdecimal() else self


class ResumedResponses(OpenAIResponses):
    """A stream of which the caller has the beginning."""

    def __init__(self, after: int) -> None:
        """Up to the event of the number `after`."""
        self._after = after

    def event(self, document: dict[str, Any]) -> bytes:
        """See `Dialect`. What the caller has is a sign of life; how it ended is always told."""
        number = document.get("sequence_number")
        had = isinstance(number, int) and number <= self._after
        return self.alive if had and document["type"] not in _LAST else super().event(document)


def public_code(error: GatewayError) -> str:
    """The code a program can act on: of a refusal, the first reason's."""
    if isinstance(error, Refused) and error.decision.reasons:
        return error.decision.reasons[0].code
    return error.code
