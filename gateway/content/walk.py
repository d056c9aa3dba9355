"""Reaching every string of a request.

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
from gateway.content.opaque import HOLDERS, is_opaque
from gateway.core.media import Upload
from gateway.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

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

KEYS = frozenset({
    "additionalProperties", "arguments", "content", "contents", "description", "enum", "function",
    "functionDeclarations", "generationConfig", "id", "image_url", "include_usage", "input",
    "input_schema", "instructions", "items", "max_completion_tokens", "max_output_tokens",
    "max_tokens", "messages", "metadata", "model", "n", "name", "parameters", "parts",
    "properties", "required", "response_format", "role", "stop", "store", "stream",
    "stream_options", "strict", "system", "temperature", "text", "tool_call_id", "tool_calls",
    "tool_choice", "tools", "top_p", "type", "user",
})  # fmt: skip
"""Keys of the APIs themselves, and of the schemas of tools, which stand in one request hundreds of
times: nobody's data, and nothing is looked for in them."""

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


Turns: TypeAlias = Callable[[dict[str, Any]], "Iterable[Turn]"]
"""What finds the turns of a body, in order."""


def source_of(message: Any) -> Source | None:
    """Who speaks in a message that names its role."""
    role = message.get("role") if isinstance(message, dict) else None
    return _SOURCES.get(role) if isinstance(role, str) else None


def messages(body: dict[str, Any]) -> list[Turn]:
    """The turns of a body whose conversation is a list of ``messages`` with roles."""
    listed = body.get("messages")
    return [
        Turn(("messages", at), message, source_of(message))
        for at, message in enumerate(listed if isinstance(listed, list) else ())
    ]


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
    """Those that may be somebody's: all but the words of the APIs at their own places."""

    words: tuple[str, ...]
    """Those: nothing is looked for in them."""

    attached: tuple[Attached, ...]

    @property
    def characters(self) -> int:
        """The length of all strings together, in code points."""
        return sum([len(item.text) for item in self.fields]) + sum(map(len, self.words))


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
    walker = _Walker(reader, limit)
    walker.request(body, turns)
    return Walk(tuple(walker.fields), tuple(walker.words), tuple(walker.attached))


def said(body: dict[str, Any], source: Source, turns: Turns = messages) -> Iterator[str]:
    """What `source` says in the turns of `body`, as `walk` reaches it, but for attachments."""
    for turn in turns(body):
        if turn.source == source:
            walker = _Walker()
            walker.turn(turn)
            for item in walker.fields:
                if item.source == source and not item.key:
                    yield item.text


