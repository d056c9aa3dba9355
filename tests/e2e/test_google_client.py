"""An unmodified Google Gen AI client: only its base URL and its key are changed."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

import pytest
from google import genai
from google.genai import errors, types

from tests.e2e.conftest import Company, openai_shaped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.simulators.upstream import Upstream

pytestmark = pytest.mark.e2e
MAIL = "jane.doe@customer.example"


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory, upstream: Upstream) -> Iterator[Any]:
    """A real server with a key in it; one alias holds a slash.

    Its provider speaks chat; of models that begin with ``own``, Google's own API.
    """
    configuration = openai_shaped(upstream.base_url, "echo", "limited", "cut", "tool")
    configuration["models"]["sim/echo"] = {"provider": "sim", "upstream": "echo"}
    configuration["providers"]["own"] = {
        **configuration["providers"]["sim"],
        "wire": "gemini",
        "base_url": upstream.base_url.removesuffix("/v1"),
    }
    for name in ("echo", "cut", "tool"):
        configuration["models"][f"own-{name}"] = {"provider": "own", "upstream": name}
    made = Company(tmp_path_factory.mktemp("google"), configuration)
    key = made.found("openai/api-default")
    made.start()
    yield made, key
    made.kill(signal.SIGTERM)


@pytest.fixture(scope="module", params=["v1", "v1beta"])
def client(request: pytest.FixtureRequest, company: Any) -> Iterator[genai.Client]:
    """A client of either version of the API."""
    made, key = company
    options = types.HttpOptions(base_url=made.base, api_version=request.param, timeout=20_000)
    with genai.Client(api_key=key, http_options=options) as client:
        yield client


class TestClient:
    @pytest.mark.parametrize("model", ["echo", "sim/echo", "own-echo"])
    def test_plain(self, client: genai.Client, upstream: Upstream, model: str) -> None:
        """
        A plain answer, with the address restored that the provider never saw.
        """
        answer = client.models.generate_content(model=f"models/{model}", contents=MAIL)

        assert answer.text is not None
        assert MAIL in answer.text
        assert answer.model_version == model
        assert MAIL not in str(upstream.calls[-1])

    @pytest.mark.parametrize("model", ["echo", "own-echo"])
    def test_streamed(self, client: genai.Client, model: str) -> None:
        """
        A stream, whole and in order, with its end.
        """
        text = f"Write to {MAIL} please"
        events = list(client.models.generate_content_stream(model=model, contents=text))

        assert text in "".join(event.text or "" for event in events)
        assert events[-1].candidates is not None
        assert events[-1].candidates[0].finish_reason is types.FinishReason.STOP
        assert events[-1].usage_metadata is not None
        used = events[-1].usage_metadata
        assert (used.candidates_token_count or 0) + (used.thoughts_token_count or 0) == 7

    @pytest.mark.parametrize("stream", [False, True])
    @pytest.mark.parametrize("model", ["tool", "own-tool"])
    def test_tools(self, client: genai.Client, model: str, stream: bool) -> None:
        """
        A call of a tool arrives with its arguments, plain and streamed.
        """
        declared = types.FunctionDeclaration(name="weather", description="Tells it")
        config = types.GenerateContentConfig(
            tools=[types.Tool(function_declarations=[declared])]
        )  # fmt: skip
        if stream:
            given = client.models.generate_content_stream(
                model=model, contents="Weather?", config=config
            )
            calls = [call for event in given for call in event.function_calls or ()]
        else:
            answer = client.models.generate_content(model=model, contents="Weather?", config=config)
            calls = answer.function_calls or []

        assert [(call.name, call.args) for call in calls] == [("weather", {"city": "Oslo"})]

    def test_a_refusal(self, client: genai.Client, upstream: Upstream) -> None:
        """
        The SDK raises its own error for what the caller did, at once, with our words in it.
        """
        before = upstream.count
        with pytest.raises(errors.ClientError) as refusal:
            client.models.generate_content(model="echo", contents="AKIAIOSFODNN7EXAMPLE")

        assert refusal.value.code == 403
        assert refusal.value.status == "PERMISSION_DENIED"
        assert "IP-07" in str(refusal.value)
        assert upstream.count == before

    @pytest.mark.parametrize("model", ["cut", "own-cut"])
    def test_a_cut_stream_raises(self, client: genai.Client, model: str) -> None:
        """
        A provider that cuts its stream is an error to the client, not a short answer.
        """
        with pytest.raises(errors.APIError):
            list(client.models.generate_content_stream(model=model, contents="hi"))

    def test_a_wrong_key(self, company: Any) -> None:
        """
        A key that is none is the SDK's client error.
        """
        made, _ = company
        options = types.HttpOptions(base_url=made.base)
        with (
            genai.Client(api_key="sk-pv-nobody", http_options=options) as stranger,
            pytest.raises(errors.ClientError) as refusal,
        ):
            stranger.models.generate_content(model="echo", contents="hi")

        assert refusal.value.code == 401
