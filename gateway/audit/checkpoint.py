"""Signed statements of a log's size and root, in the form of C2SP tlog-checkpoint.

A checkpoint that somebody else keeps is what makes a rewritten history visible:
whoever rewrites the database cannot make the old statement fit the new tree.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

if TYPE_CHECKING:
    from uuid import UUID

_ALGORITHM_ED25519 = b"\x01"


class BadCheckpoint(Exception):
    """A checkpoint that cannot be read, or whose signature is not by the given key."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What a checkpoint says."""

    origin: str
    size: int
    root: bytes


def origin_of(tenant: UUID) -> str:
    """The name of a tenant's log; the first line of its checkpoints."""
    return f"proviso/{tenant}"


def key_from_seed(seed: bytes) -> Ed25519PrivateKey:
    """The signing key of that seed (RFC 8032)."""
    return Ed25519PrivateKey.from_private_bytes(seed)


def verifier_key(origin: str, public: Ed25519PublicKey) -> str:
    """The public key as C2SP signed notes write it: ``origin+id+base64``."""
    raw = _ALGORITHM_ED25519 + public.public_bytes_raw()
    return f"{origin}+{_key_id(origin, public).hex()}+{base64.b64encode(raw).decode()}"


def read_verifier_key(text: str) -> tuple[str, Ed25519PublicKey]:
    """The origin and public key in a verifier key.

    Raises:
        BadCheckpoint: it is not one.
    """
    try:
        origin, identifier, encoded = text.strip().split("+", 2)
        raw = base64.b64decode(encoded, validate=True)
        public = Ed25519PublicKey.from_public_bytes(raw[1:])
    except ValueError as error:
        raise BadCheckpoint("the verifier key cannot be read") from error
    if raw[:1] != _ALGORITHM_ED25519 or _key_id(origin, public).hex() != identifier:
        raise BadCheckpoint("the verifier key does not fit its own name")
    return origin, public


def sign(key: Ed25519PrivateKey, statement: Statement) -> str:
    """The signed note that makes `statement` a checkpoint."""
    body = _body(statement)
    signature = _key_id(statement.origin, key.public_key()) + key.sign(body.encode())
    return f"{body}\n— {statement.origin} {base64.b64encode(signature).decode()}\n"


def open_note(note: str, public: Ed25519PublicKey) -> Statement:
    """What a checkpoint says, once its signature has been verified with `public`.

    Raises:
        BadCheckpoint: it cannot be read, or is not signed by that key.
    """
    try:
        body, _, tail = note.partition("\n\n— ")
        origin, size, root = body.split("\n")
        name, _, encoded = tail.rstrip("\n").partition(" ")
        signature = base64.b64decode(encoded, validate=True)
        statement = Statement(origin, int(size), base64.b64decode(root, validate=True))
    except ValueError as error:
        raise BadCheckpoint("the checkpoint cannot be read") from error
    if name != origin or signature[:4] != _key_id(origin, public):
        raise BadCheckpoint("the checkpoint is signed by another key")
    try:
        public.verify(signature[4:], f"{body}\n".encode())
    except InvalidSignature as error:
        raise BadCheckpoint("the checkpoint's signature is wrong") from error
    return statement


def _body(statement: Statement) -> str:
    root = base64.b64encode(statement.root).decode()
    return f"{statement.origin}\n{statement.size}\n{root}\n"


def _key_id(origin: str, public: Ed25519PublicKey) -> bytes:
    material = origin.encode() + b"\n" + _ALGORITHM_ED25519 + public.public_bytes_raw()
    return hashlib.sha256(material).digest()[:4]
