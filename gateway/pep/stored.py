"""Answers that providers keep: whose they are, under names of ours, and what stands for what there.

The provider's account is one for all tenants, and so are its names. Callers know an answer by a
name of ours, which leads to the provider's for nobody but the person who asked (promise P4).
"""

from __future__ import annotations

import re
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from gateway.content.carried import Carried
from gateway.content.hidden import lasting
from gateway.content.inspect import data_class
from gateway.core.call import ONE_BY_ONE
from gateway.core.content import DataClass
from gateway.core.policy_input import seen
from gateway.core.stored import Stored, raised_data
from gateway.core.values import dataclass
from gateway.db import principals, stored_responses
from gateway.db.stored_responses import StoredResponse
from gateway.errors import (
    AuditUnavailable,
    ContentOff,
    InvalidRequest,
    NotFound,
    ProviderGarbage,
    ProviderRejected,
    SealingUnavailable,
)
from gateway.shapes.registry import SHAPES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gateway.content.hidden import HiddenContext, Instructions
    from gateway.content.pseudonyms import Protected
    from gateway.core.clock import Clock
    from gateway.core.content import FindingSummary
    from gateway.core.identifiers import TenantId
    from gateway.core.policy_input import Situation
    from gateway.core.principal import Principal
    from gateway.db.session import Database
    from gateway.pep.judgement import Judged, OutputJudge
    from gateway.pep.kept_calls import KeptCalls
    from gateway.pep.ports import Stream
    from gateway.sealed.content import ContentStore

KEPT = timedelta(days=30)
"""For how long an answer is kept at most; where content is kept for less, it is for less."""

FIELD = "names"
_HIDDEN = "hidden"
"""Beside the names: the instructions, in numbers, which an answer must not repeat when it is
fetched, nor one that goes on with it."""

_SHAPE = "responses"
_FETCHED = frozenset({"background_response", "stored_response"})
_FIRST = frozenset({_SHAPE, "background_response"})
"""Shapes in which an answer is judged for the first time."""

_AFTER = _FETCHED | {_SHAPE}
"""Shapes whose answers say more than was asked now."""

_NAME = re.compile(r"[\w.-]{1,200}", re.ASCII)
"""What a provider may call an answer: it will be part of an address."""

_LABELS = frozenset(each.label for each in DataClass)
_GONE = "There is no such answer, it is not yours, it was not stored, or its time is over."


def may_be_booked(situation: Situation) -> bool:
    """Whether policy may let an answer be kept (rule IP-08), so that the terms of keeping count."""
    most = str(situation.parameters.get("ip_08_stored", ""))
    return most in _LABELS and DataClass.parse(situation.data["class"]) <= DataClass.parse(most)


def keeps(judged: Judged) -> bool:
    """Whether a permitted exchange has its answer kept at the provider."""
    exchange = judged.exchange
    asked = exchange.shape == _SHAPE and exchange.body.get("store") is True
    return asked and "store" not in judged.owed.stateless


def hidden(judged: Judged, ready: Protected, instructions: Instructions) -> HiddenContext:
    """What an answer must not repeat: the instructions that were sent, now or with what is kept."""
    exchange = judged.exchange
    turns, earlier = SHAPES[exchange.shape].turns, exchange.earlier
    if earlier is None or exchange.shape not in _AFTER:
        return instructions.of(ready.body, turns)
    return lasting(ready.body, turns, earlier.names.get(_HIDDEN))


