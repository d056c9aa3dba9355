"""A call to a provider in an API that the provider speaks itself, so that nothing is translated."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from gateway.core.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gateway.core.catalogue import ModelEntry
    from gateway.core.clock import Deadline


Method: TypeAlias = Literal["DELETE", "GET", "POST"]


class Source:
    """What the events of a stream are read from."""

    more = False
    """Whether another event came with the last one: it will follow without any waiting."""


ONE_BY_ONE = Source()
"""For streams whose events are never known to have come together."""


@dataclass(frozen=True, slots=True)
class NativeCall:
    """What is sent, judged and protected, and how to tell that a streamed answer is whole."""

    model: ModelEntry
    shape: str
    path: str
    """Below the provider's base address."""

    body: dict[str, Any]
    """As it is to be sent; with `gateway.core.media.Upload` in it, as a form."""

    deadline: Deadline
    stream: bool
    ends: Callable[[dict[str, Any]], bool]
    """Whether an event says that the answer is whole; a stream that never says so was cut."""

    headers: Mapping[str, str] = field(default_factory=dict)
    """Headers of the caller that the API's own rules want passed on unchanged."""

    method: Method = "POST"
    """With GET and DELETE nothing but the address is sent."""
