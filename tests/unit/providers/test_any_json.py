"""Adapters on any JSON at all: they translate it or say no, and never fall over."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import InvalidRequest, ProviderError
from gateway.providers.anthropic_answer import completion
from gateway.providers.anthropic_request import translate
from gateway.providers.anthropic_stream import MessageChunks
from gateway.providers.echo import EchoProvider
from gateway.providers.openai import _check, _chunks
from gateway.shapes.registry import CHAT

WORDS = [
    "index", "id", "model", "choices", "message", "delta", "content", "usage",
    "finish_reason", "text", "type", "tool_calls", "function", "name", "arguments", "role",
    "input", "thinking", "stop_reason", "content_block", "partial_json", "error",
    "prompt_tokens", "output_tokens", "url", "image_url", "refusal", "tool_call_id", "detail",
    "cache_control",
]  # fmt: skip
KINDS = [
    "text", "refusal", "image_url", "tool_use", "thinking", "text_delta", "input_json_delta",
    "thinking_delta", "message_start", "content_block_start", "content_block_delta",
    "content_block_stop", "message_delta", "message_stop", "error", "ping", "function",
    "assistant", "user", "tool", "system", "data:image/png;base64,AA",
]  # fmt: skip
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-2, 3)
    | st.floats(allow_nan=False)
    | st.sampled_from([*KINDS, "", "x", "{}", "[1]"])
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=3), inner, max_size=5)
    ),
    max_leaves=12,
)
objects = st.dictionaries(st.sampled_from(WORDS), values, max_size=7)
messages = st.fixed_dictionaries(
    {"role": st.sampled_from(["system", "developer", "user", "assistant", "tool", "function"])},
    optional={
        "content": st.text(max_size=4) | st.lists(objects, max_size=3),
        "tool_calls": st.lists(objects, max_size=2),
        "tool_call_id": values,
        "refusal": values,
        "name": values,
    },
)
requests = st.fixed_dictionaries(
    {"model": st.just("m"), "messages": st.lists(messages, min_size=1, max_size=4)},
    optional={
        "tools": st.lists(objects, max_size=2),
        "tool_choice": values,
        "stop": values,
        "stream_options": values,
        "temperature": values,
        "response_format": values,
        "n": values,
        "parallel_tool_calls": values,
    },
)


class Body:
    """A reply with these events."""

    def __init__(self, events: list[dict[str, Any]]) -> None:
        self.events = events

    def pieces(self) -> Any:
        for event in self.events:
            yield b"data: " + orjson.dumps(event) + b"\n\n"

    def finish(self) -> None:
        """Nothing is open."""


class TestRequests:
    @given(requests)
    @settings(max_examples=60, deadline=None)
    def test_what_was_admitted_is_translated_or_refused(self, body: dict[str, Any]) -> None:
        """
        Whatever passes admission becomes a Messages request, or is refused by name.
        """
        with suppress(InvalidRequest):
            CHAT.check(body)
            sent = translate(body, "claude-x")

            assert sent["model"] == "claude-x"
            assert all(message["content"] for message in sent["messages"])
            assert json.dumps(sent)

    @given(requests)
    @settings(max_examples=60, deadline=None)
    def test_the_echo_answers_everything(self, body: dict[str, Any]) -> None:
        """
        The demonstration's provider answers whatever was admitted, the same whole and streamed.
        """
        with suppress(InvalidRequest):
            CHAT.check(body)
            model: Any = type("Model", (), {"upstream": "echo"})
            deadline: Any = None
            whole = EchoProvider().generate(model, body, deadline).body
            chunks = list(EchoProvider().stream(model, body, deadline))
            said = whole["choices"][0]["message"]
            text = "".join(
                choice["delta"].get("content") or "" for c in chunks for choice in c["choices"]
            )

            assert text == (said["content"] or "")


class TestAnswers:
    @given(objects)
    @settings(max_examples=60, deadline=None)
    def test_a_message_is_understood_or_garbage(self, message: dict[str, Any]) -> None:
        """
        What is no message is ProviderGarbage; what comes out passes for an answer.
        """
        with suppress(ProviderError):
            _check(completion(message, 7), "message")

    @given(objects)
    @settings(max_examples=60, deadline=None)
    def test_a_completion_is_understood_or_garbage(self, answer: dict[str, Any]) -> None:
        """
        The same for answers in OpenAI's own shape.
        """
        with suppress(ProviderError):
            for choice in _check(answer, "message"):
                assert isinstance(choice["message"], dict)

    @given(st.lists(objects, max_size=6))
    @settings(max_examples=60, deadline=None)
    def test_events_are_understood_or_garbage(self, events: list[dict[str, Any]]) -> None:
        """
        Whatever a stream holds, its chunks are what the pipeline may rely on.
        """
        for read in (MessageChunks(7, wants_usage=True).read, _chunks):
            reply: Any = Body(events)
            with suppress(ProviderError):
                for chunk in read(reply):
                    _check(chunk, "delta")
