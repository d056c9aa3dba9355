"""Reaching every string of a request, and putting other strings in their places.

The turns of the conversation come first, in order, so that what is found in turn *i*
depends only on the turns up to *i*: pseudonyms of earlier turns then stay byte for
byte the same when a client resends the conversation. Everything else follows: tools,
`user`, metadata, unknown keys, and the keys themselves (promise P5). Which parts of a
body are turns, and who speaks in them, is what the shape of its API says; whatever it
does not name is reached all the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import orjson

from gateway.content.attachments.attachment import PICTURED
from gateway.content.attachments.parts import (
    Attached,
    Path,
    attached,
    in_text,
    may_attach,
    uploaded,
)
from gateway.content.opaque import is_opaque
from gateway.core.media import Upload
from gateway.core.values import dataclass
from gateway.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gateway.content.attachments.reader import RequestReader
    from gateway.content.signals.fields import Source

_SOURCES: Mapping[str, Source] = {
    "assistant": "assistant",
    "developer": "system",
    "function": "tool",
    "model": "assistant",
    "system": "system",
    "tool": "tool",
    "user": "user",
}
"""Who speaks, by the role a message names."""

ROLES = frozenset(_SOURCES)
"""What is there in nearly every message: nothing is looked for in them."""

_OTHERS = frozenset({Upload, float, int})
_LONG = 10**8
"""From here on a number has the digits of somebody's: nothing is looked for in shorter ones."""

_PROTOCOL = frozenset({"role", "type"})
"""Keys whose strings nobody speaks."""


class Turn(NamedTuple):
    """One part of a conversation, whole: a message, or what stands for one."""

    path: Path
    node: Any
    source: Source | None
    """Who speaks; None when that cannot be told."""

    signed: bool = False
    """Whether it was signed as it stands by the model's maker, as thoughts are."""

    @property
    def own(self) -> bool:
        """Whether it is the caller's side of the conversation, rather than an instruction."""
        return self.source is not None and self.source != "system"


Turns: TypeAlias = Callable[[dict[str, Any]], "Iterator[Turn]"]
"""What finds the turns of a body, in order."""


def source_of(message: Any) -> Source | None:
    """Who speaks in a message that names its role."""
    role = message.get("role") if isinstance(message, dict) else None
    return _SOURCES.get(role) if isinstance(role, str) else None


def messages(body: dict[str, Any]) -> Iterator[Turn]:
    """The turns of a body whose conversation is a list of ``messages`` with roles."""
    listed = body.get("messages")
    for at, message in enumerate(listed if isinstance(listed, list) else ()):
        yield Turn(("messages", at), message, source_of(message))


class TextField(NamedTuple):
    """One string of a request."""

    path: Path
    text: str
    own: bool
    """Whether it is the caller's side of the conversation, rather than an instruction or tool."""

    key: bool = False
    """Whether the string is the key at `path`, not a value."""

    inside: Path | None = None
    """Where it stands inside the JSON document that the string at `path` is; None if it is not."""

    attached: bool = False
    """Whether it is the text of the attachment at `path`, which has no place in the request."""

    source: Source | None = None
    """Who says it; None for what nobody says, such as a key or a setting."""

    signed: bool = False
    """Whether it holds only as it stands: what looks like a placeholder in it is the gateway's."""


class Walk(NamedTuple):
    """Every string of a request, and its attachments."""

    fields: tuple[TextField, ...]
    attached: tuple[Attached, ...]


