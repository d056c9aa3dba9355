"""The always-on detector: one RE2 set over every pattern, then only the patterns that hit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import re2

from gateway.content.detectors import bank, email, national_id, network, phone, secret
from gateway.content.detectors.pattern import CONTEXT, Pattern
from gateway.core.content import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BUILT_IN: tuple[Pattern, ...] = (
    *email.PATTERNS,
    *bank.PATTERNS,
    *phone.PATTERNS,
    *national_id.PATTERNS,
    *network.PATTERNS,
    *secret.PATTERNS,
)
_MEMORY = 64 << 20
SUSPECT = re.compile(r"[0-9@=_+/\\\-:#$%&^~|{}<>]|[A-Z]{2}|[a-z][A-Z]|\w[!?.,;*'\"()\[\]]\w")
"""What every value the built-in patterns see has in it. Prose without it need not be searched."""


class PatternDetector:
    """Finds what has a shape: addresses, numbers, keys."""

    name = "patterns"

    def __init__(self, patterns: Sequence[Pattern] = BUILT_IN) -> None:
        """Compile `patterns`, once."""
        options = re2.Options()
        options.max_mem = _MEMORY
        options.log_errors = False
        self._patterns = tuple(patterns)
        self._compiled = [re2.compile(item.expression.encode(), options) for item in patterns]
        self._set = re2.Set.SearchSet(options)
        for item in patterns:
            self._set.Add(item.expression)
        self._set.Compile()

    def find(self, text: str) -> Iterator[Finding]:
        """Every candidate that passes its check; they may overlap."""
        if not SUSPECT.search(text):
            return
        data = text.encode("utf-8", "surrogatepass")
        ascii_only = len(data) == len(text)
        # `Match` answers None, not an empty list, when nothing hits.
        for index in self._set.Match(data) or ():
            pattern = self._patterns[index]
            for match in self._compiled[index].finditer(data):
                first, last = match.span(1 if match.re.groups else 0)
                if not ascii_only:
                    first, last = _points(data, first), _points(data, last)
                before = text[max(0, first - CONTEXT) : first]
                caught = pattern.check(text[first:last], before)
                if caught is not None:
                    yield Finding(
                        pattern.type,
                        first,
                        first + caught.length,
                        caught.confidence,
                        pattern.rule,
                        caught.validator,
                    )


def _points(data: bytes, offset: int) -> int:
    """How many code points the first `offset` bytes are."""
    return len(data[:offset].decode("utf-8", "surrogatepass"))
