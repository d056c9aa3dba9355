"""What other APIs say, in the chat shape: reasons, thoughts, blocks, counts, errors."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gateway.errors import ProviderCut, ProviderError, ProviderGarbage
from gateway.providers import bedrock_answer, cohere_answer, gemini_answer
from gateway.providers.gemini_request import translate as to_google
from gateway.providers.mistral import MistralProvider
from gateway.providers.mistral import translate as to_mistral
from gateway.providers.translating import Asked
from tests.simulators.wires.converse import ConverseForm, frame
from tests.unit.providers.test_any_json_translated import Body

ASKED = Asked("asked-for", 7, wants_usage=True)
MISTRAL = MistralProvider(None, None)  # type: ignore[arg-type]


def google(*parts: dict[str, Any], reason: str | None = "STOP", **more: Any) -> dict[str, Any]:
    """An answer of Google's with one candidate."""
    candidate: dict[str, Any] = {"content": {"parts": list(parts)}}
    if reason:
        candidate["finishReason"] = reason
    return {"candidates": [candidate], "responseId": "r1", **more}


def streamed(read: Any, *events: dict[str, Any]) -> list[dict[str, Any]]:
    """The chunks of a stream of Server-Sent Events."""
    sent = [b"data: " + json.dumps(event).encode() + b"\n\n" for event in events]
    return list(read(Body(sent), ASKED))


class TestGoogle:
    @pytest.mark.parametrize(
        ("theirs", "ours"),
        [
            ("STOP", "stop"), ("MAX_TOKENS", "length"), ("SAFETY", "content_filter"),
            ("RECITATION", "content_filter"), ("PROHIBITED_CONTENT", "content_filter"),
            ("SPII", "content_filter"), ("MALFORMED_FUNCTION_CALL", "stop"), ("NEW", "stop"),
        ],
    )  # fmt: skip
    def test_reasons(self, theirs: str, ours: str) -> None:
        """
        What was filtered is told apart from what was finished.
        """
        answer = google({"text": "a"}, reason=theirs)

        assert gemini_answer.whole(answer, ASKED)["choices"][0]["finish_reason"] == ours
        assert streamed(gemini_answer.chunks, answer)[-2]["choices"][0]["finish_reason"] == ours

    def test_a_blocked_prompt_is_a_filtered_answer(self) -> None:
        """
        Google says so instead of answering; a client sees an answer that was filtered.
        """
        blocked = {
            "promptFeedback": {"blockReason": "SAFETY"},
            "usageMetadata": {"promptTokenCount": 5},
        }
        whole = gemini_answer.whole(blocked, ASKED)
        chunks = streamed(gemini_answer.chunks, blocked)

        assert whole["choices"][0]["finish_reason"] == "content_filter"
        assert whole["usage"]["prompt_tokens"] == 5
        assert chunks[1]["choices"][0]["finish_reason"] == "content_filter"

    def test_no_answer_at_all_is_garbage(self) -> None:
        """
        Neither candidates nor a reason why.
        """
        with pytest.raises(ProviderGarbage):
            gemini_answer.whole({"usageMetadata": {}}, ASKED)
        with pytest.raises(ProviderCut):
            streamed(gemini_answer.chunks, {"usageMetadata": {}})

    def test_thoughts_are_no_text(self) -> None:
        """
        And are counted as made.
        """
        counts = {"promptTokenCount": 5, "candidatesTokenCount": 2, "thoughtsTokenCount": 9}
        answer = google({"text": "hm", "thought": True}, {"text": "42"}, usageMetadata=counts)
        whole = gemini_answer.whole(answer, ASKED)

        assert whole["choices"][0]["message"]["content"] == "42"
        assert whole["choices"][0]["message"]["reasoning_content"] == "hm"
        assert whole["usage"] == {
            "prompt_tokens": 5, "completion_tokens": 11, "total_tokens": 16,
        }  # fmt: skip

    def test_signed_calls_go_back_signed(self) -> None:
        """
        The signature of a call, and the id it was given, survive the way there and back.
        """
        part = {"functionCall": {"name": "f", "args": {"a": 1}}, "thoughtSignature": "c2ln"}
        said = gemini_answer.whole(google(part, part), ASKED)["choices"][0]["message"]
        ids = [call["id"] for call in said["tool_calls"]]
        results = [{"role": "tool", "tool_call_id": id_, "content": "grey"} for id_ in ids]
        sent = to_google({"messages": [said, *results]}, ids=True)
        nameless = to_google({"messages": [said, *results]}, ids=False)

        assert len(set(ids)) == 2
        assert [it["thoughtSignature"] for it in sent["contents"][0]["parts"]] == ["c2ln"] * 2
        assert sent["contents"][1]["parts"][0]["functionResponse"] == {
            "name": "f", "id": ids[0], "response": {"result": "grey"},
        }  # fmt: skip
        assert "id" not in json.dumps(nameless).replace("candid", "")

    def test_several_answers_in_one_stream(self) -> None:
        """
        Each ends for itself; the stream is whole when all have.
        """
        first = {"index": 0, "content": {"parts": [{"text": "a"}]}, "finishReason": "STOP"}
        other = {"index": 1, "content": {"parts": [{"text": "b"}]}}
        chunks = streamed(
            gemini_answer.chunks,
            {"candidates": [first, other]},
            {"candidates": [{"index": 1, "finishReason": "MAX_TOKENS"}]},
        )
        ends = [
            (choice["index"], choice["finish_reason"])
            for chunk in chunks for choice in chunk["choices"] if choice["finish_reason"]
        ]  # fmt: skip

        assert ends == [(0, "stop"), (1, "length")]
        with pytest.raises(ProviderCut):
            streamed(gemini_answer.chunks, {"candidates": [first, other]})

    @pytest.mark.parametrize("part", ["inlineData", "fileData"])
    def test_pictures_are_not_dropped(self, part: str) -> None:
        """
        An answer that chat cannot hold is an error, not half an answer.
        """
        with pytest.raises(ProviderGarbage):
            gemini_answer.whole(google({part: {"mimeType": "image/png", "data": ""}}), ASKED)


