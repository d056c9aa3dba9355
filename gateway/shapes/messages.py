"""Anthropic's Messages: ``POST /v1/messages``, and counting the tokens of one.

The request keeps its form: ``system`` stays the list it is, every block stays where it stands
with its ``cache_control``, and thoughts, which are signed, leave as they came.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gateway.content.answer import places
from gateway.content.walk import Turn, source_of
from gateway.core.exchange import Kind, Usage
from gateway.errors import InvalidRequest, ProviderGarbage
from gateway.shapes.chat import check_model, check_objects
from gateway.shapes.counted import counted
from gateway.shapes.messages_events import MessagesEvents
from gateway.shapes.messages_parts import COUNTS, block_places
from gateway.shapes.messages_translation import MessagesTranslation
from gateway.shapes.provider_ids import check_messages
from gateway.shapes.shape import Defaults, Key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.content.answer import Place
    from gateway.shapes.shape import Translation

_ROLES = frozenset({"assistant", "system", "user"})
_TEXT = "text"
_THOUGHTS = frozenset({"redacted_thinking", "thinking"})
_RESULTS = frozenset({"mcp_tool_result", "tool_result"})
_TOOLS = frozenset(
    {
        "bash", "code_execution", "computer", "custom", "mcp_toolset", "memory", "text_editor",
        "tool_search_tool_bm25", "tool_search_tool_regex", "web_fetch", "web_search",
    }
)  # fmt: skip
"""Kinds of tools that policy is told of, without the day of their version."""

_DATED = re.compile(r"_20[0-9]{6}$")
_SAID_FIRST = ("tools", "system")
"""What a provider's cache has before the conversation, in its order; so it is read before it."""


class Messages(Defaults):
    """The shape ``messages``; `gateway.shapes.shape.Shape`."""

    name = "messages"
    kind = Kind.CHAT
    translation: Translation | None = MessagesTranslation()

    def visible(self, key: Key) -> bool:
        """See `gateway.shapes.shape.Shape`."""
        return key.path == _TEXT

    def check(self, body: dict[str, Any]) -> None:
        """See `gateway.shapes.shape.Shape`."""
        check_model(body)
        listed = body.get("messages")
        if not isinstance(listed, list) or not listed:
            raise InvalidRequest("messages must be a non-empty list.", param="messages")
        for at, message in enumerate(listed):
            where = f"messages.{at}"
            if not isinstance(message, dict):
                raise InvalidRequest(f"{where} must be an object.", param=where)
            if message.get("role") not in _ROLES:
                raise InvalidRequest(
                    f"{where}.role must be user or assistant.", param=f"{where}.role"
                )
            _check_content(message.get("content"), f"{where}.content")
        if body.get("system") is not None:
            _check_content(body["system"], "system")
        check_objects(body.get("tools"), "tools")
        for at, tool in enumerate(body.get("tools") or ()):
            _check_tool(tool, f"tools.{at}.type")
        check_objects(body.get("mcp_servers"), "mcp_servers")
        check_messages(body)

    def turns(self, body: dict[str, Any]) -> list[Turn]:
        """See `gateway.shapes.shape.Shape`: tools and instructions, then block by block."""
        found = [
            Turn((name,), body[name], "system" if name == "system" else None)
            for name in _SAID_FIRST
            if name in body
        ]
        listed = body.get("messages")
        for at, message in enumerate(listed if isinstance(listed, list) else ()):
            found += _turns_of(message, at)
        return found

    def label_possible(self, body: dict[str, Any]) -> bool:
        """See `gateway.shapes.shape.Shape`: not under JSON for a program."""
        config = body.get("output_config")
        return not body.get("output_format") and not (
            isinstance(config, dict) and config.get("format")
        )

    def path(self, model: str, *, stream: bool) -> str:  # noqa: ARG002 - one address for all
        """See `gateway.shapes.shape.Shape`."""
        return "/v1/messages"

    def ends(self, event: dict[str, Any]) -> bool:
        """See `gateway.shapes.shape.Shape`."""
        return event.get("type") == "message_stop"

    def checked(self, answer: dict[str, Any]) -> None:
        """See `gateway.shapes.shape.Shape`."""
        blocks = answer.get("content")
        if not isinstance(blocks, list):
            raise ProviderGarbage
        for block in blocks:
            if not isinstance(block, dict):
                raise ProviderGarbage

    def spoken(self, answer: dict[str, Any]) -> Iterable[tuple[Key, Place]]:
        """See `gateway.shapes.shape.Shape`."""
        return [
            (Key(at, place.path), place)
            for at, block in enumerate(answer["content"])
            for place in block_places(block)
        ]

    def labelled(self, answer: dict[str, Any]) -> Iterable[tuple[Key, Place]]:
        """See `gateway.shapes.shape.Shape`: the last text of all, once."""
        texts = [item for item in self.spoken(answer) if self.visible(item[0]) and item[1].text]
        return texts[-1:]

    def renamed(self, answer: dict[str, Any], alias: str) -> None:
        """See `gateway.shapes.shape.Shape`."""
        answer["model"] = alias

    def usage(self, answer: dict[str, Any]) -> Usage:
        """See `gateway.shapes.shape.Shape`."""
        return counted(answer.get("usage"), COUNTS)

    def events(self, alias: str) -> MessagesEvents:
        """See `gateway.shapes.shape.Shape`."""
        return MessagesEvents(alias)


