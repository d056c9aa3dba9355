"""From OpenAI's chat request to Anthropic's Messages request.

What cannot be carried with its meaning is refused by name rather than dropped:
a caller who set a seed and got none would not know.
"""

from __future__ import annotations

from typing import Any

import orjson

from gateway.errors import InvalidRequest
from gateway.providers.anthropic_content import blocks

DEFAULT_MAX_TOKENS = 4_096
"""OpenAI's shape leaves the bound open; Messages asks for one."""

_INSTRUCTIONS = frozenset({"system", "developer"})
_NEUTRAL: dict[str, tuple[Any, ...]] = {
    "n": (1,),
    "logprobs": (False,),
    "top_logprobs": (0,),
    "presence_penalty": (0, 0.0),
    "frequency_penalty": (0, 0.0),
    "logit_bias": ({},),
    "store": (False,),
    "response_format": ({"type": "text"},),
    "service_tier": ("auto", "default"),
    "modalities": (["text"],),
}
"""Parameters that Messages lacks, with the values that ask for nothing."""

_TRANSLATED = frozenset(
    {
        "model", "messages", "stream", "stream_options", "max_tokens", "max_completion_tokens",
        "stop", "temperature", "top_p", "tools", "tool_choice", "parallel_tool_calls",
    }
)  # fmt: skip
_KEPT_BACK = frozenset({"user", "metadata", "safety_identifier", "prompt_cache_key"})
"""Who is asking is not the provider's business; nothing is lost by leaving it out."""

_MESSAGE_PARTS = frozenset(
    {"role", "content", "tool_calls", "tool_call_id", "name", "refusal", "reasoning_content"}
)
"""What a message may hold. A participant's name is kept back like `_KEPT_BACK`. Thoughts of
earlier turns come back unsigned, and Messages takes only what it signed, so they stay here."""


def translate(body: dict[str, Any], upstream: str) -> dict[str, Any]:
    """The Messages request that means the same as the chat request `body`.

    Raises:
        InvalidRequest: a parameter or content part has no counterpart; `param` names it.
    """
    _refuse_untranslatable(body)
    system, messages = _messages(body["messages"])
    request: dict[str, Any] = {
        "model": upstream,
        "max_tokens": body.get("max_completion_tokens")
        or body.get("max_tokens")
        or DEFAULT_MAX_TOKENS,
        "messages": messages,
    }
    if system:
        request["system"] = system
    if body.get("stream"):
        request["stream"] = True
    for name in ("temperature", "top_p"):
        if body.get(name) is not None:
            request[name] = body[name]
    stop = body.get("stop")
    if stop:
        request["stop_sequences"] = [stop] if isinstance(stop, str) else stop
    if body.get("tools"):
        request["tools"] = [_tool(tool, f"tools.{at}") for at, tool in enumerate(body["tools"])]
    choice = _tool_choice(body)
    if choice is not None:
        request["tool_choice"] = choice
    return request


def _refuse_untranslatable(body: dict[str, Any]) -> None:
    for name, value in body.items():
        if name in _TRANSLATED or name in _KEPT_BACK or value is None:
            continue
        if name in _NEUTRAL and value in _NEUTRAL[name]:
            continue
        raise _refused(name)
    temperature = body.get("temperature")
    if isinstance(temperature, (int, float)) and temperature > 1:
        raise InvalidRequest("This model takes a temperature from 0 to 1.", param="temperature")
    options = body.get("stream_options")
    if options is not None and not isinstance(options, dict):
        raise InvalidRequest("stream_options must be an object.", param="stream_options")


def _refused(param: str) -> InvalidRequest:
    # The name is the caller's text when the parameter is unknown, so only its place is said.
    known = param.replace(".", "").isidentifier()
    return InvalidRequest(
        "This model's provider has no counterpart for the parameter named in param.",
        param=param if known else None,
    )


def _messages(given: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The system blocks and the turns. Instructions count for the whole conversation there."""
    system: list[dict[str, Any]] = []
    messages: list[dict[str, Any]] = []
    for at, message in enumerate(given):
        where = f"messages.{at}"
        for name, value in message.items():
            if name not in _MESSAGE_PARTS and value:
                raise _refused(f"{where}.{name}")
        if message["role"] in _INSTRUCTIONS:
            system += blocks(message.get("content"), where)
            continue
        role = "assistant" if message["role"] == "assistant" else "user"
        said = _said(message, where)
        # Messages wants turns to alternate: tool results and what follows are one turn.
        if messages and messages[-1]["role"] == role:
            messages[-1]["content"] += said
        elif said:
            messages.append({"role": role, "content": said})
    return system, messages


def _said(message: dict[str, Any], where: str) -> list[dict[str, Any]]:
    content = blocks(message.get("content"), where)
    if message["role"] == "tool":
        identifier = message.get("tool_call_id")
        return [{"type": "tool_result", "tool_use_id": identifier, "content": content}]
    if message["role"] == "function":
        raise _refused(f"{where}.role")
    if message.get("refusal"):
        content += blocks([{"type": "refusal", "refusal": message["refusal"]}], where)
    calls = enumerate(message.get("tool_calls") or ())
    return [*content, *(_tool_use(call, f"{where}.tool_calls.{at}") for at, call in calls)]


def _tool_use(call: dict[str, Any], where: str) -> dict[str, Any]:
    function = _function(call, where)
    try:
        given = orjson.loads(function.get("arguments") or "{}")
    except (orjson.JSONDecodeError, TypeError):
        given = None
    if not isinstance(given, dict):
        raise InvalidRequest(
            "Tool arguments must be a JSON object.", param=f"{where}.function.arguments"
        )
    return {"type": "tool_use", "id": call.get("id"), "name": function.get("name"), "input": given}


def _tool(tool: dict[str, Any], where: str) -> dict[str, Any]:
    function = _function(tool, where)
    translated = {
        "name": function.get("name"),
        "input_schema": function.get("parameters") or {"type": "object", "properties": {}},
    }
    if function.get("description"):
        translated["description"] = function["description"]
    if function.get("strict"):
        translated["strict"] = True
    return translated


def _function(holder: dict[str, Any], where: str) -> dict[str, Any]:
    """The function of a tool or of a call.

    Raises:
        InvalidRequest: it is a tool of another kind.
    """
    function = holder.get("function")
    if holder.get("type", "function") != "function" or not isinstance(function, dict):
        raise InvalidRequest("This model takes tools of type function.", param=f"{where}.type")
    return function


def _tool_choice(body: dict[str, Any]) -> dict[str, Any] | None:
    choice = body.get("tool_choice")
    if isinstance(choice, dict):
        translated = {"type": "tool", "name": _function(choice, "tool_choice").get("name")}
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