class _Walker:
    """Goes through a document, and has what it met."""

    def __init__(
        self,
        reader: RequestReader | None = None,
        limit: float = float("inf"),
        *,
        embedded: bool = False,
    ) -> None:
        """`reader` reads attachments; in JSON `embedded` in a string they are as other objects.

        In such JSON, JSON in a string stays a string: there is one place to put another one.
        """
        self._reader = reader
        self._limit = limit
        self._embedded = embedded
        self.fields: list[TextField] = []
        self.words: list[str] = []
        self.attached: list[Attached] = []
        self._data_path: Path = ()
        """Where the bytes of the attachment that was read last stand."""

    def request(self, body: dict[str, Any], turns: Turns) -> None:
        """The conversation, then all else.

        Raises:
            InvalidRequest: there are too many strings.
        """
        reached, heads = set(), set()
        for turn in turns(body):
            reached.add(turn.path)
            heads.add(turn.path[0])
            self.turn(turn)
        for key, value in body.items():
            if key not in heads:
                self._entry(key, value, (key,), own=False, source=None)
            elif (key,) not in reached:
                self._rest(value, (key,), reached)
        self._check()

    def turn(self, turn: Turn) -> None:
        """One part of the conversation."""
        first = len(self.fields)
        self._value(turn.node, turn.path, own=turn.own, source=turn.source)
        if turn.signed:
            self.fields[first:] = [item._replace(signed=True) for item in self.fields[first:]]

    def _rest(self, node: Any, path: Path, reached: Container[Path]) -> None:
        """What no turn has reached below a key that holds turns."""
        if isinstance(node, list):
            for at, item in enumerate(node):
                if (*path, at) not in reached:
                    self._rest(item, (*path, at), reached)
        elif isinstance(node, dict):
            for key, value in node.items():
                self._entry(key, None, (*path, key), own=False, source=None)
                if (*path, key) not in reached:
                    self._rest(value, (*path, key), reached)
        else:
            self._value(node, path, own=False, source=None)

    def _value(self, node: Any, path: Path, *, own: bool, source: Source | None) -> None:
        """The strings at and below `node`, but for what only its maker can read."""
        if isinstance(node, str):
            self._string(node, path, own=own, source=source)
        elif isinstance(node, dict):
            self._object(node, path, own=own, source=source)
        elif isinstance(node, list):
            for at, item in enumerate(node):
                self._value(item, (*path, at), own=own, source=source)
        elif type(node) in _OTHERS:
            self._other(node, path, own=own)

    def _object(
        self, node: dict[str, Any], path: Path, *, own: bool, source: Source | None
    ) -> None:
        found = None
        if not self._embedded and may_attach(node):
            found = self._attachment(node, path, own=own)
        for key, value in node.items():
            sealed = key in HOLDERS and isinstance(value, str) and is_opaque(node, key, value)
            read = None if sealed else value
            self._entry(key, read, (*path, key), own=own, source=source)
        if found is not None:
            self._words_of(found, own=own)

    def _entry(self, key: str, value: Any, path: Path, *, own: bool, source: Source | None) -> None:
        """The strings of one entry of an object, its key first."""
        if key in KEYS:
            self.words.append(key)
        else:
            self._add(TextField(path, key, own, key=True))
        said = None if key in _PROTOCOL else source
        # Most values are strings, or none: one step less for each of them.
        if isinstance(value, str):
            self._string(value, path, own=own, source=said)
        elif value is not None:
            self._value(value, path, own=own, source=said)

    def _string(self, text: str, path: Path, *, own: bool, source: Source | None) -> None:
        """A string; or, for tool arguments with escapes in them, the strings of the JSON they are.

        An escaped line break or letter would hide a value, or lend it a letter. The bytes of an
        attachment are none.
        """
        if not self._embedded:
            if path[-1] == "role" and text in ROLES:
                self.words.append(text)
                return
            if path == self._data_path or (
                text.startswith("data:") and self._picture(text, path, own=own)
            ):
                return
            if path[-1] == "arguments" and "\\" in text:
                document = _document(text)
                if document is not None:
                    self._arguments(document, path, own=own, source=source)
                    return
        self._add(TextField(path, text, own, source=source))

    def _arguments(self, document: Any, path: Path, *, own: bool, source: Source | None) -> None:
        """The strings of the JSON that the string at `path` is."""
        inner = _Walker(limit=self._limit, embedded=True)
        inner._value(document, (), own=own, source=source)
        self.words += inner.words
        for item in inner.fields:
            self._add(TextField(path, item.text, own, item.key, item.path, source=item.source))

    def _other(self, node: Any, path: Path, *, own: bool) -> None:
        """The name and the text of a file of a form, or the digits of a long number.

        These are as JSON writes them, but for the point of a whole number.
        """
        if isinstance(node, Upload):
            self._add(TextField((*path, "name"), node.name, own=own))
            file = uploaded(node, path, self._reader, len(self.attached) + 1, own=own)
            self.attached.append(file)
            self._words_of(file, own=own)
        elif abs(node) >= _LONG:
            self._add(TextField(path, str(int(node) if node == node // 1 else node), own))

    def _attachment(self, node: dict[str, Any], path: Path, *, own: bool) -> Attached | None:
        """The attachment that `node` is, read and kept; None if it is none."""
        found = attached(node, path, self._reader, len(self.attached) + 1, own=own)
        if found is not None:
            self.attached.append(found)
            self._data_path = () if found.may_be_words else found.data_path
        return found

    def _picture(self, text: str, path: Path, *, own: bool) -> bool:
        """Whether the string `text` is a picture or a sound; read and kept, as other files are."""
        last = self.attached[-1] if self.attached else None
        if last is not None and path[: len(last.path)] == last.path and not last.reading.readable:
            return False  # it was told of already, as what holds it
        found = in_text(text, path, self._reader, len(self.attached) + 1, own=own)
        if found is None:
            return False
        self.attached.append(found)
        return found.reading.kind in PICTURED and not found.may_be_words

    def _words_of(self, found: Attached, *, own: bool) -> None:
        """What the file at its place says in words."""
        text = found.reading.text
        if text:
            self._add(TextField(found.path, text, own=own, attached=True, source="document"))

    def _add(self, item: TextField) -> None:
        self.fields.append(item)
        if len(self.fields) > self._limit:
            self._check()

    def _check(self) -> None:
        if len(self.fields) + len(self.words) > self._limit:
            raise InvalidRequest(f"The request has more than {self._limit} text fields.")


def _document(text: str) -> Any:
    """The list or object that `text` is as JSON; None where it is none that can be told for sure.

    Of two equal keys a reader has only one, and who gets the text may see the other.
    """
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return document if isinstance(document, (dict, list)) and _once(text) else None


def _once(text: str) -> bool:
    """Whether every key of the JSON `text` stands there once."""
    twice = False

    def seen(pairs: list[tuple[str, Any]]) -> None:
        nonlocal twice
        twice = twice or len(pairs) > len({key for key, _ in pairs})

    json.loads(text, object_pairs_hook=seen)
    return not twice
