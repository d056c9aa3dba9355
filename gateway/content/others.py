"""Taking other people's data out of an answer, and leaving the caller's own where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.content.pseudonyms import entity
from gateway.content.stream import Span

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from gateway.content.inspect import Inspector
    from gateway.content.pseudonyms import Protected


class Others:
    """Whose values an answer holds: the caller's, who wrote them, or somebody else's."""

    def __init__(self, ready: Protected) -> None:
        """For the answer to the request `ready`."""
        self._known = ready.known

    def taken_out(self, text: str, spans: Iterable[Span], types: Collection[str]) -> str:
        """`text` with the values of these types out of it, but for those the caller supplied.

        What stands in is the bare type, which is no placeholder: nothing is ever restored there.
        """
        pieces, at = [], 0
        for span in spans:
            if span.type not in types or (span.type, entity(span.type, span.value)) in self._known:
                continue
            pieces += [text[at : max(at, span.start)], f"[{span.type}]"]
            at = max(at, span.end)
        return "".join([*pieces, text[at:]]) if pieces else text


def spans(text: str, inspector: Inspector) -> list[Span]:
    """What is in a whole text, as a model's words are inspected."""
    return [
        Span(item.type, item.start, item.end, text[item.start : item.end])
        for item in inspector.inspect(text, names=False)
    ]
