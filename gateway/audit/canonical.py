"""Canonical JSON: one value, one sequence of bytes (RFC 8785, JCS).

What is hashed must not depend on who serialised it. The log needs only a part
of JSON, and on that part orjson's sorted output *is* RFC 8785: keys are ASCII,
so sorting by code point equals sorting by UTF-16 unit; numbers are whole and
exact in a double, so none of the rules about fractions applies. Anything outside
that part is refused rather than serialised in a way others might not repeat.
"""

from __future__ import annotations

from typing import Any

import orjson

from gateway.audit.plain import check

_OPTIONS = (
    orjson.OPT_SORT_KEYS
    | orjson.OPT_STRICT_INTEGER  # beyond 2**53 - 1 a double is not exact
    | orjson.OPT_PASSTHROUGH_DATETIME
    | orjson.OPT_PASSTHROUGH_DATACLASS
    | orjson.OPT_PASSTHROUGH_SUBCLASS
)


def encode(value: dict[str, Any]) -> bytes:
    """The canonical bytes of `value`.

    Raises:
        ValueError: it holds a fraction, a number beyond 2**53 - 1, a key that is not ASCII, a
            lone surrogate, or something that is not JSON.
    """
    try:
        data = orjson.dumps(value, option=_OPTIONS)
    except (orjson.JSONEncodeError, TypeError) as error:
        raise ValueError("not canonical JSON") from error
    # Some of what orjson has written RFC 8785 would not, or not in the same way.
    check(value)
    return data
