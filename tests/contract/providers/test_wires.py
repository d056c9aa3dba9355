"""One suite for every wire: whatever a provider speaks, the pipeline sees the OpenAI chat shape."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from gateway.core.catalogue import Catalogue, ModelEntry, ProviderEntry, Wire
from gateway.core.clock import Deadline, SystemClock
from gateway.errors import (
    ProviderCredentials,
    ProviderCut,
    ProviderError,
    ProviderGarbage,
    ProviderRejected,
    ProviderTimeout,
    ProviderUnreachable,
)
from gateway.providers.registry import Providers
from gateway.sections import LimitSettings, TimeoutSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.simulators.upstream import Upstream

SECRET = "sk-upstream-secret"
TOOL = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}
SAYING = {"echo": "You said: Hello there", "openai": "Hello there", "anthropic": "Hello there"}


class Asking:
    """Asks models over one wire."""

    def __init__(self, wire: Wire, address: str) -> None:
        base = address if wire is Wire.OPENAI else address.removesuffix("/v1")
        self.wire = wire
        self._entry = ProviderEntry("sim", wire, base, "t", SECRET)
        timeouts = TimeoutSettings(first_byte=0.4, connect=0.4)
        catalogue = Catalogue({"m": self._model("m")})
        self.providers = Providers(catalogue, timeouts, LimitSettings())

    def _model(self, upstream: str) -> ModelEntry:
        return ModelEntry("m", self._entry, upstream)

    def __call__(
        self,
        upstream: str = "echo",
        text: str = "Hello there",
        *,
        stream: bool = False,
        **more: Any,
    ) -> Any:
        """A whole answer's body, or the list of a stream's chunks."""
        model = self._model(upstream)
        body = {"model": "alias", "messages": [{"role": "user", "content": text}], **more}
        adapter, deadline = self.providers.for_model(model), Deadline(SystemClock(), 5)
        if not stream:
            return adapter.generate(model, body, deadline).body
        answer = adapter.stream(model, {**body, "stream": True}, deadline)
        try:
            return list(answer)
        finally:
            answer.close()


@pytest.fixture(params=list(Wire))
def ask(request: pytest.FixtureRequest, upstream: Upstream) -> Iterator[Asking]:
    """Every wire."""
    asking = Asking(request.param, upstream.base_url)
    yield asking
    asking.providers.close()


@pytest.fixture(params=[Wire.OPENAI, Wire.ANTHROPIC])
def remote(request: pytest.FixtureRequest, upstream: Upstream) -> Iterator[Asking]:
    """Every wire with a provider at the other end of it."""
    asking = Asking(request.param, upstream.base_url)
    yield asking
    asking.providers.close()


def choices(chunks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every choice of a stream."""
    return [choice for chunk in chunks for choice in chunk["choices"]]


class TestAnswers:
    def test_whole(self, ask: Asking) -> None:
        """
        Text, reason and usage stand where an OpenAI client looks for them.
        """
        answer = ask()
        choice = answer["choices"][0]

        assert answer["object"] == "chat.completion"
        assert answer["created"] > 0
        assert choice["message"]["role"] == "assistant"
        assert choice["message"]["content"] == SAYING[ask.wire]
        assert choice["finish_reason"] == "stop"
        assert answer["usage"]["completion_tokens"] > 0

    def test_streamed(self, ask: Asking) -> None:
        """
        The role first, then the same text in pieces, then one reason, and nothing after it.
        """
        chunks = ask(stream=True)
        found = choices(chunks)
        text = "".join(choice["delta"].get("content") or "" for choice in found)

        assert all(chunk["object"] == "chat.completion.chunk" for chunk in chunks)
        assert found[0]["delta"]["role"] == "assistant"
        assert text == SAYING[ask.wire]
        assert [choice["finish_reason"] for choice in found if choice["finish_reason"]] == ["stop"]
        assert found[-1]["finish_reason"] == "stop"

    @pytest.mark.parametrize("stream", [False, True])
    def test_tool_calls(self, ask: Asking, stream: bool) -> None:
        """
        A call has its name once and arguments that are JSON, whole or in pieces.
        """
        text = 'call weather with {"city": "Oslo"}'
        answer = ask("tool", text, stream=stream, tools=[TOOL])
        said = choices(answer) if stream else answer["choices"]
        calls = [
            call
            for choice in said
            for call in {**choice.get("delta", {}), **choice.get("message", {})}.get(
                "tool_calls", ()
            )
        ]
        names = [call["function"]["name"] for call in calls if call["function"].get("name")]
        arguments = "".join(call["function"].get("arguments", "") for call in calls)

        assert names == ["weather"]
        assert json.loads(arguments) == {"city": "Oslo"}
        assert said[-1]["finish_reason"] == "tool_calls"

    def test_usage_of_a_stream(self, ask: Asking) -> None:
        """
        Usage comes last, in a chunk of its own, and only when it was asked for.
        """
        without = ask(stream=True)
        last = ask(stream=True, stream_options={"include_usage": True})[-1]

        assert all(chunk["choices"] for chunk in without)
        assert last["choices"] == []
        assert last["usage"]["total_tokens"] > 0


