"""What was read in the texts seen last, so that a text is read once and not at every turn.

Clients of chat APIs send the whole conversation each time, and agents send it again for every
step. A text is known again by its digest under a key of this process (BLAKE2, RFC 7693); the text
itself is not kept.
"""

from __future__ import annotations

import hashlib
import os
from collections import OrderedDict
from threading import Lock
from typing import Generic, TypeVar

Reading = TypeVar("Reading")

_DIGEST, _SALT = 16, 16


class Room(Generic[Reading]):
    """Where readings are kept: the newest, and those asked for last."""

    def __init__(self, most: int) -> None:
        """For `most` readings, of everybody who keeps theirs here."""
        self.most = most
        self.key = os.urandom(32)
        self.lock = Lock()
        self.readings: OrderedDict[bytes, Reading] = OrderedDict()


class Remembered(Generic[Reading]):
    """Readings by text, in a part of a room in which nobody finds what others put there."""

    def __init__(self, room: Room[Reading]) -> None:
        """None as yet."""
        self._room = room
        self._salt = os.urandom(_SALT)

    def apart(self) -> Remembered[Reading]:
        """Another part of the same room.

        So tenants share the bound of the memory and no reading (P4), and what other detectors
        read of a text is not taken for their own.
        """
        return Remembered(self._room)

    def digest(self, text: str, about: bytes = b"") -> bytes:
        """What a reading of `text` is found by; `about` tells kinds of reading apart."""
        return hashlib.blake2b(
            text.encode("utf-8", "surrogatepass"),
            digest_size=_DIGEST,
            key=self._room.key,
            salt=self._salt,
            person=about,
        ).digest()

    def get(self, digest: bytes) -> Reading | None:
        """What was read in this text, if that is still remembered."""
        room = self._room
        with room.lock:
            known = room.readings.get(digest)
            if known is not None:
                room.readings.move_to_end(digest)
            return known

    def put(self, digest: bytes, reading: Reading) -> None:
        """Remember what was read in this text."""
        room = self._room
        with room.lock:
            room.readings[digest] = reading
            while len(room.readings) > room.most:
                room.readings.popitem(last=False)
