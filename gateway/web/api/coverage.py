"""What is proven for each address that generates: a cell for each way a request can end."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gateway.web.api.generation import Route


class Cell(NamedTuple):
    """One way one kind of request can end."""

    route: Route
    stream: bool
    way: str


WAYS = ("allow", "deny", "pseudonymise", "unscanned", "withhold")
MEANINGS = {
    "allow": "policy permits: the answer comes back as it was given, with its record",
    "deny": "policy refuses: nothing is sent",
    "pseudonymise": "values leave as placeholders and come back restored",
    "unscanned": "personal data beside what nobody can look into: refused, nothing is sent",
    "withhold": "policy refuses the answer: it is not released",
}


def cells(routes: Iterable[Route]) -> Iterator[Cell]:
    """Every cell of these routes."""
    for route in routes:
        for stream in route.forms:
            for way in route.ways:
                yield Cell(route, stream, way)


def rows(routes: Iterable[Route]) -> list[tuple[str, str, str, tuple[bool, ...]]]:
    """Address, modality, ``plain`` or ``stream``, and which of `WAYS` are proven, row by row."""
    told = []
    for route in routes:
        for stream in route.forms:
            proven = tuple(way in route.ways for way in WAYS)
            told.append((route.path, route.modality, "stream" if stream else "plain", proven))
    return told
