"""What was used, as a provider counted it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.core.exchange import Usage
from gateway.errors import ProviderGarbage

if TYPE_CHECKING:
    from collections.abc import Iterable

GIVEN, MADE = 0, 1
"""What a count is of: tokens that were sent, or that were generated."""


def counted(usage: Any, counts: Iterable[tuple[str, int]]) -> Usage:
    """What `usage` tells under the names in `counts`; those of the same kind add up.

    Raises:
        ProviderGarbage: a count is no number.
    """
    if usage is None:
        return Usage()
    if not isinstance(usage, dict):
        raise ProviderGarbage
    sums = [0, 0]
    for name, kind in counts:
        count = usage.get(name)
        if count is None:
            continue
        if type(count) is not int or count < 0:
            raise ProviderGarbage
        sums[kind] += count
    return Usage(*sums)
