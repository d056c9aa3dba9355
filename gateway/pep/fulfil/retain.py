"""The obligation ``retain``: entries are kept at least so long (EU AI Act Art. 26(6))."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gateway.core.decision import Obligation
    from gateway.pep.fulfil.owed import Owed

TYPE = "retain"
_MOST = 36_500


def accepts(obligation: Obligation) -> bool:
    """Whether the parameters are well formed: ``{"days": 183}``."""
    days = obligation.params.get("days")
    return set(obligation.params) == {"days"} and type(days) is int and 0 < days <= _MOST


def add(owed: Owed, obligation: Obligation) -> Owed:
    """`owed` with the longer of both times."""
    return owed._replace(retain_days=max(owed.retain_days, obligation.params["days"]))
