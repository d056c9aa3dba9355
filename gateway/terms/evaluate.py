"""Base, then overlays, then the tenant's own: joined into what a request may rely on.

A statement counts only while a named person's review of it stands; otherwise it
is unknown. What binds us is the exception: a restriction that somebody read
counts before anybody has confirmed it, because waiting would loosen it.
"""

from __future__ import annotations

import hashlib
from dataclasses import field, replace
from functools import reduce
from typing import TYPE_CHECKING, Any

import orjson

from gateway.core.values import dataclass
from gateway.terms.beliefs import CONTRACT, SETTING
from gateway.terms.effective import NO_LIMIT, EffectiveTerms, ReviewState, Used
from gateway.terms.join import LISTS, SCALES, UNKNOWN, join
from gateway.terms.statements import DECIDING, USED

if TYPE_CHECKING:
    from datetime import datetime

    from gateway.terms.beliefs import Beliefs
    from gateway.terms.editions import Edition
    from gateway.terms.statements import Fact, Overlay

DEMO_PREFIX = "demo/"
WEIGHTS_PREFIX = "selfhosted/"
_BINDING = (LISTS | SCALES.keys() | {"labelling_required"}) - set(DECIDING)


@dataclass(frozen=True)
class Call:
    """What would be called, and with what."""

    tier: str
    upstream: str
    features: tuple[str, ...] = ()


@dataclass
class _Found:
    """One fact as it comes out of all statements about it."""

    name: str
    standings: list[ReviewState]
    missing: list[str] = field(default_factory=list)
    """What would have to be confirmed, as a refusal names it."""

    switched_off: bool = False
    """There is evidence that an opt-out has been used."""

    @property
    def confirmed(self) -> bool:
        return not self.missing

    def readings(self) -> list[Any]:
        """What the confirmed statements say."""
        return [self._reading(item) for item in self.standings if _counts(item)]

    def value(self) -> Any:
        """The most restrictive reading; for days None is no limit."""
        readings = self.readings()
        if not self.confirmed:
            if self.name in DECIDING or self.name not in SCALES:
                return UNKNOWN
            readings = [UNKNOWN, *self.stated()]
        return reduce(lambda one, other: join(self.name, one, other), readings)

    def stated(self) -> list[Any]:
        """What is stated, confirmed or not."""
        return [item.fact.reading for item in self.standings if item.fact.established]

    def _reading(self, item: ReviewState) -> Any:
        reading = item.fact.reading
        if self.switched_off and reading == "opt_out":
            return "no"
        return tuple(reading) if self.name in LISTS else reading


def evaluate(edition: Edition, beliefs: Beliefs, call: Call, at: datetime) -> EffectiveTerms:
    """The terms of a call at that moment, under one edition and one tenant's record."""
    if call.tier not in edition.facts.tiers:
        return nothing(call.tier, edition.version)
    overlays = edition.facts.laid_over(call.tier, call.upstream, call.features)
    found = {name: _find(edition, beliefs, overlays, call, name, at) for name in USED}
    odd = sorted(set(call.features) - edition.facts.features)
    found["retention"].missing += [f"retention (feature {feature})" for feature in odd]
    return _terms(edition, call, found)


def nothing(tier: str, version: str = "") -> EffectiveTerms:
    """The terms of a tier of which nothing is known."""
    return EffectiveTerms(
        tier, known=False, demo=False, unknown_facts=tuple(sorted(DECIDING)), version=version
    )


def _find(
    edition: Edition,
    beliefs: Beliefs,
    overlays: list[Overlay],
    call: Call,
    name: str,
    at: datetime,
) -> _Found:
    """Every statement that speaks of one fact of a call."""
    demo = call.tier.startswith(DEMO_PREFIX)
    base = edition.facts.tiers[call.tier].at(at).get(name, ())
    contract, setting = (_override(beliefs, call, kind, name, at) for kind in (CONTRACT, SETTING))
    found = _Found(name, [])
    if contract is not None:
        found.standings.append(contract)
    else:
        own = beliefs.correction(call.tier, name, base)
        items = base if own is None else (own,)
        origin = "base" if own is None else "statement"
        found.standings += [beliefs.standing(item, call.tier, origin, at) for item in items]
        if not items:
            found.missing.append(name)
    for overlay in overlays:
        if contract is None or name in overlay.floor:
            laid = overlay.tier.at(at).get(name, ())
            found.standings += [
                beliefs.standing(item, overlay.tier.id, overlay.tier.id, at) for item in laid
            ]
    if demo:
        found.standings = [_synthetic(item.fact, item.origin) for item in found.standings]
    found.missing += [_title(item) for item in found.standings if not _counts(item)]
    if setting is not None and "opt_out" in found.readings():
        found.switched_off = True
        found.standings.append(setting)
    return found


