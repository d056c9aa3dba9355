"""``proviso purpose``."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Any

import click

from gateway.attributes import purposes as vocabulary
from gateway.cli.context import installed
from gateway.cli.people import person
from gateway.db import purposes
from gateway.db.purposes import PurposeRecord
from gateway.errors import Conflict, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from gateway.cli.context import Installation
    from gateway.core.principal import Tenant

_TENANT = click.option("--tenant", "slug", required=True, help="Short name of the organisation.")


def _choice(name: str, values: tuple[str, ...], help_: str, default: str = "") -> Any:
    return click.option(
        name, type=click.Choice(values), default=default or None, help=help_, show_default=True
    )


_OPTIONS = (
    _TENANT,
    click.option("--title", required=True, help="What it is, in plain words."),
    _choice("--legal-basis", vocabulary.LEGAL_BASES, "Ground of GDPR Art. 6(1)."),
    click.option(
        "--balancing-note", default="", help="The balancing of interests, or where it is kept."
    ),
    _choice("--art9-condition", vocabulary.ART9_CONDITIONS, "Condition of GDPR Art. 9(2)."),
    _choice("--publication", vocabulary.PUBLICATIONS, "Where outputs go.", "none"),
    _choice("--audience", vocabulary.AUDIENCES, "Who sees them.", "staff"),
    _choice("--domain", vocabulary.DOMAINS, "Field in which decisions weigh on people."),
    click.option("--decides-about-person", is_flag=True, help="Outputs decide about people."),
    click.option("--reviewer", help="E-mail address of who reviews such decisions."),
    click.option("--editor", help="E-mail address of who answers for what is published."),
    click.option(
        "--commercial/--not-commercial",
        default=True,
        show_default=True,
        help="Outputs are used in business.",
    ),
    click.option("--trains-model", is_flag=True, help="Outputs train a model."),
    _choice(
        "--training-exception",
        vocabulary.TRAINING_EXCEPTIONS,
        "What is trained, where contracts except it.",
    ),
    click.option("--human-statement", default="", help="Who contributes what beside the machine."),
    click.option("--safety-or-medical", is_flag=True, help="For safety or medical reasons."),
    click.option("--use-case", "use_case_id", default="", help="Number in the use-case register."),
    click.option("--overseer", "overseers", multiple=True, help="E-mail address; several times."),
    click.option(
        "--workers-informed-on",
        type=click.DateTime(["%Y-%m-%d"]),
        help="Day on which workers were informed (YYYY-MM-DD).",
    ),
    click.option("--assessment", "assessment_id", default="", help="Number of the assessment."),
    click.option(
        "--likeness-consent", default="", help="Where the consent of people shown or heard is kept."
    ),
    click.option("--group", "groups", multiple=True, help="Only its members may name it."),
    click.option("--replace", is_flag=True, help="Replace the purpose of that code."),
)


def _described(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.group()
def purpose() -> None:
    """What generative AI is used for, and on which footing (GDPR Art. 5(1)(b), 6, 30).

    A caller names one with the header x-proviso-purpose; without it the purpose is "general".
    """


@purpose.command()
@click.argument("code")
@_described
@installed
def add(
    installation: Installation,
    code: str,
    slug: str,
    replace: bool,  # noqa: FBT001 - a click option
    **given: Any,
) -> None:
    """Register a purpose under CODE, such as customer-letters."""
    tenant = installation.tenant(slug)
    values = _values(installation, tenant, given)
    vocabulary.check(code, values)
    with installation.database.tenant_session(tenant.id) as session:
        if purposes.by_code(session, code) is not None and not replace:
            raise Conflict(f"There is a purpose {code} already. Say --replace to change it.")
    installation.record(
        tenant, "purpose.registered", code, legal_basis=values["legal_basis"],
        publication=values["publication"], domain=values["domain"],
    )  # fmt: skip
    with installation.database.tenant_session(tenant.id, write=True) as session:
        row = PurposeRecord(
            tenant_id=tenant.id,
            code=code,
            state=vocabulary.ACTIVE,
            changed_at=installation.clock.now(),
            changed_by=f"operator:{getpass.getuser()}",
            **values,
        )
        session.merge(row)
    installation.show(_row(row), f"Purpose {code} is registered.")


@purpose.command()
@click.argument("code")
@_TENANT
@installed
def show(installation: Installation, code: str, slug: str) -> None:
    """Show what is registered under CODE."""
    row = _find(installation, installation.tenant(slug), code)
    said = _row(row)
    installation.show(said, (f"{name}: {value}" for name, value in said.items() if value))


@purpose.command(name="list")
@_TENANT
@installed
def list_purposes(installation: Installation, slug: str) -> None:
    """List an organisation's purposes."""
    tenant = installation.tenant(slug)
    with installation.database.tenant_session(tenant.id) as session:
        rows = [_row(item) for item in purposes.every(session)]
    installation.show(rows, (f"{row['code']:24} {row['state']:8} {row['title']}" for row in rows))


@purpose.command()
@click.argument("code")
@_TENANT
@installed
def stop(installation: Installation, code: str, slug: str) -> None:
    """Stop a purpose: requests that name it are judged at their strictest."""
    _turn(installation, slug, code, vocabulary.STOPPED)


@purpose.command()
@click.argument("code")
@_TENANT
@installed
def resume(installation: Installation, code: str, slug: str) -> None:
    """Let a stopped purpose be named again."""
    _turn(installation, slug, code, vocabulary.ACTIVE)


def _turn(installation: Installation, slug: str, code: str, state: str) -> None:
    tenant = installation.tenant(slug)
    _find(installation, tenant, code)
    action = "purpose.stopped" if state == vocabulary.STOPPED else "purpose.resumed"
    installation.record(tenant, action, code)
    with installation.database.tenant_session(tenant.id, write=True) as session:
        row = purposes.by_code(session, code)
        if row is not None:
            row.state = state
            row.changed_at = installation.clock.now()
            row.changed_by = f"operator:{getpass.getuser()}"
    installation.show({"code": code, "state": state}, f"Purpose {code} is {state}.")


def _find(installation: Installation, tenant: Tenant, code: str) -> PurposeRecord:
    with installation.database.tenant_session(tenant.id) as session:
        row = purposes.by_code(session, code)
    if row is None:
        raise NotFound(
            f"{tenant.slug} has registered no purpose {code}. `proviso purpose list` names them."
        )
    return row


def _values(installation: Installation, tenant: Tenant, given: dict[str, Any]) -> dict[str, Any]:
    """What was typed, as columns: people by their ids, and nothing absent."""
    informed: datetime | None = given.pop("workers_informed_on")
    reviewer, editor = given.pop("reviewer"), given.pop("editor")
    overseers: tuple[str, ...] = given.pop("overseers")
    groups: tuple[str, ...] = given.pop("groups")

    def id_of(email: str) -> Any:
        return person(installation, tenant, email).id

    return {
        **{name: "" if value is None else value for name, value in given.items()},
        "reviewer_id": id_of(reviewer) if reviewer else None,
        "editor_id": id_of(editor) if editor else None,
        "overseers": sorted(str(id_of(email)) for email in overseers),
        "workers_informed_on": informed.date() if informed is not None else None,
        "groups": sorted(set(groups)),
    }


def _row(row: PurposeRecord) -> dict[str, Any]:
    hidden = {"tenant_id"}
    columns = [column.key for column in PurposeRecord.__table__.columns]
    said = {name: getattr(row, name) for name in columns if name not in hidden}
    return {
        name: value if isinstance(value, bool | list | None) else str(value)
        for name, value in said.items()
    }
