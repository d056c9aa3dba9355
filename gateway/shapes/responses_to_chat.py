"""From a Responses request to a chat that means the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.shapes.responses_items import messages
from gateway.shapes.untranslatable import check_known, refused

if TYPE_CHECKING:
    from collections.abc import Mapping

_KNOWN = frozenset(
    {
        "model", "input", "instructions", "stream", "tools", "tool_choice", "parallel_tool_calls",
        "text", "reasoning", "max_output_tokens", "temperature", "top_p", "user",
    }
)  # fmt: skip
_NEUTRAL: Mapping[str, tuple[Any, ...]] = {
    "background": (False,),
    # Sealed thoughts come where a model has some; a chat gives none, and nothing is asked of it.
    "include": ([], ["reasoning.encrypted_content"]),
    "service_tier": ("auto", "default"),
    # Padding against those who watch the line between the provider and this gateway.
    "stream_options": (
        {},
        {"include_obfuscation": False},
        {"include_obfuscation": True},
    ),
    "top_logprobs": (0,),
    "truncation": ("disabled",),
}
_KEPT_BACK = frozenset(
    {"client_metadata", "metadata", "prompt_cache_key", "safety_identifier", "store"}
)
"""What is for whoever keeps answers, and who is asking. A chat is not kept, and the caller's own
words are repeated to the caller by this gateway, so nothing is lost by leaving it out."""

_SAME = ("temperature", "top_p", "user")
_CHOICES = frozenset({"auto", "none", "required"})


def chat(body: dict[str, Any]) -> dict[str, Any]:
    """The chat request that means the same as the Responses request `body`.

    Raises:
        InvalidRequest: a parameter, item or part has no counterpart; `param` names it.
    """
    check_known(body, _KNOWN | _KEPT_BACK, _NEUTRAL)
    request: dict[str, Any] = {"model": body["model"], "messages": messages(body)}
    request |= {name: body[name] for name in _SAME if body.get(name) is not None}
    if body.get("max_output_tokens") is not None:
        request["max_completion_tokens"] = body["max_output_tokens"]
    request |= _text(body.get("text")) | _reasoning(body.get("reasoning"))
    if body.get("tools"):
        request["tools"] = [_tool(tool, f"tools.{at}") for at, tool in enumerate(body["tools"])]
        request |= _tool_choice(body.get("tool_choice"))
        if body.get("parallel_tool_calls") is not None:
            request["parallel_tool_calls"] = body["parallel_tool_calls"]
    return request


def _text(text: Any) -> dict[str, Any]:
    """The form of the answer, and how wordy it is to be."""
    if text is None:
        return {}
    if not isinstance(text, dict):
        raise refused("text")
    check_known(text, frozenset({"format", "verbosity"}), {}, "text")
    wordy = text.get("verbosity")
    said = {} if wordy in (None, "medium") else {"verbosity": wordy}
    return said | _format(text.get("format") or {})


def _format(form: Any) -> dict[str, Any]:
    kind = form.get("type", "text") if isinstance(form, dict) else None
    if kind == "text":
        return {}
    if kind == "json_object":
        return {"response_format": {"type": kind}}
    if kind != "json_schema":
        raise refused("text.format.type")
    known = frozenset({"type", "name", "schema", "strict", "description"})
    check_known(form, known, {}, "text.format")
    schema = {name: form[name] for name in sorted(known - {"type"}) if form.get(name) is not None}
    return {"response_format": {"type": kind, kind: schema}}


def _reasoning(reasoning: Any) -> dict[str, Any]:
    if reasoning is None:
        return {}
    if not isinstance(reasoning, dict):
        raise refused("reasoning")
    # ``auto`` is a wish for what there is, and what there is comes without one.
    neutral = {"summary": ("auto",), "generate_summary": ("auto",)}
    check_known(reasoning, frozenset({"effort"}), neutral, "reasoning")
    effort = reasoning.get("effort")
    return {} if effort is None else {"reasoning_effort": effort}


def _tool(tool: dict[str, Any], where: str) -> dict[str, Any]:
    if tool.get("type") != "function":
        raise refused(f"{where}.type")
    known = frozenset({"type", "name", "description", "parameters", "strict"})
    check_known(tool, known, {"defer_loading": (False,)}, where)
    function = {"name": tool.get("name")}
    function |= {key: tool[key] for key in ("description", "parameters") if tool.get(key)}
    # Not strict is what a chat takes a function for that says nothing.
    return {
        "type": "function",
        "function": function | ({"strict": True} if tool.get("strict") else {}),
    }


def _tool_choice(choice: Any) -> dict[str, Any]:
    if choice is None:
        return {}
    if isinstance(choice, dict) and choice.get("type") == "function":
        named = {"type": "function", "function": {"name": choice.get("name")}}
        return {"tool_choice": named}
    if isinstance(choice, str) and choice in _CHOICES:
        return {"tool_choice": choice}
    raise refused("tool_choice")
