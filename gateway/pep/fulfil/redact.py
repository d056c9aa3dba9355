"""The obligation ``redact``: values of the named types are taken out and never come back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gateway.pep.fulfil.protection import finding_types

if TYPE_CHECKING:
    from gateway.core.decision import Obligation
    from gateway.pep.fulfil.protection import Protection

TYPE = "redact"


def accepts(obligation: Obligation) -> bool:
    """Whether the parameters are well formed: ``{"types": ["SECRET", …]}``."""
    return finding_types(obligation) is not None


def add(protection: Protection, obligation: Obligation) -> Protection:
    """`protection` with this obligation's types redacted too."""
    types = finding_types(obligation) or frozenset()
    return replace(protection, redacted=protection.redacted | types)