class TestSent:
    def test_under_our_headers_and_the_providers_own_name(
        self, remote: Asking, upstream: Upstream
    ) -> None:
        """
        The model's upstream name and our credential go out; nothing of the caller's does.
        """
        remote("say:yes", user="jane@acme.example" if remote.wire is Wire.ANTHROPIC else None)
        headers = {name.lower(): value for name, value in upstream.headers[-1].items()}
        credential = {"authorization": f"Bearer {SECRET}"}
        if remote.wire is Wire.ANTHROPIC:
            credential = {"x-api-key": SECRET, "anthropic-version": "2023-06-01"}

        assert upstream.calls[-1]["model"] == "say:yes"
        assert "jane" not in json.dumps(upstream.calls[-1])
        assert headers.pop("user-agent").startswith("proviso/")
        assert headers.pop("host").startswith("127.0.0.1:")
        assert int(headers.pop("content-length")) > 0
        assert headers == {
            "content-type": "application/json",
            "accept": "application/json",
            "accept-encoding": "identity",
            **credential,
        }


class TestRefusals:
    @pytest.mark.parametrize("stream", [False, True])
    def test_a_rate_limit_goes_back(self, remote: Asking, stream: bool) -> None:
        """
        The provider's status, words and limits, because SDKs act on them.
        """
        with pytest.raises(ProviderRejected) as rejected:
            remote("limited", stream=stream)

        assert rejected.value.upstream_status == 429
        assert "Rate limit reached" in json.dumps(rejected.value.body)
        assert rejected.value.headers == {"retry-after": "7", "x-ratelimit-limit-requests": "3"}

    def test_overload_goes_back(self, remote: Asking) -> None:
        """
        Trying again later is right then, and the provider says when.
        """
        with pytest.raises(ProviderRejected) as rejected:
            remote("overloaded")

        assert rejected.value.upstream_status == 529
        assert rejected.value.headers == {"retry-after": "2"}

    def test_our_credential_is_taken_out(self, remote: Asking) -> None:
        """
        An error that quotes it goes back without it.
        """
        with pytest.raises(ProviderRejected) as rejected:
            remote("badrequest")

        assert "too large" in json.dumps(rejected.value.body)
        assert SECRET not in json.dumps(rejected.value.body)

    @pytest.mark.parametrize(
        ("upstream_model", "error"),
        [
            ("unauthorized", ProviderCredentials),
            ("broken", ProviderError),
            ("garbage", ProviderGarbage),
            ("stall", ProviderTimeout),
        ],
    )
    @pytest.mark.parametrize("stream", [False, True])
    def test_what_is_not_the_callers_business(
        self, remote: Asking, upstream_model: str, error: type[ProviderError], stream: bool
    ) -> None:
        """
        Each failure has its own error, and none of the provider's words are in it.
        """
        with pytest.raises(ProviderError) as failure:
            remote(upstream_model, stream=stream)

        assert type(failure.value) is error
        assert SECRET not in str(failure.value)


class TestBrokenStreams:
    @pytest.mark.parametrize(
        ("upstream_model", "error"),
        [
            ("cut", ProviderCut),
            ("ended", ProviderCut),
            ("stallstream", ProviderTimeout),
            ("garbagestream", ProviderGarbage),
            ("errorstream", ProviderError),
        ],
    )
    def test_half_an_answer_is_never_a_whole_one(
        self, remote: Asking, upstream_model: str, error: type[ProviderError]
    ) -> None:
        """
        A stream that is cut, that ends early, falls silent or breaks raises.
        """
        with pytest.raises(ProviderError) as failure:
            remote(upstream_model, stream=True)

        assert type(failure.value) is error
        assert SECRET not in str(failure.value)

    def test_nobody_there(self) -> None:
        """
        Nothing was sent, and trying again is right.
        """
        for wire in (Wire.OPENAI, Wire.ANTHROPIC):
            asking = Asking(wire, "http://127.0.0.1:1/v1")
            with pytest.raises(ProviderUnreachable):
                asking()
