"""From a Messages request to a chat that means the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from gateway.errors import InvalidRequest
from gateway.shapes.untranslatable import check_known, refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_KNOWN = frozenset(
    {
        "model", "messages", "system", "max_tokens", "stream", "stop_sequences", "temperature",
        "top_p", "tools", "tool_choice",
    }
)  # fmt: skip
_NEUTRAL: Mapping[str, tuple[Any, ...]] = {
    "thinking": ({"type": "disabled"},),
    "service_tier": ("auto", "standard_only"),
    "mcp_servers": ([],),
    "output_config": ({},),
    "context_management": ({}, {"edits": []}),
}
_KEPT_BACK = frozenset({"metadata"})
"""Who is asking is not the provider's business; nothing is lost by leaving it out."""

_HINTS = frozenset({"cache_control", "type"})
"""What a block may hold beside its content. Chat providers cache by themselves."""

_THOUGHTS = frozenset({"redacted_thinking", "thinking"})
_SAMPLING = ("temperature", "top_p")
_CHOICES = {"auto": "auto", "any": "required", "none": "none"}


def chat(body: dict[str, Any]) -> dict[str, Any]:
    """The chat request that means the same as the Messages request `body`.

    Raises:
        InvalidRequest: a parameter or block has no counterpart; `param` names it.
    """
    check_known(body, _KNOWN | _KEPT_BACK, _NEUTRAL)
    request: dict[str, Any] = {"model": body["model"], "messages": _messages(body)}
    if body.get("max_tokens") is not None:
        request["max_completion_tokens"] = body["max_tokens"]
    request |= {name: body[name] for name in _SAMPLING if body.get(name) is not None}
    if body.get("stop_sequences"):
        request["stop"] = body["stop_sequences"]
    if body.get("tools"):
        request["tools"] = [_tool(tool, f"tools.{at}") for at, tool in enumerate(body["tools"])]
        request |= _tool_choice(body.get("tool_choice"))
    return request


def _messages(body: dict[str, Any]) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    system = body.get("system")
    if system:
        messages.append({"role": "system", "content": _content(system, "system")})
    for at, message in enumerate(body["messages"]):
        where = f"messages.{at}"
        check_known(message, frozenset({"role", "content"}), {}, where)
        said = _assistant if message["role"] == "assistant" else _spoken
        messages += said(message, where)
    if body["messages"][-1]["role"] == "assistant":
        # Messages goes on with an answer that was begun; a chat would answer it.
        raise refused(f"messages.{len(body['messages']) - 1}.role")
    return messages


def _spoken(message: dict[str, Any], where: str) -> Iterator[dict[str, Any]]:
    """What the caller said, and what tools gave back, in order."""
    content, role = message["content"], message["role"]
    if isinstance(content, str):
        yield {"role": role, "content": content}
        return
    parts: list[dict[str, Any]] = []
    for at, block in enumerate(content):
        place = f"{where}.content.{at}"
        if block.get("type") != "tool_result":
            parts += _parts(block, place)
            continue
        if parts:
            yield {"role": role, "content": parts}
            parts = []
        yield _tool_result(block, place)
    if parts:
        yield {"role": role, "content": parts}


def _assistant(message: dict[str, Any], where: str) -> Iterator[dict[str, Any]]:
    """What the model said. Its earlier thoughts are sealed for whoever signed them: they stay."""
    content = message["content"]
    if isinstance(content, str):
        yield {"role": "assistant", "content": content}
        return
    texts, calls = [], []
    for at, block in enumerate(content):
        kind, place = block.get("type"), f"{where}.content.{at}"
        if kind == "text":
            texts += _parts(block, place)
        elif kind == "tool_use":
            calls.append(_tool_call(block, place))
        elif kind not in _THOUGHTS:
            raise refused(f"{place}.type")
    said: dict[str, Any] = {"role": "assistant", "content": texts or None}
    yield {**said, "tool_calls": calls} if calls else said


def _content(content: Any, where: str) -> str | list[dict[str, Any]]:
    """Text, or text parts."""
    if isinstance(content, str):
        return content
    parts: list[dict[str, Any]] = []
    for at, block in enumerate(content):
        if block.get("type") != "text":
            raise refused(f"{where}.{at}.type")
        parts += _parts(block, f"{where}.{at}")
    return parts


