"""Messages and generateContent told as a chat and back: what is carried, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gateway.errors import InvalidRequest, ProviderGarbage
from gateway.shapes.generate_content_translation import GenerateContentTranslation
from gateway.shapes.messages_translation import MessagesTranslation

if TYPE_CHECKING:
    from gateway.shapes.shape import Translation

MESSAGES, GEMINI = MessagesTranslation(), GenerateContentTranslation()
CALL = {"id": "t1", "type": "function", "function": {"name": "mail", "arguments": '{"to":"x"}'}}


def message(**more: Any) -> dict[str, Any]:
    """A Messages request."""
    return {"model": "m", "messages": [{"role": "user", "content": "Hi"}], **more}


def gemini(*parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A generateContent request."""
    return {"contents": [{"role": "user", "parts": list(parts) or [{"text": "Hi"}]}], **more}


def chunks(*deltas: dict[str, Any], reason: str = "stop") -> list[dict[str, Any]]:
    """A streamed chat with usage at its end, and a silence in it."""
    frame = {"id": "c1", "object": "chat.completion.chunk", "model": "up"}
    said = [{**frame, "choices": [{"index": 0, "delta": delta}]} for delta in deltas]
    end = {**frame, "choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}
    usage = {"prompt_tokens": 3, "completion_tokens": 4}
    return [*said, {}, end, {**frame, "choices": [], "usage": usage}]


def whole(reason: str = "stop", **said: Any) -> dict[str, Any]:
    """A whole chat answer."""
    choice = {"index": 0, "message": {"role": "assistant", **said}, "finish_reason": reason}
    usage = {"prompt_tokens": 3, "completion_tokens": 4}
    return {"id": "c1", "model": "up", "choices": [choice], "usage": usage}


class TestMessagesRequest:
    def test_a_conversation_with_a_tool(self) -> None:
        """
        Instructions, words, pictures, calls and results keep their order and their ties.
        """
        picture = {"type": "base64", "media_type": "image/png", "data": "AAAA"}
        result = {"type": "tool_result", "tool_use_id": "t1", "content": "no", "is_error": True}
        thought = {"type": "thinking", "thinking": "T", "signature": "s"}
        call = {"type": "tool_use", "id": "t1", "name": "mail", "input": {"to": "x"}}
        body = message(
            system=[{"type": "text", "text": "S", "cache_control": {"type": "ephemeral"}}],
            messages=[
                {"role": "user", "content": [{"type": "image", "source": picture}]},
                {"role": "assistant", "content": [thought, call]},
                {"role": "user", "content": [result, {"type": "text", "text": "Again"}]},
            ],
        )
        url = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}

        assert MESSAGES.request(body)["messages"] == [
            {"role": "system", "content": [{"type": "text", "text": "S"}]},
            {"role": "user", "content": [url]},
            {"role": "assistant", "content": None, "tool_calls": [CALL]},
            {"role": "tool", "tool_call_id": "t1", "content": "Error: no"},
            {"role": "user", "content": [{"type": "text", "text": "Again"}]},
        ]

    def test_parameters(self) -> None:
        """
        Each goes under the chat's name for it; who is asking stays here.
        """
        body = message(
            max_tokens=9,
            stop_sequences=["END"],
            tools=[{"name": "mail", "input_schema": {"type": "object"}, "description": "D"}],
            tool_choice={"type": "any", "disable_parallel_tool_use": True},
            metadata={"user_id": "u"},
        )
        function = {"name": "mail", "description": "D", "parameters": {"type": "object"}}
        request = MESSAGES.request(body)
        del request["messages"]

        assert request == {
            "model": "m",
            "max_completion_tokens": 9,
            "stop": ["END"],
            "tools": [{"type": "function", "function": function}],
            "tool_choice": "required",
            "parallel_tool_calls": False,
        }

    def test_documents(self) -> None:
        """
        A file stays a file, and words stay words under their title.
        """
        pdf = {"type": "base64", "media_type": "application/pdf", "data": "AAAA"}
        plain = {"type": "text", "media_type": "text/plain", "data": "W"}
        blocks = [
            {"type": "document", "source": pdf, "title": "a.pdf"},
            {"type": "document", "source": plain, "title": "T"},
        ]
        body = message(messages=[{"role": "user", "content": blocks}])
        file = {"filename": "a.pdf", "file_data": "data:application/pdf;base64,AAAA"}

        assert MESSAGES.request(body)["messages"][0]["content"] == [
            {"type": "file", "file": file},
            {"type": "text", "text": "T"},
            {"type": "text", "text": "W"},
        ]

    @pytest.mark.parametrize(
        ("more", "param"),
        [
            ({"thinking": {"type": "enabled", "budget_tokens": 1024}}, "thinking"),
            ({"top_k": 3}, "top_k"),
            ({"mcp_servers": [{"type": "url"}]}, "mcp_servers"),
            ({"novelty": 1}, "novelty"),
            ({"tools": [{"type": "web_search_20250305", "name": "web_search"}]}, "tools.0.type"),
            (
                {
                    "messages": [
                        {"role": "user", "content": "x"}, {"role": "assistant", "content": "y"},
                    ]
                },
                "messages.1.role",
            ),
            (
                {"messages": [{"role": "user", "content": [{"type": "search_result"}]}]},
                "messages.0.content.0.type",
            ),
        ],
    )  # fmt: skip
    def test_what_cannot_be_carried_is_refused_by_name(
        self, more: dict[str, Any], param: str
    ) -> None:
        """
        Nothing is dropped that would change what is meant.
        """
        with pytest.raises(InvalidRequest) as refusal:
            MESSAGES.request(message(**more))

        assert refusal.value.param == param


