"""Reaching every string of a chat request, and putting other strings in their places.

Messages come first, in order, so that what is found in message *i* depends only
on the messages up to *i*: pseudonyms of earlier turns then stay byte for byte
the same when a client resends the conversation. Everything else follows:
tools, `user`, metadata, unknown keys, and the keys themselves (promise P5).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from gateway.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Path = tuple[str | int, ...]
_PEOPLE = frozenset({"user", "assistant", "tool", "function"})
"""Roles whose words are the caller's own side of the conversation."""

_UNREADABLE = {"image_url": "image", "input_audio": "audio", "file": "file"}
"""Content parts, by type, that hold what no detector reads."""

_BYTES = ("url", "data", "file_data")
"""Where such a part keeps its bytes. An address (``https:``) is text, and is read."""


@dataclass(frozen=True, slots=True)
class TextField:
    """One string of a request."""

    path: Path
    text: str
    own: bool
    """Whether it is the caller's side of the conversation, rather than an instruction or tool."""

    key: bool = False
    """Whether the string is the key at `path`, not a value."""

    inside: Path | None = None
    """Where it stands inside the JSON document that the string at `path` is; None if it is not."""


@dataclass(frozen=True, slots=True)
class Walk:
    """Every string of a request, and what could not be read."""

    fields: tuple[TextField, ...]
    unscanned: Mapping[str, int]


def walk(body: dict[str, Any], limit: int = 20_000) -> Walk:
    """Every string of `body`.

    Raises:
        InvalidRequest: there are more than `limit`.
    """
    unscanned: dict[str, int] = {}
    fields: list[TextField] = []
    for field in _request(body, unscanned):
        fields.append(field)
        if len(fields) > limit:
            raise InvalidRequest(f"The request has more than {limit} text fields.")
    return Walk(tuple(fields), unscanned)


def _request(body: dict[str, Any], unscanned: dict[str, int]) -> Iterator[TextField]:
    messages = body.get("messages")
    if isinstance(messages, list):
        for at, message in enumerate(messages):
            own = isinstance(message, dict) and message.get("role") in _PEOPLE
            yield from _strings(message, ("messages", at), unscanned, own=own)
    for key, value in body.items():
        if key == "messages" and isinstance(value, list):
            continue
        yield TextField((key,), key, own=False, key=True)
        yield from _strings(value, (key,), unscanned, own=False)


def _strings(node: Any, path: Path, unscanned: dict[str, int], *, own: bool) -> Iterator[TextField]:
    if isinstance(node, str):
        yield from _string(node, path, own=own)
    elif isinstance(node, list):
        for at, item in enumerate(node):
            yield from _strings(item, (*path, at), unscanned, own=own)
    elif isinstance(node, dict):
        hidden = _unreadable(node, unscanned)
        for key, value in node.items():
            yield TextField((*path, key), key, own=own, key=True)
            if (key, value) != hidden:
                yield from _strings(value, (*path, key), unscanned, own=own)


def _unreadable(node: dict[str, Any], unscanned: dict[str, int]) -> tuple[str, Any] | None:
    """The entry of a content part that holds bytes no detector reads: counted, not searched."""
    kind = _UNREADABLE.get(node.get("type", "")) if isinstance(node.get("type"), str) else None
    if kind is not None:
        unscanned[kind] = unscanned.get(kind, 0) + 1
    for key in _BYTES:
        value = node.get(key)
        if isinstance(value, str) and (key != "url" or value.startswith("data:")):
            return key, value
    return None


def _string(text: str, path: Path, *, own: bool) -> Iterator[TextField]:
    """A string; or, for tool arguments with escapes in them, the strings of the JSON they are.

    An escaped line break or letter would hide a value, or lend it a letter.
    """
    if path[-1] == "arguments" and "\\" in text:
        try:
            document = orjson.loads(text)
        except orjson.JSONDecodeError:
            document = None
        if isinstance(document, (dict, list)):
            for field in _strings(document, (), {}, own=own):
                yield TextField(path, field.text, own, field.key, field.path)
            return
    yield TextField(path, text, own)


def rewritten(body: dict[str, Any], changes: list[tuple[TextField, str]]) -> dict[str, Any]:
    """A copy of `body` with these fields changed; what is not touched is shared, not copied."""
    if not changes:
        return body
    document: dict[str, Any] = dict(body)
    owned: dict[Path, Any] = {(): document}
    embedded: dict[Path, list[tuple[TextField, str]]] = {}
    keys = []
    for field, text in changes:
        if field.inside is not None:
            embedded.setdefault(field.path, []).append((field, text))
        elif field.key:
            keys.append((field, text))
        else:
            _own(owned, field.path[:-1])[field.path[-1]] = text
    for path, inner in embedded.items():
        holder = _own(owned, path[:-1])
        holder[path[-1]] = _embedded(holder[path[-1]], inner)
    # Keys last, deepest first: a renamed key must not move the path of another change.
    for field, text in sorted(keys, key=lambda item: -len(item[0].path)):
        holder = _own(owned, field.path[:-1])
        items = [(text if key == field.path[-1] else key, value) for key, value in holder.items()]
        holder.clear()
        holder.update(items)
    return document


def _own(owned: dict[Path, Any], path: Path) -> Any:
    """The container at `path`, copied once so that the original stays as it was."""
    known = owned.get(path)
    if known is None:
        parent = _own(owned, path[:-1])
        known = parent[path[-1]]
        known = dict(known) if isinstance(known, dict) else list(known)
        parent[path[-1]] = owned[path] = known
    return known


def _embedded(text: str, changes: list[tuple[TextField, str]]) -> str:
    """JSON text with strings inside it changed."""
    inner = [
        (TextField(field.inside or (), field.text, field.own, field.key), new)
        for field, new in changes
    ]
    return orjson.dumps(rewritten({"": orjson.loads(text)}, _below(inner))[""]).decode()


def _below(changes: list[tuple[TextField, str]]) -> list[tuple[TextField, str]]:
    return [
        (TextField(("", *field.path), field.text, field.own, field.key), new)
        for field, new in changes
    ]
