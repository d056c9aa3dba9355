"""From OpenAI's chat request to Cohere's."""

from __future__ import annotations

from typing import Any

from gateway.errors import InvalidRequest
from gateway.providers.carrying import (
    function_of,
    functions_called,
    image_address,
    inline_data,
    most_tokens,
    one_text,
    parts,
    placed,
    plain,
    refusal_of,
    refuse_others,
    refused,
    stops,
)

_SAME = {
    "temperature": "temperature",
    "top_p": "p",
    "seed": "seed",
    "presence_penalty": "presence_penalty",
    "frequency_penalty": "frequency_penalty",
}
CARRIED = frozenset(
    {
        *_SAME, "max_tokens", "max_completion_tokens", "stop", "tools", "tool_choice",
        "response_format",
    }
)  # fmt: skip
"""Parameters that Cohere's API has a counterpart for."""

_CHOICES = {"none": "NONE", "required": "REQUIRED"}


def translate(body: dict[str, Any]) -> dict[str, Any]:
    """Cohere's request that means the same as the chat request `body`, without the model.

    Raises:
        InvalidRequest: a parameter or content part has no counterpart; `param` names it.
    """
    refuse_others(body, CARRIED)
    _check_bounds(body)
    request: dict[str, Any] = {
        "messages": [_message(message, where) for where, message in placed(body["messages"])]
    }
    request |= {theirs: body[name] for name, theirs in _SAME.items() if body.get(name) is not None}
    if most_tokens(body):
        request["max_tokens"] = most_tokens(body)
    if stops(body):
        request["stop_sequences"] = stops(body)
    if body.get("tools"):
        request["tools"] = [_tool(tool, f"tools.{at}") for at, tool in enumerate(body["tools"])]
        choice = body.get("tool_choice")
        if isinstance(choice, dict):
            # It can be made to call some tool, but not a certain one.
            raise refused("tool_choice")
        if choice not in (None, "auto"):
            request["tool_choice"] = _choice(choice)
    return request | _format(body.get("response_format"))


def _check_bounds(body: dict[str, Any]) -> None:
    """Penalties below zero reward repeating; here they start at zero."""
    for name in ("presence_penalty", "frequency_penalty"):
        value = body.get(name)
        if isinstance(value, (int, float)) and not 0 <= value <= 1:
            raise InvalidRequest("This model takes penalties from 0 to 1.", param=name)


def _choice(choice: Any) -> str:
    if not isinstance(choice, str) or choice not in _CHOICES:
        raise InvalidRequest("tool_choice is not one this model takes.", param="tool_choice")
    return _CHOICES[choice]


def _tool(tool: dict[str, Any], where: str) -> dict[str, Any]:
    function = function_of(tool, where)
    if function.get("strict"):
        # There it is a switch for all tools at once, and still an experiment.
        raise refused(f"{where}.function.strict")
    declared = {
        "name": function.get("name"),
        "parameters": function.get("parameters") or {"type": "object", "properties": {}},
    }
    if function.get("description"):
        declared["description"] = function["description"]
    return {"type": "function", "function": declared}


def _format(wanted: Any) -> dict[str, Any]:
    kind = wanted.get("type") if isinstance(wanted, dict) else wanted
    if kind in (None, "text"):
        return {}
    form: dict[str, Any] = {"type": "json_object"}
    if kind == "json_object":
        return {"response_format": form}
    if kind != "json_schema" or not isinstance(wanted.get("json_schema"), dict):
        raise refused("response_format.type")
    if wanted["json_schema"].get("schema"):
        form["json_schema"] = wanted["json_schema"]["schema"]
    return {"response_format": form}


def _message(message: dict[str, Any], where: str) -> dict[str, Any]:
    role = "system" if message["role"] == "developer" else message["role"]
    if role == "user":
        return {"role": role, "content": _content(message, where)}
    made: dict[str, Any] = {"role": role}
    text = plain(message.get("content"), where) + refusal_of(message, where)
    if role == "tool":
        return {"role": role, "tool_call_id": message.get("tool_call_id"), "content": text}
    calls = functions_called(message, where)
    if text or not calls:
        made["content"] = text
    if calls:
        made["tool_calls"] = calls
    return made


def _content(message: dict[str, Any], where: str) -> Any:
    made: list[dict[str, Any]] = []
    for place, kind, part in parts(message.get("content"), where):
        if kind == "text":
            made.append({"type": "text", **part})
            continue
        image = {"url": _address(part, place)}
        made.append({"type": "image_url", "image_url": image})
    return one_text(made)


def _address(part: dict[str, Any], place: str) -> str:
    where = f"{place}.image_url"
    url = image_address(part.get("image_url"), where)
    if not url.startswith("https://") and inline_data(url) is None:
        raise InvalidRequest(
            "This model takes images as https addresses, or as base64 data of JPEG, PNG, GIF or "
            "WebP.",
            param=f"{where}.url",
        )
    return url