class CountTokens(Messages):
    """The shape ``count_tokens``: a message of which only the size is asked for.

    The provider reads it all the same, so it is judged and protected like one.
    """

    name = "count_tokens"
    translation: Translation | None = None

    def label_possible(self, body: dict[str, Any]) -> bool:  # noqa: ARG002 - it holds a number
        """See `gateway.shapes.shape.Shape`: there is no text to stand under."""
        return False

    def path(self, model: str, *, stream: bool) -> str:
        """See `gateway.shapes.shape.Shape`."""
        return f"{super().path(model, stream=stream)}/count_tokens"

    def checked(self, answer: dict[str, Any]) -> None:
        """See `gateway.shapes.shape.Shape`."""
        count = answer.get("input_tokens")
        if not isinstance(count, int) or isinstance(count, bool) or count < 0:
            raise ProviderGarbage

    def spoken(self, answer: dict[str, Any]) -> Iterable[tuple[Key, Place]]:
        """See `gateway.shapes.shape.Shape`: what strings there are, nobody asked for."""
        return [(Key(0, place.path), place._replace(structural=True)) for place in places(answer)]

    def renamed(self, answer: dict[str, Any], alias: str) -> None:
        """See `gateway.shapes.shape.Shape`: it names no model."""

    def usage(self, answer: dict[str, Any]) -> Usage:  # noqa: ARG002 - counting costs none
        """See `gateway.shapes.shape.Shape`: nothing was generated."""
        return Usage()


def _check_tool(tool: dict[str, Any], where: str) -> None:
    kind = tool.get("type", "custom")
    if not isinstance(kind, str) or _DATED.sub("", kind) not in _TOOLS:
        # One that asks another model, say, which nobody has judged.
        raise InvalidRequest(f"{where} is no tool that this gateway can account for.", param=where)


def _check_content(content: Any, where: str) -> None:
    if not isinstance(content, (str, list)):
        raise InvalidRequest(f"{where} must be text or a list of blocks.", param=where)
    if isinstance(content, list) and not all(isinstance(block, dict) for block in content):
        raise InvalidRequest(f"{where} must hold objects.", param=where)


def _turns_of(message: Any, at: int) -> list[Turn]:
    """The parts of one message, in order: results of tools and thoughts are told apart."""
    found = []
    said = source_of(message)
    for key, value in message.items() if isinstance(message, dict) else ():
        path = ("messages", at, key)
        if key != "content":
            found.append(Turn(path, value, None))
        elif isinstance(value, list):
            for place, block in enumerate(value):
                kind = block.get("type") if isinstance(block, dict) else None
                source = "tool" if kind in _RESULTS else said
                found.append(Turn((*path, place), block, source, signed=kind in _THOUGHTS))
        else:
            found.append(Turn(path, value, said))
    return found