def _override(
    beliefs: Beliefs, call: Call, kind: str, name: str, at: datetime
) -> ReviewState | None:
    for item in beliefs.in_force(call.tier, kind, at):
        if name in item.row.facts and item.covers(call.upstream, call.features):
            return item.standing(name)
    return None


def _counts(item: ReviewState) -> bool:
    return item.fact.established and item.state == "current"


def _relied_on(item: ReviewState) -> bool:
    """Whether it went into the answer: confirmed, or a restriction that binds unconfirmed."""
    return _counts(item) or (item.fact.established and item.fact.name in _BINDING)


def _synthetic(item: Fact, origin: str) -> ReviewState:
    """Synthetic terms need no review: rule IP-01 keeps them in the demo tenant."""
    return ReviewState(item, "current", origin=origin)


def _title(item: ReviewState) -> str:
    """A fact as a refusal names it, with the overlay when it is there that it is confirmed."""
    return (
        item.fact.name
        if item.origin in ("base", "statement")
        else (f"{item.fact.name} ({item.origin})")
    )


def _terms(edition: Edition, call: Call, found: dict[str, _Found]) -> EffectiveTerms:
    value = {name: item.value() for name, item in found.items() if name not in LISTS}
    days = value["retention"]
    number = days if isinstance(days, int) else NO_LIMIT
    unknown = sorted({title for name in DECIDING for title in found[name].missing})
    standings = [item for each in found.values() for item in each.standings]
    terms = EffectiveTerms(
        tier=call.tier,
        known=True,
        demo=call.tier.startswith(DEMO_PREFIX),
        unknown_facts=tuple(unknown),
        trains_on_input=value["trains_on_input"],
        retention_days=number,
        zero_retention=number == 0,
        human_review=value["human_review"],
        processor_contract=call.tier.startswith(WEIGHTS_PREFIX) or value["dpa_on_file"] is True,
        business_use=value["business_use"],
        output_ownership=value["output_ownership"],
        output_restrictions=_labels(found["output_restrictions"]),
        licence_conditions=_labels(found["conditions"]),
        indemnity=value["indemnity_output"],
        labelling=any(item != "none" for item in found["labelling_required"].stated()),
        political_use=value["political_use"],
        marks_text="yes" in found["marks_text"].stated(),
        eu_excluded="yes" in found["eu_excluded"].stated(),
        version=edition.version,
        expired_facts=tuple(sorted({_title(it) for it in standings if it.state == "expired"})),
        used=tuple(_used(edition, item) for item in standings if _relied_on(item)),
    )
    return _with_digest(edition, terms)


def _labels(found: _Found) -> tuple[str, ...]:
    """Every label that anybody stated; and ``unknown`` where something is not confirmed."""
    labels = {label for labels in found.stated() for label in labels}
    return tuple(sorted(labels | (set() if found.confirmed else {UNKNOWN})))


def _used(edition: Edition, item: ReviewState) -> Used:
    reading, known = item.fact.reading, edition.facts.sources
    if item.fact.name == "retention" and reading is None:
        reading = NO_LIMIT
    dates = {known[source].doc_date for source in item.fact.sources if source in known}
    current = item.state == "current"
    return Used(
        item.fact.name,
        tuple(reading) if isinstance(reading, list) else reading,
        item.fact.sources,
        "; ".join(sorted(dates)),
        item.reviewed_by if current else "",
        item.reviewed_at if current else None,
        item.expires_at if current else None,
        item.origin,
        item.copies,
    )


def _with_digest(edition: Edition, terms: EffectiveTerms) -> EffectiveTerms:
    said = {
        "edition": edition.digest,
        "input": terms.as_input(),
        "used": [item.as_row() for item in terms.used],
    }
    digest = hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()
    return replace(terms, facts_digest=digest)
