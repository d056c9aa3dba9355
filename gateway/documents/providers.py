"""The reference of providers: what is set for each wire, and what it can carry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.catalogue import Wire
from gateway.providers.abilities import ABILITIES
from gateway.providers.anthropic import AnthropicProvider
from gateway.providers.azure import AzureProvider
from gateway.providers.gemini import GeminiProvider
from gateway.providers.openai import OpenAIProvider
from gateway.providers.vertex import VertexProvider

if TYPE_CHECKING:
    from collections.abc import Iterator

_SET = {
    Wire.OPENAI: ("`https://api.openai.com/v1`", "`api_key`, as a bearer", "`openai/api-default`"),
    Wire.AZURE: (
        "`https://NAME.openai.azure.com`",
        "`api_key`, as `api-key` or with `credential: bearer` as a bearer; `api_version`",
        "`microsoft/azure-openai`",
    ),
    Wire.ANTHROPIC: ("`https://api.anthropic.com`", "`api_key`", "`anthropic/api-default`"),
    Wire.GEMINI: (
        "`https://generativelanguage.googleapis.com`",
        "`api_key`",
        "`google/gemini-api-paid`",
    ),
    Wire.VERTEX: (
        "`https://LOCATION-aiplatform.googleapis.com`",
        "`credentials_file` of a service account; `project`, `location`",
        "`google/vertex-ai`",
    ),
    Wire.BEDROCK: (
        "`https://bedrock-runtime.REGION.amazonaws.com`",
        "`aws`: a key that signs each request (extra `bedrock`)",
        "`aws/bedrock`",
    ),
    Wire.MISTRAL: ("`https://api.mistral.ai`", "`api_key`", "`mistral/api-commercial`"),
    Wire.COHERE: ("`https://api.cohere.com`", "`api_key`", "`cohere/saas`"),
}
"""Address, credential and usual tier of each wire."""

_NATIVES = {
    Wire.OPENAI: OpenAIProvider.natives,
    Wire.AZURE: AzureProvider.natives,
    Wire.ANTHROPIC: AnthropicProvider.natives,
    Wire.GEMINI: GeminiProvider.natives,
    Wire.VERTEX: VertexProvider.natives,
}

_YES, _NO = "yes", "**refused**"


def reference() -> Iterator[str]:
    """The lines of the page."""
    yield "## Setting them up"
    yield ""
    yield "| Wire | `base_url` | Credential and more | Usual tier |"
    yield "|---|---|---|---|"
    yield from (f"| `{wire}` | {' | '.join(said)} |" for wire, said in _SET.items())
    yield ""
    yield "vLLM, Ollama, llama.cpp and other servers of OpenAI's API are `openai` too."
    yield "The tier is yours to say: it is the contract you have, not the one that is usual."
    yield ""
    yield "## What a chat request can carry"
    yield ""
    yield "| | " + " | ".join(f"`{wire}`" for wire in ABILITIES) + " |"
    yield "|---" * (len(ABILITIES) + 1) + "|"
    yield from _parameters()
    yield from _abilities()
    yield ""
    yield from _notes()
    yield ""
    yield "## Other APIs spoken as they are"
    yield ""
    yield from (
        f"- `{wire}`: {', '.join(f'`{name}`' for name in sorted(natives))}."
        for wire, natives in _NATIVES.items()
    )


def _parameters() -> Iterator[str]:
    known = [able.parameters for able in ABILITIES.values() if able.parameters is not None]
    for name in sorted(frozenset().union(*known)):
        cells = (
            _YES if able.parameters is None or name in able.parameters else _NO
            for able in ABILITIES.values()
        )
        yield f"| `{name}` | {' | '.join(cells)} |"
    others = (_YES if able.parameters is None else _NO for able in ABILITIES.values())
    yield f"| every other parameter | {' | '.join(others)} |"


def _abilities() -> Iterator[str]:
    for choice in ("none", "required", "named"):
        cells = (_YES if choice in able.tool_choices else _NO for able in ABILITIES.values())
        yield f"| `tool_choice`: {choice} | {' | '.join(cells)} |"
    cells = (_YES if able.strict_tools else _NO for able in ABILITIES.values())
    yield f"| `strict` functions | {' | '.join(cells)} |"
    yield f"| images inline | {' | '.join([_YES] * len(ABILITIES))} |"
    cells = (_YES if able.image_addresses else _NO for able in ABILITIES.values())
    yield f"| images by https address | {' | '.join(cells)} |"


def _notes() -> Iterator[str]:
    yield "- What cannot be carried with its meaning is refused with 400 and named in `param`."
    yield "  A value that asks for nothing, such as `n: 1`, is no obstacle."
    yield "- `user`, `metadata`, `safety_identifier`, `prompt_cache_key` and participants' names"
    yield "  are kept back wherever the request is translated: who asks is not the provider's"
    yield "  business. `openai` and `azure` get the body as it was judged."
    yield "- Where the body goes as it is, the provider itself judges what it does not know."
    yield "- Thoughts of a model come back as `reasoning_content`; they are not sent again, because"
    yield "  providers take back only what they signed. Gemini signs its calls of functions: the"
    yield "  signature travels as `extra_content.google.thought_signature` of the call."
    yield "- A prompt or an answer that Google or Amazon blocks ends with `content_filter`."
    yield "- An answer with pictures or sound in it is an error where chat cannot hold it."
    yield ""
    yield "## When they fail"
    yield ""
    yield "- A call is sent again (`patience.retries`) only when no connection came about, or when"
    yield "  the provider turned it away with 429, 503 or 529 and a `retry-after` within"
    yield "  `patience.wait_seconds` and the deadline. With `replicas`, another address or key is"
    yield "  tried at once. Whatever broke in another way is passed on: it may have been billed."
    yield "- Each sending of content is counted, for the record."
    yield "- After `patience.failures` failures in a row an address is left alone for"
    yield "  `patience.rest_seconds`; calls then get `provider.unavailable` (503) without anything"
    yield "  being sent, until one call that tries is answered. Bad requests, quotas and refused"
    yield "  keys do not count. Each worker process counts for itself."
    yield "- Calls of one provider go to the replica with the fewest in progress. What an account"
    yield "  keeps (files, batches, films, stored responses) stays with the first address."
    yield "- [Metrics](metrics.md): `proviso_provider_circuit`, `_in_flight`, `_failures_total`,"
    yield "  `_retries_total`. `proviso providers` lists what is configured."
