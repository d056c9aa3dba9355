"""What the echo draws, sounds and counts."""

from __future__ import annotations

import base64
import io
import math
import struct
import wave
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from gateway.core.call import NativeCall
from gateway.core.catalogue import ModelEntry, ProviderEntry, Wire
from gateway.core.clock import Deadline, SystemClock
from gateway.core.media import RAW
from gateway.errors import ProviderError
from gateway.providers.echo import EchoProvider
from gateway.providers.echo_media import DIMENSIONS, SIDE, picture, tone, vector
from gateway.shapes.registry import SHAPES

ENTRY = ProviderEntry("echo", Wire.ECHO, "", "demo/synthetic")


def call(shape: str, **body: Any) -> NativeCall:
    """A call in that shape."""
    model = ModelEntry("echo", ENTRY, "echo")
    deadline = Deadline(SystemClock(), 5)
    return NativeCall(model, shape, "/", body, deadline, stream=False, ends=bool)


def answer(shape: str, **body: Any) -> dict[str, Any]:
    """The answer, once the shape itself has found it to be one."""
    made = EchoProvider().native(call(shape, **body)).body
    SHAPES[shape].checked(made)
    return made


class TestPictures:
    def test_a_drawing_that_others_can_read(self) -> None:
        """
        A PNG of the size that is said, with more than one colour in it.
        """
        (item,) = answer("images", prompt="A lighthouse")["data"]
        drawn = Image.open(io.BytesIO(base64.b64decode(item["b64_json"])))
        drawn.load()

        assert (drawn.format, drawn.size, drawn.mode) == ("PNG", (SIDE, SIDE), "RGB")
        assert len(drawn.getcolors(SIDE * SIDE) or ()) > 100
        assert "A lighthouse" in item["revised_prompt"]

    def test_the_same_for_the_same_prompt_alone(self) -> None:
        """
        The prompt decides, and nothing else does.
        """
        assert picture("A lighthouse") == picture("A lighthouse")
        assert picture("A lighthouse") != picture("A harbour")

    @pytest.mark.parametrize(
        ("asked", "given"), [(None, 1), (0, 1), (-4, 1), (True, 1), ("9", 1), (3, 3), (5_000, 10)]
    )
    def test_as_many_as_asked_for_within_reason(self, asked: Any, given: int) -> None:
        """
        Each is another one; a number that is none, or is too high, costs no more than ten.
        """
        data = answer("images", prompt="x", n=asked)["data"]

        assert len(data) == given
        assert len({item["b64_json"] for item in data}) == given


class TestSpeech:
    def test_notes_that_others_can_play(self) -> None:
        """
        A WAV file of a second or two, that is not silent.
        """
        raw = answer("speech", input="Good morning")[RAW]
        with wave.open(io.BytesIO(raw.data)) as sound:
            seconds = sound.getnframes() / sound.getframerate()
            frames = sound.readframes(sound.getnframes())

        assert raw.content_type == "audio/wav"
        assert 1 < seconds < 3
        assert max(frames) > 0
        assert tone("a") != tone("b")


class TestVectors:
    @settings(max_examples=50, deadline=None)
    @given(st.text())
    def test_of_length_one(self, text: str) -> None:
        """
        Whatever the text: as many numbers as promised, always the same.
        """
        found = vector(text)

        assert len(found) == DIMENSIONS
        assert math.isclose(math.hypot(*found), 1)
        assert found == vector(text)

    def test_packed_as_clients_ask(self) -> None:
        """
        Base64 of 32-bit floats holds the same numbers; each text has its own place.
        """
        plain = answer("embeddings", input=["a", "b"], model="m")["data"]
        packed = answer("embeddings", input=["a", "b"], encoding_format="base64")["data"]

        assert [item["index"] for item in plain] == [0, 1]
        for one, other in zip(plain, packed, strict=True):
            numbers = struct.unpack(f"<{DIMENSIONS}f", base64.b64decode(other["embedding"]))

            assert numbers == pytest.approx(one["embedding"])


class TestOthers:
    def test_what_it_does_not_speak_is_refused(self) -> None:
        """
        It says what it speaks, and answers nothing else; only chat comes in pieces.
        """
        echo = EchoProvider()

        assert echo.natives == {"embeddings", "images", "speech"}
        with pytest.raises(ProviderError, match="videos"):
            echo.native(call("videos", prompt="x"))
        for shape in (*echo.natives, "responses"):
            with pytest.raises(ProviderError, match=shape):
                echo.native_stream(call(shape))
