"""The terms registry: editions kept, tenants' statements, overrides and copies of sources."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ROLE = "proviso_app"
TENANT_TABLES = ("terms_statement", "terms_override", "terms_override_decision", "terms_copy")
"""Tables where the application's role may only add and read, inside its tenant."""


def upgrade() -> None:
    op.create_table(
        "terms_edition",
        _moment("kept_at"),
        _text("digest"),
        _text("version"),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("kept_at", "digest", name="pk_terms_edition"),
    )
    op.create_table(
        "terms_statement",
        *_tenant("terms_statement"),
        sa.Column("id", sa.Uuid(), nullable=False),
        _text("tier"),
        _text("fact"),
        sa.Column("value", sa.JSON(), nullable=False),
        *(_text(name) for name in ("source", "document_sha256", "value_digest", "said_by")),
        _moment("said_at"),
        _moment("expires_at"),
        _key("terms_statement", "id"),
    )
    _overrides()
    op.create_table(
        "terms_copy",
        *_tenant("terms_copy"),
        _text("source"),
        _moment("recorded_at"),
        *(_text(name) for name in ("sha256", "name", "recorded_by")),
        _key("terms_copy", "source", "recorded_at"),
    )
    if op.get_bind().dialect.name == "postgresql":
        _row_level_security()


def downgrade() -> None:
    for table in (*TENANT_TABLES, "terms_edition"):
        op.drop_table(table)


def _overrides() -> None:
    op.create_table(
        "terms_override",
        *_tenant("terms_override"),
        sa.Column("id", sa.Uuid(), nullable=False),
        _text("tier"),
        _text("kind"),
        *(
            sa.Column(name, sa.JSON(), nullable=False)
            for name in ("facts", "models", "features_excluded")
        ),
        _text("document"),
        _text("document_sha256"),
        sa.Column("signed_on", sa.Date(), nullable=False),
        *(_text(name) for name in ("setting", "set_by", "proposed_by")),
        sa.Column("proposer_id", sa.Uuid(), nullable=False),
        _moment("proposed_at"),
        _moment("expires_at"),
        _key("terms_override", "id"),
    )
    op.create_table(
        "terms_override_decision",
        *_tenant("terms_override_decision"),
        sa.Column("override_id", sa.Uuid(), nullable=False),
        _text("decision"),
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        _text("decided_by"),
        _moment("decided_at"),
        _key("terms_override_decision", "override_id", "decision", "principal_id"),
    )


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def _tenant(table: str) -> tuple[sa.Column[object], sa.ForeignKeyConstraint]:
    return (
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=f"fk_{table}_tenant_id"),
    )


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint("tenant_id", *columns, name=f"pk_{table}")


def _row_level_security() -> None:
    """The second wall (promise P4), and evidence that is only added to."""
    op.execute(f"GRANT SELECT, INSERT ON terms_edition TO {ROLE}")
    for table in TENANT_TABLES:
        op.execute(f"GRANT SELECT, INSERT ON {table} TO {ROLE}")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY own_tenant ON {table} "
            "USING (tenant_id = current_setting('proviso.tenant', true)::uuid) "
            "WITH CHECK (tenant_id = current_setting('proviso.tenant', true)::uuid)"
        )
