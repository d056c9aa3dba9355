"""One request and its output: the unit that is judged and logged."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from gateway.core.values import StrEnum, dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from gateway.core.clock import Deadline
    from gateway.core.content import DataClass
    from gateway.core.principal import Principal
    from gateway.core.stored import Stored


class Kind(StrEnum):
    """What is generated."""

    CHAT = "chat"
    RESPONSES = "responses"
    COMPLETION = "completion"
    EMBEDDING = "embedding"
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    MODERATION = "moderation"


class OutcomeStatus(StrEnum):
    """How an exchange ended. Every decision has exactly one outcome."""

    COMPLETED = "completed"
    DENIED = "denied"
    WITHHELD = "withheld"
    ABANDONED = "abandoned"
    """The caller went away before the end."""

    FAILED = "failed"
    """The provider, or we, could not finish; the code says which."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One admitted, authenticated request."""

    id: str
    principal: Principal
    kind: Kind
    model: str
    """The alias the caller asked for."""

    body: dict[str, Any]
    """The request in its own shape, parsed, within the limits of admission."""

    stream: bool
    received_at: datetime
    deadline: Deadline
    size: int
    """Bytes of the request body as received."""

    digest: bytes = b""
    """A digest of the body as received, keyed for this process: the same body is noticed."""

    signed: bool = False
    """Whether the caller has signed the body (RFC 9421), so that it must not be rewritten."""

    declared_class: DataClass | None = None
    """What the caller says the data is. Can only raise the class (promise P3)."""

    purpose: str = ""
    """The purpose the caller names; empty for the tenant's default. What it may mean is decided by
    the register and the caller's groups, never by the caller (promise P3)."""

    language: str = "en"

    shape: str = "chat"
    """The API it came by: a name in `gateway.shapes.registry`."""

    passed_on: Mapping[str, str] = field(default_factory=dict)
    """Headers that the API's own rules want to reach a provider that speaks it, unchanged."""

    groups: Mapping[str, str] = field(default_factory=dict)
    """What the client says this belongs together with: its ``session`` and ``agent``. Groups
    entries of the log, and is nobody's identity (promise P3)."""

    job: str = ""
    """What the provider calls the job that this is about. It stands in no body, so that it is
    neither kept nor told."""

    earlier: Stored | None = None
    """What the provider keeps, of the caller's, that this is about or goes on with."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens, as the provider counted them; zero when it did not say."""

    input_tokens: int = 0
    output_tokens: int = 0


@dataclass(slots=True)
class Outcome:
    """How an exchange ended, gathered while it runs and recorded once."""

    status: OutcomeStatus = OutcomeStatus.FAILED
    code: str = "exchange.unfinished"
    """A stable dotted code; ``ok`` when completed."""

    rules: tuple[str, ...] = ()
    """The rules that withheld the output, sorted; empty when none did."""

    usage: Usage = field(default_factory=Usage)
    fulfilled: list[str] = field(default_factory=list)
    """Obligation types carried out, in order."""

    replaced: dict[str, int] = field(default_factory=dict)
    """How many distinct values of each type left as placeholders."""

    output_findings: dict[str, int] = field(default_factory=dict)
    output_digest: str = ""
    """Keyed digest of the model's text before anything was restored."""

    delivered_digest: str = ""
    """Keyed digest of the text as released."""

    labels: tuple[str, ...] = ()
    """What the output was labelled as, sorted."""

    advice: tuple[str, ...] = ()
    """Codes of what the caller was told about the output, sorted."""

    outputs: tuple[Any, ...] = ()
    """The parts of the output as a rights record names them (`gateway.rights.likeness.Output`)."""

    marks_in: list[dict[str, Any]] = field(default_factory=list)
    """The machine-readable marks that media came with from the provider, piece by piece."""

    marks_out: list[dict[str, Any]] = field(default_factory=list)
    """Those they left with."""

    rights: dict[str, Any] = field(default_factory=dict)
    """The rights record; empty where none was owed."""

    media: list[dict[str, Any]] = field(default_factory=list)
    """What was generated that is no text, piece by piece: its type, size and SHA-256 digests."""

    cached: bool = False
    """Whether the answer was known, so that no provider was asked."""

    unknown_placeholders: int = 0
    provider_request_id: str = ""
    provider_status: int = 0
    output_revision: str = ""
    """The policy revision that judged the output."""
