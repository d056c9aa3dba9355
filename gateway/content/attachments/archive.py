"""Archives of parts, opened within limits that hold whatever the archive says of itself."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import TYPE_CHECKING

from gateway.content.attachments.attachment import AttachmentLimits, Reason, Unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping

_WORTH_MEASURING = 1 << 20
_ENCRYPTED = 0x1
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def members(data: bytes, limits: AttachmentLimits) -> dict[str, bytes]:
    """Every part, unpacked, by name.

    Raises:
        Unreadable: it is broken, locked, would grow too large, names a part twice (two readers
            would open two different ones), or has bytes before or behind it.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _check(data, archive, entries, limits)
            return {entry.filename: _member(archive, entry) for entry in entries}
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError) as error:
        raise Unreadable(Reason.MALFORMED) from error


def _check(
    data: bytes,
    archive: zipfile.ZipFile,
    entries: list[zipfile.ZipInfo],
    limits: AttachmentLimits,
) -> None:
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise Unreadable(Reason.LOCKED)
    if archive.comment or min((entry.header_offset for entry in entries), default=1):
        raise Unreadable(Reason.POLYGLOT)
    if data.rfind(b"PK\x05\x06") != len(data) - 22:
        raise Unreadable(Reason.POLYGLOT)
    if len({entry.filename.lower() for entry in entries}) != len(entries):
        raise Unreadable(Reason.POLYGLOT)
    if any(entry.compress_type not in _METHODS for entry in entries):
        raise Unreadable(Reason.UNKNOWN)
    total = sum(entry.file_size for entry in entries)
    if len(entries) > limits.members or total > limits.unpacked_bytes:
        raise Unreadable(Reason.TOO_LARGE)
    for entry in entries:
        if entry.file_size > max(_WORTH_MEASURING, limits.ratio * entry.compress_size):
            raise Unreadable(Reason.TOO_LARGE)


def _member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with archive.open(entry) as part:
        # Reading stops at the size that was checked, whatever the packed data hold.
        data = part.read(entry.file_size + 1)
    if len(data) != entry.file_size:
        raise Unreadable(Reason.MALFORMED)
    return data


def packed(parts: Mapping[str, bytes]) -> bytes:
    """An archive of these parts, in their order, without times or systems."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in parts.items():
            entry = zipfile.ZipInfo(name, _NO_TIME)
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
