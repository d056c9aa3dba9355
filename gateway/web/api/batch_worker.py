"""Working through batches: line by line, each an exchange, so that one bad line stops nothing.

Every answer is sealed as soon as it is there. A worker that is killed lets its batch go when its
lease ends; another goes on with the lines that have no answer yet. The line that was on its way is
then asked again, and the log shows both exchanges.
"""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from gateway.core.clock import Deadline
from gateway.core.exchange import Exchange
from gateway.core.identifiers import PrincipalId, TenantId, exchange_id
from gateway.core.media import Upload
from gateway.core.values import dataclass
from gateway.db import batches, tenants
from gateway.db.batches import CANCELLED, CANCELLING, COMPLETED, EXPIRED, FAILED, Batch
from gateway.errors import (
    AuditUnavailable,
    ContentOff,
    GatewayError,
    InvalidRequest,
    NotFound,
    PolicyUnavailable,
    SealingUnavailable,
    StorageUnavailable,
    TooLarge,
    Unauthenticated,
)
from gateway.web.api import admission
from gateway.web.api.batch_lines import LINES
from gateway.web.api.batches import lines_of
from gateway.web.api.inlined import inlined

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gateway.core.catalogue import Catalogue
    from gateway.core.clock import Clock
    from gateway.core.principal import Principal
    from gateway.db.session import Database
    from gateway.identity.standing import Standing
    from gateway.pep.files import Files
    from gateway.pep.pipeline import EnforcementPoint
    from gateway.sections import LimitSettings
    from gateway.telemetry import Metrics
    from gateway.web.api.batch_lines import Lines
    from gateway.web.api.generation import Route

_LOG = logging.getLogger(__name__)
_MARGIN = timedelta(minutes=1)
_AT_ONCE = 4
_SWEEP_SECONDS = 60.0
_RESULTS = "line."
OURS = (AuditUnavailable, PolicyUnavailable, SealingUnavailable, StorageUnavailable)
"""Failures that say nothing of the line."""


@dataclass(frozen=True, slots=True)
class Worked:
    """What working takes."""

    database: Database
    files: Files
    standing: Standing
    pep: EnforcementPoint
    limits: LimitSettings
    seconds: float
    """How long one line may take."""

    routes: Mapping[str, Route]
    """The addresses whose requests may stand in a batch."""

    catalogue: Catalogue
    clock: Clock
    metrics: Metrics


class Going(NamedTuple):
    """How a batch ends now, were this its end, and who asks, as of now."""

    status: str
    problem: str = ""
    asking: Principal | None = None


