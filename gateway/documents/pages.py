"""The text of each reference page."""

from __future__ import annotations

import inspect
import json
from typing import TYPE_CHECKING, Any

import click

from gateway import cli, errors, sections, settings
from gateway.core.principal import Role
from gateway.documents import outflow, providers, rules
from gateway.identity.permissions import BEYOND_SESSION, ROLE_PERMISSIONS, Permission
from gateway.pdp import bundle
from gateway.pdp.derived import derived
from gateway.telemetry import Metrics
from gateway.web.api import coverage, ungoverned
from gateway.web.api.followed import FOLLOWED
from gateway.web.api.routes import BATCHES, ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterator

_MADE = "<!-- Made by `make docs` from the code; edit the code instead. -->\n\n"


def every() -> Iterator[tuple[str, str]]:
    """Each file's path from the root of the repository, and its text."""
    for name, text in _reference():
        yield f"docs/reference/{name}", text
    yield "policies/proviso/data.json", _policy_data()


def _reference() -> Iterator[tuple[str, str]]:
    yield "settings.md", _settings()
    yield "proviso.schema.json", json.dumps(settings.json_schema(), indent=2) + "\n"
    yield "commands.md", _commands()
    yield "apis.md", _apis()
    yield "coverage.md", _coverage()
    yield "errors.md", _errors()
    yield "rules.md", _rules()
    yield "metrics.md", _metrics()
    yield "permissions.md", _permissions()
    yield "outflow-formats.md", _MADE + outflow.page()
    yield "providers.md", _providers()


def _policy_data() -> str:
    return json.dumps(derived(bundle.load().rules), indent=2, ensure_ascii=False) + "\n"


def _page(title: str, lead: str, lines: list[str]) -> str:
    return f"{_MADE}# {title}\n\n{lead}\n\n" + "\n".join(lines).rstrip() + "\n"


def _settings() -> str:
    lines: list[str] = []
    _section(lines, settings.Settings, "")
    return _page(
        "Settings",
        "One YAML file; `${VARIABLE}` refers to the environment, and `PROVISO_SERVER__WORKERS=2` "
        "lays a value over `server.workers`.\nA key that is not listed here stops the start.\n"
        "Editors know the keys through `# yaml-language-server: $schema=proviso.schema.json`.",
        lines,
    )


def _section(lines: list[str], section: type[sections.Section], path: str) -> None:
    for name, field in section.model_fields.items():
        inner = _section_of(field.annotation)
        many = "dict" in str(field.annotation)
        full = f"{path}{name}"
        if inner is None:
            default = "" if field.is_required() else f" (default: `{_default(field.default)}`)"
            lines += [f"### `{full}`{default}", "", " ".join((field.description or "").split()), ""]
        else:
            lines += [f"## `{full}`", "", " ".join((inner.__doc__ or "").split()), ""]
            _section(lines, inner, f"{full}.<name>." if many else f"{full}.")


def _section_of(annotation: Any) -> type[sections.Section] | None:
    for candidate in (annotation, *getattr(annotation, "__args__", ())):
        if inspect.isclass(candidate) and issubclass(candidate, sections.Section):
            return candidate
    return None


def _default(value: Any) -> str:
    return json.dumps(value) if isinstance(value, (str, list, dict, bool)) else str(value)


def _commands() -> str:
    lines: list[str] = []
    _command(lines, cli.proviso, "proviso")
    return _page(
        "Commands",
        "Exit codes: 0 fine, 1 the thing checked is bad, 2 usage or configuration.",
        lines,
    )


def _command(lines: list[str], command: click.Command, path: str) -> None:
    context = click.Context(command, info_name=path, terminal_width=90)
    lines += [f"## `{path}`", "", "```text", command.get_help(context).rstrip(), "```", ""]
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            _command(lines, command.commands[name], f"{path} {name}")


