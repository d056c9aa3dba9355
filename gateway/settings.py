"""Every setting, typed, and documented where it stands; the sole reader of the environment.

One YAML file, ``${VAR}`` references in its values, and ``PROVISO_…`` variables on
top. The docstring under a field is its manual: docs/reference/settings.md and
docs/reference/proviso.schema.json are generated from here. A key nobody knows
stops the start, because a misspelt compliance setting is a control that is not on.
"""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gateway.core.catalogue import Catalogue, ModelEntry, Price, ProviderEntry, Wire
from gateway.errors import ConfigurationError
from gateway.settings_file import explain, overlay, read, resolved

if TYPE_CHECKING:
    from collections.abc import Mapping

ENVIRONMENT_PREFIX = "PROVISO_"
CONFIG_VARIABLE = "PROVISO_CONFIG"
"""Names the YAML file when ``--config`` does not; not a setting itself."""

_NAME = r"^[a-z0-9][a-z0-9._/-]{0,99}$"

Seconds = Annotated[float, Field(gt=0, le=86_400)]


class Section(BaseModel):
    """Base of every section: unknown keys are errors, values do not change after the start."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class ProviderSettings(Section):
    """One upstream that runs models."""

    wire: Wire
    """The API shape it speaks: `openai`, `anthropic`, or `echo` (answers from this process, for
    demonstrations and tests)."""

    base_url: str = ""
    """Where it is. For `openai` with its version path (`https://api.openai.com/v1`), for
    `anthropic` without (`https://api.anthropic.com`). The host is thereby on the egress
    allow-list; no other host is ever called."""

    api_key: str = Field(default="", repr=False)
    """Our credential there. Write `${VARIABLE}` rather than the key itself."""

    tier: str = Field(pattern=_NAME)
    """The contract it runs under: a tier of the terms registry (`proviso terms list`)."""

    region: Literal["eu", "eea", "uk", "us", "ch", "global", "own", "unknown"] = "unknown"
    """Where it processes content. `own` is your own machines, `global` anywhere."""

    transfer: Literal["none_needed", "adequacy", "dpf", "scc", "derogation", "none", "unknown"] = (
        "unknown"
    )
    """On what a transfer of personal data to there rests (GDPR Art. 44 to 49)."""

    self_hosted: bool = False
    """Whether it runs on your own machines, so that nothing leaves them."""

    mitigations: list[str] = []
    """The provider's safeguards that are on, such as `content_filter` or `citation`; a provider's
    indemnity may depend on them (rule OR-04)."""


class PriceSettings(Section):
    """What a model costs, for budgets: whole cents of one currency per million tokens."""

    input: int = Field(default=0, ge=0, le=10_000_000)
    """Cents per million tokens sent."""

    output: int = Field(default=0, ge=0, le=10_000_000)
    """Cents per million tokens answered."""


class ModelSettings(Section):
    """One model under the name your people will use."""

    provider: str
    """A key of `providers`."""

    upstream: str
    """The provider's own name for the model."""

    groups: list[str] = []
    """Groups whose members may use it; empty means everybody."""

    tenants: list[str] = []
    """Tenants that may use it; empty means all."""

    stage: Literal["ga", "preview", "beta"] = "ga"
    """How finished the model is. Terms for previews are often weaker."""

    routes_to: list[str] = []
    """Other models to try, in order, when policy says that this one's terms, region or cost do
    not do for a request, and that another destination may. Empty: such a request is refused."""
    price: PriceSettings = PriceSettings()
    """What it costs. Without it the model draws on no budget."""


class LimitSettings(Section):
    """Bounds on one request (promise P10). Past one of them: a clear error, and nothing lost."""

    body_bytes: int = Field(default=10_000_000, ge=1_000, le=100_000_000)
    """Largest request body, in bytes."""

    nesting: int = Field(default=64, ge=8, le=100)
    """Deepest nesting of arrays and objects in a request."""

    text_fields: int = Field(default=20_000, ge=10)
    """Most text fields in one request."""

    stream_seconds: Seconds = 1_800.0
    """Longest stream, from request to last byte."""

    answer_bytes: int = Field(default=50_000_000, ge=10_000)
    """Largest answer accepted from a provider, in bytes; for a stream, the sum of its events."""


class TimeoutSettings(Section):
    """How long the gateway waits for others, in seconds."""

    connect: Seconds = 5.0
    """For a connection to a provider."""

    first_byte: Seconds = 120.0
    """For the first byte of a provider's answer, and between two pieces of a stream."""

    total: Seconds = 600.0
    """For a whole plain answer."""

    decision: Seconds = 2.0
    """For one policy decision. Past it the answer is deny."""

    record: Seconds = 10.0
    """For an entry to become durable. Past it nothing is sent or released."""


