"""What goes along beside a request's body: it cannot be rewritten, so it holds nothing or stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.content.inspect import Inspector


def check_passed_on(headers: Mapping[str, str], inspector: Inspector) -> None:
    """Return if nothing is found in `headers` but numbers, as the days of versions are.

    Raises:
        InvalidRequest: a value was found, or a detector failed.
    """
    for name, value in headers.items():
        for found in inspector.inspect(value, names=False):
            if any(sign.isalpha() for sign in value[found.start : found.end]):
                raise InvalidRequest(f"{name} may name versions and features only.", param=name)
