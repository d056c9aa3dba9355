"""A model whose provider cannot be asked in an API: another one is, or the refusal says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.factories import UPSTREAM_KEY, an_installation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.factories import Installation
    from tests.simulators.upstream import Upstream


@pytest.fixture
def mixed(tmp_path: Path, upstream: Upstream) -> Iterator[Installation]:
    """Two models on a provider that only chats; one of them has another way to go."""
    where = {"region": "eu", "transfer": "none_needed", "tier": "openai/api-default"}
    able = {**where, "wire": "openai", "base_url": upstream.base_url, "api_key": UPSTREAM_KEY}
    base = upstream.base_url.removesuffix("/v1")
    chats = {**where, "wire": "anthropic", "base_url": base, "api_key": UPSTREAM_KEY}
    models: dict[str, Any] = {
        "able": {"provider": "able", "upstream": "echo"},
        "alone": {"provider": "chats", "upstream": "echo"},
        "routed": {"provider": "chats", "upstream": "echo", "routes_to": ["able"]},
    }
    providers = {"able": able, "chats": chats}
    made = an_installation(tmp_path, upstream.base_url, providers=providers, models=models)
    yield made
    made.close()


def embed(made: Installation, model: str) -> Any:
    """The answer to a request for vectors."""
    headers = {"Authorization": f"Bearer {made.key_for()}"}
    body = {"model": model, "input": "hello"}
    return made.client.post("/v1/embeddings", headers=headers, json=body)


class TestFallback:
    def test_another_model_is_asked(self, mixed: Installation) -> None:
        """
        The one under routes_to answers, and the answer says which was passed over.
        """
        answer = embed(mixed, "routed")

        assert answer.status_code == 200
        assert answer.headers["x-proviso-model"] == "able/echo"
        assert answer.headers["x-proviso-passed-over"] == "routed"
        assert answer.json["model"] == "routed"

    def test_without_one_it_is_refused_before_anything_is_permitted(
        self, mixed: Installation, upstream: Upstream
    ) -> None:
        """
        The record says deny, with the reason; nothing was sent.
        """
        before = upstream.count
        answer = embed(mixed, "alone")
        decision, outcome = mixed.entries()

        assert answer.status_code == 403
        assert answer.json["error"]["code"] == "model.api"
        assert "embeddings" in answer.json["error"]["message"]
        assert (decision["effect"], outcome["status"]) == ("deny", "denied")
        assert upstream.count == before


class TestFilms:
    def test_whoever_began_it_is_asked_for_it(self, mixed: Installation) -> None:
        """
        Its state, its bytes and its end are where it is made, whatever model was asked for.
        """
        headers = {"Authorization": f"Bearer {mixed.key_for()}"}
        asked = {"model": "routed", "prompt": "A kite over a beach"}
        begun = mixed.client.post("/v1/videos", headers=headers, json=asked)
        film = f"/v1/videos/{begun.json['id']}"
        answers = [
            mixed.client.get(film, headers=headers),
            mixed.client.get(f"{film}/content", headers=headers),
            mixed.client.delete(film, headers=headers),
        ]

        assert begun.headers["x-proviso-passed-over"] == "routed"
        assert [answer.status_code for answer in answers] == [200, 200, 200]
