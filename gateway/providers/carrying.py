"""What every translation of a chat request shares: what cannot be carried is refused by name.

A parameter that was dropped in silence would be believed to hold: a caller who set
a seed and got none would not know.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import orjson

from gateway.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Iterator

INSTRUCTIONS = frozenset({"system", "developer"})
"""Roles whose words count for the whole conversation."""

FRAME = frozenset({"model", "messages", "stream", "stream_options"})
"""What every wire carries in its own way."""

KEPT_BACK = frozenset({"user", "metadata", "safety_identifier", "prompt_cache_key"})
"""Who is asking is not the provider's business; nothing is lost by leaving it out."""

NEUTRAL: dict[str, tuple[Any, ...]] = {
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
    "parallel_tool_calls": (True,),
}
"""Values that ask for nothing, so that they may be left out where there is no counterpart."""

MESSAGE_PARTS = frozenset(
    {"role", "content", "tool_calls", "tool_call_id", "name", "refusal", "reasoning_content"}
)
"""What a message may hold. A participant's name is kept back like `KEPT_BACK`. Thoughts of
earlier turns come back unsigned, and providers take only what they signed, so they stay here."""

_PART = frozenset({"type", "text", "refusal", "image_url", "cache_control"})
"""What a part may hold. Where nothing can be marked for the cache it only costs more."""

_DATA_URL = re.compile(r"data:(image/(?:jpeg|png|gif|webp));base64,")
_FULL_DETAIL = (None, "auto", "high")
"""What images are looked at with anyway; ``low`` is a wish that could not be kept."""


def refuse_others(body: dict[str, Any], carried: frozenset[str]) -> None:
    """See that nothing would be lost.

    Raises:
        InvalidRequest: a parameter is not in `carried` and asks for something; `param` names it.
    """
    for name, value in body.items():
        if name in carried or name in FRAME or name in KEPT_BACK or value is None:
            continue
        if name in NEUTRAL and value in NEUTRAL[name]:
            continue
        raise refused(name)
    options = body.get("stream_options")
    if options is not None and not isinstance(options, dict):
        raise InvalidRequest("stream_options must be an object.", param="stream_options")


def refused(param: str) -> InvalidRequest:
    """The refusal of `param`."""
    # The name is the caller's text when the parameter is unknown, so only its place is said.
    known = param.replace(".", "").isidentifier()
    return InvalidRequest(
        "This model's provider has no counterpart for the parameter named in param.",
        param=param if known else None,
    )