@dataclass(slots=True)
class _Reading:
    """What reads a request's attachments, and those that were read so far."""

    reader: RequestReader | None
    attached: list[Attached] = field(default_factory=list)
    data_path: Path = ()
    """Where the bytes of the one that was read last stand."""

    def read(self, node: dict[str, Any], path: Path, *, own: bool) -> Attached | None:
        """The attachment that `node` is, read and kept; None if it is none."""
        found = attached(node, path, self.reader, len(self.attached) + 1, own=own)
        if found is not None:
            self.attached.append(found)
            self.data_path = () if found.may_be_words else found.data_path
        return found

    def read_text(self, text: str, path: Path, *, own: bool) -> bool:
        """Whether the string `text` is a picture or a sound; read and kept, as other files are."""
        last = self.attached[-1] if self.attached else None
        if last is not None and path[: len(last.path)] == last.path and not last.reading.readable:
            return False  # it was told of already, as what holds it
        found = in_text(text, path, self.reader, len(self.attached) + 1, own=own)
        if found is None:
            return False
        self.attached.append(found)
        return found.reading.kind in PICTURED and not found.may_be_words

    def read_file(self, upload: Upload, path: Path, *, own: bool) -> Attached:
        """The file of a form, read and kept."""
        found = uploaded(upload, path, self.reader, len(self.attached) + 1, own=own)
        self.attached.append(found)
        return found


def walk(
    body: dict[str, Any],
    reader: RequestReader | None = None,
    limit: int = 20_000,
    turns: Turns = messages,
) -> Walk:
    """Every string of `body`, the text of its attachments included, as far as `reader` reads them.

    `turns` finds what comes first: the conversation.

    Raises:
        InvalidRequest: there are more than `limit`.
    """
    reading = _Reading(reader)
    fields: list[TextField] = []
    for item in _request(body, reading, turns):
        fields.append(item)
        if len(fields) > limit:
            raise InvalidRequest(f"The request has more than {limit} text fields.")
    return Walk(tuple(fields), tuple(reading.attached))


def said(body: dict[str, Any], source: Source, turns: Turns = messages) -> Iterator[str]:
    """What `source` says in the turns of `body`, as `walk` reaches it, but for attachments."""
    for turn in turns(body):
        if turn.source == source:
            for item in _turn(turn, _Reading(None)):
                if item.source == source and not item.key:
                    yield item.text


def _turn(turn: Turn, reading: _Reading) -> Iterator[TextField]:
    return _strings(turn.node, turn.path, reading, own=turn.own, source=turn.source)


def _request(body: dict[str, Any], reading: _Reading, turns: Turns) -> Iterator[TextField]:
    reached: set[Path] = set()
    for turn in turns(body):
        reached.add(turn.path)
        for item in _turn(turn, reading):
            yield item._replace(signed=True) if turn.signed else item
    heads = {path[0] for path in reached}
    for key, value in body.items():
        if key in heads:
            yield from _rest(value, (key,), reading, reached)
        else:
            yield TextField((key,), key, own=False, key=True)
            yield from _strings(value, (key,), reading, own=False)


def _rest(node: Any, path: Path, reading: _Reading, reached: set[Path]) -> Iterator[TextField]:
    """What no turn has reached below a key that holds turns."""
    if path in reached:
        return
    if isinstance(node, list):
        for at, item in enumerate(node):
            yield from _rest(item, (*path, at), reading, reached)
    elif isinstance(node, dict):
        for key, value in node.items():
            yield TextField((*path, key), key, own=False, key=True)
            yield from _rest(value, (*path, key), reading, reached)
    else:
        yield from _strings(node, path, reading, own=False)


def _strings(
    node: Any, path: Path, reading: _Reading | None, *, own: bool, source: Source | None = None
) -> Iterator[TextField]:
    """The strings at and below `node`, but for what only its maker can read.

    Without `reading`, attachments are objects like others.
    """
    if isinstance(node, str):
        yield from _string(node, path, reading, own=own, source=source)
    elif isinstance(node, list):
        for at, item in enumerate(node):
            yield from _strings(item, (*path, at), reading, own=own, source=source)
    elif isinstance(node, dict):
        found = None
        if reading is not None and may_attach(node):
            found = reading.read(node, path, own=own)
        for key, value in node.items():
            yield TextField((*path, key), key, own=own, key=True)
            if isinstance(value, str) and is_opaque(node, key, value):
                continue
            said = None if key in _PROTOCOL else source
            # Most values are strings: one step less for each of them.
            reach = _string if isinstance(value, str) else _strings
            yield from reach(value, (*path, key), reading, own=own, source=said)
        if found is not None and found.reading.text:
            yield TextField(path, found.reading.text, own=own, attached=True, source="document")
    elif type(node) in _OTHERS:
        yield from _other(node, path, reading, own=own)


