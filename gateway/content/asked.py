"""What a chat request asks for beside its words: tools, files, state, names, sampling.

Labels from closed lists, never a value of the request: what a caller calls a
parameter of their own is not repeated.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Any

from gateway.core.policy_input import step

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from gateway.content.attachments.parts import Attached

STATEFUL = (
    "background",
    "conversation",
    "prompt_cache_retention",
    "store",
    "web_search_options",
)
"""Top-level parameters that make a provider keep content, or send it on; each may be dropped."""

STATEFUL_FIXED = ("cachedContent", "container", "previous_response_id")
"""Those without which the request would mean something else."""

NAMING = ("prompt_cache_key", "safety_identifier", "user")
"""Top-level parameters whose value may name the end user."""

NAMING_METADATA = frozenset(
    {"customer", "email", "employee", "name", "person", "session", "user", "user_id", "username"}
)
"""Keys of ``metadata`` whose value names somebody."""

_SPELT = {"temperature": ("temperature",), "top_k": ("topK", "top_k"), "top_p": ("topP", "top_p")}
"""Parameters of sampling, and how they are written."""

_SAMPLING = frozenset(chain(*_SPELT.values()))
_DEFAULTS = {"temperature": 1, "top_p": 1}
_HOSTED_TOOLS = frozenset(
    {
        "code_interpreter",
        "computer_use_preview",
        "file_search",
        "image_generation",
        "mcp",
        "web_search",
        "web_search_2025_08_26",
        "web_search_preview",
        "web_search_preview_2025_03_11",
    }
)
"""Tools that the provider, or somebody it calls, runs."""

_DATED = re.compile(r"_20[0-9]{6}$")
"""Anthropic's own tools carry the day of their version."""

_ANTHROPIC = {
    "code_execution": "code_interpreter",
    "mcp_toolset": "mcp",
    "web_fetch": "web_search",
    "web_search": "web_search",
}
"""Its tools that run at the provider; the others are run by the caller."""

_GEMINI = {
    "codeExecution": "code_interpreter",
    "code_execution": "code_interpreter",
    "computerUse": "computer_use_preview",
    "computer_use": "computer_use_preview",
    "fileSearch": "file_search",
    "file_search": "file_search",
    "googleMaps": "web_search",
    "google_maps": "web_search",
    "googleSearch": "web_search",
    "google_search": "web_search",
    "googleSearchRetrieval": "web_search",
    "google_search_retrieval": "web_search",
    "urlContext": "web_search",
    "url_context": "web_search",
}
"""Gemini's tools have no type but a key."""

_ACTING = frozenset({"computer_use_preview", "mcp"})
_DECLARED = ("functionDeclarations", "function_declarations", "tools")
"""Where one entry holds several functions: Gemini's, and a namespace of Responses."""

_CALLER_RUNS = ("apply_patch", "bash", "computer", "local_shell", "memory", "text_editor")
"""Anthropic's and OpenAI's tools that change something on the caller's side."""

_WRITING = ("create", "delete", "execute", "pay", "post", "remove", "send", "update", "write")
_CHARACTERS_PER_TOKEN = 4


