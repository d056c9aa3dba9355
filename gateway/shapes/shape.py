"""What the pipeline asks of an API's shape: where words stand in it, whole and in a stream.

A shape knows the form of one API and decides nothing. The pipeline works on the caller's own
body from end to end; only where a provider speaks another API is a chat translated, at the very
moment it leaves (`Translation`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from gateway.content.answer import Place
    from gateway.content.walk import Turn
    from gateway.core.exchange import Kind, Usage


class Key(NamedTuple):
    """One growing text of an answer."""

    group: int
    """The choice, block or item it belongs to, by position."""

    path: str
    """Where it stands in there, such as ``content`` or ``tool_calls.0.function.arguments``."""


@dataclass(slots=True)
class Step:
    """One thing that happens in a stream: an event that may leave once its words are judged.

    In this order: the `pieces` and the `complete` texts are judged and restored in place; those of
    `closes` are flushed; where a label is owed it stands before the event when `labels` names its
    group; the `whole` texts are filled in; the event leaves.
    """

    event: dict[str, Any]
    pieces: Sequence[tuple[Key, Place]] = ()
    """Pieces of growing texts. Structural places are judged where they stand."""

    complete: Sequence[tuple[Key, Place]] = ()
    """Texts that stand here from their first sign to their last, so that none is held back."""

    closes: Sequence[int] = ()
    """Groups whose texts are complete."""

    labels: Sequence[int] = ()
    """Groups whose visible text is complete, under which a label may stand."""

    whole: Sequence[tuple[Key, Place]] = ()
    """Places that say once more what was released piece by piece."""

    last: bool = False
    """Whether it tells of the end, which is released with the outcome and never before it."""

    optional: bool = False
    """Whether it says nothing once its pieces are held back."""


class Events(Protocol):
    """The events of one stream. It may remember what came before."""

    def steps(self, event: dict[str, Any]) -> Iterable[Step]:
        """What happens with `event`, in order."""

    def usage(self, event: dict[str, Any]) -> Usage | None:
        """What was used up to here, where the event says so."""

    def tail(self, key: Key, text: str) -> dict[str, Any]:
        """An event that carries more of a text: what was held back of it."""

    def label(self, group: int, text: str) -> Iterable[tuple[Key, dict[str, Any]]]:
        """Events that put `text` under what a group said, and the key it counts under, once."""

    def withheld(self, problem: dict[str, Any]) -> dict[str, Any]:
        """The event that ends a stream whose rest policy withholds; `problem` tells of it."""


class Translation(Protocol):
    """A chat in this shape, told in the OpenAI chat shape and back."""

    def request(self, body: dict[str, Any]) -> dict[str, Any]:
        """The request as a chat; whether it is a stream is said beside it.

        Raises:
            InvalidRequest: it asks for what cannot be carried over; `param` names it.
        """

    def answer(self, chat: dict[str, Any]) -> dict[str, Any]:
        """A ``chat.completion`` in this shape."""

    def events(self, chunks: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """``chat.completion.chunk`` objects as events of this shape."""


@dataclass(frozen=True, slots=True)
class Asks:
    """What of a request this shape's parameters mean, where it differs from chat's."""

    assumed: Mapping[str, Any] = field(default_factory=dict)
    """What a provider takes a parameter to be when it is not given."""


class Shape(Protocol):
    """An API: the form of its requests and of its answers."""

    name: str
    """The shape's own name, such as ``chat``; it is in the log."""

    kind: Kind
    asks: Asks
    translation: Translation | None
    """How a provider that speaks another API is asked; None when it cannot be."""

    repeats: bool
    """Whether a stream says its texts once more, whole."""

    def visible(self, key: Key) -> bool:
        """Whether people read the text at `key`: what is kept, and what a label stands under."""

    def check(self, body: dict[str, Any]) -> None:
        """Return if `body` can be judged. Deeper checks are the provider's.

        Raises:
            InvalidRequest: it cannot; `param` names the field.
        """

    def turns(self, body: dict[str, Any]) -> Iterator[Turn]:
        """The conversation, in order."""

    def label_possible(self, body: dict[str, Any]) -> bool:
        """Whether a line may be added to the answer of this request."""

    def path(self, model: str, *, stream: bool) -> str:
        """Where a provider that speaks this shape is asked for `model`, below its base address."""

    def ends(self, event: dict[str, Any]) -> bool:
        """Whether a provider's event says that the answer is whole."""

    def checked(self, answer: dict[str, Any]) -> None:
        """Return if a whole answer is what the other methods may rely on.

        Raises:
            ProviderGarbage: it is not.
        """

    def spoken(self, answer: dict[str, Any]) -> Iterable[tuple[Key, Place]]:
        """The model's own words in a whole answer."""

    def labelled(self, answer: dict[str, Any]) -> Iterable[tuple[Key, Place]]:
        """Those visible words at whose end a label stands: the last of what a group says."""

    def renamed(self, answer: dict[str, Any], alias: str) -> None:
        """Call the model in a whole answer what the caller calls it."""

    def usage(self, answer: dict[str, Any]) -> Usage:
        """What was used, as the provider counted it."""

    def events(self, alias: str) -> Events:
        """What reads one stream; the model is called `alias` in it."""
