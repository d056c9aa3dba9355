"""From OpenAI's chat request to Google's GenerateContentRequest (Gemini API and Vertex AI)."""

from __future__ import annotations

from typing import Any

import orjson

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

_NUMBERS = {
    "temperature": "temperature",
    "top_p": "topP",
    "n": "candidateCount",
    "seed": "seed",
    "presence_penalty": "presencePenalty",
    "frequency_penalty": "frequencyPenalty",
}
CARRIED = frozenset(
    {
        *_NUMBERS, "max_tokens", "max_completion_tokens", "stop", "tools", "tool_choice",
        "response_format",
    }
)  # fmt: skip
"""Parameters that Google's API has a counterpart for."""


def translate(body: dict[str, Any], *, ids: bool) -> dict[str, Any]:
    """The request that means the same as the chat request `body`.

    `ids`: whether calls of functions have ids there. On Vertex AI they are told apart by name
    and order alone.

    Raises:
        InvalidRequest: a parameter or content part has no counterpart; `param` names it.
    """
    refuse_others(body, CARRIED)
    system, contents = _contents(body["messages"], ids=ids)
    request: dict[str, Any] = {"contents": contents}
    if system:
        request["systemInstruction"] = {"parts": system}
    if body.get("tools"):
        declared = [_declared(tool, f"tools.{at}") for at, tool in enumerate(body["tools"])]
        request["tools"] = [{"functionDeclarations": declared}]
        choice = _choice(body.get("tool_choice"))
        if choice:
            request["toolConfig"] = {"functionCallingConfig": choice}
    config = _config(body)
    if config:
        request["generationConfig"] = config
    return request


def _config(body: dict[str, Any]) -> dict[str, Any]:
    config = {theirs: body[name] for name, theirs in _NUMBERS.items() if body.get(name) is not None}
    if most_tokens(body):
        config["maxOutputTokens"] = most_tokens(body)
    if stops(body):
        config["stopSequences"] = stops(body)
    return config | _format(body.get("response_format"))


def _format(wanted: Any) -> dict[str, Any]:
    kind = wanted.get("type") if isinstance(wanted, dict) else wanted
    if kind in (None, "text"):
        return {}
    if kind == "json_object":
        return {"responseMimeType": "application/json"}
    if kind != "json_schema" or not isinstance(wanted.get("json_schema"), dict):
        raise refused("response_format.type")
    schema = wanted["json_schema"].get("schema")
    form: dict[str, Any] = {"responseMimeType": "application/json"}
    return form | ({"responseJsonSchema": schema} if schema else {})


def _contents(
    given: list[dict[str, Any]], *, ids: bool
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The system's parts and the turns. Neighbours of one role are one turn."""
    system: list[dict[str, Any]] = []
    contents: list[dict[str, Any]] = []
    names: dict[Any, Any] = {}
    for where, message in placed(given):
        if message["role"] in INSTRUCTIONS:
            text = plain(message.get("content"), where)
            system += [{"text": text}] if text else []
            continue
        role = "model" if message["role"] == "assistant" else "user"
        if message["role"] == "tool":
            said = [_response(message, where, names, ids=ids)]
        else:
            said = [*_parts(message, where), *_calls(message, where, names, ids=ids)]
        add_turn(contents, role, said, "parts")
    return system, contents


def _parts(message: dict[str, Any], where: str) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for place, kind, part in parts(message.get("content"), where):
        if kind == "text":
            made.append(part)
            continue
        media_type, data = inline_image(part, place)
        made.append({"inlineData": {"mimeType": media_type, "data": data}})
    if refusal_of(message, where):
        made.append({"text": message["refusal"]})
    return made


def _calls(
    message: dict[str, Any], where: str, names: dict[Any, Any], *, ids: bool
) -> list[dict[str, Any]]:
    """The calls of a turn; `names` learns which id calls what."""
    made = []
    for at, (place, function, id_) in enumerate(calls_of(message, where)):
        names[_key(id_, place)] = function.get("name")
        call = {"name": function.get("name"), "args": arguments_of(function, place)}
        part: dict[str, Any] = {"functionCall": call | ({"id": id_} if ids and id_ else {})}
        signature = _signature(message["tool_calls"][at])
        if signature:
            part["thoughtSignature"] = signature
        made.append(part)
    return made


def _key(id_: Any, place: str) -> str:
    if id_ is not None and not isinstance(id_, str):
        raise InvalidRequest(f"{place}.id must be text.", param=f"{place}.id")
    return id_ or ""


def _signature(call: dict[str, Any]) -> Any:
    """What the model wants back with its call, where Google's own OpenAI form keeps it."""
    extra = call.get("extra_content")
    google = extra.get("google") if isinstance(extra, dict) else None
    return google.get("thought_signature") if isinstance(google, dict) else None


def _response(
    message: dict[str, Any], where: str, names: dict[Any, Any], *, ids: bool
) -> dict[str, Any]:
    id_ = _key(message.get("tool_call_id"), where)
    if id_ not in names:
        raise InvalidRequest(
            "The result of a tool must follow its call.", param=f"{where}.tool_call_id"
        )
    text = plain(message.get("content"), where)
    response = {"name": names[id_], "response": _result(text)}
    return {"functionResponse": response | ({"id": id_} if ids and id_ else {})}


def _result(text: str) -> dict[str, Any]:
    """An object, as the API wants it: the result when it is one, else an object around it."""
    try:
        result = orjson.loads(text)
    except orjson.JSONDecodeError:
        result = text
    return result if isinstance(result, dict) else {"result": result}


def _declared(tool: dict[str, Any], where: str) -> dict[str, Any]:
    function = function_of(tool, where)
    if function.get("strict"):
        raise refused(f"{where}.function.strict")
    declared = {"name": function.get("name")}
    if function.get("description"):
        declared["description"] = function["description"]
    if function.get("parameters"):
        declared["parametersJsonSchema"] = function["parameters"]
    return declared


def _choice(choice: Any) -> dict[str, Any] | None:
    if isinstance(choice, dict):
        name = function_of(choice, "tool_choice").get("name")
        return {"mode": "ANY", "allowedFunctionNames": [name]}
    if choice in (None, "auto"):
        return None
    if choice in ("none", "required"):
        return {"mode": "NONE" if choice == "none" else "ANY"}
    raise InvalidRequest("tool_choice is not one this model takes.", param="tool_choice")
