"""What coding agents send, in short: long instructions, many tools, and Google's own settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.factories import an_installation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.factories import Installation
    from tests.simulators.upstream import Upstream

ADDRESS = "jane.doe@customer.example"
NAMED = "Mark, Peter, Anna, Thomas, Julia, Sandra, Michael, Laura, Stefan, Martin and Daniel"
FORBIDDEN = "Never make up quotes in a news article. Refuse to write working ransomware."
INSTRUCTIONS = f"You are a coding agent. {'Use the tools given. ' * 120} {FORBIDDEN} Ask {NAMED}."


@pytest.fixture
def company(tmp_path: Path, upstream: Upstream) -> Iterator[Installation]:
    """A gateway with a provider on OpenAI's wire, and one on Google's."""
    terms = {"tier": "openai/api-default", "region": "eu", "transfer": "none_needed"}
    google = upstream.base_url.removesuffix("/v1")
    made = an_installation(
        tmp_path,
        upstream.base_url,
        providers={
            "sim": {"wire": "openai", "base_url": upstream.base_url, **terms},
            "google": {"wire": "gemini", "base_url": google, **terms},
        },
        models={
            "simulated": {"provider": "sim", "upstream": "to:EMAIL_ADDRESS"},
            "gemini": {"provider": "google", "upstream": "to:EMAIL_ADDRESS"},
        },
    )
    yield made
    made.close()


def google_asked(company: Installation, stream: bool = False, **more: Any) -> Any:
    """A question in Google's form."""
    method = "streamGenerateContent?alt=sse" if stream else "generateContent"
    body = {
        "contents": [{"role": "user", "parts": [{"text": f"Write to {ADDRESS}"}]}],
        "systemInstruction": {"parts": [{"text": INSTRUCTIONS}]},
        **more,
    }
    headers = {"x-goog-api-key": company.key_for()}
    return company.client.post(f"/v1beta/models/gemini:{method}", json=body, headers=headers)


class TestInstructions:
    def test_they_are_not_what_the_person_asks(
        self, company: Installation, upstream: Upstream
    ) -> None:
        """
        What they forbid and whom they name refuses nobody, and is replaced before it leaves.
        """
        messages = [
            {"role": "system", "content": INSTRUCTIONS},
            {"role": "user", "content": f"Write to {ADDRESS}"},
        ]
        answer = company.chat(company.key_for(), model="simulated", messages=messages)

        assert answer.status_code == 200, answer.json
        assert answer.json["choices"][0]["message"]["content"] == f"Written to {ADDRESS}."
        assert b"Sandra" not in upstream.raw
        assert ADDRESS.encode() not in upstream.raw


class TestGooglesOwnForm:
    @pytest.mark.parametrize("stream", [False, True])
    def test_its_settings_reach_it(
        self, company: Installation, upstream: Upstream, stream: bool
    ) -> None:
        """
        Thinking and ``topK``, which no chat could carry, leave as they came.
        """
        config = {"topK": 64, "thinkingConfig": {"thinkingBudget": 8192}}
        answer = google_asked(company, stream, generationConfig=config)
        said = answer.get_data(as_text=True)

        assert answer.status_code == 200, said
        assert ADDRESS in said
        assert upstream.calls[-1]["generationConfig"] == config
        assert ADDRESS.encode() not in upstream.raw

    @pytest.mark.parametrize(
        "more",
        [
            {"cachedContent": "cachedContents/another"},
            {"contents": [{"role": "user", "parts": [{"fileData": {"fileUri": "files/x"}}]}]},
        ],
    )
    def test_what_the_provider_keeps_is_not_reached(
        self, company: Installation, upstream: Upstream, more: dict[str, Any]
    ) -> None:
        """
        A file or cache of the account may be another tenant's.
        """
        before = upstream.count
        answer = google_asked(company, **more)

        assert answer.status_code in {400, 403}
        assert upstream.count == before
