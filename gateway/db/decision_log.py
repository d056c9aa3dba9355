"""The tables of the decision log: entries, trees, checkpoints, witnesses, open exchanges."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from gateway.db.base import Base, TenantRow

REFRESHED = timedelta(days=1)
"""A question's time is not noted again before so long has passed."""

SEEN_LAG = 2 * REFRESHED
"""How far that time may be behind: a worker remembers for `REFRESHED` what it has noted, and
what it notes changes nothing within as long of what another has."""

SPARSE = text("kind NOT IN ('decision', 'outcome', 'expired')")
"""Entries of the kinds that are few. Only these are found by their kind: an index of them all would
cost each request more than the pages that ask for it are worth.

A query names this beside the kind it looks for, word for word, or SQLite does not use the index."""


class LogEntry(TenantRow):
    """One line of a tenant's decision log.

    Rows are written once: a correction is a new entry. The application's database
    role may INSERT and SELECT here and nothing more; a row whose time is over is
    blanked by a function of the database, which refuses before 30 or 183 days.
    """

    __tablename__ = "log_entry"
    __table_args__ = (
        CheckConstraint("sequence >= 0", name="sequence_is_an_index"),
        Index("ix_log_entry_tenant_id_exchange_id", "tenant_id", "exchange_id"),
        Index(
            "ix_log_entry_tenant_id_kind_sequence",
            "tenant_id",
            "kind",
            "sequence",
            sqlite_where=SPARSE,
            postgresql_where=SPARSE,
        ),
    )

    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """Position in the tenant's log: contiguous from 0, never reissued."""

    kind: Mapped[str]
    recorded_at: Mapped[datetime]
    exchange_id: Mapped[str]
    """Joins decision and outcome; empty for entries about no exchange."""

    canonical: Mapped[bytes] = mapped_column(LargeBinary, nullable=True)
    """The exact bytes that were hashed (RFC 8785). Re-serialising them is never needed.

    None once the entry has expired: its place, time and hash stay, its kind is ``expired``, and a
    tombstone entry says so. What asks for a kind never meets one; what reads all of a log does."""

    leaf_hash: Mapped[bytes] = mapped_column(LargeBinary(32))

    # What the pages search by. Derived from `canonical`, and checked against it.
    effect: Mapped[str]
    status: Mapped[str]
    model: Mapped[str]
    principal: Mapped[str]
    rules: Mapped[str]
    """Rule ids between commas, with a comma at both ends; empty when there are none."""


class LogHead(TenantRow):
    """The state of one tenant's Merkle tree; locked while entries are added."""

    __tablename__ = "log_head"

    size: Mapped[int] = mapped_column(BigInteger)
    frontier: Mapped[bytes] = mapped_column(LargeBinary)
    """Roots of the perfect subtrees, largest first, 32 bytes each."""

    code: Mapped[bytes] = mapped_column(LargeBinary)
    """Keyed digest of the two: only a gateway can make it, the database alone cannot."""


class Checkpoint(TenantRow):
    """A signed statement that the log had this root at this size (C2SP tlog-checkpoint)."""

    __tablename__ = "checkpoint"

    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(LargeBinary(32))
    note: Mapped[str]
    at: Mapped[datetime]


class SigningKey(TenantRow):
    """A key that signs a tenant's checkpoints, from the size at which it took over.

    The first key of a tenant has no row. The secret halves are never here.
    """

    __tablename__ = "signing_key"

    generation: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    verifier_key: Mapped[str]
    from_size: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]


class WitnessReceipt(TenantRow):
    """A checkpoint that somebody outside has, and what they gave back for it."""

    __tablename__ = "witness_receipt"

    witness: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str]
    """``cosignature``, ``rfc3161``, or ``delivered`` where nothing provable came back."""

    content: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]


class PolicyInput(TenantRow):
    """What the policy was asked, by digest: equal questions are kept once.

    Labels only. With the bundle's revision it replays a decision (promise P8).
    """

    __tablename__ = "policy_input"
    __table_args__ = (Index("ix_policy_input_tenant_id_seen_at", "tenant_id", "seen_at"),)

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    canonical: Mapped[bytes] = mapped_column(LargeBinary)
    seen_at: Mapped[datetime]
    """No entry that refers to it is newer by `SEEN_LAG` or more."""


class OpenExchange(TenantRow):
    """An exchange whose decision is recorded and whose outcome is not.

    Taken away in the same transaction that records the outcome, so a crash
    leaves exactly the exchanges that need reconciling.
    """

    __tablename__ = "open_exchange"
    # Each request adds one and takes it away: a tree for its key beside one for its rows is written
    # for nothing.
    __table_args__ = ({"sqlite_with_rowid": False},)

    exchange_id: Mapped[str] = mapped_column(primary_key=True)
    worker_id: Mapped[UUID]
    principal: Mapped[str]
    model: Mapped[str]
    opened_at: Mapped[datetime]


class Worker(Base):
    """A process that serves requests, and when it was last heard of."""

    __tablename__ = "worker"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime]
