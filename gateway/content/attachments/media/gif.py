"""GIF (89a): blocks, of which comments and unknown applications' go."""

from __future__ import annotations

import struct

from gateway.content.attachments.attachment import AttachmentLimits, Reason, Unreadable

_CONTROL, _APPLICATION = 0xF9, 0xFF
_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
_CONTROL_BYTES, _LOOP_BYTES = 8, 19
"""How long the two that stay are, from their first byte to their last."""
_IMAGE, _EXTENSION, _TRAILER = 0x2C, 0x21, 0x3B


def cleaned(data: bytes, limits: AttachmentLimits) -> bytes:
    """The picture without what does not change it.

    Raises:
        Unreadable: it is broken, too large, or does not end where it should.
    """
    try:
        return _cleaned(data, limits)
    except (IndexError, struct.error) as error:
        raise Unreadable(Reason.MALFORMED) from error


def _cleaned(data: bytes, limits: AttachmentLimits) -> bytes:
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    at = 13 + _table(flags)
    kept, pixels, blocks = [data[:at]], width * height, 0
    while data[at] != _TRAILER:
        start = at
        if data[at] == _IMAGE:
            wide, high = struct.unpack_from("<HH", data, at + 5)
            pixels += wide * high
            at, more = _blocks(data, at + 11 + _table(data[at + 9]), limits.blocks)
            kept.append(data[start:at])
        elif data[at] == _EXTENSION:
            label, name = data[at + 1], data[at + 3 : at + 14]
            at, more = _blocks(data, at + 2, limits.blocks)
            length = at - start
            control = label == _CONTROL and length == _CONTROL_BYTES
            loop = label == _APPLICATION and name in _LOOPS and length == _LOOP_BYTES
            if control or loop:
                kept.append(data[start:at])
        else:
            raise Unreadable(Reason.MALFORMED)
        blocks += more
        if pixels > limits.pixels or blocks > limits.blocks:
            raise Unreadable(Reason.TOO_LARGE)
    if data[at + 1 :].strip(b"\x00"):
        raise Unreadable(Reason.POLYGLOT)
    return b"".join([*kept, b";"])


def _table(flags: int) -> int:
    """The length of the colour table that `flags` announce."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _blocks(data: bytes, at: int, most: int) -> tuple[int, int]:
    """Where the run of sub-blocks that begins at `at` ends, and how many there are."""
    for count in range(most):
        if not data[at]:
            return at + 1, count + 1
        at += data[at] + 1
    raise Unreadable(Reason.TOO_LARGE)
