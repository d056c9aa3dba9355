"""The obligation ``record_rights``: what the terms say of an output is written with its outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gateway.core.decision import Obligation
    from gateway.pep.fulfil.owed import Owed

TYPE = "record_rights"


def accepts(obligation: Obligation) -> bool:
    """Whether there are no parameters, as there should be."""
    return not obligation.params


def add(owed: Owed, obligation: Obligation) -> Owed:
    """`owed` with a rights record."""
    del obligation  # it says no more than that it is there
    return owed if owed.rights_record else owed._replace(rights_record=True)
