"""The load: requests over kept connections, and many streams at once."""

from __future__ import annotations

import asyncio
import json
import random
import time
from dataclasses import dataclass, field
from itertools import repeat
from typing import TYPE_CHECKING

from bench.shapes import CHAT, SHAPES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.shapes import Shape

_PROMPT = (
    "Please summarise the following thread for the quarterly meeting and keep the tone friendly. "
    "The customer asked about the invoice and whether the delivery on 12 March can be moved. "
)
_TEXT_BYTES = 1_900
_MAIL = " Answer to jane.doe@customer.example."
SENTENCES = (
    "We met on Tuesday to go through the numbers of the last quarter and found two open points.",
    "The supplier in Rotterdam has moved the delivery by a week, and nobody told the warehouse.",
    "Could you turn the notes below into a short letter that sounds friendly but firm?",
    "Marta Lindqvist asked whether the training can be held in the morning instead.",
    "Our new scanner reads most of the forms, but it still fails when the paper is folded.",
    "Please keep the table as it is and only shorten the text that stands above it.",
    "The first draft was too long, the second one said too little, and the third was lost.",
    "Travel costs went down by eleven percent because more meetings are held from home.",
    "There is a hole in the fence behind hall four, and it has been there since the spring.",
    "The customer likes the blue version better, although the green one is easier to read.",
    "For the brochure we need three sentences on how the pump works and one on its price.",
    "Anyone who wants to come to the summer party should say so before the end of the month.",
    "The office in Bergen closes at four on Fridays, and so does the one in Antwerp.",
    "It would help to know which of the two offers includes the maintenance of the lift.",
    "Every second invoice comes back because the order number is missing or stands too low.",
    "Thomas Okafor will present the results, and somebody else has to write the minutes.",
    "The survey shows that people read the newsletter on the train, if they read it at all.",
    "Sort the list by department first and by date afterwards, and leave out the empty lines.",
    "A colleague suggested that we print the labels ourselves and save the time of waiting.",
    "The contract ends in autumn; until then we have to decide whether to go on with it.",
    "Half of the chairs in the large meeting room are broken and the others are not nice.",
    "In the end the simple solution worked: we wrote the names on the boxes by hand.",
    "Explain the difference between the two methods to somebody who has used neither.",
    "The museum in Leuven would like to borrow the old machine for an exhibition next year.",
    "My question is how to say no to this without sounding as if we were not interested.",
    "The heating has been repaired twice and is still colder in the east wing than outside.",
    "Ines Carvalho found the mistake: a comma stood where there should have been a point.",
    "Add a paragraph on safety, mention the helmets, and do not forget the visitors.",
)
"""What is written in offices, for texts of which no two are alike."""


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


def request_bytes(
    model: str, key: str, *, stream: bool, text: str = _PROMPT * 20, shape: Shape = CHAT
) -> bytes:
    """One request of about 2 KB with an e-mail address in it."""
    body = json.dumps(shape.body(model, text[:_TEXT_BYTES] + _MAIL, stream=stream)).encode()
    head = (
        f"POST {shape.address(model, stream=stream)} HTTP/1.1\r\nHost: bench\r\n"
        f"Authorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def always(model: str, key: str, *, stream: bool, shape: Shape = CHAT) -> Iterator[bytes]:
    """The same request for ever: an agent's next step, a retry, a turn that is sent again."""
    return repeat(request_bytes(model, key, stream=stream, shape=shape))


def never_seen(model: str, key: str, *, stream: bool, shape: Shape = CHAT) -> Iterator[bytes]:
    """Requests of 2 KB of prose, of which no two are alike."""
    chance = random.Random(0)
    while True:
        text = " ".join(chance.sample(SENTENCES, len(SENTENCES)))
        yield request_bytes(model, key, stream=stream, text=text, shape=shape)


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
                return good and any(shape.last in last for shape in SHAPES), first
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
