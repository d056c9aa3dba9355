"""Names of what a provider keeps, in places other than files: refused where nobody knows whose.

One account at a provider serves every tenant of this gateway, so an id of that account may be
anybody's. The places are those that the vendors' published API documents name: OpenAI's chat,
Responses and speech, and Anthropic's Messages with its betas. Files are told apart in
`gateway.web.api.inlined`, for all APIs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEEPS = "names what the provider keeps, and whose it is cannot be told here."
_TEXT = frozenset({"text"})
_CONTENT: Mapping[str, tuple[str, str]] = {
    "image_generation_call": ("result", "Send the item with its result, or leave it out."),
    "reasoning": (
        "encrypted_content",
        "Ask with include reasoning.encrypted_content and send the item as it came, or not at all.",
    ),
}
"""Items that stand for what the provider has stored when they come without their own content."""


def check_voice(voice: Any, where: str) -> None:
    """Return if `voice` is absent or one that everybody has.

    Raises:
        InvalidRequest: it is one that was made of somebody's.
    """
    if isinstance(voice, dict) or (isinstance(voice, str) and voice.startswith("voice_")):
        raise refused(where, "Use one of the model's own voices, by its name.")


def check_chat(body: dict[str, Any]) -> None:
    """Return if a chat names nothing that a provider keeps, and asks for no sound.

    Raises:
        InvalidRequest: it does; `param` names where.
    """
    wanted = body.get("modalities")
    if body.get("audio") is not None or (
        isinstance(wanted, list) and set(map(str, wanted)) - _TEXT
    ):
        # It would leave without its mark.
        raise InvalidRequest(
            "Pictures and sound are generated under /v1/images and /v1/audio.", param="modalities"
        )
    for at, message in enumerate(body["messages"]):
        if message.get("audio") is not None:
            raise refused(f"messages.{at}.audio", "Send the words of its transcript as content.")


def check_messages(body: dict[str, Any]) -> None:
    """Return if a request of Anthropic's Messages names nothing that a provider keeps.

    Raises:
        InvalidRequest: it does; `param` names where.
    """
    container = body.get("container")
    if isinstance(container, dict):
        if container.get("id") is not None:
            raise refused("container.id", "Leave it out: a new container is made.")
        skills = container.get("skills")
        for at, skill in enumerate(skills if isinstance(skills, list) else ()):
            if not isinstance(skill, dict) or skill.get("type") != "anthropic":
                raise refused(f"container.skills.{at}", "Use Anthropic's own skills.")
    elif container is not None:
        raise refused("container", "Leave it out: a new container is made.")
    diagnostics = body.get("diagnostics")
    if isinstance(diagnostics, dict) and diagnostics.get("previous_message_id") is not None:
        raise refused("diagnostics.previous_message_id", "Leave it out.")
    if body.get("user_profile_id") is not None:
        raise refused("user_profile_id", "Leave it out.")


def check_item(item: dict[str, Any], where: str) -> None:
    """Return if an item of a Responses request says what it stands for.

    Raises:
        InvalidRequest: it stands for what the provider has; `param` names where.
    """
    kind = item.get("type")
    if kind == "item_reference" or (kind is None and "role" not in item):
        raise refused(where, "Send the item itself.")
    name, instead = _CONTENT.get(kind, ("", "")) if isinstance(kind, str) else ("", "")
    if name and item.get("id") and not item.get(name) and not item.get("content"):
        raise refused(where, instead)
    if item.get("container_id") is not None:
        raise refused(
            f"{where}.container_id",
            "Leave the item out, and send what came of it as the text of a message.",
        )
    environment = item.get("environment")
    if isinstance(environment, dict) and environment.keys() - {"type"}:
        raise refused(f"{where}.environment", "Leave it out.")


def refused(where: str, instead: str) -> InvalidRequest:
    """The error for the name at `where`; `instead` says what to do."""
    return InvalidRequest(f"{where} {_KEEPS} {instead}", param=where)
