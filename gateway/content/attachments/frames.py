"""How a document goes to the process that reads it, and what comes back: JSON, then bytes.

No pickles: the answer comes from a process that hostile bytes may have taken over.
"""

from __future__ import annotations

import json
import struct
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from gateway.content.attachments.attachment import (
    AttachmentLimits,
    Kind,
    Reading,
    Reason,
)

if TYPE_CHECKING:
    from typing import IO

_HEAD = struct.Struct(">III")
_MOST = 64 << 10
_GROWTH = 4
"""How many times larger than the document its cleaned form may be, and 1 MiB more."""


class Broken(Exception):
    """What came is no frame."""


def send_question(target: IO[bytes], limits: AttachmentLimits, data: bytes, *, pdf: bool) -> None:
    """Ask for the reading of `data`, a PDF or an archive of an office program."""
    head = json.dumps({"pdf": pdf, "limits": asdict(limits)}).encode()
    _send(target, head, data, b"")


def receive_question(source: IO[bytes]) -> tuple[bool, AttachmentLimits, bytes] | None:
    """The next question, or None when there will be none."""
    head = source.read(_HEAD.size)
    if not head:
        return None
    first, second, _ = _HEAD.unpack(head)
    said = json.loads(source.read(first))
    return said["pdf"], AttachmentLimits(**said["limits"]), source.read(second)


def send_reading(target: IO[bytes], reading: Reading) -> None:
    """Answer with a reading."""
    head: dict[str, Any] = {
        "kind": reading.kind,
        "media_type": reading.media_type,
        "reason": reading.reason,
        "pictures": reading.pictures,
        "hidden": reading.hidden,
        "cleaned": reading.cleaned is not None,
    }
    text = reading.text.encode("utf-8", "surrogatepass")
    _send(target, json.dumps(head).encode(), text, reading.cleaned or b"")


def receive_reading(source: IO[bytes], limits: AttachmentLimits, size: int) -> Reading:
    """The answer about a document of `size` bytes.

    Raises:
        Broken: there is none, or it is not what an answer looks like.
    """
    head = source.read(_HEAD.size)
    if len(head) != _HEAD.size:
        raise Broken
    first, second, third = _HEAD.unpack(head)
    if first > _MOST or second > 4 * limits.characters or third > _GROWTH * size + (1 << 20):
        raise Broken
    said, text, cleaned = source.read(first), source.read(second), source.read(third)
    if len(cleaned) != third:
        raise Broken
    try:
        return _reading(json.loads(said), text.decode("utf-8", "surrogatepass"), cleaned)
    except (KeyError, TypeError, ValueError) as error:
        raise Broken from error


def _reading(said: dict[str, Any], text: str, cleaned: bytes) -> Reading:
    reason = said["reason"]
    return Reading(
        Kind(said["kind"]),
        str(said["media_type"]),
        None if reason is None else Reason(reason),
        text,
        int(said["pictures"]),
        cleaned if said["cleaned"] is True else None,
        tuple(str(item) for item in said["hidden"]),
    )


def _send(target: IO[bytes], *blocks: bytes) -> None:
    target.write(_HEAD.pack(*map(len, blocks)))
    target.writelines(blocks)
    target.flush()
