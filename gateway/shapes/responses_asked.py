"""What a Responses request may ask for here, and what is refused by name.

What the provider keeps for later is addressed by an id of its account, which all tenants share.
Where this gateway does not know whose such an id is, it is not passed on. Of answers it knows:
their names are its own (`gateway.pep.stored`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.errors import InvalidRequest
from gateway.shapes.chat import check_model, check_objects
from gateway.shapes.provider_ids import check_item

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEPT: Mapping[str, str] = {
    "conversation": "Send the whole conversation in input, or name an answer that was stored "
    "in previous_response_id.",
    "prompt": "Send the words of the template in instructions and input.",
}
"""Parameters that name or make what the provider keeps, and what to do instead."""

_CALLER_RUNS = frozenset({"apply_patch", "custom", "function", "local_shell"})
_PROVIDER_RUNS = frozenset(
    {
        "code_interpreter", "computer_use_preview", "image_generation", "mcp", "web_search",
        "web_search_2025_08_26", "web_search_preview", "web_search_preview_2025_03_11",
    }
)  # fmt: skip
_GROUPED = frozenset({"custom", "function"})
"""What a ``namespace`` may hold: tools that the caller runs, under a name of their own."""

_LOGPROBS = "message.output_text.logprobs"


def check(body: dict[str, Any]) -> None:
    """Return if `body` can be judged.

    Raises:
        InvalidRequest: it cannot; `param` names the field.
    """
    check_model(body)
    for name, instead in _KEPT.items():
        if body.get(name) not in (None, False):
            raise InvalidRequest(f"{name} is not offered by this gateway. {instead}", param=name)
    _check_state(body)
    _check_input(body.get("input"))
    if not isinstance(body.get("instructions"), (str, type(None))):
        raise InvalidRequest("instructions must be text.", param="instructions")
    check_objects(body.get("tools"), "tools")
    for at, tool in enumerate(body.get("tools") or ()):
        _check_tool(tool, f"tools.{at}", stream=bool(body.get("stream")))
    asked = body.get("include")
    if body.get("stream") and (
        body.get("top_logprobs") or (isinstance(asked, list) and _LOGPROBS in asked)
    ):
        # Token by token they repeat the text that is still being judged.
        raise InvalidRequest("logprobs cannot be inspected in a stream.", param="include")


def asked_to_store(body: dict[str, Any]) -> dict[str, Any]:
    """`body`, in which whoever goes on with a stored answer, or does not wait, asks to store.

    The provider takes a request to ask for that unless it says otherwise. Here it has to be said
    (GDPR Art. 25(2)), but for these two, which mean nothing without it.
    """
    goes_on = bool(body.get("background")) or body.get("previous_response_id") is not None
    return {**body, "store": True} if goes_on and body.get("store") is None else body


def _check_state(body: dict[str, Any]) -> None:
    for name in ("background", "store"):
        if not isinstance(body.get(name), (bool, type(None))):
            raise InvalidRequest(f"{name} must be true or false.", param=name)
    if not isinstance(body.get("previous_response_id"), (str, type(None))):
        raise InvalidRequest("It must be a name.", param="previous_response_id")
    if body.get("background") and not body.get("store"):
        raise InvalidRequest("What runs in the background has to be stored.", param="store")


def _check_input(given: Any) -> None:
    if isinstance(given, str) and given:
        return
    if not isinstance(given, list) or not given:
        raise InvalidRequest("input must be text or a non-empty list of items.", param="input")
    for at, item in enumerate(given):
        where = f"input.{at}"
        if not isinstance(item, dict):
            raise InvalidRequest(f"{where} must be an object.", param=where)
        check_item(item, where)
        if item.get("type") == "tool_search_output":
            # Tools that are found later are tools that policy has to be told of.
            _check_grouped(item.get("tools"), f"{where}.tools")


def _check_tool(tool: dict[str, Any], where: str, *, stream: bool) -> None:
    kind = tool.get("type")
    if kind == "namespace":
        _check_grouped(tool.get("tools"), f"{where}.tools")
        return
    known = isinstance(kind, str) and (kind in _CALLER_RUNS or kind in _PROVIDER_RUNS)
    if not known:
        raise InvalidRequest(
            f"{where}.type is no tool that this gateway can account for.", param=f"{where}.type"
        )
    container, mask = tool.get("container"), tool.get("input_image_mask")
    if isinstance(container, str) or (isinstance(container, dict) and container.get("file_ids")):
        raise InvalidRequest(
            f"{where}.container names what the provider keeps. Ask for one of type auto, empty.",
            param=f"{where}.container",
        )
    if isinstance(mask, dict) and mask.get("file_id"):
        raise InvalidRequest(
            f"{where}.input_image_mask names what the provider keeps. Send its image_url.",
            param=f"{where}.input_image_mask",
        )
    if kind == "image_generation" and stream:
        raise InvalidRequest("Pictures are inspected whole: ask without stream.", param="stream")


def _check_grouped(given: Any, where: str) -> None:
    check_objects(given, where)
    for at, tool in enumerate(given or ()):
        if tool.get("type") not in _GROUPED:
            raise InvalidRequest(
                f"{where}.{at}.type is no tool that a namespace may hold.",
                param=f"{where}.{at}.type",
            )
