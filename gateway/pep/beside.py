"""What an answer says beside its words while it arrives: judged where it stands (promise P9).

Nothing of it is held back, since there is no event in which it could come later. A value in it that
is split over events is told to policy when it is whole, and what of it has not gone is taken out.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any, NamedTuple

from gateway.content.answer import places
from gateway.content.json_text import unescaped
from gateway.content.others import spans_of
from gateway.content.stream import Span
from gateway.core.signals import OutputSignals
from gateway.shapes.shape import OWN

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from gateway.content.answer import Place
    from gateway.content.hidden import HiddenContext
    from gateway.content.inspect import Inspector
    from gateway.content.others import Others
    from gateway.core.content import Finding
    from gateway.shapes.shape import Key

_CONTEXT = 256
"""Code points of what came before that stay in view."""

_MOST = 64
"""Places of which they do; what comes oftener than that is the same few."""

_CANARY = OutputSignals(canary=True)


class Noted(NamedTuple):
    """One string beside the words, and what is in it."""

    findings: tuple[Finding, ...]
    spans: Sequence[Span]
    signals: OutputSignals | None


class Beside:
    """All that one stream says beside its words."""

    def __init__(self, inspector: Inspector, hidden: HiddenContext, others: Others) -> None:
        """Nothing has been said."""
        self._others = others
        self._keys: list[tuple[Place, str]] = []
        self._inspector = inspector
        self._hidden = hidden
        self.row = hidden.row()
        """Of all that is said in strings, also in those that grow and that people do not read."""

        self._strings = self.row.text()
        self._keys_said = hidden.repetition()

        self._before: OrderedDict[Key, str] = OrderedDict()
        """The newest of what was said at each place."""

        self._newest = ""
        """The same of all of them."""

    def note(self, key: Key, place: Place) -> Noted:
        """What is in the string at `place`, with what was said there before."""
        text = place.read()
        found = list(self._inspector.look(text))
        spans = spans_of(text, found)
        if place.joins:
            before = self._before.pop(key, "")
            if before:
                # Behind what came before, a value that begins here may be none.
                over = self._over(before, text)
                found += over
                spans = [*_spans(over, before, text), *spans]
            self._before[key] = (before + text)[-_CONTEXT:]
            if len(self._before) > _MOST:
                self._before.popitem(last=False)
        if key.group == OWN:
            return Noted(tuple(found), spans, None)
        row = self._keys_said if place.kind == "key" else self._strings
        repeated = row.feed(f"{text} ")
        signals = None
        if self._hidden.canaries:
            signals = _CANARY if self._hidden.given_away((self._newest, text)) else None
            self._newest = (self._newest + text)[-_CONTEXT:]
        return Noted((*found, *repeated), spans, signals)

    def _over(self, before: str, text: str) -> list[Finding]:
        """What begins in `before` and ends in `text`."""
        gone = len(before)
        return [
            item for item in self._inspector.look(before + text) if item.start < gone < item.end
        ]

    def clear(self, place: Place, spans: Iterable[Span], types: Collection[str]) -> None:
        """Take what is others' out of what stands at `place`, where these `spans` were noted."""
        given = unescaped(place.text) if place.json else place.text
        inside = False if place.json else None
        text = self._others.taken_out(given, spans, types, inside=inside)
        if text == given:
            return
        if place.kind == "key":
            self._keys.append((place, text))
        else:
            place.put(text)

    def clear_all(self, event: dict[str, Any], types: Collection[str]) -> None:
        """The same of all that an event of ours repeats of what was noted: names and keys."""
        for place in places(event):
            if place.structural and place.telling:
                text = place.read()
                self.clear(place, spans_of(text, self._inspector.look(text)), types)
        self.rename()

    def rename(self) -> None:
        """Put other keys in the places of those cleared: all else in their event is in its place.

        What is below a key is found by it.
        """
        while self._keys:
            place, text = self._keys.pop()
            place.put(text)


def _spans(found: list[Finding], before: str, text: str) -> list[Span]:
    """Where they stand in `text`, which came behind `before`."""
    line, gone = before + text, len(before)
    return [
        Span(item.type, item.start - gone, item.end - gone, line[item.start : item.end])
        for item in found
    ]
