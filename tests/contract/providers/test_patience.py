"""Patience with providers that fail: safe retries, circuits, replicas, and honest counts."""

from __future__ import annotations

import threading
import time
from contextlib import closing, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from gateway.core.catalogue import (
    Catalogue,
    Endpoint,
    ModelEntry,
    Patience,
    ProviderEntry,
    Wire,
)
from gateway.core.clock import Deadline, SystemClock
from gateway.errors import (
    InvalidRequest,
    ProviderCut,
    ProviderError,
    ProviderRejected,
    ProviderUnavailable,
    ProviderUnreachable,
)
from gateway.providers.registry import Providers
from gateway.sections import LimitSettings, TimeoutSettings
from gateway.telemetry import Metrics
from tests.factories import measured
from tests.simulators.sockets import serving, whole_request
from tests.simulators.wires.chat import ChatForm

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    from tests.simulators.upstream import Upstream

NOBODY = "http://127.0.0.1:1/v1"


class Later(SystemClock):
    """A clock that can be put forward."""

    ahead = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead


class Place:
    """A gateway's providers with one model, and what was measured of them."""

    def __init__(
        self, base_url: str, *replicas: str, wire: Wire = Wire.OPENAI, **wanted: Any
    ) -> None:
        ends = tuple(Endpoint(url, f"sk-{at}") for at, url in enumerate(replicas))
        patience = replace(Patience(wait_seconds=0.2), **wanted)
        entry = ProviderEntry(
            "sim", wire, base_url, "t", "sk-own", replicas=ends, patience=patience
        )
        self.entry = entry
        self.clock = Later()
        self.metrics = Metrics()
        catalogue = Catalogue({"m": self.model("m")})
        timeouts = TimeoutSettings(connect=0.5, first_byte=1)
        self.providers = Providers(catalogue, timeouts, LimitSettings(), self.clock, self.metrics)

    def model(self, upstream: str) -> ModelEntry:
        """A model of that name there."""
        return ModelEntry("m", self.entry, upstream)

    def ask(self, upstream: str = "say:yes", *, seconds: float = 5, **more: Any) -> Any:
        """A whole answer."""
        model = self.model(upstream)
        body = {"messages": [{"role": "user", "content": "Hello"}], **more}
        deadline = Deadline(self.clock, seconds)
        return self.providers.for_model(model).generate(model, body, deadline)

    def stream(self, upstream: str = "say:yes") -> Any:
        """A streamed answer that was not read yet."""
        model = self.model(upstream)
        body = {"messages": [{"role": "user", "content": "Hello"}], "stream": True}
        return self.providers.for_model(model).stream(model, body, Deadline(self.clock, 5))

    def measured(self, name: str, **labels: str) -> float:
        """A metric's value."""
        return measured(self.metrics, f"provider_{name}", **labels)


@pytest.fixture
def place(request: pytest.FixtureRequest, upstream: Upstream) -> Iterator[Place]:
    """The simulated provider, with its circuit opening at three failures."""
    made = Place(upstream.base_url, failures=3)
    yield made
    made.providers.close()


def answering(*answers: bytes) -> Any:
    """Give these answers in order, one a request, over any number of connections."""
    left = list(answers)

    def play(peer: socket.socket) -> None:
        while whole_request(peer):
            peer.sendall(left.pop(0))

    return play


def busy(status: int, seconds: str = "0.05") -> bytes:
    """An answer that turns a call away."""
    body = b'{"error": {"message": "later"}}'
    head = f"HTTP/1.1 {status} X\r\nRetry-After: {seconds}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def good() -> bytes:
    """An answer."""
    import json

    body = json.dumps(ChatForm().whole("yes")).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body


