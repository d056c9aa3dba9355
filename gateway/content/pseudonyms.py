"""Replacing what identifies by placeholders or surrogates, and knowing what may come back.

Stateless: clients resend the conversation, so numbering by first appearance gives
every earlier turn the same bytes on every call, and nothing has to be kept
between calls. Values that stand only in instructions or tool definitions are
replaced but never restored, and secrets never are: an answer must not become a
way to read what its reader did not supply.
"""

from __future__ import annotations

import re
from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from gateway.content.attachments import request as attachments
from gateway.content.carried import NOTHING
from gateway.content.glance import placeholder
from gateway.content.placeholders import LITERAL, TOLERANT, Name
from gateway.content.rewritten import rewritten
from gateway.content.walk import messages, walk
from gateway.core.content import DETECTOR_FAILED, Finding
from gateway.core.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gateway.content.attachments.parts import Path
    from gateway.content.carried import Carried
    from gateway.content.request import Found, InspectedRequest
    from gateway.content.surrogates.stand_in import StandIns, Surrogate
    from gateway.content.walk import TextField, Turns

_FOLDED_CASE = frozenset({"EMAIL_ADDRESS", "IBAN_CODE", "IP_ADDRESS"})
_ONLY_ALPHANUMERIC = re.compile(r"[^0-9A-Za-z@]")
_WORD = re.compile(r"\w")
_NO_WORDS = frozenset({"role", "type", "name", "id", "media_type"})
"""Keys of a message whose strings are nobody's words."""

_NUMBERS = frozenset({"PHONE_NUMBER", "CREDIT_CARD", "IBAN_CODE", "US_SSN", "UK_NINO", "FR_NIR"})


@dataclass(frozen=True, slots=True)
class Ways:
    """How values are replaced, where not in the usual way."""

    stand_ins: StandIns | None = None
    """What makes surrogates; None for placeholders only."""

    surrogates: frozenset[str] = frozenset()
    """Types that surrogates stand in for."""

    whole_request: bool = False
    """Whether values that stand only in instructions and tool definitions come back, too."""

    turns: Turns = messages
    """What finds the conversation in a request of its form."""

    earlier: Carried = NOTHING
    """The names of the turns before, where the provider keeps those."""


_USUAL = Ways()


@dataclass
class Protected:
    """A request that may leave, and what may come back into its answer."""

    body: dict[str, Any]
    table: Mapping[Name, str]
    """Placeholder to the value as it was first written; only what may be restored."""

    replaced: Mapping[str, int]
    """How many distinct values of each type were taken out."""

    surrogates: tuple[Surrogate, ...]
    """What stands in for values by reading like them; only what may be restored."""

    numbers: Mapping[str, Mapping[str, int]]
    """By type, which value has which number in the conversation."""

    inspected: InspectedRequest
    """The request as it came."""

    ways: Ways
    """How values were replaced."""

    @cached_property
    def known(self) -> frozenset[tuple[str, str]]:
        """Every value of the request, and every surrogate, by type and `entity`: nobody else's.

        Most answers hold nothing that could be somebody's, and nobody asks.
        """
        return self.ways.earlier.known.union(_known(self.inspected, self.ways.stand_ins))

    @property
    def passed(self) -> Mapping[str, int]:
        """By type, how many numbers earlier turns gave to values that are not kept."""
        return self.ways.earlier.passed


@dataclass(slots=True)
class _Entities:
    """The values taken out so far, numbered by type in order of first appearance."""

    numbers: dict[str, dict[str, int]] = field(default_factory=dict)
    table: dict[Name, str] = field(default_factory=dict)
    ways: Ways = _USUAL
    used: set[Name] = field(default_factory=set)

    def replaced(self) -> dict[str, int]:
        """How many distinct values of each type this request held."""
        kinds: dict[str, int] = {}
        for kind, _ in self.used:
            if kind != LITERAL:
                kinds[kind] = kinds.get(kind, 0) + 1
        return dict(sorted(kinds.items()))

    def instead(self, kind: str, value: str, *, restorable: bool, apart: bool) -> str:
        """What leaves instead of `value`; `apart` says that no letter or digit touches it."""
        name = self._name(kind, value)
        stand_ins = self.ways.stand_ins
        # What grows together with its neighbours is no word that could be found again.
        if stand_ins is not None and apart and kind in self.ways.surrogates:
            made = stand_ins.stand_in(kind, value, restorable=restorable)
            if made is not None:
                return made
        if restorable:
            self.table.setdefault(name, value)
        return str(name)

    def _name(self, kind: str, value: str) -> Name:
        known = self.numbers.setdefault(kind, {})
        following = len(known) + self.ways.earlier.passed.get(kind, 0) + 1
        name = Name(kind, known.setdefault(entity(kind, value), following))
        self.used.add(name)
        return name