class TestAmazon:
    @pytest.mark.parametrize(
        ("theirs", "ours"),
        [
            ("end_turn", "stop"), ("tool_use", "tool_calls"), ("max_tokens", "length"),
            ("stop_sequence", "stop"), ("guardrail_intervened", "content_filter"),
            ("content_filtered", "content_filter"), ("new_reason", "stop"),
        ],
    )  # fmt: skip
    def test_reasons(self, theirs: str, ours: str) -> None:
        """
        Amazon's words for why it stopped.
        """
        answer = {**ConverseForm().whole("a"), "stopReason": theirs}

        assert bedrock_answer.whole(answer, ASKED)["choices"][0]["finish_reason"] == ours

    def test_thoughts_and_the_cache(self) -> None:
        """
        What was read from the cache or written to it was sent too.
        """
        answer = ConverseForm().whole("42")
        thought = {"reasoningContent": {"reasoningText": {"text": "hm", "signature": "s"}}}
        answer["output"]["message"]["content"].insert(0, thought)
        answer["usage"] |= {"cacheReadInputTokens": 10, "cacheWriteInputTokens": 100}
        whole = bedrock_answer.whole(answer, ASKED)

        assert whole["choices"][0]["message"]["reasoning_content"] == "hm"
        assert whole["usage"]["prompt_tokens"] == 115

    @pytest.mark.parametrize("kind", ["exception", "error"])
    def test_an_exception_in_the_stream(self, kind: str) -> None:
        """
        Both kinds of failure end it, and none of their words are passed on.
        """
        started = list(ConverseForm().events("Once"))[:2]
        failed = frame({":message-type": kind, ":exception-type": "x"}, b'{"message": "secret"}')
        with pytest.raises(ProviderError) as failure:
            list(bedrock_answer.chunks(Body([*started, failed]), ASKED))  # type: ignore[arg-type]

        assert "secret" not in str(failure.value)

    def test_a_call_without_arguments_has_an_object_of_them(self) -> None:
        """
        Nothing said is `{}`, as JSON must be something.
        """

        def event(kind: str, **body: Any) -> bytes:
            named = {":message-type": "event", ":event-type": kind}
            return frame(named, json.dumps(body).encode())

        start = {"toolUse": {"toolUseId": "t1", "name": "f"}}
        sent = [
            event("messageStart", role="assistant"),
            event("contentBlockStart", contentBlockIndex=0, start=start),
            event("contentBlockStop", contentBlockIndex=0),
            event("messageStop", stopReason="tool_use"),
        ]
        reply: Any = Body(sent)
        chunks = list(bedrock_answer.chunks(reply, ASKED))
        arguments = [
            call["function"]["arguments"]
            for chunk in chunks for choice in chunk["choices"]
            for call in choice["delta"].get("tool_calls", ())
        ]  # fmt: skip

        assert "".join(arguments) == "{}"


