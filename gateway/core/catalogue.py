"""What can be asked for: providers, the tiers they run under, and models."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from gateway.core.values import StrEnum, dataclass

if TYPE_CHECKING:
    from pathlib import Path


class Wire(StrEnum):
    """The API shape a provider speaks."""

    OPENAI = "openai"
    AZURE = "azure"
    ANTHROPIC = "anthropic"
    GEMINI = "gemini"
    VERTEX = "vertex"
    BEDROCK = "bedrock"
    MISTRAL = "mistral"
    COHERE = "cohere"
    ECHO = "echo"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address of a provider, and our credential there."""

    base_url: str
    api_key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class AwsKeys:
    """An AWS access key; requests are signed with it (Signature Version 4)."""

    access_key_id: str = ""
    secret_access_key: str = field(default="", repr=False)
    session_token: str = field(default="", repr=False)
    region: str = ""
    """The region that a signature names, such as ``eu-central-1``."""


@dataclass(frozen=True, slots=True)
class Cloud:
    """What a wire asks for besides an address and a key."""

    api_version: str = ""
    """Azure: the edition of the API that requests are written for."""

    bearer: bool = False
    """Azure: whether the key is a token of Entra ID rather than a key of the resource."""

    project: str = ""
    """Vertex AI: the project that is billed."""

    location: str = ""
    """Vertex AI: where it runs, such as ``europe-west4``."""

    credentials_file: Path | None = None
    """Vertex AI: a service account's key."""

    aws: AwsKeys = AwsKeys()


@dataclass(frozen=True, slots=True)
class Patience:
    """What is done when a provider fails, before the failure is passed on."""

    retries: int = 1
    """How often a call may be sent again, when the provider said or showed it did nothing."""

    wait_seconds: float = 1.0
    """The longest wait before one of them."""

    failures: int = 5
    """Failures in a row after which nothing is sent for a while; 0: never."""

    rest_seconds: float = 30.0
    """For how long."""


@dataclass(frozen=True, slots=True)
class ProviderEntry:
    """One configured upstream."""

    name: str
    wire: Wire
    base_url: str
    tier: str
    """The contract it runs under: a key of the terms registry, such as ``openai/api-default``."""

    api_key: str = ""
    """Never logged, never in `repr`."""

    region: str = "unknown"
    """Where it processes content, such as ``eu`` or ``global``."""

    transfer: str = "unknown"
    """On what a transfer to there rests (GDPR Art. 44 to 49), such as ``adequacy`` or ``scc``."""

    self_hosted: bool = False
    """Whether it runs on the tenants' own machines."""

    mitigations: frozenset[str] = frozenset()
    """The provider's safeguards that are on, such as ``content_filter``."""

    replicas: tuple[Endpoint, ...] = ()
    """Further addresses or keys of the same contract, region and models; calls are spread."""

    cloud: Cloud = Cloud()
    patience: Patience = Patience()

    def __repr__(self) -> str:
        return f"ProviderEntry(name={self.name!r}, wire={self.wire!r}, tier={self.tier!r})"


@dataclass(frozen=True, slots=True)
class Price:
    """What a model costs, in whole cents per million tokens. Zero: nothing, or not known."""

    input: int = 0
    output: int = 0


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A model under the name callers use (the alias), and where it really runs."""

    alias: str
    provider: ProviderEntry
    upstream: str
    """The provider's own name for the model."""

    allowed_groups: frozenset[str] = frozenset()
    """Groups that may use it; empty means everybody in the tenant."""

    allowed_tenants: frozenset[str] = frozenset()
    """Tenant slugs that may use it; empty means every tenant."""

    stage: str = "ga"
    """How finished it is: ``ga``, ``preview`` or ``beta``."""

    routes_to: tuple[str, ...] = ()
    """Aliases to try in order when policy says that another destination may do."""

    price: Price = Price()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every configured model, by alias."""

    models: dict[str, ModelEntry]

    def find(self, alias: str) -> ModelEntry | None:
        """The model of that alias, or None: an unknown model is input to policy, not an error."""
        return self.models.get(alias)

    def visible_to(self, tenant_slug: str, groups: frozenset[str]) -> list[ModelEntry]:
        """The models a member of `tenant_slug` in `groups` may use, by alias."""
        return [
            model for _, model in sorted(self.models.items()) if may_use(model, tenant_slug, groups)
        ]


def may_use(model: ModelEntry, tenant_slug: str, groups: frozenset[str]) -> bool:
    """Whether the catalogue lets this tenant and these groups use `model`."""
    tenant_ok = not model.allowed_tenants or tenant_slug in model.allowed_tenants
    return tenant_ok and (not model.allowed_groups or not model.allowed_groups.isdisjoint(groups))
