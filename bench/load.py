"""The load: requests over kept connections, and many streams at once."""

from __future__ import annotations

import asyncio
import json
import random
import time
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROMPT = (
    "Please summarise the following thread for the quarterly meeting and keep the tone friendly. "
    "The customer asked about the invoice and whether the delivery on 12 March can be moved. "
)
_TEXT_BYTES = 1_900
_MAIL = " Answer to jane.doe@customer.example."
_PROSE = Path(__file__).parents[1] / "docs" / "explanation"


@dataclass
class Result:
    """What one load saw."""

    done: int = 0
    failed: int = 0
    seconds: list[float] = field(default_factory=list)
    """Time to the end for plain requests and bursts, to the first byte for slow streams."""

    def quantile(self, share: float) -> float:
        """The time, in ms, that this share of the requests did not exceed."""
        ordered = sorted(self.seconds) or [0.0]
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1_000


def request_bytes(model: str, key: str, *, stream: bool, text: str = _PROMPT * 20) -> bytes:
    """One chat request of about 2 KB with an e-mail address in it."""
    text = text[:_TEXT_BYTES] + _MAIL
    body = json.dumps(
        {"model": model, "stream": stream, "messages": [{"role": "user", "content": text}]}
    ).encode()
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def always(model: str, key: str, *, stream: bool) -> Iterator[bytes]:
    """The same request for ever: an agent's next step, a retry, a turn that is sent again."""
    return repeat(request_bytes(model, key, stream=stream))


def never_seen(model: str, key: str, *, stream: bool) -> Iterator[bytes]:
    """Requests of 2 KB of prose, of which no two are alike."""
    prose = "\n".join(path.read_text(encoding="utf-8") for path in sorted(_PROSE.glob("*.md")))
    places = list(range(len(prose) - _TEXT_BYTES))
    random.Random(0).shuffle(places)
    for at in places:
        yield request_bytes(model, key, stream=stream, text=prose[at:])


async def _answer(reader: asyncio.StreamReader) -> tuple[bool, float]:
    """Read one answer to its end; whether it was good, and when its first byte came."""
    head = await reader.readuntil(b"\r\n\r\n")
    first = time.perf_counter()
    good = head.startswith(b"HTTP/1.1 200")
    lowered = head.lower()
    if b"transfer-encoding: chunked" in lowered:
        last = b""
        while True:
            size = int((await reader.readuntil(b"\r\n")).strip(), 16)
            piece = await reader.readexactly(size + 2)
            if size == 0:
                return good and b"[DONE]" in last, first
            last = piece
    length = int(lowered.partition(b"content-length:")[2].split(b"\r\n")[0])
    await reader.readexactly(length)
    return good, first


async def repeated(port: int, requests: Iterator[bytes], connections: int, count: int) -> Result:
    """`count` requests over so many kept connections, each sending one after another."""
    result, left = Result(), iter(range(count))

    async def work() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
        for _ in left:
            start = time.perf_counter()
            writer.write(next(requests))
            good, _ = await _answer(reader)
            result.seconds.append(time.perf_counter() - start)
            result.done += good
            result.failed += not good
        writer.close()

    await asyncio.gather(*(work() for _ in range(connections)))
    return result


async def at_once(port: int, request: bytes, count: int, ramp_seconds: float = 2.0) -> Result:
    """`count` streams at the same time, started over `ramp_seconds`."""
    result = Result()

    async def one(at: int) -> None:
        await asyncio.sleep(ramp_seconds * at / count)
        start = time.perf_counter()
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(request)
            good, first = await asyncio.wait_for(_answer(reader), 60)
            writer.close()
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            result.failed += 1
            return
        result.seconds.append(first - start)
        result.done += good
        result.failed += not good

    await asyncio.gather(*(one(at) for at in range(count)))
    return result
