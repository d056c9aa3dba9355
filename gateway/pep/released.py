"""What leaves the pipeline: an answer, whole or in pieces, and what it says of its own handling."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from gateway.core.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.pep.stream import ReleasedStream


@dataclass(frozen=True, slots=True)
class Receipt:
    """What every answer says about its own handling."""

    exchange_id: str
    revision: str
    destination: str
    """``provider/upstream`` that really ran it."""

    tier: str
    replaced: Mapping[str, int]
    """How many distinct values of each type left as something else."""

    synthetic_terms: bool
    labels: tuple[str, ...]
    advice: tuple[str, ...]
    """Codes of what the caller is told."""

    passed_over: tuple[str, ...]
    """Models that policy would not have for this request."""

    cached: bool = False
    """Whether the provider's answer was known, and it was not asked again."""

    passed_back: Mapping[str, str] = field(default_factory=dict)
    """Headers of the provider that are meant for the caller."""


@dataclass(frozen=True, slots=True)
class Released:
    """A whole answer that may leave."""

    body: dict[str, Any]
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class ReleasedChunks:
    """A streamed answer that may leave, piece by piece."""

    chunks: ReleasedStream
    receipt: Receipt
