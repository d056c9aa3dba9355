"""The answers that a simulated provider keeps: OpenAI's stored and background responses.

The model's name says what becomes of one in the background: ``never`` is never there, any other is
there when it is asked for the second time.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from tests.simulators.wires.form import event
from tests.simulators.wires.responses import ResponsesForm

if TYPE_CHECKING:
    from collections.abc import Iterator

_PATH = re.compile(r"/v1/responses/(?P<id>[\w.-]+)(?P<below>/input_items|/cancel)?(?:\?.*)?")

Reply = tuple[int, dict[str, Any]]


class KeptForm(ResponsesForm):
    """The answer to one request, kept where that asks for it."""

    def __init__(self, responses: KeptResponses, body: dict[str, Any]) -> None:
        super().__init__()
        object.__setattr__(self, "_responses", responses)
        object.__setattr__(self, "_body", body)
        object.__setattr__(self, "_name", responses.next_name())

    def said(self, body: dict[str, Any]) -> str:
        """The text of the input; where it is to ``recall``, the first words of all."""
        if body["model"] != "recall":
            return super().said(body)
        conversation = self._responses.conversation(body) or []
        return super().said({**body, "input": conversation[:1]})

    def whole(self, text: str, tool: str | None = None) -> dict[str, Any]:
        """See `ResponsesForm`: under its own name."""
        answer = {**super().whole(text, tool), "id": self._name}
        return self._responses.keep(self._body, answer)

    def events(self, text: str, tool: str | None = None, *, usage: bool = False) -> Iterator[bytes]:
        """See `ResponsesForm`: under its own name."""
        for data in super().events(text, tool, usage=usage):
            yield data.replace(b'"resp_sim"', f'"{self._name}"'.encode())


class KeptResponses:
    """What one provider keeps, for all who have its key."""

    def __init__(self) -> None:
        self._form = ResponsesForm()
        self.kept: dict[str, dict[str, Any]] = {}
        self.inputs: dict[str, list[dict[str, Any]]] = {}
        self._asked: dict[str, int] = {}
        self._endless: set[str] = set()
        self._streamed: set[str] = set()
        self._made = 0
        self.stubborn = False
        """Whether it fails to delete anything."""

    def conversation(self, body: dict[str, Any]) -> list[dict[str, Any]] | None:
        """All that was said before and is now; None where what it goes on with is not there."""
        given = body["input"]
        now = [{"role": "user", "content": given}] if isinstance(given, str) else given
        earlier = body.get("previous_response_id")
        if earlier is None:
            return list(now)
        if earlier not in self.kept:
            return None
        return [*self.inputs[earlier], *self.kept[earlier]["output"], *now]

    def missing(self, name: str) -> dict[str, Any]:
        """OpenAI's own words for an answer that is not there."""
        message = f"Previous response with id '{name}' not found."
        return self._form.error(message, "invalid_request_error", "previous_response_not_found")

    def next_name(self) -> str:
        """A name that no other answer has."""
        self._made += 1
        return f"resp_upstream{self._made:04}"

    def keep(self, body: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
        """The answer, kept where the request asks for it."""
        name = answer["id"]
        said = {
            key: body[key]
            for key in ("instructions", "metadata", "previous_response_id", "store", "tools")
            if body.get(key) is not None
        }
        whole = {**answer, **said}
        if body.get("store"):
            self.kept[name] = whole
            said_before = self.conversation(body) or []
            self.inputs[name] = [_item(item, at) for at, item in enumerate(said_before)]
        if body.get("stream"):
            self._streamed.add(name)
        if not body.get("background"):
            return whole
        self.kept[name] |= {"background": True}
        if body.get("stream"):
            return self.kept[name]
        self._asked[name] = 0
        if body["model"] == "never":
            self._endless.add(name)
        return self._waiting(name, "queued")

    def told(self, method: str, path: str) -> Reply | None:
        """The answer to a request about one; None when it is about none."""
        found = _PATH.fullmatch(path)
        if found is None:
            return None
        name, below = found["id"], found["below"]
        if name not in self.kept:
            message = f"Response with id '{name}' not found."
            return 404, self._form.error(message, "invalid_request_error")
        if method == "DELETE":
            return self._deleted(name)
        if below == "/cancel":
            self._asked.pop(name, None)
            self.kept[name] |= {"status": "cancelled", "output": [], "usage": None}
            return 200, self.kept[name]
        if below:
            data = self.inputs[name][::-1]
            return 200, {"object": "list", "data": data, "has_more": False}
        return 200, self._state(name)

    def replayed(self, path: str) -> Iterator[bytes] | None:
        """The events of one that was a stream, from its beginning; None where it was none."""
        found = _PATH.fullmatch(path)
        if found is None or found["id"] not in self._streamed & self.kept.keys():
            return None
        kept = self.kept[found["id"]]
        text = kept["output"][0]["content"][0]["text"]
        return _again(self._form.events(text), kept)

    def _deleted(self, name: str) -> Reply:
        if self.stubborn:
            return 500, self._form.error("It did not work.", "server_error")
        del self.kept[name]
        return 200, {"id": name, "object": "response", "deleted": True}

    def _state(self, name: str) -> dict[str, Any]:
        if name in self._asked:
            self._asked[name] += 1
            if self._asked[name] < 2 or name in self._endless:
                return self._waiting(name, "in_progress")
        return self.kept[name]

    def _waiting(self, name: str, status: str) -> dict[str, Any]:
        return {**self.kept[name], "status": status, "output": [], "usage": None}


def _again(events: Iterator[bytes], kept: dict[str, Any]) -> Iterator[bytes]:
    for data in events:
        document = json.loads(data.partition(b"data: ")[2])
        if "response" in document:
            whole = document["type"] == "response.completed"
            document["response"] = kept if whole else {**document["response"], "id": kept["id"]}
        yield event(document)


def _item(item: dict[str, Any], at: int) -> dict[str, Any]:
    """An item of an input, in the long form that the API lists."""
    content = item.get("content")
    if isinstance(content, str):
        item = {**item, "content": [{"type": "input_text", "text": content}]}
    return {"type": "message", "status": "completed", **item, "id": f"msg_in{at}"}
