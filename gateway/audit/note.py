"""Signed notes as C2SP writes them: a text, an empty line, and one line for each signature.

The form is that of the Go checksum database and of Certificate Transparency's
newer logs, so that tools and witnesses nobody here wrote can read ours.
Source: C2SP signed-note.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

_MARK = "— "
_KEY_ID_BYTES = 4


class BadCheckpoint(Exception):
    """A checkpoint or key that cannot be read, or a signature that is not by the given key."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: who, with which key, and the bytes."""

    name: str
    key_id: bytes
    value: bytes

    def line(self) -> str:
        """The line as it stands in a note."""
        encoded = base64.b64encode(self.key_id + self.value).decode()
        return f"{_MARK}{self.name} {encoded}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text and its signatures; nothing is verified yet."""

    text: str
    """What is signed: every line with its newline, the last one too."""

    signatures: tuple[Signature, ...]

    def written(self) -> str:
        """The whole note."""
        return f"{self.text}\n{''.join(item.line() for item in self.signatures)}"

    def signed_also(self, *more: Signature) -> Note:
        """The same note with further signatures."""
        return Note(self.text, (*self.signatures, *more))


def from_base64(text: str) -> bytes:
    """The bytes of a base64 text in its one spelling: the unused bits at its end must be zero.

    Raises:
        ValueError: it is not base64, or another spelling of it.
    """
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError("not the one spelling of these bytes")
    return raw


def from_hex(text: str) -> bytes:
    """The bytes of a text of lower-case hexadecimal digits.

    Raises:
        ValueError: it is anything else.
    """
    raw = bytes.fromhex(text)
    if raw.hex() != text:
        raise ValueError("not the one spelling of these bytes")
    return raw


def key_id(name: str, algorithm: bytes, public: bytes) -> bytes:
    """The four bytes by which a signature line names its key."""
    return hashlib.sha256(name.encode() + b"\n" + algorithm + public).digest()[:_KEY_ID_BYTES]


def parse(written: str) -> Note:
    """Read a note.

    Raises:
        BadCheckpoint: it is not one.
    """
    text, separator, tail = written.partition("\n\n")
    lines = tail.splitlines()
    if not separator or not lines:
        raise BadCheckpoint("the checkpoint cannot be read: it has no signature")
    return Note(f"{text}\n", tuple(parse_line(line) for line in lines))


def parse_line(line: str) -> Signature:
    """Read one signature line.

    Raises:
        BadCheckpoint: it is not one.
    """
    name, separator, encoded = line.removeprefix(_MARK).rstrip("\n").partition(" ")
    try:
        raw = from_base64(encoded)
    except ValueError as error:
        raise BadCheckpoint("the checkpoint cannot be read: a signature is not base64") from error
    if not line.startswith(_MARK) or not separator or not name or len(raw) <= _KEY_ID_BYTES:
        raise BadCheckpoint("the checkpoint cannot be read: a signature line is malformed")
    return Signature(name, raw[:_KEY_ID_BYTES], raw[_KEY_ID_BYTES:])
