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
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from gateway.core.catalogue import Catalogue, ModelEntry, Price
from gateway.errors import ConfigurationError
from gateway.provider_settings import check_provider, provider_entry
from gateway.sections import (
    AnswerCacheSettings,
    AuditSettings,
    DeepSettings,
    LimitSettings,
    ModelSettings,
    PolicySettings,
    ProviderSettings,
    SealingSettings,
    Section,
    ServerSettings,
    SignInSettings,
    TermsSettings,
    TimeoutSettings,
)
from gateway.settings_file import anchored, explain, overlay, read, resolved

if TYPE_CHECKING:
    from collections.abc import Mapping

ENVIRONMENT_PREFIX = "PROVISO_"
CONFIG_VARIABLE = "PROVISO_CONFIG"
"""Names the YAML file when ``--config`` does not; not a setting itself."""


class Settings(Section):
    """The whole configuration file."""

    database: str = "sqlite:///proviso.db"
    """SQLAlchemy URL: `sqlite:///file.db` or `postgresql+psycopg://…`."""

    secret_file: Path = Path("proviso.secret")
    """The root secret of this installation: 32 random bytes as hex, readable by its owner only.
    `proviso db upgrade` makes it when it is missing. Keys, pseudonyms and checkpoint signatures
    derive from it: keep it out of the database's backups, and keep it."""

    providers: dict[str, ProviderSettings] = {}  # noqa: RUF012 - copied by pydantic
    """Upstreams, by a name of yours."""

    models: dict[str, ModelSettings] = {}  # noqa: RUF012 - copied by pydantic
    """Models, by the alias your people will use."""

    sign_in: dict[str, SignInSettings] = {}  # noqa: RUF012 - copied by pydantic
    """Identity providers, by tenant slug."""

    kingfisher_cache: Path | None = None
    """Set: secrets are looked for by Kingfisher too; its rules are kept in this private folder."""

    server: ServerSettings = ServerSettings()
    limits: LimitSettings = LimitSettings()
    timeouts: TimeoutSettings = TimeoutSettings()
    policy: PolicySettings = PolicySettings()
    terms: TermsSettings = TermsSettings()
    audit: AuditSettings = AuditSettings()
    answer_cache: AnswerCacheSettings = AnswerCacheSettings()
    sealing: SealingSettings = SealingSettings()
    deep: DeepSettings = DeepSettings()

    def catalogue(self) -> Catalogue:
        """The configured models as core values."""
        providers = {name: provider_entry(name, item) for name, item in self.providers.items()}
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
    return anchored(settings, path.resolve().parent if path else Path.cwd())


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
        check_provider(name, provider)
    if settings.server.streams >= settings.server.threads:
        raise ConfigurationError("server.streams must be less than server.threads.")
