"""An edition's signature: Ed25519 (RFC 8032) over the canonical JSON of its manifest.

The manifest holds the SHA-256 of every file, so that each byte of an edition is
under the signature, comments included.
"""

from __future__ import annotations

import base64
import binascii
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import yaml
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from gateway.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

ALGORITHM = "ed25519"
_CONTEXT = b"proviso/terms-edition/v1\n"
"""Stands before what is signed, so that no signature made for something else fits."""


class BadSignature(ConfigurationError):
    """An edition is not signed by a key that is trusted here, or was changed afterwards."""

    code = "terms.signature"
    title = "The edition of the provider terms is not validly signed."


@cache
def shipped_keys() -> dict[str, str]:
    """The public keys that ship with the gateway, by id."""
    path = Path(__file__).parent / "keys.yaml"
    found: dict[str, str] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def signed_bytes(manifest: Mapping[str, Any]) -> bytes:
    """What a signature is over: the manifest without its signature, keys in order, no spaces."""
    unsigned = {name: value for name, value in manifest.items() if name != "signature"}
    return _CONTEXT + orjson.dumps(unsigned, option=orjson.OPT_SORT_KEYS)


def verify(manifest: Mapping[str, Any], trusted: Mapping[str, str]) -> str:
    """Check a manifest's signature and return the id of the key that made it.

    `trusted` holds the public keys, by id, as base64 of their 32 bytes.

    Raises:
        BadSignature: there is none, its key is not trusted here, or it does not fit.
    """
    signature = manifest.get("signature")
    if not isinstance(signature, dict) or signature.get("alg") != ALGORITHM:
        raise BadSignature("It has no Ed25519 signature.")
    key_id = signature.get("key_id")
    if not isinstance(key_id, str) or key_id not in trusted:
        raise BadSignature("Its key is not among terms.trusted_keys.")
    try:
        key = Ed25519PublicKey.from_public_bytes(_decoded(trusted[key_id]))
        key.verify(_decoded(signature.get("sig")), signed_bytes(manifest))
    except (InvalidSignature, ValueError) as error:
        raise BadSignature(f"The signature of {key_id} does not fit.") from error
    return key_id


def sign(manifest: dict[str, Any], key: Ed25519PrivateKey, key_id: str) -> dict[str, Any]:
    """The manifest with a signature."""
    made = base64.b64encode(key.sign(signed_bytes(manifest))).decode()
    return {**manifest, "signature": {"alg": ALGORITHM, "key_id": key_id, "sig": made}}


def public_text(key: Ed25519PrivateKey) -> str:
    """The public half as it stands in ``terms.trusted_keys``."""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def load_key(path: Path) -> Ed25519PrivateKey:
    """The private key in a PEM file.

    Raises:
        ConfigurationError: there is no Ed25519 key in it.
    """
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise ConfigurationError(f"{path} holds no private key that can be read.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigurationError(f"{path} holds no Ed25519 key.")
    return key


def make_key(path: Path) -> Ed25519PrivateKey:
    """A new private key, in a PEM file that its owner alone may read.

    Raises:
        ConfigurationError: the file is there already, or cannot be written.
    """
    key = Ed25519PrivateKey.generate()
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        path.touch(mode=0o600, exist_ok=False)
        path.write_bytes(text)
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}.") from error
    return key


def _decoded(text: Any) -> bytes:
    """The bytes of a base64 text.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(text, str):
        raise ValueError("not base64")  # noqa: TRY004 - one kind of error for every odd text
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
