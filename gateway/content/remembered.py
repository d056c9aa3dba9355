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
MOST_CHARACTERS = 8_000_000
"""Of all texts whose readings a room keeps. What a reading takes grows with its text, so that a
number of readings alone would bound nothing: a few long texts full of findings fill a memory."""


class Room(Generic[Reading]):
    """Where readings are kept: the newest, and those asked for last."""

    def __init__(self, most: int, most_characters: int = MOST_CHARACTERS) -> None:
        """For `most` readings of so many code points, of everybody who keeps theirs here."""
        self.key = os.urandom(32)
        self._most = most
        self._most_characters = most_characters
        self._lock = Lock()
        self._readings: OrderedDict[bytes, tuple[int, Reading]] = OrderedDict()
        self._characters = 0

    def __len__(self) -> int:
        return len(self._readings)

    def get(self, digest: bytes) -> Reading | None:
        """What is kept under this digest."""
        with self._lock:
            kept = self._readings.get(digest)
            if kept is None:
                return None
            self._readings.move_to_end(digest)
            return kept[1]

    def put(self, digest: bytes, reading: Reading, characters: int) -> None:
        """Keep the reading of a text of so many code points; what was asked for last stays.

        That of a text for which all others would have to go is not kept.
        """
        if characters > self._most_characters:
            return
        with self._lock:
            before = self._readings.pop(digest, None)
            self._characters += characters - (before[0] if before else 0)
            self._readings[digest] = (characters, reading)
            while len(self._readings) > self._most or self._characters > self._most_characters:
                self._characters -= self._readings.popitem(last=False)[1][0]


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
        return self._room.get(digest)

    def put(self, digest: bytes, reading: Reading, text: str) -> None:
        """Remember what was read in this text."""
        self._room.put(digest, reading, len(text))
