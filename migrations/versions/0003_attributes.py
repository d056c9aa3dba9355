"""Profiles, purposes, training, confirmations, approvals, budgets and tuned parameters."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ROLE = "proviso_app"
CHANGEABLE = ("tenant_profile", "purpose", "approval", "budget", "usage_day", "parameter_value")
"""Tenant tables whose rows may be changed or taken away by the application's role."""

APPEND_ONLY = ("training_record", "confirmation")
"""Tenant tables where the application's role may only add and read."""


def upgrade() -> None:
    _organisation()
    _evidence()
    _money()
    if op.get_bind().dialect.name == "postgresql":
        _row_level_security()


def downgrade() -> None:
    for table in (*APPEND_ONLY, *CHANGEABLE):
        op.drop_table(table)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=nullable)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _json(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.JSON(), nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _tenant(table: str) -> tuple[sa.Column[object], sa.ForeignKeyConstraint]:
    return (
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=f"fk_{table}_tenant_id"),
    )


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint("tenant_id", *columns, name=f"pk_{table}")


def _organisation() -> None:
    op.create_table(
        "tenant_profile",
        *_tenant("tenant_profile"),
        _json("establishments"),
        _flag("works_council"),
        _text("revenue"),
        _key("tenant_profile"),
    )
    op.create_table(
        "purpose",
        *_tenant("purpose"),
        *(
            _text(name)
            for name in (
                "code", "title", "legal_basis", "balancing_note", "art9_condition", "publication",
                "audience", "domain",
            )
        ),
        _flag("decides_about_person"),
        sa.Column("reviewer_id", sa.Uuid(), nullable=True),
        sa.Column("editor_id", sa.Uuid(), nullable=True),
        _flag("commercial"),
        _flag("trains_model"),
        _text("training_exception"),
        _text("human_statement"),
        _flag("safety_or_medical"),
        _text("use_case_id"),
        _json("overseers"),
        sa.Column("workers_informed_on", sa.Date(), nullable=True),
        _text("assessment_id"),
        _text("likeness_consent"),
        _json("groups"),
        _text("state"),
        _moment("changed_at"),
        _text("changed_by"),
        _key("purpose", "code"),
    )  # fmt: skip
    op.create_table(
        "parameter_value",
        *_tenant("parameter_value"),
        _text("group_name"),
        _text("name"),
        _json("value"),
        _flag("exempt"),
        _moment("set_at"),
        _text("set_by"),
        _key("parameter_value", "group_name", "name"),
    )


def _evidence() -> None:
    op.create_table(
        "training_record",
        *_tenant("training_record"),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        _text("course"),
        sa.Column("completed_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        _text("recorded_by"),
        _moment("recorded_at"),
        _key("training_record", "id"),
    )
    op.create_index(
        "ix_training_record_tenant_id_principal_id",
        "training_record",
        ["tenant_id", "principal_id"],
    )
    op.create_table(
        "confirmation",
        *_tenant("confirmation"),
        sa.Column("principal_id", sa.Uuid(), nullable=False),
        _text("purpose"),
        _text("code"),
        _moment("at"),
        _text("channel"),
        _key("confirmation", "principal_id", "purpose", "code", "at"),
    )
    op.create_table(
        "approval",
        *_tenant("approval"),
        sa.Column("id", sa.Uuid(), nullable=False),
        *(_text(name) for name in ("principal", "purpose", "code", "reason", "approver")),
        _moment("at"),
        _moment("expires_at"),
        _moment("revoked_at", nullable=True),
        _text("revoked_by", nullable=True),
        _key("approval", "id"),
    )
    op.create_index(
        "ix_approval_tenant_id_principal_expires_at",
        "approval",
        ["tenant_id", "principal", "expires_at"],
    )


def _money() -> None:
    op.create_table(
        "budget",
        *_tenant("budget"),
        _text("scope"),
        _text("name"),
        _text("period"),
        _number("cents"),
        sa.Column("hard_percent", sa.Integer(), nullable=False),
        _moment("set_at"),
        _text("set_by"),
        _key("budget", "scope", "name", "period"),
        sa.CheckConstraint("cents > 0", name="ck_budget_cents_are_positive"),
        sa.CheckConstraint("hard_percent >= 100", name="ck_budget_hard_cap_is_not_below"),
    )
    op.create_table(
        "usage_day",
        *_tenant("usage_day"),
        sa.Column("day", sa.Date(), nullable=False),
        _text("scope"),
        _text("name"),
        *(_number(name) for name in ("input_tokens", "output_tokens", "microcents")),
        _key("usage_day", "day", "scope", "name"),
    )


def _row_level_security() -> None:
    """The second wall (promise P4), as in the first migration."""
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
