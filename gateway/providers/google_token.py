"""Access tokens for Google's cloud out of a service account's key (RFC 7523).

The key signs an assertion of who we are; Google gives a token for an hour in
return. One token is kept per account and renewed before it ends.
"""

from __future__ import annotations

from dataclasses import field
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import orjson
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from gateway.core.values import dataclass
from gateway.errors import (
    ConfigurationError,
    ProviderCredentials,
    ProviderError,
    ProviderTimeout,
)
from gateway.providers.calls import USER_AGENT, json_object

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.core.clock import Clock, Deadline
    from gateway.providers.http import Door

_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_ASSERTED_SECONDS = 600
_EARLY_SECONDS = 300.0
"""So much before its end a token is renewed: a call that has begun should not meet its end."""

_SHORTEST_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """A service account's key."""

    email: str
    token_uri: str
    """Who gives tokens for it; on the egress allow-list beside the provider itself."""

    key_id: str
    key: RSAKey = field(repr=False)


def service_account(path: Path) -> ServiceAccount:
    """Read a key as Google's console gives it.

    Raises:
        ConfigurationError: the file cannot be read, or is no service account's key.
    """
    try:
        document = orjson.loads(path.read_bytes())
        if document["type"] != "service_account":
            raise ConfigurationError(f"{path} is not the key of a service account.")
        account = ServiceAccount(
            str(document["client_email"]),
            str(document["token_uri"]),
            str(document.get("private_key_id", "")),
            RSAKey.import_key(document["private_key"]),
        )
    except (OSError, ValueError, KeyError, TypeError, JoseError) as error:
        raise ConfigurationError(f"{path} is not the key of a service account.") from error
    if not account.token_uri.startswith(("https://", "http://")):
        raise ConfigurationError(f"{path} names no address that gives tokens.")
    return account


class GoogleTokens:
    """The present token of one account; used by many threads."""

    def __init__(self, account: ServiceAccount, door: Door, clock: Clock) -> None:
        """None yet."""
        self._account = account
        self._door = door
        self._clock = clock
        self._lock = Lock()
        self._token = ""
        self._until = 0.0

    def token(self, deadline: Deadline) -> str:
        """A token that is good for a while.

        Raises:
            ProviderCredentials: Google gives none for this account.
            ProviderError: Google's token service did not answer.
        """
        # One call fetches it while the others wait, none of them for longer than it may take.
        if not self._lock.acquire(timeout=deadline.remaining()):
            raise ProviderTimeout
        try:
            if self._clock.monotonic() >= self._until:
                self._token, seconds = self._fetched(deadline)
                lasting = max(_SHORTEST_SECONDS, seconds - _EARLY_SECONDS)
                self._until = self._clock.monotonic() + lasting
            return self._token
        finally:
            self._lock.release()

    def _fetched(self, deadline: Deadline) -> tuple[str, float]:
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
            "User-Agent": USER_AGENT,
        }
        form = urlencode({"grant_type": _GRANT, "assertion": self._assertion()}).encode()
        reply = self._door.post(self._account.token_uri, headers, form, deadline)
        body = reply.read()
        if 400 <= reply.status < 500:
            raise ProviderCredentials
        if reply.status != 200:
            raise ProviderError(f"Its token service answered with status {reply.status}.")
        answer = json_object(body)
        token, seconds = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(token, str) or not token or not isinstance(seconds, (int, float)):
            raise ProviderCredentials
        return token, float(seconds)

    def _assertion(self) -> str:
        now = int(self._clock.now().timestamp())
        header = {"alg": "RS256", "typ": "JWT"}
        if self._account.key_id:
            header["kid"] = self._account.key_id
        claims = {
            "iss": self._account.email,
            "scope": _SCOPE,
            "aud": self._account.token_uri,
            "iat": now,
            "exp": now + _ASSERTED_SECONDS,
        }
        return jwt.encode(header, claims, self._account.key)
