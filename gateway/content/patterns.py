"""The always-on detector: an RE2 set over each family of patterns, then only those that hit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import re2

from gateway.content.detectors import (
    address,
    bank,
    date,
    document,
    email,
    national_id,
    network,
    phone,
    reference,
    secret,
    url,
)
from gateway.content.detectors.pattern import CONTEXT, Pattern, by_shape
from gateway.content.glance import numeric, suspect
from gateway.core.content import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_NUMBERS = (*bank.PATTERNS, *phone.PATTERNS, *national_id.PATTERNS, *network.PATTERNS)
BUILT_IN: tuple[tuple[Pattern, ...], ...] = (
    _NUMBERS,
    date.PATTERNS,
    address.PATTERNS,
    (*reference.PATTERNS, *document.PATTERNS),
    (*email.PATTERNS, *url.PATTERNS, *secret.PATTERNS),
)
"""In families that are looked for apart. One automaton of all has a state for every mixture of
what may have begun, so that it would still grow with each text after thousands of them."""

NUMERIC = BUILT_IN[1:4]
"""The families that find nothing without a digit (0 to 9), as much of prose is."""

_HEX = "[0-9a-fA-F]"
_UUID = rf"{_HEX}{{8}}(?:-{_HEX}{{4}}){{3}}-{_HEX}{{12}}"
_ID = re.compile(_UUID)
_ID_LENGTH = 36
_IDS = re2.compile(rf"{_UUID}|\b{_HEX}{{2}}-{_HEX}{{32}}-{_HEX}{{16}}-{_HEX}{{2}}\b".encode())
"""Ids of which a part may look like a number: UUIDs (RFC 9562) and those of traces (W3C Trace
Context). One in eleven UUIDs after "call" began like a telephone number."""

_IN_AN_ID = re.compile(rf"-{_HEX}{{4}}(?:{_HEX}{{12}})?-".encode())
"""What each of them has: looked for first, as it costs a quarter."""

_MEMORY = 64 << 20
_LONGEST_TENANT = 500
_LARGEST_TENANT = 5_000
"""Instructions of a compiled pattern; the built-in ones have at most some thousands."""


def _options() -> Any:
    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    return options


class PatternDetector:
    """Finds what has a shape: addresses, numbers, keys."""

    def __init__(
        self,
        families: Sequence[Sequence[Pattern]] = BUILT_IN,
        name: str = "patterns",
        gate: Callable[[str], bool] | None = suspect,
    ) -> None:
        """Compile the patterns, once; text of which `gate` is not true is not searched."""
        self.name = name
        self._gate = gate
        self._families = [_Family(patterns) for patterns in families]
        self._without_digits = [
            family
            for family, patterns in zip(self._families, families, strict=True)
            if patterns not in NUMERIC
        ]

    def find(self, text: str) -> Iterator[Finding]:
        """Every candidate that passes its check; they may overlap."""
        if self._gate is not None and not self._gate(text):
            return
        data = text.encode("utf-8", "surrogatepass")
        for family in self._families if numeric(text) else self._without_digits:
            yield from family.find(text, data)


class _Family:
    """Patterns that are looked for together."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        options = _options()
        self._of_numbers = patterns is _NUMBERS
        compiled = [re2.compile(item.expression.encode(), options) for item in patterns]
        self._patterns = [
            (item, one, min(one.groups, 1)) for item, one in zip(patterns, compiled, strict=True)
        ]
        self._set = re2.Set.SearchSet(options)
        for item in patterns:
            self._set.Add(item.trigger or item.expression)
        self._set.Compile()

    def find(self, text: str, data: bytes) -> Iterator[Finding]:
        """Every candidate in `text`, which is `data` in UTF-8, that passes its check."""
        # `Match` answers None, not an empty list, when nothing hits.
        hits = self._set.Match(data)
        if not hits:
            return
        if self._of_numbers and _IN_AN_ID.search(data):
            data = _IDS.sub(_blank, data)
        for index in hits:
            pattern, compiled, group = self._patterns[index]
            yield from _candidates(pattern, compiled, group, text, data)


def _candidates(
    pattern: Pattern, compiled: Any, group: int, text: str, data: bytes
) -> Iterator[Finding]:
    place = _Points(data) if len(data) != len(text) else None
    for match in compiled.finditer(data):
        first, last = match.span(group)
        if first == last:
            continue
        if place is not None:
            first, last = place(first), place(last)
        before = text[max(0, first - CONTEXT) : first]
        caught = pattern.check(text[first:last], before)
        if caught is not None:
            end = first + caught.length
            yield Finding(
                caught.type or pattern.type,
                first,
                _whole(text, end) if group else end,
                caught.confidence,
                pattern.rule,
                caught.validator,
            )


def _blank(match: Any) -> bytes:
    """As many letters as an id has, of no number: what stands beside it ends there."""
    return b"_" * len(match[0])


def _whole(text: str, end: int) -> int:
    """Where a value ends that its pattern cut off inside of a UUID: what was named is all of it."""
    for found in _ID.finditer(text, max(0, end - _ID_LENGTH), end + _ID_LENGTH):
        if found.start() < end < found.end():
            return found.end()
    return end


def tenant_pattern(kind: str, name: str, expression: str) -> Pattern:
    """A tenant's own pattern, in RE2 syntax and within its budget.

    Raises:
        ValueError: it is too long, no RE2, too large when compiled, or matches nothing at all;
            the message says which and holds no part of the pattern.
    """
    if len(expression) > _LONGEST_TENANT:
        raise ValueError(f"has {len(expression)} characters; at most {_LONGEST_TENANT} are allowed")
    try:
        compiled = re2.compile(expression.encode(), _options())
    except (re2.error, UnicodeEncodeError) as error:
        raise ValueError(
            "is not in RE2 syntax (it has no look-around and no backreference)"
        ) from error
    if compiled.programsize > _LARGEST_TENANT:
        raise ValueError(
            f"compiles to {compiled.programsize} instructions;"
            f" at most {_LARGEST_TENANT} are allowed"
        )
    if compiled.groups > 1:
        raise ValueError("has more than one group; use (?:...) for what is not the value")
    if compiled.search(b"") is not None:
        raise ValueError("matches an empty text")
    return Pattern(kind, f"tenant.{name}", expression, by_shape(0.95))


class _Points:
    """Byte offsets to code points, asked in rising order so that a text is counted once."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._points = 0

    def __call__(self, offset: int) -> int:
        passed = self._data[self._at : offset]
        self._points += len(passed.decode("utf-8", "surrogatepass"))
        self._at = offset
        return self._points
