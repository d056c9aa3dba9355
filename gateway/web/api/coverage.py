"""What is proven for each address that generates: a cell for each way a request can end."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gateway.web.api.generation import Batched, Route


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


def batch_cells(batches: Iterable[Batched]) -> Iterator[tuple[Batched, str]]:
    """Every way that one request of a batch can end."""
    return ((batch, way) for batch in batches for way in batch.route.ways)


def rows(
    routes: Iterable[Route], batches: Iterable[Batched]
) -> list[tuple[str, str, str, tuple[bool, ...]]]:
    """Address, modality, how it is asked, and which of `WAYS` are proven, row by row.

    It is asked ``plain``, as a ``stream``, or many at once in a ``batch`` of one kind.
    """
    told = [
        (route.path, "stream" if stream else "plain", route)
        for route in routes
        for stream in route.forms
    ]
    told += [(f"{path} of {route.path}", "batch", route) for path, route in batches]
    return [
        (path, route.modality, how, tuple(way in route.ways for way in WAYS))
        for path, how, route in told
    ]


def count(routes: Iterable[Route], batches: Iterable[Batched]) -> int:
    """How many cells are proven."""
    return sum(1 for _ in cells(routes)) + sum(1 for _ in batch_cells(batches))
