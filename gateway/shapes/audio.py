"""OpenAI's audio API: speech from text, and text from speech."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.content.answer import Place
from gateway.core.exchange import Kind
from gateway.core.media import RAW, Raw, Upload
from gateway.errors import InvalidRequest, ProviderGarbage
from gateway.shapes.provider_ids import check_voice
from gateway.shapes.shape import Key, Medium
from gateway.shapes.whole import Whole, is_raw

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_TEXT = "text"


class Speech(Whole):
    """The shape ``speech``: a text is read aloud."""

    name = "speech"
    kind = Kind.AUDIO
    address = "/audio/speech"
    prompts = ("input", "instructions")

    def check(self, body: dict[str, Any]) -> None:
        """See `gateway.shapes.shape.Shape`."""
        self.check_whole(body)
        if not isinstance(body.get("input"), str) or not body["input"]:
            raise InvalidRequest("input must be a non-empty text.", param="input")
        if body.get("stream_format", "audio") != "audio":
            raise InvalidRequest("Speech is marked as a whole.", param="stream_format")
        check_voice(body.get("voice"), "voice")

    def checked(self, answer: dict[str, Any]) -> None:
        """See `gateway.shapes.shape.Shape`: sound, and nothing else."""
        raw = answer.get(RAW)
        if not isinstance(raw, Raw) or not raw.content_type.startswith("audio/") or not raw.data:
            raise ProviderGarbage("It did not answer with sound.")

    def media(self, answer: dict[str, Any]) -> Iterator[Medium]:
        """See `gateway.shapes.shape.Shape`."""
        raw = answer[RAW]

        def put(data: bytes) -> None:
            answer[RAW] = Raw(raw.content_type, data)

        yield Medium(raw.content_type, raw.data, put)


class Heard(Whole):
    """The shapes ``transcriptions`` and ``translations``: what is said in a recording.

    Nobody can listen to the recording before it leaves: policy is told of sound that was not
    looked at, and says whether it may go. The words that come back are inspected as any answer.
    """

    kind = Kind.AUDIO
    prompts = ("file", "prompt")

    def __init__(self, name: str, address: str) -> None:
        """At `address`."""
        self.name = name
        self.address = address

    def check(self, body: dict[str, Any]) -> None:
        """See `gateway.shapes.shape.Shape`."""
        self.check_whole(body)
        if not isinstance(body.get("file"), Upload):
            raise InvalidRequest("file must be a file of the form.", param="file")

    def checked(self, answer: dict[str, Any]) -> None:
        """See `gateway.shapes.shape.Shape`: JSON with the text, or the text itself."""
        raw = answer.get(RAW)
        if isinstance(raw, Raw):
            try:
                answer[_TEXT] = raw.data.decode()
            except UnicodeDecodeError as error:
                raise ProviderGarbage("It did not answer with text.") from error
        elif not isinstance(answer.get(_TEXT), str):
            raise ProviderGarbage

    def spoken(self, answer: dict[str, Any]) -> Iterable[tuple[Key, Place]]:
        """See `gateway.shapes.shape.Shape`."""
        if is_raw(answer):
            place = Place(answer, _TEXT, _TEXT, json=False, structural=False)
            return [(Key(0, _TEXT), place)]
        return super().spoken(answer)

    def visible(self, key: Key) -> bool:
        """See `gateway.shapes.shape.Shape`."""
        return key.path == _TEXT

    def delivered(self, answer: dict[str, Any], body: dict[str, Any]) -> None:  # noqa: ARG002
        """See `gateway.shapes.shape.Shape`: text as it came, with what was restored in it."""
        raw = answer.get(RAW)
        if isinstance(raw, Raw):
            answer[RAW] = Raw(raw.content_type, answer[_TEXT].encode())


SPEECH = Speech()
TRANSCRIPTIONS = Heard("transcriptions", "/audio/transcriptions")
TRANSLATIONS = Heard("translations", "/audio/translations")
