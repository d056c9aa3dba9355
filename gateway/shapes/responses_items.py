"""The items of a Responses request as the messages of a chat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.errors import InvalidRequest
from gateway.shapes.untranslatable import check_known, refused

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROLES = frozenset({"assistant", "developer", "system", "user"})
_FRAME = frozenset({"type", "id", "status"})
"""What an item holds beside what it says; the provider that made it gave it these."""

_NOTHING: dict[str, tuple[Any, ...]] = {"annotations": ([],), "logprobs": ([],)}
_THOUGHT = "reasoning"
"""Items with the model's earlier thoughts: sealed for whoever made them, so they stay here."""


def messages(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The conversation that the instructions and the input of `body` are.

    What the model said and called one after the other is one message, as a chat wants it: there,
    the results of tools stand right after the message that calls them.

    Raises:
        InvalidRequest: an item or part has no counterpart; `param` names it.
    """
    said: list[dict[str, Any]] = []
    if body.get("instructions"):
        said.append({"role": "system", "content": body["instructions"]})
    given = body["input"]
    if isinstance(given, str):
        return [*said, {"role": "user", "content": given}]
    for at, item in enumerate(given):
        for message in _messages_of(item, f"input.{at}"):
            last = said[-1] if said else {}
            if message["role"] == "assistant" == last.get("role"):
                said[-1] = _joined(last, message)
            else:
                said.append(message)
    return said


def _messages_of(item: dict[str, Any], where: str) -> Iterator[dict[str, Any]]:
    kind = item.get("type", "message")
    if kind == "message":
        yield _message(item, where)
    elif kind == "function_call":
        yield {"role": "assistant", "content": None, "tool_calls": [_call(item, where)]}
    elif kind == "function_call_output":
        check_known(item, _FRAME | {"call_id", "output"}, {}, where)
        output = _content(item.get("output"), f"{where}.output", only_text=True)
        yield {"role": "tool", "tool_call_id": text_of(item, "call_id", where), "content": output}
    elif kind != _THOUGHT:
        raise refused(f"{where}.type")


def _message(item: dict[str, Any], where: str) -> dict[str, Any]:
    check_known(item, _FRAME | {"role", "content"}, {}, where)
    role = text_of(item, "role", where)
    if role not in _ROLES:
        raise InvalidRequest(f"{where}.role is not one of the API's.", param=f"{where}.role")
    content = _content(item.get("content"), f"{where}.content", only_text=role != "user")
    return {"role": role, "content": content}


def _call(item: dict[str, Any], where: str) -> dict[str, Any]:
    check_known(item, _FRAME | {"call_id", "name", "arguments"}, {}, where)
    function = {name: text_of(item, name, where) for name in ("name", "arguments")}
    return {"id": text_of(item, "call_id", where), "type": "function", "function": function}


def _joined(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Two messages of the model as one."""
    parts = [*_as_parts(first["content"]), *_as_parts(second["content"])]
    calls = [*first.get("tool_calls", ()), *second.get("tool_calls", ())]
    one = {"role": "assistant", "content": parts or None}
    return {**one, "tool_calls": calls} if calls else one


def _as_parts(content: Any) -> list[dict[str, Any]]:
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return content or []


def _content(content: Any, where: str, *, only_text: bool) -> str | list[dict[str, Any]]:
    """Text, or the parts of a chat's message."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list) or not all(isinstance(part, dict) for part in content):
        raise InvalidRequest(f"{where} must be text or a list of parts.", param=where)
    parts = [_part(part, f"{where}.{at}") for at, part in enumerate(content)]
    for at, part in enumerate(parts):
        if only_text and part["type"] != "text":
            raise refused(f"{where}.{at}.type")
    return parts


def _part(part: dict[str, Any], where: str) -> dict[str, Any]:
    kind = part.get("type")
    if kind in ("input_text", "output_text"):
        check_known(part, frozenset({"type", "text"}), _NOTHING, where)
        return {"type": "text", "text": text_of(part, "text", where)}
    if kind == "refusal":
        check_known(part, frozenset({"type", "refusal"}), {}, where)
        return {"type": "text", "text": text_of(part, "refusal", where)}
    if kind == "input_image":
        return _image(part, where)
    if kind == "input_file":
        check_known(part, frozenset({"type", "filename", "file_data"}), {}, where)
        file = {name: text_of(part, name, where) for name in ("filename", "file_data")}
        return {"type": "file", "file": file}
    raise refused(f"{where}.type")


def _image(part: dict[str, Any], where: str) -> dict[str, Any]:
    known = frozenset({"type", "image_url", "detail"})
    check_known(part, known, {}, where)
    image = {"url": text_of(part, "image_url", where)}
    if part.get("detail") not in (None, "auto"):
        image["detail"] = part["detail"]
    return {"type": "image_url", "image_url": image}


def text_of(node: dict[str, Any], key: str, where: str) -> str:
    """The text under `key` of `node`, which stands at `where`.

    Raises:
        InvalidRequest: there is none.
    """
    value = node.get(key)
    if not isinstance(value, str):
        raise InvalidRequest(f"{where}.{key} must be text.", param=f"{where}.{key}")
    return value