def placed(messages: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each message with its place.

    Raises:
        InvalidRequest: it holds what no translation knows, or is of a role that is gone.
    """
    for at, message in enumerate(messages):
        where = f"messages.{at}"
        for name, value in message.items():
            if name not in MESSAGE_PARTS and value:
                raise refused(f"{where}.{name}")
        if message["role"] == "function":
            raise refused(f"{where}.role")
        yield where, message


def parts(content: Any, where: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The parts of a message's content as place, kind and part; empty texts are left out.

    Kinds are ``text`` (refusals too) and ``image``.

    Raises:
        InvalidRequest: a part is of another kind; `param` names it, below `where`.
    """
    if isinstance(content, str):
        content = [{"type": "text", "text": content}]
    for at, part in enumerate(content or ()):
        place = f"{where}.content.{at}"
        for name, value in part.items():
            if name not in _PART and value:
                raise refused(f"{place}.{name}")
        kind = part.get("type")
        if kind in ("text", "refusal"):
            text = part.get(kind)
            if text is not None and not isinstance(text, str):
                raise InvalidRequest(f"{place}.{kind} must be text.", param=f"{place}.{kind}")
            if text:
                yield place, "text", {"text": text}
        elif kind == "image_url":
            yield place, "image", part
        else:
            raise InvalidRequest(f"{place} is of a type this model does not take.", param=place)


def plain(content: Any, where: str) -> str:
    """The text of a content that may hold nothing else.

    Raises:
        InvalidRequest: it holds something else.
    """
    said = []
    for place, kind, part in parts(content, where):
        if kind != "text":
            raise refused(f"{place}.type")
        said.append(part["text"])
    return "".join(said)


def refusal_of(message: dict[str, Any], where: str) -> str:
    """What the assistant said when it refused, earlier in the conversation.

    Raises:
        InvalidRequest: it is no text.
    """
    said = message.get("refusal")
    if said is not None and not isinstance(said, str):
        raise InvalidRequest(f"{where}.refusal must be text.", param=f"{where}.refusal")
    return said or ""


def image_address(image: Any, where: str) -> str:
    """Where an image is, or the data URL it is.

    Raises:
        InvalidRequest: there is none, or it is to be looked at otherwise than in full.
    """
    if not isinstance(image, dict) or not isinstance(image.get("url"), str):
        raise InvalidRequest(f"{where} must hold an address.", param=where)
    if image.get("detail") not in _FULL_DETAIL:
        raise InvalidRequest("This model looks at images in full.", param=f"{where}.detail")
    return str(image["url"])


def inline_data(url: str) -> tuple[str, str] | None:
    """The media type and the base64 data of a data URL of an image; None: it is none."""
    data = _DATA_URL.match(url)
    return (data[1], url[data.end() :]) if data else None


def inline_image(part: dict[str, Any], place: str) -> tuple[str, str]:
    """The media type and base64 data of an image part, for a wire that fetches nothing.

    Raises:
        InvalidRequest: it is an address, or data of another kind.
    """
    where = f"{place}.image_url"
    data = inline_data(image_address(part.get("image_url"), where))
    if data is None:
        raise InvalidRequest(
            "This model takes images as base64 data of JPEG, PNG, GIF or WebP.",
            param=f"{where}.url",
        )
    return data


def function_of(holder: dict[str, Any], where: str) -> dict[str, Any]:
    """The function of a tool or of a call.

    Raises:
        InvalidRequest: it is a tool of another kind.
    """
    function = holder.get("function")
    if holder.get("type", "function") != "function" or not isinstance(function, dict):
        raise InvalidRequest("This model takes tools of type function.", param=f"{where}.type")
    return function


def arguments_of(function: dict[str, Any], where: str) -> dict[str, Any]:
    """The arguments of a call, as the object that they are text of.

    Raises:
        InvalidRequest: they are none.
    """
    try:
        given = orjson.loads(function.get("arguments") or "{}")
    except (orjson.JSONDecodeError, TypeError):
        given = None
    if not isinstance(given, dict):
        raise InvalidRequest(
            "Tool arguments must be a JSON object.", param=f"{where}.function.arguments"
        )
    return given


def calls_of(message: dict[str, Any], where: str) -> Iterator[tuple[str, dict[str, Any], Any]]:
    """The calls of tools in a message, as place, function and id."""
    for at, call in enumerate(message.get("tool_calls") or ()):
        place = f"{where}.tool_calls.{at}"
        yield place, function_of(call, place), call.get("id")


def functions_called(message: dict[str, Any], where: str) -> list[dict[str, Any]]:
    """The calls of tools in a message, in OpenAI's form, which others have taken over."""
    return [
        {
            "id": id_,
            "type": "function",
            "function": {
                "name": function.get("name"),
                "arguments": function.get("arguments") or "{}",
            },
        }
        for _, function, id_ in calls_of(message, where)
    ]


def add_turn(
    turns: list[dict[str, Any]], role: str, said: list[Any], field: str = "content"
) -> None:
    """Add what was said to the last turn when that is of this role, else as a turn of its own.

    Some APIs want turns to alternate: there, tool results and what follows them are one turn.
    """
    if turns and turns[-1]["role"] == role:
        turns[-1][field] += said
    elif said:
        turns.append({"role": role, field: said})


def one_text(made: list[dict[str, Any]]) -> Any:
    """Parts of a content as they are, or as one text where all of them are texts."""
    if all(part["type"] == "text" for part in made):
        return "".join(part["text"] for part in made)
    return made


def stops(body: dict[str, Any]) -> list[str]:
    """The sequences that end an answer."""
    stop = body.get("stop")
    if not stop:
        return []
    return [stop] if isinstance(stop, str) else stop


def most_tokens(body: dict[str, Any]) -> Any:
    """The longest answer that is wanted, in tokens; None when that was left open."""
    return body.get("max_completion_tokens") or body.get("max_tokens")
