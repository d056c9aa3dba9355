"""The official client beyond chat: responses, completions, embeddings and moderations."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import openai
import pytest

from tests.e2e.conftest import Company, openai_shaped
from tests.simulators.wires.texts import VECTOR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.simulators.upstream import Upstream

pytestmark = pytest.mark.e2e
MAIL = "jane.doe@customer.example"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, upstream: Upstream) -> Iterator[openai.OpenAI]:
    """A client of a real server, whose provider is the simulator."""
    names = ("echo", "cut", "limited", "tool")
    configuration = openai_shaped(upstream.base_url, *names)
    other = {**configuration["providers"]["sim"], "wire": "anthropic"}
    configuration["providers"]["other"] = {
        **other, "base_url": upstream.base_url.removesuffix("/v1"),
    }  # fmt: skip
    for name in ("echo", "cut", "tool"):
        configuration["models"][f"told-{name}"] = {"provider": "other", "upstream": name}
    secret = {"provider": "sim", "upstream": "say:Your key is AKIAIOSFODNN7EXAMPLE ok"}
    configuration["models"]["secretive"] = secret
    company = Company(tmp_path_factory.mktemp("apis"), configuration)
    key = company.found("openai/api-default")
    company.start()
    yield openai.OpenAI(base_url=f"{company.base}/v1", api_key=key, max_retries=2, timeout=20)
    company.kill(signal.SIGTERM)


class TestResponses:
    def test_plain(self, client: openai.OpenAI, upstream: Upstream) -> None:
        """
        The address comes back; the provider saw neither it nor leave to store the answer.
        """
        answer = client.responses.create(
            model="echo", input=f"Write to {MAIL} please", instructions=f"Greet {MAIL}"
        )

        assert answer.output_text.startswith(f"Write to {MAIL} please")
        assert answer.model == "echo"
        assert answer.instructions == f"Greet {MAIL}"
        assert MAIL not in str(upstream.calls[-1])
        assert upstream.calls[-1]["store"] is False

    @pytest.mark.parametrize("model", ["echo", "told-echo"])
    def test_streamed(self, client: openai.OpenAI, model: str) -> None:
        """
        The client's own reader of streams, which holds every event to its place, is content.

        So it is where the provider speaks another API.
        """
        with client.responses.stream(model=model, input=f"Write to {MAIL} please") as stream:
            text = "".join(
                event.delta for event in stream if event.type == "response.output_text.delta"
            )
            final = stream.get_final_response()

        assert text.startswith(f"Write to {MAIL} please")
        assert final.output_text == text
        assert final.usage is not None
        assert final.usage.output_tokens == 7

    @pytest.mark.parametrize("model", ["tool", "told-tool"])
    def test_a_tool_streamed(self, client: openai.OpenAI, model: str) -> None:
        """
        Arguments arrive in pieces and whole.
        """
        events = client.responses.create(
            model=model, input="weather?", stream=True,
            tools=[{"type": "function", "name": "weather", "parameters": {}, "strict": False}],
        )  # fmt: skip
        done = [event for event in events if event.type == "response.function_call_arguments.done"]

        assert done[0].arguments == '{"city": "Oslo"}'

    def test_withheld(self, client: openai.OpenAI) -> None:
        """
        A stream that policy cuts ends as an incomplete response, as the provider's own filter does.
        """
        events = list(client.responses.create(model="secretive", input="hi", stream=True))

        last = events[-1]
        assert last.type == "response.incomplete"
        assert last.response.incomplete_details is not None
        assert last.response.incomplete_details.reason == "content_filter"
        assert "AKIAIOSFODNN7EXAMPLE" not in str(events)

    @pytest.mark.parametrize("model", ["cut", "told-cut"])
    def test_a_cut_stream_raises(self, client: openai.OpenAI, model: str) -> None:
        """
        A provider that cuts its stream is an error to the client, not a short answer.
        """
        stream = client.responses.create(model=model, input="hi", stream=True)

        with pytest.raises(openai.APIError):
            list(stream)

    def test_what_the_provider_keeps_is_refused(
        self, client: openai.OpenAI, upstream: Upstream
    ) -> None:
        """
        By name, at once, and without a second try: nothing of this caller's is there.
        """
        before = upstream.count
        with pytest.raises(openai.NotFoundError) as refusal:
            client.responses.create(model="echo", input="hi", previous_response_id="resp_1")
        with pytest.raises(openai.NotFoundError):
            client.responses.retrieve("resp_1")

        assert refusal.value.param == "previous_response_id"
        assert upstream.count == before

    def test_a_refusal_is_not_retried(self, client: openai.OpenAI, upstream: Upstream) -> None:
        """
        The SDK raises its own permission error, at once.
        """
        before = upstream.count
        with pytest.raises(openai.PermissionDeniedError) as refusal:
            client.responses.create(model="echo", input="AKIAIOSFODNN7EXAMPLE")

        assert refusal.value.code == "secret.present"
        assert upstream.count == before


class TestOthers:
    def test_completions(self, client: openai.OpenAI, upstream: Upstream) -> None:
        """
        Plain and in pieces.
        """
        plain = client.completions.create(model="echo", prompt=f"Write to {MAIL} please")
        pieces = client.completions.create(
            model="echo", prompt=f"Write to {MAIL} please", stream=True
        )

        assert plain.choices[0].text.startswith(f"Write to {MAIL} please")
        assert "".join(piece.choices[0].text for piece in pieces) == plain.choices[0].text
        assert MAIL not in str(upstream.calls[-1])

    def test_embeddings(self, client: openai.OpenAI, upstream: Upstream) -> None:
        """
        Numbers, which the client reads out of base64 where it asked for that.
        """
        answer = client.embeddings.create(model="echo", input=[f"Write to {MAIL}"])

        assert [tuple(item.embedding) for item in answer.data] == [VECTOR, VECTOR]
        assert MAIL not in str(upstream.calls[-1])
        with pytest.raises(openai.BadRequestError, match="token ids"):
            client.embeddings.create(model="echo", input=[[1, 2, 3]])

    def test_moderations(self, client: openai.OpenAI, upstream: Upstream) -> None:
        """
        What is looked at by another is protected like anything else.
        """
        answer = client.moderations.create(model="echo", input=f"Write to {MAIL}")

        assert not answer.results[0].flagged
        assert MAIL not in str(upstream.calls[-1])

    def test_limits_are_the_sdks_own(self, client: openai.OpenAI) -> None:
        """
        A provider's 429 is the error the client knows.
        """
        once = client.with_options(max_retries=0)

        with pytest.raises(openai.RateLimitError):
            once.embeddings.create(model="limited", input="hi")
