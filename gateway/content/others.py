"""Taking other people's data out of an answer, and leaving the caller's own where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.content import json_text
from gateway.content.pseudonyms import entity
from gateway.content.stream import Span

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from gateway.content.answer import Place
    from gateway.content.pseudonyms import Protected
    from gateway.core.content import Finding


class Others:
    """Whose values an answer holds: the caller's, who wrote them, or somebody else's."""

    def __init__(self, ready: Protected) -> None:
        """For the answer to the request `ready`."""
        self._ready = ready

    def taken_out(
        self,
        text: str,
        spans: Iterable[Span],
        types: Collection[str],
        *,
        inside: bool | None = None,
    ) -> str:
        """`text` with the values of these types out of it, but for those the caller supplied.

        What stands in is the bare type, which is no placeholder: nothing is ever restored there.
        Of JSON, `inside` says whether `text` begins in a string.
        """
        pieces, at = [], 0
        for span in spans:
            if span.type not in types or span.end <= at:
                continue
            if (span.type, entity(span.type, span.value)) in self._ready.known:
                continue
            start, end, instead = max(at, span.start), max(at, span.end), f"[{span.type}]"
            if inside is not None:
                start, end, instead = json_text.replaced(text, start, end, instead, inside=inside)
            pieces += [text[at : max(at, start)], instead]
            at = max(at, end)
        return "".join([*pieces, text[at:]]) if pieces else text

    def clear(self, place: Place, found: Iterable[Finding], types: Collection[str]) -> bool:
        """Take them out of what stands at `place`, in which this was `found`; whether any was."""
        given = place.text
        text = json_text.unescaped(given) if place.json else given
        held = spans_of(json_text.blanked(text) if place.json else text, found)
        cleared = self.taken_out(text, held, types, inside=False if place.json else None)
        if cleared == text:
            return False
        place.put(cleared)
        return True


def spans_of(text: str, found: Iterable[Finding]) -> list[Span]:
    """Where in the whole `text` that was `found`."""
    return [Span(item.type, item.start, item.end, text[item.start : item.end]) for item in found]
