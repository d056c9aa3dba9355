"""The sections about evidence: the log and its witnesses and receivers, sealing, marks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from gateway.sections import NAME, Seconds, Section


class WitnessSettings(Section):
    """Somebody outside who keeps this log's checkpoints, so that a rewritten history shows."""

    kind: Literal["file", "http", "rfc3161"]
    """`file` adds each checkpoint to a file, best on write-once storage or another machine's;
    `http` posts it to an address; `rfc3161` has it stamped by a time-stamp authority."""

    path: Path | None = None
    """The file, for `file`."""

    url: str = ""
    """The address, for `http` and `rfc3161`."""

    token: str = Field(default="", repr=False)
    """Bearer token for `http`; empty sends none."""

    key: str = ""
    """The verifier key of a witness that cosigns, for `http`: an answer without its signature
    then counts as a failure. Empty: any answer of success will do."""

    certificates: Path | None = None
    """PEM file with the roots, and intermediates, of the time-stamp authority, for `rfc3161`."""


class SinkSettings(Section):
    """A receiver that the decision log is sent to while the gateway runs: labels, no content."""

    kind: Literal["http", "file", "stdout"]
    """`http` posts to `url`, `file` adds to `path`, `stdout` writes to standard output."""
    format: Literal["jsonl", "opa", "ocsf", "otlp", "csv"] = "jsonl"
    """JSON lines, OPA's decision-log events (decisions only), OCSF 1.5 API Activity, OTLP/HTTP
    JSON logs, or CSV."""
    tenants: list[str] = Field(min_length=1)
    """Whose logs it is given, by short name. Nobody else's are."""
    url: str = ""
    """Where `http` posts to, such as `https://siem.example/v1/logs`."""
    token: str = Field(default="", repr=False)
    """Bearer token for `url`. Write `${VARIABLE}` rather than the token itself."""
    path: Path | None = None
    """The file that `file` adds to."""
    seconds: float = Field(default=15.0, gt=0, le=15)
    """How long `url` may take to answer. Past it the piece is sent again later."""


class SpoolSettings(Section):
    """A sealed file on this machine for entries that the database does not take."""

    directory: Path
    """A private folder on a disk that survives a restart; best not the database's."""
    key: str = Field(pattern=r"^[0-9a-fA-F]{64}$", repr=False)
    """32 bytes as hex, the same for every worker. Write `${VARIABLE}` rather than the key."""
    tenants: list[str] = Field(min_length=1)
    """Who has decided, by short name, that their requests go on meanwhile. Nobody else's do."""
    most_bytes: int = Field(default=256_000_000, ge=100_000)
    """What one worker's file may take; past it requests are refused."""
    remember_seconds: float = Field(default=900.0, ge=0, le=86_400)
    """For how long a worker goes on with what it last read of keys, people, terms and budgets when
    the database cannot be reached at all. 0: it refuses then. What was revoked a moment before
    the database went may still be taken for good for so long, if this worker had not heard."""


class AuditSettings(Section):
    """The decision log."""

    witnesses: dict[str, WitnessSettings] = {}  # noqa: RUF012 - copied for each section
    """Who is given each new checkpoint, by a name of yours. Every one gets every tenant's."""

    witness_seconds: Seconds = 60.0
    """How often witnesses are given what is new, and are tried again after a failure."""

    checkpoint_seconds: Seconds = 60.0
    """How often a signed checkpoint is written for each tenant whose log grew."""

    reconcile_seconds: Seconds = 30.0
    """How long a worker may be silent before the exchanges it left open are closed as failed."""

    sinks: dict[Annotated[str, Field(pattern=NAME)], SinkSettings] = {}  # noqa: RUF012 - copied
    """Receivers of the log, by a name of yours. Each goes on where it stopped, gets every entry
    at least once, and deduplicates by `id`. A new name starts at the beginning of the log."""

    spool: SpoolSettings | None = None
    """The degraded mode. Not set: what cannot be recorded is refused."""

    ship_seconds: Seconds = 5.0
    """How often the receivers are given what is new."""


class KmsSettings(Section):
    """A KMS with the Transit API of HashiCorp Vault or OpenBao."""

    url: str = Field(pattern=r"^https?://")
    key: str = Field(pattern=NAME)
    """The transit key's name there; of an AEAD kind such as `aes256-gcm96`."""
    token: str = Field(default="", repr=False)
    """Our token there. Write `${VARIABLE}` rather than the token itself."""


class SealingSettings(Section):
    """The master key of kept content, in one of three places. Without one nothing can be kept."""

    master_keys: list[str] = Field(default=[], repr=False)
    """32 bytes as hex each, newest first: the first seals, the others only open. Write
    `${VARIABLE}` rather than the key itself."""

    master_key_file: Path | None = None
    """A file of them, one a line, newest first, readable by its owner only."""

    kms: KmsSettings | None = None
    """A KMS that holds the key, so that it is never here."""


class MarkingSettings(Section):
    """Certificates that one tenant's generated media are marked with (C2PA)."""

    certificates_file: Path
    """The chain as PEM: the signing certificate first, the root last. The signing one needs the
    key usage digitalSignature and an extended one that C2PA allows, such as emailProtection."""

    key_file: Path
    """The signing certificate's private key as PEM (PKCS #8), readable by its owner only."""

    algorithm: Literal["es256", "ps256", "ed25519"] = "es256"
    """What the key signs with."""
