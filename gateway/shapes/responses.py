"""OpenAI's Responses API: ``POST /v1/responses``."""

from __future__ import annotations

import base64
import binascii
import re
from functools import partial
from typing import TYPE_CHECKING, Any

from gateway.content.walk import Turn, source_of
from gateway.core.exchange import Kind, Usage
from gateway.core.media import media_type
from gateway.errors import ProviderGarbage
from gateway.shapes import responses_asked
from gateway.shapes.responses_events import ResponsesEvents
from gateway.shapes.responses_parts import OPAQUE, item_places, items, repeat, unrepeated, used
from gateway.shapes.responses_translation import ResponsesTranslation
from gateway.shapes.shape import Asks, Defaults, Medium

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gateway.content.answer import Place
    from gateway.content.signals.fields import Source
    from gateway.shapes.shape import Key, Translation

_VISIBLE = re.compile(r"content\.\d+\.text")
_ENDS = frozenset({"response.completed", "response.failed", "response.incomplete"})


class Responses(Defaults):
    """The shape ``responses``; `gateway.shapes.shape.Shape`.

    The provider stores what it is asked unless it is told not to, so it is told that whenever
    ``store`` is not said. Where it is said, policy sees it, and may turn it off.
    """

    name = "responses"
    kind = Kind.RESPONSES
    asks = Asks(assumed={"store": False})
    translation: Translation | None = ResponsesTranslation()
    repeats = True
    opaque = OPAQUE

    def visible(self, key: Key) -> bool:
        """See `gateway.shapes.shape.Shape`."""
        return _VISIBLE.fullmatch(key.path) is not None

    def check(self, body: dict[str, Any]) -> None:
        """See `gateway.shapes.shape.Shape`."""
        responses_asked.check(body)

    def turns(self, body: dict[str, Any]) -> Iterator[Turn]:
        """See `gateway.shapes.shape.Shape`."""
        if "instructions" in body:
            yield Turn(("instructions",), body["instructions"], "system")
        given = body.get("input")
        if isinstance(given, list):
            for at, item in enumerate(given):
                yield Turn(("input", at), item, _source(item))
        elif "input" in body:
            yield Turn(("input",), given, "user")

    def label_possible(self, body: dict[str, Any]) -> bool:
        """See `gateway.shapes.shape.Shape`: not under JSON for a program."""
        text = body.get("text")
        form = text.get("format") if isinstance(text, dict) else None
        kind = form.get("type") if isinstance(form, dict) else None
        return kind in (None, "text")

    def path(self, model: str, *, stream: bool) -> str:  # noqa: ARG002 - one address for all
        """See `gateway.shapes.shape.Shape`."""
        return "/responses"

    def ends(self, event: dict[str, Any]) -> bool:
        """See `gateway.shapes.shape.Shape`."""
        return event.get("type") in _ENDS

    def checked(self, answer: dict[str, Any]) -> None:
        """See `gateway.shapes.shape.Shape`. What it repeats of the request is taken out."""
        if not isinstance(answer.get("output"), list):
            raise ProviderGarbage
        items(answer)
        unrepeated(answer)

    def spoken(self, answer: dict[str, Any]) -> Iterable[tuple[Key, Place]]:
        """See `gateway.shapes.shape.Shape`."""
        return [found for at, item in enumerate(items(answer)) for found in item_places(at, item)]

    def labelled(self, answer: dict[str, Any]) -> Iterable[tuple[Key, Place]]:
        """See `gateway.shapes.shape.Shape`: the last text of each message."""
        last = {
            key.group: (key, place)
            for key, place in self.spoken(answer)
            if self.visible(key) and place.text
        }
        return list(last.values())

    def media(self, answer: dict[str, Any]) -> Iterator[Medium]:
        """See `gateway.shapes.shape.Shape`: pictures that the provider's own tool made."""
        for item in items(answer):
            if item.get("type") == "image_generation_call" and isinstance(item.get("result"), str):
                try:
                    data = base64.b64decode(item["result"], validate=True)
                except binascii.Error as error:
                    raise ProviderGarbage from error
                kind = media_type(f"image/{item.get('output_format', 'png')}")
                yield Medium(kind, data, partial(_put, item))

    def delivered(self, answer: dict[str, Any], body: dict[str, Any]) -> None:
        """See `gateway.shapes.shape.Shape`: what a response repeats is what the caller sent."""
        repeat(answer, body)

    def usage(self, answer: dict[str, Any]) -> Usage:
        """See `gateway.shapes.shape.Shape`."""
        return used(answer)

    def events(self, alias: str) -> ResponsesEvents:
        """See `gateway.shapes.shape.Shape`."""
        return ResponsesEvents(alias, {})

    def events_of(self, body: dict[str, Any], alias: str) -> ResponsesEvents:
        """See `gateway.shapes.shape.Shape`."""
        return ResponsesEvents(alias, body)


def _put(item: dict[str, Any], data: bytes) -> None:
    item["result"] = base64.b64encode(data).decode()


def _source(item: Any) -> Source | None:
    """Who speaks in an item: what a tool gave back is the tool's, the rest without a role ours."""
    said = source_of(item)
    kind = item.get("type") if isinstance(item, dict) else None
    if said is None and isinstance(kind, str):
        return "tool" if kind.endswith("_output") else "assistant"
    return said
