"""Stage 12 for media: the mark that is owed, put on before the output may leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.decision import GATEWAY_RULE
from gateway.errors import Withheld
from gateway.rights.marks.manifest import Unmarkable
from gateway.rights.marks.marks import Facts

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.core.decision import Decision
    from gateway.core.exchange import Exchange
    from gateway.pep.fulfil.owed import Owed
    from gateway.pep.judgement import Judged
    from gateway.rights.marks.marks import Marked, Marks

REQUIRED_CODE = "output.unmarked"


def marked(
    marks: Marks,
    judged: Judged,
    owed: Owed,
    data: bytes,
    render: Callable[[Decision, Exchange], str],
) -> Marked:
    """The media as they may leave, with the mark that `owed` asks for; as they came without one.

    Raises:
        Withheld: a mark is required, and these bytes cannot take one.
    """
    exchange = judged.exchange
    facts = Facts(exchange.id, judged.model.upstream, judged.model.provider.name, owed.labels)
    try:
        return marks.sign(exchange.principal.tenant, data, facts, owed.mark)
    except Unmarkable as error:
        decision = judged.decision.refused(GATEWAY_RULE, REQUIRED_CODE)
        raise Withheld(decision, render(decision, exchange)) from error
