"""A chat's answer is words and calls: a picture or a sound in it would leave without its marks."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.errors import ProviderGarbage
from gateway.shapes.registry import CHAT

ADDRESS = {"url": "data:image/png;base64,iVBORw0KGgo="}
MEDIA = [
    {"content": "Here it is", "images": [{"type": "image_url", "image_url": ADDRESS}]},
    {"content": [{"type": "image_url", "image_url": ADDRESS}]},
    {"content": None, "audio": {"id": "audio_1", "data": "UklGRg==", "transcript": "Hello"}},
]
WORDS = [
    {"content": "Hello", "audio": None},
    {"content": "Hello", "images": []},
    {"content": [{"type": "text", "text": "Hello"}]},
    {"content": None, "tool_calls": []},
]


@pytest.mark.parametrize("message", MEDIA)
def test_what_is_no_text_is_no_answer(message: dict[str, Any]) -> None:
    """
    Whole and in a stream.
    """
    with pytest.raises(ProviderGarbage):
        CHAT.checked({"choices": [{"message": message}]})
    with pytest.raises(ProviderGarbage):
        list(CHAT.events("echo").steps({"choices": [{"delta": message}]}))


@pytest.mark.parametrize("message", WORDS)
def test_words_are(message: dict[str, Any]) -> None:
    """
    Also where a provider names the other kinds and has none.
    """
    CHAT.checked({"choices": [{"message": message}]})

    assert list(CHAT.events("echo").steps({"choices": [{"delta": message}]}))
