"""What operators measure. Never content (promise P7).

The sole importer of prometheus_client. A request counts on tallies, which are looked up by their
labels and kept; what they hold is settled into Prometheus' own metrics when somebody asks for them,
and every second where another worker may be asked.
"""

from __future__ import annotations

import math
import os
from functools import cache, lru_cache
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)
from prometheus_client.metrics import MetricWrapperBase

from gateway.tally import Level, Spans, Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

MULTIPROCESS_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
CONTENT_TYPE = CONTENT_TYPE_LATEST
SETTLE_SECONDS = 1.0
"""How often several workers settle, as any of them may be asked; as much is lost in a crash."""

_LATENCY = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)

_Tally = TypeVar("_Tally", bound=Tally | Spans)


class DecisionCache(Protocol):
    """What is reported of the decision cache."""

    hits: int
    misses: int
    size: int

    def __len__(self) -> int:
        """How many decisions are kept."""


class Described(NamedTuple):
    """One metric, as the reference page shows it."""

    name: str
    kind: str
    labels: tuple[str, ...]
    text: str


class _Seconds(Histogram):
    """A histogram that takes many spans of time at once."""

    def add(self, seconds: float, counts: Sequence[int]) -> None:
        """Count spans that took `seconds` together, so many in each bucket."""
        self._sum.inc(seconds)
        for bucket, count in zip(self._buckets, counts, strict=True):
            if count:
                bucket.inc(count)


