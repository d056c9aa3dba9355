"""What the APIs have in common that answer in one piece: pictures, sounds, lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.content.answer import places
from gateway.content.walk import Turn
from gateway.core.exchange import Usage
from gateway.core.media import RAW, Upload
from gateway.errors import InvalidRequest
from gateway.shapes.shape import Defaults, Key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gateway.content.answer import Place
    from gateway.shapes.shape import Events


class Whole(Defaults):
    """An answer in one piece."""

    address: str
    """Below the provider's base address."""

    prompts: tuple[str, ...] = ("prompt",)
    """Fields in which the caller speaks, or hands something over."""

    def check_whole(self, body: dict[str, Any]) -> None:
        """Return if `body` names its model and does not ask for pieces.

        Raises:
            InvalidRequest: it does not, or does.
        """
        model = body.get("model")
        if not isinstance(model, str) or not model:
            raise InvalidRequest("model must be a non-empty string.", param="model")
        if body.get("stream") not in (None, False, "false"):
            raise InvalidRequest(
                "This cannot be had in pieces: it is inspected and marked as a whole.",
                param="stream",
            )

    def visible(self, key: Key) -> bool:  # noqa: ARG002 - no text stands for itself
        """See `gateway.shapes.shape.Shape`."""
        return False

    def turns(self, body: dict[str, Any]) -> Iterator[Turn]:
        """See `gateway.shapes.shape.Shape`: what is asked for, and what was handed over."""
        for name, value in body.items():
            if name.removesuffix("[]") in self.prompts or _holds_file(value):
                yield Turn((name,), value, "user")

    def label_possible(self, body: dict[str, Any]) -> bool:  # noqa: ARG002 - whatever it asks
        """See `gateway.shapes.shape.Shape`: not in bytes; those are marked."""
        return False

    def path(self, model: str, *, stream: bool) -> str:  # noqa: ARG002 - one address for all
        """See `gateway.shapes.shape.Shape`."""
        return self.address

    def ends(self, event: dict[str, Any]) -> bool:  # noqa: ARG002 - there are none
        """See `gateway.shapes.shape.Shape`."""
        return False

    def spoken(self, answer: dict[str, Any]) -> Iterable[tuple[Key, Place]]:
        """See `gateway.shapes.shape.Shape`: every word."""
        return [(Key(0, place.path), place) for place in places(answer, opaque=self.opaque)]

    def labelled(self, answer: dict[str, Any]) -> Iterable[tuple[Key, Place]]:  # noqa: ARG002
        """See `gateway.shapes.shape.Shape`: nowhere."""
        return ()

    def usage(self, answer: dict[str, Any]) -> Usage:
        """See `gateway.shapes.shape.Shape`."""
        usage = answer.get("usage")
        told = usage if isinstance(usage, dict) else {}
        spent = [told.get("input_tokens"), told.get("output_tokens")]
        return Usage(*(count if isinstance(count, int) else 0 for count in spent))

    def events(self, alias: str) -> Events:
        """See `gateway.shapes.shape.Shape`.

        Raises:
            InvalidRequest: always; `check_whole` has said so before.
        """
        raise InvalidRequest(f"{alias} cannot answer this in pieces.", param="stream")


def is_raw(answer: dict[str, Any]) -> bool:
    """Whether an answer is bytes, not JSON."""
    return RAW in answer


def _holds_file(value: Any) -> bool:
    return any(isinstance(item, Upload) for item in (value if isinstance(value, list) else [value]))
