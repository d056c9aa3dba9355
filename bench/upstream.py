"""A provider that costs almost nothing: fixed bytes over asyncio, whole or as a stream.

It speaks three APIs (`bench.shapes`); which one, the address says. Run as
``python -m bench.upstream PORT``.
"""

from __future__ import annotations

import asyncio
import json
import sys

from bench.shapes import CHAT, GENERATE_CONTENT, MESSAGES, Shape

SLOW_SECONDS = 0.1
_STREAM_HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
)


def _framed(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


class _Answers:
    """One API's answers as they go over the wire."""

    def __init__(self, shape: Shape) -> None:
        body = json.dumps(shape.whole).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        self.plain = head.encode() + b"\r\n\r\n" + body
        self.begin = _STREAM_HEAD + b"".join(map(_framed, shape.begin))
        self.events = [_framed(event) for event in shape.events]
        self.end = b"".join(map(_framed, shape.end)) + b"0\r\n\r\n"
        self.burst = self.begin + b"".join(self.events) + self.end


_BY_ADDRESS = {
    b"/chat/completions": _Answers(CHAT),
    b"/messages": _Answers(MESSAGES),
    b"enerateContent": _Answers(GENERATE_CONTENT),
}


class _Provider(asyncio.Protocol):
    def __init__(self) -> None:
        self._data = b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self._data += data
        head, found, body = self._data.partition(b"\r\n\r\n")
        if not found:
            return
        length = next(
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length")
        )
        if len(body) < length:
            return
        self._data = body[length:]
        address = head.partition(b"\r\n")[0]
        answers = next(found for ends, found in _BY_ADDRESS.items() if ends in address)
        # Of generateContent the model's name stands in the address, elsewhere in the body.
        asked = address + body
        if b"slow" in asked:
            asyncio.get_running_loop().create_task(self._slowly(answers))
        elif b"burst" in asked:
            self._transport.write(answers.burst)
        else:
            self._transport.write(answers.plain)

    async def _slowly(self, answers: _Answers) -> None:
        self._transport.write(answers.begin)
        for event in answers.events:
            if self._transport.is_closing():
                return
            self._transport.write(event)
            await asyncio.sleep(SLOW_SECONDS)
        self._transport.write(answers.end)


async def _serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(
        _Provider, "127.0.0.1", port, backlog=4096
    )
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
