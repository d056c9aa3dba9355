"""P5: every string of a request is reached, in every shape, whatever its key."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.content.attachments.reader import AttachmentReader
from gateway.content.inspect import Inspector
from gateway.content.patterns import PatternDetector
from gateway.content.pseudonyms import protect
from gateway.content.rewritten import rewritten
from gateway.content.walk import walk
from gateway.errors import InvalidRequest
from tests.unit.content.inspecting import inspect_request

ADDRESS = "jane.doe@acme.example"
INSPECTOR = Inspector([PatternDetector()])
OPENAI: dict[str, Any] = {
    "model": "m",
    "messages": [
        {"role": "system", "content": "text", "name": "text"},
        {"role": "developer", "content": [{"type": "text", "text": "text"}]},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "text"},
                {"type": "file", "file": {"filename": "text", "file_id": "text"}},
                {"type": "image_url", "image_url": {"url": "https://x.example", "detail": "text"}},
                {"type": "never_seen_before", "payload": {"deep": ["text"]}},
            ],
        },
        {
            "role": "assistant",
            "content": None,
            "refusal": "text",
            "reasoning_content": "text",
            "tool_calls": [
                {"id": "text", "type": "function", "function": {"name": "f", "arguments": "text"}}
            ],
            "function_call": {"name": "text", "arguments": "text"},
        },
        {"role": "tool", "tool_call_id": "text", "content": "text"},
    ],
    "tools": [
        {
            "type": "function",
            "function": {
                "name": "f",
                "description": "text",
                "parameters": {"properties": {"text": {"enum": ["text"], "description": "text"}}},
            },
        }
    ],
    "tool_choice": {"function": {"name": "text"}},
    "response_format": {"json_schema": {"name": "text", "schema": {"title": "text"}}},
    "prediction": {"type": "content", "content": [{"type": "text", "text": "text"}]},
    "stop": ["text"],
    "user": "text",
    "safety_identifier": "text",
    "metadata": {"text": "text"},
    "web_search_options": {"user_location": {"approximate": {"city": "text"}}},
    "nobody_knows": {"this": [["text", {"text": "text"}]]},
}
ANTHROPIC: dict[str, Any] = {
    "model": "m",
    "system": [{"type": "text", "text": "text", "cache_control": {"type": "ephemeral"}}],
    "messages": [
        {"role": "user", "content": "text"},
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "text", "signature": "text"},
                {"type": "text", "text": "text", "citations": [{"cited_text": "text"}]},
                {"type": "tool_use", "id": "text", "name": "text", "input": {"text": ["text"]}},
                {"type": "server_tool_use", "input": {"query": "text"}},
            ],
        },
        {
            "role": "user",
            "content": [
                {
                    "type": "tool_result",
                    "tool_use_id": "text",
                    "content": [{"type": "text", "text": "text"}],
                },
                {
                    "type": "document",
                    "title": "text",
                    "context": "text",
                    "source": {"type": "text", "media_type": "text/plain", "data": "text"},
                },
                {"type": "search_result", "source": "text", "title": "text"},
            ],
        },
    ],
    "tools": [{"name": "f", "description": "text", "input_schema": {"properties": {"text": {}}}}],
    "stop_sequences": ["text"],
    "metadata": {"user_id": "text"},
    "container": "text",
    "mcp_servers": [{"url": "text", "name": "text", "authorization_token": "text"}],
}


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where "text" stands in a document; a path that ends in "key" is a key."""
    if isinstance(node, dict):
        return [
            found
            for key, value in node.items()
            for found in (
                *([(*path, key, "key")] if key == "text" and path else []),
                *places(value, (*path, key)),
            )
        ]
    if isinstance(node, list):
        return [found for at, item in enumerate(node) for found in places(item, (*path, at))]
    return [path] if node == "text" else []


