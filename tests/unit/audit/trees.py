"""Trees as tests speak of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.audit.tree import Frontier

if TYPE_CHECKING:
    from collections.abc import Iterable


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root hash over these leaf hashes."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()
