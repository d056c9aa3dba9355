"""The sealed file: what it takes is on the disk, and what was done to it shows."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from gateway.audit.spool import Spool, SpoolDamaged
from gateway.errors import AuditUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KEY = b"k" * 32
RECORDS = [b"first", b"second" * 1_000, b"third"]
_HEAD = 4


def spool(folder: Path, key: bytes = KEY, most_bytes: int = 1_000_000) -> Spool:
    """A process's spool."""
    return Spool(folder, key, most_bytes)


def filled(folder: Path) -> Path:
    """The file of a process that took three records and died."""
    made = spool(folder)
    for record in RECORDS:
        made.append(record)
    made.close()
    (path,) = folder.iterdir()
    return path


def found(folder: Path, key: bytes = KEY) -> list[bytes]:
    """What another process reads of what was left behind."""
    return [record for _, records in spool(folder, key).left_behind() for record in records]


def frames(raw: bytes) -> list[bytes]:
    """The frames of a file, with their lengths."""
    cut = []
    while raw:
        end = _HEAD + int.from_bytes(raw[:_HEAD], "big")
        cut.append(raw[:end])
        raw = raw[end:]
    return cut


def flipped(raw: bytes) -> bytes:
    """One bit of the second frame changed."""
    at = len(frames(raw)[0]) + 40
    return raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]


def swapped(raw: bytes) -> bytes:
    """The second and third frame in each other's place."""
    first, second, third = frames(raw)
    return first + third + second


def without_the_second(raw: bytes) -> bytes:
    """A frame left out."""
    first, _, third = frames(raw)
    return first + third


def doubled(raw: bytes) -> bytes:
    """A frame said twice."""
    first, second, third = frames(raw)
    return first + second + second + third


class TestRecords:
    def test_what_was_taken_comes_back(self, tmp_path: Path) -> None:
        """
        In order, for the process itself, and what it has read before is passed over.
        """
        made = spool(tmp_path)
        for record in RECORDS:
            made.append(record)

        assert list(made.records()) == RECORDS
        assert list(made.records(2)) == RECORDS[2:]
        assert made.size == sum(path.stat().st_size for path in tmp_path.iterdir())

    def test_nobody_else_can_read_it(self, tmp_path: Path) -> None:
        """
        Sealed, and readable by its owner only.
        """
        path = filled(tmp_path)

        assert b"second" not in path.read_bytes()
        assert path.stat().st_mode & 0o777 == 0o600

    def test_it_is_cleared_only_when_nothing_was_added(self, tmp_path: Path) -> None:
        """
        What came while the rest was read is not lost with it.
        """
        made = spool(tmp_path)
        made.append(b"one")
        made.append(b"two")

        assert not made.clear(1)
        assert made.clear(2)
        assert list(tmp_path.iterdir()) == []
        made.append(b"three")
        assert list(made.records()) == [b"three"]


class TestLeftBehind:
    def test_a_dead_process_is_followed_a_living_one_is_not(self, tmp_path: Path) -> None:
        """
        The lock on the file ends with its process.
        """
        living = spool(tmp_path)
        living.append(b"mine")
        filled(tmp_path / "other")

        assert found(tmp_path) == []
        assert found(tmp_path / "other") == RECORDS

    @pytest.mark.parametrize("lost", [1, 10, 30])
    def test_a_frame_that_was_never_finished_is_no_record(self, tmp_path: Path, lost: int) -> None:
        """
        A crash in the middle of the last write: nobody had acted on it.
        """
        path = filled(tmp_path)
        os.truncate(path, path.stat().st_size - lost)

        assert found(tmp_path) == RECORDS[:2]


class TestTampering:
    @pytest.mark.parametrize("change", [flipped, swapped, without_the_second, doubled])
    def test_it_shows(self, tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
        """
        A frame that was changed, moved, left out or doubled does not open.
        """
        path = filled(tmp_path)
        path.write_bytes(change(path.read_bytes()))

        with pytest.raises(SpoolDamaged):
            found(tmp_path)

    def test_another_key_opens_nothing(self, tmp_path: Path) -> None:
        """
        The key is in the settings, not in the file.
        """
        filled(tmp_path)

        with pytest.raises(SpoolDamaged):
            found(tmp_path, b"x" * 32)

    def test_another_files_frames_do_not_open(self, tmp_path: Path) -> None:
        """
        A frame belongs to its file.
        """
        path = filled(tmp_path)
        path.rename(path.with_name("0" * 32 + ".spool"))

        with pytest.raises(SpoolDamaged):
            found(tmp_path)


class TestRefuses:
    def test_past_its_size(self, tmp_path: Path) -> None:
        """
        P10: the file has a bound, and past it requests are refused.
        """
        made = spool(tmp_path, most_bytes=100)
        made.append(b"x" * 100)

        with pytest.raises(AuditUnavailable):
            made.append(b"y")
        assert not made.usable

    def test_what_the_disk_has_not_confirmed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        P1: after a sync that failed nothing is taken any more, whatever comes after.
        """
        made = spool(tmp_path)
        made.append(b"good")
        with monkeypatch.context() as broken:
            broken.setattr(os, "fsync", _fails)
            with pytest.raises(AuditUnavailable):
                made.append(b"lost")

        with pytest.raises(AuditUnavailable):
            made.append(b"later")

    def test_what_does_not_fit_on_the_disk(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        Half a frame is taken back, and nothing was acted on.
        """
        made = spool(tmp_path)
        made.append(b"good")
        write = os.write
        with monkeypatch.context() as full:
            full.setattr(os, "write", lambda file, data: write(file, data[:7]))
            with pytest.raises(AuditUnavailable):
                made.append(b"lost")

        assert list(made.records()) == [b"good"]


def _fails(_: int) -> None:
    raise OSError("the disk is gone")
