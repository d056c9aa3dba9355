"""What the pipeline asks of its neighbours.

A protocol stands here only where there truly are two implementations; the rest
of the pipeline's neighbours are plain classes, passed in by `gateway.app`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from gateway.core.values import StrEnum

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gateway.audit.entries import Entry
    from gateway.core.call import NativeCall, Source
    from gateway.core.catalogue import ModelEntry
    from gateway.core.clock import Deadline
    from gateway.core.decision import Decision
    from gateway.core.identifiers import TenantId


class Entrypoint(StrEnum):
    """The questions put to the policy."""

    REQUEST = "gateway/decision"
    OUTPUT = "gateway/output/decision"
    ADMIN = "gateway/admin/decision"


class PolicyDecisionPoint(Protocol):
    """Answers a question about labels. Implementations: embedded Rego, an OPA server."""

    def decide(self, tenant: TenantId, entrypoint: Entrypoint, policy_input: bytes) -> Decision:
        """The decision for one canonical input document.

        Never raises: whatever goes wrong is a deny with ``policy.unavailable``
        or another code of the gateway's own (promise P2).
        """

    def ready(self) -> bool:
        """Whether a decision can be had right now (for ``/readyz``)."""


class Recorder(Protocol):
    """Makes decisions and outcomes durable: the ledger, or the one that may spool."""

    def record_decision(self, tenant: TenantId, entry: Entry, policy_input: bytes) -> int:
        """The decision's position once it is durable; -1 when that is outside the database.

        Raises:
            AuditUnavailable: it is durable nowhere. The caller must act as if there were no permit.
        """

    def record_outcome(self, tenant: TenantId, entry: Entry) -> int:
        """The outcome's position once it is durable; -1 when that is outside the database.

        Raises:
            AuditUnavailable: it is durable nowhere. The caller must release nothing.
        """


class Call(Protocol):
    """One provider call in flight, plain or streamed; released by `close`."""

    status: int
    """The provider's HTTP status."""

    request_id: str
    """The provider's own id for the call, or empty."""

    headers: Mapping[str, str]
    """What it tells callers of when to come again and how often they may."""

    attempts: int
    """How often the content was sent before it was answered; 1 is the usual number."""

    def close(self) -> None:
        """Give the connection back, or cut it when the answer was not read to its end."""


class Answer(Call, Protocol):
    """A whole answer."""

    body: dict[str, Any]
    """The answer in the shape it was asked in."""


class Stream(Call, Protocol):
    """An answer in pieces."""

    source: Source
    """Says after each event whether another one came with it."""

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Events in the shape that was asked in, such as ``chat.completion.chunk`` objects.

        An empty one says that the provider has said nothing for a while. Ends when the provider
        said it was complete.

        Raises:
            ProviderError: the stream was cut, stalled, or is not what it should be.
        """


class Provider(Protocol):
    """An upstream behind the OpenAI chat shape, whatever wire it really speaks.

    It may speak other shapes natively: a request in one of those is sent as it is.
    """

    natives: frozenset[str]
    """Names of the shapes, besides ``chat``, that it speaks."""

    def generate(self, model: ModelEntry, body: dict[str, Any], deadline: Deadline) -> Answer:
        """Send `body` (OpenAI chat shape, already judged and protected) and wait for the answer.

        Raises:
            ProviderError: no usable answer; `ProviderRejected` carries the provider's own error.
        """

    def stream(self, model: ModelEntry, body: dict[str, Any], deadline: Deadline) -> Stream:
        """Send `body` and return once the first byte of a good answer is there.

        Raises:
            ProviderError: no usable answer; `ProviderRejected` carries the provider's own error.
        """

    def native(self, call: NativeCall) -> Answer:
        """Send a request in a shape of `natives` and wait for the answer.

        Raises:
            ProviderError: as `generate`.
        """

    def native_stream(self, call: NativeCall) -> Stream:
        """Send a request in a shape of `natives`; return with the first byte of a good answer.

        Raises:
            ProviderError: as `stream`.
        """