class Metrics:
    """Every metric the gateway exports; documented in docs/reference/metrics.md."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        """Make the metrics in `registry`, or in one of their own."""
        self.registry = registry or CollectorRegistry()
        self._followed: DecisionCache | None = None
        self._settling = Lock()
        self._tallies: list[Tally | Spans] = []
        reg = self.registry
        self._requests = Counter(
            "proviso_requests_total",
            "Generation requests by tenant, route, model alias and outcome.",
            ["tenant", "route", "model", "outcome"],
            registry=reg,
        )
        self._tokens = Counter(
            "proviso_tokens_total",
            "Tokens as counted by the provider, by tenant, model alias and direction.",
            ["tenant", "model", "direction"],
            registry=reg,
        )
        self._errors = Counter(
            "proviso_errors_total", "Errors answered, by code.", ["code"], registry=reg
        )
        self._in_flight = Gauge(
            "proviso_in_flight_requests",
            "Generation requests in progress.",
            registry=reg,
            multiprocess_mode="livesum",
        )
        self._judgement_metrics(reg)
        self._inspection_metrics(reg)
        self._terms_metrics(reg)
        self._time_metrics(reg)
        self._outflow_metrics(reg)
        self._provider_metrics(reg)
        self._remember_labels()

    def _remember_labels(self) -> None:
        """Tallies and gauges by their labels: looking one up is dearer than counting."""
        self.request_done = self._counts(self._requests)
        self.recalled = self._counts(self._recalled)
        self.decided = self._counts(self._decisions)
        self.denied_by = self._counts(self._reasons)
        self.answered = self._counts(self._answers)
        self.entity_replaced = self._counts(self._entities)
        self.unknown_placeholders = self._counts(self._unknown)
        self.tokens = self._counts(self._tokens)
        self.authentication_failed = self._counts(self._authentications)
        self.policy_reload = self._counts(self._reloads)
        self.deep = self._counts(self._deep)
        self.error = self._counts(self._errors)
        self.provider_failure = self._counts(self._provider_failures)
        self.provider_retry = self._counts(self._provider_retries)
        self.outflow_given = self._counts(self._outflow_given)
        self.outflow_failed = self._counts(self._outflow_failed)
        self.stage = self._spans(self._stages)
        self.upstream = self._spans(self._upstream)
        self.in_flight = self._level(self._in_flight)
        self.provider_in_flight = cache(lambda name: self._level(self._provider_calls.labels(name)))
        self.expired_facts = lru_cache(maxsize=4096)(self._expired_facts.labels)
        self.provider_circuit = lru_cache(maxsize=512)(self._circuits.labels)
        self.outflow_behind = lru_cache(maxsize=4096)(self._outflow_behind.labels)
        self.outflow_age = lru_cache(maxsize=4096)(self._outflow_age.labels)

    def _counts(self, counter: Counter) -> Callable[..., Tally]:
        """Tallies by their labels, as many as Prometheus keeps children; none is ever let go of."""
        return cache(lambda *labels: self._kept(Tally(counter.labels(*labels))))

    def _spans(self, histogram: _Seconds) -> Callable[..., Spans]:
        """As `_counts`, of spans of time."""
        bounds = (*_LATENCY, math.inf)
        return cache(lambda *labels: self._kept(Spans(histogram.labels(*labels), bounds)))

    def _level(self, gauge: Gauge) -> Level | Gauge:
        """How many there are just now: to the one, whichever of several workers is asked."""
        return gauge if MULTIPROCESS_VARIABLE in os.environ else self._kept(Level(gauge))

    def _kept(self, tally: _Tally) -> _Tally:
        self._tallies.append(tally)
        return tally

    def _judgement_metrics(self, reg: CollectorRegistry) -> None:
        self._decisions = Counter(
            "proviso_decisions_total",
            "Policy decisions by tenant, phase and effect.",
            ["tenant", "phase", "effect"],
            registry=reg,
        )
        self._reasons = Counter(
            "proviso_denials_total",
            "Reasons of refusals by tenant, rule and code; a refusal may have several.",
            ["tenant", "rule", "code"],
            registry=reg,
        )
        self._answers = Counter(
            "proviso_answer_cache_total",
            "Requests of tenants that want answers given again: found (hit) or not (miss).",
            ["tenant", "result"],
            registry=reg,
        )
        self._entities = Counter(
            "proviso_entities_replaced_total",
            "Distinct values that left as placeholders or surrogates, by tenant and type.",
            ["tenant", "type"],
            registry=reg,
        )
        self._authentications = Counter(
            "proviso_authentication_failures_total",
            "Refused credentials by reason.",
            ["reason"],
            registry=reg,
        )
        self._reloads = Counter(
            "proviso_policy_reload_total",
            "Changes of the policy folder, by what came of them: activated, refused, failed.",
            ["result"],
            registry=reg,
        )
        self._cache = Gauge(
            "proviso_decision_cache",
            "The decision cache of the workers: answers found (hits) and computed (misses), "
            "decisions kept (entries) and the memory they take (bytes).",
            ["count"],
            registry=reg,
            multiprocess_mode="livesum",
        )

    def _inspection_metrics(self, reg: CollectorRegistry) -> None:
        self._deep = Counter(
            "proviso_deep_detections_total",
            "Texts the deep tier was asked about, by what came of it: found, failed.",
            ["result"],
            registry=reg,
        )
        self._unknown = Counter(
            "proviso_unknown_placeholders_total",
            "Placeholders in answers that were never given out, by tenant and model alias: "
            "models that invent or garble them.",
            ["tenant", "model"],
            registry=reg,
        )

    def _terms_metrics(self, reg: CollectorRegistry) -> None:
        self._expired_facts = Gauge(
            "proviso_registry_expired_facts",
            "Confirmed facts about provider terms whose confirmation has run out, by tenant.",
            ["tenant"],
            registry=reg,
            multiprocess_mode="mostrecent",
        )
        self.edition_refused = Gauge(
            "proviso_registry_edition_refused",
            "1 while the edition of provider terms cannot be relied on and an older one serves.",
            registry=reg,
            multiprocess_mode="mostrecent",
        )

    def _provider_metrics(self, reg: CollectorRegistry) -> None:
        self._circuits = Gauge(
            "proviso_provider_circuit",
            "State of the circuit of each address of a provider, by its number in the "
            "configuration: 0 closed, 1 half open, 2 open; the worst of the workers.",
            ["provider", "address"],
            registry=reg,
            multiprocess_mode="livemax",
        )
        self._provider_calls = Gauge(
            "proviso_provider_in_flight",
            "Calls to a provider in progress, streams included.",
            ["provider"],
            registry=reg,
            multiprocess_mode="livesum",
        )
        self._provider_failures = Counter(
            "proviso_provider_failures_total",
            "Failures that count for a provider's circuit, by error code.",
            ["provider", "code"],
            registry=reg,
        )
        self._provider_retries = Counter(
            "proviso_provider_retries_total",
            "Calls sent to a provider again, by the error code of the attempt before.",
            ["provider", "code"],
            registry=reg,
        )

    def _time_metrics(self, reg: CollectorRegistry) -> None:
        self._stages = _Seconds(
            "proviso_stage_seconds",
            "Time spent in one stage of the pipeline.",
            ["stage"],
            buckets=_LATENCY,
            registry=reg,
        )
        self._upstream = _Seconds(
            "proviso_upstream_seconds",
            "Time until a provider's answer was complete, or a stream's first byte.",
            ["provider", "kind"],
            buckets=_LATENCY,
            registry=reg,
        )

    def _outflow_metrics(self, reg: CollectorRegistry) -> None:
        self._recalled = Counter(
            "proviso_recalled_requests_total",
            "Requests judged on what was remembered, because the database could not be reached.",
            ["tenant"],
            registry=reg,
        )
        self._outflow_given = Counter(
            "proviso_outflow_entries_total",
            "Entries of the decision log that a receiver has taken, by tenant and sink.",
            ["tenant", "sink"],
            registry=reg,
        )
        self._outflow_failed = Counter(
            "proviso_outflow_failures_total",
            "Pieces of the decision log that a receiver did not take, by tenant and sink.",
            ["tenant", "sink"],
            registry=reg,
        )
        self._outflow_behind = Gauge(
            "proviso_outflow_lag_entries",
            "Entries of the decision log that a receiver has not been given, by tenant and sink.",
            ["tenant", "sink"],
            registry=reg,
            multiprocess_mode="mostrecent",
        )
        self._outflow_age = Gauge(
            "proviso_outflow_lag_seconds",
            "Age of the oldest entry that a receiver has not been given, by tenant and sink.",
            ["tenant", "sink"],
            registry=reg,
            multiprocess_mode="mostrecent",
        )

    def describe(self) -> list[Described]:
        """Every metric with its name on the wire, for the reference page."""
        described = []
        for collector in vars(self).values():
            if isinstance(collector, MetricWrapperBase):
                (family,) = collector.describe()
                total = "_total" if family.type == "counter" else ""
                labels = tuple(collector._labelnames)  # noqa: SLF001 - nothing public tells them
                described.append(
                    Described(family.name + total, family.type, labels, family.documentation)
                )
        return described

    def follow_cache(self, cache: DecisionCache) -> None:
        """Report the counts of `cache` at each scrape."""
        self._followed = cache

    def _note_cache(self) -> None:
        if self._followed is not None:
            self._cache.labels("hits").set(self._followed.hits)
            self._cache.labels("misses").set(self._followed.misses)
            self._cache.labels("entries").set(len(self._followed))
            self._cache.labels("bytes").set(self._followed.size)

    def settle(self) -> None:
        """Hand what was counted on to Prometheus' metrics, of which it can be read."""
        with self._settling:
            for tally in self._tallies:
                tally.settle()

    def expose(self) -> bytes:
        """The text of ``/metrics``, over all workers when there are several."""
        self.settle()
        self._note_cache()
        if MULTIPROCESS_VARIABLE not in os.environ:
            return generate_latest(self.registry)
        collected = CollectorRegistry()
        multiprocess.MultiProcessCollector(collected)  # type: ignore[no-untyped-call]
        return generate_latest(collected)


def prepare_multiprocess(folder: Path) -> None:
    """Empty the folder where workers keep their counts, and name it to prometheus_client.

    Must run in the parent before any worker imports this module; counts of a dead gateway would
    otherwise be added to the new one's.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob("*.db"):
        stale.unlink()
    os.environ[MULTIPROCESS_VARIABLE] = str(folder)
