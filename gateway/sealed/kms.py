"""A KMS that speaks the Transit API of HashiCorp Vault and OpenBao.

The master key stays there: we send a tenant's key to be wrapped and get a
ciphertext back. Additional data binds it to its place, which takes a transit key of
an AEAD kind such as ``aes256-gcm96``
(https://openbao.org/api-docs/secret/transit/).
"""

from __future__ import annotations

import base64
import binascii
from typing import Any
from urllib.parse import quote

import requests

from gateway.errors import SealingUnavailable

_SECONDS = (2.0, 5.0)


class TransitKms:
    """A named key of a transit engine."""

    def __init__(self, url: str, key: str, token: str) -> None:
        """`url` is the server's, such as ``https://vault.example:8200``."""
        self._url = f"{url.rstrip('/')}/v1/transit"
        self._key = key
        self._session = requests.Session()
        # No HTTP_PROXY and no .netrc: neither may see the token.
        self._session.trust_env = False
        self._session.headers["X-Vault-Token"] = token

    def wrap(self, key: bytes, place: bytes) -> tuple[bytes, str]:
        """See `MasterKey.wrap`."""
        said = self._call("encrypt", plaintext=_text(key), associated_data=_text(place))
        ciphertext = said.get("ciphertext")
        if not isinstance(ciphertext, str) or ciphertext.count(":") < 2:
            raise SealingUnavailable
        version = ciphertext.split(":")[1]
        return ciphertext.encode(), f"transit:{self._key}:{version}"

    def unwrap(self, wrapped: bytes, wrapped_by: str, place: bytes) -> bytes:
        """See `MasterKey.unwrap`."""
        if not wrapped_by.startswith(f"transit:{self._key}:"):
            raise SealingUnavailable(f"The master key {wrapped_by} is not configured.")
        ciphertext = wrapped.decode("ascii", "replace")
        said = self._call("decrypt", ciphertext=ciphertext, associated_data=_text(place))
        try:
            return base64.b64decode(said["plaintext"], validate=True)
        except (KeyError, TypeError, binascii.Error) as error:
            raise SealingUnavailable from error

    def _call(self, action: str, **body: str) -> dict[str, Any]:
        address = f"{self._url}/{action}/{quote(self._key, safe='')}"
        try:
            answer = self._session.post(address, json=body, timeout=_SECONDS, allow_redirects=False)
            said = answer.json() if answer.status_code == requests.codes.ok else None
        except (requests.RequestException, ValueError) as error:
            raise SealingUnavailable from error
        data = said.get("data") if isinstance(said, dict) else None
        if not isinstance(data, dict):
            raise SealingUnavailable
        return data


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
