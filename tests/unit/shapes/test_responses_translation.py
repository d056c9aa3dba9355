"""Responses told as a chat and back: what is carried, what is refused, and whole against stream."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import InvalidRequest, ProviderGarbage
from gateway.shapes.registry import RESPONSES
from gateway.shapes.responses_translation import ResponsesTranslation
from tests.unit.shapes.test_responses import released
from tests.unit.shapes.test_translations import CALL, chunks, whole

RESPONSES_AS_CHAT = ResponsesTranslation()
FUNCTION = {"type": "function", "name": "mail", "parameters": {"type": "object"}}


def request(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A chat request, made of a request for a response."""
    return RESPONSES_AS_CHAT.request({"model": "m", "input": list(items) or "Hi", **more})


def cut(text: str, at: list[int]) -> list[str]:
    """The text in pieces that end at these places."""
    ends = sorted({min(end, len(text)) for end in at} | {0, len(text)})
    return [text[one:two] for one, two in pairwise(ends)]


def judged(given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The events that a caller gets of these chunks."""
    return released([event for event in RESPONSES_AS_CHAT.events(given) if event])


class TestRequest:
    def test_a_text_and_instructions(self) -> None:
        """
        The shortest request there is.
        """
        assert request(instructions="Be brief.") == {
            "model": "m",
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "Hi"},
            ],
        }

    def test_a_conversation_with_tools(self) -> None:
        """
        What the model said and called at once is one message; its sealed thoughts stay here.
        """
        picture = {"type": "input_image", "image_url": "data:image/png;base64,AAAA"}
        file = {"type": "input_file", "filename": "a.pdf", "file_data": "data:x/y;base64,AAAA"}
        called = {"type": "function_call", "name": "mail", "arguments": '{"to":"x"}'}
        told = {"type": "output_text", "text": "A", "annotations": [], "logprobs": []}
        items = [
            {"role": "user", "content": [{"type": "input_text", "text": "W"}, picture, file]},
            {"type": "reasoning", "summary": [], "encrypted_content": "gAAAA"},
            {"type": "message", "role": "assistant", "content": [told], "status": "completed"},
            {**called, "id": "fc_1", "call_id": "t1"},
            {**called, "call_id": "t2"},
            {"type": "function_call_output", "call_id": "t1", "output": "no"},
            {"type": "function_call_output", "call_id": "t2", "output": "yes"},
            {"role": "developer", "content": "D"},
        ]

        assert request(*items)["messages"] == [
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "W"},
                    {"type": "image_url", "image_url": {"url": picture["image_url"]}},
                    {
                        "type": "file",
                        "file": {"filename": "a.pdf", "file_data": file["file_data"]},
                    },
                ],
            },
            {
                "role": "assistant",
                "content": [{"type": "text", "text": "A"}],
                "tool_calls": [CALL, {**CALL, "id": "t2"}],
            },
            {"role": "tool", "tool_call_id": "t1", "content": "no"},
            {"role": "tool", "tool_call_id": "t2", "content": "yes"},
            {"role": "developer", "content": "D"},
        ]

    def test_parameters(self) -> None:
        """
        Each goes under the chat's name for it; what is for whoever keeps answers stays here.
        """
        schema = {"name": "S", "schema": {"type": "object"}, "strict": True}
        asked = request(
            max_output_tokens=9, temperature=0, top_p=0.5, user="u", store=True,
            metadata={"a": "b"}, include=["reasoning.encrypted_content"], truncation="disabled",
            tools=[{**FUNCTION, "strict": True}], parallel_tool_calls=False,
            tool_choice={"type": "function", "name": "mail"},
            reasoning={"effort": "low", "summary": "auto"},
            text={"format": {"type": "json_schema", **schema}, "verbosity": "low"},
        )  # fmt: skip
        del asked["messages"]
        function = {"name": "mail", "parameters": {"type": "object"}, "strict": True}

        assert asked == {
            "model": "m",
            "max_completion_tokens": 9,
            "temperature": 0,
            "top_p": 0.5,
            "user": "u",
            "tools": [{"type": "function", "function": function}],
            "tool_choice": {"type": "function", "function": {"name": "mail"}},
            "parallel_tool_calls": False,
            "reasoning_effort": "low",
            "response_format": {"type": "json_schema", "json_schema": schema},
            "verbosity": "low",
        }

    def test_what_codex_sends(self) -> None:
        """
        The parameters of a coding client that knows nothing of other providers.
        """
        asked = request(
            {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "W"}]},
            instructions="I", tools=[{**FUNCTION, "strict": False}], tool_choice="auto",
            parallel_tool_calls=False, reasoning=None, store=False, stream=True, include=[],
            prompt_cache_key="k", client_metadata={"a": "b"},
        )  # fmt: skip

        assert set(asked) == {"model", "messages", "tools", "tool_choice", "parallel_tool_calls"}
        assert "strict" not in asked["tools"][0]["function"]

    @pytest.mark.parametrize(
        ("more", "param"),
        [
            ({"truncation": "auto"}, "truncation"),
            ({"include": ["web_search_call.action.sources"]}, "include"),
            ({"max_tool_calls": 2}, "max_tool_calls"),
            ({"top_logprobs": 2}, "top_logprobs"),
            ({"novelty": 1}, "novelty"),
            ({"reasoning": {"summary": "detailed"}}, "reasoning.summary"),
            ({"reasoning": "low"}, "reasoning"),
            ({"text": {"novelty": 1}}, "text.novelty"),
            ({"text": {"format": {"type": "grammar"}}}, "text.format.type"),
            ({"tools": [{"type": "web_search"}]}, "tools.0.type"),
            ({"tools": [{"type": "custom", "name": "x"}]}, "tools.0.type"),
            ({"tools": [{**FUNCTION, "defer_loading": True}]}, "tools.0.defer_loading"),
            ({"tools": [FUNCTION], "tool_choice": {"type": "mcp"}}, "tool_choice"),
        ],
    )
    def test_a_parameter_that_cannot_be_carried_is_refused_by_name(
        self, more: dict[str, Any], param: str
    ) -> None:
        """
        Nothing is dropped that would change what is meant.
        """
        with pytest.raises(InvalidRequest) as refusal:
            request(**more)

        assert refusal.value.param == param

    @pytest.mark.parametrize(
        ("item", "param"),
        [
            ({"type": "web_search_call", "id": "x"}, "input.0.type"),
            ({"role": "tool", "content": "x"}, "input.0.role"),
            ({"role": "user", "content": 3}, "input.0.content"),
            ({"role": "user", "content": "x", "phase": "y"}, "input.0.phase"),
            ({"type": "function_call", "name": "x", "arguments": "{}"}, "input.0.call_id"),
            ({"type": "function_call_output", "call_id": "c"}, "input.0.output"),
            (
                {
                    "type": "function_call_output", "call_id": "c",
                    "output": [{"type": "input_image", "image_url": "x"}],
                },
                "input.0.output.0.type",
            ),
            (
                {"role": "user", "content": [{"type": "input_image", "file_id": "f"}]},
                "input.0.content.0.file_id",
            ),
            (
                {"role": "user", "content": [{"type": "input_file", "file_url": "f"}]},
                "input.0.content.0.file_url",
            ),
            (
                {"role": "user", "content": [{"type": "input_audio"}]},
                "input.0.content.0.type",
            ),
        ],
    )  # fmt: skip
    def test_an_item_that_cannot_be_carried_is_refused_by_name(
        self, item: dict[str, Any], param: str
    ) -> None:
        """
        Neither is anything of what was said.
        """
        with pytest.raises(InvalidRequest) as refusal:
            request(item)

        assert refusal.value.param == param


class TestAnswer:
    def test_whole(self) -> None:
        """
        Thoughts, words and calls are items of their own, and usage has the API's names.
        """
        chat = whole("tool_calls", content="A", reasoning_content="T", tool_calls=[CALL])
        answer = RESPONSES_AS_CHAT.answer({**chat, "created": 5})

        assert answer["output"] == [
            {
                "type": "reasoning", "id": "rs_c1_0", "status": "completed", "summary": [],
                "content": [{"type": "reasoning_text", "text": "T"}],
            },
            {
                "type": "message", "id": "msg_c1_1", "status": "completed", "role": "assistant",
                "content": [
                    {"type": "output_text", "text": "A", "annotations": [], "logprobs": []}
                ],
            },
            {
                "type": "function_call", "id": "fc_c1_2", "status": "completed", "call_id": "t1",
                "name": "mail", "arguments": '{"to":"x"}',
            },
        ]  # fmt: skip
        assert (answer["id"], answer["status"], answer["store"]) == ("resp_c1", "completed", False)
        assert answer["created_at"] == 5
        assert answer["usage"]["total_tokens"] == 7

    @pytest.mark.parametrize(
        ("reason", "told"),
        [("length", "max_output_tokens"), ("content_filter", "content_filter")],
    )
    def test_what_was_cut_short_is_incomplete(self, reason: str, told: str) -> None:
        """
        Whole and streamed, for the API's own reason.
        """
        answer = RESPONSES_AS_CHAT.answer(whole(reason, content="A"))
        events = list(RESPONSES_AS_CHAT.events(chunks({"content": "A"}, reason=reason)))

        assert answer["incomplete_details"] == {"reason": told}
        assert answer["output"][0]["status"] == "incomplete"
        assert events[-1]["type"] == "response.incomplete"
        assert events[-1]["response"] == answer

    def test_settings_are_repeated_as_they_were_said(self) -> None:
        """
        A chat does not repeat them, so what the caller said stands there.
        """
        answer = RESPONSES_AS_CHAT.answer(whole(content="A"))
        RESPONSES.delivered(answer, {"temperature": 0.2, "tool_choice": "none", "metadata": {}})

        assert (answer["temperature"], answer["tool_choice"]) == (0.2, "none")
        assert (answer["top_p"], answer["parallel_tool_calls"]) == (None, True)

    @pytest.mark.parametrize("given", [chunks({"content": "A"})[:1], []])
    def test_a_stream_that_never_says_why_it_ended(self, given: list[dict[str, Any]]) -> None:
        """
        It was cut, and nobody may take it for whole.
        """
        with pytest.raises(ProviderGarbage):
            list(RESPONSES_AS_CHAT.events(given))


class TestStream:
    @given(
        thought=st.text(max_size=12),
        text=st.text(max_size=12),
        arguments=st.lists(st.text(max_size=12), max_size=3),
        at=st.lists(st.integers(0, 12), max_size=6),
    )
    def test_the_stream_says_what_the_whole_says(
        self, thought: str, text: str, arguments: list[str], at: list[int]
    ) -> None:
        """
        However it is cut: after judgement the last event is the whole answer, and the pieces add
        up to it.
        """
        calls = [
            {"index": number, "id": f"t{number}", "function": {"name": "mail", "arguments": said}}
            for number, said in enumerate(arguments)
        ]
        deltas: list[dict[str, Any]] = [{"reasoning_content": it} for it in cut(thought, at)]
        deltas += [{"content": it} for it in cut(text, at)]
        for call in calls:
            opening = {**call, "function": {"name": "mail", "arguments": ""}}
            deltas.append({"tool_calls": [opening]})
            for piece in cut(call["function"]["arguments"], at):
                more = {"index": call["index"], "function": {"arguments": piece}}
                deltas.append({"tool_calls": [more]})
        events = judged(chunks(*deltas))
        answer = RESPONSES_AS_CHAT.answer(
            whole(content=text, reasoning_content=thought, tool_calls=calls)
        )
        final = events[-1]["response"]

        assert final["output"] == answer["output"]
        assert final["usage"] == answer["usage"]
        said = "".join(e["delta"] for e in events if e["type"] == "response.output_text.delta")
        assert said == text
        assert [event["sequence_number"] for event in events] == list(range(len(events)))
        done = [event["item"] for event in events if event["type"] == "response.output_item.done"]
        assert done == answer["output"]

    def test_each_item_begins_and_ends(self) -> None:
        """
        The events a client follows, in their order.
        """
        call = {"index": 0, **CALL}
        kinds = [
            event["type"].removeprefix("response.")
            for event in RESPONSES_AS_CHAT.events(
                chunks({"reasoning_content": "T"}, {"content": "A"}, {"tool_calls": [call]})
            )
            if event
        ]

        assert kinds == [
            "created", "in_progress",
            "output_item.added", "content_part.added", "reasoning_text.delta",
            "reasoning_text.done", "content_part.done", "output_item.done",
            "output_item.added", "content_part.added", "output_text.delta",
            "output_text.done", "content_part.done", "output_item.done",
            "output_item.added", "function_call_arguments.delta",
            "function_call_arguments.done", "output_item.done",
            "completed",
        ]  # fmt: skip

    def test_calls_may_grow_side_by_side(self) -> None:
        """
        Each piece goes to its own call.
        """

        def piece(index: int, text: str, **more: Any) -> dict[str, Any]:
            return {"tool_calls": [{"index": index, "function": {"arguments": text}, **more}]}

        events = judged(
            chunks(piece(0, "{", id="a"), piece(1, "[", id="b"), piece(0, "}"), piece(1, "]"))
        )
        calls = events[-1]["response"]["output"]

        assert [(call["call_id"], call["arguments"]) for call in calls] == [
            ("a", "{}"), ("b", "[]"),
        ]  # fmt: skip
