"""Attachments in the content parts of the OpenAI chat shape: where their bytes are, and back again.

An address (``https:``) and a file kept at the provider are attachments whose bytes are not here.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from gateway.content.attachments.attachment import (
    Attachment,
    Kind,
    Reading,
    Reason,
    unreadable,
)
from gateway.core.media import Upload

if TYPE_CHECKING:
    from gateway.content.attachments.reader import RequestReader

Path = tuple[str | int, ...]


class _Shape(NamedTuple):
    """A content part: what it holds, and the keys of its bytes and its name."""

    kind: Kind
    data: str
    name: str = ""


_SHAPES = {
    "image_url": _Shape(Kind.IMAGE, "url"),
    "input_audio": _Shape(Kind.AUDIO, "data"),
    "file": _Shape(Kind.FILE, "file_data", "filename"),
}
"""Content parts by type; what they hold is under a key of the same name."""

TYPES = frozenset(_SHAPES)
"""Values of ``type`` that make an object an attachment."""

_DATA_URL = re.compile(r"data:([\w.+-]{1,64}/[\w.+-]{1,128})?(?:;[\w.=+-]{1,128}){0,4};base64,")
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

    upload: Upload | None = None
    """The file of a form that it is; it always leaves under another name."""

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
        return {"type": "text", "text": f"Text of {self.neutral_name}:\n\n{text}"}

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


def attached(
    node: dict[str, Any], path: Path, reader: RequestReader | None, number: int, *, own: bool
) -> Attached | None:
    """The attachment that the object `node` at `path` is, or None if it is none.

    Without a `reader` nothing is readable.
    """
    kind = node.get("type")
    shape = _SHAPES.get(kind) if isinstance(kind, str) else None
    if shape is None or not isinstance(kind, str):
        return None
    holder, below = node.get(kind), (*path, kind)
    data_path: Path = below if isinstance(holder, str) else (*below, shape.data)
    name, value = None, holder
    if isinstance(holder, dict):
        name, value = holder.get(shape.name), holder.get(shape.data)
    name = name if isinstance(name, str) else ""
    name_path: Path = (*below, shape.name) if name else ()
    found = _decoded(value) if isinstance(value, str) else None
    if found is None:
        remote = not isinstance(value, str) or value.startswith(_REMOTE)
        reading = unreadable(shape.kind, Reason.REMOTE if remote else Reason.MALFORMED)
        return Attached(path, (), name_path, number, own, reading, bare=False)
    declared, data = found
    item = Attachment(shape.kind, declared, data, name)
    reading = unreadable(shape.kind, Reason.UNKNOWN) if reader is None else reader.read(item)
    return Attached(path, data_path, name_path, number, own, reading, bare=not declared)


def uploaded(
    upload: Upload, path: Path, reader: RequestReader | None, number: int, *, own: bool
) -> Attached:
    """The attachment that a file of a form is. Without a `reader` it is not readable."""
    item = Attachment(Kind.FILE, upload.content_type, upload.data, upload.name)
    reading = unreadable(Kind.FILE, Reason.UNKNOWN) if reader is None else reader.read(item)
    name_path: Path = (*path, "name")
    return Attached(path, path, name_path, number, own, reading, bare=False, upload=upload)


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
