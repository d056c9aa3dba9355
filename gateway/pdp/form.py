"""The form of a question: held to the published JSON Schema before any engine sees it.

An array that is a number, or an object that is a string, raises in one engine and has no
value in the other. So a question that does not fit is denied here, and both engines only
ever see typed documents. The sole importer of `jsonschema_rs`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import orjson

from gateway.core.decision import Decision, unavailable
from gateway.errors import ConfigurationError
from gateway.pdp.bundle import shipped_folder

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.core.identifiers import TenantId
    from gateway.pdp.cache import Engine

ENTRYPOINTS = {
    "request": "gateway/decision",
    "output": "gateway/output/decision",
    "admin": "gateway/admin/decision",
}
"""The entrypoint of each phase."""

MALFORMED = "input.malformed"
"""The code of a deny for a question that does not fit the schema."""

_VERSION = 2


class Forms:
    """The published schemas, ready to be asked."""

    def __init__(self, folder: Path | None = None) -> None:
        """Read the schemas in `folder`, or those that ship.

        Raises:
            ConfigurationError: one is missing or no schema.
        """
        root = folder or shipped_folder() / "schemas"
        try:
            self._validators = {
                entrypoint: jsonschema_rs.validator_for(
                    orjson.loads((root / f"{phase}.v{_VERSION}.json").read_bytes())
                )
                for phase, entrypoint in ENTRYPOINTS.items()
            }
        except (OSError, ValueError) as error:
            raise ConfigurationError(f"The schemas in {root} cannot be read.") from error

    def fits(self, entrypoint: str, policy_input: bytes) -> bool:
        """Whether the question is of the published form; an unknown entrypoint has none."""
        validator = self._validators.get(entrypoint)
        if validator is None:
            return False
        try:
            return bool(validator.is_valid(orjson.loads(policy_input)))
        except ValueError:
            return False


class FormedPdp:
    """An engine that is only asked questions of the published form.

    It stands behind the cache: what is remembered was of that form when it was asked.
    """

    def __init__(self, engine: Engine, forms: Forms) -> None:
        """Put `forms` before `engine`."""
        self._engine = engine
        self._forms = forms

    @property
    def revision(self) -> str:
        """The engine's revision."""
        return self._engine.revision

    @property
    def lifetime(self) -> float:
        """The engine's lifetime of an answer, in seconds."""
        return self._engine.lifetime

    def decide(self, tenant: TenantId, entrypoint: str, policy_input: bytes) -> Decision:
        """The decision; a deny ``input.malformed`` of the gateway's own when it does not fit."""
        if not self._forms.fits(entrypoint, policy_input):
            return unavailable(self.revision, MALFORMED)
        return self._engine.decide(tenant, entrypoint, policy_input)

    def ready(self) -> bool:
        """Whether the engine can decide."""
        return self._engine.ready()


@cache
def _examples(folder: Path) -> dict[str, bytes]:
    return {phase: (folder / f"{phase}.json").read_bytes() for phase in ENTRYPOINTS}


def examples() -> dict[str, dict[str, Any]]:
    """A complete question of each phase, as they ship; whoever asks may change them.

    Raises:
        ConfigurationError: one is not there.
    """
    folder = shipped_folder() / "schemas" / "examples"
    try:
        return {phase: orjson.loads(text) for phase, text in _examples(folder).items()}
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"The examples in {folder} cannot be read.") from error
