"""OpenAI's APIs that read a text and answer in numbers: embeddings and moderations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.core.exchange import Kind, Usage
from gateway.errors import InvalidRequest, ProviderGarbage
from gateway.shapes.completions import check_texts, prompt_usage, texts
from gateway.shapes.whole import Whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.content.walk import Turn

_PARTS = frozenset({"image_url", "text"})


class Embeddings(Whole):
    """The shape ``embeddings``: ``POST /v1/embeddings``.

    Vectors, as numbers or as base64 of them, go back as they came.
    """

    name = "embeddings"
    kind = Kind.EMBEDDING
    address = "/embeddings"
    opaque = frozenset({"embedding"})

    def check(self, body: dict[str, Any]) -> None:
        """See `gateway.shapes.shape.Shape`."""
        self.check_whole(body)
        check_texts(body.get("input"), "input")

    def turns(self, body: dict[str, Any]) -> Iterator[Turn]:
        """See `gateway.shapes.shape.Shape`."""
        return texts(body, "input")

    def checked(self, answer: dict[str, Any]) -> None:
        """See `gateway.shapes.shape.Shape`."""
        data = answer.get("data")
        if not isinstance(data, list) or not all(
            isinstance(item, dict) and isinstance(item.get("embedding"), (list, str))
            for item in data
        ):
            raise ProviderGarbage

    def usage(self, answer: dict[str, Any]) -> Usage:
        """See `gateway.shapes.shape.Shape`."""
        return prompt_usage(answer)


class Moderations(Whole):
    """The shape ``moderations``: ``POST /v1/moderations``. The text leaves like any other."""

    name = "moderations"
    kind = Kind.MODERATION
    address = "/moderations"

    def check(self, body: dict[str, Any]) -> None:
        """See `gateway.shapes.shape.Shape`."""
        self.check_whole(body)
        value = body.get("input")
        listed = value if isinstance(value, list) else []
        if not listed or not all(isinstance(item, dict) for item in listed):
            check_texts(value, "input")
            return
        for at, part in enumerate(listed):
            if part.get("type") not in _PARTS:
                raise InvalidRequest(
                    f"input.{at}.type must be text or image_url.", param=f"input.{at}.type"
                )

    def turns(self, body: dict[str, Any]) -> Iterator[Turn]:
        """See `gateway.shapes.shape.Shape`."""
        return texts(body, "input")

    def checked(self, answer: dict[str, Any]) -> None:
        """See `gateway.shapes.shape.Shape`."""
        results = answer.get("results")
        if not isinstance(results, list) or not all(isinstance(item, dict) for item in results):
            raise ProviderGarbage

    def usage(self, answer: dict[str, Any]) -> Usage:  # noqa: ARG002 - it costs none
        """See `gateway.shapes.shape.Shape`: nothing was generated."""
        return Usage()
