"""The obligation ``redact``: values of the named types are taken out and never come back.

Of a request before it leaves; of an answer, what the caller did not supply.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.pep.fulfil.owed import words

if TYPE_CHECKING:
    from gateway.core.decision import Obligation
    from gateway.pep.fulfil.owed import Owed

TYPE = "redact"


def accepts(obligation: Obligation) -> bool:
    """Whether the parameters are well formed: ``{"types": ["SECRET", …]}``."""
    return words(obligation, "types") is not None


def add(owed: Owed, obligation: Obligation) -> Owed:
    """`owed` with this obligation's types redacted too."""
    types = words(obligation, "types") or frozenset()
    return owed._replace(redacted=owed.redacted | types)
