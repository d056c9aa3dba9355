"""Where an organisation is established, in the words that rules read.

A member state named by its own code is the Union all the same: an administrator who
writes ``DE`` must not switch off the rules of the European Union.
"""

from __future__ import annotations

import re
from typing import Final

from gateway.errors import InvalidRequest

UNION, ECONOMIC_AREA, KINGDOM = "EU", "EEA", "UK"
_MEMBERS: Final = frozenset(
    {
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "EL", "ES", "FI", "FR", "GR", "HR", "HU",
        "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
    }
)  # fmt: skip
"""The 27, Greece under both of its codes."""

_OUTSIDE_THE_UNION: Final = frozenset(("IS", "LI", "NO"))
_CODE = re.compile(r"[A-Z]{2}")


def seat(text: str) -> str:
    """``EU``, ``EEA`` (there and outside the Union), ``UK``, or a country's ISO 3166-1 code.

    Raises:
        InvalidRequest: it is none of these.
    """
    code = text.strip().upper()
    if code in _MEMBERS:
        return UNION
    if code in _OUTSIDE_THE_UNION or code == ECONOMIC_AREA:
        return ECONOMIC_AREA
    if code == "GB":
        return KINGDOM
    if not _CODE.fullmatch(code):
        raise InvalidRequest("An establishment is EU, EEA, UK, or two letters such as US or CH.")
    return code
