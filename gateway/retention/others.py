"""Leaving other people out of what one person is told about themselves (GDPR Art. 15(4))."""

from __future__ import annotations

import re
from typing import Any

SOMEBODY = "[another person]"
_PERSON = re.compile(r"\bp_[A-Za-z0-9_-]{22}(?![A-Za-z0-9_-])|\boperator:[^\s\"]+")
_ACTORS = frozenset({"asker", "approver"})


def masked(value: Any, own: frozenset[str], name: str = "") -> Any:
    """`value` with everybody replaced whose pseudonym or id is not in `own`.

    Columns that say who did something (``set_by``, ``approved_by``) hold ids as well.
    """
    if isinstance(value, dict):
        return {key: masked(item, own, str(key)) for key, item in value.items()}
    if isinstance(value, list):
        return [masked(item, own, name) for item in value]
    if (name.endswith("_by") or name in _ACTORS) and value is not None:
        return value if str(value) in own else SOMEBODY
    if not isinstance(value, str):
        return value
    return _PERSON.sub(lambda found: found[0] if found[0] in own else SOMEBODY, value)
