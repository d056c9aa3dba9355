"""What the obligations of a decision add up to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection

    from gateway.core.decision import Obligation


class Owed(NamedTuple):
    """Everything that must be done with one exchange, by treatment. Order means nothing."""

    pseudonymised: frozenset[str] = frozenset()
    """Finding types replaced by numbered placeholders, restored in the answer."""

    surrogates: frozenset[str] = frozenset()
    """Those of them that values stand in for which read like them. Where one obligation wants a
    placeholder and another a surrogate, it is a placeholder, which fails visibly."""

    whole_request: bool = False
    """Whether values from instructions and tool definitions come back as well."""

    redacted: frozenset[str] = frozenset()
    """Finding types replaced for good, in the answer too; wins where a type is under both
    treatments."""

    stateless: frozenset[str] = frozenset()
    """Request parameters that would make a provider keep content."""

    identifiers: frozenset[str] = frozenset()
    """Request parameters whose value names an end user."""

    stripped: frozenset[str] = frozenset()
    """Attachment types whose metadata is taken out."""

    labels: frozenset[str] = frozenset()
    """What the output is labelled as."""

    mark: str = ""
    """Whether media are marked: empty for no, ``add`` where they can be, ``required``."""

    retain_days: int = 0
    """The least number of days the exchange's entries are kept."""

    rights_record: bool = False
    """Whether a rights record is written with the outcome."""


def words(
    obligation: Obligation, name: str, known: Collection[str] | None = None
) -> frozenset[str] | None:
    """The non-empty list of words that is the obligation's one parameter, or None.

    With `known`, a word that is not in it is not understood either.
    """
    said = obligation.params.get(name)
    if set(obligation.params) != {name} or not isinstance(said, list) or not said:
        return None
    if not all(isinstance(item, str) and item for item in said):
        return None
    if known is not None and not set(said) <= set(known):
        return None
    return frozenset(said)
