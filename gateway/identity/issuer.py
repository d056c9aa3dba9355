"""One identity provider's metadata and public keys, kept fresh (OpenID Connect Discovery 1.0).

Keys rotate: a token signed by a key we have not seen makes us fetch the set
again, but not more often than every half minute, because anybody can send a
token with an invented key id. Keys that were withdrawn are forgotten within the
hour, when the set is fetched again. A provider that is down for a while stops
nobody whose key we still hold.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry

from gateway.core.values import dataclass
from gateway.errors import IdentityUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from joserfc.jwk import Key

    from gateway.core.clock import Clock

_FRESH_SECONDS = 3_600.0
_USABLE_SECONDS = 6 * 3_600.0
_BETWEEN_FETCHES_SECONDS = 30.0
_AFTER_FAILURE_SECONDS = 5.0
_WAIT_SECONDS = 8.0
_KEY_TYPE = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}
"""By the first two letters of a signature algorithm (RFC 7518, RFC 8037)."""

_WELL_KNOWN = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """What the provider said of itself at one moment. Compared by identity."""

    metadata: dict[str, Any]
    keys: tuple[Key, ...]
    """Its keys that can verify signatures and that we understand."""

    fetched_at: float
    """On the monotonic clock, in seconds."""

    def find(self, kid: str | None, algorithm: str) -> Key | None:
        """The key for a signature, or None.

        Without a key id there must be no choice: trying one key after the other would let a
        caller pick a key meant for another purpose.
        """
        kind = _KEY_TYPE.get(algorithm[:2])
        fitting = [
            key for key in self.keys if key.key_type == kind and key.alg in {None, algorithm}
        ]
        if kid is not None:
            fitting = [key for key in fitting if key.kid == kid]
        return fitting[0] if len(fitting) == 1 else None


class Issuer:
    """An identity provider as a source of keys. Safe to use from many threads."""

    def __init__(
        self,
        url: str,
        hosts: frozenset[str],
        clock: Clock,
        get_json: Callable[[str, frozenset[str]], dict[str, Any]],
    ) -> None:
        """The provider whose issuer is `url`, reached at `hosts`. Nothing is fetched yet."""
        self.url = url
        self.hosts = hosts
        self._clock = clock
        self._get_json = get_json
        self._lock = Lock()
        self._held: Snapshot | None = None
        self._next_fetch = float("-inf")
        self._failing = False

    def snapshot(self) -> Snapshot:
        """Metadata and keys, at most an hour old while the provider answers.

        Raises:
            IdentityUnavailable: there are none, or only ones that are too old to trust.
        """
        held = self._held
        age = float("inf") if held is None else self._clock.monotonic() - held.fetched_at
        if held is not None and age < _FRESH_SECONDS:
            return held
        usable = held is not None and age < _USABLE_SECONDS
        try:
            return self._renewed(held, wait=0.0 if usable else _WAIT_SECONDS)
        except IdentityUnavailable:
            if held is None or not usable:
                raise
            return held

    def key(self, kid: str | None, algorithm: str) -> tuple[Key | None, Snapshot]:
        """The key of a signature and the snapshot it is from; None when the provider has none.

        Raises:
            IdentityUnavailable: the provider cannot be asked whether it has such a key.
        """
        snapshot = self.snapshot()
        found = snapshot.find(kid, algorithm)
        if found is None:
            snapshot = self._renewed(snapshot, wait=_WAIT_SECONDS)
            found = snapshot.find(kid, algorithm)
        return found, snapshot

    def renewed(self) -> Snapshot:
        """Metadata and keys fetched anew, as far as the pace allows.

        Raises:
            IdentityUnavailable: the provider does not answer.
        """
        return self._renewed(self._held, wait=_WAIT_SECONDS)

    def _renewed(self, seen: Snapshot | None, *, wait: float) -> Snapshot:
        """A snapshot newer than `seen` where one may be fetched, else `seen`.

        `wait` is how long, in seconds, another thread's fetch is waited for.

        Raises:
            IdentityUnavailable: nothing could be fetched now, nor a moment ago.
        """
        if not self._lock.acquire(timeout=wait):
            raise IdentityUnavailable
        try:
            if self._held is not None and self._held is not seen:
                return self._held
            if self._clock.monotonic() < self._next_fetch:
                if self._failing or seen is None:
                    raise IdentityUnavailable
                return seen
            self._failing = True
            self._next_fetch = self._clock.monotonic() + _AFTER_FAILURE_SECONDS
            self._held = self._fetch()
            self._next_fetch = self._clock.monotonic() + _BETWEEN_FETCHES_SECONDS
            self._failing = False
            return self._held
        finally:
            self._lock.release()

    def _fetch(self) -> Snapshot:
        metadata = self._get_json(self.url.rstrip("/") + _WELL_KNOWN, self.hosts)
        # OpenID Connect Discovery 4.3. One provider must not speak for another (mix-up attack).
        if metadata.get("issuer") != self.url:
            raise IdentityUnavailable("Its metadata names another issuer than is configured.")
        address = metadata.get("jwks_uri")
        if not isinstance(address, str):
            raise IdentityUnavailable("Its metadata names no keys.")
        key_set = self._get_json(address, self.hosts)
        return Snapshot(metadata, _usable(key_set), self._clock.monotonic())


def _usable(key_set: dict[str, Any]) -> tuple[Key, ...]:
    """The asymmetric signature keys. One that we cannot read does not spoil the others."""
    found: list[Key] = []
    entries = key_set.get("keys")
    for entry in entries if isinstance(entries, list) else []:
        # A symmetric key in a public set is public: signatures made with it prove nothing.
        if not isinstance(entry, dict) or entry.get("kty") not in _KEY_TYPE.values():
            continue
        if entry.get("use", "sig") != "sig":
            continue
        try:
            found.append(JWKRegistry.import_key(entry))
        except (JoseError, ValueError, TypeError):
            continue
    return tuple(found)
