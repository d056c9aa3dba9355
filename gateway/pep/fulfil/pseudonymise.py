"""The obligation ``pseudonymise``: values of the named types leave as numbered placeholders.

They come back in the answer, for the caller who supplied them and nobody else.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gateway.pep.fulfil.owed import words

if TYPE_CHECKING:
    from gateway.core.decision import Obligation
    from gateway.pep.fulfil.owed import Owed

TYPE = "pseudonymise"


def accepts(obligation: Obligation) -> bool:
    """Whether the parameters are well formed: ``{"types": ["EMAIL_ADDRESS", …]}``."""
    return words(obligation, "types") is not None


def add(owed: Owed, obligation: Obligation) -> Owed:
    """`owed` with this obligation's types pseudonymised too."""
    types = words(obligation, "types") or frozenset()
    return replace(owed, pseudonymised=owed.pseudonymised | types)
