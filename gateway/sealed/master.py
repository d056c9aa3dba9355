"""The key that wraps tenants' keys: in the environment, in a file, or in a KMS.

It is never in the database, so that a stolen database, or a backup of one, opens
nothing.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Protocol

from gateway.errors import ConfigurationError, SealingUnavailable
from gateway.sealed.envelope import KEY_BYTES, Unsealable, seal, unseal

if TYPE_CHECKING:
    from collections.abc import Sequence


class MasterKey(Protocol):
    """Wraps and unwraps keys. Implementations: `LocalMasterKey`, `NoMasterKey`, `TransitKms`."""

    def wrap(self, key: bytes, place: bytes) -> tuple[bytes, str]:
        """`key` wrapped for `place` by the newest master key, and that one's id.

        Raises:
            SealingUnavailable: it could not be done now.
        """

    def unwrap(self, wrapped: bytes, wrapped_by: str, place: bytes) -> bytes:
        """The key that was wrapped.

        Raises:
            SealingUnavailable: it could not be done now, or never by us.
        """


class LocalMasterKey:
    """Master keys held by this process: the first wraps, the others only unwrap."""

    def __init__(self, keys: Sequence[str]) -> None:
        """`keys` as hex, newest first.

        Raises:
            ConfigurationError: there is none, or one is not 32 bytes.
        """
        try:
            found = [bytes.fromhex(item) for item in keys]
        except ValueError as error:
            raise ConfigurationError("A master key for sealing is not hex.") from error
        if not found or any(len(item) != KEY_BYTES for item in found):
            raise ConfigurationError("Each master key for sealing must be 32 bytes as hex.")
        self._keys = {_name(item): item for item in found}
        self._newest = _name(found[0])

    def wrap(self, key: bytes, place: bytes) -> tuple[bytes, str]:
        """See `MasterKey.wrap`; never raises."""
        return seal(self._keys[self._newest], key, place), self._newest

    def unwrap(self, wrapped: bytes, wrapped_by: str, place: bytes) -> bytes:
        """See `MasterKey.unwrap`."""
        known = self._keys.get(wrapped_by)
        if known is None:
            raise SealingUnavailable(f"The master key {wrapped_by} is not configured.")
        try:
            return unseal(known, wrapped, place)
        except Unsealable as error:
            raise SealingUnavailable from error


class NoMasterKey:
    """Stands where none is configured: nothing is sealed, and nothing opens."""

    def wrap(self, key: bytes, place: bytes) -> tuple[bytes, str]:  # noqa: ARG002 - the port
        """Refuse."""
        raise SealingUnavailable("No master key is configured (`sealing` in the settings).")

    def unwrap(self, wrapped: bytes, wrapped_by: str, place: bytes) -> bytes:  # noqa: ARG002
        """Refuse."""
        raise SealingUnavailable("No master key is configured (`sealing` in the settings).")


def _name(key: bytes) -> str:
    """A name for a random key; of 256 random bits a digest gives nothing away."""
    return f"local:{hashlib.sha256(b'proviso/master/' + key).hexdigest()[:16]}"