class TestCohere:
    @pytest.mark.parametrize("reason", ["ERROR", "TIMEOUT"])
    def test_a_failure_in_the_answer_is_one(self, reason: str) -> None:
        """
        200 and a reason that says it failed: no answer.
        """
        answer = {"message": {"content": []}, "finish_reason": reason}
        with pytest.raises(ProviderError):
            cohere_answer.whole(answer, ASKED)
        with pytest.raises(ProviderError):
            end = {"type": "message-end", "delta": {"finish_reason": reason}}
            streamed(cohere_answer.chunks, end)

    def test_plans_and_thoughts(self) -> None:
        """
        Are thoughts, not text.
        """
        blocks = [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "42"}]
        message = {"tool_plan": "First ", "content": blocks}
        said = cohere_answer.whole({"message": message}, ASKED)["choices"][0]["message"]

        assert said["reasoning_content"] == "First hm"
        assert said["content"] == "42"


class TestMistral:
    def test_thoughts_are_pieces_of_the_content(self) -> None:
        """
        A list of pieces instead of text, in which thoughts are told apart.
        """
        thought = {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}
        content = [thought, {"type": "text", "text": "42"}]
        choice = {"index": 0, "finish_reason": "stop"}
        whole = MISTRAL.whole({"choices": [{**choice, "message": {"content": content}}]}, ASKED)
        chunks = streamed(MISTRAL.chunks, {"choices": [{**choice, "delta": {"content": content}}]})
        said = whole["choices"][0]["message"]

        assert (said["reasoning_content"], said["content"]) == ("hm", "42")
        assert chunks[1]["choices"][0]["delta"] == {"reasoning_content": "hm"}
        assert chunks[2]["choices"][0]["delta"] == {"content": "42"}

    def test_a_call_in_pieces_and_calls_beside_each_other(self) -> None:
        """
        A name begins a call; what has none goes on with the last.
        """

        def delta(*calls: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
            made = [{"function": call} for call in calls]
            choice = {"index": 0, "delta": {"tool_calls": made}, "finish_reason": reason}
            return {"choices": [choice]}

        chunks = streamed(
            MISTRAL.chunks,
            delta({"name": "f", "arguments": '{"a"'}),
            delta({"name": "", "arguments": ": 1}"}),
            delta({"name": "g", "arguments": {}}, reason="tool_calls"),
        )
        calls = [
            (call["index"], call["function"].get("name"), call["function"]["arguments"])
            for chunk in chunks for choice in chunk["choices"]
            for call in choice["delta"].get("tool_calls", ())
        ]  # fmt: skip

        assert calls == [(0, "f", '{"a"'), (0, None, ": 1}"), (1, "g", "{}")]

    def test_its_own_names(self) -> None:
        """
        A seed, the longest answer and a tool that must be called have other names there.
        """
        tool = {"type": "function", "function": {"name": "f"}}
        sent = to_mistral(
            {
                "messages": [{"role": "developer", "content": "Be brief."}],
                "seed": 7, "max_completion_tokens": 9, "stop": "END",
                "tools": [tool], "tool_choice": "required",
            }
        )  # fmt: skip

        assert sent == {
            "messages": [{"role": "system", "content": "Be brief."}],
            "random_seed": 7, "max_tokens": 9, "stop": ["END"], "tools": [tool],
            "tool_choice": "any",
        }  # fmt: skip
