"""A sealed file on this machine that entries wait in while the database takes none.

Append-only and synced before anybody acts on what it holds. Each frame is AES-256-GCM
(NIST SP 800-38D), bound to its file, its number and the frame before it: a frame that is
changed, moved, left out or brought from another file does not open. Only a tail cut off
while no process holds the file cannot be told from a crash, as in any log without a witness.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from threading import Lock
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.errors import AuditUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SUFFIX, DAMAGED = ".spool", ".damaged"
_LENGTH_BYTES, _NONCE_BYTES, _TAG_BYTES = 4, 12, 16
_FRAME_BYTES = 64 * 1024 * 1024


class SpoolDamaged(Exception):
    """A frame does not open: it was changed, or the key is another."""


class Spool:
    """One process's file. Several threads may append; one reads it back."""

    def __init__(self, folder: Path, key: bytes, most_bytes: int) -> None:
        """Nothing is made on the disk before the first `append`.

        `key` is 32 bytes; past `most_bytes` nothing more is taken.
        """
        self._folder = folder
        self._aead = AESGCM(key)
        self._most_bytes = most_bytes
        self._lock, self._sync_lock = Lock(), Lock()
        self._file = -1
        self._path = folder
        self._count = 0
        self._end = self._synced = 0
        self._last = b""
        self._broken = False

    @property
    def size(self) -> int:
        """Bytes that wait."""
        return self._end

    @property
    def usable(self) -> bool:
        """Whether another entry could be taken."""
        return not self._broken and self._end < self._most_bytes

    def append(self, record: bytes) -> None:
        """Seal a record and see it to the disk.

        Raises:
            AuditUnavailable: it is not on the disk for certain, or the file is full.
        """
        try:
            with self._lock:
                if not self.usable:
                    raise AuditUnavailable
                end = self._write(record)
            self._sync(end)
        except OSError as error:
            # After a sync that failed nobody knows what is on the disk: nothing more is taken.
            self._broken = True
            raise AuditUnavailable from error

    def records(self, after: int = 0) -> Iterator[bytes]:
        """What was appended, in order, without the first `after`.

        Raises:
            SpoolDamaged: a frame does not open.
        """
        if self._end:
            for number, record in enumerate(read(self._path, self._aead)):
                if number >= after:
                    yield record

    @property
    def damaged(self) -> bool:
        """Whether a file that does not open has been set aside in this folder."""
        return any(self._folder.glob(f"*{DAMAGED}"))

    def set_aside(self) -> None:
        """Leave this process's file for an operator to look at, and begin another."""
        with self._lock:
            set_aside(self._path)
            self._reset()

    def clear(self, count: int) -> bool:
        """Take the file away if it holds `count` records and no more; False when there are more."""
        with self._lock:
            if self._count != count:
                return False
            if self._file >= 0:
                self._path.unlink(missing_ok=True)
            self._reset()
            return True

    def left_behind(self) -> Iterator[tuple[Path, Iterator[bytes]]]:
        """Files of processes that are no more, with their records; each is locked meanwhile."""
        for path in sorted(self._folder.glob(f"*{SUFFIX}")):
            # Its process locks a file before it writes to it: an empty one may be somebody's.
            if path == self._path or not path.stat().st_size:
                continue
            try:
                file = os.open(path, os.O_RDONLY)
            except FileNotFoundError:
                continue  # another process was faster
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                yield path, read(path, self._aead)
            except BlockingIOError:
                continue  # its process lives
            finally:
                os.close(file)

    def close(self) -> None:
        """Let go of the file, and of what it holds: another process puts that into the log."""
        with self._lock:
            self._reset()

    def _reset(self) -> None:
        if self._file >= 0:
            os.close(self._file)
        self._file, self._count, self._end, self._synced, self._last = -1, 0, 0, 0, b""
        self._broken = False

    def _write(self, record: bytes) -> int:
        if self._file < 0:
            self._make()
        nonce = secrets.token_bytes(_NONCE_BYTES)
        bound = _bound(self._path, self._count, self._last)
        sealed = nonce + self._aead.encrypt(nonce, record, bound)
        frame = len(sealed).to_bytes(_LENGTH_BYTES, "big") + sealed
        written = os.write(self._file, frame)
        if written != len(frame):
            os.ftruncate(self._file, self._end)
            raise OSError("the disk is full")
        self._count += 1
        self._end += written
        self._last = sealed[-_TAG_BYTES:]
        return self._end

    def _make(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path = self._folder / f"{secrets.token_hex(16)}{SUFFIX}"
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL
        self._file = os.open(self._path, flags, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _sync(self, end: int) -> None:
        """See the first `end` bytes to the disk; one sync does for everybody who waits."""
        with self._sync_lock:
            if self._synced < end:
                reached = self._end
                os.fsync(self._file)
                self._synced = reached


def read(path: Path, aead: AESGCM) -> Iterator[bytes]:
    """The records of a file. A last frame that was never finished was never acted on.

    Raises:
        SpoolDamaged: a frame does not open.
    """
    last, count = b"", 0
    with path.open("rb") as file:
        while len(head := file.read(_LENGTH_BYTES)) == _LENGTH_BYTES:
            length = int.from_bytes(head, "big")
            if not _NONCE_BYTES + _TAG_BYTES <= length <= _FRAME_BYTES:
                raise SpoolDamaged
            sealed = file.read(length)
            if len(sealed) < length:
                return
            nonce, body = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
            try:
                yield aead.decrypt(nonce, body, _bound(path, count, last))
            except InvalidTag as error:
                raise SpoolDamaged from error
            last, count = sealed[-_TAG_BYTES:], count + 1


def set_aside(path: Path) -> None:
    """Rename a file that does not open."""
    path.rename(path.with_suffix(DAMAGED))


def _bound(path: Path, number: int, last: bytes) -> bytes:
    """What a frame is bound to: its file, its place in it, and the frame before."""
    return b"proviso/spool/1\n" + path.name.encode() + number.to_bytes(8, "big") + last
