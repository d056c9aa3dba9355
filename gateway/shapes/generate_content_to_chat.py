"""From a ``generateContent`` request to a chat that means the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import orjson

from gateway.errors import InvalidRequest
from gateway.shapes.untranslatable import check_known, refused

if TYPE_CHECKING:
    from collections.abc import Mapping

_KNOWN = frozenset({"contents", "generationConfig", "systemInstruction", "toolConfig", "tools"})
_KEPT_BACK = frozenset({"labels"})
"""What a bill is sorted by is no business of a provider that sends none."""

_SIMPLE = {
    "frequencyPenalty": "frequency_penalty",
    "maxOutputTokens": "max_completion_tokens",
    "presencePenalty": "presence_penalty",
    "seed": "seed",
    "stopSequences": "stop",
    "temperature": "temperature",
    "topP": "top_p",
}
_CONFIG_NEUTRAL: Mapping[str, tuple[Any, ...]] = {
    "candidateCount": (1,),
    "responseMimeType": ("", "text/plain"),
    "responseModalities": ([], ["TEXT"], ["Text"]),
    "thinkingConfig": ({}, {"includeThoughts": True}, {"includeThoughts": False}),
}
_JSON = "application/json"
_SNAKE = re.compile(r"_([a-z])")
_AUDIO = {"audio/mp3": "mp3", "audio/mpeg": "mp3", "audio/wav": "wav", "audio/x-wav": "wav"}
_MODES = {"AUTO": "auto", "ANY": "required", "NONE": "none"}
_OFF = frozenset({"BLOCK_NONE", "OFF"})


def chat(body: dict[str, Any]) -> dict[str, Any]:
    """The chat request that means the same as `body`; whose model and stream its path said.

    Raises:
        InvalidRequest: a parameter or part has no counterpart; `param` names it.
    """
    given = _camel(body)
    settings = given.pop("safetySettings", None) or []
    if not all(isinstance(item, dict) and item.get("threshold") in _OFF for item in settings):
        raise refused("safetySettings")
    check_known(given, _KNOWN | _KEPT_BACK, {})
    request: dict[str, Any] = {"model": "", "messages": _Conversation().messages(given)}
    request |= _config(_camel(given.get("generationConfig") or {}))
    tools = [tool for at, item in enumerate(given.get("tools") or ()) for tool in _tools(item, at)]
    if tools:
        request["tools"] = tools
        request |= _tool_choice(_camel(given.get("toolConfig") or {}))
    return request


class _Conversation:
    """Contents as messages. Calls without an id get one, and their results find it by name."""

    def __init__(self) -> None:
        self._open: list[tuple[str, str]] = []
        self._calls = 0

    def messages(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        messages = []
        system = body.get("systemInstruction")
        if system:
            parts = _said_parts(system["parts"], "systemInstruction.parts")
            messages.append({"role": "system", "content": parts})
        for at, content in enumerate(body["contents"]):
            where = f"contents.{at}"
            check_known(content, frozenset({"parts", "role"}), {}, where)
            said = self._model if content.get("role") == "model" else self._caller
            messages += said([_camel(part) for part in content["parts"]], f"{where}.parts")
        return messages

    def _caller(self, parts: list[dict[str, Any]], where: str) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = []
        for at, part in enumerate(parts):
            if "functionResponse" in part:
                messages.append(self._result(part["functionResponse"], f"{where}.{at}"))
                continue
            said = _said_parts([part], where, at)
            if messages and messages[-1]["role"] == "user":
                messages[-1]["content"] += said
            else:
                messages.append({"role": "user", "content": said})
        return messages

    def _model(self, parts: list[dict[str, Any]], where: str) -> list[dict[str, Any]]:
        """What the model said. Its earlier thoughts mean nothing to another one: they stay."""
        texts: list[dict[str, Any]] = []
        calls = []
        for at, part in enumerate(parts):
            if "functionCall" in part:
                calls.append(self._call(part["functionCall"], f"{where}.{at}"))
            elif not part.get("thought"):
                texts += _said_parts([part], where, at)
        said: dict[str, Any] = {"role": "assistant", "content": texts or None}
        return [{**said, "tool_calls": calls} if calls else said]

    def _call(self, call: Any, where: str) -> dict[str, Any]:
        name = _text(call, "name", f"{where}.functionCall")
        self._calls += 1
        identifier = str(call.get("id") or f"call_{self._calls}")
        self._open.append((name, identifier))
        function = {"name": name, "arguments": orjson.dumps(call.get("args") or {}).decode()}
        return {"id": identifier, "type": "function", "function": function}

    def _result(self, result: Any, where: str) -> dict[str, Any]:
        name = _text(result, "name", f"{where}.functionResponse")
        check_known(result, frozenset({"id", "name", "response"}), {}, f"{where}.functionResponse")
        said = result.get("id")
        found = next(
            (item for item in self._open if said in (None, "", item[1]) and item[0] == name), None
        )
        if found is not None:
            self._open.remove(found)
        identifier = str(said or (found[1] if found else name))
        answer = orjson.dumps(result.get("response") or {}).decode()
        return {"role": "tool", "tool_call_id": identifier, "content": answer}


def _said_parts(parts: Any, where: str, first: int = 0) -> list[dict[str, Any]]:
    return [_part(_camel(part), f"{where}.{at}") for at, part in enumerate(parts, first)]


def _part(part: dict[str, Any], where: str) -> dict[str, Any]:
    check_known(
        part, frozenset({"inlineData", "text", "thoughtSignature"}), {"thought": (False,)}, where
    )
    if "inlineData" not in part:
        return {"type": "text", "text": _text(part, "text", where)}
    inline = _camel(part["inlineData"] if isinstance(part["inlineData"], dict) else {})
    below = f"{where}.inlineData"
    media, data = _text(inline, "mimeType", below), _text(inline, "data", below)
    if media.startswith("image/"):
        return {"type": "image_url", "image_url": {"url": f"data:{media};base64,{data}"}}
    if media in _AUDIO:
        return {"type": "input_audio", "input_audio": {"data": data, "format": _AUDIO[media]}}
    if media == "application/pdf":
        file = {"filename": "document.pdf", "file_data": f"data:{media};base64,{data}"}
        return {"type": "file", "file": file}
    raise refused(f"{below}.mimeType")


def _config(config: dict[str, Any]) -> dict[str, Any]:
    as_json = config.get("responseMimeType") == _JSON
    known = frozenset({*_SIMPLE, *(["responseMimeType"] if as_json else [])})
    check_known(config, known, _CONFIG_NEUTRAL, "generationConfig")
    said = {name: config[key] for key, name in _SIMPLE.items() if config.get(key) is not None}
    return {**said, "response_format": {"type": "json_object"}} if as_json else said


def _tools(tool: dict[str, Any], at: int) -> list[dict[str, Any]]:
    given, where = _camel(tool), f"tools.{at}"
    check_known(given, frozenset({"functionDeclarations"}), {}, where)
    declared = given.get("functionDeclarations") or []
    if not isinstance(declared, list) or not all(isinstance(item, dict) for item in declared):
        raise InvalidRequest(f"{where}.functionDeclarations must be a list of objects.")
    return [_function(_camel(item), f"{where}.functionDeclarations") for item in declared]


def _function(declared: dict[str, Any], where: str) -> dict[str, Any]:
    known = frozenset({"name", "description", "parameters", "parametersJsonSchema"})
    check_known(declared, known, {"behavior": ("BLOCKING",)}, where)
    schema = declared.get("parametersJsonSchema") or _schema(declared.get("parameters"))
    function = {"name": declared.get("name"), "parameters": schema or {"type": "object"}}
    if declared.get("description"):
        function["description"] = declared["description"]
    return {"type": "function", "function": function}


def _schema(node: Any) -> Any:
    """A schema with its types in JSON Schema's letters; Gemini writes ``STRING``."""
    if isinstance(node, list):
        return [_schema(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: value.lower() if key == "type" and isinstance(value, str) else _schema(value)
        for key, value in node.items()
    }


def _tool_choice(config: dict[str, Any]) -> dict[str, Any]:
    check_known(config, frozenset({"functionCallingConfig"}), {}, "toolConfig")
    calling = _camel(config.get("functionCallingConfig") or {})
    check_known(calling, frozenset({"mode", "allowedFunctionNames"}), {}, "toolConfig")
    mode, names = calling.get("mode") or "AUTO", calling.get("allowedFunctionNames") or []
    if names:
        if mode != "ANY" or len(names) != 1:
            raise refused("toolConfig.functionCallingConfig.allowedFunctionNames")
        return {"tool_choice": {"type": "function", "function": {"name": names[0]}}}
    if mode not in _MODES:
        raise refused("toolConfig.functionCallingConfig.mode")
    return {"tool_choice": _MODES[mode]}


def _camel(node: dict[str, Any]) -> dict[str, Any]:
    """A node with its own keys in one spelling; the API takes both."""
    return {_SNAKE.sub(lambda match: match[1].upper(), key): value for key, value in node.items()}


def _text(node: Any, key: str, where: str) -> str:
    value = node.get(key) if isinstance(node, dict) else None
    if not isinstance(value, str):
        raise InvalidRequest(f"{where}.{key} must be text.", param=f"{where}.{key}")
    return value