def protect(
    inspected: InspectedRequest,
    pseudonymised: frozenset[str],
    redacted: frozenset[str],
    stripped: frozenset[str] = frozenset(),
    ways: Ways = _USUAL,
) -> Protected:
    """The request with values of these types taken out, for a while or for good.

    What the caller typed in the form of a placeholder is taken out as well, so that it comes back
    as typed and never as somebody's value. Attachments of the kinds `stripped` leave without their
    metadata; one with something to take out leaves as its text.
    """
    earlier, made = ways.earlier, ways.stand_ins
    before = {kind: dict(values) for kind, values in earlier.numbers.items()}
    entities = _Entities(before, dict(earlier.table), ways)
    changes = []
    taken = pseudonymised | redacted
    for item, findings in _everything(inspected, ways.turns) if made else inspected.fields:
        spans = [finding for finding in findings if finding.type in taken]
        # What is signed was never restored, so its placeholders are still the gateway's own.
        if not item.signed:
            spans = _with_literals(item.text, spans, made)
        text = _replaced(item, spans, redacted, entities) if spans else item.text
        if text != item.text:
            changes.append((item, text))
    parts: dict[Path, Any] = {}
    if inspected.attached:
        changes, parts = attachments.outgoing(inspected.attached, changes, stripped)
    return Protected(
        rewritten(inspected.body, changes, parts),
        entities.table,
        entities.replaced(),
        made.table if made is not None else (),
        entities.numbers,
        inspected,
        ways,
    )


def opening(inspected: InspectedRequest, turns: Turns = messages) -> str:
    """The first words of the person in a conversation: the same on every call."""
    words = (
        item.text
        for item in walk(inspected.body, turns=turns).fields
        if item.source == "user" and not item.key and item.path[-1] not in _NO_WORDS
    )
    return next(words, "")


def _known(inspected: InspectedRequest, made: StandIns | None) -> Iterator[tuple[str, str]]:
    for item, findings in inspected.fields:
        for finding in findings:
            value = item.text[finding.start : finding.end]
            yield finding.type, entity(finding.type, value)
    for kind, text in made.made if made is not None else ():
        yield kind, entity(kind, text)


def _everything(inspected: InspectedRequest, turns: Turns) -> list[Found]:
    """Every string in order, what nothing was found in too; an attachment's text at its place."""
    found = {_place(item): (item, findings) for item, findings in inspected.fields}
    plain = walk(inspected.body, turns=turns).fields
    ordered = [(at, found.pop(_place(item), (item, ()))) for at, item in enumerate(plain)]
    for item, findings in found.values():
        depth = len(item.path)
        inside = [at for at, other in enumerate(plain) if other.path[:depth] == item.path]
        ordered.append((max(inside, default=len(plain)), (item, findings)))
    return [pair for _, pair in sorted(ordered, key=lambda entry: entry[0])]


def _place(item: TextField) -> tuple[Any, ...]:
    return (item.path, item.key, item.inside, item.attached)


def _with_literals(text: str, spans: list[Finding], made: StandIns | None) -> list[Finding]:
    """`spans`, and what the caller wrote that looks like something of ours."""
    places = [match.span() for match in TOLERANT.finditer(text)] if placeholder(text) else []
    if made is not None:
        places += made.written(text)
        made.see(text)
    kept = list(spans)
    for start, end in sorted(places):
        if all(end <= span.start or start >= span.end for span in kept):
            kept.append(Finding(LITERAL, start, end, 1.0, "literal"))
    return sorted(kept, key=lambda span: span.start) if len(kept) > len(spans) else spans


def _replaced(
    item: TextField, spans: list[Finding], redacted: frozenset[str], entities: _Entities
) -> str:
    pieces, at = [], 0
    for span in spans:
        value = item.text[span.start : span.end]
        own = item.own or entities.ways.whole_request
        restorable = own and span.type not in redacted and span.type != DETECTOR_FAILED
        apart = _WORD.match(item.text[span.end : span.end + 1]) is None and (
            span.start == 0 or _WORD.match(item.text[span.start - 1]) is None
        )
        instead = entities.instead(
            span.type, value, restorable=restorable or span.type == LITERAL, apart=apart
        )
        pieces += [item.text[at : span.start], instead]
        at = span.end
    return "".join([*pieces, item.text[at:]])


def entity(kind: str, value: str) -> str:
    """What makes two writings the same value: case for addresses, only the digits for numbers."""
    if kind in _NUMBERS:
        return _ONLY_ALPHANUMERIC.sub("", value).upper()
    return value.lower() if kind in _FOLDED_CASE else value
