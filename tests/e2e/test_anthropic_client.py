"""An unmodified Anthropic client: only its base URL and its key are changed."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

import anthropic
import pytest

from tests.e2e.conftest import Company, openai_shaped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.simulators.upstream import Upstream

pytestmark = pytest.mark.e2e
MAIL = "jane.doe@customer.example"


@pytest.fixture(scope="module", params=["anthropic", "openai"])
def client(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, upstream: Upstream
) -> Iterator[anthropic.Anthropic]:
    """A client of a real server, whose provider speaks Messages, or chat and is translated."""
    configuration = openai_shaped(upstream.base_url, "echo", "limited", "cut", "tool")
    provider = configuration["providers"]["sim"]
    provider["wire"] = request.param
    if request.param == "anthropic":
        provider["base_url"] = upstream.base_url.removesuffix("/v1")
    company = Company(tmp_path_factory.mktemp(request.param), configuration)
    key = company.found("openai/api-default")
    company.start()
    yield anthropic.Anthropic(base_url=company.base, api_key=key, max_retries=2, timeout=20)
    company.kill(signal.SIGTERM)


def said(text: str) -> list[Any]:
    """One message."""
    return [{"role": "user", "content": text}]


class TestClient:
    def test_plain(self, client: anthropic.Anthropic, upstream: Upstream) -> None:
        """
        A plain answer, with the address restored that the provider never saw.
        """
        answer = client.messages.create(model="echo", max_tokens=50, messages=said(MAIL))

        assert answer.content[0].type == "text"
        assert answer.content[0].text == MAIL
        assert answer.model == "echo"
        assert answer.stop_reason == "end_turn"
        assert answer.usage.output_tokens == 7
        assert MAIL not in str(upstream.calls[-1])

    def test_streamed(self, client: anthropic.Anthropic) -> None:
        """
        The SDK puts a stream together to the same message.
        """
        text = f"Write to {MAIL} please"
        with client.messages.stream(model="echo", max_tokens=50, messages=said(text)) as stream:
            pieces = "".join(stream.text_stream)
            final = stream.get_final_message()

        assert pieces == text
        assert final.stop_reason == "end_turn"
        assert final.usage.output_tokens == 7

    @pytest.mark.parametrize("stream", [False, True])
    def test_tools(self, client: anthropic.Anthropic, stream: bool) -> None:
        """
        A call of a tool arrives with its arguments, plain and streamed, and its result goes back.
        """
        tool: Any = {"name": "weather", "input_schema": {"type": "object"}}
        asked: dict[str, Any] = {
            "model": "tool", "max_tokens": 50, "messages": said("Weather?"), "tools": [tool],
        }  # fmt: skip
        if stream:
            with client.messages.stream(**asked) as events:
                answer: Any = events.get_final_message()
        else:
            answer = client.messages.create(**asked)
        (call,) = answer.content
        result = {"type": "tool_result", "tool_use_id": call.id, "content": "Rain"}
        more: list[Any] = [
            *said("Weather?"),
            {"role": "assistant", "content": [call]},
            {"role": "user", "content": [result]},
        ]
        again = client.messages.create(**{**asked, "messages": more})

        assert answer.stop_reason == "tool_use"
        assert (call.name, call.input) == ("weather", {"city": "Oslo"})
        assert again.type == "message"

    def test_a_refusal_is_not_retried(
        self, client: anthropic.Anthropic, upstream: Upstream
    ) -> None:
        """
        The SDK raises its own permission error, at once, with our words in it.
        """
        before = upstream.count
        with pytest.raises(anthropic.PermissionDeniedError) as refusal:
            client.messages.create(
                model="echo", max_tokens=50, messages=said("AKIAIOSFODNN7EXAMPLE")
            )

        assert "secret.present" in str(refusal.value)
        assert refusal.value.request_id
        assert upstream.count == before

    def test_a_cut_stream_raises(self, client: anthropic.Anthropic) -> None:
        """
        A provider that cuts its stream is an error to the client, not a short answer.
        """
        with (
            pytest.raises(anthropic.APIError),
            client.messages.stream(model="cut", max_tokens=50, messages=said("hi")) as stream,
        ):
            stream.get_final_message()

    def test_a_rate_limit_is_the_sdks_own(self, client: anthropic.Anthropic) -> None:
        """
        429 reaches the client as the error it knows.
        """
        with pytest.raises(anthropic.RateLimitError):
            client.with_options(max_retries=0).messages.create(
                model="limited", max_tokens=50, messages=said("hi")
            )

    def test_models(self, client: anthropic.Anthropic) -> None:
        """
        The client lists the models its key may use.
        """
        assert [model.id for model in client.models.list()] == ["cut", "echo", "limited", "tool"]

    def test_a_wrong_key(self, client: anthropic.Anthropic) -> None:
        """
        A key that is none is the SDK's authentication error.
        """
        stranger = client.with_options(api_key="sk-pv-nobody")

        with pytest.raises(anthropic.AuthenticationError):
            stranger.models.list()
