"""Where a request would go: a model's provider, under the terms that are in force there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.content.asked import features
from gateway.core import policy_input
from gateway.core.catalogue import may_use
from gateway.pep.stored import may_be_booked
from gateway.rights.clauses import clauses

if TYPE_CHECKING:
    from gateway.core.catalogue import ModelEntry
    from gateway.core.exchange import Exchange
    from gateway.core.policy_input import Destination, Situation
    from gateway.terms.effective import EffectiveTerms
    from gateway.terms.registry import TermsRegistry

_REMEMBERED = 4_096


class Destinations:
    """Finds out what a destination is to policy, and remembers it as long as the terms stand."""

    def __init__(self, terms: TermsRegistry) -> None:
        """With each tenant's view of `terms`."""
        self._terms = terms
        self._known: dict[tuple[int, str], tuple[EffectiveTerms, Destination]] = {}

    def of(self, exchange: Exchange, situation: Situation, model: ModelEntry | None) -> Destination:
        """What `model`, or none, is to the principal of this exchange.

        Raises:
            StorageUnavailable: the tenant's record of terms could not be read.
        """
        principal = exchange.principal
        if model is None:
            return policy_input.Destination()
        if not may_use(model, principal.tenant.slug, principal.groups):
            # The same to policy as a model that is not there: nobody learns what others may use.
            return policy_input.Destination(model=model.alias)
        terms = self._terms.effective(
            principal.tenant,
            model.provider.tier,
            model.upstream,
            exchange.received_at,
            features(
                situation.request,
                stateless="ip_08" not in situation.disabled,
                booked=may_be_booked(situation),
            ),
        )
        key = (principal.tenant.id.int, model.alias)
        known = self._known.get(key)
        # The registry answers with the same terms for as long as they hold.
        if known is not None and known[0] is terms:
            return known[1]
        found = policy_input.destination(
            model, principal, terms.as_input(), terms.version, terms.facts_digest,
            clauses(terms, self._terms.base.sources),
        )  # fmt: skip
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[key] = (terms, found)
        return found
