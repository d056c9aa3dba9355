"""What is proven for each address: a cell for each way a request can end."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gateway.web.api.followed import Followed
    from gateway.web.api.generation import Batched, Route


class Cell(NamedTuple):
    """One way one kind of request can end."""

    route: Route
    stream: bool
    way: str


class Told(NamedTuple):
    """One row of the table."""

    path: str
    modality: str
    how: str
    """``plain``, as a ``stream``, or many at once in a ``batch`` of one kind."""

    proven: tuple[bool, ...]
    """For each of `WAYS`."""


WAYS = ("allow", "deny", "pseudonymise", "unscanned", "withhold", "foreign")
MEANINGS = {
    "allow": "policy permits: the answer comes back as it was given, with its record",
    "deny": "policy refuses: nothing is sent",
    "pseudonymise": "values leave as placeholders and come back restored",
    "unscanned": "personal data beside what nobody can look into: refused, nothing is sent",
    "withhold": "policy refuses the answer: it is not released",
    "foreign": "somebody else's: as if it were not there, and nobody is asked",
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


def followed_cells(followed: Iterable[Followed]) -> Iterator[tuple[Followed, str]]:
    """Every way that a request about what was made before can end."""
    return ((item, way) for item in followed for way in item.ways)


def rows(
    routes: Iterable[Route], batches: Iterable[Batched], followed: Iterable[Followed]
) -> list[Told]:
    """What is proven, address by address."""
    found = [
        (route.path, route.modality, _how(stream=stream), route.ways)
        for route in routes
        for stream in route.forms
    ]
    found += [(f"{path} of {it.path}", it.modality, "batch", it.ways) for path, it in batches]
    found += [
        (f"{item.method} {item.path}", item.modality, _how(stream=item.stream), item.ways)
        for item in followed
    ]
    return [
        Told(path, modality, how, tuple(way in ways for way in WAYS))
        for path, modality, how, ways in found
    ]


def count(routes: Iterable[Route], batches: Iterable[Batched], followed: Iterable[Followed]) -> int:
    """How many cells are proven."""
    found = (cells(routes), batch_cells(batches), followed_cells(followed))
    return sum(1 for some in found for _ in some)


def _how(*, stream: bool) -> str:
    return "stream" if stream else "plain"