class TestMessagesAnswer:
    def test_whole(self) -> None:
        """
        Thoughts, words and calls are blocks; the reason is Anthropic's.
        """
        chat = whole("tool_calls", content="A", reasoning_content="T", tool_calls=[CALL])

        assert MESSAGES.answer(chat) == {
            "id": "msg_c1", "type": "message", "role": "assistant", "model": "up",
            "content": [
                {"type": "thinking", "thinking": "T", "signature": ""},
                {"type": "text", "text": "A"},
                {"type": "tool_use", "id": "t1", "name": "mail", "input": {"to": "x"}},
            ],
            "stop_reason": "tool_use", "stop_sequence": None,
            "usage": {"input_tokens": 3, "output_tokens": 4},
        }  # fmt: skip

    def test_streamed(self) -> None:
        """
        Each kind of words opens a block of its own; a silence stays a silence.
        """
        function = {"name": "mail", "arguments": ""}
        call = {"index": 0, "id": "t1", "function": function}
        more = {"index": 0, "function": {"arguments": '{"to":"x"}'}}
        given = chunks(
            {"content": "A"}, {"content": "B"}, {"tool_calls": [call]}, {"tool_calls": [more]},
            reason="tool_calls",
        )  # fmt: skip
        events = list(MESSAGES.events(given))

        assert [event.get("type") for event in events] == [
            "message_start",
            "content_block_start", "content_block_delta", "content_block_delta",
            "content_block_stop",
            "content_block_start", "content_block_delta", None, "content_block_stop",
            "message_delta", "message_stop",
        ]  # fmt: skip
        assert events[-2]["delta"]["stop_reason"] == "tool_use"
        assert events[-2]["usage"] == {"input_tokens": 3, "output_tokens": 4}


