"""What a test needs to know of an API to ask in it and to read its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


class Sample(Protocol):
    """One route, as a caller uses it."""

    route: str
    """The path in the gateway's own table of routes."""

    address: str
    """The path to post to for the model ``{model}``; most routes name it in the body instead."""

    provider: Mapping[str, Any]
    """What the provider of the configuration needs beside its address, such as its wire."""

    def request(self, model: str, text: str, *, stream: bool) -> dict[str, Any]:
        """What a test client is given beside address and headers: ``json``, ``data`` and so on."""

    def said(self, answer: Any, *, stream: bool) -> str:
        """The words that the caller reads in an answer that came with status 200.

        Where an answer holds no words of the request, as vectors do not: "Write to us please",
        or the same with the address, once the answer is what it should be.
        """

    def withheld(self, answer: Any, *, stream: bool) -> bool:
        """Whether the API's own form says that an answer was withheld."""
