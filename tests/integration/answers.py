"""A gateway whose rules ask for answers and can be tuned, and refusals in its log."""

from __future__ import annotations

import hashlib
import json
import shutil
from typing import TYPE_CHECKING, Any

from gateway.audit.entries import Entry
from gateway.core.clock import SystemClock
from gateway.core.identifiers import TenantId, exchange_id
from gateway.pdp.bundle import shipped_folder

if TYPE_CHECKING:
    from pathlib import Path

    from tests.factories import Installation

ASKING = """\
# METADATA
# title: A rule that asks
# description: >-
#   For tests. It asks for people's words and can be tuned.
# custom:
#   id: ZZ-01
#   pack: cost
#   severity: low
#   loosening: configuration
#   parameters:
#     zz_01_rate: {default: 100, minimum: 1, maximum: 1000, tighten: lower, meaning: "How often."}
#   reasons:
#     test.confirm:
#       kind: require_acknowledgement
#       text: {en: "This is about other people."}
#       remedy: {en: "Confirm at {public_url}/confirmations."}
#     test.approve:
#       kind: require_approval
#       text: {en: "The budget is spent."}
#       remedy: {en: "Ask a colleague at {public_url}/approvals."}
#     test.final:
#       kind: deny
#       text: {en: "Never."}
#       remedy: {en: "Do not."}
package gateway.rules.zz_01

deny := set()
"""


def asking_policies(folder: Path) -> Path:
    """The shipped policies and one rule more, which is not required and objects to nothing."""
    target = folder / "policies"
    shutil.copytree(shipped_folder(), target)
    (target / "gateway" / "rules" / "zz_01.rego").write_text(ASKING)
    return target


def refused(
    company: Installation, pseudonym: str, *codes: str, purpose: dict[str, Any] | None = None
) -> str:
    """Record a refusal of that principal with these codes, and return its id."""
    asked = {"purpose": purpose or {"code": "general", "known": True}}
    question = json.dumps(asked, sort_keys=True, separators=(",", ":")).encode()
    entry = Entry(
        kind="decision",
        at=SystemClock().now(),
        exchange_id=exchange_id(),
        effect="deny",
        model="echo",
        principal=pseudonym,
        rules=("ZZ-01",),
        document={
            "decision": {
                "reasons": [{"rule": "ZZ-01", "code": code, "params": {}} for code in codes]
            },
            "input_digest": hashlib.sha256(question).hexdigest(),
        },
    )
    tenant = TenantId(company.tenant.id)
    company.gateway.ledger.record_decision(tenant, entry, question)
    return entry.exchange_id
