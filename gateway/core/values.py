"""Dataclasses whose making costs a fifth, and words whose reading costs a tenth.

``frozen=True`` is a promise that the type checker holds code to. Held to it at run time as well,
each field is set by a call that goes round the class's own refusal: five times the cost of the
whole, and a request makes some fifty values of eight fields.

What a member of an enumeration is worth is told by a descriptor written in Python; here by one of
the interpreter's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass
    from enum import StrEnum
else:
    import dataclasses
    import enum
    from operator import attrgetter

    def dataclass(cls: type | None = None, /, *, frozen: bool = False, **options: Any) -> Any:
        """As `dataclasses.dataclass`; what is frozen can be a key, and is not guarded."""
        if frozen and options.get("eq", True):
            options["unsafe_hash"] = True
        made = dataclasses.dataclass(**options)
        return made if cls is None else made(cls)

    class StrEnum(enum.StrEnum):
        """As `enum.StrEnum`."""

        name = property(attrgetter("_name_"))
        value = property(attrgetter("_value_"))


__all__ = ["StrEnum", "dataclass"]
