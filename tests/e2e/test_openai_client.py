"""An unmodified OpenAI client: only its base URL and its key are changed."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

import openai
import pytest

from tests.e2e.conftest import Company, openai_shaped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.simulators.upstream import Upstream

pytestmark = pytest.mark.e2e
MAIL = "jane.doe@customer.example"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, upstream: Upstream) -> Iterator[openai.OpenAI]:
    """A client of a real server, whose providers are the simulator and the echo."""
    configuration = openai_shaped(upstream.base_url, "echo", "limited", "cut", "broken")
    configuration["providers"]["here"] = {
        "wire": "echo", "tier": "selfhosted/own-infrastructure",
        "self_hosted": True, "region": "own",
    }  # fmt: skip
    configuration["models"]["tools"] = {"provider": "here", "upstream": "echo"}
    company = Company(tmp_path_factory.mktemp("client"), configuration)
    key = company.found("openai/api-default", "selfhosted/own-infrastructure")
    company.start()
    yield openai.OpenAI(base_url=f"{company.base}/v1", api_key=key, max_retries=2, timeout=20)
    company.kill(signal.SIGTERM)


def said(text: str) -> list[Any]:
    """One message."""
    return [{"role": "user", "content": text}]


class TestClient:
    def test_models(self, client: openai.OpenAI) -> None:
        """
        The client lists the models its key may use.
        """
        assert [model.id for model in client.models.list()] == [
            "broken", "cut", "echo", "limited", "tools",
        ]  # fmt: skip

    def test_plain(self, client: openai.OpenAI, upstream: Upstream) -> None:
        """
        A plain answer, with the address restored that the provider never saw.
        """
        answer = client.chat.completions.create(model="echo", messages=said(f"Write to {MAIL}"))

        assert answer.choices[0].message.content == f"Write to {MAIL}"
        assert MAIL not in str(upstream.calls[-1])

    def test_streamed(self, client: openai.OpenAI) -> None:
        """
        A stream, whole and in order.
        """
        stream = client.chat.completions.create(
            model="echo", messages=said(f"Write to {MAIL} please"), stream=True
        )
        chunks = list(stream)
        text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)

        assert text == f"Write to {MAIL} please"
        assert chunks[-1].choices[0].finish_reason == "stop"
        assert {chunk.model for chunk in chunks} == {"echo"}

    @pytest.mark.parametrize("stream", [False, True])
    def test_tool_calls(self, client: openai.OpenAI, stream: bool) -> None:
        """
        Values come back inside the arguments of a tool call, plain and streamed.
        """
        tool: Any = {"type": "function", "function": {"name": "mail", "parameters": {}}}
        messages = said(f'call mail with {{"to": "{MAIL}", "n": 1}}')
        if stream:
            arguments = ""
            for chunk in client.chat.completions.create(
                model="tools", messages=messages, tools=[tool], stream=True
            ):
                for call in chunk.choices[0].delta.tool_calls or ():
                    arguments += (call.function and call.function.arguments) or ""
        else:
            answer = client.chat.completions.create(model="tools", messages=messages, tools=[tool])
            call: Any = (answer.choices[0].message.tool_calls or [])[0]
            arguments = call.function.arguments

        assert arguments == f'{{"to": "{MAIL}", "n": 1}}'

    def test_a_refusal_is_not_retried(self, client: openai.OpenAI, upstream: Upstream) -> None:
        """
        The SDK raises its own permission error, at once, with our words in it.
        """
        before = upstream.count
        with pytest.raises(openai.PermissionDeniedError) as refusal:
            client.chat.completions.create(model="echo", messages=said("AKIAIOSFODNN7EXAMPLE"))

        assert refusal.value.code == "secret.present"
        assert "IP-07" in str(refusal.value)
        assert upstream.count == before

    def test_a_cut_stream_raises(self, client: openai.OpenAI) -> None:
        """
        A provider that cuts its stream is an error to the client, not a short answer.
        """
        stream = client.chat.completions.create(model="cut", messages=said("hi"), stream=True)

        with pytest.raises(openai.APIError):
            list(stream)

    def test_rate_limits_and_failures_are_the_sdks_own(self, client: openai.OpenAI) -> None:
        """
        429 and 5xx reach the client as the errors it knows.
        """
        once = client.with_options(max_retries=0)

        with pytest.raises(openai.RateLimitError):
            once.chat.completions.create(model="limited", messages=said("hi"))
        with pytest.raises(openai.InternalServerError):
            once.chat.completions.create(model="broken", messages=said("hi"))

    def test_a_wrong_key(self, client: openai.OpenAI) -> None:
        """
        A key that is none is the SDK's authentication error.
        """
        stranger = client.with_options(api_key="sk-pv-nobody")

        with pytest.raises(openai.AuthenticationError):
            stranger.models.list()
