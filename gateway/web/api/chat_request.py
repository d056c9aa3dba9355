"""What a chat request must look like to be judged at all. Deeper checks are the provider's."""

from __future__ import annotations

from typing import Any

from gateway.core.content import DataClass
from gateway.errors import InvalidRequest

_ROLES = frozenset({"system", "developer", "user", "assistant", "tool", "function"})


def check(body: dict[str, Any]) -> None:
    """Return if `body` has the shape of a chat request.

    Raises:
        InvalidRequest: it has not; `param` names the field.
    """
    model = body.get("model")
    if not isinstance(model, str) or not model:
        raise InvalidRequest("model must be a non-empty string.", param="model")
    if not isinstance(body.get("stream", False), bool):
        raise InvalidRequest("stream must be true or false.", param="stream")
    count = body.get("n")
    if count is not None and (not isinstance(count, int) or isinstance(count, bool) or count < 1):
        raise InvalidRequest("n must be a positive whole number.", param="n")
    if body.get("stream") and body.get("logprobs"):
        # Token by token they repeat the text that is still being judged.
        raise InvalidRequest("logprobs cannot be inspected in a stream.", param="logprobs")
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise InvalidRequest("messages must be a non-empty list.", param="messages")
    for at, message in enumerate(messages):
        _check_message(message, f"messages.{at}")
    tools = body.get("tools")
    if tools is not None and (
        not isinstance(tools, list) or not all(isinstance(item, dict) for item in tools)
    ):
        raise InvalidRequest("tools must be a list of objects.", param="tools")


def _check_message(message: Any, where: str) -> None:
    if not isinstance(message, dict):
        raise InvalidRequest(f"{where} must be an object.", param=where)
    role = message.get("role")
    if not isinstance(role, str) or role not in _ROLES:
        raise InvalidRequest(
            f"{where}.role must be one of {', '.join(sorted(_ROLES))}.", param=f"{where}.role"
        )
    content = message.get("content")
    if content is not None and not isinstance(content, (str, list)):
        raise InvalidRequest(
            f"{where}.content must be text or a list of parts.", param=f"{where}.content"
        )
    if isinstance(content, list) and not all(isinstance(part, dict) for part in content):
        raise InvalidRequest(f"{where}.content must hold objects.", param=f"{where}.content")
    calls = message.get("tool_calls")
    if calls is not None and (
        not isinstance(calls, list) or not all(isinstance(call, dict) for call in calls)
    ):
        raise InvalidRequest(
            f"{where}.tool_calls must be a list of objects.", param=f"{where}.tool_calls"
        )


def declared_class(header: str | None) -> DataClass | None:
    """The data class a caller declares in ``x-proviso-data-class``. It can only raise the class.

    Raises:
        InvalidRequest: there is no such class.
    """
    if header is None:
        return None
    try:
        return DataClass.parse(header.strip())
    except KeyError:
        known = ", ".join(item.label for item in DataClass)
        raise InvalidRequest(
            f"x-proviso-data-class must be one of {known}.", param="x-proviso-data-class"
        ) from None


_LONGEST_PURPOSE = 64


def purpose(header: str | None) -> str:
    """The purpose a caller names in ``x-proviso-purpose``; empty for the tenant's default.

    Raises:
        InvalidRequest: it cannot be the code of a purpose.
    """
    code = (header or "").strip()
    if len(code) > _LONGEST_PURPOSE or not all(sign.isalnum() or sign in "._-" for sign in code):
        raise InvalidRequest(
            "x-proviso-purpose must be a purpose's code.", param="x-proviso-purpose"
        )
    return code
