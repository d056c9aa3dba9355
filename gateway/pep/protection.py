"""Stage 8: the request as it may leave, once everything that is owed has been done to it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from gateway.content.carried import NOTHING, Carried
from gateway.content.pseudonyms import Ways, opening, protect
from gateway.content.surrogates.stand_in import StandIns
from gateway.pep.fulfil import force_stateless, replace_identifiers
from gateway.pep.stored import keeps
from gateway.shapes.registry import SHAPES

if TYPE_CHECKING:
    from gateway.content.pseudonyms import Protected
    from gateway.content.request import InspectedRequest
    from gateway.core.secrets import RootSecret
    from gateway.pep.judgement import Judged


def protected(judged: Judged, inspected: InspectedRequest, secret: RootSecret) -> Protected:
    """The request of `judged` with all that is owed on it done.

    Values come out first, at the places they were found in; what is done to whole parameters comes
    after, because it moves those places.
    """
    owed, tenant = judged.owed, judged.exchange.principal.tenant.id
    shape = SHAPES[judged.exchange.shape]
    ways = _ways(judged, inspected, secret)
    ready = protect(inspected, owed.pseudonymised, owed.redacted, owed.stripped, ways)
    ready.body = force_stateless.apply({**shape.asks.assumed, **ready.body}, owed.stateless)
    if owed.identifiers:
        pseudonym = partial(secret.provider_pseudonym, tenant, judged.model.provider.name)
        given = {name: judged.exchange.body.get(name) for name in ready.body}
        ready.body = replace_identifiers.apply(ready.body, given, owed.identifiers, pseudonym)
    return ready


def _ways(judged: Judged, inspected: InspectedRequest, secret: RootSecret) -> Ways:
    owed, principal = judged.owed, judged.exchange.principal
    turns = SHAPES[judged.exchange.shape].turns
    stand_ins = None
    earlier = judged.exchange.earlier
    # What reads like a value is found again by the words of the whole conversation, which is not
    # here when the provider keeps it: there it is placeholders.
    if owed.surrogates and earlier is None and not keeps(judged):
        said = opening(inspected, turns)
        key = secret.conversation_key(principal.tenant.id, principal.id, said)
        stand_ins = StandIns(key, said)
    carried = Carried.read(earlier.names) if earlier is not None else NOTHING
    return Ways(stand_ins, owed.surrogates, owed.whole_request, turns, carried)
