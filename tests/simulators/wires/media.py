"""OpenAI's images and audio."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import TYPE_CHECKING, Any

from tests.simulators.wires.chat import ChatForm

if TYPE_CHECKING:
    from collections.abc import Iterator


def a_png(width: int = 4, height: int = 4) -> bytes:
    """A small grey picture."""
    rows = (b"\x00" + b"\x80" * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def a_wav(samples: int = 800) -> bytes:
    """A moment of silence."""
    form = struct.pack("<HHIIHH", 1, 1, 8_000, 16_000, 2, 16)
    data = b"\x00\x00" * samples
    body = b"WAVE" + b"fmt " + struct.pack("<I", len(form)) + form
    body += b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _chunk(kind: bytes, data: bytes) -> bytes:
    checked = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + checked


class _InOnePiece(ChatForm):
    """Errors as in chat; no streams."""

    def said(self, body: dict[str, Any]) -> str:
        return str(body.get("prompt") or body.get("input") or "")

    def events(self, text: str, tool: str | None = None, *, usage: bool = False) -> Iterator[bytes]:
        raise NotImplementedError


class ImagesForm(_InOnePiece):
    """A picture, and the prompt as it was revised."""

    def whole(self, text: str, tool: str | None = None) -> dict[str, Any]:
        """A picture that says what it was made from."""
        picture = base64.b64encode(a_png()).decode()
        return {
            "created": 1,
            "data": [{"b64_json": picture, "revised_prompt": text}],
            "usage": {"input_tokens": 5, "output_tokens": 7, "total_tokens": 12},
        }


class SpeechForm(_InOnePiece):
    """Sound."""

    content_type = "audio/wav"

    def whole(self, text: str, tool: str | None = None) -> Any:
        """Silence, whatever was to be said."""
        return a_wav()


class HeardForm(_InOnePiece):
    """The text of a recording: what the prompt says is in it."""

    def whole(self, text: str, tool: str | None = None) -> dict[str, Any]:
        """The text."""
        return {"text": text, "usage": {"type": "duration", "seconds": 1}}


def an_mp4() -> bytes:
    """The head of a film, and nothing in it."""
    brand = b"ftypisom" + b"\x00\x00\x02\x00" + b"isomiso2mp41"
    return struct.pack(">I", len(brand) + 4) + brand + struct.pack(">I", 8) + b"mdat"


class VideosForm(_InOnePiece):
    """A job that has begun, and repeats its prompt as some do."""

    def whole(self, text: str, tool: str | None = None) -> dict[str, Any]:
        """The job."""
        return job("queued", text)


def job(status: str, prompt: str = "a prompt of somebody") -> dict[str, Any]:
    """A job as the provider tells of it."""
    return {
        "id": UPSTREAM_JOB, "object": "video", "model": "simulated", "status": status,
        "progress": 0, "created_at": 1, "seconds": "4", "size": "720x1280", "prompt": prompt,
    }  # fmt: skip


UPSTREAM_JOB = "video_of_the_provider"