@dataclass(frozen=True, slots=True)
class StoredResponses:
    """The kept answers of principals."""

    database: Database
    content: ContentStore
    calls: KeptCalls
    clock: Clock
    withheld: Callable[[TenantId, StoredResponse], object]
    """Has an answer deleted that policy withholds; what cannot be done now is done later."""

    def keeping(self, judged: Judged, ready: Protected, *, native: bool) -> Keeping | None:
        """What notes the answer to an exchange; None when no answer is kept.

        `native` says whether the provider speaks the API itself, without which it keeps nothing.

        Raises:
            ContentOff: what stands for what has to be kept, and the tenant keeps no content.
            InvalidRequest: this provider keeps no answers.
        """
        earlier = judged.exchange.earlier
        if earlier is not None and judged.exchange.shape in _FETCHED:
            return Keeping(self, judged, {}, earlier.id)
        if not keeps(judged):
            return None
        if not native:
            raise InvalidRequest("The provider of this model keeps no answers.", param="store")
        if not self.content.keeps(judged.exchange.principal.tenant.id):
            raise ContentOff
        before = None if earlier is None else earlier.names.get(_HIDDEN)
        orders = lasting(ready.body, SHAPES[_SHAPE].turns, before)
        names = Carried.of(ready).document()
        return Keeping(self, judged, {**names, _HIDDEN: orders.document()})

    def find(self, principal: Principal, name: str, param: str | None = None) -> StoredResponse:
        """The answer of that name; `param` is where it was named.

        Raises:
            NotFound: this principal has none, or its time is over.
        """
        with self.database.tenant_session(principal.tenant.id) as session:
            row = stored_responses.find(session, principal.id, name)
        if row is None or row.expires_at <= self.clock.now():
            raise NotFound(_GONE, param=param)
        return row

    def opened(self, principal: Principal, row: StoredResponse, param: str | None = None) -> Stored:
        """What is known of an answer, with the names in it.

        Raises:
            NotFound: the names are gone, so nothing could be restored.
            SealingUnavailable, StorageUnavailable: they cannot be had now.
        """
        sealed = self.content.piece_of(principal.tenant.id, principal.id, row.id, FIELD)
        if sealed is None:
            raise NotFound(_GONE, param=param)
        data, signals = row.labels["data"], row.labels["signals"]
        return Stored(row.id, row.upstream_id, row.provider, data, signals, sealed.value)

    def note(self, judged: Judged, names: dict[str, Any], upstream: str) -> str:
        """Note that the provider keeps the answer to an exchange; the name of ours for it.

        `names` is what has to be known of it later, to be sealed.

        Raises:
            ContentOff: the person was erased a moment ago; the provider is to delete it.
            StorageUnavailable, SealingUnavailable: it cannot be noted, so nobody could fetch it.
        """
        exchange, situation = judged.exchange, judged.situation
        principal, body = exchange.principal, exchange.body
        name = f"resp_{exchange.id.replace('-', '')}"
        background = body.get("background") is True
        row = StoredResponse(
            tenant_id=principal.tenant.id,
            id=name,
            principal_id=principal.id,
            exchange_id=exchange.id,
            provider=judged.model.provider.name,
            alias=judged.model.alias,
            upstream_id=upstream,
            previous=exchange.earlier.id if exchange.earlier is not None else "",
            format=_format(body),
            labels={"data": situation.data, "signals": situation.signals},
            background=background,
            counted=not background,
            created_at=exchange.received_at,
            expires_at=exchange.received_at + KEPT,
        )
        try:
            self._add(principal, row, names)
        except (ContentOff, SealingUnavailable):
            # The provider has it all the same, and no certificate lists it: the job deletes it.
            row.expires_at = self.clock.now()
            with self.database.tenant_session(principal.tenant.id, write=True) as session:
                session.add(row)
            raise
        return name

    def _add(self, principal: Principal, row: StoredResponse, names: dict[str, Any]) -> None:
        tenant = principal.tenant.id
        row.expires_at = self.content.put(
            tenant, principal.id, row.id, FIELD, names, row.expires_at
        )
        with self.database.tenant_session(tenant, write=True) as session:
            # Locked: an erasure comes before, and there is no row, or after, and takes it along.
            if principals.locked(session, principal.id) is None:
                raise ContentOff
            session.add(row)

    def said(self, principal: Principal, name: str, found: tuple[FindingSummary, ...]) -> None:
        """Note what was found in an answer: whoever goes on with it goes on with that.

        Raises:
            StorageUnavailable: it cannot be noted.
        """
        if not found:
            return
        with self.database.tenant_session(principal.tenant.id, write=True) as session:
            row = stored_responses.find(session, principal.id, name)
            if row is not None:
                of = data_class(found, DataClass.PUBLIC)
                data = raised_data(row.labels["data"], of, seen(found))
                stored_responses.relabel(session, name, {**row.labels, "data": data})

    def count(self, principal: Principal, name: str, *, counted: bool) -> bool:
        """Say whether what an answer used stands in an outcome; whether that is news."""
        with self.database.tenant_session(principal.tenant.id, write=True) as session:
            return stored_responses.count(session, name, counted=counted)

    def end(self, principal: Principal, name: str) -> None:
        """End an answer that nobody may have: its time is over, and the provider is to delete it.

        Raises:
            StorageUnavailable: it cannot be noted.
        """
        with self.database.tenant_session(principal.tenant.id, write=True) as session:
            row = stored_responses.find(session, principal.id, name)
            if row is None:
                return
            row.expires_at = self.clock.now()
        # It stands on the list of what to delete now. The job does what cannot be recorded here.
        with suppress(AuditUnavailable):
            self.withheld(principal.tenant.id, row)

    def forget(self, principal: Principal, name: str) -> None:
        """Forget an answer that the provider has deleted, and the names in it."""
        self.content.forget(principal.tenant.id, name)
        with self.database.tenant_session(principal.tenant.id, write=True) as session:
            stored_responses.forget(session, name)