def asked(
    body: Mapping[str, Any],
    *,
    kind: str,
    stream: bool,
    characters: int,
    signed: bool,
    attached: Collection[Attached],
) -> dict[str, Any]:
    """The section ``request`` of the policy input; `characters` is the length of all texts.

    A body that the caller has `signed` may not be rewritten.
    """
    fixed = _asked_for(body, STATEFUL_FIXED)
    return {
        "kind": kind,
        "stream": stream,
        "stateful": [*_asked_for(body, STATEFUL), *fixed],
        "stateful_fixed": fixed,
        "identifying": _identifying(body),
        "rewritable": not signed,
        "sampling": _sampling(body),
        "tools": _tools(body),
        "attachments": _attachments(attached) if attached else [],
        "input_tokens": step(characters // _CHARACTERS_PER_TOKEN),
    }


_FEATURES = {
    "background": "background",
    "code_interpreter": "code_interpreter",
    "conversation": "conversations",
    "file_search": "vector_stores",
    "image_generation": "images",
    "mcp": "mcp",
    "previous_response_id": "responses_store",
    "prompt_caching": "prompt_caching",
    "prompt_cache_retention": "extended_prompt_caching",
    "store": "stored_completions",
    "web_search": "web_search",
    "web_search_2025_08_26": "web_search",
    "web_search_options": "web_search",
    "web_search_preview": "web_search",
    "web_search_preview_2025_03_11": "web_search",
}
"""Parameters and tools under the names that the terms registry has for features."""


BOOKED = frozenset({"background", "previous_response_id", "store"})
"""What makes a provider keep an answer whose name and life this gateway keeps book of."""


def features(
    request: Mapping[str, Any], *, stateless: bool, booked: bool = False
) -> tuple[str, ...]:
    """The features whose own terms apply to a request of this section, sorted.

    With `stateless`, what can be dropped will be (rule IP-08) and has no terms to look at, but for
    `BOOKED` where that may be kept.
    """
    if not request["stateful"] and not request["tools"]:
        return ()
    kept = set(request["stateful_fixed"] if stateless else request["stateful"])
    if booked:
        kept |= BOOKED.intersection(request["stateful"])
    tools = [tool["type"] for tool in request["tools"]]
    return tuple(sorted({_FEATURES[name] for name in (*kept, *tools) if name in _FEATURES}))


def naming_metadata(body: Mapping[str, Any]) -> list[str]:
    """The keys of ``metadata`` that name somebody."""
    metadata = body.get("metadata")
    if not isinstance(metadata, dict):
        return []
    return sorted(key for key in metadata if key.lower() in NAMING_METADATA)


def _asked_for(body: Mapping[str, Any], names: tuple[str, ...]) -> list[str]:
    if body.keys().isdisjoint(names):
        return []
    return [name for name in names if _set(body, name)]


def _set(body: Mapping[str, Any], name: str) -> bool:
    """Whether a parameter asks for anything. ``store: false`` asks for nothing."""
    value = body.get(name)
    return value is not None and value is not False and value != ""


def _sampling(body: Mapping[str, Any]) -> list[str]:
    config = body.get("generationConfig", body.get("generation_config"))
    # Gemini keeps them in an object of their own, in either spelling.
    given = {**config, **body} if isinstance(config, dict) else body
    if given.keys().isdisjoint(_SAMPLING):
        return []
    return [
        name
        for name, spelt in _SPELT.items()
        if any(_set(given, key) and given[key] != _DEFAULTS.get(name) for key in spelt)
    ]


def _identifying(body: Mapping[str, Any]) -> list[str]:
    named = _asked_for(body, NAMING)
    if "metadata" in body:
        keys = naming_metadata(body)
        if "user_id" in keys:
            named.append("metadata.user_id")
        if [key for key in keys if key != "user_id"]:
            named.append("metadata")
    return sorted(named)


def _tools(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Kinds of tools, each once: how many there are is not policy's business."""
    tools, servers = body.get("tools"), body.get("mcp_servers")
    if not tools and not servers:
        return []
    kinds = {
        (name, name in _HOSTED_TOOLS, writes)
        for tool in (tools if isinstance(tools, list) else ())
        if isinstance(tool, dict)
        for name, writes in _tool(tool)
    }
    if servers:
        kinds.add(("mcp", True, True))
    return [
        {"type": name, "third_party": third_party, "writes": writes}
        for name, third_party, writes in sorted(kinds)
    ]


def _tool(tool: dict[str, Any]) -> list[tuple[str, bool]]:
    """What one entry offers, and whether that may change anything. Gemini's may offer several."""
    kind = tool.get("type")
    bare = _DATED.sub("", kind) if isinstance(kind, str) else ""
    hosted = [bare if bare in _HOSTED_TOOLS else _ANTHROPIC.get(bare, "")]
    if kind is None:
        hosted += [name for key, name in _GEMINI.items() if key in tool]
    offered = [(name, name in _ACTING) for name in hosted if name]
    if not offered or any(key in tool for key in _DECLARED):
        functions = [tool, tool.get("function")]
        for key in _DECLARED:
            functions += tool[key] if isinstance(tool.get(key), list) else []
        offered.append(("function", bare in _CALLER_RUNS or any(map(_writes, functions))))
    return offered


def _writes(function: Any) -> bool:
    """Whether a function's name says that it changes something."""
    name = function.get("name") if isinstance(function, dict) else None
    words = name.lower() if isinstance(name, str) else ""
    return any(verb in words for verb in _WRITING)


def _attachments(attached: Iterable[Attached]) -> list[dict[str, Any]]:
    """Attachments that are alike are told once: how many there are is not policy's business."""
    kinds = {
        (
            item.reading.kind.value,
            item.reading.readable,
            item.can_be_cleaned,
            item.reading.may_show_somebody and not item.as_text,
        )
        for item in attached
    }
    return [
        {"type": kind, "readable": readable, "cleaned": cleaned, "face": face, "rights": "unknown"}
        for kind, readable, cleaned, face in sorted(kinds)
    ]
