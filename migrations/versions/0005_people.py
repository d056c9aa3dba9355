"""People's rights: unmasking, sealed content and its keys, periods, holds, restrictions, expiry."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0003"
branch_labels = None
depends_on = None

ROLE = "proviso_app"
CHANGEABLE = (
    "unmasking",
    "content_setting",
    "tenant_key",
    "person_key",
    "sealed_content",
    "retention_period",
    "legal_hold",
    "restriction",
    "account_end",
    "retention_run",
    "kept_rights",
)
PERIODS = """
(class_name = 'decisions' AND days BETWEEN 30 AND 396)
OR (class_name = 'high_risk' AND days BETWEEN 183 AND 3653)
OR (class_name = 'administration' AND days BETWEEN 365 AND 1096)
OR (class_name = 'reading' AND days BETWEEN 30 AND 396)
OR (class_name = 'unmasking' AND days BETWEEN 365 AND 1096)
OR (class_name = 'content' AND days BETWEEN 1 AND 30)
OR (class_name = 'identity' AND days BETWEEN 0 AND 30)
OR (class_name = 'rights' AND days BETWEEN 365 AND 3653)
"""

# High-risk entries carry the obligation `retain`; canonical JSON writes it as exactly this.
# The application's role may still only INSERT and SELECT: it asks this function, which belongs to
# the owner and knows the floors.
EXPIRE_POSTGRESQL = """
CREATE FUNCTION proviso_expire(sequences bigint[]) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
  WITH gone AS (
    UPDATE log_entry
    SET canonical = NULL, kind = 'expired', exchange_id = '', effect = '', status = '',
        model = '', principal = '', rules = ''
    WHERE tenant_id = current_setting('proviso.tenant', true)::uuid
      AND sequence = ANY (sequences) AND kind <> 'erasure' AND canonical IS NOT NULL
      AND recorded_at <= now() - make_interval(days =>
            CASE WHEN position('"retain"'::bytea IN canonical) > 0 THEN 183 ELSE 30 END)
    RETURNING 1)
  SELECT count(*) FROM gone
$$
"""
GUARD_SQLITE = """
CREATE TRIGGER log_entry_only_expires BEFORE UPDATE ON log_entry
WHEN NEW.canonical IS NULL AND (
  OLD.kind = 'erasure' OR NEW.tenant_id <> OLD.tenant_id OR NEW.sequence <> OLD.sequence
  OR NEW.leaf_hash <> OLD.leaf_hash OR NEW.recorded_at <> OLD.recorded_at
  OR julianday('now') - julianday(OLD.recorded_at) <
     CASE WHEN instr(OLD.canonical, CAST('"retain"' AS BLOB)) > 0 THEN 183 ELSE 30 END)
BEGIN
  SELECT RAISE(ABORT, 'permission denied: this entry of the decision log must still be kept');
