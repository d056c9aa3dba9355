"""Statements about terms as people read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.terms.statements import DECIDING
from gateway.terms.told import value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gateway.terms.effective import EffectiveTerms, ReviewState
    from gateway.terms.statements import Source


def lines(item: ReviewState, sources: Mapping[str, Source]) -> Iterator[str]:
    """A statement: value and confidence, note, every source, and how it stands."""
    fact = item.fact
    deciding = " (decides)" if fact.name in DECIDING else ""
    yield f"{fact.name}{deciding}: {value(fact.value)} [{fact.confidence}]"
    if fact.note:
        yield f"    {fact.note}"
    for name in fact.sources:
        source = sources.get(name)
        text = f"{source.title}, {source.url}, dated {source.doc_date}" if source else "stated here"
        yield f"    source {name}: {text}"
    for copy in item.copies:
        yield f"    copy {copy}"
    yield f"    {standing(item)}"


def standing(item: ReviewState) -> str:
    """How a statement stands, in words."""
    if not item.fact.established:
        return "nothing to confirm: nobody has established it"
    if item.reviewed_at is None or item.expires_at is None:
        return item.state
    return (
        f"{item.state}; confirmed by {item.reviewed_by} on {item.reviewed_at.date()}, "
        f"until {item.expires_at.date()}"
    )


def effective(terms: EffectiveTerms) -> Iterator[str]:
    """The joined terms, one fact a line."""
    for name, found in terms.as_input().items():
        yield f"    {name}: {value(found)}"
