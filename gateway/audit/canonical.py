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

_EXACT = 2**53 - 1


def encode(value: dict[str, Any]) -> bytes:
    """The canonical bytes of `value`.

    Raises:
        ValueError: it holds a fraction, a number beyond 2**53 - 1, a key that is not ASCII, a
            lone surrogate, or something that is not JSON.
    """
    _check(value)
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except (orjson.JSONEncodeError, TypeError) as error:
        raise ValueError("not canonical JSON") from error


def _check(value: Any) -> None:
    kind = type(value)
    if kind is dict:
        for key, item in value.items():
            if type(key) is not str or not key.isascii():
                raise ValueError("a canonical key must be ASCII text")
            _check(item)
    elif kind is list:
        for item in value:
            _check(item)
    elif kind is int:
        if not -_EXACT <= value <= _EXACT:
            raise ValueError("a canonical number must be exact in a double")
    elif kind is not str and kind is not bool and value is not None:
        raise ValueError(f"not canonical JSON: {kind.__name__}")