class TestRetries:
    @pytest.mark.parametrize("status", [429, 503, 529])
    def test_a_call_that_was_turned_away_is_sent_again(self, status: int) -> None:
        """
        When the provider says how soon, and that is soon enough; each sending is counted.
        """
        with serving(answering(busy(status), good())) as base:
            place = Place(f"{base}/v1")
            with closing(place.providers):
                answer = place.ask()

        assert answer.attempts == 2
        assert answer.body["choices"][0]["message"]["content"] == "yes"
        assert place.measured("retries_total", provider="sim", code="provider.rejected") == 1

    @pytest.mark.parametrize(
        ("said", "wanted"),
        [("30", {}), ("0.05", {"retries": 0}), ("9999", {}), ("0.19", {"wait_seconds": 0.1})],
    )
    def test_what_would_take_too_long_goes_back(self, said: str, wanted: dict[str, Any]) -> None:
        """
        The caller reads the provider's own words and knows better what to do.
        """
        with serving(answering(busy(429, said))) as base:
            place = Place(f"{base}/v1", **wanted)
            with closing(place.providers), pytest.raises(ProviderRejected) as rejected:
                place.ask()

        assert rejected.value.headers["retry-after"] == said
        assert rejected.value.attempts == 1

    def test_no_wait_beyond_the_deadline(self) -> None:
        """
        A wait that the deadline would end is not begun.
        """
        with serving(answering(busy(429, "0.15"))) as base:
            place = Place(f"{base}/v1")
            with closing(place.providers), pytest.raises(ProviderRejected):
                place.ask(seconds=0.1)

    def test_retries_are_bounded(self) -> None:
        """
        After the last one the failure goes back, with all attempts counted.
        """
        with serving(answering(*[busy(503)] * 9)) as base:
            place = Place(f"{base}/v1", retries=2, failures=0)
            with closing(place.providers), pytest.raises(ProviderRejected) as rejected:
                place.ask()

        assert rejected.value.attempts == 3

    @pytest.mark.parametrize("model", ["broken", "garbage", "stall", "badrequest", "unauthorized"])
    def test_nothing_else_is_sent_twice(self, place: Place, upstream: Upstream, model: str) -> None:
        """
        It may have been generated and billed, or would fail again.
        """
        before = upstream.count
        with pytest.raises(ProviderError) as failure:
            place.ask(model)

        assert upstream.count == before + 1
        assert failure.value.attempts == 1

    def test_a_stream_is_sent_again_only_before_it_begins(
        self, place: Place, upstream: Upstream
    ) -> None:
        """
        What was cut in the middle is not begun anew: half of it has been delivered.
        """
        before = upstream.count
        stream = place.stream("cut")
        with closing(stream), pytest.raises(ProviderCut):
            list(stream)

        assert upstream.count == before + 1

    def test_nobody_there_is_tried_once_more(self) -> None:
        """
        Nothing was sent, so nothing is counted as sent.
        """
        place = Place(NOBODY, failures=0)
        with closing(place.providers), pytest.raises(ProviderUnreachable) as failure:
            place.ask()

        assert failure.value.attempts == 0
        assert place.measured("retries_total", provider="sim", code="provider.unreachable") == 1


class TestReplicas:
    def test_another_address_is_tried_at_once(self, upstream: Upstream) -> None:
        """
        Where one is down, the other answers, and nobody notices.
        """
        place = Place(NOBODY, upstream.base_url)
        with closing(place.providers):
            answers = [place.ask() for _ in range(4)]

        assert [answer.attempts for answer in answers] == [1] * 4

    def test_a_quota_on_one_key_is_no_obstacle(self) -> None:
        """
        429 with a long wait: the other key is tried without waiting.
        """
        with serving(answering(busy(429, "60"))) as first, serving(answering(good())) as other:
            place = Place(f"{first}/v1", f"{other}/v1")
            with closing(place.providers):
                answer = place.ask()

        assert answer.attempts == 2

    def test_each_goes_out_under_its_own_key(self, upstream: Upstream) -> None:
        """
        The key belongs to the address; in turn, none is preferred.
        """
        place = Place(upstream.base_url, upstream.base_url, upstream.base_url)
        with closing(place.providers):
            for _ in range(6):
                place.ask()
        keys = [headers["Authorization"] for headers in upstream.headers[-6:]]

        assert sorted(keys) == sorted(["Bearer sk-own", "Bearer sk-0", "Bearer sk-1"] * 2)

    def test_the_one_with_the_fewest_calls_in_progress(self, upstream: Upstream) -> None:
        """
        Two streams are held open by two keys; all else goes by the third.
        """
        place = Place(upstream.base_url, upstream.base_url, upstream.base_url)
        with closing(place.providers):
            held = [place.stream(), place.stream()]
            assert place.measured("in_flight", provider="sim") == 2
            for _ in range(4):
                place.ask()
            keys = {headers["Authorization"] for headers in upstream.headers[-4:]}
            for stream in held:
                stream.close()

            assert len(keys) == 1
            assert place.measured("in_flight", provider="sim") == 0

    def test_many_threads_lose_no_count(self, upstream: Upstream) -> None:
        """
        After everybody has gone nothing is in progress.
        """
        place = Place(upstream.base_url, upstream.base_url)

        def work() -> None:
            for _ in range(10):
                place.ask()
                stream = place.stream()
                list(stream)
                stream.close()
                stream.close()

        threads = [threading.Thread(target=work) for _ in range(8)]
        with closing(place.providers):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            routes = place.providers.for_model(place.model("m")).routes

            assert [route.in_flight for route in routes.all] == [0, 0]


