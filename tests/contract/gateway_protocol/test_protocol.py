"""The Claude gateway protocol: what a coding agent's client relies on, point by point.

Source: Anthropic's published page on LLM gateways, section on the protocol between client, gateway
and API.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.factories import UPSTREAM_KEY, an_installation
from tests.samples.messages import events_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.factories import Installation
    from tests.simulators.upstream import Upstream

MAIL = "jane.doe@customer.example"
BETA = "claude-code-20250219, interleaved-thinking-2025-05-14,unknown-2031-01-01"
MODELS = ("echo", "slow:0.5", "limited", "overloaded", "badrequest", "stallstream", "errorstream")
SEALED = "yO0SN1yBpsvwFTpfhKnO8xg9Yoes0fYbQGWKr9T5HkNojbLX/CFGa5C1"


@pytest.fixture(scope="module")
def gateway(upstream: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A gateway whose provider speaks Messages."""
    provider = {
        "wire": "anthropic", "base_url": upstream.base_url.removesuffix("/v1"), "region": "eu",
        "tier": "openai/api-default", "transfer": "none_needed", "api_key": UPSTREAM_KEY,
    }  # fmt: skip
    models = {name: {"provider": "sim", "upstream": name} for name in MODELS}
    timeouts = {"first_byte": 3, "silence": 0.1, "total": 5, "connect": 1, "record": 3}
    made = an_installation(
        tmp_path_factory.mktemp("protocol"), upstream.base_url,
        providers={"sim": provider}, models=models, timeouts=timeouts,
    )  # fmt: skip
    yield made
    made.close()


def ask(made: Installation, path: str = "/v1/messages?beta=true", **body: Any) -> Any:
    """The answer to a message; ``headers`` go beside the key."""
    headers = {"x-api-key": made.key_for(), **body.pop("headers", {})}
    messages = [{"role": "user", "content": "Hello"}]
    sent = {"model": "echo", "max_tokens": 50, "messages": messages, **body}
    answer = made.client.post(path, headers=headers, json=sent)
    answer.get_data()
    answer.close()
    return answer


def seen(upstream: Upstream) -> dict[str, str]:
    """The headers that reached the provider last, by lower-case name."""
    return {name.lower(): value for name, value in upstream.headers[-1].items()}


class TestHeaders:
    def test_versions_and_betas_go_along_byte_for_byte(
        self, gateway: Installation, upstream: Upstream
    ) -> None:
        """
        Point 1: both headers arrive as they were sent, unknown betas included.
        """
        ask(gateway, headers={"anthropic-beta": BETA, "anthropic-version": "2031-01-01"})

        assert seen(upstream)["anthropic-beta"] == BETA
        assert seen(upstream)["anthropic-version"] == "2031-01-01"

    @pytest.mark.parametrize(
        "said",
        [
            "caf\u00e9", "jane.doe@acme.example", "DE89370400440532013000", "4111111111111111",
            "AKIAIOSFODNN7EXAMPLE", "context-1m, Jane Doe", "a" * 81, "a," * 1_001, "",
        ],
    )  # fmt: skip
    def test_what_is_no_beta_is_the_callers_mistake(
        self, gateway: Installation, upstream: Upstream, said: str
    ) -> None:
        """
        P5: it goes along uninspected, so what is no list of names of features is refused by name.
        """
        before = upstream.count
        answer = ask(gateway, headers={"anthropic-beta": said})

        assert answer.status_code == 400
        assert "anthropic-beta" in answer.json["error"]["message"]
        assert upstream.count == before

    def test_other_headers_are_taken_and_stay_here(
        self, gateway: Installation, upstream: Upstream
    ) -> None:
        """
        Point 1: an unknown header is no error, and as it might name somebody it is not sent on.
        """
        answer = ask(gateway, headers={"x-stainless-os": "Linux", "x-employee": MAIL})

        assert answer.status_code == 200
        assert {"x-stainless-os", "x-employee"}.isdisjoint(seen(upstream))
        assert seen(upstream)["x-api-key"] == UPSTREAM_KEY

    def test_a_betas_field_travels_with_its_header(
        self, gateway: Installation, upstream: Upstream
    ) -> None:
        """
        Points 1 and 4: fields nobody here knows reach the provider as they were sent.
        """
        edits = {"edits": [{"type": "clear_tool_uses_20250919"}]}
        ask(gateway, context_management=edits, novelty={"a": [1, None]})

        assert upstream.calls[-1]["context_management"] == edits
        assert upstream.calls[-1]["novelty"] == {"a": [1, None]}

    def test_the_id_of_a_request_is_told_in_anthropics_header(self, gateway: Installation) -> None:
        """
        ``request-id`` is there for answers and refusals alike, and names the entry of the log.
        """
        good, bad = ask(gateway), ask(gateway, messages=[])

        assert good.headers["request-id"] == good.headers["x-proviso-decision-id"]
        assert bad.headers["request-id"] == bad.json["request_id"]


