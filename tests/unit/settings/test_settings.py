"""One file, the environment on top, and no key that nobody knows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateway import settings
from gateway.errors import ConfigurationError

EXAMPLE = """
database: sqlite:///proviso.db
providers:
  openai:
    wire: openai
    base_url: https://api.openai.com/v1/
    api_key: "${KEY}"
    tier: openai/api-default
models:
  gpt-4o: {provider: openai, upstream: gpt-4o}
"""


def loaded(tmp_path: Path, text: str, **environment: str) -> settings.Settings:
    """The settings of a file with this text."""
    file = tmp_path / "proviso.yaml"
    file.write_text(text)
    return settings.load(file, environment)


class TestLoading:
    def test_the_example_of_the_issue(self, tmp_path: Path) -> None:
        """
        References are resolved, paths are relative to the file, addresses lose their last slash.
        """
        found = loaded(tmp_path, EXAMPLE, KEY="sk-1")
        model = found.catalogue().models["gpt-4o"]

        assert found.database == f"sqlite:///{tmp_path}/proviso.db"
        assert found.secret_file == tmp_path / "proviso.secret"
        assert model.provider.base_url == "https://api.openai.com/v1"
        assert model.provider.api_key == "sk-1"
        assert "sk-1" not in repr(found)
        assert "sk-1" not in repr(model)

    def test_the_environment_lies_on_top(self, tmp_path: Path) -> None:
        """
        A variable overrides the file, at any depth, with a value of the right type.
        """
        environment = {"PROVISO_SERVER__WORKERS": "3", "PROVISO_LIMITS__NESTING": "20"}
        found = loaded(tmp_path, EXAMPLE + "server: {workers: 2}\n", KEY="x", **environment)

        assert found.server.workers == 3
        assert found.limits.nesting == 20

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("modles: {}", "Did you mean models?"),
            ("providers: {p: {wire: openai, tier: t, base_ulr: x}}", "providers.p.base_url?"),
            ("server: {workers: lots}", "server.workers"),
            ("models: {m: {provider: nobody, upstream: x}}", "models.m.provider"),
            ("providers: {p: {wire: openai, tier: t, base_url: ftp://x}}", "http(s)"),
            ("server: {streams: 100, threads: 50}", "server.streams"),
            ("- a\n- b", "mapping"),
            ("limits: {nesting: 9}\nlimits: {nesting: 20}", "line 2: limits is set twice"),
            ("server: {workers: 1, workers: 2}", "workers is set twice"),
        ],
    )
    def test_mistakes_name_their_place(self, tmp_path: Path, text: str, words: str) -> None:
        """
        An unknown key or a bad value stops the start and says where, and what was meant.
        """
        with pytest.raises(ConfigurationError) as refusal:
            loaded(tmp_path, text)

        assert words in refusal.value.message

    def test_an_unknown_variable_is_a_mistake_too(self, tmp_path: Path) -> None:
        """
        A misspelt variable is a control that is not on.
        """
        with pytest.raises(ConfigurationError, match="srever"):
            loaded(tmp_path, EXAMPLE, KEY="x", PROVISO_SREVER__WORKERS="2")


class TestSchema:
    def test_the_schema_is_published(self) -> None:
        """
        The JSON Schema for editors is the one the settings are checked with.
        """
        folder = Path(settings.__file__).parents[1] / "docs" / "reference"

        assert json.loads((folder / "proviso.schema.json").read_text()) == settings.json_schema()
