"""From OpenAI's chat request to Amazon Bedrock's Converse request."""

from __future__ import annotations

from typing import Any

from gateway.errors import InvalidRequest
from gateway.providers.carrying import (
    INSTRUCTIONS,
    add_turn,
    arguments_of,
    calls_of,
    function_of,
    inline_image,
    most_tokens,
    parts,
    placed,
    plain,
    refusal_of,
    refuse_others,
    refused,
    stops,
)

CARRIED = frozenset(
    {
        "max_tokens", "max_completion_tokens", "stop", "temperature", "top_p", "tools",
        "tool_choice",
    }
)  # fmt: skip
"""Parameters that Converse has a counterpart for, whatever the model."""


def translate(body: dict[str, Any]) -> dict[str, Any]:
    """The Converse request that means the same as the chat request `body`.

    Raises:
        InvalidRequest: a parameter or content part has no counterpart; `param` names it.
    """
    refuse_others(body, CARRIED)
    system, messages = _messages(body["messages"])
    request: dict[str, Any] = {"messages": messages}
    if system:
        request["system"] = system
    config = {
        theirs: body[name]
        for name, theirs in (("temperature", "temperature"), ("top_p", "topP"))
        if body.get(name) is not None
    }
    if most_tokens(body):
        config["maxTokens"] = most_tokens(body)
    if stops(body):
        config["stopSequences"] = stops(body)
    if config:
        request["inferenceConfig"] = config
    if body.get("tools"):
        tools = [_tool(tool, f"tools.{at}") for at, tool in enumerate(body["tools"])]
        request["toolConfig"] = {"tools": tools} | _choice(body.get("tool_choice"))
    return request


def _messages(given: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The system's blocks and the turns. Converse wants turns to alternate."""
    system: list[dict[str, Any]] = []
    messages: list[dict[str, Any]] = []
    for where, message in placed(given):
        if message["role"] in INSTRUCTIONS:
            text = plain(message.get("content"), where)
            system += [{"text": text}] if text else []
            continue
        role = "assistant" if message["role"] == "assistant" else "user"
        said = _said(message, where)
        add_turn(messages, role, said)
    return system, messages


def _said(message: dict[str, Any], where: str) -> list[dict[str, Any]]:
    content: list[dict[str, Any]] = []
    for place, kind, part in parts(message.get("content"), where):
        if kind == "text":
            content.append(part)
            continue
        media_type, data = inline_image(part, place)
        form = media_type.removeprefix("image/")
        content.append({"image": {"format": form, "source": {"bytes": data}}})
    if message["role"] == "tool":
        result = {"toolUseId": message.get("tool_call_id"), "content": content}
        return [{"toolResult": result}]
    if refusal_of(message, where):
        content.append({"text": message["refusal"]})
    for place, function, id_ in calls_of(message, where):
        given = arguments_of(function, place)
        use = {"toolUseId": id_, "name": function.get("name"), "input": given}
        content.append({"toolUse": use})
    return content


def _tool(tool: dict[str, Any], where: str) -> dict[str, Any]:
    function = function_of(tool, where)
    if function.get("strict"):
        raise refused(f"{where}.function.strict")
    schema = function.get("parameters") or {"type": "object", "properties": {}}
    spec = {"name": function.get("name"), "inputSchema": {"json": schema}}
    if function.get("description"):
        spec["description"] = function["description"]
    return {"toolSpec": spec}


def _choice(choice: Any) -> dict[str, Any]:
    if isinstance(choice, dict):
        name = function_of(choice, "tool_choice").get("name")
        return {"toolChoice": {"tool": {"name": name}}}
    if choice in (None, "auto"):
        return {}
    if choice == "required":
        return {"toolChoice": {"any": {}}}
    if choice == "none":
        # Left without the tools, a conversation that has used them would be refused there.
        raise refused("tool_choice")
    raise InvalidRequest("tool_choice is not one this model takes.", param="tool_choice")
