"""Bringing a database to the schema this version needs, and telling whether it is there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from gateway.db import (  # noqa: F401 - importing maps the tables
    acknowledgements,
    approvals,
    budgets,
    confirmations,
    credentials,
    decision_log,
    detection_terms,
    keeping,
    parameters,
    principals,
    profiles,
    purposes,
    sealed,
    tenants,
    terms_copies,
    terms_editions,
    terms_overrides,
    terms_reviews,
    terms_statements,
    training,
    unmaskings,
)
from gateway.db.session import Database

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine


def script_folder() -> Path:
    """Where the migrations are: beside the package in a checkout, inside it in a wheel."""
    package = Path(__file__).resolve().parents[1]
    bundled = package / "_bundled" / "migrations"
    return bundled if bundled.is_dir() else package.parent / "migrations"


def upgrade(url: str, revision: str = "head") -> None:
    """Apply migrations up to `revision`."""
    database = Database(url)
    try:
        command.upgrade(_config(database.engine), revision)
    finally:
        database.dispose()


def downgrade(url: str, revision: str) -> None:
    """Undo migrations down to `revision` (``base`` undoes all)."""
    database = Database(url)
    try:
        command.downgrade(_config(database.engine), revision)
    finally:
        database.dispose()


def is_current(database: Database) -> bool:
    """Whether the schema is the newest this version knows."""
    newest = ScriptDirectory.from_config(_config(database.engine)).get_current_head()
    return revision_of(database) == newest


def revision_of(database: Database) -> str | None:
    """The revision the database is at; None when it is empty. Later ones sort behind."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _config(engine: Engine) -> Config:
    config = Config()
    config.set_main_option("script_location", str(script_folder()))
    config.attributes["engine"] = engine
    return config