class ServerSettings(Section):
    """The HTTP server."""

    workers: int = Field(default=1, ge=1, le=64)
    """Worker processes. One per core is plenty."""

    threads: int = Field(default=1_100, ge=4, le=4_096)
    """Threads per worker: one per request in progress, streams included."""

    streams: int = Field(default=1_024, ge=1, le=4_096)
    """Streams in progress per worker before the next one gets 503 with Retry-After. Must be
    less than `threads`, so that plain requests and health checks are still answered."""

    public_url: str = "http://127.0.0.1:8080"
    """The address people see; used in links and as the base of the sign-in redirect."""

    metrics_token: str = Field(default="", repr=False)
    """Bearer token that `/metrics` asks for. Empty: only this machine's own loopback address may
    read it."""


class PolicySettings(Section):
    """Where decisions are made."""

    engine: Literal["embedded", "opa"] = "embedded"
    """`embedded` evaluates in this process; `opa` asks an OPA server."""

    directory: Path | None = None
    """A folder of Rego to run instead of the one shipped with the gateway."""

    opa_url: str = "http://127.0.0.1:8181"
    """The OPA server, when `engine` is `opa`."""

    cache_entries: int = Field(default=20_000, ge=0)
    """Decisions remembered per worker. Decisions are pure, so equal input means equal answer."""


class TermsSettings(Section):
    """The registry of providers' terms."""

    directory: Path | None = None
    """A folder with a signed edition of the base facts, instead of the one shipped with the
    gateway (`proviso terms sign`). It is looked at every half minute."""

    trusted_keys: dict[str, str] = {}
    """Public keys that may sign an edition, by key id, besides the shipped one: 32 bytes as
    base64, as `proviso terms sign` prints them."""


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


class AuditSettings(Section):
    """The decision log."""

    checkpoint_seconds: Seconds = 60.0
    """How often a signed checkpoint is written for each tenant whose log grew."""

    reconcile_seconds: Seconds = 30.0
    """How long a worker may be silent before the exchanges it left open are closed as failed."""

    sinks: dict[Annotated[str, Field(pattern=_NAME)], SinkSettings] = {}
    """Receivers of the log, by a name of yours. Each goes on where it stopped, gets every entry
    at least once, and deduplicates by `id`. A new name starts at the beginning of the log."""

    ship_seconds: Seconds = 5.0
    """How often the receivers are given what is new."""


class SignInSettings(Section):
    """Sign-in with one tenant's identity provider (OpenID Connect)."""

    issuer: str
    """The provider's issuer URL; its metadata is read from `/.well-known/openid-configuration`."""

    client_id: str
    """This gateway's client id there."""

    client_secret: str = Field(default="", repr=False)
    """This gateway's client secret there; empty for a public client."""

    audience: str = ""
    """What access tokens must name as audience to be accepted on the API; empty means
    `client_id`."""

    groups_claim: str = "groups"
    """The claim that lists a person's groups."""

    role_groups: dict[str, list[str]] = {}
    """Which groups give which role, such as `privacy_officer: [privacy]`. Everybody who signs in
    is an `employee`."""

    scopes: list[str] = ["openid", "profile", "email", "groups"]
    """Scopes asked for at sign-in."""

    algorithms: list[str] = ["RS256", "ES256", "PS256", "Ed25519", "EdDSA"]
    """Signature algorithms accepted in tokens. Symmetric ones and `none` are refused always."""

    hosts: list[str] = []
    """Further hosts its metadata may send this gateway to, besides the issuer's own. Google
    needs `[oauth2.googleapis.com, www.googleapis.com, openidconnect.googleapis.com]`."""

    trust_email: bool = False
    """Whether addresses count as verified without the claim `email_verified`. Only for a provider
    that lets nobody choose their own address, such as a company's own directory."""


