"""A provider that costs almost nothing: fixed bytes over asyncio, whole or as a stream.

The model's name says what: ``plain``, ``burst`` (100 events at once), ``slow`` (one event each
100 ms for 10 s). Run as ``python -m bench.upstream PORT``.
"""

from __future__ import annotations

import asyncio
import json
import sys

EVENTS = 100
SLOW_SECONDS = 0.1
_WORDS = "The quarterly figures look good and the team is happy with them "


def _chunk(text: str | None, reason: str | None = None) -> bytes:
    delta = {} if text is None else {"content": text}
    document = {
        "id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m",
        "choices": [{"index": 0, "delta": delta, "finish_reason": reason}],
    }  # fmt: skip
    return b"data: " + json.dumps(document).encode() + b"\n\n"


def _framed(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


_PLAIN_BODY = json.dumps(
    {
        "id": "c", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": _WORDS * 10},
                "finish_reason": "stop",
            }
        ],
        "usage": {"prompt_tokens": 500, "completion_tokens": 130, "total_tokens": 630},
    }
).encode()  # fmt: skip
_PLAIN = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
    + str(len(_PLAIN_BODY)).encode() + b"\r\n\r\n" + _PLAIN_BODY
)  # fmt: skip
_STREAM_HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
)
_PIECES = [_framed(_chunk(f"{word} ")) for word in (_WORDS * 20).split()[:EVENTS]]
_END = _framed(_chunk(None, "stop")) + _framed(b"data: [DONE]\n\n") + b"0\r\n\r\n"


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
        if b'"model":"slow"' in body or b'"model": "slow"' in body:
            asyncio.get_running_loop().create_task(self._slowly())
        elif b'"model":"burst"' in body or b'"model": "burst"' in body:
            self._transport.write(_STREAM_HEAD + b"".join(_PIECES) + _END)
        else:
            self._transport.write(_PLAIN)

    async def _slowly(self) -> None:
        self._transport.write(_STREAM_HEAD)
        for piece in _PIECES:
            if self._transport.is_closing():
                return
            self._transport.write(piece)
            await asyncio.sleep(SLOW_SECONDS)
        self._transport.write(_END)


async def _serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(
        _Provider, "127.0.0.1", port, backlog=4096
    )
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