END
"""


def upgrade() -> None:
    _unmasking()
    _content()
    _retention()
    _rights()
    _let_entries_expire()
    if op.get_bind().dialect.name == "postgresql":
        _row_level_security()


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION proviso_expire(bigint[])")
        op.execute(f"REVOKE DELETE ON policy_input FROM {ROLE}")
    else:
        op.execute("DROP TRIGGER log_entry_only_expires")
    # What has expired cannot come back; empty bytes stand where there are none.
    op.execute("UPDATE log_entry SET canonical = '' WHERE canonical IS NULL")
    _canonical(nullable=False)
    for table in CHANGEABLE:
        op.drop_table(table)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=nullable)


def _id(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _bytes(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def _table(name: str, *columns: sa.Column[object] | sa.Constraint, key: tuple[str, ...]) -> None:
    op.create_table(
        name,
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=f"fk_{name}_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", *key, name=f"pk_{name}"),
    )


def _unmasking() -> None:
    _table(
        "unmasking",
        _id("id"),
        *(_text(name) for name in ("pseudonym", "reason")),
        sa.Column("hours", sa.Integer(), nullable=False),
        _id("asked_by"),
        _text("asker"),
        _moment("asked_at"),
        _id("approved_by", nullable=True),
        _text("approver", nullable=True),
        _moment("approved_at", nullable=True),
        _moment("expires_at", nullable=True),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.CheckConstraint("hours BETWEEN 1 AND 72", name="ck_unmasking_hours"),
        sa.CheckConstraint("approved_by <> asked_by", name="ck_unmasking_two_people"),
        key=("id",),
    )


def _content() -> None:
    _table(
        "content_setting",
        sa.Column("kept", sa.Boolean(), nullable=False),
        _text("dpia"),
        sa.Column("days", sa.Integer(), nullable=False),
        _text("set_by"),
        _moment("set_at"),
        sa.CheckConstraint("NOT kept OR length(dpia) > 0", name="ck_content_setting_dpia"),
        sa.CheckConstraint("days BETWEEN 1 AND 30", name="ck_content_setting_days"),
        key=(),
    )
    _table(
        "tenant_key",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        _bytes("wrapped"),
        _text("wrapped_by"),
        _moment("created_at"),
        key=("version",),
    )
    _table(
        "person_key",
        _id("principal_id"),
        _bytes("wrapped"),
        sa.Column("tenant_key", sa.Integer(), nullable=False),
        _moment("created_at"),
        key=("principal_id",),
    )
    _table(
        "sealed_content",
        *(_text(name) for name in ("exchange_id", "field")),
        _id("principal_id"),
        _bytes("sealed"),
        _moment("kept_at"),
        _moment("expires_at"),
        key=("exchange_id", "field"),
    )
    op.create_index(
        "ix_sealed_content_tenant_id_principal_id", "sealed_content", ["tenant_id", "principal_id"]
    )
    op.create_index(
        "ix_sealed_content_tenant_id_expires_at", "sealed_content", ["tenant_id", "expires_at"]
    )


def _retention() -> None:
    _table(
        "retention_period",
        _text("class_name"),
        sa.Column("days", sa.Integer(), nullable=False),
        _text("set_by"),
        _moment("set_at"),
        sa.CheckConstraint(PERIODS, name="ck_retention_period_within_bounds"),
        key=("class_name",),
    )
    _table(
        "legal_hold",
        _id("id"),
        _id("principal_id", nullable=True),
        *(_text(name) for name in ("pseudonym", "part", "matter", "set_by")),
        _moment("set_at"),
        _moment("released_at", nullable=True),
        _text("released_by", nullable=True),
        sa.CheckConstraint(
            "part IN ('all', 'content', 'entries', 'identity')", name="ck_legal_hold_part"
        ),
        key=("id",),
    )
    _table(
        "retention_run",
        _moment("started_at"),
        _moment("finished_at", nullable=True),
        sa.Column("removed", sa.JSON(), nullable=False),
        sa.Column("held", sa.JSON(), nullable=False),
        key=(),
    )
    _table(
        "kept_rights",
        _text("exchange_id"),
        _bytes("canonical"),
        _moment("at"),
        key=("exchange_id",),
    )


def _rights() -> None:
    _table(
        "restriction",
        _id("principal_id"),
        *(_text(name) for name in ("pseudonym", "reason", "set_by")),
        _moment("set_at"),
        key=("principal_id",),
    )
    _table("account_end", _id("principal_id"), _moment("seen_at"), key=("principal_id",))


def _canonical(*, nullable: bool) -> None:
    # SQLite rebuilds the table for this and does not reflect its check by itself.
    check = sa.CheckConstraint("sequence >= 0", name="ck_log_entry_sequence_is_an_index")
    args = (check,) if op.get_bind().dialect.name == "sqlite" else ()
    with op.batch_alter_table("log_entry", table_args=args) as batch:
        batch.alter_column("canonical", existing_type=sa.LargeBinary(), nullable=nullable)


def _let_entries_expire() -> None:
    _canonical(nullable=True)
    if op.get_bind().dialect.name == "sqlite":
        op.execute(GUARD_SQLITE)
        return
    op.execute(EXPIRE_POSTGRESQL)
    op.execute("REVOKE ALL ON FUNCTION proviso_expire(bigint[]) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION proviso_expire(bigint[]) TO {ROLE}")
    op.execute(f"GRANT DELETE ON policy_input TO {ROLE}")


def _row_level_security() -> None:
    """The second wall (promise P4), as in the first migration."""
    for table in CHANGEABLE:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {ROLE}")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY own_tenant ON {table} "
            "USING (tenant_id = current_setting('proviso.tenant', true)::uuid) "
            "WITH CHECK (tenant_id = current_setting('proviso.tenant', true)::uuid)"
        )
