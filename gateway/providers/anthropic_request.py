"""From OpenAI's chat request to Anthropic's Messages request."""

from __future__ import annotations

from typing import Any

from gateway.errors import InvalidRequest
from gateway.providers.anthropic_content import blocks
from gateway.providers.carrying import (
    INSTRUCTIONS,
    add_turn,
    arguments_of,
    calls_of,
    function_of,
    most_tokens,
    placed,
    refuse_others,
    stops,
)

DEFAULT_MAX_TOKENS = 4_096
"""OpenAI's shape leaves the bound open; Messages asks for one."""

CARRIED = frozenset(
    {
        "max_tokens", "max_completion_tokens", "stop", "temperature", "top_p", "tools",
        "tool_choice", "parallel_tool_calls",
    }
)  # fmt: skip
"""Parameters that Messages has a counterpart for."""


def translate(body: dict[str, Any], upstream: str) -> dict[str, Any]:
    """The Messages request that means the same as the chat request `body`.

    Raises:
        InvalidRequest: a parameter or content part has no counterpart; `param` names it.
    """
    _refuse_untranslatable(body)
    system, messages = _messages(body["messages"])
    request: dict[str, Any] = {
        "model": upstream,
        "max_tokens": most_tokens(body) or DEFAULT_MAX_TOKENS,
        "messages": messages,
    }
    if system:
        request["system"] = system
    if body.get("stream"):
        request["stream"] = True
    for name in ("temperature", "top_p"):
        if body.get(name) is not None:
            request[name] = body[name]
    if stops(body):
        request["stop_sequences"] = stops(body)
    if body.get("tools"):
        request["tools"] = [_tool(tool, f"tools.{at}") for at, tool in enumerate(body["tools"])]
    choice = _tool_choice(body)
    if choice is not None:
        request["tool_choice"] = choice
    return request


def _refuse_untranslatable(body: dict[str, Any]) -> None:
    refuse_others(body, CARRIED)
    temperature = body.get("temperature")
    if isinstance(temperature, (int, float)) and temperature > 1:
        raise InvalidRequest("This model takes a temperature from 0 to 1.", param="temperature")


def _messages(given: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The system blocks and the turns. Instructions count for the whole conversation there."""
    system: list[dict[str, Any]] = []
    messages: list[dict[str, Any]] = []
    for where, message in placed(given):
        if message["role"] in INSTRUCTIONS:
            system += blocks(message.get("content"), where)
            continue
        role = "assistant" if message["role"] == "assistant" else "user"
        said = _said(message, where)
        add_turn(messages, role, said)
    return system, messages


def _said(message: dict[str, Any], where: str) -> list[dict[str, Any]]:
    content = blocks(message.get("content"), where)
    if message["role"] == "tool":
        identifier = message.get("tool_call_id")
        return [{"type": "tool_result", "tool_use_id": identifier, "content": content}]
    if message.get("refusal"):
        content += blocks([{"type": "refusal", "refusal": message["refusal"]}], where)
    uses = [
        {"type": "tool_use", "id": id_, "name": function.get("name"),
         "input": arguments_of(function, place)}
        for place, function, id_ in calls_of(message, where)
    ]  # fmt: skip
    return [*content, *uses]


def _tool(tool: dict[str, Any], where: str) -> dict[str, Any]:
    function = function_of(tool, where)
    translated = {
        "name": function.get("name"),
        "input_schema": function.get("parameters") or {"type": "object", "properties": {}},
    }
    if function.get("description"):
        translated["description"] = function["description"]
    if function.get("strict"):
        translated["strict"] = True
    return translated


def _tool_choice(body: dict[str, Any]) -> dict[str, Any] | None:
    choice = body.get("tool_choice")
    if isinstance(choice, dict):
        translated = {"type": "tool", "name": function_of(choice, "tool_choice").get("name")}
    elif choice in (None, "auto"):
        translated = {"type": "auto"}
    elif choice in ("none", "required"):
        translated = {"type": "none" if choice == "none" else "any"}
    else:
        raise InvalidRequest("tool_choice is not one this model takes.", param="tool_choice")
    if body.get("parallel_tool_calls") is False and translated["type"] != "none":
        translated["disable_parallel_tool_use"] = True
    plain = choice is None and "disable_parallel_tool_use" not in translated
    return None if plain or not body.get("tools") else translated