def _apis() -> str:
    offered = [f"| `{route.path}` | {route.modality} |" for route in ROUTES]
    batched = [f"| `{path}` | `{route.path}` |" for path, route in BATCHES]
    told = {f"| `{item.method} {item.path}` | {item.what} |": None for item in FOLLOWED}
    followed = list(told)
    lines = [
        "## Offered", "", "| Address | What |", "|---|---|", *offered, "",
        "What was made before is followed at addresses of its own:", "",
        "| Address | What |", "|---|---|", *followed,
        "", "Fetching is an exchange each time; asking how far one is is none.",
        "How a company lets answers be stored: docs/how-to/stored-responses.md.", "",
        "## Batches", "",
        "Many requests at once, worked through here one by one; no provider is given the batch.",
        "They need a tenant that keeps content. Requests and answers are sealed under their",
        "person's key and gone after two days at most.", "",
        "| Address | Each request as at |", "|---|---|", *batched, "",
        "## What a provider keeps", "",
        "One account at a provider serves every tenant, so an id of that account may be anybody's.",
        "Such ids are refused by name, with what to do instead: files that are not kept here",
        "(`file_id`, `file_ids`, `fileData`), containers, items that are only referred to, sealed",
        "thoughts and pictures without their content, earlier sounds, voices made of somebody's,",
        "custom skills, cached contents, templates. Stored answers and films go by names of this",
        "gateway, which knows whose they are.", "",
        "## Not offered", "",
        "Known addresses that no rule of this gateway reaches, and all below them, are answered",
        "with 404 and the code `api.not_governed`: nothing is read and nothing leaves.", "",
        "| Address | Why not | Use instead |", "|---|---|---|", *ungoverned.told(),
    ]  # fmt: skip
    lead = (
        "Every address that generates is judged; what cannot be judged is refused by name.\n"
        "A parameter that a model's provider cannot be given is refused by name too, never dropped."
    )
    return _page("APIs", lead, lines)


def _coverage() -> str:
    head = " | ".join(("Address", "What", "How", *coverage.WAYS))
    rows = [f"| {head} |", "|---" * (3 + len(coverage.WAYS)) + "|"]
    for path, modality, how, proven in coverage.rows(ROUTES, BATCHES, FOLLOWED):
        cells = " | ".join("proven" if has else "not possible" for has in proven)
        rows.append(f"| `{path}` | {modality} | {how} | {cells} |")
    count = coverage.count(ROUTES, BATCHES, FOLLOWED)
    meanings = [f"- **{way}**: {coverage.MEANINGS[way]}." for way in coverage.WAYS]
    lead = (
        f"Every address that generates goes the same way, and so does what was made before, when "
        f"it is fetched.\n{count} cells are proven, each by a test of its own "
        "(tests/integration/test_coverage*.py): the outcome,\nthe log's entries, and what reached "
        "the provider. An address that stands in no row fails a test."
    )
    return _page("Coverage", lead, [*meanings, "", *rows])


def _errors() -> str:
    rows = ["| Code | Status | Type | Retry | What it says |", "|---|---|---|---|---|"]
    found = sorted(_subclasses(errors.GatewayError), key=lambda item: (item.status, item.code))
    rows += [
        f"| `{item.code}` | {item.status} | `{item.type}` | {'yes' if item.retryable else 'no'} "
        f"| {item.title} |"
        for item in found
    ]
    return _page(
        "Errors",
        'In OpenAI\'s shape: `{"error": {"message", "type", "param", "code"}}`.\n'
        "A refusal's code is its first reason's (see [rules](rules.md)), and `rules` lists every "
        "rule that objected.\nA provider's own 4xx goes back with its own status and body.",
        rows,
    )


def _subclasses(base: type[errors.GatewayError]) -> Iterator[type[errors.GatewayError]]:
    yield base
    for child in base.__subclasses__():
        yield from _subclasses(child)


def _rules() -> str:
    return _MADE + rules.reference(bundle.load().rules)


def _providers() -> str:
    return _page(
        "Providers",
        "What is set for each wire, what it carries of a chat request, and what is done when a "
        "provider fails.\nWhatever the wire, the caller sees the API that was asked in.",
        list(providers.reference()),
    )


def _metrics() -> str:
    rows = ["| Metric | Type | Labels | What it counts |", "|---|---|---|---|"]
    for metric in sorted(Metrics().describe(), key=lambda item: item.name):
        labels = ", ".join(f"`{label}`" for label in metric.labels) or "none"
        rows.append(f"| `{metric.name}` | {metric.kind} | {labels} | {metric.text} |")
    return _page(
        "Metrics",
        "At `/metrics`, for this machine or with `server.metrics_token`, and in a browser\n"
        "for whoever is signed in with the role `platform_operator`.\n"
        "No label names a person, a key or a text.",
        rows,
    )


def _permissions() -> str:
    roles = list(Role)
    rows = [
        "| Permission | Credentials | " + " | ".join(role.value for role in roles) + " |",
        "|---|---|" + "---|" * len(roles),
    ]
    for permission in Permission:
        more = sorted(kind.value for kind in BEYOND_SESSION.get(permission, ()))
        held = ["yes" if permission in ROLE_PERMISSIONS[role] else "" for role in roles]
        rows.append(f"| `{permission}` | {', '.join(['session', *more])} | {' | '.join(held)} |")
    return _page("Permissions", "Which role may do what, and with which credential.", rows)
