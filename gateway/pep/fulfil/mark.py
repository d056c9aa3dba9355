"""The obligation ``mark``: generated media say to machines that a model made them (rule AI-04).

Putting the mark on is `gateway.pep.marking`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.rights.marks.marks import ADD, REQUIRED

if TYPE_CHECKING:
    from gateway.core.decision import Obligation
    from gateway.pep.fulfil.owed import Owed

TYPE = "mark"


def accepts(obligation: Obligation) -> bool:
    """Whether the parameters are well formed: ``{"level": "add"}`` or ``{"level": "required"}``."""
    level = obligation.params.get("level")
    return set(obligation.params) == {"level"} and level in (ADD, REQUIRED)


def add(owed: Owed, obligation: Obligation) -> Owed:
    """`owed` with the stricter of both levels."""
    levels = {owed.mark, obligation.params["level"]}
    return owed._replace(mark=REQUIRED if REQUIRED in levels else ADD)
