"""From the content of a chat message to the blocks of a Messages turn."""

from __future__ import annotations

from typing import Any

from gateway.errors import InvalidRequest
from gateway.providers.carrying import image_address, inline_data


def blocks(content: Any, where: str) -> list[dict[str, Any]]:
    """The blocks that say what `content` says; empty texts, which Messages refuses, are left out.

    Raises:
        InvalidRequest: a part has no counterpart; `param` names it, below `where`.
    """
    if content is None or content == "":
        return []
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    made = (_block(part, f"{where}.content.{at}") for at, part in enumerate(content))
    return [block for block in made if block.get("text") != ""]


def _block(part: dict[str, Any], where: str) -> dict[str, Any]:
    kind = part.get("type")
    if kind in ("text", "refusal"):
        text = part.get(kind)
        if text is not None and not isinstance(text, str):
            raise InvalidRequest(f"{where}.{kind} must be text.", param=f"{where}.{kind}")
        block: dict[str, Any] = {"type": "text", "text": text or ""}
    elif kind == "image_url":
        block = {"type": "image", "source": _image(part.get("image_url"), f"{where}.image_url")}
    else:
        raise InvalidRequest(f"{where} is of a type this model does not take.", param=where)
    # Clients mark there what the provider should cache; the mark means the same here.
    if part.get("cache_control"):
        block["cache_control"] = part["cache_control"]
    return block


def _image(image: Any, where: str) -> dict[str, Any]:
    url = image_address(image, where)
    if url.startswith("https://"):
        return {"type": "url", "url": url}
    data = inline_data(url)
    if data is None:
        raise InvalidRequest(
            "This model takes images as https addresses, or as base64 data of JPEG, PNG, GIF or "
            "WebP.",
            param=f"{where}.url",
        )
    return {"type": "base64", "media_type": data[0], "data": data[1]}
