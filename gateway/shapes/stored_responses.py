"""Answers of OpenAI's Responses API that the provider keeps: fetched, and judged again then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.content.answer import Place, places
from gateway.core.exchange import Usage
from gateway.errors import InvalidRequest, ProviderGarbage
from gateway.shapes.responses import Responses
from gateway.shapes.responses_events import ResponsesEvents
from gateway.shapes.responses_parts import OPAQUE, item_places, items, used
from gateway.shapes.shape import OWN, Asks, Key
from gateway.shapes.states import moment, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gateway.content.walk import Turn
    from gateway.core.call import Method
    from gateway.shapes.responses_events import Steps
    from gateway.shapes.shape import More, Step, Translation

UPSTREAM, NAME, PREVIOUS, QUERY = (
    "proviso_upstream", "proviso_name", "proviso_previous", "proviso_query",
)  # fmt: skip
"""Where the request for a kept answer has the provider's name of it, ours, ours of the one before,
and what the list of its input is asked for. All are put there by us: the caller sends no body."""

PENDING = frozenset({"in_progress", "queued"})
"""States of an answer that is not there yet."""

_SAID = ("instructions", "metadata", "text", "tools")
"""What a kept answer repeats of its request, in what the provider was sent."""

_PICTURE = "image_generation_call"


class StoredResponse(Responses):
    """The shape ``stored_response``: an answer that has been counted before."""

    name = "stored_response"
    method: Method = "GET"
    asks = Asks()
    translation: Translation | None = None
    repeats = False

    def check(self, body: dict[str, Any]) -> None:
        """See `gateway.shapes.shape.Shape`: nobody but us writes it."""

    def turns(self, body: dict[str, Any]) -> Iterator[Turn]:  # noqa: ARG002 - nothing is said
        """See `gateway.shapes.shape.Shape`."""
        return iter(())

    def path_of(self, body: dict[str, Any], model: str, *, stream: bool) -> str:  # noqa: ARG002
        """See `gateway.shapes.shape.Shape`: a stream is asked for from its beginning."""
        return f"/responses/{body[UPSTREAM]}{'?stream=true' if stream else ''}"

    def sent(self, body: dict[str, Any], model: str) -> dict[str, Any]:  # noqa: ARG002
        """See `gateway.shapes.shape.Shape`: nothing but its name, which is in the address."""
        return {}

    def checked(self, answer: dict[str, Any]) -> None:
        """See `gateway.shapes.shape.Shape`: an answer that is there."""
        if not isinstance(answer.get("output"), list) or is_pending(answer):
            raise ProviderGarbage
        items(answer)

    def spoken(self, answer: dict[str, Any]) -> Iterable[tuple[Key, Place]]:
        """See `gateway.shapes.shape.Shape`, and what it repeats of the request, to be restored."""
        return [*super().spoken(answer), *_repeated(answer)]

    def delivered(self, answer: dict[str, Any], body: dict[str, Any]) -> None:
        """See `gateway.shapes.shape.Shape`: under our names."""
        answer["id"] = body[NAME]
        answer["previous_response_id"] = body[PREVIOUS] or None
        for name in ("prompt_cache_key", "safety_identifier", "user"):
            if name in answer:
                answer[name] = None

    def usage(self, answer: dict[str, Any]) -> Usage:  # noqa: ARG002 - it used nothing more
        """See `gateway.shapes.shape.Shape`."""
        return Usage()

    def events_of(self, body: dict[str, Any], alias: str) -> ResponsesEvents:
        """See `gateway.shapes.shape.Shape`."""
        return StoredEvents(alias, {"previous_response_id": body[PREVIOUS] or None})


class StoredEvents(ResponsesEvents):
    """The events of a kept answer. Its end repeats what the answer was asked with, restored."""

    counts = False

    def _step(self, kind: str, event: dict[str, Any]) -> tuple[Step | More, Steps]:
        told, item = event.get("response"), event.get("item")
        made = items(told) if isinstance(told, dict) else []
        if kind.startswith(f"response.{_PICTURE}.") or any(
            it.get("type") == _PICTURE for it in (*made, item) if isinstance(it, dict)
        ):
            # Only a whole answer has its pictures marked.
            raise InvalidRequest(
                "Pictures are inspected whole: ask without stream.", param="stream"
            )
        return super()._step(kind, event)

    def _response(self, event: dict[str, Any], *, ended: bool) -> tuple[Step, Steps]:
        told = event.get("response")
        said = {
            name: told[name] for name in _SAID if isinstance(told, dict) and told.get(name)
        }  # fmt: skip
        step, before = super()._response(event, ended=ended)
        if ended:
            event["response"].update(said)
            found = _repeated(event["response"])
            step.complete = [item for item in found if not item[1].structural]
            step.pieces = [*step.pieces, *(item for item in found if item[1].structural)]
        return step, before


class BackgroundEvents(StoredEvents):
    """Those of one that has not been counted yet."""

    counts = True


class BackgroundResponse(StoredResponse):
    """The shape ``background_response``: an answer nobody waited for, fetched the first time.

    What it used is counted with this exchange, and with no other.
    """

    name = "background_response"

    def usage(self, answer: dict[str, Any]) -> Usage:
        """See `gateway.shapes.shape.Shape`."""
        return used(answer)

    def events_of(self, body: dict[str, Any], alias: str) -> ResponsesEvents:
        """See `gateway.shapes.shape.Shape`."""
        return BackgroundEvents(alias, {"previous_response_id": body[PREVIOUS] or None})


class StoredInput(StoredResponse):
    """The shape ``stored_response_input``: what an answer was asked with."""

    name = "stored_response_input"
    generates = False

    def path_of(self, body: dict[str, Any], model: str, *, stream: bool) -> str:  # noqa: ARG002
        """See `gateway.shapes.shape.Shape`."""
        return f"/responses/{body[UPSTREAM]}/input_items{body[QUERY]}"

    def visible(self, key: Key) -> bool:  # noqa: ARG002 - no answer
        """See `gateway.shapes.shape.Shape`."""
        return False

    def label_possible(self, body: dict[str, Any]) -> bool:  # noqa: ARG002 - no answer
        """See `gateway.shapes.shape.Shape`: not under one's own words."""
        return False

    def checked(self, answer: dict[str, Any]) -> None:
        """See `gateway.shapes.shape.Shape`: a list of items."""
        data = answer.get("data")
        if not isinstance(data, list) or not all(isinstance(item, dict) for item in data):
            raise ProviderGarbage

    def spoken(self, answer: dict[str, Any]) -> Iterable[tuple[Key, Place]]:
        """See `gateway.shapes.shape.Shape`: every item."""
        data = answer["data"]
        return [found for at, item in enumerate(data) for found in item_places(at, item)]

    def media(self, answer: dict[str, Any]) -> Iterator[Any]:  # noqa: ARG002 - none is made
        """See `gateway.shapes.shape.Shape`: pictures in it were marked when they were made."""
        return iter(())

    def delivered(self, answer: dict[str, Any], body: dict[str, Any]) -> None:
        """See `gateway.shapes.shape.Shape`: as it came."""


