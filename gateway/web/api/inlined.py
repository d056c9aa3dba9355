"""Names of kept files in a request, and the bytes that take their places before it is judged.

A file that a provider keeps is addressed by an id of its account, which all tenants share; nobody
here has read it, or knows whose it is. So it is refused by name.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from gateway.errors import InvalidRequest, TooLarge

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.core.media import Upload

_PREFIX = "file-ex_"
"""How names of files that are kept here begin; a provider's own are none of ours."""

_NAMING = frozenset(
    {"computer_screenshot", "container_upload", "file", "input_file", "input_image"}
)
"""Types of content parts, and of Anthropic's sources, that may name a file."""


def inlined(body: dict[str, Any], open_file: Callable[[str], Upload], most: int) -> dict[str, Any]:
    """`body` with the bytes of kept files where their names stood; `open_file` has them.

    All mentions together may bring `most` bytes: a name is short, and what it stands for is not.

    Raises:
        NotFound: a file is not there, or not the caller's.
        TooLarge: the files are larger, each counted as often as it is named.
        InvalidRequest: a file is kept by a provider; `param` says where it is named.
    """
    known: dict[str, Upload] = {}
    size = 0

    def bounded(name: str) -> Upload:
        nonlocal size
        if name not in known:
            known[name] = open_file(name)
        size += len(known[name].data)
        if size > most:
            raise TooLarge(f"The files that are named may have {most} bytes together.")
        return known[name]

    changed = _inlined(body, bounded, "")
    return changed if isinstance(changed, dict) else body


def _inlined(node: Any, open_file: Callable[[str], Upload], where: str) -> Any:
    """The node at `where`, or the same one when nothing below it changes."""
    if isinstance(node, list):
        items = [_inlined(item, open_file, f"{where}{at}.") for at, item in enumerate(node)]
        return node if all(new is old for new, old in zip(items, node, strict=True)) else items
    if not isinstance(node, dict):
        return node
    name = node.get("file_id")
    if isinstance(name, str) and name.startswith(_PREFIX):
        return _with_bytes(node, open_file(name))
    _check_ours(node, where)
    values = {key: _inlined(value, open_file, f"{where}{key}.") for key, value in node.items()}
    return node if all(values[key] is node[key] for key in node) else values


def _check_ours(node: dict[str, Any], where: str) -> None:
    kind, file = node.get("type"), node.get("file")
    if not isinstance(kind, str) or kind not in _NAMING:
        return
    holder, below = (file, "file.") if isinstance(file, dict) else (node, "")
    name = holder.get("file_id")
    if isinstance(name, str) and not name.startswith(_PREFIX):
        raise InvalidRequest(
            "Files that a provider keeps cannot be inspected. Upload it under /v1/files, or send "
            "its bytes.",
            param=f"{where}{below}file_id",
        )


def _with_bytes(node: dict[str, Any], upload: Upload) -> dict[str, Any]:
    """What names a file, with the file in it, in the words of its own API."""
    rest = {key: value for key, value in node.items() if key != "file_id"}
    encoded = base64.b64encode(upload.data).decode()
    kind = upload.content_type
    address = f"data:{kind};base64,{encoded}"
    if node.get("type") == "input_image":
        return {**rest, "image_url": address}
    if node.get("type") == "file" and "file" not in node:
        # Anthropic's source of a document or an image.
        return {"type": "base64", "media_type": kind, "data": encoded}
    return {**rest, "filename": upload.name, "file_data": address}