class TestGeminiRequest:
    def test_a_conversation_with_a_tool(self) -> None:
        """
        Both spellings are read; calls without an id get one, which their results have too.
        """
        declared = {"name": "mail", "parameters": {"type": "OBJECT"}}
        body = gemini(
            system_instruction={"parts": [{"text": "S"}]},
            generationConfig={"maxOutputTokens": 9, "topP": 0.5, "thinkingConfig": {}},
            tools=[{"functionDeclarations": [declared]}],
            toolConfig={"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["mail"]}},
            safetySettings=[{"category": "X", "threshold": "OFF"}],
        )
        call = {"functionCall": {"name": "mail", "args": {"to": "x"}}}
        result = {"functionResponse": {"name": "mail", "response": {"ok": True}}}
        body["contents"] += [
            {"role": "model", "parts": [{"text": "T", "thought": True}, call]},
            {"role": "user", "parts": [result]},
        ]
        function = {"name": "mail", "parameters": {"type": "object"}}

        assert GEMINI.request(body) == {
            "model": "",
            "max_completion_tokens": 9,
            "top_p": 0.5,
            "tools": [{"type": "function", "function": function}],
            "tool_choice": {"type": "function", "function": {"name": "mail"}},
            "messages": [
                {"role": "system", "content": [{"type": "text", "text": "S"}]},
                {"role": "user", "content": [{"type": "text", "text": "Hi"}]},
                {"role": "assistant", "content": None, "tool_calls": [{**CALL, "id": "call_1"}]},
                {"role": "tool", "tool_call_id": "call_1", "content": '{"ok":true}'},
            ],
        }

    @pytest.mark.parametrize(
        ("body", "param"),
        [
            (gemini(cachedContent="c/1"), "cachedContent"),
            (gemini(generationConfig={"topK": 3}), "generationConfig.topK"),
            (
                gemini(generationConfig={"thinkingConfig": {"thinkingBudget": 9}}),
                "generationConfig.thinkingConfig",
            ),
            (gemini(safetySettings=[{"threshold": "BLOCK_LOW_AND_ABOVE"}]), "safetySettings"),
            (gemini(tools=[{"googleSearch": {}}]), "tools.0.googleSearch"),
            (gemini({"fileData": {"fileUri": "x"}}), "contents.0.parts.0.fileData"),
            (
                gemini({"inlineData": {"mimeType": "video/mp4", "data": "AAAA"}}),
                "contents.0.parts.0.inlineData.mimeType",
            ),
        ],
    )
    def test_what_cannot_be_carried_is_refused_by_name(
        self, body: dict[str, Any], param: str
    ) -> None:
        """
        Nothing is dropped that would change what is meant.
        """
        with pytest.raises(InvalidRequest) as refusal:
            GEMINI.request(body)

        assert refusal.value.param == param


class TestGeminiAnswer:
    def test_whole_and_streamed_say_the_same(self) -> None:
        """
        The parts of the events together are the parts of the whole answer.
        """
        call = {"index": 0, **CALL}
        given = chunks({"reasoning_content": "T"}, {"content": "A"}, {"tool_calls": [call]})
        events = [event for event in GEMINI.events(given) if event]
        answer = GEMINI.answer(whole(content="A", reasoning_content="T", tool_calls=[CALL]))
        parts = [part for event in events for part in event["candidates"][0]["content"]["parts"]]

        assert parts == answer["candidates"][0]["content"]["parts"]
        assert parts[-1]["functionCall"] == {"id": "t1", "name": "mail", "args": {"to": "x"}}
        assert events[-1]["candidates"][0]["finishReason"] == "STOP"
        assert events[-1]["usageMetadata"]["totalTokenCount"] == 7


class TestGarbage:
    @pytest.mark.parametrize("translation", [MESSAGES, GEMINI])
    def test_arguments_that_are_no_object(self, translation: Translation) -> None:
        """
        A call nobody can carry out is no answer.
        """
        broken = {**CALL, "function": {"name": "mail", "arguments": "[1]"}}
        with pytest.raises(ProviderGarbage):
            translation.answer(whole(content=None, tool_calls=[broken]))

    @pytest.mark.parametrize("translation", [MESSAGES, GEMINI])
    def test_a_stream_that_never_says_why_it_ended(self, translation: Translation) -> None:
        """
        It was cut, and nobody may take it for whole.
        """
        with pytest.raises(ProviderGarbage):
            list(translation.events(chunks({"content": "A"})[:1]))
