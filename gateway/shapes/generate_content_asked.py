"""What a generateContent request may ask for here, and what is refused by name.

What the provider keeps is addressed by names of its account, which all tenants share; so is what
it fetches with our rights. Until this gateway knows whose that is, none of it is passed on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.errors import InvalidRequest
from gateway.shapes.chat import check_objects

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEPT = {
    "cachedContent": "Send the contents themselves.",
    "cached_content": "Send the contents themselves.",
    "modelArmorConfig": "Leave it out.",
    "model_armor_config": "Leave it out.",
}
_CONFIGS = ("generationConfig", "generation_config")
_INSTRUCTIONS = ("systemInstruction", "system_instruction")
_FILES = ("fileData", "file_data")
_RESULTS = ("functionResponse", "function_response")
_TOOLS = frozenset(
    {
        "functionDeclarations", "codeExecution", "computerUse", "googleMaps", "googleSearch",
        "googleSearchRetrieval", "urlContext",
        "function_declarations", "code_execution", "computer_use", "google_maps", "google_search",
        "google_search_retrieval", "url_context",
    }
)  # fmt: skip
"""Tools that policy is told of; a search in files is not, for the provider keeps those."""

_WORDS = frozenset({"TEXT", "MODALITY_UNSPECIFIED"})


def check(body: dict[str, Any]) -> None:
    """Return if `body` can be judged.

    Raises:
        InvalidRequest: it cannot; `param` names the field.
    """
    for name, instead in _KEPT.items():
        if body.get(name):
            raise InvalidRequest(f"{name} names what the provider keeps. {instead}", param=name)
    contents = body.get("contents")
    if not isinstance(contents, list) or not contents:
        raise InvalidRequest("contents must be a non-empty list.", param="contents")
    for at, content in enumerate(contents):
        _check_content(content, f"contents.{at}")
    for name in _INSTRUCTIONS:
        if body.get(name) is not None:
            _check_content(body[name], name)
    check_objects(body.get("tools"), "tools")
    for at, tool in enumerate(body.get("tools") or ()):
        if not _TOOLS.issuperset(tool):
            raise InvalidRequest(
                f"tools.{at} is no tool that this gateway can account for.", param=f"tools.{at}"
            )
    for name in _CONFIGS:
        _check_config(body.get(name), name)


def generation_config(body: dict[str, Any]) -> dict[str, Any]:
    """The settings of the generation; empty where there are none."""
    config = body.get("generationConfig", body.get("generation_config"))
    return config if isinstance(config, dict) else {}


def _check_config(config: Any, where: str) -> None:
    if not isinstance(config, dict):
        return
    if config.get("responseLogprobs") or config.get("response_logprobs"):
        # Token by token they repeat text that is restored elsewhere.
        raise InvalidRequest(
            "Log probabilities cannot be inspected.", param=f"{where}.responseLogprobs"
        )
    for name in ("responseModalities", "response_modalities"):
        wanted = config.get(name) or []
        if not isinstance(wanted, list) or not all(
            isinstance(item, str) and item.upper() in _WORDS for item in wanted
        ):
            raise InvalidRequest(
                "Pictures and sound are generated under /v1/images and /v1/audio.",
                param=f"{where}.{name}",
            )


def _check_content(content: Any, where: str) -> None:
    if not isinstance(content, dict):
        raise InvalidRequest(f"{where} must be an object.", param=where)
    parts = content.get("parts")
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        raise InvalidRequest(f"{where}.parts must be a list of objects.", param=f"{where}.parts")
    for at, name in _files(parts):
        raise InvalidRequest(
            f"{where}.parts.{at}.{name} names a file that is not here. Send it as inlineData.",
            param=f"{where}.parts.{at}.{name}",
        )


def _files(parts: list[dict[str, Any]]) -> Iterator[tuple[int, str]]:
    """Where files are named, in the parts and in what tools gave back."""
    for at, part in enumerate(parts):
        given = [part]
        for name in _RESULTS:
            result = part.get(name)
            if isinstance(result, dict):
                given += [item for item in result.get("parts") or () if isinstance(item, dict)]
        for name in _FILES:
            for item in given:
                if name in item:
                    yield at, name
