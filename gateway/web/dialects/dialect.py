"""What a family of APIs has in common on the wire: its errors and its events (E4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from gateway.errors import GatewayError


class Dialect(Protocol):
    """One family of APIs."""

    name: str
    done: bytes
    """What ends every stream, after which nothing follows."""

    def error(self, error: GatewayError, request_id: str) -> dict[str, Any]:
        """The body of an error answer."""

    def event(self, document: dict[str, Any]) -> bytes:
        """One event of a stream."""
