"""Once "Anna Kowalska" was seen, "Kowalska" and "Anna" are names wherever else they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gateway.content.names.lexicon import COMMON, STOP
from gateway.core.content import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gateway.content.names.lexicon import Lexicon

RULE = "name.part"
_PERSON = "PERSON"
_WORD = re.compile(r"[^\W\d_]+(?:[-'\u2019][^\W\d_]+)*")
_SURE = 0.6
_SHORTEST = 3
_MOST = 500
_DISCOUNT = 0.9


@dataclass
class KnownNames:
    """The words of the names seen so far in one text or one conversation."""

    lexicon: Lexicon
    parts: dict[str, float] = field(default_factory=dict)
    """Each word with the confidence of the name it came from."""

    def learn(self, text: str, findings: Iterable[Finding]) -> None:
        """Remember the words of the persons found in `text`, if they are no common words."""
        for item in findings:
            if item.type != _PERSON or item.confidence < _SURE or len(self.parts) >= _MOST:
                continue
            words = _WORD.findall(text[item.start : item.end])
            for word, entry in zip(
                words, self.lexicon.entries(words) if words else (), strict=True
            ):
                known = len(word) >= _SHORTEST and word[0].isupper()
                if known and not entry.flags & (COMMON | STOP):
                    self.parts[word] = max(self.parts.get(word, 0.0), item.confidence)

    def find(self, text: str, besides: Sequence[Finding] = ()) -> Iterator[Finding]:
        """Where these words stand, other than in the findings `besides`."""
        if not any(part in text for part in self.parts):
            return
        taken = {at for item in besides for at in range(item.start, item.end)}
        for match in _WORD.finditer(text):
            confidence = self.parts.get(match[0])
            if confidence is not None and match.start() not in taken:
                sure = round(confidence * _DISCOUNT, 3)
                yield Finding(_PERSON, match.start(), match.end(), sure, RULE)
