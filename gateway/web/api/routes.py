"""Every address that generates. What is not in this table cannot be asked for.

The table is what the coverage of docs/reference/coverage.md is proven for.
"""

from __future__ import annotations

from gateway.shapes.audio import SPEECH, TRANSCRIPTIONS, TRANSLATIONS
from gateway.shapes.images import EDITS, GENERATIONS, VARIATIONS
from gateway.shapes.registry import CHAT
from gateway.shapes.videos import CREATE
from gateway.web.api.generation import Route
from gateway.web.api.reading import read_form, read_json
from gateway.web.dialects.choice import OPENAI

ROUTES: tuple[Route, ...] = (
    Route("/v1/audio/speech", SPEECH, OPENAI, read_json, False, "audio", words=False),
    Route(
        "/v1/audio/transcriptions", TRANSCRIPTIONS, OPENAI, read_form, False, "audio", uploads=True
    ),
    Route("/v1/audio/translations", TRANSLATIONS, OPENAI, read_form, False, "audio", uploads=True),
    Route("/v1/chat/completions", CHAT, OPENAI, read_json),
    Route("/v1/images/edits", EDITS, OPENAI, read_form, False, "image", uploads=True),
    Route("/v1/images/generations", GENERATIONS, OPENAI, read_json, False, "image"),
    Route("/v1/images/variations", VARIATIONS, OPENAI, read_form, False, "image", uploads=True),
    Route("/v1/videos", CREATE, OPENAI, read_form, False, "video", words=False),
)

BATCHED = {route.path: route for route in ROUTES if route.batched}
"""Those whose requests may stand in a file of OpenAI's batches."""