def planted(body: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
    """A copy with the address at `path`."""
    document: dict[str, Any] = json.loads(json.dumps(body))
    is_key = path[-1] == "key"
    steps = path[:-1] if is_key else path
    node: Any = document
    for step in steps[:-1]:
        node = node[step]
    if is_key:
        node[ADDRESS] = node.pop(steps[-1])
    else:
        node[steps[-1]] = f"to {ADDRESS}, please"
    return document


def found(body: dict[str, Any]) -> set[str]:
    """The types of findings in a request."""
    return {item.type for item in inspect_request(body, INSPECTOR).summaries}


CASES = [
    pytest.param(body, path, id=f"{name}:{'.'.join(map(str, path))}")
    for name, body in (("openai", OPENAI), ("anthropic", ANTHROPIC))
    for path in places(body)
]


class TestShapes:
    @pytest.mark.parametrize(("body", "path"), CASES)
    def test_every_field_of_both_shapes_is_reached(
        self, body: dict[str, Any], path: tuple[Any, ...]
    ) -> None:
        """
        An address planted in any one field, or key, is found.
        """
        request = planted(body, path)

        assert "EMAIL_ADDRESS" in found(request)

    def test_there_is_something_in_every_corner(self) -> None:
        """
        The shapes above hold many places, so that the test above is one.
        """
        assert len(CASES) > 60


KEYS = st.one_of(
    st.sampled_from(
        ["messages", "role", "content", "type", "text", "arguments", "data", "source", "file",
         "file_data", "image_url", "url", "input_audio", "system", "tools", "", "\ud800"]
    ),
    st.text(max_size=5),
)  # fmt: skip
KINDS = st.sampled_from(
    ["text", "file", "image_url", "input_audio", "document", "image", "base64", "function", "user"]
)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | KINDS | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@st.composite
def a_planted_body(draw: st.DrawFn) -> dict[str, Any]:
    """Any JSON object with an address in it somewhere."""
    node: Any = f"ask {ADDRESS} now"
    for _ in range(draw(st.integers(1, 6))):
        around = draw(st.lists(DOCUMENTS, max_size=2))
        how = draw(st.sampled_from(["list", "value", "key", "arguments", "typed"]))
        if how == "list":
            node = [*around, node]
        elif how == "key" and isinstance(node, str):
            node = {node: around}
        elif how == "arguments":
            node = {"arguments": json.dumps({"a": node, "b": around})}
        elif how == "typed":
            node = {"type": draw(KINDS), draw(KEYS): node}
        else:
            node = {draw(KEYS): node, draw(st.text(min_size=6, max_size=8)): around}
    return {"model": "m", draw(KEYS): node}  # the planted one stays, whatever its key


class TestAnyDocument:
    @given(a_planted_body())
    @settings(max_examples=400)
    def test_a_planted_address_is_found_whatever_the_key(self, body: dict[str, Any]) -> None:
        """
        Any JSON: the address is found, or it is inside of an attachment that nobody could read.
        """
        seen = inspect_request(body, INSPECTOR)
        types = {item.type for item in seen.summaries}

        assert "EMAIL_ADDRESS" in types or seen.unscanned or "detector.failed" in types

    @given(a_planted_body())
    def test_what_is_found_can_be_taken_out(self, body: dict[str, Any]) -> None:
        """
        Replacing every string that holds the address leaves none, outside of attachments.
        """
        walked = walk(body)
        changes = [
            (item, item.text.replace(ADDRESS, "[X]"))
            for item in walked.fields
            if ADDRESS in item.text
        ]
        left = rewritten(body, changes)

        assert ADDRESS not in json.dumps(left) or inspect_request(body, INSPECTOR).unscanned

    def test_arguments_inside_of_arguments(self) -> None:
        """
        JSON in a string of JSON in a string: the address in the innermost one is taken out too.
        """
        inner = json.dumps({"arguments": json.dumps({"to": f'"{ADDRESS}"'})})
        body = {"messages": [{"role": "assistant", "function_call": {"arguments": inner}}]}
        changes = [
            (item, item.text.replace(ADDRESS, "[X]"))
            for item in walk(body).fields
            if ADDRESS in item.text
        ]

        assert "EMAIL_ADDRESS" in found(body)
        assert ADDRESS not in json.dumps(rewritten(body, changes))


class TestWhatIsNoString:
    @pytest.mark.parametrize("number", [4111111111111111, 4111111111111111.0, -4111111111111111])
    def test_a_number_may_be_somebodys(self, number: float) -> None:
        """
        A card that stands as a number is found and leaves as a text; what is short stays a number.
        """
        body = {"messages": [{"role": "user", "content": "x"}], "input": {"card": number, "n": 12}}
        seen = inspect_request(body, INSPECTOR)
        left = protect(seen, frozenset({"CREDIT_CARD"}), frozenset()).body

        assert "[CREDIT_CARD_1]" in left["input"]["card"]
        assert left["input"]["n"] == 12

    @pytest.mark.parametrize(
        ("arguments", "kind"),
        [
            (r'{"card": 4111111111111111, "note": "a\"b"}', "CREDIT_CARD"),
            (rf'{{"to": "{ADDRESS}", "to": "a\"b"}}', "EMAIL_ADDRESS"),
            (rf'{{"a": {{"to": "{ADDRESS}", "to": 1}}, "b": "a\"b"}}', "EMAIL_ADDRESS"),
            (rf'{{"{ADDRESS}": {{"x": 1}}, "{ADDRESS}": "a\"b"}}', "EMAIL_ADDRESS"),
        ],
    )
    def test_arguments_with_escapes_hide_nothing(self, arguments: str, kind: str) -> None:
        """
        A number in them, and the first of two equal keys, are seen and taken out as all else is.
        """
        call = {"function": {"name": "f", "arguments": arguments}}
        body = {"messages": [{"role": "assistant", "tool_calls": [call]}]}
        seen = inspect_request(body, INSPECTOR)
        left = json.dumps(protect(seen, frozenset({kind}), frozenset()).body)

        assert f"[{kind}_1]" in left
        assert ADDRESS not in left
        assert "4111" not in left


class TestLimits:
    def test_too_many_strings_are_refused(self) -> None:
        """
        P10: a request of a million strings is not walked to its end.
        """
        with pytest.raises(InvalidRequest, match="text fields"):
            walk({"messages": [{"role": "user", "content": ["x"] * 20_001}]})

    def test_words_of_the_api_count(self) -> None:
        """
        P10: keys that nothing is looked for in are strings as well.
        """
        with pytest.raises(InvalidRequest, match="more than 20000 text fields"):
            walk({"messages": [{"role": "user", "content": [{"id": 1}] * 20_000}]})

    def test_arguments_count(self) -> None:
        """
        P10: so are the strings of the JSON that a tool is called with.
        """
        arguments = json.dumps({"said": ["x\n"] * 20_001})
        with pytest.raises(InvalidRequest, match="more than 20000 text fields"):
            walk({"messages": [{"role": "assistant", "arguments": arguments}]})


class TestWordsOfTheApis:
    def test_they_are_passed_over_at_their_own_places_only(self) -> None:
        """
        A role is a word of the API under its key; said by a person, or in a tool's arguments, it
        is read like any other string. All count by their length.
        """
        arguments = json.dumps({"role": "tool", "text": "a\nb"})
        call = {"role": "assistant", "arguments": arguments}
        body = {"messages": [{"role": "user", "content": "user"}, call]}
        walked = walk(body)

        roles = ["role", "user", "content", "role", "assistant", "arguments"]
        assert list(walked.words) == [*roles, "role", "text"]
        assert [item.text for item in walked.fields] == ["user", "tool", "a\nb"]
        assert walked.characters == sum(map(len, walked.words)) + len("usertoola_b")


IBAN, SPANISH = "DE89370400440532013000", "ES9121000418450200051332"
WORDS = base64.b64encode(f"write to {ADDRESS} about {IBAN} and tell them".encode()).decode()


class TestWhatIsNoFile:
    @pytest.mark.parametrize(
        "part",
        [
            {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{WORDS}"}},
            {"type": "image", "source": {"type": "base64", "data": WORDS}},
            {"type": "input_audio", "input_audio": {"data": WORDS, "format": "wav"}},
            {"type": "input_audio", "input_audio": {"data": SPANISH, "format": "wav"}},
            {"type": "file", "file": {"file_data": SPANISH, "filename": "a.txt"}},
            {"type": "file", "file": {"file_data": f"data:text/{IBAN};base64,aGVsbG8="}},
            {"type": "file", "file": {"file_data": f"data:text/plain;x={IBAN};base64,aGVsbG8="}},
            {"inlineData": {"mimeType": "image/png", "data": WORDS}},
            {"type": "x", "u": f"data:image/png;base64,{WORDS}"},
            {"type": "x", "u": f"data:image/png;x={IBAN};base64,aGVsbG8="},
            {"type": "thinking", "thinking": "x", "signature": WORDS},
            {"thoughtSignature": WORDS},
        ],
    )
    def test_words_in_the_place_of_bytes_are_read(self, part: dict[str, Any]) -> None:
        """
        Text under the name of a picture, in the type of a file or for a signature is text.
        """
        body = {"messages": [{"role": "user", "content": [part]}]}
        reader = AttachmentReader()
        seen = inspect_request(body, INSPECTOR, reader.request())
        reader.close()

        assert "IBAN_CODE" in {item.type for item in seen.summaries}

    def test_what_cannot_be_read_is_still_told(self) -> None:
        """
        Bytes behind a type that is none count as unscanned, wherever they stand.
        """
        body = {"messages": [], "x": "data:image/png;name=a.png;base64,iVBORw0KGgo="}

        assert inspect_request(body, INSPECTOR).unscanned == {"file": 1}
