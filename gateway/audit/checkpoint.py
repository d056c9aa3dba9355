"""Signed statements of a log's size and root, in the form of C2SP tlog-checkpoint.

A checkpoint that somebody else keeps is what makes a rewritten history visible:
whoever rewrites the database cannot make the old statement fit the new tree.
Somebody else can also sign it: a cosignature (C2SP tlog-cosignature) says that
its key has seen this checkpoint at this time.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from gateway.audit import note as notes
from gateway.audit.note import BadCheckpoint, Note, Signature

if TYPE_CHECKING:
    from uuid import UUID

_LOG_KEY = b"\x01"
"""C2SP's number for an Ed25519 key that signs a log's own checkpoints."""

_WITNESS_KEY = b"\x04"
"""C2SP's number for an Ed25519 key that cosigns, with a time."""

_TIME_BYTES = 8
_ROOT_BYTES = 32


@dataclass(frozen=True, slots=True)
class Statement:
    """What a checkpoint says."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key and the name it signs under."""

    name: str
    public: Ed25519PublicKey
    cosigns: bool = False
    """Whether it is a witness's key rather than a log's own."""

    @property
    def key_id(self) -> bytes:
        """How a signature line names this key."""
        return notes.key_id(self.name, self._algorithm, self.public.public_bytes_raw())

    @property
    def _algorithm(self) -> bytes:
        return _WITNESS_KEY if self.cosigns else _LOG_KEY

    def written(self) -> str:
        """The key as C2SP signed notes write it: ``name+id+base64``."""
        raw = self._algorithm + self.public.public_bytes_raw()
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(raw).decode()}"

    def verify(self, note: Note) -> bool:
        """Whether this key has signed the note; False when no signature names it.

        Raises:
            BadCheckpoint: a signature names this key and is wrong.
        """
        named = [
            item for item in note.signatures
            if item.name == self.name and item.key_id == self.key_id
        ]  # fmt: skip
        for signature in named:
            message, value = note.text.encode(), signature.value
            if self.cosigns:
                message, value = _cosigned(note.text, cosigned_at(signature)), value[_TIME_BYTES:]
            try:
                self.public.verify(value, message)
            except InvalidSignature as error:
                raise BadCheckpoint("the checkpoint's signature is wrong") from error
        return bool(named)


def origin_of(tenant: UUID) -> str:
    """The name of a tenant's log; the first line of its checkpoints."""
    return f"proviso/{tenant}"


def key_from_seed(seed: bytes) -> Ed25519PrivateKey:
    """The signing key of that seed (RFC 8032)."""
    return Ed25519PrivateKey.from_private_bytes(seed)


def read_verifier(written: str) -> Verifier:
    """The key that a text ``name+id+base64`` stands for.

    Raises:
        BadCheckpoint: it is not one.
    """
    try:
        name, identifier, encoded = written.strip().split("+", 2)
        raw = notes.from_base64(encoded)
        public = Ed25519PublicKey.from_public_bytes(raw[1:])
    except ValueError as error:
        raise BadCheckpoint("the verifier key cannot be read") from error
    if raw[:1] not in {_LOG_KEY, _WITNESS_KEY}:
        raise BadCheckpoint("the verifier key is of an unknown kind")
    verifier = Verifier(name, public, cosigns=raw[:1] == _WITNESS_KEY)
    if not name or verifier.key_id.hex() != identifier:
        raise BadCheckpoint("the verifier key does not fit its own name")
    return verifier


def sign(statement: Statement, *keys: Ed25519PrivateKey) -> str:
    """The note that makes `statement` a checkpoint, signed by every one of `keys`."""
    text = statement.text()
    return Note(
        text,
        tuple(
            Signature(
                statement.origin,
                Verifier(statement.origin, key.public_key()).key_id,
                key.sign(text.encode()),
            )
            for key in keys
        ),
    ).written()


def cosign(note: Note, name: str, key: Ed25519PrivateKey, at: int) -> Signature:
    """A witness's signature: `key`, called `name`, has seen the checkpoint `at` (Unix seconds)."""
    value = at.to_bytes(_TIME_BYTES, "big") + key.sign(_cosigned(note.text, at))
    return Signature(name, Verifier(name, key.public_key(), cosigns=True).key_id, value)


def cosigned_at(signature: Signature) -> int:
    """When a witness says it has signed, in Unix seconds."""
    return int.from_bytes(signature.value[:_TIME_BYTES], "big")


def read_statement(note: Note) -> Statement:
    """What a checkpoint says, whoever has signed it.

    Raises:
        BadCheckpoint: its text is not a checkpoint's.
    """
    try:
        origin, size, root = note.text.removesuffix("\n").split("\n")
        statement = Statement(origin, int(size), notes.from_base64(root))
    except ValueError as error:
        raise BadCheckpoint("the checkpoint cannot be read") from error
    if statement.text() != note.text or len(statement.root) != _ROOT_BYTES or statement.size < 0:
        raise BadCheckpoint("the checkpoint cannot be read")
    return statement


def _cosigned(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()
