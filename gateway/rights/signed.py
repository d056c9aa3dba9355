"""A rights record that can be handed out, and proved without this gateway.

Signed with the key that signs the tenant's checkpoints, so whoever audits the log
has it already. The signed bytes begin with a line of their own, so that no record
can be taken for a checkpoint and no checkpoint for a record.
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature

from gateway.audit import canonical
from gateway.audit.checkpoint import read_verifier

if TYPE_CHECKING:
    from gateway.audit.signing import LogKey

FORMAT = "proviso-rights/v1"
LARGEST = 1_000_000
"""Bytes of a file that is looked at."""

_PREFIX = f"{FORMAT}\n".encode()
_SIGNED = frozenset({"document", "signature", "verifier_key"})


class BadRecord(Exception):
    """A signed record that cannot be read, was changed, or is signed by another key."""


def sign(key: LogKey, document: dict[str, Any]) -> dict[str, Any]:
    """The document with its format and origin, a signature of `key` over both, and how to check it.

    Raises:
        ValueError: it holds what cannot be written canonically.
    """
    whole = {**document, "format": FORMAT, "origin": key.verifier.name}
    signature = key.private.sign(_PREFIX + canonical.encode(whole))
    return {
        "document": whole,
        "signature": base64.b64encode(signature).decode(),
        "verifier_key": key.verifier.written(),
    }


def verify(text: str | bytes, key: str) -> dict[str, Any]:
    """The document of a signed record, once its signature has been verified with `key`.

    `key` is the tenant's verifier key, had from somewhere else than the record itself.

    Raises:
        BadRecord: it is no record, was changed, or another key signed it.
        BadCheckpoint: the key cannot be read.
    """
    verifier = read_verifier(key)
    if len(text) > LARGEST:
        raise BadRecord("the file is too large for a rights record")
    try:
        said = json.loads(text)
        if not isinstance(said, dict) or set(said) != _SIGNED:
            raise BadRecord("the file is not a signed rights record")
        document, signature = (
            dict(said["document"]),
            base64.b64decode(said["signature"], validate=True),
        )
        signed = _PREFIX + canonical.encode(document)
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise BadRecord("the file is not a signed rights record") from error
    if document.get("format") != FORMAT or document.get("origin") != verifier.name:
        raise BadRecord("the record belongs to another tenant's log, or is of another format")
    try:
        verifier.public.verify(signature, signed)
    except InvalidSignature as error:
        raise BadRecord("the record was changed, or another key signed it") from error
    return document
