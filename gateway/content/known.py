"""What is known of a text that was read before, whoever looks for what in it.

Detectors, the lexicon and the assessor of risk read each text of a request. A text is looked up
once for all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.content.reidentification import Phrase
    from gateway.content.remembered import Remembered
    from gateway.content.signals.match import Seen
    from gateway.core.content import Finding


@dataclass(slots=True)
class Known:
    """What was read in a text already, by whichever request asked; None where nothing did.

    It depends on the text alone. Two requests that ask at once write the same.
    """

    found: tuple[Finding, ...] | None = None
    """What detectors see in it."""

    bare: tuple[Finding, ...] | None = None
    """What they see where names are not looked for."""

    present: tuple[frozenset[int], ...] | None = None
    """The cues of the lexicon in each piece of it."""

    seen: Seen | None = None
    chances: Mapping[str, float] | None = None
    """The second opinion on misuse."""

    names: bool | None = None
    """Whether a known first name stands in it with a capital."""

    cues: tuple[Finding, ...] | None = None
    """What it tells of people, whatever else stands in the conversation."""

    somebody: bool | None = None
    """Whether it speaks of somebody."""

    facts: tuple[int, tuple[Finding, ...], tuple[Phrase, ...]] = (0, (), ())
    """What it said of people when it was looked at last: as which text of a conversation, and with
    which findings. One value, so that nobody has the facts of other findings."""


class Texts:
    """The texts of one request, each looked up once. They are kept no longer than the request."""

    def __init__(self, remembered: Remembered[Known] | None = None) -> None:
        """With what is `remembered` of texts that came before; with nothing, each is new."""
        self._remembered = remembered
        self._known: dict[str, Known] = {}

    def of(self, text: str) -> Known:
        """What is known of `text`; what is written there, the next request knows."""
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = self._recalled(text)
        return known

    def _recalled(self, text: str) -> Known:
        if self._remembered is None:
            return Known()
        digest = self._remembered.digest(text)
        known = self._remembered.get(digest)
        if known is None:
            known = Known()
            self._remembered.put(digest, known, text)
        return known
