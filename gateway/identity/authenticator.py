"""Stage 2 for the API: from a request's headers to a verified principal (promise P3).

Clients put their key where their SDK puts it, so four headers are read. Two of
them with different values are refused, because a proxy in front of us and we
might each believe another one. No other header says anything about identity.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from gateway.errors import Unauthenticated
from gateway.identity import keys
from gateway.identity.security_log import SecurityEvent, SecurityTag

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.core.principal import Principal
    from gateway.identity.access_tokens import TokenVerifier
    from gateway.identity.keys import KeyRing
    from gateway.identity.people import People

KEY_HEADERS = ("x-api-key", "api-key", "x-goog-api-key")
"""Where Anthropic's, Azure's and Google's SDKs put a key; OpenAI's uses ``Authorization``."""

_LONGEST = 16_384


class Headers(Protocol):
    """Request headers, whatever the case of their names."""

    def get(self, name: str, /) -> str | None:
        """The value, or None."""


class Authenticator:
    """Says who sent a request."""

    def __init__(
        self,
        key_ring: KeyRing,
        tokens: TokenVerifier,
        people: People,
        report: Callable[[SecurityEvent], None],
    ) -> None:
        """Refusals are told to `report`."""
        self._keys = key_ring
        self._tokens = tokens
        self._people = people
        self._report = report

    def authenticate(self, headers: Headers) -> Principal:
        """The principal whose credential `headers` carry.

        Raises:
            Unauthenticated: none, several, or one that does not verify. The public text is
                always the same, so that it teaches a guesser nothing; `reason` is for operators.
            IdentityUnavailable: an access token whose issuer cannot be asked for its keys.
            StorageUnavailable: the database did not answer.
        """
        try:
            return self._authenticate(headers)
        except Unauthenticated as error:
            self._report(SecurityEvent(SecurityTag.API_CREDENTIAL_REFUSE, error.reason))
            raise

    def _authenticate(self, headers: Headers) -> Principal:
        bearer = _bearer(headers.get("Authorization"))
        found = {value for name in KEY_HEADERS if (value := headers.get(name))}
        if bearer:
            found.add(bearer)
        if not found:
            raise Unauthenticated(reason="credential.missing")
        if len(found) > 1:
            raise Unauthenticated(reason="credential.conflict")
        credential = found.pop()
        if len(credential) > _LONGEST:
            raise Unauthenticated(reason="credential.malformed")
        if credential.startswith(keys.PREFIX):
            return self._keys.authenticate(credential)
        # RFC 6750: an access token is a bearer token; the other headers are for keys.
        if credential != bearer:
            raise Unauthenticated(reason="credential.unknown")
        verified = self._tokens.verify(credential)
        return self._people.bearer(verified.identity, verified.token_id)


def _bearer(header: str | None) -> str | None:
    """The bearer token of an ``Authorization`` header, or None where there is no header.

    Raises:
        Unauthenticated: another scheme, or nothing after it.
    """
    if header is None:
        return None
    scheme, _, value = header.partition(" ")
    value = value.strip()
    if scheme.lower() != "bearer" or not value:
        raise Unauthenticated(reason="credential.scheme")
    return value