class BatchWorker:
    """One thread of this process that works through batches while there are any."""

    def __init__(self, rooms: Worked) -> None:
        """Nothing runs before `start`."""
        self._rooms = rooms
        # Kept before each group of lines, so it must outlive the slowest line.
        self._lease = timedelta(seconds=rooms.seconds) + _MARGIN
        self._something = Event()
        self._ended = Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Start the thread; after a fork, in the child."""
        self._ended.clear()
        self._thread = Thread(target=self._run, name="batches", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Let the lines that are on their way finish, then end."""
        self._ended.set()
        self._something.set()
        if self._thread is not None:
            self._thread.join(self._rooms.seconds)

    def wake(self) -> None:
        """There is a batch."""
        self._something.set()

    def run_all(self) -> int:
        """Work through every batch that nobody works on; how many."""
        with self._rooms.database.directory_session() as session:
            known = [TenantId(record.id) for record in tenants.every(session)]
        count, failure = 0, None
        for tenant in known:
            try:
                count += self._of_tenant(tenant)
            except GatewayError as error:
                failure = error  # one tenant's trouble keeps no other waiting
        if failure is not None:
            raise failure
        return count

    def _run(self) -> None:
        while not self._ended.is_set():
            self._something.clear()
            try:
                self.run_all()
            except GatewayError as error:
                # Storage or the log is away; what has no answer yet is asked in the next sweep.
                self._rooms.metrics.error(error.code).inc()
                self._ended.wait(1.0)
            except Exception as error:  # noqa: BLE001 - the thread outlives whatever comes up
                self._rooms.metrics.error(self._unexpected(error, "").code).inc()
                self._ended.wait(1.0)
            self._something.wait(_SWEEP_SECONDS)

    def _of_tenant(self, tenant: TenantId) -> int:
        count = 0
        while not self._ended.is_set():
            now = self._rooms.clock.now()
            with self._rooms.database.tenant_session(tenant, write=True) as session:
                row = batches.take(session, now, now + self._lease)
            if row is None:
                break
            try:
                self._work(tenant, row)
            except GatewayError:
                if row.expires_at > now:
                    raise  # taken up again when the lease ends
                self._end(tenant, row, EXPIRED)
            except Exception as error:  # noqa: BLE001 - else it would come up again in each sweep
                problem = self._unexpected(error, row.id).code
                self._rooms.metrics.error(problem).inc()
                self._end(tenant, row, FAILED, problem)
            count += 1
        return count

    def _work(self, tenant: TenantId, row: Batch) -> None:
        rooms = self._rooms
        try:
            principal = rooms.standing.of(
                tenant, row.principal_id, row.credential, row.credential_id
            )
            lines = lines_of(rooms.files.open(principal, row.input_file).data)
        except (NotFound, Unauthenticated) as error:
            # Whoever asked may no longer, or the file is gone.
            self._end(tenant, row, FAILED, error.code)
            return
        content, owner = rooms.files.content, PrincipalId(row.principal_id)
        answered = content.pieces(tenant, owner, row.id)
        left = [at for at in range(len(lines)) if _field(at) not in answered]
        going = Going(COMPLETED)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for some in _groups(left, _AT_ONCE):
                going = self._goes_on(tenant, row)
                if going.status != COMPLETED or self._ended.is_set():
                    break
                asked = [pool.submit(self._line, going.asking, row, lines[at], at) for at in some]
                for future in asked:
                    future.result()
        if not self._ended.is_set():
            self._finish(principal, row, going)

    def _goes_on(self, tenant: TenantId, row: Batch) -> Going:
        """Keep the lease; how it goes on."""
        now, rooms = self._rooms.clock.now(), self._rooms
        with rooms.database.tenant_session(tenant, write=True) as session:
            fresh = batches.by_id(session, row.id)
            if fresh is None or fresh.ended_at is not None:
                return Going(FAILED, NotFound.code)
            fresh.leased_until = now + self._lease
            if fresh.status == CANCELLING:
                return Going(CANCELLED)
        try:
            asking = rooms.standing.of(tenant, row.principal_id, row.credential, row.credential_id)
        except Unauthenticated as error:
            return Going(FAILED, error.code)
        if not rooms.files.content.keeps(tenant):
            # Where no answer can be kept none is asked for.
            return Going(FAILED, ContentOff.code)
        return Going(EXPIRED if row.expires_at <= now else COMPLETED, asking=asking)

    def _line(self, principal: Principal | None, row: Batch, line: bytes, at: int) -> None:
        """Ask one line, and seal its answer."""
        if principal is None:
            return
        result = self._asked(principal, row, line)
        tenant, ends = principal.tenant.id, row.expires_at + timedelta(days=1)
        self._rooms.files.content.put(tenant, principal.id, row.id, _field(at), result, ends)
        with self._rooms.database.tenant_session(tenant, write=True) as session:
            fresh = batches.by_id(session, row.id)
            if fresh is not None:
                fresh.done += 1
                fresh.failed += not self._form(row).good(result)

    def _form(self, row: Batch) -> Lines:
        return LINES[self._rooms.routes[row.endpoint].dialect.name]

    def _asked(self, principal: Principal, row: Batch, line: bytes) -> dict[str, Any]:
        """The answer to one line, in the form of its API."""
        form, identifier, custom, model = self._form(row), exchange_id(), "", ""
        failure: GatewayError | None = None
        try:
            # Its name first: an error without it could not be told from another line's.
            document = admission.parse_json(line, self._rooms.limits)
            custom = str(document.get("custom_id", ""))
            _check_size(line, self._rooms.limits.body_bytes)
            exchange = self._exchange(principal, row, document, identifier)
            model = exchange.model
            body = self._rooms.pep.generate(exchange).body
        except OURS:
            # What is away now may be back in a minute: the line has no answer yet.
            raise
        except GatewayError as error:
            failure = error
        except Exception as error:  # noqa: BLE001 - one line's trouble stops no other
            failure = self._unexpected(error, identifier)
        self._count(principal, row, model, failure.code if failure is not None else "ok")
        if failure is not None:
            return form.failed(custom, identifier, failure)
        return form.answered(custom, identifier, body)

    def _count(self, principal: Principal, row: Batch, model: str, code: str) -> None:
        """Count a line as the same request would be that is asked by itself."""
        known = model if self._rooms.catalogue.find(model) is not None else "unknown"
        metrics, tenant = self._rooms.metrics, principal.tenant.slug
        metrics.request_done(tenant, row.endpoint, known, code).inc()
        if code != "ok":
            metrics.error(code).inc()

    def _unexpected(self, error: Exception, what: str) -> GatewayError:
        """What nobody thought of, written down for operators; what callers are told of it."""
        _LOG.error("unexpected error in a batch", exc_info=error, extra={"exchange": what})
        return GatewayError()

    def _exchange(
        self, principal: Principal, row: Batch, line: dict[str, Any], identifier: str
    ) -> Exchange:
        """The exchange that a line asks for.

        Raises:
            InvalidRequest: it asks for none.
        """
        rooms, route = self._rooms, self._rooms.routes[row.endpoint]
        body = self._form(row).asked(line, row.endpoint)
        if not isinstance(body, dict):
            raise InvalidRequest("A line must hold its request as an object.")
        if body.get("stream"):
            raise InvalidRequest("A line of a batch cannot be streamed.", param="stream")
        raw = orjson.dumps(body)
        most = rooms.limits.form_bytes
        body = inlined(body, lambda name: rooms.files.open(principal, name), most)
        route.shape.check(body)
        return Exchange(
            id=identifier,
            principal=principal,
            kind=route.shape.kind,
            model=body["model"],
            body=body,
            stream=False,
            received_at=rooms.clock.now(),
            deadline=Deadline(rooms.clock, rooms.seconds),
            size=len(raw),
            digest=admission.digest(raw),
            purpose=row.purpose,
            language=row.language,
            shape=route.shape.name,
            passed_on=row.passed_on,
        )

    def _finish(self, principal: Principal, row: Batch, going: Going) -> None:
        """Put the answers into files, in the order of the lines, and end the batch."""
        content, tenant = self._rooms.files.content, principal.tenant.id
        kept = content.pieces(tenant, principal.id, row.id)
        results = [kept[name].value for name in sorted(kept)]
        files = [
            self._file(principal, row, name, some)
            for name, some in zip(("output", "error"), self._form(row).files(results), strict=True)
        ]
        self._end(tenant, row, going.status, going.problem, *files)
        content.forget(tenant, row.id)

    def _file(
        self, principal: Principal, row: Batch, name: str, results: Sequence[dict[str, Any]]
    ) -> str:
        if not results:
            return ""
        data = b"".join(orjson.dumps(item) + b"\n" for item in results)
        upload = Upload(f"{row.id}_{name}.jsonl", "application/jsonl", data)
        return self._rooms.files.keep(principal, upload, f"batch_{name}").id

    def _end(
        self,
        tenant: TenantId,
        row: Batch,
        status: str,
        problem: str = "",
        output: str = "",
        errors: str = "",
    ) -> None:
        with self._rooms.database.tenant_session(tenant, write=True) as session:
            fresh = batches.by_id(session, row.id)
            if fresh is not None and fresh.ended_at is None:
                fresh.status, fresh.problem = status, problem
                fresh.output_file, fresh.error_file = output, errors
                fresh.ended_at = self._rooms.clock.now()


def _check_size(line: bytes, most: int) -> None:
    if len(line) > most:
        raise TooLarge(f"The limit is {most} bytes.")


def _field(at: int) -> str:
    return f"{_RESULTS}{at:06}"


def _groups(items: list[int], size: int) -> Iterable[list[int]]:
    for at in range(0, len(items), size):
        yield items[at : at + size]
