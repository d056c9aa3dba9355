"""Marking generated media as made by a model (EU AI Act Art. 50(2); rule AI-04).

A provider's own manifest is never taken away: it becomes an ingredient of ours.
What was signed is read back before it leaves, so a mark that is recorded is one
that verifies.
"""

from __future__ import annotations

import hashlib
from dataclasses import field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gateway.content.attachments.attachment import Unreadable
from gateway.content.attachments.sniff import JPEG, MP3, PNG, VIDEO, WAV, WEBP, Media, sniff
from gateway.core.values import dataclass
from gateway.rights.marks import manifest, metadata
from gateway.rights.marks.manifest import Manifest, Unmarkable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.core.clock import Clock
    from gateway.core.principal import Tenant
    from gateway.core.secrets import RootSecret
    from gateway.rights.marks.chain import Credentials

OFF, ADD, REQUIRED = LEVELS = ("", "add", "required")
"""From nothing to do, over a mark where one can be put, to no release without one."""

_MARKED = frozenset({PNG, JPEG, WEBP, VIDEO, WAV, MP3})
_AI_GENERATED = "ai_generated"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a mark says of what it is on."""

    exchange: str
    model: str
    """The provider's name for the model."""

    provider: str = ""
    labels: frozenset[str] = frozenset()
    """With ``ai_generated`` among them, the metadata of a picture say so too."""


@dataclass(frozen=True, slots=True)
class Marked:
    """Media as they leave."""

    data: bytes = field(repr=False)
    marks_in: dict[str, Any]
    """As `said` puts it: the manifest that came, and whether it held."""

    marks_out: dict[str, Any]
    digest_before: bytes
    """SHA-256 of the bytes as received."""

    digest_after: bytes
    """SHA-256 of the bytes as they leave; the same when nothing was added."""


class Marks:
    """Reads and makes marks, with each tenant's own certificates."""

    def __init__(
        self, secret: RootSecret, clock: Clock, named: Mapping[str, Credentials] | None = None
    ) -> None:
        """`named` are certificates of tenants, by slug; others' are derived from `secret`."""
        self._secret = secret
        self._clock = clock
        self._named = dict(named or {})
        self._derived = lru_cache(maxsize=256)(_derived)

    def credentials(self, tenant: Tenant) -> Credentials:
        """What signs this tenant's marks now."""
        named = self._named.get(tenant.slug)
        return named or self._derived(self._secret, tenant, self._clock.now().year)

    def read(self, tenant: Tenant, data: bytes) -> Manifest | None:
        """The manifest in a file, and whether this tenant's root stands behind it."""
        media = _media(data)
        if media is None:
            return None
        return manifest.read(media.media_type, data, self.credentials(tenant).root)

    def names(self, tenant: Tenant, data: bytes) -> tuple[str, ...]:
        """The marks of a file in the words of the policy input: ``c2pa`` if one is there and holds.

        A watermark such as SynthID cannot be seen by us: who knows of it adds its name.
        """
        found = self.read(tenant, data)
        return ("c2pa",) if found is not None and found.state == "valid" else ()

    def sign(self, tenant: Tenant, data: bytes, facts: Facts, level: str = ADD) -> Marked:
        """The media with a mark of ours, as far as `level` wants one.

        Of what kind they are, the bytes say. With `OFF` they stay as they are; with `ADD` they also
        do when they cannot take a mark.

        Raises:
            Unmarkable: a mark is required, and the bytes cannot take one.
            ValueError: there is no such level.
        """
        if level not in LEVELS:
            raise ValueError(level)
        before, came = hashlib.sha256(data).digest(), self.read(tenant, data)
        if level == OFF:
            return Marked(data, said(came), said(came), before, before)
        try:
            signed, leaves = self._signed(tenant, data, facts, came)
        except Unmarkable:
            if level == REQUIRED:
                raise
            return Marked(data, said(came), said(came), before, before)
        return Marked(signed, said(came), said(leaves), before, hashlib.sha256(signed).digest())

    def _signed(
        self, tenant: Tenant, data: bytes, facts: Facts, came: Manifest | None
    ) -> tuple[bytes, Manifest]:
        media, credentials = _media(data), self.credentials(tenant)
        if media not in _MARKED:
            raise Unmarkable
        shown = data
        if _AI_GENERATED in facts.labels:
            shown = metadata.labelled(media, data) or data
        wanted = manifest.definition(
            facts.exchange,
            facts.model,
            facts.provider,
            edits=came is not None,
            labels=sorted(facts.labels),
        )
        parent = data if came is not None else None
        signed = manifest.sign(media.media_type, shown, wanted, credentials, parent)
        leaves = manifest.read(media.media_type, signed, credentials.root)
        if leaves is None or not leaves.trusted or leaves.exchange != facts.exchange:
            raise Unmarkable
        return signed, leaves


def said(found: Manifest | None) -> dict[str, Any]:
    """A manifest as a rights record tells it: labels and ids, nothing that somebody wrote."""
    if found is None:
        return {"c2pa": "none"}
    return {
        "c2pa": found.state,
        "manifest": found.label,
        "ours": found.trusted,
        "ingredients": list(found.ingredients),
    }


def _derived(secret: RootSecret, tenant: Tenant, year: int) -> Credentials:
    # Here, because making certificates is for media only.
    from gateway.rights.marks import chain  # noqa: PLC0415

    return chain.derived(secret, tenant, year)


def _media(data: bytes) -> Media | None:
    """What the bytes are; None for what bears no manifest, or is two things at once."""
    try:
        media = sniff(data)
    except Unreadable:
        return None
    return media
