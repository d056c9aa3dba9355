"""Bad input: a clear error in OpenAI's shape with the right status, and nothing of ours in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.factories import Installation
    from tests.simulators.upstream import Upstream

SECRETS = ("sk-upstream-secret", "Traceback", 'File "', "canary-prompt")


def post(installation: Installation, raw: bytes, key: str | None = None, **headers: str) -> Any:
    """A raw body to the chat route."""
    if key is not None:
        headers["Authorization"] = f"Bearer {key}"
    return installation.client.post(
        "/v1/chat/completions", data=raw, headers=headers, content_type="application/json"
    )


def assert_error(answer: Any, status: int, code: str) -> None:
    """The answer is OpenAI's error object, of this status and code, and gives nothing away."""
    text = answer.get_data(as_text=True)
    assert answer.status_code == status, text
    error = json.loads(text)["error"]
    assert set(error) >= {"message", "type", "param", "code"}
    assert error["code"] == code
    assert isinstance(error["message"], str)
    assert not any(secret in text for secret in SECRETS), text


class TestCredentials:
    def test_no_key(self, shared: Installation) -> None:
        """
        Without a credential the answer is 401 and says how to sign in.
        """
        assert_error(post(shared, b"{}"), 401, "auth.invalid")

    @pytest.mark.parametrize(
        "key",
        ["sk-pv-short", "sk-other", "x" * 40, "sk-pv-" + "A" * 60, "eyJhbGciOiJub25lIn0.e30."],
    )
    def test_keys_that_are_none(self, shared: Installation, key: str) -> None:
        """
        Whatever is wrong with a credential, the answer is the same.
        """
        assert_error(post(shared, b"{}", key), 401, "auth.invalid")

    def test_a_revoked_key_stops_with_the_next_request(self, acme: Installation) -> None:
        """
        Revocation takes effect on the next request, not when something expires.
        """
        key = acme.key_for()
        before = acme.chat(key).status_code
        keys = acme.gateway.identity.keys
        tenant = acme.tenant.value().id
        keys.revoke(tenant, keys.held(tenant)[0].facts.id)

        assert before == 200
        assert_error(acme.chat(key), 401, "auth.invalid")

    def test_another_tenants_key_opens_only_its_own(self, acme: Installation) -> None:
        """
        P4: a key works in its own tenant; its exchanges are in no other tenant's log.
        """
        other = acme.add_tenant("globex")
        key = acme.key_for("hank@globex.example", tenant=other)

        assert acme.chat(key).status_code == 403  # its own tenant has reviewed no terms
        assert acme.entries() == []

    def test_conflicting_credentials(self, shared: Installation) -> None:
        """
        Two headers with different keys are refused rather than guessed at.
        """
        answer = post(shared, b"{}", shared.key_for(), **{"x-api-key": "sk-pv-other"})

        assert_error(answer, 401, "auth.invalid")


class TestBodies:
    @pytest.mark.parametrize(
        "raw",
        [
            b"",
            b"{",
            b"[1]",
            b'"text"',
            b"null",
            b'{"model": NaN}',
            b'{"model": "echo", "messages": [{"role": "user", "content": "\\ud800"}]}',
            b'{"model": "echo", "messages": [{"role": "user", "content": "a\x00b"}]}',
            b"\xff\xfe{}",
            b'{"model": "echo", "messages": ' + b"[" * 200 + b"]" * 200 + b"}",
            b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        ],
    )
    def test_what_is_not_json(self, shared: Installation, raw: bytes) -> None:
        """
        P10: malformed, truncated, too deep, lone surrogates, raw NUL: 400, and nothing crashes.
        """
        assert_error(post(shared, raw, shared.key_for()), 400, "request.invalid")

    @pytest.mark.parametrize(
        ("body", "param"),
        [
            ({}, "model"),
            ({"model": 5}, "model"),
            ({"model": ""}, "model"),
            ({"model": "echo"}, "messages"),
            ({"model": "echo", "messages": []}, "messages"),
            ({"model": "echo", "messages": "hi"}, "messages"),
            ({"model": "echo", "messages": [1]}, "messages.0"),
            ({"model": "echo", "messages": [{"role": ["user"]}]}, "messages.0.role"),
            ({"model": "echo", "messages": [{"role": "boss"}]}, "messages.0.role"),
            ({"model": "echo", "messages": [{"role": "user", "content": 5}]}, "messages.0.content"),
            (
                {"model": "echo", "messages": [{"role": "user", "content": ["x"]}]},
                "messages.0.content",
            ),
            (
                {"model": "echo", "messages": [{"role": "assistant", "tool_calls": {}}]},
                "messages.0.tool_calls",
            ),
            ({"model": "echo", "messages": [{"role": "user"}], "stream": 1}, "stream"),
            ({"model": "echo", "messages": [{"role": "user"}], "n": True}, "n"),
            ({"model": "echo", "messages": [{"role": "user"}], "n": 0}, "n"),
            ({"model": "echo", "messages": [{"role": "user"}], "tools": [1]}, "tools"),
            (
                {"model": "echo", "messages": [{"role": "user"}], "stream": True, "logprobs": True},
                "logprobs",
            ),
        ],
    )
    def test_wrong_types_name_the_field(
        self, shared: Installation, body: dict[str, Any], param: str
    ) -> None:
        """
        A wrong type is 400 and names the field, as SDKs show it.
        """
        answer = post(shared, json.dumps(body).encode(), shared.key_for())

        assert_error(answer, 400, "request.invalid")
        assert answer.json["error"]["param"] == param

    def test_escaped_nul_bytes_are_text(self, shared: Installation) -> None:
        """
        An escaped NUL is legal JSON text and passes through without harm.
        """
        assert shared.chat(shared.key_for(), "a\x00b").status_code == 200

    def test_a_body_over_the_limit(self, shared: Installation) -> None:
        """
        P10: 20 MB are refused with 413, by the declared length, before they are read.
        """
        raw = b'{"model": "echo", "messages": [{"role": "user", "content": "' + b"a" * 20_000_000

        assert_error(post(shared, raw + b'"}]}', shared.key_for()), 413, "request.too_large")

    def test_compressed_bodies(self, shared: Installation) -> None:
        """
        A compressed body could unpack to anything, so it is refused.
        """
        answer = post(shared, b"{}", shared.key_for(), **{"Content-Encoding": "gzip"})

        assert_error(answer, 400, "request.invalid")

    def test_a_header_can_only_raise_the_data_class(self, shared: Installation) -> None:
        """
        P3: an unknown class is refused; a lower one than was found changes nothing.
        """
        key = shared.key_for()
        unknown = shared.chat(key, headers={"x-proviso-data-class": "secret"})
        lower = shared.chat(key, "to a@b.example", headers={"x-proviso-data-class": "public"})

        assert_error(unknown, 400, "request.invalid")
        assert lower.status_code == 200
        assert lower.headers["x-proviso-entities-replaced"] == "1"