class TestStreams:
    def test_the_providers_pings_go_on(self, gateway: Installation) -> None:
        """
        Point 2: events come as they came, ``ping`` among them.
        """
        events = events_of(ask(gateway, stream=True))

        assert [event["type"] for event in events] == [
            "message_start", "ping", "content_block_start", "content_block_delta",
            "content_block_stop", "message_delta", "message_stop",
        ]  # fmt: skip
        assert events[0]["message"]["model"] == "echo"

    def test_silence_is_filled_with_pings(self, gateway: Installation) -> None:
        """
        Point 2: while a provider thinks, the client hears that the connection lives.
        """
        events = events_of(ask(gateway, model="slow:0.5", stream=True))
        pings = [event for event in events if event["type"] == "ping"]

        assert len(pings) > 4
        assert text_of(events) == "Hello"
        assert events[-1]["type"] == "message_stop"

    def test_a_silence_without_end_is_an_error(self, gateway: Installation) -> None:
        """
        Point 2: signs of life do not keep a dead provider alive.
        """
        events = events_of(ask(gateway, model="stallstream", stream=True))

        assert events[-1]["type"] == "error"
        assert "message_stop" not in [event["type"] for event in events]


class TestBodies:
    def test_instructions_stay_the_list_they_are(
        self, gateway: Installation, upstream: Upstream
    ) -> None:
        """
        Point 3: ``system`` keeps its blocks, the first in place, and every ``cache_control``.
        """
        mark = {"type": "ephemeral", "ttl": "1h"}
        system = [
            {"type": "text", "text": "x-anthropic-billing-header: cc_version=2.1"},
            {"type": "text", "text": "You help.", "cache_control": mark},
        ]
        content = [{"type": "text", "text": f"Write to {MAIL}", "cache_control": mark}]
        tools = [{"name": "mail", "input_schema": {"type": "object"}, "cache_control": mark}]
        ask(gateway, system=system, tools=tools, messages=[{"role": "user", "content": content}])
        sent = upstream.calls[-1]

        assert sent["system"] == system
        assert sent["tools"] == tools
        assert sent["messages"][0]["content"] == [
            {"type": "text", "text": "Write to [EMAIL_ADDRESS_1]", "cache_control": mark}
        ]

    def test_earlier_turns_leave_byte_for_byte_alike(
        self, gateway: Installation, upstream: Upstream
    ) -> None:
        """
        Point 5: what was sent once is sent the same again, whatever the next turn brings.
        """
        thought = {"type": "thinking", "thinking": "Ask [EMAIL_ADDRESS_1].", "signature": SEALED}
        first = [
            {"role": "user", "content": f"Write to {MAIL}"},
            {"role": "assistant", "content": [thought, {"type": "text", "text": f"To {MAIL}?"}]},
        ]
        more = [{"role": "user", "content": "And to john.roe@other.example"}]
        ask(gateway, messages=[*first, {"role": "user", "content": "Yes"}])
        before = upstream.calls[-1]["messages"]
        ask(gateway, messages=[*first, {"role": "user", "content": "Yes"}, *more])
        after = upstream.calls[-1]["messages"]

        assert json.dumps(after[:3]) == json.dumps(before)
        assert before[1]["content"][0] == thought
        assert after[3]["content"] == "And to [EMAIL_ADDRESS_2]"

    def test_a_thought_with_something_raw_in_it_is_protected_all_the_same(
        self, gateway: Installation, upstream: Upstream
    ) -> None:
        """
        Point 5 gives way to promise P5: what is found leaves as a placeholder even there.
        """
        thought = {"type": "thinking", "thinking": f"Ask {MAIL}.", "signature": SEALED}
        said = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": [thought]}]
        ask(gateway, messages=[*said, {"role": "user", "content": "Go on"}])

        assert MAIL.encode() not in upstream.raw
        assert b"[EMAIL_ADDRESS_1]" in upstream.raw


