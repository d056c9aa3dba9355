"""From OpenAI's chat request to Anthropic's Messages request.

What cannot be carried with its meaning is refused by name rather than dropped:
a caller who set a seed and got none would not know.
"""

from __future__ import annotations

from typing import Any

import orjson

from gateway.errors import InvalidRequest

DEFAULT_MAX_TOKENS = 4_096
_INSTRUCTIONS = frozenset({"system", "developer"})
_NEUTRAL: dict[str, tuple[Any, ...]] = {
    "n": (1,),
    "logprobs": (False,),
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
    if body.get("stop") is not None:
        stop = body["stop"]
        request["stop_sequences"] = [stop] if isinstance(stop, str) else stop
    if body.get("tools"):
        request["tools"] = [_tool(tool, at) for at, tool in enumerate(body["tools"])]
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


def _refused(param: str) -> InvalidRequest:
    # The name is the caller's text when the parameter is unknown, so only its place is said.
    return InvalidRequest(
        "This model's provider has no counterpart for the parameter named in param.",
        param=param if param.isidentifier() else None,
    )


def _messages(given: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    system: list[dict[str, Any]] = []
    messages: list[dict[str, Any]] = []
    for at, message in enumerate(given):
        where = f"messages.{at}"
        if message["role"] in _INSTRUCTIONS:
            system += _blocks(message.get("content"), where)
            continue
        role = "assistant" if message["role"] == "assistant" else "user"
        blocks = _message_blocks(message, where)
        # Messages wants turns to alternate: tool results and what follows are one turn.
        if messages and messages[-1]["role"] == role:
            messages[-1]["content"] += blocks
        elif blocks:
            messages.append({"role": role, "content": blocks})
    return system, messages


def _message_blocks(message: dict[str, Any], where: str) -> list[dict[str, Any]]:
    if message["role"] == "tool":
        return [
            {
                "type": "tool_result",
                "tool_use_id": message.get("tool_call_id"),
                "content": _blocks(message.get("content"), where),
            }
        ]
    if message["role"] == "function":
        raise _refused(f"{where}.role")
    calls = [
        _tool_use(call, f"{where}.tool_calls.{at}")
        for at, call in enumerate(message.get("tool_calls") or ())
    ]
    return [*_blocks(message.get("content"), where), *calls]


def _blocks(content: Any, where: str) -> list[dict[str, Any]]:
    if content is None or content == "":
        return []
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return [_block(part, f"{where}.content.{at}") for at, part in enumerate(content)]


def _block(part: dict[str, Any], where: str) -> dict[str, Any]:
    kind = part.get("type")
    if kind in ("text", "refusal"):
        return {"type": "text", "text": part.get("text") or part.get("refusal") or ""}
    image = part.get("image_url")
    if kind != "image_url" or not isinstance(image, dict) or not isinstance(image.get("url"), str):
        raise InvalidRequest(f"{where} is of a type this model does not take.", param=where)
    url = image["url"]
    if not url.startswith("data:"):
        return {"type": "image", "source": {"type": "url", "url": url}}
    media_type, _, data = url.removeprefix("data:").partition(";base64,")
    source = {"type": "base64", "media_type": media_type, "data": data}
    return {"type": "image", "source": source}


def _tool(tool: dict[str, Any], at: int) -> dict[str, Any]:
    function = tool.get("function")
    if tool.get("type") != "function" or not isinstance(function, dict):
        raise InvalidRequest("This model takes tools of type function.", param=f"tools.{at}.type")
    translated = {
        "name": function.get("name"),
        "input_schema": function.get("parameters") or {"type": "object", "properties": {}},
    }
    if function.get("description"):
        translated["description"] = function["description"]
    return translated


def _tool_use(call: dict[str, Any], where: str) -> dict[str, Any]:
    function = call.get("function") or {}
    try:
        given = orjson.loads(function.get("arguments") or "{}")
    except orjson.JSONDecodeError:
        raise InvalidRequest("Tool arguments must be JSON.", param=where) from None
    return {
        "type": "tool_use",
        "id": call.get("id"),
        "name": function.get("name"),
        "input": given,
    }


def _tool_choice(body: dict[str, Any]) -> dict[str, Any] | None:
    choice = body.get("tool_choice")
    if isinstance(choice, dict):
        translated = {"type": "tool", "name": (choice.get("function") or {}).get("name")}
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