class Settings(Section):
    """The whole configuration file."""

    database: str = "sqlite:///proviso.db"
    """SQLAlchemy URL: `sqlite:///file.db` or `postgresql+psycopg://…`."""

    secret_file: Path = Path("proviso.secret")
    """The root secret of this installation: 32 random bytes as hex, readable by its owner only.
    `proviso db upgrade` makes it when it is missing. Keys, pseudonyms and checkpoint signatures
    derive from it: keep it out of the database's backups, and keep it."""

    providers: dict[str, ProviderSettings] = {}
    """Upstreams, by a name of yours."""

    models: dict[str, ModelSettings] = {}
    """Models, by the alias your people will use."""

    sign_in: dict[str, SignInSettings] = {}
    """Identity providers, by tenant slug."""

    server: ServerSettings = ServerSettings()
    limits: LimitSettings = LimitSettings()
    timeouts: TimeoutSettings = TimeoutSettings()
    policy: PolicySettings = PolicySettings()
    terms: TermsSettings = TermsSettings()
    audit: AuditSettings = AuditSettings()

    def catalogue(self) -> Catalogue:
        """The configured models as core values."""
        providers = {
            name: ProviderEntry(
                name,
                item.wire,
                item.base_url.rstrip("/"),
                item.tier,
                item.api_key,
                item.region,
                item.transfer,
                item.self_hosted,
                frozenset(item.mitigations),
            )
            for name, item in self.providers.items()
        }
        return Catalogue(
            {
                alias: ModelEntry(
                    alias=alias,
                    provider=providers[item.provider],
                    upstream=item.upstream,
                    allowed_groups=frozenset(item.groups),
                    allowed_tenants=frozenset(item.tenants),
                    stage=item.stage,
                    routes_to=tuple(item.routes_to),
                    price=Price(item.price.input, item.price.output),
                )
                for alias, item in self.models.items()
            }
        )


def load(path: Path | None, environment: Mapping[str, str] | None = None) -> Settings:
    """Read the configuration.

    `path` is the YAML file, or None for the defaults plus the environment. Relative paths in
    the file are relative to the file.

    Raises:
        ConfigurationError: the file cannot be read, names an unknown key, refers to a variable
            that is not set, or holds a value out of bounds; the message names the key's path.
    """
    env = os.environ if environment is None else environment
    document = read(path) if path else {}
    document = resolved(document, env)
    overlay(document, _settings_in(env), ENVIRONMENT_PREFIX)
    try:
        settings = Settings.model_validate(document)
    except ValidationError as error:
        raise ConfigurationError(explain(error, Settings.model_json_schema())) from error
    _check_references(settings)
    return _anchored(settings, path.resolve().parent if path else Path.cwd())


def config_path(option: str | None, environment: Mapping[str, str] | None = None) -> Path | None:
    """The configuration file: ``--config``, else ``PROVISO_CONFIG``, else ``proviso.yaml`` here."""
    env = os.environ if environment is None else environment
    named = option or env.get(CONFIG_VARIABLE)
    if named:
        return Path(named)
    return Path("proviso.yaml") if Path("proviso.yaml").exists() else None


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the configuration file, for editors."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Settings.model_json_schema(),
    }


def _settings_in(env: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in env.items()
        if name.startswith(ENVIRONMENT_PREFIX) and name != CONFIG_VARIABLE
    }


def _check_references(settings: Settings) -> None:
    for alias, model in settings.models.items():
        if model.provider not in settings.providers:
            near = difflib.get_close_matches(model.provider, settings.providers, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise ConfigurationError(
                f"models.{alias}.provider names {model.provider!r}, "
                f"which is not in providers.{hint}"
            )
        for other in model.routes_to:
            if other not in settings.models:
                raise ConfigurationError(
                    f"models.{alias}.routes_to names {other!r}, which is not in models."
                )
    for name, provider in settings.providers.items():
        if provider.wire is not Wire.ECHO and not provider.base_url.startswith(
            ("https://", "http://")
        ):
            raise ConfigurationError(f"providers.{name}.base_url must be an http(s) address.")
    if settings.server.streams >= settings.server.threads:
        raise ConfigurationError("server.streams must be less than server.threads.")


def _anchored(settings: Settings, folder: Path) -> Settings:
    """Paths in the file are relative to the file, wherever the command is started."""
    changes: dict[str, Any] = {"secret_file": folder / settings.secret_file}
    prefix = "sqlite:///"
    if settings.database.startswith(prefix) and not settings.database.startswith("sqlite:////"):
        name = settings.database.removeprefix(prefix)
        if name and not name.startswith(":memory:"):
            changes["database"] = f"{prefix}{folder / name}"
    for name in ("policy", "terms"):
        section = getattr(settings, name)
        if section.directory:
            changes[name] = section.model_copy(update={"directory": folder / section.directory})
    sinks = {
        name: item.model_copy(update={"path": folder / item.path}) if item.path else item
        for name, item in settings.audit.sinks.items()
    }
    changes["audit"] = settings.audit.model_copy(update={"sinks": sinks})
    return settings.model_copy(update=changes)
