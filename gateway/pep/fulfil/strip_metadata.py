"""The obligation ``strip_metadata``: attachments of the named kinds leave without their metadata.

Which attachments can be cleaned was found out when they were read, and is told to policy as
``cleaned``; taking the metadata out is `gateway.content.pseudonyms.protect`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.content.attachments.attachment import Kind
from gateway.pep.fulfil.owed import words

if TYPE_CHECKING:
    from gateway.core.decision import Obligation
    from gateway.pep.fulfil.owed import Owed

TYPE = "strip_metadata"
_KINDS = frozenset(kind.value for kind in Kind)


def accepts(obligation: Obligation) -> bool:
    """Whether the parameters are well formed: ``{"kinds": ["image", …]}``, all known."""
    return words(obligation, "kinds", _KINDS) is not None


def add(owed: Owed, obligation: Obligation) -> Owed:
    """`owed` with these kinds of attachments stripped too."""
    kinds = words(obligation, "kinds") or frozenset()
    return owed._replace(stripped=owed.stripped | kinds)
