"""Placeholders: what leaves, what comes back, and to whom."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.content.inspect import Inspector
from gateway.content.pseudonyms import Protected, Ways, protect
from gateway.content.restore import Restorer
from tests.unit.content.inspecting import inspect_request

INSPECTOR = Inspector()
TYPES = frozenset({"EMAIL_ADDRESS", "IBAN_CODE", "PHONE_NUMBER", "CREDIT_CARD"})
MAIL, OTHER = "jane@acme.example", "bob@globex.example"

values = st.sampled_from(
    [MAIL, OTHER, "JANE@acme.example", "DE89 3704 0044 0532 0130 00", "4111 1111 1111 1111"]
)
literals = st.sampled_from(["[EMAIL_ADDRESS_1]", "(person_2)", "[TEXT_1]", "EMAIL_ADDRESS_2"])
words = st.text(alphabet="abc .,\n!?äß[{}_1", max_size=12)
sentences = st.lists(st.one_of(values, literals, words), max_size=6).map(" ".join)
turns = st.lists(sentences, min_size=1, max_size=5)


def guarded(messages: list[dict[str, Any]], **more: Any) -> Protected:
    """A request with these messages, its identifiers taken out."""
    body = {"model": "m", "messages": messages, **more}
    return protect(inspect_request(body, INSPECTOR), TYPES, frozenset({"SECRET"}))


def conversation(texts: list[str]) -> list[dict[str, Any]]:
    """Turns of a caller and a model."""
    roles = ("user", "assistant")
    return [{"role": roles[at % 2], "content": text} for at, text in enumerate(texts)]


class TestNumbering:
    def test_one_entity_has_one_number(self) -> None:
        """
        The same address in another case, the same account without blanks: one placeholder.
        """
        text = f"{MAIL} JANE@ACME.example DE89370400440532013000 DE89 3704 0044 0532 0130 00"
        sent = guarded([{"role": "user", "content": text}])

        assert sent.body["messages"][0]["content"] == (
            "[EMAIL_ADDRESS_1] [EMAIL_ADDRESS_1] [IBAN_CODE_1] [IBAN_CODE_1]"
        )
        assert sent.replaced == {"EMAIL_ADDRESS": 1, "IBAN_CODE": 1}

    @given(turns, sentences)
    @settings(max_examples=150, deadline=None)
    def test_earlier_turns_stay_byte_for_byte(self, texts: list[str], following: str) -> None:
        """
        What one more turn brings changes nothing in the turns before: prompt caches hold.
        """
        before = guarded(conversation(texts)).body["messages"]
        after = guarded(conversation([*texts, following])).body["messages"]

        assert json.dumps(after[: len(before)]) == json.dumps(before)

    def test_the_original_is_not_touched(self) -> None:
        """
        The caller's body stays as it was; what is not changed is shared, not copied.
        """
        messages = [{"role": "user", "content": "hi"}, {"role": "user", "content": MAIL}]
        sent = guarded(messages)

        assert messages[1]["content"] == MAIL
        assert sent.body["messages"][0] is messages[0]


class TestEveryField:
    def test_every_string_is_reached(self) -> None:
        """
        P5: parts, names, tools, metadata, unknown keys, and keys themselves.
        """
        body: dict[str, Any] = {
            "messages": [
                {
                    "role": "user",
                    "name": MAIL,
                    "content": [
                        {"type": "text", "text": MAIL},
                        {"type": "image_url", "image_url": {"url": f"https://x.example/{MAIL}"}},
                    ],
                },
                {
                    "role": "assistant",
                    "content": None,
                    "tool_calls": [
                        {"id": "1", "function": {"name": "f", "arguments": f'{{"to":"{MAIL}"}}'}}
                    ],
                },
                {"role": "tool", "tool_call_id": "1", "content": f"found {MAIL}"},
            ],
            "tools": [{"function": {"description": MAIL, "parameters": {"enum": [MAIL]}}}],
            "user": MAIL,
            "metadata": {MAIL: MAIL},
            "stop": [MAIL],
            "x_unknown": {"deep": [{"er": MAIL}]},
        }
        sent = protect(inspect_request(body, INSPECTOR), TYPES, frozenset())

        assert MAIL not in json.dumps(sent.body)
        assert sent.replaced == {"EMAIL_ADDRESS": 1}

    def test_escapes_in_tool_arguments_hide_nothing(self) -> None:
        r"""
        ``jane\u0040acme.example`` in a tool's JSON is the same address, and stays valid JSON.
        """
        arguments = '{"to": "jane\\u0040acme.example", "note": "line\\nbob@globex.example"}'
        call = {"id": "1", "function": {"name": "f", "arguments": arguments}}
        sent = guarded([{"role": "assistant", "tool_calls": [call]}])
        parsed = json.loads(sent.body["messages"][0]["tool_calls"][0]["function"]["arguments"])

        assert parsed == {"to": "[EMAIL_ADDRESS_1]", "note": "line\n[EMAIL_ADDRESS_2]"}

    def test_bytes_are_counted_not_searched(self) -> None:
        """
        An attachment no detector reads is reported to policy by kind.
        """
        image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
        audio = {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}}
        body = {"messages": [{"role": "user", "content": [image, audio, image]}]}

        assert inspect_request(body, INSPECTOR).unscanned == {"image": 2, "audio": 1}


class TestRestoring:
    @given(turns)
    @settings(max_examples=150, deadline=None)
    def test_an_echo_gives_back_what_was_typed(self, texts: list[str]) -> None:
        """
        Restoring what left gives the caller's own words again, literals included.
        """
        sent = guarded([{"role": "user", "content": text} for text in texts])
        restorer = Restorer(sent.table)
        for given_text, message in zip(texts, sent.body["messages"], strict=True):
            echoed = restorer.text(message["content"])

            assert echoed.lower().replace(" ", "") == given_text.lower().replace(" ", "")

    def test_a_literal_placeholder_is_nobodys_value(self) -> None:
        """
        Text that looks like a placeholder comes back as typed, not as somebody's address.
        """
        sent = guarded([{"role": "user", "content": f"[EMAIL_ADDRESS_1] and {MAIL}"}])
        said = Restorer(sent.table).text(sent.body["messages"][0]["content"])

        assert sent.body["messages"][0]["content"] == "[TEXT_1] and [EMAIL_ADDRESS_1]"
        assert said == f"[EMAIL_ADDRESS_1] and {MAIL}"

    def test_values_of_instructions_are_not_given_out(self) -> None:
        """
        What only the system prompt or a tool knows is never restored into an answer.
        """
        tool = {"function": {"description": OTHER}}
        sent = guarded(
            [{"role": "system", "content": f"Admin: {OTHER}"}, {"role": "user", "content": MAIL}],
            tools=[tool],
        )
        said = Restorer(sent.table).text("[EMAIL_ADDRESS_1] [EMAIL_ADDRESS_2]")

        assert said == f"[EMAIL_ADDRESS_1] {MAIL}"

    def test_values_of_instructions_come_back_where_a_tenant_says_so(self) -> None:
        """
        Where the caller writes the instructions, their values are the caller's. A secret is not.
        """
        messages = [{"role": "system", "content": f"Admin: {OTHER}, password: hunter2-xyz"}]
        inspected = inspect_request({"model": "m", "messages": messages}, INSPECTOR)
        secret = frozenset({"SECRET"})
        sent = protect(inspected, TYPES, secret, frozenset(), Ways(whole_request=True))
        said = Restorer(sent.table).text("[EMAIL_ADDRESS_1] [SECRET_1]")

        assert said == f"{OTHER} [SECRET_1]"

    def test_secrets_are_gone_for_good(self) -> None:
        """
        A secret's placeholder stays a placeholder.
        """
        sent = guarded([{"role": "user", "content": "password: hunter2-xyz"}])

        assert sent.body["messages"][0]["content"] == "password: [SECRET_1]"
        assert Restorer(sent.table).text("[SECRET_1]") == "[SECRET_1]"
