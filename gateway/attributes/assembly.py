"""Everything of this room, wired once from the rules' annotations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.attributes.answers import Answers
from gateway.attributes.parameters import Parameters
from gateway.attributes.resolve import AttributeSource
from gateway.attributes.spending import Spending
from gateway.attributes.usage import Usage
from gateway.core.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gateway.attributes.declared import Annotation
    from gateway.core.clock import Clock
    from gateway.core.identifiers import PrincipalId, TenantId
    from gateway.db.last_known import Bridging
    from gateway.db.session import Database


@dataclass(frozen=True, slots=True)
class AttributeRooms:
    """What the rest of the gateway asks about who is asking, and for what."""

    source: AttributeSource
    tuning: Parameters
    answers: Answers
    usage: Usage
    spending: Spending


def assemble(
    database: Database,
    clock: Clock,
    annotations: Iterable[Annotation],
    of_exchanges: Iterable[Annotation],
    pseudonym: Callable[[TenantId, PrincipalId], str],
    bridging: Bridging | None = None,
) -> AttributeRooms:
    """The room for the rules with these annotations. Nothing is read yet.

    `of_exchanges` are those of the rules that judge requests and outputs: only what they ask for
    can be confirmed or approved in advance. `pseudonym` is what the log calls a principal.

    Raises:
        ConfigurationError: a rule declares a parameter in a way that cannot be read.
    """
    tuning = Parameters(annotations)
    source = AttributeSource(database, clock, tuning, bridging)
    answers = Answers(database, source, of_exchanges, pseudonym)
    return AttributeRooms(source, tuning, answers, Usage(), Spending(database))
