"""The label ``AI-generated`` in a picture's own metadata: an XMP packet (ISO 16684-1).

Programs that know nothing of content credentials still read IPTC's digital source
type there. A packet that is there already is left alone: two of them are none.
"""

from __future__ import annotations

import struct
from zlib import crc32

from gateway.content.attachments.sniff import JPEG, PNG, WEBP, Media
from gateway.rights.marks.manifest import MADE_BY_A_MODEL

_PACKET = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" '
    'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmp:Label="AI-generated" '
    f'Iptc4xmpExt:DigitalSourceType="{MADE_BY_A_MODEL}"/>'
    '</rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
).encode()
_PNG_NAME = b"XML:com.adobe.xmp\x00"
_JPEG_NAME = b"http://ns.adobe.com/xap/1.0/\x00"
_PNG_HEAD = 33
"""The signature and the chunk IHDR."""

_XMP_FLAG, _ALPHA_FLAG = 0x04, 0x10


def labelled(media: Media, data: bytes) -> bytes | None:
    """The picture with the label; None where it cannot take one, or has metadata of its own.

    `data` has been found to be a file of `media` by its first bytes; a file that is broken
    further on gives None.
    """
    add = {PNG: _png, JPEG: _jpeg, WEBP: _webp}.get(media)
    return None if add is None else add(data)


def _png(data: bytes) -> bytes | None:
    if _PNG_NAME in data or data[12:16] != b"IHDR" or len(data) < _PNG_HEAD:
        return None
    # Keyword, not compressed, no language, no translated keyword (PNG, 11.3.3.4).
    body = b"iTXt" + _PNG_NAME + b"\x00\x00\x00\x00" + _PACKET
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", crc32(body))
    return data[:_PNG_HEAD] + chunk + data[_PNG_HEAD:]


def _jpeg(data: bytes) -> bytes | None:
    if _JPEG_NAME in data:
        return None
    at = 2
    while data[at : at + 2] in (b"\xff\xe0", b"\xff\xe1") and at + 4 <= len(data):
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    if data[at : at + 1] != b"\xff":
        return None
    body = _JPEG_NAME + _PACKET
    return data[:at] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + data[at:]


def _webp(data: bytes) -> bytes | None:
    first, body = data[12:16], data[20:30]
    if b"XMP " in data or len(body) < 10:
        return None
    rest = data[12:]
    if first == b"VP8X":
        head = data[12:20] + bytes([body[0] | _XMP_FLAG])
        rest = data[21:]
    elif first == b"VP8 ":
        width, height = struct.unpack_from("<HH", body, 6)
        head = _extended(0, width & 0x3FFF, height & 0x3FFF)
    elif first == b"VP8L":
        (bits,) = struct.unpack_from("<I", body, 1)
        alpha = _ALPHA_FLAG if bits >> 28 & 1 else 0
        head = _extended(alpha, (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    else:
        return None
    packet = b"XMP " + struct.pack("<I", len(_PACKET)) + _PACKET + b"\x00" * (len(_PACKET) % 2)
    whole = b"WEBP" + head + rest + packet
    return b"RIFF" + struct.pack("<I", len(whole)) + whole


def _extended(flags: int, width: int, height: int) -> bytes:
    """The chunk that a WebP with metadata begins with (RFC 9649, section 2.7)."""
    if not width or not height:
        return b""
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"VP8X" + struct.pack("<I", 10) + bytes([flags | _XMP_FLAG, 0, 0, 0]) + size