def _repeated(answer: dict[str, Any]) -> list[tuple[Key, Place]]:
    """What an answer repeats of its request, to be restored."""
    said = {name: answer[name] for name in _SAID if isinstance(answer.get(name), (dict, list))}
    found = [(Key(OWN, place.path), place) for place in places(said, opaque=OPAQUE)]
    if isinstance(answer.get("instructions"), str):
        where = Place(answer, "instructions", "instructions", json=False, structural=False)
        found.append((Key(OWN, "instructions"), where))
    return found


BACKGROUND = BackgroundResponse()
INPUT = StoredInput()
STORED = StoredResponse()


def state(answer: dict[str, Any]) -> str:
    """How far a kept answer is, in a word of the API; nothing where the provider says none."""
    return word(answer.get("status"))


def is_pending(answer: dict[str, Any]) -> bool:
    """Whether a kept answer is not there yet."""
    return state(answer) in PENDING


def state_of(answer: dict[str, Any], name: str, alias: str, previous: str) -> dict[str, Any]:
    """What of a kept answer is told that is not there yet, or never will be: none of its words."""
    error = answer.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    return {
        "id": name,
        "object": "response",
        "created_at": moment(answer.get("created_at")),
        "status": state(answer),
        "background": True,
        # Its message may quote the request.
        "error": {"code": word(code), "message": ""} if error is not None else None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "model": alias,
        "output": [],
        "parallel_tool_calls": True,
        "previous_response_id": previous or None,
        "store": True,
        "tool_choice": "auto",
        "tools": [],
    }
