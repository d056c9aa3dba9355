"""The sections of the configuration; the docstring under a field is its manual."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from gateway.core.catalogue import Wire

NAME = r"^[a-z0-9][a-z0-9._/-]{0,99}$"
Seconds = Annotated[float, Field(gt=0, le=86_400)]


class Section(BaseModel):
    """Base of every section: unknown keys are errors, values do not change after the start."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class ReplicaSettings(Section):
    """One more address or key of the same provider."""

    base_url: str = ""
    """Where it is; empty for the provider's own `base_url`."""

    api_key: str = Field(default="", repr=False)
    """Our credential there. Write `${VARIABLE}` rather than the key itself."""


class AwsSettings(Section):
    """An AWS access key that may call `bedrock:InvokeModel` and its streaming form."""

    access_key_id: str = Field(min_length=1)
    """The key's id, such as `AKIA…`."""

    secret_access_key: str = Field(min_length=1, repr=False)
    """The key. Write `${VARIABLE}` rather than the key itself."""

    session_token: str = Field(default="", repr=False)
    """The token that goes with a temporary key."""

    region: str = Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")
    """The AWS region, such as `eu-central-1`."""


class PatienceSettings(Section):
    """What is done when a provider fails, before the failure is passed on to the caller."""

    retries: int = Field(default=1, ge=0, le=5)
    """How often a call may be sent again. Only a call that reached nobody, or that the provider
    turned away (429, 503 or 529), is sent again; a generation is never paid twice."""

    wait_seconds: float = Field(default=1.0, ge=0, le=60)
    """The longest wait before sending again. A provider that asks for more (`retry-after`) is not
    waited for: its answer goes back to the caller, who knows better what to do."""

    failures: int = Field(default=5, ge=0, le=1_000)
    """Failures in a row after which an address is left alone; calls then fail at once, or go to
    another address or model. 0: never."""

    rest_seconds: Seconds = 30.0
    """For how long. Then one call tries; when it is answered, all may."""


class ProviderSettings(Section):
    """One upstream that runs models."""

    wire: Wire
    """The API it speaks: `openai` (also vLLM, Ollama, llama.cpp and other servers of that API),
    `azure`, `anthropic`, `gemini`, `vertex`, `bedrock`, `mistral`, `cohere`, or `echo` (answers
    from this process, for demonstrations and tests). docs/reference/providers.md says what each
    can carry."""

    base_url: str = ""
    """Where it is. For `openai` with its version path (`https://api.openai.com/v1`), for all
    others without (`https://api.anthropic.com`, `https://NAME.openai.azure.com`,
    `https://europe-west4-aiplatform.googleapis.com`,
    `https://bedrock-runtime.eu-central-1.amazonaws.com`). The host is thereby on the egress
    allow-list; no other host is ever called."""

    api_key: str = Field(default="", repr=False)
    """Our credential there. Write `${VARIABLE}` rather than the key itself."""

    replicas: list[ReplicaSettings] = []
    """Further addresses or keys under the same contract, in the same region, with the same
    models. Each call goes to the one with the fewest calls in progress."""

    api_version: str = Field(default="", pattern=r"^(\d{4}-\d{2}-\d{2}(-preview)?)?$")
    """`azure`: the API's edition, such as `2024-10-21`. The model's `upstream` is the name of the
    deployment."""

    credential: Literal["key", "bearer"] = "key"
    """`azure`: whether `api_key` is a key of the resource or a token of Entra ID."""

    project: str = Field(default="", pattern=r"^[a-z0-9:.-]{0,64}$")
    """`vertex`: the project that is billed."""

    location: str = Field(default="", pattern=r"^[a-z0-9-]{0,40}$")
    """`vertex`: where it runs, such as `europe-west4`; must fit `base_url`."""

    credentials_file: Path | None = None
    """`vertex`: a service account's key, as Google's console gives it (JSON)."""

    aws: AwsSettings | None = None
    """`bedrock`: the key that signs requests."""

    patience: PatienceSettings = PatienceSettings()

    tier: str = Field(pattern=NAME)
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

    form_bytes: int = Field(default=30_000_000, ge=1_000, le=500_000_000)
    """Largest form with files (pictures, recordings), in bytes."""

    nesting: int = Field(default=64, ge=8, le=100)
    """Deepest nesting of arrays and objects in a request."""

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

    silence: Seconds = 15.0
    """How long a stream may say nothing before the caller is sent a sign of life, as long as the
    provider may still be waited for. Clients hang up on a connection that is silent for minutes."""

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

    cache_bytes: int = Field(default=64 * 1024 * 1024, ge=0)
    """Memory the remembered decisions of one worker may take, in bytes."""

    reload_seconds: float = Field(default=10.0, ge=0, le=86_400)
    """How often the folder of policies is looked at. What changed is examined in a process of its
    own, and comes into force without a pause when it is sound. 0: only at the start."""

    stuck_seconds: float = Field(default=30.0, ge=0, le=86_400)
    """How long a worker may show no sign of life before it is ended and replaced: a policy that
    never returns stops everything in its worker. 0: never. Set 0 under a debugger."""


class AnswerCacheSettings(Section):
    """Answers given again to exactly the same request. Off for every tenant that is not named.

    The policy is asked again each time, before and after; only the call is saved. Answers are
    kept in memory, before anything is restored in them, and never for streams or media.
    """

    tenants: list[str] = []
    """Slugs of the tenants that want it."""

    seconds: Seconds = 300.0
    """For how long an answer is given again."""

    bytes: int = Field(default=50_000_000, ge=10_000)
    """Most memory for answers in one worker; the longest unused go first."""


class TermsSettings(Section):
    """The registry of providers' terms."""

    directory: Path | None = None
    """A folder with a signed edition of the base facts, instead of the one shipped with the
    gateway (`proviso terms sign`). It is looked at every half minute."""

    trusted_keys: dict[str, str] = {}
    """Public keys that may sign an edition, by key id, besides the shipped one: 32 bytes as
    base64, as `proviso terms sign` prints them."""


class DeepSettings(Section):
    """A slower detector of names, asked about sentences of which the built-in tagger is unsure."""

    detector: Literal["off", "spacy", "http"] = "off"
    """`spacy`: a spaCy pipeline in this process (extra `spacy`). `http`: a server with the API of
    Presidio Analyzer; the sentences go there as they are."""

    model: str = "en_core_web_md"
    """For `spacy`: the name of an installed model, or its folder."""

    url: str = Field(default="", pattern=r"^(?:https?://.+)?$")
    """For `http`: the server's address, without `/analyze`."""

    token: str = Field(default="", repr=False)
    """For `http`: sent as a bearer token when set. Write `${VARIABLE}` rather than the token."""

    language: str = Field(default="en", pattern=r"^[a-z]{2}$")
    """For `http`: the language its models are for."""

    unsure_from: float = Field(default=0.25, ge=0, le=1)
    """The tagger is unsure of a word that is part of a name with at least this confidence."""

    unsure_to: float = Field(default=0.7, ge=0, le=1)
    """And at most this."""

    seconds: Seconds = 1.0
    """Time for all texts of one request together."""

    on_failure: Literal["refuse", "go_on"] = "refuse"
    """When it fails or takes longer. `refuse`: the finding `detector.failed`, which policy refuses.
    `go_on`: the finding `detector.skipped`, which policy and the log see, and no more."""


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
