"""Small editions of provider terms, signed with a key of the test's own."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson
import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.terms import editions, facts, signing

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.terms.statements import BaseFacts

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
TRUSTED = {"test-key": base64.b64encode(KEY.public_key().public_bytes_raw()).decode()}


def a_fact(value: Any = "no", conf: str = "high", **more: Any) -> dict[str, Any]:
    """One statement in the files' form."""
    return {"value": value, "conf": conf, "src": ["s"], **more}


def a_tier(**changes: Any) -> dict[str, Any]:
    """A tier with the three deciding facts; None takes one away."""
    tier = {
        "name": "A tier",
        "trains_on_input": a_fact("no"),
        "retention": a_fact("30 days", days=30),
        "human_review": a_fact("none"),
    } | changes
    return {name: item for name, item in tier.items() if item is not None}


def a_document(**changes: Any) -> dict[str, Any]:
    """A small file of terms in the right form."""
    source = {"title": "t", "url": "u", "doc_date": "2026-01-01", "recorded": "r", "copy": "c"}
    return {
        "schema_version": "provider-terms/v1",
        "registry_version": "test-1",
        "compiled_at": "2026-11-24",
        "sources": {"s": source},
        "tiers": {"x/api": a_tier()},
    } | changes


def parsed(document: Any, **others: Any) -> BaseFacts:
    """The facts in one document, and in others by their file's name without ending."""
    files = {"terms.yaml": document, **{f"{name}.yaml": item for name, item in others.items()}}
    return facts.parse(
        {
            name: item.encode() if isinstance(item, str) else yaml.safe_dump(item).encode()
            for name, item in files.items()
        }
    )


def signed(
    folder: Path, document: Any, *, version: str = "test-1", key_id: str = "test-key"
) -> Path:
    """A folder with one document, signed as an edition."""
    folder.mkdir(exist_ok=True)
    (folder / "terms.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
    files = {path.name: path.read_bytes() for path in folder.glob("*.yaml")}
    manifest = signing.sign(editions.manifest_for(files, version, NOON), KEY, key_id)
    (folder / editions.MANIFEST).write_bytes(orjson.dumps(manifest))
    return folder
