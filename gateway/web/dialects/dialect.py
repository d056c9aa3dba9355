"""What a family of APIs has in common on the wire: its errors and its events (E4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.errors import GatewayError


class Dialect(Protocol):
    """One family of APIs."""

    name: str
    done: bytes
    """What ends every stream, after which nothing follows."""

    alive: bytes
    """What may stand anywhere in a stream and says nothing but that it goes on."""

    content_type: str
    """Of a stream."""

    request_id: str
    """The header in which the family tells the id of a request."""

    def framing(self, query: Mapping[str, str]) -> Dialect:
        """The family as it frames a stream that was asked for with this `query`."""

    def error(self, error: GatewayError, request_id: str) -> dict[str, Any]:
        """The body of an error answer."""

    def event(self, document: dict[str, Any]) -> bytes:
        """One event of a stream."""
