"""What stands in one question after another and does not change between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


class Settled(Mapping[str, Any]):
    """A mapping that does not change, with a place for what was once made of it."""

    __slots__ = ("_values", "written")

    def __init__(self, values: Mapping[str, Any]) -> None:
        """A copy of `values`; what is in them does not change either."""
        self._values = dict(values)
        self.written: bytes | None = None
        """Its canonical bytes (`gateway.audit.canonical`), once they were asked for."""

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)
