"""The obligation ``pseudonymise``: values of the named types leave as something else.

As numbered placeholders, or as surrogates that read like them. They come back in the
answer, for the caller who supplied them and nobody else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.decision import Obligation
from gateway.pep.fulfil.owed import words

if TYPE_CHECKING:
    from gateway.pep.fulfil.owed import Owed

TYPE = "pseudonymise"
_STYLE, _RESTORED = "style", "restored"
_PLACEHOLDER, _SURROGATE = "placeholder", "surrogate"
_CONVERSATION, _REQUEST = "conversation", "request"
_WAYS = {_STYLE: (_PLACEHOLDER, _SURROGATE), _RESTORED: (_CONVERSATION, _REQUEST)}
"""What else may be said, and the usual way first."""


def accepts(obligation: Obligation) -> bool:
    """Whether the parameters are well formed.

    ``{"types": ["EMAIL_ADDRESS", …], "style": "placeholder", "restored": "conversation"}``; the
    last two may be left out.
    """
    said = obligation.params
    ways = all(said.get(name, known[0]) in known for name, known in _WAYS.items())
    return ways and _types(obligation) is not None


def add(owed: Owed, obligation: Obligation) -> Owed:
    """`owed` with this obligation's types pseudonymised too."""
    types = _types(obligation) or frozenset()
    if obligation.params.get(_STYLE) == _SURROGATE:
        surrogates = owed.surrogates | (types - owed.pseudonymised)
    else:
        surrogates = owed.surrogates - types
    first = not owed.pseudonymised
    whole = obligation.params.get(_RESTORED) == _REQUEST
    return owed._replace(
        pseudonymised=owed.pseudonymised | types,
        surrogates=surrogates,
        # The narrower word counts.
        whole_request=whole and (first or owed.whole_request),
    )


def _types(obligation: Obligation) -> frozenset[str] | None:
    rest = {name: value for name, value in obligation.params.items() if name not in _WAYS}
    return words(Obligation(obligation.id, obligation.type, rest), "types")
