"""What a caller declares of a request in headers: it may narrow what is allowed, never widen."""

from __future__ import annotations

from gateway.core.content import DataClass
from gateway.errors import InvalidRequest


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
    code = (header or "").strip()
    if len(code) > _LONGEST_PURPOSE or not all(sign.isalnum() or sign in "._-" for sign in code):
        raise InvalidRequest(
            "x-proviso-purpose must be a purpose's code.", param="x-proviso-purpose"
        )
    return code