class Keeping:
    """Notes one answer as soon as the provider names it, and gives it our name."""

    def __init__(
        self, stored: StoredResponses, judged: Judged, names: dict[str, Any], name: str = ""
    ) -> None:
        """The answer to the exchange of `judged`, of which `names` has to be known later.

        `name` is its own where it was kept before, and is fetched.
        """
        self._stored = stored
        self._judged = judged
        self._names = names
        self._name = name
        self._ended = False

    def named(self, response: dict[str, Any]) -> None:
        """Put our name into a response object.

        Raises:
            ProviderGarbage: it has no name.
            StorageUnavailable, SealingUnavailable: it cannot be noted.
        """
        if not self._name:
            upstream = response.get("id")
            if not isinstance(upstream, str) or not _NAME.fullmatch(upstream):
                raise ProviderGarbage
            self._name = self._stored.note(self._judged, self._names, upstream)
        response["id"] = self._name

    @contextmanager
    def hearing(self, judge: OutputJudge) -> Iterator[None]:
        """Note at the end what `judge` saw in the answer, released or not.

        One that is withheld when it is first judged is deleted. One that its person has had stays
        until its time is over: to fetch something does not destroy it.

        Raises:
            StorageUnavailable: it cannot be noted.
        """
        try:
            yield
        finally:
            principal = self._judged.exchange.principal
            if self._name and not self._ended:
                self._stored.said(principal, self._name, judge.summaries)
                if judge.withheld and self._judged.exchange.shape in _FIRST:
                    self._ended = True
                    self._stored.end(principal, self._name)

    def counted(self) -> bool:
        """Say that what an answer used stands in this exchange; False where it does elsewhere.

        Raises:
            StorageUnavailable: it cannot be noted.
        """
        exchange = self._judged.exchange
        waits = exchange.body.get("background") is True or exchange.shape == "background_response"
        return not waits or self._stored.count(exchange.principal, self._name, counted=True)

    def followed(
        self, stream: Stream, judge: OutputJudge, ends: Callable[[dict[str, Any]], bool]
    ) -> Stream:
        """The stream under our name; at its end, what `judge` saw in it is noted.

        `ends` says whether an event tells that the answer is whole.
        """
        return _Followed(stream, self, judge, ends)


class _Followed:
    """A stream whose response objects get our name; `gateway.pep.ports.Stream`."""

    source = ONE_BY_ONE
    """Giving a name waits for the database, and what came before it should not."""

    def __init__(
        self,
        stream: Stream,
        keeping: Keeping,
        judge: OutputJudge,
        ends: Callable[[dict[str, Any]], bool],
    ) -> None:
        self.status = stream.status
        self.request_id = stream.request_id
        self.headers = stream.headers
        self.attempts = stream.attempts
        self._stream = stream
        self._ends = ends
        self._keeping = keeping
        self._judge = judge

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for event in self._stream:
            response = event.get("response")
            if isinstance(response, dict):
                self._keeping.named(response)
                if self._ends(event) and not self._keeping.counted():
                    response["usage"] = None  # it was fetched, and counted, a moment ago
            yield event

    def close(self) -> None:
        """Cut the provider off, unless it had finished."""
        with self._keeping.hearing(self._judge):
            self._stream.close()


@contextmanager
def unnamed(upstream: str, name: str) -> Iterator[None]:
    """Put our name where a provider's refusal has its own.

    Raises:
        NotFound: the provider has it no more.
        ProviderRejected: as it came, under our name.
    """
    try:
        yield
    except ProviderRejected as error:
        if error.upstream_status == 404:
            raise NotFound("The provider does not have it, or has it no more.") from error
        raise ProviderRejected(
            error.upstream_status, _renamed(error.body, upstream, name), error.headers
        ) from error


def _renamed(node: Any, upstream: str, name: str) -> Any:
    if isinstance(node, dict):
        return {key: _renamed(value, upstream, name) for key, value in node.items()}
    if isinstance(node, list):
        return [_renamed(item, upstream, name) for item in node]
    return node.replace(upstream, name) if isinstance(node, str) else node


def _format(body: dict[str, Any]) -> str:
    text = body.get("text")
    form = text.get("format") if isinstance(text, dict) else None
    kind = form.get("type") if isinstance(form, dict) else None
    return kind if isinstance(kind, str) and kind else "text"
