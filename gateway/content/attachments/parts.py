"""Attachments in the content parts of an API: where their bytes are, and back again.

OpenAI's chat names a part by ``type`` and holds it under a key of that name; Anthropic's Messages
holds it under ``source``; Gemini's parts have no type and are told by their key. An address
(``https:``) and a file kept at the provider are attachments whose bytes are not here.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import field
from typing import TYPE_CHECKING, Any, NamedTuple

from gateway.content.attachments.attachment import (
    Attachment,
    Kind,
    Reading,
    Reason,
    unreadable,
)
from gateway.content.attachments.sniff import TABLE, TEXT
from gateway.content.attachments.text import is_utf8
from gateway.core.media import MEDIA_TYPE, Upload
from gateway.core.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.content.attachments.reader import RequestReader

Path = tuple[str | int, ...]


class _Shape(NamedTuple):
    """A content part: what it holds, and the keys of its bytes and its name."""

    kind: Kind
    holder: str
    """The key of the object, or of the text, that says where the bytes are."""

    data: str
    name: str = ""
    beside: str = ""
    """The key of its name, where that stands beside the holder."""

    declared: str = ""
    """The key of its media type, where that is not in front of the bytes."""

    says: str = "text"
    """The type of a part that says in words what it holds."""


_SHAPES = {
    "image_url": _Shape(Kind.IMAGE, "image_url", "url"),
    "input_audio": _Shape(Kind.AUDIO, "input_audio", "data"),
    "file": _Shape(Kind.FILE, "file", "file_data", "filename"),
    "computer_screenshot": _Shape(Kind.IMAGE, "image_url", "url"),
    "image_generation_call": _Shape(Kind.IMAGE, "result", "result"),
    "input_file": _Shape(Kind.FILE, "file_data", "file_data", beside="filename", says="input_text"),
    "input_image": _Shape(Kind.IMAGE, "image_url", "url", says="input_text"),
    "audio_url": _Shape(Kind.AUDIO, "audio_url", "url"),
    "document_url": _Shape(Kind.FILE, "document_url", "url"),
    "video_url": _Shape(Kind.VIDEO, "video_url", "url"),
    "image": _Shape(Kind.IMAGE, "source", "data", declared="media_type"),
    "document": _Shape(Kind.FILE, "source", "data", beside="title", declared="media_type"),
}
"""Content parts by their ``type``."""

_SPELLINGS = (
    ("inlineData", "mimeType", "displayName"),
    ("inline_data", "mime_type", "display_name"),
)
_UNTYPED = {
    holder: _Shape(Kind.FILE, holder, "data", name, declared=media)
    for holder, media, name in _SPELLINGS
} | {holder: _Shape(Kind.FILE, holder, "data") for holder in ("fileData", "file_data")}
"""Content parts without a type, by their key."""

_SPOKEN = frozenset({"content", "text"})
"""Types of a ``source`` whose words stand there as they are, or as parts of their own."""

_KINDS = {"audio": Kind.AUDIO, "image": Kind.IMAGE, "video": Kind.VIDEO}

_DATA_URL = re.compile(
    rf"data:({MEDIA_TYPE.pattern})?(?:;(?:charset|codecs)=[A-Za-z0-9.-]{{1,20}}){{0,2}};base64,"
)
"""What else may stand in front of the bytes may say something of somebody, and is read as text."""

_TEXTS = frozenset({TABLE.media_type, TEXT.media_type})
_BASE64, _HEAD = ";base64,", 1_024
_SHORT = 4_096
_REMOTE = ("http://", "https://")
_ENDINGS = {
    "audio/mpeg": ".mp3",
    "audio/wav": ".wav",
    "image/gif": ".gif",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "video/mp4": ".mp4",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "text/csv": ".csv",
    "text/plain": ".txt",
}


@dataclass(frozen=True, slots=True)
class Attached:
    """An attachment of a request, read."""

    path: Path
    """The content part."""

    data_path: Path
    """The string that is its bytes; empty when they are not here."""

    name_path: Path
    number: int
    """1 for the first of the request."""

    own: bool
    reading: Reading
    bare: bool
    """Whether its bytes stand there without ``data:`` in front."""

    as_text: bool = False
    """Whether it may only leave as its text: pictures stand beside something that was found."""

    frame: Mapping[str, Any] = field(default_factory=lambda: {"type": "text"})
    """What stands beside the text in a part that is text."""
    upload: Upload | None = None
    """The file of a form that it is; it always leaves under another name."""

    may_be_words: bool = False
    """Whether the string that stands for its bytes may be words itself, and is read as such."""

    @property
    def neutral_name(self) -> str:
        """A name that says nothing of anybody."""
        kind = self.reading.kind if self.reading.kind in (Kind.IMAGE, Kind.AUDIO) else Kind.DOCUMENT
        return f"{kind}-{self.number}{_ENDINGS.get(self.reading.media_type, '')}"

    @property
    def can_be_cleaned(self) -> bool:
        """Whether no metadata of it need leave."""
        return self.as_text or self.reading.cleaned is not None

    @property
    def label(self) -> dict[str, Any]:
        """What may be recorded of it."""
        reading = self.reading
        return {
            "kind": reading.kind.value,
            "unreadable": reading.reason.value if reading.reason is not None else "",
            "pictures": reading.pictures,
            "hidden": list(reading.hidden),
        }

    def text_part(self, text: str) -> dict[str, Any] | Upload:
        """What says what it says, in `text`: a content part, or a file."""
        if self.upload is not None:
            return Upload(f"document-{self.number}.txt", "text/plain", text.encode())
        return {**self.frame, "text": f"Text of {self.neutral_name}:\n\n{text}"}

    def renamed(self, *, clean: bool) -> Upload | None:
        """The file of a form under a name that says nothing, and without metadata if `clean`."""
        if self.upload is None:
            return None
        cleaned = self.reading.cleaned if clean else None
        data = self.upload.data if cleaned is None else cleaned
        kind = self.upload.content_type if cleaned is None else self.reading.media_type
        return Upload(self.neutral_name, kind, data)

    def cleaned_value(self) -> str | None:
        """What stands for its bytes once it is cleaned; None if it cannot be, or is not here."""
        if self.reading.cleaned is None or not self.data_path:
            return None
        encoded = base64.b64encode(self.reading.cleaned).decode()
        return encoded if self.bare else f"data:{self.reading.media_type};base64,{encoded}"


def may_attach(node: dict[str, Any]) -> bool:
    """Whether an object may be an attachment: a cheap look before `attached`."""
    kind = node.get("type")
    return kind in _SHAPES if isinstance(kind, str) else not _UNTYPED.keys().isdisjoint(node)


def attached(
    node: dict[str, Any], path: Path, reader: RequestReader | None, number: int, *, own: bool
) -> Attached | None:
    """The attachment that the object `node` at `path` is, or None if it is none.

    Without a `reader` nothing is readable.
    """
    shape = _shape(node)
    if shape is None:
        return None
    holder, below = node.get(shape.holder), (*path, shape.holder)
    data_path: Path = below if isinstance(holder, str) else (*below, shape.data)
    value, declared = holder, ""
    if isinstance(holder, dict):
        value, declared = holder.get(shape.data), _text(holder, shape.declared)
    name, name_path = _name(node, holder, path, shape)
    frame = _frame(node, shape.says)
    kind = _KINDS.get(declared.partition("/")[0], shape.kind) if declared else shape.kind
    found = _decoded(value) if isinstance(value, str) else None
    if found is None:
        remote = not isinstance(value, str) or value.startswith(_REMOTE)
        reading = unreadable(kind, Reason.REMOTE if remote else Reason.MALFORMED)
        return Attached(path, (), name_path, number, own, reading, bare=False, frame=frame)
    said, data = found
    item = Attachment(kind, said or declared, data, name)
    reading = unreadable(kind, Reason.UNKNOWN) if reader is None else reader.read(item)
    return Attached(
        path, data_path, name_path, number, own, reading, bare=not said, frame=frame,
        may_be_words=_may_be_words(said, data, reading),
    )  # fmt: skip


def _may_be_words(said: str, data: bytes, reading: Reading) -> bool:
    """Whether bytes are those of no file, and so few that words may stand there instead.

    Many a word and number is Base64 by chance; what comes of it may pass for text in some old
    encoding, unless a media type `said` stands before it.
    """
    if len(data) >= _SHORT or (reading.readable and (said or reading.media_type not in _TEXTS)):
        return False
    return not reading.readable or not is_utf8(data)


def _shape(node: dict[str, Any]) -> _Shape | None:
    """How `node` holds an attachment, or None where it holds none."""
    kind = node.get("type")
    if not isinstance(kind, str):
        held = (shape for key, shape in _UNTYPED.items() if isinstance(node.get(key), dict))
        return next(held, None)
    # A ``source`` of a part that was looked at already; the part is the attachment.
    if kind == "file" and isinstance(node.get("file_id"), str) and "file" not in node:
        return None
    source = node.get("source")
    if kind == "document" and isinstance(source, dict) and source.get("type") in _SPOKEN:
        return None
    return _SHAPES.get(kind)


def _text(node: dict[str, Any], key: str) -> str:
    value = node.get(key) if key else None
    return value if isinstance(value, str) else ""


def _name(node: dict[str, Any], holder: Any, path: Path, shape: _Shape) -> tuple[str, Path]:
    """The attachment's name and where it stands; empty where it has none."""
    if shape.beside:
        name = _text(node, shape.beside)
        return name, (*path, shape.beside) if name else ()
    name = _text(holder, shape.name) if isinstance(holder, dict) else ""
    return name, (*path, shape.holder, shape.name) if name else ()


