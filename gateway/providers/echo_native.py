"""What the echo answers in OpenAI's APIs of pictures, speech and embeddings."""

from __future__ import annotations

import base64
import struct
from typing import TYPE_CHECKING, Any

from gateway.core.media import RAW, Raw
from gateway.providers import echo_media

if TYPE_CHECKING:
    from collections.abc import Callable

_CREATED = 1_700_000_000
_MOST_PICTURES = 10
"""As in OpenAI's API; more are not drawn, whoever asks."""

_CHARACTERS_PER_TOKEN = 4


def _pictures(body: dict[str, Any]) -> dict[str, Any]:
    """As many drawings of the prompt as were asked for, each another one."""
    prompt, asked = str(body.get("prompt", "")), body.get("n")
    count = min(asked, _MOST_PICTURES) if isinstance(asked, int) and asked > 1 else 1
    drawn = (echo_media.picture(prompt + "\n" * at) for at in range(count))
    revised = f"A sun over hills, for: {prompt}"
    return {
        "created": _CREATED,
        "data": [
            {"b64_json": base64.b64encode(data).decode(), "revised_prompt": revised}
            for data in drawn
        ],
        "output_format": "png",
        "size": f"{echo_media.SIDE}x{echo_media.SIDE}",
    }


def _speech(body: dict[str, Any]) -> dict[str, Any]:
    """Three notes instead of words."""
    return {RAW: Raw("audio/wav", echo_media.tone(str(body.get("input", ""))))}


def _embeddings(body: dict[str, Any]) -> dict[str, Any]:
    """A vector for each text; texts that are alike do not get vectors that are."""
    given = body.get("input")
    texts = [str(item) for item in given] if isinstance(given, list) else [str(given)]
    spent = sum(max(1, len(text) // _CHARACTERS_PER_TOKEN) for text in texts)
    packed = body.get("encoding_format") == "base64"
    vectors = [echo_media.vector(text) for text in texts]
    data = [
        {"object": "embedding", "index": at, "embedding": _packed(found) if packed else found}
        for at, found in enumerate(vectors)
    ]
    return {
        "object": "list",
        "data": data,
        "model": str(body.get("model", "")),
        "usage": {"prompt_tokens": spent, "total_tokens": spent},
    }


def _packed(numbers: list[float]) -> str:
    """Base64 of 32-bit floats, little endian, as OpenAI's clients ask for."""
    return base64.b64encode(struct.pack(f"<{len(numbers)}f", *numbers)).decode()


ANSWERS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "embeddings": _embeddings,
    "images": _pictures,
    "speech": _speech,
}
"""By shape: from what was asked to the body of the answer."""
