"""A provider that is called with patience: spread over its addresses, and tried again when safe.

A call is sent again only when nothing of it can have been done: no connection came
about, or the provider turned it away at the door (429, 503, 529). What broke in any
other way may have been generated and billed, so it is passed on. How often content
was sent is counted, because each time is a disclosure.
"""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from gateway.errors import (
    EgressRefused,
    ProviderCredentials,
    ProviderError,
    ProviderRejected,
    ProviderUnavailable,
    ProviderUnreachable,
)
from gateway.providers.circuit import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from gateway.core.call import NativeCall, Source
    from gateway.core.catalogue import ModelEntry
    from gateway.core.clock import Clock, Deadline
    from gateway.providers.calls import WholeAnswer
    from gateway.providers.registry import Adapter
    from gateway.providers.routes import Route, Routes
    from gateway.telemetry import Metrics

_TURNED_AWAY = (429, 503, 529)
_OVERLOADED = (503, 529)
_SECONDS = re.compile(r"\d{1,6}(\.\d{1,3})?")
_KEPT = ("background", "batch", "file", "stored", "video")
"""How the names of shapes begin whose objects a provider keeps."""

_UNREACHED_WAIT = 0.1
"""Seconds before the same address is tried again after no connection came about."""


class Streamed(Protocol):
    """A stream as an adapter gives it."""

    status: int
    request_id: str
    attempts: int
    headers: Mapping[str, str]
    source: Source

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Its events."""

    def close(self) -> None:
        """Cut it off."""


_Call = TypeVar("_Call", "WholeAnswer", Streamed)


class PatientProvider:
    """One provider's adapter behind its routes; `gateway.pep.ports.Provider`."""

    def __init__(
        self,
        adapter: Adapter,
        routes: Routes,
        clock: Clock,
        metrics: Metrics,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`sleep` waits between two attempts."""
        self.natives = adapter.natives
        self.routes = routes
        self._adapter = adapter
        self._clock = clock
        self._metrics = metrics
        self._in_flight = metrics.provider_in_flight(routes.name)
        self._sleep = sleep

    def generate(self, model: ModelEntry, body: dict[str, Any], deadline: Deadline) -> WholeAnswer:
        """See `gateway.pep.ports.Provider`.

        Raises:
            ProviderUnavailable: it fails so often that nothing was sent.
        """
        return self._whole(
            deadline, lambda it: self._adapter.generate(it.leads(model), body, deadline)
        )

    def stream(self, model: ModelEntry, body: dict[str, Any], deadline: Deadline) -> FollowedStream:
        """See `gateway.pep.ports.Provider`.

        Raises:
            ProviderUnavailable: as `generate`.
        """
        return self._streamed(
            deadline, lambda it: self._adapter.stream(it.leads(model), body, deadline)
        )

    def native(self, call: NativeCall) -> WholeAnswer:
        """See `gateway.pep.ports.Provider`.

        Raises:
            ProviderUnavailable: as `generate`.
        """
        return self._whole(
            call.deadline, lambda it: self._adapter.native(_by(it, call)), bound=_is_bound(call)
        )

    def native_stream(self, call: NativeCall) -> FollowedStream:
        """See `gateway.pep.ports.Provider`.

        Raises:
            ProviderUnavailable: as `generate`.
        """
        return self._streamed(
            call.deadline,
            lambda it: self._adapter.native_stream(_by(it, call)),
            bound=_is_bound(call),
        )

    def _whole(
        self, deadline: Deadline, send: Callable[[Route], WholeAnswer], *, bound: bool = False
    ) -> WholeAnswer:
        answer, route = self._tried(deadline, send, bound=bound)
        self._over(route, None)
        return answer

    def _streamed(
        self, deadline: Deadline, send: Callable[[Route], Streamed], *, bound: bool = False
    ) -> FollowedStream:
        stream, route = self._tried(deadline, send, bound=bound)
        if route.circuit.state(self._clock.monotonic()) is not State.CLOSED:
            # It speaks again. Nobody should have to wait for the end of this answer.
            route.circuit.succeeded()
        return FollowedStream(stream, lambda error: self._over(route, error))

    def _tried(
        self, deadline: Deadline, send: Callable[[Route], _Call], *, bound: bool
    ) -> tuple[_Call, Route]:
        """The call that came about, and by which route; the route is still taken.

        `bound`: it is about what one account keeps, and so must go where that is kept.

        Raises:
            GatewayError: none did. Its `attempts` say how often content was sent.
        """
        tried: list[Route] = []
        sent = 0
        while True:
            try:
                route = self.routes.take(tried, bound=bound)
            except ProviderUnavailable as error:
                error.attempts = sent
                raise
            tried.append(route)
            self._in_flight.inc()
            if route.shown is not State.CLOSED:
                self._show(route)
            try:
                call = send(route)
            except ProviderError as error:
                self._over(route, error)
                sent += error.attempts if _was_sent(error) else 0
                error.attempts = sent
                if not self._again(error, tried, deadline, bound=bound):
                    raise
            except BaseException as error:
                self._over(route, error)
                raise
            else:
                call.attempts = sent + 1
                return call, route

    def _again(
        self, error: ProviderError, tried: list[Route], deadline: Deadline, *, bound: bool
    ) -> bool:
        """Whether to try again; waits for as long as it takes."""
        if len(tried) > self.routes.patience.retries or not _may_repeat(error):
            return False
        if bound or not self.routes.fresh(tried):
            seconds = _asked_for(error)
            if seconds is None or seconds > self.routes.patience.wait_seconds:
                return False
            if seconds >= deadline.remaining() or not self.routes.available():
                return False
            self._sleep(seconds)
        self._metrics.provider_retry(self.routes.name, error.code).inc()
        return True

    def _over(self, route: Route, error: BaseException | None) -> None:
        """What a call that has ended says of its route."""
        if error is None or _is_answer(error):
            route.circuit.succeeded()
        elif isinstance(error, ProviderError) and not isinstance(error, EgressRefused):
            route.circuit.failed(self._clock.monotonic())
            self._metrics.provider_failure(self.routes.name, error.code).inc()
        else:
            route.circuit.left()
        self.routes.give_back(route)
        self._in_flight.dec()
        # An answer says nothing new of a circuit that was closed.
        if error is not None or route.shown is not State.CLOSED:
            self._show(route)

    def _show(self, route: Route) -> None:
        state = route.circuit.state(self._clock.monotonic())
        if state is not route.shown:
            route.shown = state
            self._metrics.provider_circuit(self.routes.name, str(route.number)).set(state)


class FollowedStream:
    """A stream whose end is told to its route; `gateway.pep.ports.Stream`."""

    def __init__(self, stream: Streamed, over: Callable[[BaseException | None], None]) -> None:
        """`over` is called once, with the error that ended the stream, if one did."""
        self.status = stream.status
        self.request_id = stream.request_id
        self.attempts = stream.attempts
        self.headers = stream.headers
        self.source = stream.source
        self._stream = stream
        self._over: Callable[[BaseException | None], None] | None = over
        self._events = self._followed()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return self._events

    def close(self) -> None:
        """Cut the provider off, unless it had finished."""
        self._stream.close()
        # That the caller has gone says nothing of the provider, which had answered until then.
        self._end(None)

    def _followed(self) -> Iterator[dict[str, Any]]:
        try:
            yield from self._stream
        except ProviderError as error:
            self._end(error)
            raise
        self._end(None)

    def _end(self, error: BaseException | None) -> None:
        over, self._over = self._over, None
        if over is not None:
            over(error)


def _by(route: Route, call: NativeCall) -> NativeCall:
    model = route.leads(call.model)
    return call if model is call.model else replace(call, model=model)


def _is_bound(call: NativeCall) -> bool:
    """Whether it is about what one account keeps."""
    kept = call.body.get("store") or call.body.get("previous_response_id")
    return call.method != "POST" or bool(kept) or call.shape.startswith(_KEPT)


def _was_sent(error: ProviderError) -> bool:
    return not isinstance(error, (ProviderUnreachable, EgressRefused))


def _may_repeat(error: ProviderError) -> bool:
    if isinstance(error, ProviderRejected):
        return error.upstream_status in _TURNED_AWAY
    return isinstance(error, ProviderUnreachable)


def _asked_for(error: ProviderError) -> float | None:
    """For how long the other side wants to be left alone; None: it did not say."""
    if not isinstance(error, ProviderRejected):
        return _UNREACHED_WAIT
    said = error.headers.get("retry-after", "")
    return float(said) if _SECONDS.fullmatch(said) else None


def _is_answer(error: BaseException) -> bool:
    """Whether a provider in good health said no: to the caller, to our quota, or to our key."""
    if isinstance(error, ProviderRejected):
        return error.upstream_status not in _OVERLOADED
    return isinstance(error, ProviderCredentials)