def _frame(node: dict[str, Any], says: str) -> dict[str, Any]:
    """What stays of a part that becomes text: its type, and where a cache ends."""
    frame = {"type": says} if isinstance(node.get("type"), str) else {}
    return {**frame, **{key: node[key] for key in ("cache_control",) if key in node}}


def uploaded(
    upload: Upload, path: Path, reader: RequestReader | None, number: int, *, own: bool
) -> Attached:
    """The attachment that a file of a form is. Without a `reader` it is not readable."""
    item = Attachment(Kind.FILE, upload.content_type, upload.data, upload.name)
    reading = unreadable(Kind.FILE, Reason.UNKNOWN) if reader is None else reader.read(item)
    name_path: Path = (*path, "name")
    return Attached(path, path, name_path, number, own, reading, bare=False, upload=upload)


def in_text(
    text: str, path: Path, reader: RequestReader | None, number: int, *, own: bool
) -> Attached | None:
    """The attachment that a string of no known content part is; None if it is none.

    Pictures and sounds are read as elsewhere. What else there may be in it is not: there is no
    part that its text could take the place of.
    """
    found = _decoded(text) if _DATA_URL.match(text) else None
    if found is None and _BASE64 in text[:_HEAD]:
        reading = unreadable(Kind.FILE, Reason.MALFORMED)
        return Attached(path, (), (), number, own, reading, bare=False)
    if found is None:
        return None
    declared, data = found
    kind = _KINDS.get(declared.partition("/")[0], Kind.FILE)
    reading = unreadable(kind, Reason.UNKNOWN)
    if reader is not None and kind is not Kind.FILE:
        reading = reader.read(Attachment(kind, declared, data))
    return Attached(
        path,
        path,
        (),
        number,
        own,
        reading,
        bare=False,
        may_be_words=_may_be_words(declared, data, reading),
    )


def _decoded(value: str) -> tuple[str, bytes] | None:
    """The declared type and the bytes of a ``data:`` address or of base64; None if it is neither.

    Only what is base64 from end to end: whatever else it may be is text, and is read as such.
    """
    match = _DATA_URL.match(value)
    try:
        data = base64.b64decode(value[match.end() :] if match else value, validate=True)
    except (binascii.Error, ValueError):
        return None
    if not data:
        return None
    return ((match[1] or "application/octet-stream") if match else ""), data
