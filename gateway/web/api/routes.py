"""Every address that generates. What is not in this table cannot be asked for.

The table is what the coverage of docs/reference/coverage.md is proven for.
"""

from __future__ import annotations

from functools import partial

from gateway.shapes.audio import SPEECH, TRANSCRIPTIONS, TRANSLATIONS
from gateway.shapes.images import EDITS, GENERATIONS, VARIATIONS
from gateway.shapes.registry import (
    CHAT,
    COMPLETIONS,
    COUNT_TOKENS,
    EMBEDDINGS,
    GENERATE_CONTENT,
    MESSAGES,
    MODERATIONS,
    RESPONSES,
)
from gateway.shapes.videos import CREATE
from gateway.web.api.generation import Batched, Route
from gateway.web.api.reading import read_form, read_json, read_named, read_response
from gateway.web.dialects.choice import ANTHROPIC, GEMINI, OPENAI, OPENAI_RESPONSES

PROTOCOL = ("anthropic-beta", "anthropic-version")
"""Headers that belong to fields of the body, and go where it goes, byte for byte."""

PREFIXES = ("", "/anthropic")
"""What Anthropic's addresses are found below."""


def _messages(prefix: str) -> tuple[Route, ...]:
    """Anthropic's routes below `prefix`."""
    path = f"{prefix}/v1/messages"
    return (
        Route(path, MESSAGES, ANTHROPIC, read_json, passed_on=PROTOCOL),
        Route(
            f"{path}/count_tokens", COUNT_TOKENS, ANTHROPIC, read_json,
            streams=False, words=False, passed_on=PROTOCOL,
        ),
    )  # fmt: skip


def _generate_content(version: str) -> tuple[Route, ...]:
    """Gemini's routes of this `version` of its API. An alias may hold slashes."""
    return tuple(
        Route(
            f"/{version}/models/<path:model>:{method}",
            GENERATE_CONTENT,
            GEMINI,
            partial(read_named, stream=stream),
            streams=stream,
            plain=not stream,
        )
        for method, stream in (("generateContent", False), ("streamGenerateContent", True))
    )


ROUTES: tuple[Route, ...] = (
    Route("/v1/audio/speech", SPEECH, OPENAI, read_json, False, "audio", words=False),
    Route(
        "/v1/audio/transcriptions", TRANSCRIPTIONS, OPENAI, read_form, False, "audio", uploads=True
    ),
    Route("/v1/audio/translations", TRANSLATIONS, OPENAI, read_form, False, "audio", uploads=True),
    Route("/v1/chat/completions", CHAT, OPENAI, read_json),
    Route("/v1/completions", COMPLETIONS, OPENAI, read_json),
    Route("/v1/embeddings", EMBEDDINGS, OPENAI, read_json, False, words=False),
    Route("/v1/images/edits", EDITS, OPENAI, read_form, False, "image", uploads=True),
    Route("/v1/images/generations", GENERATIONS, OPENAI, read_json, False, "image"),
    Route("/v1/images/variations", VARIATIONS, OPENAI, read_form, False, "image", uploads=True),
    Route("/v1/moderations", MODERATIONS, OPENAI, read_json, False, words=False),
    Route("/v1/responses", RESPONSES, OPENAI_RESPONSES, read_response),
    Route("/v1/videos", CREATE, OPENAI, read_form, False, "video", words=False),
    *(route for prefix in PREFIXES for route in _messages(prefix)),
    *_generate_content("v1"),
    *_generate_content("v1beta"),
)

BATCHED = {route.path: route for route in ROUTES if route.batched}
"""Those whose requests may stand in a file of OpenAI's batches."""

MESSAGES_BATCHED = {route.path: route for route in ROUTES if route.path == "/v1/messages"}
"""The one whose requests may stand in Anthropic's batches."""

BATCHES: tuple[Batched, ...] = (
    *(Batched("/v1/batches", route) for route in BATCHED.values()),
    *(
        Batched(f"{prefix}{path}/batches", route)
        for prefix in PREFIXES
        for path, route in MESSAGES_BATCHED.items()
    ),
)
"""Every address that takes many requests at once, with each kind of request it takes."""
