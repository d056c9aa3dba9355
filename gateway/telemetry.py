"""What operators measure: metrics and the application log. Never content (promise P7).

The sole importer of prometheus_client. Children of labelled metrics are looked
up once and kept, because looking one up costs more than counting on it.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from bisect import bisect_left
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple, Protocol, Self

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)
from prometheus_client.context_managers import Timer
from prometheus_client.metrics import MetricWrapperBase

if TYPE_CHECKING:
    from collections.abc import Iterable

MULTIPROCESS_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
CONTENT_TYPE = CONTENT_TYPE_LATEST
_LATENCY = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)


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


class _Span(Timer):
    """The time from the beginning of a block to its end, added to a histogram."""

    def __init__(self, histogram: Histogram) -> None:
        """Not begun."""
        self._histogram = histogram
        self._began = 0.0

    def __enter__(self) -> Self:
        self._began = perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self._histogram.observe(perf_counter() - self._began)


class _Seconds(Histogram):
    """A histogram of spans of time, several a request; Prometheus' own looks at every bound."""

    def time(self) -> _Span:
        """A block's time, as `Histogram.time`."""
        return _Span(self)

    def observe(self, amount: float, exemplar: dict[str, str] | None = None) -> None:  # noqa: ARG002 - we send none
        """Count `amount` seconds, in the first bucket that holds them."""
        self._sum.inc(amount)
        self._buckets[bisect_left(self._upper_bounds, amount)].inc(1)


class Metrics:
    """Every metric the gateway exports; documented in docs/reference/metrics.md."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        """Make the metrics in `registry`, or in one of their own."""
        self.registry = registry or CollectorRegistry()
        self._followed: DecisionCache | None = None
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
        self.in_flight = Gauge(
            "proviso_in_flight_requests",
            "Generation requests in progress.",
            registry=reg,
            multiprocess_mode="livesum",
        )
        self._placeholder_metrics(reg)
        self._judgement_metrics(reg)
        self._inspection_metrics(reg)
        self._terms_metrics(reg)
        self._time_metrics(reg)
        self._outflow_metrics(reg)
        self._provider_metrics(reg)
        self._remember_labels()

    def _remember_labels(self) -> None:
        """Children by their labels: looking one up is dearer than counting."""
        self.request_done = lru_cache(maxsize=4096)(self._requests.labels)
        self.recalled = lru_cache(maxsize=1024)(self._recalled.labels)
        self.decided = lru_cache(maxsize=1024)(self._decisions.labels)
        self.denied_by = lru_cache(maxsize=4096)(self._reasons.labels)
        self.answered = lru_cache(maxsize=1024)(self._answers.labels)
        self.entity_replaced = lru_cache(maxsize=4096)(self._entities.labels)
        self.unknown_placeholders = lru_cache(maxsize=4096)(self._unknown.labels)
        self.tokens = lru_cache(maxsize=4096)(self._tokens.labels)
        self.stage = lru_cache(maxsize=64)(self._stages.labels)
        self.upstream = lru_cache(maxsize=512)(self._upstream.labels)
        self.authentication_failed = lru_cache(maxsize=64)(self._authentications.labels)
        self.policy_reload = lru_cache(maxsize=8)(self._reloads.labels)
        self.deep = lru_cache(maxsize=8)(self._deep.labels)
        self.error = lru_cache(maxsize=256)(self._errors.labels)
        self.expired_facts = lru_cache(maxsize=4096)(self._expired_facts.labels)
        self.provider_circuit = lru_cache(maxsize=512)(self._circuits.labels)
        self.provider_in_flight = lru_cache(maxsize=256)(self._provider_calls.labels)
        self.provider_failure = lru_cache(maxsize=512)(self._provider_failures.labels)
        self.provider_retry = lru_cache(maxsize=512)(self._provider_retries.labels)

    def _placeholder_metrics(self, reg: CollectorRegistry) -> None:
        self._unknown = Counter(
            "proviso_unknown_placeholders_total",
            "Placeholders in answers that were never given out, by tenant and model alias: "
            "models that invent or garble them.",
            ["tenant", "model"],
            registry=reg,
        )

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
        self.outflow_given = lru_cache(maxsize=4096)(self._outflow_given.labels)
        self.outflow_failed = lru_cache(maxsize=4096)(self._outflow_failed.labels)
        self.outflow_behind = lru_cache(maxsize=4096)(self._outflow_behind.labels)
        self.outflow_age = lru_cache(maxsize=4096)(self._outflow_age.labels)

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

    def expose(self) -> bytes:
        """The text of ``/metrics``, over all workers when there are several."""
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


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message and the fields given as `extra`."""

    fields: tuple[str, ...] = ("exchange", "tenant", "code", "stage", "reason", "status")

    def format(self, record: logging.LogRecord) -> str:
        """The line. A traceback names types and places only: a message may quote its input."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        for name in self.fields:
            value = getattr(record, name, None)
            if value is not None:
                line[name] = str(value)
        if record.exc_info and record.exc_info[1]:
            line["error"] = list(_causes(record.exc_info[1]))
        return json.dumps(line, ensure_ascii=False)


def _causes(error: BaseException) -> Iterable[str]:
    """Each exception of the chain as `type at file:line`: never its message (promise P7)."""
    seen: BaseException | None = error
    while seen is not None:
        trace = seen.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        where = ""
        if trace is not None:
            where = f" at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
        yield f"{type(seen).__qualname__}{where}"
        seen = seen.__cause__ or seen.__context__


def log_to_stderr(level: str = "INFO") -> None:
    """Send the application log to standard error as JSON lines."""
    stream = logging.StreamHandler(sys.stderr)
    stream.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [stream]
    root.setLevel(level)