class TestGrouping:
    def test_a_session_groups_entries_and_is_nobodys_identity(self, gateway: Installation) -> None:
        """
        Point 6: the log has a pseudonym of the session; whose request it is, the key says.
        """
        headers = {"x-claude-code-session-id": "3f2c", "x-claude-code-agent-id": "a1"}
        ask(gateway, headers=headers)
        ask(gateway, headers={**headers, "x-claude-code-agent-id": "a2"})
        ask(gateway)
        first, second, third = gateway.entries()[-6::2]

        assert first["groups"]["session"] == second["groups"]["session"]
        assert first["groups"]["agent"] != second["groups"]["agent"]
        assert "3f2c" not in json.dumps(first)
        assert "groups" not in third
        assert first["principal"] == third["principal"]


class TestErrors:
    @pytest.mark.parametrize("stream", [False, True])
    @pytest.mark.parametrize(
        ("model", "status", "kind"),
        [
            ("limited", 429, "rate_limit_exceeded"),
            ("overloaded", 529, "overloaded_error"),
            ("badrequest", 400, "invalid_request_error"),
        ],
    )
    def test_a_providers_errors_go_back_unchanged(
        self, gateway: Installation, model: str, status: int, kind: str, stream: bool
    ) -> None:
        """
        Point 7: status, body and the headers about trying again are the provider's own.
        """
        answer = ask(gateway, model=model, stream=stream)

        assert answer.status_code == status
        assert answer.json["type"] == "error"
        assert answer.json["error"]["type"] == kind
        assert answer.headers.get("retry-after") == {429: "7", 529: "2"}.get(status)
        assert "request_id" not in answer.json

    def test_a_refusal_is_not_worth_another_try(self, gateway: Installation) -> None:
        """
        Point 7: the gateway's own refusal says so in the header that clients look at.
        """
        content = "Your key is AKIAIOSFODNN7EXAMPLE"
        answer = ask(gateway, messages=[{"role": "user", "content": content}])

        assert answer.status_code == 403
        assert answer.headers["x-should-retry"] == "false"
        assert answer.json["error"]["type"] == "permission_error"
        assert "[secret.present]" in answer.json["error"]["message"]

    def test_what_a_provider_says_of_its_limits_reaches_the_client(
        self, gateway: Installation
    ) -> None:
        """
        Point 7: also where all went well.
        """
        answer = ask(gateway)

        assert answer.headers["anthropic-ratelimit-unified-status"] == "allowed"


class TestAddresses:
    def test_the_probe_is_answered_with_404(self, gateway: Installation) -> None:
        """
        ``HEAD /api/hello`` asks whether somebody is there; nothing is.
        """
        assert gateway.client.head("/api/hello").status_code == 404

    def test_both_prefixes_and_any_query(self, gateway: Installation) -> None:
        """
        Clients with and without the prefix are served alike, whatever query they add.
        """
        assert ask(gateway).status_code == ask(gateway, "/anthropic/v1/messages").status_code == 200

    def test_models_in_anthropics_form(self, gateway: Installation) -> None:
        """
        Who asks with Anthropic's version header reads Anthropic's list; others read OpenAI's.
        """
        key = {"x-api-key": gateway.key_for()}
        version = {"anthropic-version": "2023-06-01"}
        theirs = gateway.client.get("/v1/models", headers={**key, **version}).json
        others = gateway.client.get("/v1/models", headers=key).json

        assert theirs["first_id"] == theirs["data"][0]["id"]
        assert {model["type"] for model in theirs["data"]} == {"model"}
        assert theirs["has_more"] is False
        assert others["object"] == "list"

    @pytest.mark.parametrize("header", ["x-api-key", "api-key", "x-goog-api-key"])
    def test_a_key_is_taken_where_a_client_puts_it(
        self, gateway: Installation, header: str
    ) -> None:
        """
        Four headers carry keys; two that differ are refused.
        """
        key = gateway.key_for()
        path = "/v1/models"

        assert gateway.client.get(path, headers={header: key}).status_code == 200
        both = {header: key, "Authorization": "Bearer sk-other"}
        assert gateway.client.get(path, headers=both).status_code == 401
