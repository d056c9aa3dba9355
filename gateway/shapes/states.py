"""What is told of work that goes on at a provider: words of its API and times.

Nobody judges how far it is, so nothing may be quoted there.
"""

from __future__ import annotations

import re
from typing import Any

WORD = re.compile(r"[A-Za-z][A-Za-z_]{0,63}")
"""A word of an API, in which nothing is quoted."""

WHEN = re.compile(r"[0-9]{1,10}")
"""Unix seconds."""


def word(value: Any) -> str:
    """`value`, where it is a word of an API; else nothing."""
    return value if isinstance(value, str) and WORD.fullmatch(value) else ""


def moment(value: Any) -> int | None:
    """`value`, where it is a time in Unix seconds."""
    return value if type(value) is int and WHEN.fullmatch(str(value)) else None
