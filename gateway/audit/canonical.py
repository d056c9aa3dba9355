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

from gateway.core.settled import Settled

_OPTIONS = (
    orjson.OPT_SORT_KEYS
    | orjson.OPT_STRICT_INTEGER  # beyond 2**53 - 1 a double is not exact
    | orjson.OPT_PASSTHROUGH_DATETIME
    | orjson.OPT_PASSTHROUGH_DATACLASS
    | orjson.OPT_PASSTHROUGH_SUBCLASS
)
_PLAIN = frozenset({str, int, bool, type(None), Settled})
"""What holds nothing that is still to be looked at: what is settled was when it was written."""


def encode(value: dict[str, Any]) -> bytes:
    """The canonical bytes of `value`.

    Raises:
        ValueError: it holds a fraction, a number beyond 2**53 - 1, a key that is not ASCII, a
            lone surrogate, or something that is not JSON.
    """
    try:
        data = orjson.dumps(value, default=_settled, option=_OPTIONS)
    except (orjson.JSONEncodeError, TypeError) as error:
        raise ValueError("not canonical JSON") from error
    _check(value)
    # Nothing beyond ASCII is escaped, so where all is ASCII, every key is.
    if not data.isascii():
        _check_keys(value)
    return data


def _settled(value: Any) -> orjson.Fragment:
    """The bytes of what does not change, made once."""
    if type(value) is not Settled:
        raise TypeError(type(value).__name__)
    if value.written is None:
        value.written = encode(dict(value))
    return orjson.Fragment(value.written)


def _check(value: Any) -> None:
    """Refuse values that orjson has written and RFC 8785 would not, or not in the same way."""
    # Most of a question or an entry is plain; a call for each container would be most of the cost.
    # There is an end: what holds itself orjson does not write.
    containers = [value]
    for node in containers:
        kind = type(node)
        if kind is not dict and kind is not list:
            raise ValueError(f"not canonical JSON: {kind.__name__}")
        for item in node.values() if kind is dict else node:
            if type(item) not in _PLAIN:
                containers.append(item)  # noqa: PERF401 - a generator for each costs more


def _check_keys(value: Any) -> None:
    """Refuse keys that are not ASCII, in what holds nothing but JSON."""
    if type(value) is dict:
        if not all(map(str.isascii, value)):
            raise ValueError("a canonical key must be ASCII text")
        for item in value.values():
            _check_keys(item)
    elif type(value) is list:
        for item in value:
            _check_keys(item)
