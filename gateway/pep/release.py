"""Stages 10 to 12 for a whole answer: inspect, ask again, restore and label."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from gateway.content.answer import places
from gateway.content.hidden import HiddenContext
from gateway.content.others import Others, spans
from gateway.content.restore import Restorer
from gateway.core.exchange import Usage
from gateway.errors import ProviderGarbage, Withheld
from gateway.pep import labels
from gateway.pep.digest import FieldDigests

if TYPE_CHECKING:
    from gateway.content.answer import Place
    from gateway.content.pseudonyms import Protected
    from gateway.core.content import Finding
    from gateway.pep.judgement import Judged, OutputJudge
    from gateway.pep.opened import Opened
    from gateway.pep.pipeline import Rooms


def released_body(
    body: dict[str, Any],
    judged: Judged,
    ready: Protected,
    opened: Opened,
    judge: OutputJudge,
    rooms: Rooms,
) -> dict[str, Any]:
    """The provider's answer as the caller may have it; `opened` is told what became of it.

    Raises:
        Withheld: policy said no to the output.
        PolicyUnavailable: no decision could be had.
        ProviderGarbage: it is no answer.
    """
    opened.outcome.usage = _usage(body)
    found = [
        (choice.get("index", at), place)
        for at, choice in enumerate(_choices(body))
        for place in places(choice.get("message"))
    ]
    # (10) Inspect the model's own words, before anything is restored.
    inspect = partial(rooms.reader.inspector.inspect, names=False)
    findings = [item for place in places(body) for item in inspect(place.text)]
    hidden = HiddenContext(ready.body)
    findings += [item for _, place in found for item in _repeated(hidden, place.text)]
    spoken = "\n".join(place.text for _, place in found if not place.structural)
    # (11) Ask again, about the output.
    try:
        judge.require(findings, rooms.reader.signals.read_output(spoken))
    except Withheld:
        rooms.content.discard(judged.exchange)
        raise
    # (12) Take out what is others', restore what this caller supplied and nothing else, and
    # put the labels under it.
    _restore(found, judged, ready, opened, judge, rooms)
    opened.labelled(judge, judged)
    body["model"] = judged.exchange.model
    return body


def _restore(
    found: list[tuple[int, Place]],
    judged: Judged,
    ready: Protected,
    opened: Opened,
    judge: OutputJudge,
    rooms: Rooms,
) -> None:
    """The words of the answer as the caller may have them, each in its place."""
    outcome, tenant = opened.outcome, judged.exchange.principal.tenant.id
    received, delivered = (FieldDigests(rooms.secret, tenant) for _ in range(2))
    restorer, others, line = Restorer(ready.table, ready.surrogates), Others(ready), ""
    if labels.possible(judged.exchange.body):
        line = labels.text(judge.owed.labels, judged.exchange.language)
    for index, place in found:
        if place.structural:
            continue
        received.add((index, place.path), place.text)
        ending = line if place.path == "content" and place.text else ""
        held = spans(place.text, rooms.reader.inspector)
        text = others.taken_out(place.text, held, judge.owed.redacted)
        place.put(restorer.text(text, json=place.json) + ending)
        delivered.add((index, place.path), place.text)
    outcome.unknown_placeholders = restorer.unknown
    outcome.output_digest = received.digest()
    outcome.delivered_digest = delivered.digest()


def _repeated(hidden: HiddenContext, text: str) -> tuple[Finding, ...]:
    repetition = hidden.repetition()
    return (*repetition.feed(text), *repetition.end())


def _choices(body: dict[str, Any]) -> list[dict[str, Any]]:
    choices = body.get("choices")
    if not isinstance(choices, list) or not all(isinstance(item, dict) for item in choices):
        raise ProviderGarbage
    return choices


def _usage(body: dict[str, Any]) -> Usage:
    usage = body.get("usage") or {}
    return Usage(int(usage.get("prompt_tokens") or 0), int(usage.get("completion_tokens") or 0))
