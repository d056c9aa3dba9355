"""What a caller declares of a request in headers: it may narrow what is allowed, never widen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gateway.core.content import DataClass
from gateway.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from werkzeug.datastructures import Headers


def declared_class(header: str | None) -> DataClass | None:
    """The data class a caller declares in ``x-proviso-data-class``. It can only raise the class.

    Raises:
        InvalidRequest: there is no such class.
    """
    if header is None:
        return None
    try:
        return DataClass.parse(header.strip())
    except KeyError:
        known = ", ".join(item.label for item in DataClass)
        raise InvalidRequest(
            f"x-proviso-data-class must be one of {known}.", param="x-proviso-data-class"
        ) from None


_LONGEST_PURPOSE = 64


def purpose(header: str | None) -> str:
    """The purpose a caller names in ``x-proviso-purpose``; empty for the tenant's default.

    Raises:
        InvalidRequest: it cannot be the code of a purpose.
    """
    if header is None:
        return ""
    code = header.strip()
    if len(code) > _LONGEST_PURPOSE or not all(sign.isalnum() or sign in "._-" for sign in code):
        raise InvalidRequest(
            "x-proviso-purpose must be a purpose's code.", param="x-proviso-purpose"
        )
    return code


_GROUPS = {"session": "x-claude-code-session-id", "agent": "x-claude-code-agent-id"}
"""Claude gateway protocol, point 6."""

_LONGEST_GROUP = 200


def groups(header: Callable[[str], str | None]) -> dict[str, str]:
    """What a client says a request belongs together with; `header` gives a header's value.

    What is longer than any id is none.
    """
    found = {}
    for name, where in _GROUPS.items():
        said = header(where)
        value = said.strip() if said else ""
        if 0 < len(value) <= _LONGEST_GROUP:
            found[name] = value
    return found


_TOKENS = re.compile(r"(?!.*[0-9]{9})[a-z0-9][a-z0-9._-]{0,79}(?: ?, ?[a-z0-9][a-z0-9._-]{0,79})*")
_LONGEST_LIST = 2_000


def passed_on(headers: Headers, names: Iterable[str]) -> dict[str, str]:
    """Those of `names` that the caller sent, to be sent on byte for byte.

    They are in no body and so are not inspected: in the form that versions and features have, no
    address, number or credential fits.

    Raises:
        InvalidRequest: one is no list of such.
    """
    found = {}
    for name in names:
        value = headers.get(name)
        if value is None:
            continue
        found[name] = value
        if len(value) > _LONGEST_LIST or _TOKENS.fullmatch(value) is None:
            raise InvalidRequest(f"{name} is no list of versions or features.", param=name)
    return found
