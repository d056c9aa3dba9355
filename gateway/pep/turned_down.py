"""What a provider says when it says no: judged like an answer before the caller reads it.

Clients read the wording to recover, so a harmless refusal goes back as it came. But it is written
by whoever writes the answers, and may hold the same: somebody else's number, a key, or the
instructions. Where it may not be said the gateway's own text stands in; the status stays.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from gateway.content.answer import places
from gateway.content.others import Others
from gateway.core.signals import OutputSignals
from gateway.errors import (
    NotFound,
    PolicyUnavailable,
    ProviderGarbage,
    ProviderRejected,
    Withheld,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.content.hidden import HiddenContext
    from gateway.content.inspect import Inspector
    from gateway.content.pseudonyms import Protected
    from gateway.pep.judgement import OutputJudge

_NEVER = frozenset({"SECRET"})
"""What is taken out of every refusal: no client needs a key to recover."""


def inspect(
    error: ProviderRejected,
    ready: Protected,
    inspector: Inspector,
    hidden: HiddenContext,
    judge: OutputJudge,
) -> None:
    """Leave of the refusal of the request `ready` what the caller may read.

    Policy is asked where anything was found. `hidden` are the instructions of the request.
    """
    try:
        _judge(error, ready, inspector, hidden, judge)
    except (Withheld, PolicyUnavailable, ProviderGarbage):
        error.body = None


def _judge(
    error: ProviderRejected,
    ready: Protected,
    inspector: Inspector,
    hidden: HiddenContext,
    judge: OutputJudge,
) -> None:
    """Take out of the refusal what is others'.

    Raises:
        Withheld: policy said no to it.
        PolicyUnavailable: no decision could be had.
        ProviderGarbage: it is nested too deeply.
    """
    found = [(place, place.read()) for place in places(error.body)]
    held = [(place, inspector.inspect(text, names=False)) for place, text in found]
    findings = [item for _, items in held for item in items]
    signals = None
    for keys in (False, True):
        # Each is read as a row of its own, since they stand between each other.
        row = [text for place, text in found if (place.kind == "key") == keys]
        findings += hidden.repeated(row)
        if hidden.given_away(row):
            signals = OutputSignals(canary=True)
    if not findings and signals is None:
        return
    judge.require(findings, signals)
    types = judge.owed.redacted | _NEVER
    others = Others(ready)
    # Keys come last, since what is below them is found by them.
    for place, items in sorted(held, key=lambda one: one[0].kind == "key"):
        others.clear(place, items, types)


@contextmanager
def wordless() -> Iterator[None]:
    """Let no word of a provider's refusal pass: there is no request here by which to judge it.

    Raises:
        NotFound: the provider has it no more.
        ProviderRejected: with the status alone.
    """
    try:
        yield
    except ProviderRejected as error:
        if error.upstream_status == 404:
            raise NotFound("The provider does not have it, or has it no more.") from error
        error.body = None
        raise