def _other(node: Any, path: Path, reading: _Reading | None, *, own: bool) -> Iterator[TextField]:
    """The strings that a file of a form has, and the digits of a long number.

    These are as JSON writes them, but for the point of a whole number.
    """
    if isinstance(node, Upload) and reading is not None:
        yield from _file(node, path, reading, own=own)
    elif not isinstance(node, Upload) and abs(node) >= _LONG:
        yield TextField(path, str(int(node) if node == node // 1 else node), own)


def _file(node: Upload, path: Path, reading: _Reading, *, own: bool) -> Iterator[TextField]:
    """The name and the text of a file of a form."""
    yield TextField((*path, "name"), node.name, own=own)
    file = reading.read_file(node, path, own=own)
    if file.reading.text:
        yield TextField(path, file.reading.text, own=own, attached=True, source="document")


def _string(
    text: str, path: Path, reading: _Reading | None, *, own: bool, source: Source | None
) -> Iterable[TextField]:
    """A string; or, for tool arguments with escapes in them, the strings of the JSON they are.

    An escaped line break or letter would hide a value, or lend it a letter. The bytes of an
    attachment are none. JSON inside of such JSON stays a string: there is one place to put another
    one.
    """
    if reading is not None and path == reading.data_path:
        return ()
    if reading is not None and text.startswith("data:") and reading.read_text(text, path, own=own):
        return ()
    if reading is not None and path[-1] == "arguments" and "\\" in text:
        try:
            document = orjson.loads(text)
        except orjson.JSONDecodeError:
            document = None
        if isinstance(document, (dict, list)) and _once(text):
            return (
                TextField(path, item.text, own, item.key, item.path, source=item.source)
                for item in _strings(document, (), None, own=own, source=source)
            )
    return (TextField(path, text, own, source=source),)


def _once(text: str) -> bool:
    """Whether every key of the JSON `text` stands there once.

    Of two equal ones a reader has only one, and who gets the text may see the other.
    """
    twice = False

    def seen(pairs: list[tuple[str, Any]]) -> None:
        nonlocal twice
        twice = twice or len(pairs) > len({key for key, _ in pairs})

    json.loads(text, object_pairs_hook=seen)
    return not twice


def rewritten(
    body: dict[str, Any],
    changes: list[tuple[TextField, str]],
    parts: Mapping[Path, Any] | None = None,
) -> dict[str, Any]:
    """A copy of `body` with these fields changed; what is not touched is shared, not copied.

    `parts` are values put in whole, strings or objects; no change may stand inside one of them.
    """
    if not changes and not parts:
        return body
    document: dict[str, Any] = dict(body)
    owned: dict[Path, Any] = {(): document}
    embedded: dict[Path, list[tuple[TextField, str]]] = {}
    keys = []
    for path, value in (parts or {}).items():
        _own(owned, path[:-1])[path[-1]] = value
    for item, text in changes:
        if item.inside is not None:
            embedded.setdefault(item.path, []).append((item, text))
        elif item.key:
            keys.append((item, text))
        else:
            _own(owned, item.path[:-1])[item.path[-1]] = text
    for path, inner in embedded.items():
        holder = _own(owned, path[:-1])
        holder[path[-1]] = _embedded(holder[path[-1]], inner)
    # Keys last, deepest first: a renamed key must not move the path of another change.
    for item, text in sorted(keys, key=lambda change: -len(change[0].path)):
        holder = _own(owned, item.path[:-1])
        items = [(text if key == item.path[-1] else key, value) for key, value in holder.items()]
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
        (TextField(item.inside or (), item.text, item.own, item.key), new) for item, new in changes
    ]
    return orjson.dumps(rewritten({"": orjson.loads(text)}, _below(inner))[""]).decode()


def _below(changes: list[tuple[TextField, str]]) -> list[tuple[TextField, str]]:
    return [
        (TextField(("", *item.path), item.text, item.own, item.key), new) for item, new in changes
    ]
