"""An exchange whose permit is durable: whatever happens next, it gets exactly one outcome."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Self

from gateway.core.exchange import Outcome, OutcomeStatus
from gateway.errors import GatewayError, Withheld
from gateway.pep import records
from gateway.rights.record import record
from gateway.shapes.registry import SHAPES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from gateway.core.clock import Clock
    from gateway.core.exchange import Exchange, Usage
    from gateway.pep.judgement import Judged, OutputJudge
    from gateway.pep.ports import Call, Recorder
    from gateway.telemetry import Metrics

NOTHING: Mapping[str, str] = MappingProxyType({})
ABANDONED_CODE = "client.gone"
"""The outcome's code when the caller left before the end."""


class Opened:
    """Closes the record of one exchange, once (promise P1).

    As a context manager: leaving the block records the outcome, and only an
    outcome that is durable lets the block's result out.
    """

    def __init__(
        self,
        ledger: Recorder,
        clock: Clock,
        metrics: Metrics,
        exchange: Exchange,
        model: str,
        spent: Callable[[Usage], None],
    ) -> None:
        """The decision of `exchange` about `model` has been recorded in `ledger`.

        `spent` is told what was used, once that is durable.
        """
        self._ledger = ledger
        self._clock = clock
        self._metrics = metrics
        self.exchange = exchange
        self._model = model
        self._spent = spent
        self.outcome = Outcome()
        self.passed_back: Mapping[str, str] = NOTHING
        """Headers of the provider that are meant for the caller."""
        self.settled = False

    def settle(self, status: OutcomeStatus, code: str = "ok") -> None:
        """Record how it ended. The first call counts; later ones do nothing.

        Raises:
            AuditUnavailable: the outcome is not durable, so nothing may be released.
        """
        if self.settled:
            return
        self.settled = True
        self.outcome.status = status
        self.outcome.code = code
        entry = records.outcome_entry(
            self.exchange.id,
            self.exchange.principal.pseudonym,
            self._model,
            self.outcome,
            self._clock.now(),
        )
        self._ledger.record_outcome(self.exchange.principal.tenant.id, entry)
        self._count()

    def called(self, call: Call) -> None:
        """Note what the provider answered with, its id of the call, and what callers are told."""
        self.outcome.provider_status = call.status
        self.outcome.provider_request_id = call.request_id
        self.passed_back = call.headers

    def labelled(self, judge: OutputJudge, judged: Judged) -> None:
        """Note what is owed on the output, and is done: its labels and its rights record."""
        outcome, owed = self.outcome, judge.owed
        outcome.labels = tuple(sorted(owed.labels))
        if owed.rights_record and SHAPES[judged.exchange.shape].generates:
            modified = outcome.output_digest != outcome.delivered_digest
            outcome.rights = record(
                judged.destination,
                judged.situation.purpose,
                modified=modified,
                labels=owed.labels,
                outputs=outcome.outputs,
                marks_in=outcome.marks_in,
                marks_out=outcome.marks_out,
            )

    def settle_error(self, error: BaseException | None) -> None:
        """Record that it ended with `error`.

        Raises:
            AuditUnavailable: as `settle`.
        """
        if isinstance(error, Withheld):
            self.settle(OutcomeStatus.WITHHELD, error.code)
        elif isinstance(error, GatewayError):
            self.settle(OutcomeStatus.FAILED, error.code)
        elif isinstance(error, GeneratorExit):
            self.settle(OutcomeStatus.ABANDONED, ABANDONED_CODE)
        else:
            self.settle(OutcomeStatus.FAILED, "internal")

    def _count(self) -> None:
        tenant, usage = self.exchange.principal.tenant.slug, self.outcome.usage
        unknown = self.outcome.unknown_placeholders
        if unknown:
            self._metrics.unknown_placeholders(tenant, self._model).inc(unknown)
        self._spent(usage)
        for direction, tokens in (("input", usage.input_tokens), ("output", usage.output_tokens)):
            if tokens:
                self._metrics.tokens(tenant, self._model, direction).inc(tokens)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.settle(OutcomeStatus.COMPLETED)
        else:
            self.settle_error(error)
