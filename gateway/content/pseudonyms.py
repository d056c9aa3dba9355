"""Replacing what identifies by numbered placeholders, and knowing what may come back.

Stateless: clients resend the conversation, so numbering by first appearance gives
every earlier turn the same bytes on every call, and nothing has to be kept
between calls. Values that stand only in instructions or tool definitions are
replaced but never restored, and secrets never are: an answer must not become a
way to read what its reader did not supply.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gateway.content.attachments import request as attachments
from gateway.content.placeholders import LITERAL, TOLERANT, Name, may_hold
from gateway.content.walk import rewritten
from gateway.core.content import DETECTOR_FAILED, Finding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.content.attachments.parts import Path
    from gateway.content.request import InspectedRequest
    from gateway.content.walk import TextField

_FOLDED_CASE = frozenset({"EMAIL_ADDRESS", "IBAN_CODE", "IP_ADDRESS"})
_ONLY_ALPHANUMERIC = re.compile(r"[^0-9A-Za-z@]")
_NUMBERS = frozenset({"PHONE_NUMBER", "CREDIT_CARD", "IBAN_CODE", "US_SSN", "UK_NINO", "FR_NIR"})


@dataclass(frozen=True, slots=True)
class Protected:
    """A request that may leave, and what may come back into its answer."""

    body: dict[str, Any]
    table: Mapping[Name, str]
    """Placeholder to the value as it was first written; only what may be restored."""

    replaced: Mapping[str, int]
    """How many distinct values of each type were taken out."""


@dataclass(slots=True)
class _Entities:
    """The values taken out so far, numbered by type in order of first appearance."""

    numbers: dict[str, dict[str, int]] = field(default_factory=dict)
    table: dict[Name, str] = field(default_factory=dict)

    def name(self, kind: str, value: str, *, restorable: bool) -> Name:
        known = self.numbers.setdefault(kind, {})
        name = Name(kind, known.setdefault(entity(kind, value), len(known) + 1))
        if restorable:
            self.table.setdefault(name, value)
        return name


def protect(
    inspected: InspectedRequest,
    pseudonymised: frozenset[str],
    redacted: frozenset[str],
    stripped: frozenset[str] = frozenset(),
) -> Protected:
    """The request with values of these types taken out, for a while or for good.

    What the caller typed in the form of a placeholder is taken out as well, so that it comes back
    as typed and never as somebody's value. Attachments of the kinds `stripped` leave without their
    metadata; one with something to take out leaves as its text.
    """
    entities = _Entities()
    changes = []
    for item, findings in inspected.fields:
        spans = [
            finding
            for finding in findings
            if finding.type in pseudonymised or finding.type in redacted
        ]
        # What is signed was never restored, so its placeholders are still the gateway's own.
        taken = spans if item.signed else _with_literals(item.text, spans)
        text = _replace(item, taken, redacted, entities)
        if text != item.text:
            changes.append((item, text))
    replaced = {
        kind: len(values) for kind, values in sorted(entities.numbers.items()) if kind != LITERAL
    }
    parts: dict[Path, Any] = {}
    if inspected.attached:
        changes, parts = attachments.outgoing(inspected.attached, changes, stripped)
    return Protected(rewritten(inspected.body, changes, parts), entities.table, replaced)


def _with_literals(text: str, spans: list[Finding]) -> list[Finding]:
    if not may_hold(text):
        return spans
    literals = [
        Finding(LITERAL, match.start(), match.end(), 1.0, "literal")
        for match in TOLERANT.finditer(text)
        if all(match.end() <= span.start or match.start() >= span.end for span in spans)
    ]
    return sorted([*spans, *literals], key=lambda span: span.start) if literals else spans


def _replace(
    item: TextField, spans: list[Finding], redacted: frozenset[str], entities: _Entities
) -> str:
    pieces, at = [], 0
    for span in spans:
        value = item.text[span.start : span.end]
        restorable = item.own and span.type not in redacted and span.type != DETECTOR_FAILED
        name = entities.name(span.type, value, restorable=restorable or span.type == LITERAL)
        pieces += [item.text[at : span.start], str(name)]
        at = span.end
    return "".join([*pieces, item.text[at:]])


def entity(kind: str, value: str) -> str:
    """What makes two writings the same value: case for addresses, only the digits for numbers."""
    if kind in _NUMBERS:
        return _ONLY_ALPHANUMERIC.sub("", value).upper()
    return value.lower() if kind in _FOLDED_CASE else value
