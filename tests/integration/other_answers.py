"""How the other APIs are asked, and what a provider answers them: the good answers of each."""

from __future__ import annotations

import base64
import json
import re
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.integration import test_batches, test_message_batches
from tests.integration.hostile import HEAD, RESPONSES, said
from tests.simulators.sockets import serving
from tests.simulators.wires.media import a_png, a_wav, job
from tests.storing import a_storing_company

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.factories import Installation

    Asking = Callable[["Company", Any, str], "Got"]
    """How an API is asked: by whom, what the provider will answer, and with which instructions."""

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_TIME = 1_758_000_000

COMPLETION = {
    "id": "c", "object": "text_completion", "created": _TIME, "model": "echo",
    "choices": [{"index": 0, "text": "Hello.", "logprobs": None, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
}  # fmt: skip
CHUNKS = [
    {**COMPLETION, "choices": [{"index": 0, "text": text, "finish_reason": reason}], "usage": None}
    for text, reason in (("Hello.", None), (" So. ", None), ("", "stop"))
]
EMBEDDING = {
    "object": "list", "model": "echo", "usage": {"prompt_tokens": 1, "total_tokens": 1},
    "data": [{"object": "embedding", "index": 0, "embedding": [0.25, -0.5]}],
}  # fmt: skip
PICTURE = {
    "created": _TIME, "usage": {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2},
    "data": [{"b64_json": base64.b64encode(a_png()).decode(), "revised_prompt": "A bicycle."}],
}  # fmt: skip
MODERATION = {
    "id": "m", "model": "echo",
    "results": [{
        "flagged": False, "categories": {"violence": False}, "category_scores": {"violence": 0.1},
    }],
}  # fmt: skip
HEARD = {
    "text": "Hello.", "language": "english", "duration": 1.5, "task": "transcribe",
    "segments": [{"id": 0, "start": 0.0, "end": 1.5, "text": "Hello.", "tokens": [50364, 2425]}],
    "words": [{"word": "Hello", "start": 0.0, "end": 0.5}],
}  # fmt: skip
SRT = b"1\n00:00:00,000 --> 00:00:01,500\nHello. {words}\n"
VTT = b"WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nHello. {words}\n"
KEPT = {**said(RESPONSES, {}, {}), "instructions": "Be brief.", "metadata": {"topic": "t"}}
WAITING = {**KEPT, "status": "in_progress", "output": [], "background": True}
ITEMS = {
    "object": "list", "first_id": "i", "last_id": "i", "has_more": False,
    "data": [{
        "type": "message", "id": "i", "role": "user",
        "content": [{"type": "input_text", "text": "Hello"}],
    }],
}  # fmt: skip
TAKEN_UP = [
    {"type": "response.created", "response": {**KEPT, "output": []}},
    {"type": "response.output_text.delta", "item_id": "i", "output_index": 0, "content_index": 0,
     "delta": "Hello."},
    {"type": "response.completed", "response": KEPT},
]  # fmt: skip
_ENDINGS = {"image": "png", "file": "wav"}
_JSON, _EVENTS = HEAD + b"application/json\r\n\r\n", HEAD + b"text/event-stream\r\n\r\n"


class Got(NamedTuple):
    """What a caller has got."""

    status: int
    text: str


class Company:
    """A company that keeps answers and files, and what its provider answers next."""

    def __init__(self, made: Installation) -> None:
        """All its providers say `answer`."""
        self.made = made
        self.answer = b""
        self.emma = test_batches.Caller(made)
        self.claude = test_message_batches.Caller(made)

    def tell(self, document: Any) -> None:
        """Have the provider answer that: an object, the events of a stream in a list, or bytes."""
        if isinstance(document, bytes):
            self.answer = document
        elif isinstance(document, list):
            lines = [b"data: " + json.dumps(event).encode() + b"\n\n" for event in document]
            self.answer = _EVENTS + b"".join([*lines, b"data: [DONE]\n\n"])
        else:
            self.answer = _JSON + json.dumps(document).encode()

    def call(self, method: str, path: str, **more: Any) -> Got:
        """A request of hers."""
        given = self.emma.call(method, path, **more)
        # Not as text: it may be none.
        text = given.get_data().decode("utf-8", "replace")
        given.close()
        return Got(given.status_code, f"{given.headers.get('Content-Type')}\n{text}")

    def name_of(self, path: str, document: dict[str, Any], **body: Any) -> str:
        """The name of what begins at that path, where the provider answers with `document`."""
        self.tell(document)
        given = self.emma.call("post", path, json={"model": "echo", **body})
        assert given.status_code == 200, given.get_data(as_text=True)
        return str(given.json["id"])

    def outcome(self) -> dict[str, Any]:
        """The newest one of the log."""
        return next(item for item in reversed(self.made.entries()) if item["kind"] == "outcome")


@contextmanager
def a_company(folder: Path) -> Iterator[Company]:
    """Serve one."""
    told: list[Company] = []

    def play(peer: socket.socket) -> None:
        data = b""
        while not _is_whole(data):
            data += peer.recv(65_536)
        peer.sendall(told[0].answer)

    with serving(play) as base:
        made = a_storing_company(folder, f"{base}/v1")
        told.append(Company(made))
        yield told[0]
        made.close()


def _is_whole(data: bytes) -> bool:
    head, _, body = data.partition(b"\r\n\r\n")
    found = _LENGTH.search(head)
    return b"\r\n\r\n" in data and (found is None or len(body) >= int(found[1]))


def posted(path: str, **body: Any) -> Asking:
    """With a body of JSON."""

    def ask(company: Company, answer: Any, _: str) -> Got:
        company.tell(answer)
        return company.call("post", path, json={"model": "echo", **body})

    return ask


def handed(path: str, name: str, **body: Any) -> Asking:
    """With a form that has a file in it."""

    def ask(company: Company, answer: Any, _: str) -> Got:
        company.tell(answer)
        data = a_png() if name == "image" else a_wav()
        form = {"model": "echo", **body, name: (BytesIO(data), f"a.{_ENDINGS[name]}")}
        return company.call("post", path, data=form)

    return ask


def film(method: str, rest: str = "", **body: Any) -> Asking:
    """About a film that has begun."""

    def ask(company: Company, answer: Any, _: str) -> Got:
        name = company.name_of("/v1/videos", job("queued"), prompt="A kite")
        company.tell(answer)
        return company.call(method, f"/v1/videos/{name}{rest}", json=body or None)

    return ask


def kept(method: str, rest: str = "", **body: Any) -> Asking:
    """About an answer that the provider keeps."""

    def ask(company: Company, answer: Any, system: str) -> Got:
        begun = WAITING if body else KEPT
        told = {"instructions": system} if system else {}
        asked = {"input": "Hello", "store": True, **body, **told}
        name = company.name_of("/v1/responses", begun, **asked)
        company.tell(answer)
        return company.call(method, f"/v1/responses/{name}{rest}")

    return ask


def stored(company: Company, answer: Any, system: str) -> Got:
    """For an answer that is to be kept."""
    company.tell(answer)
    told = {"instructions": system} if system else {}
    body = {"model": "echo", "input": "Hello", "store": True, **told}
    return company.call("post", "/v1/responses", json=body)


def line(path: str, **body: Any) -> Asking:
    """In a line of a batch."""

    def ask(company: Company, answer: Any, system: str) -> Got:
        company.tell(answer)
        sent = {"model": "echo", **body}
        if path == test_batches.CHAT:
            told = [{"role": "system", "content": system}] if system else []
            sent["messages"] = [*told, {"role": "user", "content": "Hello"}]
        elif system:
            sent["instructions"] = system
        one = {"custom_id": "a", "method": "POST", "url": path, "body": sent}
        told_of = company.emma.ended(company.emma.begin([one], path).json["id"])
        files = (told_of["output_file_id"], told_of["error_file_id"])
        (given,) = [each for name in files for each in company.emma.answers(name)]
        return _line_of(given["response"]["status_code"], given)

    return ask


def message(company: Company, answer: Any, system: str) -> Got:
    """In one of a batch of Messages."""
    company.tell(answer)
    told = {"system": system} if system else {}
    asked = test_message_batches.asked("a", "Hello", "translated", **told)
    begun = company.claude.begin(asked).json
    given = company.claude.results(company.claude.ended(begun["id"])["id"])["a"]
    return _line_of(200 if given["type"] == "succeeded" else 502, given)


def _line_of(status: int, given: Any) -> Got:
    return Got(status, json.dumps(given, ensure_ascii=False))


def raw(kind: str, data: bytes) -> bytes:
    """An answer that is no JSON."""
    return HEAD + kind.encode() + b"\r\n\r\n" + data
