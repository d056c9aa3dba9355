"""``proviso policy explain``: one question, the decision on it, and what it rests on."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

import click
import orjson
import yaml

from gateway.attributes.parameters import Stored
from gateway.cli.context import installed
from gateway.cli.policy_facts import facts_used
from gateway.db import parameters
from gateway.errors import ConfigurationError
from gateway.pdp.embedded import EmbeddedPdp
from gateway.pdp.form import ENTRYPOINTS, FormedPdp, Forms, examples

if TYPE_CHECKING:
    from gateway.cli.context import Installation
    from gateway.core.decision import Decision, Reason
    from gateway.core.principal import Tenant
    from gateway.pdp.bundle import Bundle

_ROOMS = {
    "request": "gateway.rules.",
    "output": "gateway.output_rules.",
    "admin": "gateway.admin_rules.",
}


@click.command()
@click.option("--tenant", "slug", required=True, help="Short name of the organisation.")
@click.option(
    "--input",
    "file",
    type=click.File(),
    required=True,
    help="The question, JSON or YAML. What it does not say of terms, parameters and switched-off "
    "rules is the tenant's own; the rest is taken from the complete example. - reads standard "
    "input.",
)
@click.option("--output-phase", "phase", flag_value="output", help="It is about an output.")
@click.option("--admin", "phase", flag_value="admin", help="It is about an administrative act.")
@click.option("--language", default="en", show_default=True, help="en, de, fr or nl.")
@installed
def explain(
    installation: Installation, slug: str, file: IO[str], phase: str | None, language: str
) -> None:
    """Show what the policies decide on a question, by which rules, and on which facts."""
    tenant = installation.tenant(slug)
    said = _said(file)
    named = said.get("phase")
    phase = named if isinstance(named, str) and named in ENTRYPOINTS else phase or "request"
    question = _laid_over(_of_tenant(installation, tenant, examples()[phase], said), said)
    bundle = installation.gateway.bundle
    decision = _decide(installation, tenant, phase, question)
    document = {
        "effect": decision.effect.value,
        "revision": decision.revision,
        "reasons": [_reason(installation, item, language) for item in decision.reasons],
        "obligations": [
            {"id": item.id, "type": item.type, "params": item.params}
            for item in decision.obligations
        ],
        "advice": [_advice(bundle, item.code, item.params) for item in decision.advice],
        "silent": _silent(bundle, phase, question, decision),
        "facts": facts_used(installation, tenant, question),
    }
    installation.show(document, iter(_lines(document)))


def _said(file: IO[str]) -> dict[str, Any]:
    """What the file asks.

    Raises:
        ConfigurationError: it holds no object.
    """
    try:
        said = yaml.safe_load(file.read())
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigurationError("The question is neither JSON nor YAML.") from error
    if not isinstance(said, dict):
        raise ConfigurationError("The question must be an object.")
    return said


def _of_tenant(
    installation: Installation, tenant: Tenant, example: dict[str, Any], said: dict[str, Any]
) -> dict[str, Any]:
    """The example as it is for this tenant: its tuning, and the terms it has confirmed."""
    if "parameters" not in example:
        return example
    gateway = installation.gateway
    with installation.database.tenant_session(tenant.id) as session:
        rows = parameters.every(session)
    stored = [Stored(row.group, row.name, row.value, row.exempt) for row in rows]
    policy = gateway.attributes.tuning.effective(stored, [])
    tuned = {"parameters": policy.parameters, "disabled": list(policy.disabled)}
    where = said.get("destination")
    tier = where.get("tier") if isinstance(where, dict) else None
    if not isinstance(tier, str) or tier not in gateway.terms.base.tiers:
        return {**example, **tuned}
    model = where.get("model") if isinstance(where, dict) else None
    entry = installation.settings.catalogue().find(str(model))
    upstream = entry.upstream if entry is not None else str(model or "")
    terms = gateway.terms.effective(tenant, tier, upstream, installation.clock.now())
    return {**example, **tuned, "terms": dict(terms.as_input())}


def _laid_over(base: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    result = dict(base)
    for key, value in said.items():
        both = isinstance(value, dict) and isinstance(result.get(key), dict)
        result[key] = _laid_over(result[key], value) if both else value
    return result


def _decide(
    installation: Installation, tenant: Tenant, phase: str, question: dict[str, Any]
) -> Decision:
    """As the gateway decides: by the configured engine, behind the form."""
    engine = installation.gateway.engine
    if isinstance(engine, EmbeddedPdp):
        engine.start()
    try:
        text = orjson.dumps(question, option=orjson.OPT_SORT_KEYS)
        return FormedPdp(engine, Forms()).decide(tenant.id, ENTRYPOINTS[phase], text)
    finally:
        engine.stop()


def _reason(installation: Installation, reason: Reason, language: str) -> dict[str, Any]:
    said = installation.gateway.reasons.explain(reason, language)
    return {
        "rule": reason.rule,
        "code": reason.code,
        "kind": getattr(reason, "kind", "deny"),
        "title": said.title,
        "text": said.text,
        "remedy": said.remedy,
        "params": reason.params,
    }


def _advice(bundle: Bundle, code: str, params: dict[str, Any]) -> dict[str, Any]:
    rule = next((r.id for r in bundle.rules if code in (r.custom.get("reasons") or {})), "GATEWAY")
    return {"rule": rule, "code": code, "params": params}


def _silent(
    bundle: Bundle, phase: str, question: dict[str, Any], decision: Decision
) -> list[dict[str, str]]:
    """Rules that were asked and said nothing, by id and title."""
    spoke = {item.rule for item in decision.reasons}
    spoke |= {item.id.split("/")[0] for item in decision.obligations}
    spoke |= {_advice(bundle, item.code, {})["rule"] for item in decision.advice}
    off = set(question.get("disabled") or ())
    return [
        {"rule": rule.id, "title": rule.title}
        for rule in bundle.rules
        if rule.package.startswith(_ROOMS[phase])
        and rule.id not in spoke
        and rule.package.rsplit(".", 1)[-1] not in off
    ]


def _lines(document: dict[str, Any]) -> list[str]:
    lines = [f"{document['effect']} (policy {document['revision']})"]
    for item in document["reasons"]:
        lines += ["", f"{item['rule']} {item['title']}", f"  {item['kind']}: {item['code']}"]
        lines += [f"  {item['text']}", f"  {item['remedy']}"]
    for item in document["obligations"]:
        lines += ["", f"must: {item['id']} {_params(item['params'])}".rstrip()]
    for item in document["advice"]:
        lines += ["", f"advice: {item['rule']} {item['code']} {_params(item['params'])}".rstrip()]
    if document["silent"]:
        lines += ["", "asked, and silent: " + ", ".join(r["rule"] for r in document["silent"])]
    if document["facts"]:
        lines += ["", "facts:"]
    for fact in document["facts"]:
        lines += [
            f"  {fact['fact']}: {fact['value']} [{fact['state']}]",
            (
                f"    {', '.join(fact['sources']) or 'no source'}"
                f"; document of {fact['document_date'] or 'unknown date'}"
                f"; reviewed by {fact['reviewed_by'] or 'nobody'}"
                f"; holds until {fact['expires_at'] or '-'}"
            ),
        ]
    return lines


def _params(params: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in sorted(params.items()))