class TestProviders:
    @pytest.mark.parametrize(
        ("model", "status", "code"),
        [
            ("stall", 504, "provider.timeout"),
            ("garbage", 502, "provider.garbage"),
            ("broken", 502, "provider.failed"),
            ("unauthorized", 502, "provider.credentials"),
        ],
    )
    def test_what_providers_do(
        self, acme: Installation, model: str, status: int, code: str
    ) -> None:
        """
        A provider that stalls, answers garbage or fails gets a clear error and one outcome.
        """
        answer = acme.chat(acme.key_for(), "canary-prompt", model=model)

        assert_error(answer, status, code)
        assert [item.get("status") for item in acme.entries()] == ["", "failed"]
        assert acme.entries()[-1]["code"] == code

    def test_a_rate_limit_goes_back_as_it_came(self, acme: Installation) -> None:
        """
        The provider's own 429 keeps its body, retry-after and limits: SDKs act on them.
        """
        answer = acme.chat(acme.key_for(), model="limited")

        assert answer.status_code == 429
        assert answer.json["error"]["code"] == "rate_limit_exceeded"
        assert answer.headers["Retry-After"] == "7"
        assert answer.headers["x-ratelimit-limit-requests"] == "3"
        assert acme.entries()[-1]["code"] == "provider.rejected"

    def test_our_credential_is_scrubbed(self, acme: Installation) -> None:
        """
        A provider's error body that quotes our key goes back without it.
        """
        answer = acme.chat(acme.key_for(), model="badrequest")

        assert answer.status_code == 400
        assert "too large" in answer.json["error"]["message"]
        assert "sk-upstream-secret" not in answer.get_data(as_text=True)

    @pytest.mark.parametrize(
        ("model", "code"),
        [
            ("cut", "provider.cut"),
            ("stallstream", "provider.timeout"),
            ("garbagestream", "provider.garbage"),
        ],
    )
    def test_broken_streams_end_with_an_error_event(
        self, acme: Installation, model: str, code: str
    ) -> None:
        """
        A stream that breaks ends with an error event, never as if it were complete.
        """
        text = acme.chat(acme.key_for(), model=model, stream=True).get_data(as_text=True)
        last = [line for line in text.split("\n\n") if line][-2:]

        assert json.loads(last[0].removeprefix("data: "))["error"]["code"] == code
        assert last[1] == "data: [DONE]"
        assert '"finish_reason":"stop"' not in text
        assert acme.entries()[-1]["code"] == code

    def test_nothing_is_sent_twice(self, acme: Installation, upstream: Upstream) -> None:
        """
        No retry: one decision, one call, whatever the provider does with it.
        """
        before = len(upstream.calls)
        for model in ("broken", "garbage", "limited"):
            acme.chat(acme.key_for(), model=model)

        assert len(upstream.calls) - before == 3


class TestRoutes:
    def test_unknown_addresses_answer_in_shape(self, shared: Installation) -> None:
        """
        A wrong path or method of the API is answered in the API's own shape.
        """
        assert_error(shared.client.get("/v1/nothing"), 404, "not_found")
        assert_error(shared.client.get("/v1/chat/completions"), 405, "request.method")

    def test_models_are_filtered_by_right(self, shared: Installation) -> None:
        """
        The list holds what the caller may use, and nothing else.
        """
        headers = {"Authorization": f"Bearer {shared.key_for()}"}
        listed = shared.client.get("/v1/models", headers=headers).json["data"]
        foreign = shared.client.get("/v1/models/members", headers=headers)

        assert "echo" in {model["id"] for model in listed}
        assert "members" not in {model["id"] for model in listed}
        assert set(listed[0]) == {"id", "object", "created", "owned_by", "display_name"}
        assert_error(foreign, 404, "not_found")
