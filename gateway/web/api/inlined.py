"""Names of kept files in a request, and the bytes that take their places before it is judged.

A file that a provider keeps is addressed by an id of its account, which all tenants share; nobody
here has read it, or knows whose it is. So it is refused by name.
"""

from __future__ import annotations

import base64
from operator import is_
from typing import TYPE_CHECKING, Any

from gateway.errors import InvalidRequest, TooLarge

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.core.media import Upload

_PREFIX = "file-ex_"
"""How names of files that are kept here begin; a provider's own are none of ours."""

_OWN_WORDS = frozenset(
    {
        "annotations", "args", "citations", "input_examples", "input_schema", "json_schema",
        "metadata", "parameters", "response", "results", "schema",
    }
)  # fmt: skip
"""Keys below which callers and tools may call anything anything: no API looks for a file there."""

_ECHOES = frozenset({"bash_code_execution_output", "code_execution_output", "file_path"})
"""Types of objects that say which files came out of an earlier call."""

_PICTURES = frozenset({"images", "input_image_mask", "input_reference", "mask"})
"""Keys of objects without a type that stand for one picture each."""


def inlined(body: dict[str, Any], open_file: Callable[[str], Upload], most: int) -> dict[str, Any]:
    """`body` with the bytes of kept files where their names stood; `open_file` has them.

    All mentions together may bring `most` bytes: a name is short, and what it stands for is not.

    Raises:
        NotFound: a file is not there, or not the caller's.
        TooLarge: the files are larger, each counted as often as it is named.
        InvalidRequest: a file is kept by a provider; `param` says where it is named.
    """
    if not _names_any(body):
        return body
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


def _names_any(body: dict[str, Any]) -> bool:
    """Whether a key by which files are named stands anywhere in it: in most requests it does not.

    What it means there is for `_inlined` to say.
    """
    left: list[Any] = [body]
    for node in left:
        if isinstance(node, dict):
            if "file_id" in node or "file_ids" in node:
                return True
            left += node.values()
        elif isinstance(node, list):
            left += node
    return False


def _inlined(node: Any, open_file: Callable[[str], Upload], where: str) -> Any:
    """The list or object at `where`, or the same one when nothing below it changes."""
    if isinstance(node, list):
        items = [
            _inlined(item, open_file, f"{where}{at}.") if isinstance(item, (dict, list)) else item
            for at, item in enumerate(node)
        ]
        return node if all(map(is_, items, node)) else items
    name = node.get("file_id")
    if isinstance(name, str) and name.startswith(_PREFIX):
        return _with_bytes(node, open_file(name), where)
    _check_ours(node, where)
    values = {
        key: _inlined(value, open_file, f"{where}{key}.")
        if isinstance(value, (dict, list)) and not _own_words(node, key)
        else value
        for key, value in node.items()
    }
    return node if all(map(is_, values.values(), node.values())) else values


def _own_words(node: dict[str, Any], key: str) -> bool:
    """Whether what stands under `key` names no file, whatever it looks like."""
    return key in _OWN_WORDS or (key == "input" and str(node.get("type")).endswith("tool_use"))


def _check_ours(node: dict[str, Any], where: str) -> None:
    """Return if `node` names no file of a provider's.

    Raises:
        InvalidRequest: it does.
    """
    kind = node.get("type")
    if isinstance(kind, str) and kind in _ECHOES:
        return
    for name in ("file_id", "file_ids"):
        if isinstance(node.get(name), (str, list)) and node[name]:
            raise InvalidRequest(
                "Files that a provider keeps cannot be inspected. Upload it under /v1/files, or "
                "send its bytes.",
                param=f"{where}{name}",
            )


def _with_bytes(node: dict[str, Any], upload: Upload, where: str) -> dict[str, Any]:
    """What names a file, with the file in it, in the words of its own API.

    Raises:
        InvalidRequest: it is to be put where no request can have its bytes.
    """
    rest = {key: value for key, value in node.items() if key != "file_id"}
    encoded = base64.b64encode(upload.data).decode()
    said = upload.content_type
    address, kind = f"data:{said};base64,{encoded}", node.get("type")
    if kind == "container_upload":
        raise InvalidRequest(
            "Files are not put into containers. Send it as a document.", param=f"{where}file_id"
        )
    if kind in ("computer_screenshot", "input_image") or _PICTURES.intersection(where.split(".")):
        return {**rest, "image_url": address}
    if kind == "file" and "file" not in node:
        # Anthropic's source of a document or an image.
        return {"type": "base64", "media_type": said, "data": encoded}
    return {**rest, "filename": upload.name, "file_data": address}
