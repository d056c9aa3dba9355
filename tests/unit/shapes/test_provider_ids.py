"""Names of what a provider keeps are refused by name, in each place that vendors publish."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.errors import InvalidRequest
from gateway.shapes.audio import SPEECH
from gateway.shapes.registry import CHAT, GENERATE_CONTENT, MESSAGES, RESPONSES

SAID = [{"role": "user", "content": "Hello"}]
SEALED = "c2VhbGVk" * 8


def _chat(**more: Any) -> dict[str, Any]:
    return {"model": "echo", "messages": SAID, **more}


def _items(*items: dict[str, Any]) -> dict[str, Any]:
    return {"model": "echo", "input": list(items)}


REFUSED = [
    (CHAT, _chat(messages=[{"role": "assistant", "audio": {"id": "audio_1"}}]), "messages.0.audio"),
    (CHAT, _chat(modalities=["text", "audio"]), "modalities"),
    (CHAT, _chat(audio={"voice": {"id": "voice_1"}, "format": "wav"}), "modalities"),
    (SPEECH, {"model": "tts", "input": "Hi", "voice": {"id": "voice_1"}}, "voice"),
    (SPEECH, {"model": "tts", "input": "Hi", "voice": "voice_1"}, "voice"),
    (MESSAGES, _chat(container="container_1"), "container"),
    (MESSAGES, _chat(container={"id": "container_1"}), "container.id"),
    (
        MESSAGES,
        _chat(container={"skills": [{"type": "custom", "skill_id": "skill_1"}]}),
        "container.skills.0",
    ),
    (
        MESSAGES,
        _chat(diagnostics={"previous_message_id": "msg_1"}),
        "diagnostics.previous_message_id",
    ),
    (MESSAGES, _chat(user_profile_id="profile_1"), "user_profile_id"),
    (MESSAGES, _chat(tools=[{"type": "advisor_20260301", "model": "x"}]), "tools.0.type"),
    (RESPONSES, _items({"type": "item_reference", "id": "msg_1"}), "input.0"),
    (RESPONSES, _items({"type": None, "id": "msg_1"}), "input.0"),
    (RESPONSES, _items({"id": "msg_1"}), "input.0"),
    (RESPONSES, _items({"type": "reasoning", "id": "rs_1", "summary": []}), "input.0"),
    (RESPONSES, _items({"type": "image_generation_call", "id": "ig_1"}), "input.0"),
    (
        RESPONSES,
        _items({"type": "code_interpreter_call", "id": "ci_1", "container_id": "cntr_1"}),
        "input.0.container_id",
    ),
    (
        RESPONSES,
        _items(
            {
                "type": "shell_call",
                "environment": {"type": "container_reference", "container_id": "cntr_1"},
            }
        ),
        "input.0.environment",
    ),
    (
        RESPONSES,
        _items({"type": "tool_search_output", "tools": [{"type": "file_search"}]}),
        "input.0.tools.0.type",
    ),
    (
        GENERATE_CONTENT,
        {"contents": [{"parts": [{"text": "Hi"}]}], "modelArmorConfig": {"name": "x"}},
        "modelArmorConfig",
    ),
]
TAKEN = [
    (CHAT, _chat(modalities=["text"])),
    (SPEECH, {"model": "tts", "input": "Hi", "voice": "alloy"}),
    (MESSAGES, _chat(container={"id": None, "skills": [{"type": "anthropic", "skill_id": "x"}]})),
    (
        MESSAGES,
        _chat(
            tools=[
                {"name": "own", "input_schema": {}},
                {"type": "custom", "name": "own", "input_schema": {}},
                {"type": "web_search_20260209", "name": "web_search"},
                {"type": "tool_search_tool_bm25_20251119", "name": "find"},
            ]
        ),
    ),
    (RESPONSES, _items({"role": "user", "content": "Hello"})),
    (RESPONSES, _items({"type": "message", "id": "msg_1", "role": "assistant", "content": "Hi"})),
    (RESPONSES, _items({"type": "reasoning", "id": "rs_1", "encrypted_content": SEALED})),
    (RESPONSES, _items({"type": "tool_search_output", "tools": [{"type": "function"}]})),
    (RESPONSES, _items({"type": "shell_call", "call_id": "a", "environment": {"type": "local"}})),
]


@pytest.mark.parametrize(("shape", "body", "param"), REFUSED)
def test_a_name_of_the_providers_is_refused(shape: Any, body: dict[str, Any], param: str) -> None:
    """
    The error says where it stands and what to do instead, and does not repeat it.
    """
    with pytest.raises(InvalidRequest) as refusal:
        shape.check(body)

    assert refusal.value.param == param
    assert "_1" not in refusal.value.message


@pytest.mark.parametrize(("shape", "body"), TAKEN)
def test_what_everybody_has_is_taken(shape: Any, body: dict[str, Any]) -> None:
    """
    Common voices and skills, tools that policy knows, and items that say what they stand for.
    """
    shape.check(body)
