"""Media on their way out: which marks they came with, and the mark that is owed (rule AI-04)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.content.attachments.attachment import Unreadable
from gateway.content.attachments.sniff import sniff
from gateway.core.decision import GATEWAY_RULE
from gateway.errors import Withheld
from gateway.rights.marks.manifest import Unmarkable
from gateway.rights.marks.marks import Facts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gateway.core.decision import Decision
    from gateway.core.exchange import Exchange, Outcome
    from gateway.core.principal import Tenant
    from gateway.pep.fulfil.owed import Owed
    from gateway.pep.judgement import Judged
    from gateway.rights.assembly import OutputRights
    from gateway.rights.marks.marks import Marked, Marks
    from gateway.shapes.shape import Medium

UNMARKED = "output.unmarked"


def came_with(marks: Marks, tenant: Tenant, media: Iterable[Medium]) -> tuple[str, ...]:
    """The marks that every one of these media bears, in the words of the policy input.

    One bare picture among marked ones makes the answer a bare one.
    """
    borne = [set(marks.names(tenant, item.data)) for item in media]
    return tuple(sorted(set.intersection(*borne))) if borne else ()


def mark_media(
    media: Sequence[Medium],
    judged: Judged,
    owed: Owed,
    outcome: Outcome,
    rights: OutputRights,
    render: Callable[[Decision, Exchange], str],
) -> None:
    """Put the mark that is owed on each, and tell `outcome` what came and what leaves.

    Raises:
        Withheld: a mark is required, and one of them cannot take it.
    """
    tenant = judged.exchange.principal.tenant
    for item in media:
        made = _marked(rights.marks, judged, owed, item.data, render)
        if made.data is not item.data:
            item.put(made.data)
        outcome.marks_in.append(made.marks_in)
        outcome.marks_out.append(made.marks_out)
        outcome.media.append(
            {
                "content_type": item.content_type,
                "bytes": len(made.data),
                "digest": made.digest_before.hex(),
                "delivered_digest": made.digest_after.hex(),
            }
        )
        output = rights.index.media_output(
            tenant.id, _kind(item.data), item.content_type, item.data, made.data
        )
        outcome.outputs = (*outcome.outputs, output)


def _marked(
    marks: Marks,
    judged: Judged,
    owed: Owed,
    data: bytes,
    render: Callable[[Decision, Exchange], str],
) -> Marked:
    exchange = judged.exchange
    facts = Facts(exchange.id, judged.model.upstream, judged.model.provider.name, owed.labels)
    try:
        return marks.sign(exchange.principal.tenant, data, facts, owed.mark)
    except Unmarkable as error:
        decision = judged.decision.refused(GATEWAY_RULE, UNMARKED)
        raise Withheld(decision, render(decision, exchange)) from error


def _kind(data: bytes) -> str:
    """What the bytes are, by what they are and not by what is said of them."""
    try:
        media = sniff(data)
    except Unreadable:
        media = None
    return "file" if media is None else media.kind.value
