"""Reading and writing C2PA manifests (technical specification 2.2). The sole importer of c2pa.

The library may ask nobody: it fetches no manifest from elsewhere, no certificate's
state and no time. A file that names an address to fetch from would otherwise make
this gateway call it.
"""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

from gateway import __version__
from gateway.core.values import dataclass

if TYPE_CHECKING:
    import c2pa

    from gateway.rights.marks.chain import Credentials

MADE_BY_A_MODEL = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
"""IPTC's term for what a model made (NewsCodes, digital source type)."""

OURS = "org.proviso.exchange"
"""The label of our own assertion."""

GENERATOR = "Proviso"
_PROVIDER = "provider"


class Unmarkable(Exception):
    """The bytes cannot take a manifest: broken, of a kind without one, or the chain is refused."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the active manifest of a file says."""

    label: str
    """Its own id."""

    state: str
    """``valid`` or ``invalid``: whether file, manifest and signature belong together."""

    trusted: bool
    """Whether the tenant's own root stands behind the signature."""

    generator: str
    sources: tuple[str, ...]
    """Digital source types of its actions, without their address."""

    exchange: str
    """The exchange in our own assertion; empty without one."""

    ingredients: tuple[str, ...]
    """Manifests of what the file was made from."""

    failures: tuple[str, ...]
    """Codes of what does not hold."""

    def as_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "state": self.state,
            "ours": self.trusted,
            "manifest": self.label,
            "generator": self.generator,
            "sources": list(self.sources),
            "exchange": self.exchange,
            "ingredients": list(self.ingredients),
            "failures": list(self.failures),
        }


def read(media_type: str, data: bytes, root: bytes | None = None) -> Manifest | None:
    """The active manifest of a file, judged with `root` as the one to trust; None without one.

    Bytes that the library cannot make sense of bear no manifest either.
    """
    import c2pa  # noqa: PLC0415 - 5 MB that only media need

    try:
        with (
            _context(root) as context,
            c2pa.Reader(media_type, io.BytesIO(data), context=context) as reader,
        ):
            said, state = json.loads(reader.json()), reader.get_validation_state()
    except (c2pa.C2paError, ValueError):
        return None
    manifest = said.get("manifests", {}).get(said.get("active_manifest"))
    return None if manifest is None else _manifest(said, manifest, str(state))


def sign(
    media_type: str,
    data: bytes,
    definition: dict[str, Any],
    credentials: Credentials,
    ingredient: bytes | None = None,
) -> bytes:
    """The file with a manifest of ours; `ingredient` is the provider's file with its own.

    Raises:
        Unmarkable: the library would not.
    """
    import c2pa  # noqa: PLC0415 - 5 MB that only media need

    target = io.BytesIO()
    try:
        with (
            _context(None) as context,
            c2pa.Signer.from_info(
                c2pa.C2paSignerInfo(
                    alg=c2pa.C2paSigningAlg[credentials.algorithm.upper()],
                    sign_cert=credentials.chain,
                    private_key=credentials.key,
                    ta_url=None,
                )
            ) as signer,
            c2pa.Builder(definition, context=context) as builder,
        ):
            if ingredient is not None:
                parent = {"relationship": "parentOf", "label": _PROVIDER, "instance_id": _PROVIDER}
                builder.add_ingredient(parent, media_type, io.BytesIO(ingredient))
            builder.sign(signer, media_type, io.BytesIO(data), target)
    except (c2pa.C2paError, ValueError) as error:
        raise Unmarkable from error
    return target.getvalue()


def definition(
    exchange: str, model: str, provider: str, *, edits: bool, labels: list[str]
) -> dict[str, Any]:
    """What our manifest says. `edits`: the provider's own manifest is its ingredient.

    The model names are the catalogue's. No person, tenant or text stands in it: it travels.
    """
    created = {
        "action": "c2pa.created",
        "digitalSourceType": MADE_BY_A_MODEL,
        "softwareAgent": {"name": model},
    }
    opened = {"action": "c2pa.opened", "parameters": {"ingredientIds": [_PROVIDER]}}
    edited = {
        "action": "c2pa.edited.metadata",
        "digitalSourceType": MADE_BY_A_MODEL,
        "softwareAgent": {"name": GENERATOR, "version": __version__},
    }
    return {
        "claim_generator_info": [{"name": GENERATOR, "version": __version__}],
        "title": exchange,
        "assertions": [
            {
                "label": "c2pa.actions",
                "data": {"actions": [opened, edited] if edits else [created]},
            },
            {
                "label": OURS,
                "data": {
                    "exchange": exchange,
                    "model": model,
                    "provider": provider,
                    "labels": labels,
                },
            },
        ],
    }


def _context(root: bytes | None) -> c2pa.Context:
    import c2pa  # noqa: PLC0415 - 5 MB that only media need

    settings: dict[str, Any] = {
        # A thumbnail costs a decoded picture, a tenth of a second and up to a megabyte.
        "builder": {"thumbnail": {"enabled": False}},
        "verify": {
            "remote_manifest_fetch": False,
            "ocsp_fetch": False,
            "verify_trust": root is not None,
        },
    }
    if root is not None:
        settings["trust"] = {"trust_anchors": root.decode("ascii")}
    return c2pa.Context.from_dict(settings)


def _manifest(said: dict[str, Any], manifest: dict[str, Any], state: str) -> Manifest:
    assertions = manifest.get("assertions") or []
    actions = [
        action
        for item in assertions
        if str(item.get("label", "")).startswith("c2pa.actions")
        for action in item["data"].get("actions", ())
    ]
    sources = {str(item.get("digitalSourceType", "")).rsplit("/", 1)[-1] for item in actions}
    ours = [item["data"] for item in assertions if item.get("label") == OURS]
    infos = manifest.get("claim_generator_info") or [{}]
    results = said.get("validation_results", {}).get("activeManifest", {})
    holds = state in ("Valid", "Trusted")
    # Of this manifest alone: the state of the whole file is not "Trusted" while the root behind an
    # ingredient is another one, and a provider's always is.
    trusted = any(
        item["code"] == "signingCredential.trusted" for item in results.get("success", ())
    )
    return Manifest(
        label=str(said["active_manifest"])[:200],
        state="valid" if holds else "invalid",
        trusted=holds and trusted,
        generator=str(infos[0].get("name") or manifest.get("claim_generator") or "")[:200],
        sources=tuple(sorted(sources - {""})),
        exchange=str(ours[0].get("exchange", ""))[:200] if ours else "",
        ingredients=tuple(
            str(item["active_manifest"])[:200]
            for item in manifest.get("ingredients") or ()
            if item.get("active_manifest")
        ),
        failures=tuple(sorted({str(item["code"])[:100] for item in results.get("failure", ())})),
    )
