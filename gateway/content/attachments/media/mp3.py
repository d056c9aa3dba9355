"""MP3: frames of sound between tags (ID3, APE, Lyrics3), which go."""

from __future__ import annotations

from gateway.content.attachments.attachment import AttachmentLimits, Reason, Unreadable

_RATES = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_LOW_RATES = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_ID3V1 = 128
_MOST_TAGS = 8
_LYRICS_END = b"LYRICS200"
_HERTZ = (44_100, 48_000, 32_000)


def cleaned(data: bytes, limits: AttachmentLimits) -> bytes:
    """The frames, and nothing before, between or behind them.

    Raises:
        Unreadable: there are none, or what stands around them is no known tag.
    """
    start = at = _behind_tags(data, 0)
    count = 0
    while (length := _frame(data, at)) and at + length <= len(data):
        at, count = at + length, count + 1
        if count > limits.blocks:
            raise Unreadable(Reason.TOO_LARGE)
    if at == start:
        raise Unreadable(Reason.MALFORMED)
    if not _only_tags(data, at):
        raise Unreadable(Reason.POLYGLOT)
    return data[start:at]


def _only_tags(data: bytes, at: int) -> bool:
    """Whether nothing but tags, padding or a frame cut short, as recorders do, begins at `at`."""
    for _ in range(_MOST_TAGS):
        rest = data[at:].lstrip(b"\x00")
        at = len(data) - len(rest)
        if not rest or (rest.startswith(b"TAG") and len(rest) == _ID3V1):
            return True
        end = rest.find(_LYRICS_END)
        if rest.startswith(b"APETAGEX") and len(rest) >= 32:
            at += 32 + int.from_bytes(rest[12:16], "little")
        elif rest.startswith(b"LYRICSBEGIN") and end > 0:
            at += end + len(_LYRICS_END)
        elif rest.startswith(b"ID3") and len(rest) >= 10:
            at = _behind_tags(data, at)
        else:
            return _frame(data, at) > len(rest)
    return False


def _behind_tags(data: bytes, at: int) -> int:
    """Where what follows ID3v2 tags at `at` begins (id3.org, 2.4.0 section 3.1)."""
    while data[at : at + 3] == b"ID3" and at + 10 <= len(data):
        a, b, c, d = data[at + 6 : at + 10]
        footer = 10 if data[at + 5] & 0x10 else 0
        at += 10 + ((a & 127) << 21 | (b & 127) << 14 | (c & 127) << 7 | d & 127) + footer
    return len(data) - len(data[at:].lstrip(b"\x00"))


def _frame(data: bytes, at: int) -> int:
    """The length of the layer III frame at `at`, or 0 if there is none (ISO/IEC 11172-3)."""
    head = data[at : at + 4]
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return 0
    version, rate, hertz = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or rate in (0, 15) or hertz == 3:
        return 0
    first = version == 3
    per_second = _HERTZ[hertz] >> (0 if first else 1 if version == 2 else 2)
    kilobits = (_RATES if first else _LOW_RATES)[rate]
    return (144_000 if first else 72_000) * kilobits // per_second + (head[2] >> 1 & 1)
