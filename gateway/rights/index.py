"""Finding an output's rights record again, by the output.

The index is read from the decision log: the record in an outcome's entry carries
the digests and sketches of its outputs, so nothing that is durable there can be
missing here for long (a second and a little under load), and a lost index is made
anew. `note` only says that there is something to read; releasing an output never
waits for it.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from heapq import nlargest
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any

import orjson

from gateway.audit.signing import Signer
from gateway.core.identifiers import TenantId
from gateway.core.values import dataclass
from gateway.db import keeping, log_search, rights_index, tenants
from gateway.db.rights_index import IN_A_BLOCK, Imprinted, OutputRow
from gateway.errors import NotFound, StorageUnavailable
from gateway.rights import signed
from gateway.rights.likeness import IMAGE, Likenesses, Output, alike, distance, imprint

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection
    from sqlalchemy.orm import Session

    from gateway.core.clock import Clock
    from gateway.core.secrets import RootSecret
    from gateway.db.rights_index import RightsOutput
    from gateway.db.session import Database
    from gateway.rights.pictures import Pictures

_BATCH = 500
_CANDIDATES = 200
"""Outputs whose imprint is near and whose sketch is compared."""

_MOST_NEAR = 5_000
"""Imprints that are near: more are outputs that are all alike, and the last of them will do."""

_BLOCKS_AT_ONCE = 1_000
"""Read at once when imprints are compared: 4 MB."""

CATCH_UP_SECONDS = 60.0
"""How often the index is held against the log, should a note have been lost."""

MOST_FOUND = 20
_GATHER_SECONDS = 0.2
"""How long further notes are gathered before the log is read."""

_APART_SECONDS = 1.0
"""How far apart readings are under load: each has its price, whatever it finds."""


@dataclass(frozen=True, slots=True)
class Found:
    """One output that is the one that was asked about, or much like it."""

    exchange_id: str
    part: int
    kind: str
    at: datetime
    match: str
    """``released`` or ``received`` when it is the same, ``near`` when it is alike."""

    distance: int
    """0 when it is the same; else in hundredths, as `likeness.distance` counts."""

    def as_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "exchange": self.exchange_id,
            "part": self.part,
            "kind": self.kind,
            "at": self.at.isoformat(timespec="seconds"),
            "match": self.match,
            "distance": self.distance,
        }


class RightsIndex:
    """Keeps the index up to the log, and looks things up in it."""

    def __init__(
        self, database: Database, secret: RootSecret, clock: Clock, pictures: Pictures
    ) -> None:
        """The index in `database`; keys and signatures are derived from `secret`."""
        self.likenesses = Likenesses(secret)
        self.pictures = pictures
        self._database = database
        self._signer = Signer(secret)
        self._clock = clock
        self._lock = Lock()
        self._noted: set[TenantId] = set()
        self._wake, self._ended = Event(), Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Start the reader; after a fork, in the child."""
        self._ended.clear()
        self._thread = Thread(target=self._run, name="rights-index", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Let the step that is running finish, then end. What was noted is read after the start."""
        self._ended.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(5)

    def note(self, tenant: TenantId) -> None:
        """An outcome with a rights record is durable: read it soon. Never waits, never raises."""
        with self._lock:
            first = not self._noted
            self._noted.add(tenant)
        if first:
            self._wake.set()

    def catch_up_all(self) -> int:
        """Read every tenant's log as far as it goes; how many outputs were added."""
        with self._database.directory_session() as session:
            known = [TenantId(record.id) for record in tenants.every(session)]
        return sum(self.catch_up(tenant) for tenant in known if not self._ended.is_set())

    def catch_up(self, tenant: TenantId) -> int:
        """Read the log from where the index stands; how many outputs were in it.

        Raises:
            StorageUnavailable: the database did not answer; the next call goes on.
        """
        with self._database.connection(tenant) as connection:
            full = rights_index.behind(connection, tenant)
        total = 0
        while full and not self._ended.is_set():
            with self._database.connection(tenant, write=True) as connection:
                rows = rights_index.unread(connection, tenant, _BATCH)
                outputs = _rows([canonical for _, canonical in rows])
                rights_index.add(connection, tenant, outputs)
                rights_index.lay(connection, tenant, _imprinted(outputs))
                if rows:
                    rights_index.move_cursor(connection, tenant, rows[-1][0] + 1)
            total, full = total + len(outputs), len(rows) == _BATCH
        return total

    def rebuild(self, tenant: TenantId) -> int:
        """Make the index anew, for one that was lost; how many outputs are in it.

        Other workers read the same log meanwhile, and add what they find first.
        """
        with self._database.connection(tenant, write=True) as connection:
            rights_index.reset_cursor(connection, tenant)
        self.catch_up(tenant)
        with self._database.connection(tenant, write=True) as connection:
            self._lay_anew(connection, tenant)
            return rights_index.count(connection, tenant)

    def _lay_anew(self, connection: Connection, tenant: TenantId) -> None:
        """Lay all imprints from the outputs: those that were there are there twice by now."""
        rights_index.clear_blocks(connection, tenant)
        after = ("", 0)
        while rows := rights_index.sketched(connection, tenant, after, _BATCH):
            rights_index.lay(connection, tenant, _imprinted(rows))
            after = (rows[-1].exchange_id, rows[-1].part)

    def text_outputs(self, tenant: TenantId, pieces: Iterable[str]) -> tuple[Output, ...]:
        """The texts of a released answer, in their order, as a record names them; none of none."""
        said = list(pieces)
        return (self.likenesses.text(tenant, said),) if any(map(str.strip, said)) else ()

    def media_output(
        self, tenant: TenantId, kind: str, media_type: str, received: bytes, released: bytes
    ) -> Output:
        """Media as a record names them: the bytes as received and as they leave."""
        sketch = self.pictures.bits(released) if kind == IMAGE else b""
        return Output(
            kind,
            media_digest(released),
            media_digest(received),
            self.likenesses.picture(tenant, sketch),
            media_type[:100],
        )

    def by_text(self, tenant: TenantId, text: str, principal: str | None) -> list[Found]:
        """Outputs with this text, or one much like it; of one principal, or of all."""
        asked = self.likenesses.text(tenant, [text])
        return self._find(tenant, asked, (asked.digest,), principal)

    def by_bytes(self, tenant: TenantId, data: bytes, principal: str | None) -> list[Found]:
        """Media with these bytes, or pictures that look like this one; and text in a file."""
        digest = media_digest(data)
        sketch = self.likenesses.picture(tenant, self.pictures.bits(data))
        found = self._find(tenant, Output(IMAGE, digest, b"", sketch), (digest,), principal)
        if found or sketch:
            return found
        try:
            text = data.decode()
        except UnicodeDecodeError:
            return []
        return self.by_text(tenant, text, principal)

    def by_digest(self, tenant: TenantId, digest: bytes, principal: str | None) -> list[Found]:
        """Media of this SHA-256, or texts whose normalised form has it."""
        keyed = self.likenesses.of_digest(tenant, digest)
        return self._find(tenant, Output("", digest), (digest, keyed), principal)

    def record(self, tenant: TenantId, exchange_id: str, principal: str | None) -> dict[str, Any]:
        """The signed rights record of an exchange; asked by one principal, or by who sees all.

        Raises:
            NotFound: there is none that may be seen.
        """
        with self._database.tenant_session(tenant) as session:
            document = _document(session, exchange_id, principal)
        if document is None:
            raise NotFound("There is no rights record of that id.")
        at = self._clock.now().isoformat(timespec="seconds")
        with self._database.connection(tenant) as connection:
            key = self._signer.keys(connection, tenant)[-1]
        return signed.sign(key, {**document, "issued_at": at})

    def _find(
        self, tenant: TenantId, asked: Output, digests: tuple[bytes, ...], principal: str | None
    ) -> list[Found]:
        with self._database.tenant_session(tenant) as session:
            same = rights_index.exact(session, digests, principal, MOST_FOUND)
            likely = _likely(session, asked, principal) if asked.sketch else []
        found = [
            _found(row, "released" if row.digest in digests else "received", 0) for row in same
        ]
        known = {(item.exchange_id, item.part) for item in found}
        near = [
            _found(row, "near", apart)
            for row in likely
            if (row.exchange_id, row.part) not in known
            and (apart := distance(row.kind, asked.sketch, row.sketch)) is not None
        ]
        near.sort(key=lambda item: item.distance)
        return [*found, *near][:MOST_FOUND]

    def _run(self) -> None:
        read = float("-inf")
        while not self._ended.is_set():
            self._wake.wait()
            pause = max(_GATHER_SECONDS, read + _APART_SECONDS - self._clock.monotonic())
            if self._ended.wait(pause):
                return
            self._wake.clear()
            with self._lock:
                noted, self._noted = self._noted, set()
            read = self._clock.monotonic()
            for tenant in noted:
                try:
                    self.catch_up(tenant)
                except StorageUnavailable:
                    break  # the job reads it in a minute; the log still has it


def media_digest(data: bytes) -> bytes:
    """SHA-256 of media: plain, so that others can match it."""
    return hashlib.sha256(data).digest()


def _likely(session: Session, asked: Output, principal: str | None) -> list[RightsOutput]:
    """Outputs whose imprints are nearest to that of the one asked, of one principal or of all."""
    kind, own = asked.kind, imprint(asked.kind, asked.sketch)
    near: list[tuple[int, int, int]] = []
    for blocks in rights_index.imprints(session, kind, _BLOCKS_AT_ONCE):
        for common, at in alike(kind, own, b"".join([laid for _, laid in blocks])):
            block, place = divmod(at, IN_A_BLOCK)
            near.append((common, blocks[block][0], place))
        # The nearest, and of those as near the newest.
        near = nlargest(_MOST_NEAR, near)
    likely: list[RightsOutput] = []
    for start in range(0, len(near), _CANDIDATES):
        places = [(number, place) for _, number, place in near[start : start + _CANDIDATES]]
        likely += rights_index.named(session, kind, places, principal)
        if len(likely) >= _CANDIDATES:
            break
    return likely


def _rows(entries: list[bytes]) -> list[OutputRow]:
    """Rows of outputs, from outcomes."""
    rows: list[OutputRow] = []
    for canonical in entries:
        if b'"sketch"' not in canonical:
            continue  # most of a log is parsed by nobody
        said = orjson.loads(canonical)
        exchange, at = said["exchange"], datetime.fromisoformat(said["at"])
        for part, item in enumerate(said["rights"].get("outputs", ())):
            output = Output.from_record(item)
            rows.append(
                OutputRow(
                    exchange, part, output.kind, said["principal"], at,
                    output.digest, output.received, output.sketch,
                )
            )  # fmt: skip
    return rows


def _imprinted(rows: list[OutputRow]) -> list[Imprinted]:
    """What is compared of those that have a sketch."""
    return [
        Imprinted(row.kind, row.exchange_id, row.part, row.at, imprint(row.kind, row.sketch))
        for row in rows
        if row.sketch
    ]


def _found(row: RightsOutput, match: str, apart: int) -> Found:
    return Found(row.exchange_id, row.part, row.kind, row.at, match, apart)


def _document(session: Session, exchange_id: str, principal: str | None) -> dict[str, Any] | None:
    """What is signed of an exchange: from its entry, or from what is kept after that expired."""
    entry = log_search.exchange(session, exchange_id)[1]
    if entry is not None:
        if principal is not None and entry.principal != principal:
            return None
        said = json.loads(entry.canonical)
        place = {"sequence": entry.sequence, "leaf_hash": bytes(entry.leaf_hash).hex()}
        model, at, status = said["model"], said["at"], said["status"]
    else:
        kept = keeping.kept_rights(session, exchange_id) if principal is None else None
        if kept is None:
            return None
        said = json.loads(kept.canonical)
        place, model, at, status = {}, "", said["at"], ""
    if not said["rights"]:
        return None
    output = {name: said["output"][name] for name in ("digest", "delivered_digest", "labels")}
    return {
        "exchange": exchange_id,
        "at": at,
        "status": status,
        "model": model,
        "log": place,
        "rights": said["rights"],
        "output": output,
    }


__all__ = ["MOST_FOUND", "Found", "RightsIndex", "media_digest"]
