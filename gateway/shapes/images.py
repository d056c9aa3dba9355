"""OpenAI's images API: generations, edits and variations."""

from __future__ import annotations

import base64
import binascii
from functools import partial
from typing import TYPE_CHECKING, Any

from gateway.content.attachments.attachment import Kind as PictureKind
from gateway.content.attachments.attachment import Unreadable
from gateway.content.attachments.sniff import sniff
from gateway.core.exchange import Kind
from gateway.core.media import Upload
from gateway.errors import InvalidRequest, ProviderGarbage
from gateway.shapes.shape import Medium
from gateway.shapes.whole import Whole

if TYPE_CHECKING:
    from collections.abc import Iterator

_BYTES = "b64_json"
_FORMATS = ("url", _BYTES)
_ALWAYS_BYTES = ("gpt-image", "chatgpt-image")
"""Models that answer with bytes alone, and refuse to be asked for them."""

_TYPES = {"jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}


class Images(Whole):
    """The shapes ``images``, ``image_edits`` and ``image_variations``.

    A picture always comes to us as bytes, whatever the caller asked for: behind an address it
    could be neither marked nor accounted for, and the provider would keep it for others to fetch.
    A caller who wants an address gets one that holds the picture (RFC 2397).
    """

    kind = Kind.IMAGE
    opaque = frozenset({_BYTES})

    def __init__(self, name: str, address: str, *, needs: tuple[str, ...]) -> None:
        """`needs` are the fields without which there is nothing to do."""
        self.name = name
        self.address = address
        self._needs = needs

    def check(self, body: dict[str, Any]) -> None:
        """See `gateway.shapes.shape.Shape`."""
        self.check_whole(body)
        for name in self._needs:
            value = body.get(name, body.get(f"{name}[]"))
            if name == "prompt" and not (isinstance(value, str) and value):
                raise InvalidRequest("prompt must be a non-empty text.", param=name)
            if name == "image":
                _check_pictures(value)
        if body.get("response_format", _BYTES) not in _FORMATS:
            raise InvalidRequest(
                f"response_format must be one of {', '.join(_FORMATS)}.", param="response_format"
            )
        if body.get("partial_images") not in (None, 0, "0"):
            raise InvalidRequest("Pictures are inspected whole.", param="partial_images")

    def sent(self, body: dict[str, Any], model: str) -> dict[str, Any]:
        """See `gateway.shapes.shape.Shape`: bytes are wanted, in the words of the model."""
        kept = {name: value for name, value in body.items() if name != "response_format"}
        if not model.startswith(_ALWAYS_BYTES):
            kept["response_format"] = _BYTES
        return {**kept, "model": model}

    def checked(self, answer: dict[str, Any]) -> None:
        """See `gateway.shapes.shape.Shape`: pictures, and as bytes."""
        data = answer.get("data")
        if not isinstance(data, list) or not data:
            raise ProviderGarbage
        for item in data:
            if not isinstance(item, dict) or not isinstance(item.get(_BYTES), str):
                raise ProviderGarbage("It did not answer with the bytes of a picture.")

    def media(self, answer: dict[str, Any]) -> Iterator[Medium]:
        """See `gateway.shapes.shape.Shape`."""
        kind = _TYPES.get(str(answer.get("output_format", "")), "")
        for item in answer["data"]:
            try:
                data = base64.b64decode(item[_BYTES], validate=True)
            except binascii.Error as error:
                raise ProviderGarbage("It did not answer with the bytes of a picture.") from error
            yield Medium(kind, data, partial(_put, item))

    def delivered(self, answer: dict[str, Any], body: dict[str, Any]) -> None:
        """See `gateway.shapes.shape.Shape`."""
        if body.get("response_format") != "url":
            return
        for item in answer["data"]:
            kind = _kind_of(item[_BYTES])
            item["url"] = f"data:{kind};base64,{item.pop(_BYTES)}"


def _put(item: dict[str, Any], data: bytes) -> None:
    item[_BYTES] = base64.b64encode(data).decode()


def _kind_of(encoded: str) -> str:
    """The type of a picture by its first letters."""
    starts = {"iVBORw": "image/png", "/9j/": "image/jpeg", "UklGR": "image/webp"}
    known = (kind for start, kind in starts.items() if encoded.startswith(start))
    return next(known, "application/octet-stream")


def _check_pictures(value: Any) -> None:
    """Return if these are files of the form, and each a picture and nothing besides.

    Raises:
        InvalidRequest: they are not.
    """
    for item in value if isinstance(value, list) and value else [value]:
        if not isinstance(item, Upload):
            raise InvalidRequest("image must be a file of the form.", param="image")
        try:
            media = sniff(item.data)
        except Unreadable as error:
            raise InvalidRequest("image is no picture, or more than one.", param="image") from error
        if media is None or media.kind is not PictureKind.IMAGE:
            raise InvalidRequest("image is no picture that is known here.", param="image")


GENERATIONS = Images("images", "/images/generations", needs=("prompt",))
EDITS = Images("image_edits", "/images/edits", needs=("prompt", "image"))
VARIATIONS = Images("image_variations", "/images/variations", needs=("image",))
