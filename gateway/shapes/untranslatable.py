"""What cannot be carried from one API to another is refused by name, never dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Mapping


def refused(param: str) -> InvalidRequest:
    """The error that names `param`."""
    # The name is the caller's text when the parameter is unknown, so only its place is said.
    known = param.replace(".", "").isidentifier()
    return InvalidRequest(
        "This model's provider has no counterpart for the parameter named in param.",
        param=param if known else None,
    )


def check_known(
    node: Mapping[str, Any],
    known: frozenset[str],
    neutral: Mapping[str, tuple[Any, ...]],
    where: str = "",
) -> None:
    """Return if `node` holds what is `known`, and beside it only values that ask for nothing.

    Raises:
        InvalidRequest: it asks for more; `param` names it, below `where`.
    """
    for name, value in node.items():
        if name in known or value is None or value in neutral.get(name, ()):
            continue
        raise refused(f"{where}.{name}" if where else name)
