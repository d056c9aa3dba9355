"""Tenants, people, credentials, acknowledgements, terms reviews and the decision log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ROLE = "proviso_app"
CHANGEABLE = ("principal", "gateway_key", "web_session", "log_head", "open_exchange")
"""Tenant tables whose rows may be changed or taken away by the application's role."""

APPEND_ONLY = ("acknowledgement", "terms_review", "log_entry", "checkpoint", "policy_input")
"""Tenant tables where the application's role may only add and read."""


def upgrade() -> None:
    _directory()
    _people()
    _evidence()
    _log()
    if op.get_bind().dialect.name == "postgresql":
        _row_level_security()


def downgrade() -> None:
    for table in (*APPEND_ONLY, *CHANGEABLE, "worker", "tenant"):
        op.drop_table(table)
    # The role stays: roles belong to the cluster, and another database may use it.


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=nullable)


def _tenant(table: str) -> tuple[sa.Column[object], sa.ForeignKeyConstraint]:
    return (
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=f"fk_{table}_tenant_id"),
    )


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint("tenant_id", *columns, name=f"pk_{table}")


def _directory() -> None:
    op.create_table(
        "tenant",
        sa.Column("id", sa.Uuid(), nullable=False),
        _text("slug"),
        _text("name"),
        sa.Column("demo", sa.Boolean(), nullable=False),
        _text("language"),
        sa.Column("code_version", sa.Integer(), nullable=False),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_tenant"),
        sa.UniqueConstraint("slug", name="uq_tenant_slug"),
    )
    op.create_table(
        "worker",
        sa.Column("id", sa.Uuid(), nullable=False),
        _moment("seen_at"),
        sa.PrimaryKeyConstraint("id", name="pk_worker"),
    )


def _people() -> None:
    op.create_table(
        "principal",
        *_tenant("principal"),
        sa.Column("id", sa.Uuid(), nullable=False),
        _text("kind"),
        _text("issuer", nullable=True),
        _text("subject", nullable=True),
        _text("email", nullable=True),
        _text("display_name"),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        _moment("created_at"),
        _key("principal", "id"),
    )
    op.create_index(
        "uq_principal_tenant_id_issuer_subject",
        "principal",
        ["tenant_id", "issuer", "subject"],
        unique=True,
    )
    op.create_index(
        "uq_principal_tenant_id_email", "principal", ["tenant_id", "email"], unique=True
    )
    op.create_table(
        "gateway_key",
        *_tenant("gateway_key"),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        _text("label"),
        _text("hint"),
        _moment("created_at"),
        _text("created_by"),
        _moment("revoked_at", nullable=True),
        _key("gateway_key", "digest"),
    )
    op.create_table(
        "web_session",
        *_tenant("web_session"),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        _moment("created_at"),
        _moment("seen_at"),
        _moment("expires_at"),
        _key("web_session", "digest"),
    )


def _evidence() -> None:
    op.create_table(
        "acknowledgement",
        *_tenant("acknowledgement"),
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        _text("document"),
        sa.Column("version", sa.Integer(), nullable=False),
        _moment("at"),
        _text("channel"),
        _key("acknowledgement", "principal_id", "document", "version"),
    )
    op.create_table(
        "terms_review",
        *_tenant("terms_review"),
        _text("tier"),
        _text("fact"),
        _moment("reviewed_at"),
        _text("value_digest"),
        _text("reviewed_by"),
        _moment("expires_at"),
        _key("terms_review", "tier", "fact", "reviewed_at"),
    )


def _log() -> None:
    op.create_table(
        "log_entry",
        *_tenant("log_entry"),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        _text("kind"),
        _moment("recorded_at"),
        _text("exchange_id"),
        sa.Column("canonical", sa.LargeBinary(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(32), nullable=False),
        *(_text(name) for name in ("effect", "status", "model", "principal", "rules")),
        _key("log_entry", "sequence"),
        sa.CheckConstraint("sequence >= 0", name="ck_log_entry_sequence_is_an_index"),
    )
    op.create_index("ix_log_entry_tenant_id_exchange_id", "log_entry", ["tenant_id", "exchange_id"])
    op.create_index(
        "ix_log_entry_tenant_id_kind_sequence", "log_entry", ["tenant_id", "kind", "sequence"]
    )
    op.create_table(
        "log_head",
        *_tenant("log_head"),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        _key("log_head"),
    )
    op.create_table(
        "checkpoint",
        *_tenant("checkpoint"),
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(32), nullable=False),
        _text("note"),
        _moment("at"),
        _key("checkpoint", "size"),
    )
    op.create_table(
        "policy_input",
        *_tenant("policy_input"),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("canonical", sa.LargeBinary(), nullable=False),
        _key("policy_input", "digest"),
    )
    op.create_table(
        "open_exchange",
        *_tenant("open_exchange"),
        _text("exchange_id"),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        _text("principal"),
        _text("model"),
        _moment("opened_at"),
        _key("open_exchange", "exchange_id"),
    )


def _row_level_security() -> None:
    """The second wall (promise P4): the database itself refuses another tenant's rows."""
    # Roles belong to the cluster: another database of ours may have made it already.
    op.execute(
        "DO $$ BEGIN CREATE ROLE proviso_app NOLOGIN; EXCEPTION WHEN duplicate_object "
        "THEN NULL; WHEN unique_violation THEN NULL; END $$"
    )
    op.execute(f"GRANT {ROLE} TO CURRENT_USER")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON tenant TO {ROLE}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON worker TO {ROLE}")
    for table in CHANGEABLE:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {ROLE}")
    for table in APPEND_ONLY:
        op.execute(f"GRANT SELECT, INSERT ON {table} TO {ROLE}")
    for table in (*CHANGEABLE, *APPEND_ONLY):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY own_tenant ON {table} "
            "USING (tenant_id = current_setting('proviso.tenant', true)::uuid) "
            "WITH CHECK (tenant_id = current_setting('proviso.tenant', true)::uuid)"
        )