def _parts(block: dict[str, Any], where: str) -> list[dict[str, Any]]:
    kind = block.get("type")
    if kind == "text":
        check_known(block, _HINTS | {"text"}, {"citations": ([],)}, where)
        return [{"type": "text", "text": _text(block, "text", where)}]
    if kind == "image":
        check_known(block, _HINTS | {"source"}, {}, where)
        return [{"type": "image_url", "image_url": {"url": _image(block, where)}}]
    if kind == "document":
        neutral = {"citations": ({"enabled": False},)}
        check_known(block, _HINTS | {"source", "title"}, neutral, where)
        return _document(block, where)
    raise refused(f"{where}.type")


def _image(block: dict[str, Any], where: str) -> str:
    source = _source(block, where)
    if source.get("type") == "url":
        return _text(source, "url", f"{where}.source")
    if source.get("type") == "base64":
        return _data_url(source, where)
    raise refused(f"{where}.source.type")


def _document(block: dict[str, Any], where: str) -> list[dict[str, Any]]:
    source, below = _source(block, where), f"{where}.source"
    kind, title = source.get("type"), block.get("title")
    named = title if isinstance(title, str) and title else ""
    if kind == "base64":
        file = {"filename": named or "document.pdf", "file_data": _data_url(source, where)}
        return [{"type": "file", "file": file}]
    head = [{"type": "text", "text": named}] if named else []
    if kind == "text":
        return [*head, {"type": "text", "text": _text(source, "data", below)}]
    if kind == "content":
        content = source.get("content")
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
        if isinstance(blocks, list) and all(isinstance(item, dict) for item in blocks):
            inner = [_parts(item, f"{below}.content.{at}") for at, item in enumerate(blocks)]
            return [*head, *(part for parts in inner for part in parts)]
    raise refused(f"{below}.type")


def _source(block: dict[str, Any], where: str) -> dict[str, Any]:
    source = block.get("source")
    if not isinstance(source, dict):
        raise InvalidRequest(f"{where}.source must be an object.", param=f"{where}.source")
    return source


def _data_url(source: dict[str, Any], where: str) -> str:
    below = f"{where}.source"
    return f"data:{_text(source, 'media_type', below)};base64,{_text(source, 'data', below)}"


def _text(node: dict[str, Any], key: str, where: str) -> str:
    value = node.get(key)
    if not isinstance(value, str):
        raise InvalidRequest(f"{where}.{key} must be text.", param=f"{where}.{key}")
    return value


def _tool_result(block: dict[str, Any], where: str) -> dict[str, Any]:
    known = _HINTS | {"tool_use_id", "content", "is_error"}
    check_known(block, known, {}, where)
    content = _content(block.get("content") or "", f"{where}.content")
    if block.get("is_error"):
        # A chat has no place to say so but the words themselves.
        content = (
            f"Error: {content}"
            if isinstance(content, str)
            else [{"type": "text", "text": "Error:"}, *content]
        )
    return {"role": "tool", "tool_call_id": block.get("tool_use_id"), "content": content}


def _tool_call(block: dict[str, Any], where: str) -> dict[str, Any]:
    given = block.get("input")
    if not isinstance(given, dict):
        raise InvalidRequest(f"{where}.input must be an object.", param=f"{where}.input")
    function = {"name": block.get("name"), "arguments": orjson.dumps(given).decode()}
    return {"id": block.get("id"), "type": "function", "function": function}


def _tool(tool: dict[str, Any], where: str) -> dict[str, Any]:
    if tool.get("type", "custom") not in (None, "custom"):
        raise refused(f"{where}.type")
    known = _HINTS | {"name", "description", "input_schema", "strict"}
    check_known(tool, known, {"eager_input_streaming": (False,)}, where)
    function = {"name": tool.get("name"), "parameters": tool.get("input_schema")}
    function |= {key: tool[key] for key in ("description", "strict") if tool.get(key) is not None}
    return {"type": "function", "function": function}


def _tool_choice(choice: Any) -> dict[str, Any]:
    if choice is None:
        return {}
    kind = choice.get("type") if isinstance(choice, dict) else None
    if kind == "tool":
        said: Any = {"type": "function", "function": {"name": choice.get("name")}}
    elif kind in _CHOICES:
        said = _CHOICES[kind]
    else:
        raise refused("tool_choice")
    one = {"parallel_tool_calls": False} if choice.get("disable_parallel_tool_use") else {}
    return {"tool_choice": said, **one}
