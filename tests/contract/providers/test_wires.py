"""One suite for every wire: whatever a provider speaks, the pipeline sees the OpenAI chat shape."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from gateway.core.catalogue import Wire
from gateway.errors import (
    ProviderCredentials,
    ProviderCut,
    ProviderError,
    ProviderGarbage,
    ProviderRejected,
    ProviderTimeout,
    ProviderUnreachable,
)
from tests.contract.providers.asking import REMOTE, SECRET, Asking, choices, entry
from tests.simulators.google_tokens import TOKEN

if TYPE_CHECKING:
    from pathlib import Path

    from tests.simulators.upstream import Upstream

TOOL = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}
CREDENTIALS = {
    Wire.ANTHROPIC: {"x-api-key": SECRET, "anthropic-version": "2023-06-01"},
    Wire.AZURE: {"api-key": SECRET},
    Wire.GEMINI: {"x-goog-api-key": SECRET},
    Wire.VERTEX: {"authorization": f"Bearer {TOKEN}"},
}
NAMED_IN_BODY = frozenset({Wire.OPENAI, Wire.AZURE, Wire.ANTHROPIC, Wire.MISTRAL, Wire.COHERE})


def _saying(ask: Asking) -> str:
    return "You said: Hello there" if ask.wire is Wire.ECHO else "Hello there"


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
        assert choice["message"]["content"] == _saying(ask)
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
        assert text == _saying(ask)
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
        close = remote.wire in (Wire.OPENAI, Wire.AZURE)
        remote("say:yes", **({} if close else {"user": "jane@acme.example"}))
        headers = {name.lower(): value for name, value in upstream.headers[-1].items()}
        if remote.wire is Wire.BEDROCK:
            signature = headers.pop("authorization")
            assert signature.startswith("AWS4-HMAC-SHA256 Credential=AKIASIMULATED/")
            assert headers.pop("x-amz-date")
        bearer = {"authorization": f"Bearer {SECRET}"}
        if remote.wire is Wire.BEDROCK:
            bearer = {"x-amz-security-token": SECRET}

        if remote.wire in NAMED_IN_BODY:
            assert upstream.calls[-1]["model"] == "say:yes"
        assert "jane" not in json.dumps(upstream.calls[-1])
        assert headers.pop("user-agent").startswith("proviso/")
        assert headers.pop("host").startswith("127.0.0.1:")
        assert int(headers.pop("content-length")) > 0
        assert headers == {
            "content-type": "application/json",
            "accept": "application/json",
            "accept-encoding": "identity",
            **CREDENTIALS.get(remote.wire, bearer),
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

    @pytest.mark.parametrize("wire", REMOTE)
    def test_nobody_there(self, wire: Wire, credentials: Path) -> None:
        """
        Nothing was sent, and trying again is right.
        """
        asking = Asking(entry(wire, "http://127.0.0.1:1", credentials))
        with closing(asking.providers), pytest.raises(ProviderUnreachable) as failure:
            asking()

        assert failure.value.attempts == 0
