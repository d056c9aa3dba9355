"""Stage 8: the request as it may leave, once everything that is owed has been done to it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from gateway.content.pseudonyms import protect
from gateway.pep.fulfil import force_stateless, replace_identifiers
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
    ready = protect(inspected, owed.pseudonymised, owed.redacted, owed.stripped)
    assumed = SHAPES[judged.exchange.shape].asks.assumed
    body = force_stateless.apply({**assumed, **ready.body}, owed.stateless)
    pseudonym = partial(secret.provider_pseudonym, tenant, judged.model.provider.name)
    given = {name: judged.exchange.body.get(name) for name in ready.body}
    body = replace_identifiers.apply(body, given, owed.identifiers, pseudonym)
    return replace(ready, body=body)
