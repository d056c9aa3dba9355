"""Which headers of a provider callers are told, and which of its ids are kept."""

from __future__ import annotations

import pytest

from gateway.providers.told import identifier, told


class TestHeaders:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("retry-after", "7"),
            ("retry-after", "0.5"),
            ("retry-after", "Fri, 27 Nov 2026 08:00:00 GMT"),
            ("retry-after-ms", "1500"),
            ("x-should-retry", "false"),
            ("x-ratelimit-limit-requests", "3"),
            ("x-ratelimit-remaining-tokens", "149984"),
            ("x-ratelimit-reset-requests", "1s"),
            ("x-ratelimit-reset-tokens", "2m59.56s"),
            ("x-ratelimit-reset-project-tokens", "6ms"),
            ("x-ratelimit-reset", "1795766400000"),
            ("anthropic-ratelimit-input-tokens-remaining", "40000"),
            ("anthropic-ratelimit-requests-reset", "2026-11-27T00:00:00Z"),
            ("anthropic-ratelimit-tokens-reset", "2026-11-27T01:00:00.5+01:00"),
            ("anthropic-ratelimit-unified-status", "allowed_warning"),
            ("anthropic-ratelimit-unified-5h-utilization", "0.32"),
            ("anthropic-ratelimit-unified-representative-claim", "five_hour"),
        ],
    )
    def test_limits_go_back_as_they_came(self, name: str, value: str) -> None:
        """
        SDKs and agents wait by them: the names and forms of OpenAI's and Anthropic's references.
        """
        assert told({name: value}) == {name: value}

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("retry-after", "4111111111111111"),
            ("retry-after", "soon"),
            ("retry-after", "7, 4111 1111 1111 1111"),
            ("retry-after", "\u0667"),
            ("retry-after-note", "7"),
            ("retry-after-ms", "7s and more"),
            ("x-should-retry", "jane@acme.example"),
            ("x-ratelimit-limit-requests", "4111111111111111"),
            ("x-ratelimit-limit-requests", "4111 1111 1111 1111"),
            ("x-ratelimit-limit-requests", "GB33BUKB20201555555555"),
            ("x-ratelimit-limit-requests", "1; 4111111111111111"),
            ("x-ratelimit-reset-requests", "4111111111111111s"),
            ("x-ratelimit-4111111111111111", "1"),
            ("x-ratelimit-jane", "1"),
            ("anthropic-ratelimit-unified-status", "you are the desk of acme"),
            ("anthropic-ratelimit-unified-status", "canary-desk-7f3a9c2e"),
            ("anthropic-ratelimit-requests-reset", "2026-11-27T00:00:00Z 4111111111111111"),
            ("anthropic-organization-id", "org-1"),
            ("openai-organization", "acme"),
            ("x-request-id", "req-1"),
            ("set-cookie", "a=b"),
            ("link", "<https://evil.example>"),
        ],
    )
    def test_what_has_another_name_or_form_is_dropped(self, name: str, value: str) -> None:
        """
        Whoever writes a header may write anything into it.
        """
        assert told({name: value, "x-ratelimit-reset": "1s"}) == {"x-ratelimit-reset": "1s"}


class TestIds:
    @pytest.mark.parametrize("value", ["req_011CSHoEeqs5C35K2UUqR7Fy", "a" * 128, "6f1c-4d"])
    def test_an_id_is_kept(self, value: str) -> None:
        """
        It is by the id that an operator asks the provider about a call.
        """
        assert identifier({"x-request-id": value}, "x-request-id") == value

    @pytest.mark.parametrize(
        "value", ["", "a" * 129, "4111111111111111", "4111-1111-1111-1111", "Jane Doe", "a\u00e9"]
    )
    def test_what_looks_like_none_is_not(self, value: str) -> None:
        """
        It goes into the decision log, which holds no content.
        """
        assert identifier({"x-request-id": value}, "x-request-id") == ""