class TestCircuits:
    def broken(self, place: Place, times: int = 3) -> None:
        """Let the provider fail so often."""
        for _ in range(times):
            with suppress(ProviderError):
                place.ask("broken")

    def test_whoever_keeps_failing_is_left_alone(self, place: Place, upstream: Upstream) -> None:
        """
        Nothing is sent then; the error says for how long, and that trying again is right.
        """
        self.broken(place)
        before = upstream.count
        with pytest.raises(ProviderUnavailable) as refusal:
            place.ask()

        assert upstream.count == before
        assert refusal.value.attempts == 0
        assert refusal.value.retryable
        assert 25 <= int(refusal.value.wire_headers["retry-after"]) <= 30
        assert not place.providers.available(place.model("m"))
        assert place.measured("circuit", provider="sim", address="1") == 2
        assert place.measured("failures_total", provider="sim", code="provider.failed") == 3

    def test_it_is_tried_again_after_a_rest(self, place: Place) -> None:
        """
        One good answer, and all is well.
        """
        self.broken(place)
        place.clock.ahead = 31

        assert place.providers.available(place.model("m"))
        assert place.ask().attempts == 1
        assert place.measured("circuit", provider="sim", address="1") == 0

    def test_a_stream_that_begins_is_an_answer(self, place: Place) -> None:
        """
        Nobody waits for its end to be let through.
        """
        self.broken(place)
        place.clock.ahead = 31
        stream = place.stream()

        assert place.ask().attempts == 1
        stream.close()

    @pytest.mark.parametrize("model", ["badrequest", "unauthorized", "limited"])
    def test_what_is_not_its_failure_does_not_count(self, place: Place, model: str) -> None:
        """
        A bad request, our own bad key or a quota: the provider is well.
        """
        for _ in range(5):
            with suppress(ProviderError):
                place.ask(model)

        assert place.providers.available(place.model("m"))

    def test_what_we_refuse_ourselves_does_not_count(self, upstream: Upstream) -> None:
        """
        A parameter that cannot be carried never reached it, and holds no place.
        """
        base = upstream.base_url.removesuffix("/v1")
        place = Place(base, wire=Wire.COHERE, failures=1)
        with closing(place.providers):
            for _ in range(3):
                with pytest.raises(InvalidRequest):
                    place.ask(logit_bias={"1": 1})

            assert place.providers.available(place.model("m"))
            assert place.measured("in_flight", provider="sim") == 0

    def test_streams_that_are_cut_count(self, place: Place) -> None:
        """
        An answer that never comes whole is a failure, wherever it ends.
        """
        for _ in range(3):
            stream = place.stream("cut")
            with closing(stream), suppress(ProviderError):
                list(stream)

        assert not place.providers.available(place.model("m"))

    def test_overload_counts(self, place: Place) -> None:
        """
        503 and 529 say that it needs rest.
        """
        for _ in range(3):
            with suppress(ProviderError):
                place.ask("overloaded")

        assert not place.providers.available(place.model("m"))

    def test_a_replica_stands_in_while_one_rests(self, upstream: Upstream) -> None:
        """
        With one address open, the other is used without trying the first.
        """
        place = Place(NOBODY, upstream.base_url, failures=1)
        with closing(place.providers):
            place.ask()
            start = time.monotonic()
            assert [place.ask().attempts for _ in range(5)] == [1] * 5

            assert time.monotonic() - start < 2
            assert place.measured("circuit", provider="sim", address="1") == 2
            assert place.measured("circuit", provider="sim", address="2") == 0
