"""What providers share whose API is another than the one that was asked in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from gateway.errors import ProviderError
from gateway.providers.calls import (
    USER_AGENT,
    StreamedAnswer,
    WholeAnswer,
    child,
    json_object,
    native_events,
    rejection,
)
from gateway.providers.told import identifier, told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.core.call import NativeCall
    from gateway.core.catalogue import ModelEntry
    from gateway.core.clock import Clock, Deadline
    from gateway.providers.http import Door, Reply


class Outgoing(NamedTuple):
    """A request as it leaves."""

    url: str
    headers: dict[str, str]
    """Without those that every request has."""

    body: bytes
    secret: str = ""
    """What is cut out of the provider's errors, should it quote it."""


class Asked(NamedTuple):
    """What reading an answer needs to know of the question."""

    model: str
    created: int
    """When, in seconds since 1970: not every API says when an answer was made."""

    wants_usage: bool


class TranslatingProvider(ABC):
    """An upstream behind a translation; `gateway.pep.ports.Provider`."""

    natives: frozenset[str] = frozenset()
    events: ClassVar[str] = "text/event-stream"
    """The media type of its streams."""

    request_id: ClassVar[str] = "x-request-id"
    """The header with its own id for a call."""

    def __init__(self, door: Door, clock: Clock) -> None:
        """Calls go out through `door`."""
        self.door = door
        self.clock = clock

    @abstractmethod
    def outgoing(
        self, model: ModelEntry, body: dict[str, Any], deadline: Deadline, *, stream: bool
    ) -> Outgoing:
        """The request that means the same as the chat request `body`.

        Raises:
            InvalidRequest: `body` asks for what this provider cannot do; nothing was sent.
        """

    @abstractmethod
    def whole(self, document: dict[str, Any], asked: Asked) -> dict[str, Any]:
        """The ``chat.completion`` that says what a whole answer says.

        Raises:
            ProviderGarbage: it is none.
        """

    @abstractmethod
    def chunks(self, reply: Reply, asked: Asked) -> Iterator[dict[str, Any]]:
        """The ``chat.completion.chunk`` objects of a streamed answer, to its end.

        Raises:
            ProviderCut: it ended before.
            ProviderError: it is not what it should be, or says itself that it failed.
        """

    def generate(self, model: ModelEntry, body: dict[str, Any], deadline: Deadline) -> WholeAnswer:
        """See `gateway.pep.ports.Provider`.

        Raises:
            InvalidRequest: as `outgoing`.
        """
        reply = self._send(model, body, deadline, stream=False)
        document = self.whole(json_object(reply.read()), self._asked(model, body))
        return WholeAnswer(reply.status, self._id(reply), document)

    def stream(self, model: ModelEntry, body: dict[str, Any], deadline: Deadline) -> StreamedAnswer:
        """See `gateway.pep.ports.Provider`.

        Raises:
            InvalidRequest: as `outgoing`.
        """
        reply = self._send(model, body, deadline, stream=True)
        asked = self._asked(model, body)
        return StreamedAnswer(
            reply, self._id(reply), lambda it: self.chunks(it, asked), self.events
        )

    def as_it_is(self, call: NativeCall) -> Outgoing:
        """The request of a call in a shape of `natives`.

        Raises:
            ProviderError: it is of no such shape.
        """
        raise ProviderError(f"Its API is not that of {call.shape}.")

    def native(self, call: NativeCall) -> WholeAnswer:
        """See `gateway.pep.ports.Provider`.

        Raises:
            ProviderError: as `as_it_is`.
        """
        reply = self._post(self.as_it_is(call), call.deadline, stream=False)
        return WholeAnswer(
            reply.status, self._id(reply), json_object(reply.read()), told(reply.headers)
        )

    def native_stream(self, call: NativeCall) -> StreamedAnswer:
        """See `gateway.pep.ports.Provider`.

        Raises:
            ProviderError: as `as_it_is`.
        """
        reply = self._post(self.as_it_is(call), call.deadline, stream=True)
        return StreamedAnswer(
            reply, self._id(reply), lambda it: native_events(it, call), self.events
        )

    def _send(
        self, model: ModelEntry, body: dict[str, Any], deadline: Deadline, *, stream: bool
    ) -> Reply:
        return self._post(
            self.outgoing(model, body, deadline, stream=stream), deadline, stream=stream
        )

    def _post(self, sent: Outgoing, deadline: Deadline, *, stream: bool) -> Reply:
        """Send the request under headers of our own; none of the caller's go along."""
        headers = {
            "Content-Type": "application/json",
            "Accept": self.events if stream else "application/json",
            "User-Agent": USER_AGENT,
            **sent.headers,
        }
        reply = self.door.post(sent.url, headers, sent.body, deadline)
        if reply.status != 200:
            raise rejection(reply, sent.secret)
        return reply

    def _asked(self, model: ModelEntry, body: dict[str, Any]) -> Asked:
        wants_usage = bool(child(body, "stream_options").get("include_usage"))
        return Asked(model.upstream, int(self.clock.now().timestamp()), wants_usage)

    def _id(self, reply: Reply) -> str:
        return identifier(reply.headers, self.request_id)
