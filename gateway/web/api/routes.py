"""Every address that generates. What is not in this table cannot be asked for.

The table is what the coverage of docs/reference/coverage.md is proven for.
"""

from __future__ import annotations

from gateway.shapes.registry import CHAT
from gateway.web.api.generation import Route
from gateway.web.api.reading import read_json
from gateway.web.dialects.choice import OPENAI

ROUTES: tuple[Route, ...] = (Route("/v1/chat/completions", CHAT, OPENAI, read_json),)
