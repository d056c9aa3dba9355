"""Anthropic's Messages behind the OpenAI shape: what is sent, and what comes back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gateway.errors import InvalidRequest, ProviderCut, ProviderError
from gateway.providers.anthropic_answer import completion
from gateway.providers.anthropic_request import translate
from gateway.providers.anthropic_stream import MessageChunks

TOOL = {
    "type": "function",
    "function": {"name": "mail", "description": "Send", "parameters": {"type": "object"}},
}


CALL = {
    "id": "t1",
    "type": "function",
    "function": {"name": "mail", "arguments": '{"a":1}'},
}
CONVERSATION: list[dict[str, Any]] = [
    {"role": "system", "content": "Be brief."},
    {"role": "developer", "content": [{"type": "text", "text": "And kind."}]},
    {"role": "user", "content": "Hi"},
    {"role": "assistant", "content": None, "tool_calls": [CALL]},
    {"role": "tool", "tool_call_id": "t1", "content": "done"},
    {"role": "user", "content": "Thanks"},
]


def request(messages: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """The Messages request for a chat request."""
    return translate({"model": "alias", "messages": messages, **more}, "claude-x")


class TestRequest:
    def test_a_conversation_with_tools(self) -> None:
        """
        Instructions, turns, calls and results find their places; results join one user turn.
        """
        sent = request(
            CONVERSATION,
            tools=[TOOL],
            tool_choice="required",
            max_completion_tokens=50,
            stop="END",
            temperature=0.5,
        )

        assert sent == {
            "model": "claude-x",
            "max_tokens": 50,
            "system": [
                {"type": "text", "text": "Be brief."},
                {"type": "text", "text": "And kind."},
            ],
            "messages": [
                {"role": "user", "content": [{"type": "text", "text": "Hi"}]},
                {
                    "role": "assistant",
                    "content": [
                        {"type": "tool_use", "id": "t1", "name": "mail", "input": {"a": 1}}
                    ],
                },
                {
                    "role": "user",
                    "content": [
                        {
                            "type": "tool_result",
                            "tool_use_id": "t1",
                            "content": [{"type": "text", "text": "done"}],
                        },
                        {"type": "text", "text": "Thanks"},
                    ],
                },
            ],
            "tools": [{"name": "mail", "description": "Send", "input_schema": {"type": "object"}}],
            "tool_choice": {"type": "any"},
            "stop_sequences": ["END"],
            "temperature": 0.5,
        }

    def test_images(self) -> None:
        """
        A data URL becomes bytes with their type; an address stays an address.
        """
        parts = [
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
            {"type": "image_url", "image_url": {"url": "https://x.example/a.png"}},
        ]
        content = request([{"role": "user", "content": parts}])["messages"][0]["content"]

        assert content[0]["source"] == {"type": "base64", "media_type": "image/png", "data": "AAAA"}
        assert content[1]["source"] == {"type": "url", "url": "https://x.example/a.png"}

    def test_who_is_asking_is_not_told(self) -> None:
        """
        ``user`` and ``metadata`` stay here.
        """
        sent = request([{"role": "user", "content": "x"}], user="jane", metadata={"a": "b"})

        assert "jane" not in json.dumps(sent)
        assert "metadata" not in sent

    @pytest.mark.parametrize(
        ("more", "param"),
        [
            ({"n": 2}, "n"),
            ({"seed": 5}, "seed"),
            ({"logprobs": True}, "logprobs"),
            ({"presence_penalty": 0.5}, "presence_penalty"),
            ({"response_format": {"type": "json_schema"}}, "response_format"),
            ({"temperature": 1.5}, "temperature"),
            ({"audio": {}}, "audio"),
            ({"tools": [{"type": "web_search"}]}, "tools.0.type"),
            ({"tools": [TOOL], "tool_choice": "sometimes"}, "tool_choice"),
            ({"stream_options": [1]}, "stream_options"),
        ],
    )
    def test_what_cannot_be_carried_is_refused_by_name(
        self, more: dict[str, Any], param: str
    ) -> None:
        """
        A parameter without a counterpart is refused, not dropped.
        """
        with pytest.raises(InvalidRequest) as refusal:
            request([{"role": "user", "content": "x"}], **more)

        assert refusal.value.param == param

    @pytest.mark.parametrize(
        ("message", "param"),
        [
            ({"function_call": {"name": "x"}}, "messages.0.function_call"),
            ({"tool_calls": [{"function": 5}]}, "messages.0.tool_calls.0.type"),
            (
                {"tool_calls": [{"function": {"name": "x", "arguments": "[1]"}}]},
                "messages.0.tool_calls.0.function.arguments",
            ),
            ({"content": [{"type": "input_audio"}]}, "messages.0.content.0"),
            (
                {"content": [{"type": "image_url", "image_url": {"url": "http://x.example"}}]},
                "messages.0.content.0.image_url.url",
            ),
            (
                {"content": [{"type": "image_url", "image_url": {"url": "data:text/html,x"}}]},
                "messages.0.content.0.image_url.url",
            ),
        ],
    )
    def test_so_is_what_a_message_holds(self, message: dict[str, Any], param: str) -> None:
        """
        A part of a message without a counterpart is refused, and its place is said.
        """
        with pytest.raises(InvalidRequest) as refusal:
            request([{"role": "assistant", **message}])

        assert refusal.value.param == param

    def test_what_messages_does_not_take_is_left_out(self) -> None:
        """
        Empty texts, which would be refused, and thoughts of earlier turns, which nobody signed.
        """
        sent = request(
            [
                {"role": "user", "content": [{"type": "text", "text": ""}]},
                {"role": "user", "content": [{"type": "text", "text": "Hi"}]},
                {"role": "assistant", "content": None, "refusal": "No", "reasoning_content": "hm"},
            ]
        )

        assert sent["messages"] == [
            {"role": "user", "content": [{"type": "text", "text": "Hi"}]},
            {"role": "assistant", "content": [{"type": "text", "text": "No"}]},
        ]

    def test_marks_for_the_cache_stay_where_they_are(self) -> None:
        """
        A mark on a part means the same on the block (needs-and-conventions E6).
        """
        mark = {"type": "ephemeral"}
        part = {"type": "text", "text": "long", "cache_control": mark}

        assert request([{"role": "system", "content": [part]}])["system"] == [part]

    @pytest.mark.parametrize(
        "more", [{"n": 1}, {"seed": None}, {"logprobs": False}, {"frequency_penalty": 0}]
    )
    def test_what_asks_for_nothing_is_no_reason_to_refuse(self, more: dict[str, Any]) -> None:
        """
        Clients send defaults; they mean nothing.
        """
        assert request([{"role": "user", "content": "x"}], **more)["max_tokens"] == 4_096


class TestAnswer:
    def test_text_thought_and_calls(self) -> None:
        """
        Blocks become the fields an OpenAI client reads.
        """
        answer = completion(
            {
                "id": "m1",
                "model": "claude-x",
                "content": [
                    {"type": "thinking", "thinking": "hm"},
                    {"type": "text", "text": "Yes"},
                    {"type": "tool_use", "id": "t", "name": "mail", "input": {"a": "ü"}},
                ],
                "stop_reason": "tool_use",
                "usage": {"input_tokens": 3, "cache_read_input_tokens": 4, "output_tokens": 5},
            },
            7,
        )
        message = answer["choices"][0]["message"]

        assert message["content"] == "Yes"
        assert message["reasoning_content"] == "hm"
        assert message["tool_calls"][0]["function"] == {"name": "mail", "arguments": '{"a":"ü"}'}
        assert answer["choices"][0]["finish_reason"] == "tool_calls"
        assert answer["usage"] == {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12}


class FakeReply:
    """A reply whose body is given."""

    def __init__(self, *events: dict[str, Any]) -> None:
        self.events = events

    def pieces(self) -> Any:
        for event in self.events:
            yield f"event: {event.get('type')}\ndata: {json.dumps(event)}\n\n".encode()

    def finish(self) -> None:
        """Nothing is open."""


START = {
    "type": "message_start",
    "message": {"id": "m", "model": "c", "usage": {"input_tokens": 2}},
}
STOP = (
    {
        "type": "message_delta",
        "delta": {"stop_reason": "end_turn"},
        "usage": {"output_tokens": 3},
    },
    {"type": "message_stop"},
)


def read(*events: dict[str, Any]) -> list[dict[str, Any]]:
    """The chunks of a stream with these events."""
    reply: Any = FakeReply(*events)
    return list(MessageChunks(7, wants_usage=True).read(reply))


class TestStream:
    def test_text_and_tool_calls(self) -> None:
        """
        Deltas arrive in order, calls are numbered from zero, usage comes last.
        """
        chunks = read(
            START,
            {"type": "ping"},
            {
                "type": "content_block_start",
                "index": 0,
                "content_block": {"type": "text", "text": ""},
            },
            {
                "type": "content_block_delta",
                "index": 0,
                "delta": {"type": "text_delta", "text": "Hi"},
            },
            {
                "type": "content_block_start",
                "index": 1,
                "content_block": {"type": "tool_use", "id": "t", "name": "mail"},
            },
            {
                "type": "content_block_delta",
                "index": 1,
                "delta": {"type": "input_json_delta", "partial_json": '{"a":'},
            },
            *STOP,
        )
        deltas = [chunk["choices"][0]["delta"] for chunk in chunks if chunk["choices"]]

        assert deltas[0] == {"role": "assistant", "content": ""}
        assert deltas[1] == {"content": "Hi"}
        assert deltas[2]["tool_calls"][0]["index"] == 0
        assert deltas[3]["tool_calls"][0]["function"] == {"arguments": '{"a":'}
        assert chunks[-2]["choices"][0]["finish_reason"] == "stop"
        assert chunks[-1]["usage"]["total_tokens"] == 5

    def test_a_stream_without_its_end_was_cut(self) -> None:
        """
        Only ``message_stop`` makes a stream whole.
        """
        with pytest.raises(ProviderCut):
            read(START, STOP[0])

    def test_an_error_event(self) -> None:
        """
        An error in the middle is an error, without the provider's words in it.
        """
        with pytest.raises(ProviderError) as error:
            read(START, {"type": "error", "error": {"message": "overloaded sk-secret"}})

        assert "sk-secret" not in error.value.message

    def test_a_call_without_arguments(self) -> None:
        """
        Clients parse arguments as JSON, so a call that says none says ``{}``.
        """
        block = {"type": "tool_use", "id": "t", "name": "now", "input": {}}
        chunks = read(
            START,
            {"type": "content_block_start", "index": 0, "content_block": block},
            {
                "type": "content_block_delta",
                "index": 0,
                "delta": {"type": "input_json_delta", "partial_json": ""},
            },
            {"type": "content_block_stop", "index": 0},
            *STOP,
        )
        calls = [
            call
            for chunk in chunks
            for choice in chunk["choices"]
            for call in choice["delta"].get("tool_calls", ())
        ]

        assert "".join(call["function"]["arguments"] for call in calls) == "{}"

    def test_counts_add_up_over_events(self) -> None:
        """
        What a later event does not count stays as it was.
        """
        late = {**STOP[0], "usage": {"input_tokens": None, "output_tokens": 9}}

        assert read(START, late, STOP[1])[-1]["usage"] == {
            "prompt_tokens": 2, "completion_tokens": 9, "total_tokens": 11,
        }  # fmt: skip

    def test_a_stop_without_a_reason(self) -> None:
        """
        A message that stops without having said why is not whole.
        """
        with pytest.raises(ProviderError):
            read(START, STOP[1])
