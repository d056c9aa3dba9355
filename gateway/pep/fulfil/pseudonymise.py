"""The obligation ``pseudonymise``: values of the named types leave as numbered placeholders.

They come back in the answer, for the caller who supplied them and nobody else.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gateway.pep.fulfil.protection import finding_types

if TYPE_CHECKING:
    from gateway.core.decision import Obligation
    from gateway.pep.fulfil.protection import Protection

TYPE = "pseudonymise"


def accepts(obligation: Obligation) -> bool:
    """Whether the parameters are well formed: ``{"types": ["EMAIL_ADDRESS", …]}``."""
    return finding_types(obligation) is not None


def add(protection: Protection, obligation: Obligation) -> Protection:
    """`protection` with this obligation's types pseudonymised too."""
    types = finding_types(obligation) or frozenset()
    return replace(protection, pseudonymised=protection.pseudonymised | types)
