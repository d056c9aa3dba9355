"""Every parameter over every wire: carried with its meaning, or refused by name; never dropped."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

from gateway.core.catalogue import Wire
from gateway.errors import GatewayError, InvalidRequest
from gateway.providers.abilities import ABILITIES
from gateway.providers.carrying import FRAME, KEPT_BACK
from tests.contract.providers.asking import REMOTE

if TYPE_CHECKING:
    from tests.contract.providers.asking import Asking
    from tests.simulators.published import Published
    from tests.simulators.upstream import Upstream

PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
    "rkJggg=="
)
TOOL = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather of a city.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}
NAMED = {"type": "function", "function": {"name": "weather"}}
SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}}
VALUES: dict[str, Any] = {
    "audio": {"voice": "alloy", "format": "wav"},
    "frequency_penalty": 0.5,
    "function_call": "auto",
    "functions": [{"name": "weather"}],
    "logit_bias": {"50256": -100},
    "logprobs": True,
    "max_completion_tokens": 77,
    "max_tokens": 78,
    "modalities": ["text", "audio"],
    "moderation": {"model": "omni"},
    "n": 2,
    "parallel_tool_calls": False,
    "prediction": {"type": "content", "content": "x"},
    "presence_penalty": 0.25,
    "prompt_cache_options": {"mode": "explicit"},
    "prompt_cache_retention": "24h",
    "reasoning_effort": "low",
    "response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": SCHEMA}},
    "seed": 4711,
    "service_tier": "flex",
    "stop": ["END", "FIN"],
    "store": True,
    "temperature": 0.3,
    "tool_choice": "required",
    "tools": [TOOL],
    "top_logprobs": 3,
    "top_p": 0.9,
    "verbosity": "low",
    "web_search_options": {},
}
"""A value of each parameter that asks for something."""

WITH_TOOLS = frozenset({"tool_choice", "parallel_tool_calls"})
"""Mean something only beside tools."""

CALL = {
    "id": "call_a1b2c",
    "type": "function",
    "function": {"name": "weather", "arguments": '{"city": "Oslo"}'},
}
CONVERSATION = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "How is the weather in Oslo?"},
    {"role": "assistant", "content": "I will look.", "tool_calls": [CALL]},
    {"role": "tool", "tool_call_id": "call_a1b2c", "content": '{"sky": "grey-and-wet"}'},
    {"role": "user", "content": "And tomorrow?"},
]


def conversation(wire: Wire) -> list[Any]:
    """A conversation with a tool. Azure's stable edition knows no developers."""
    made: list[Any] = copy.deepcopy(CONVERSATION)
    if wire is not Wire.AZURE:
        made[0] = {"role": "developer", "content": [{"type": "text", "text": "Be brief."}]}
    return made


def sent(asking: Asking, upstream: Upstream, **more: Any) -> dict[str, Any] | str | None:
    """What reached the provider, or the name of what was refused."""
    before = upstream.count
    try:
        asking("say:yes", **more)
    except InvalidRequest as refusal:
        assert upstream.count == before
        return refusal.param
    return upstream.calls[-1]


class TestParameters:
    def test_the_samples_are_all_there_are(self, published: Published) -> None:
        """
        OpenAI's own document lists the parameters; a new one must be thought about here.
        """
        known = set(published.chat_parameters())

        assert known - FRAME - KEPT_BACK <= set(VALUES)

    @pytest.mark.parametrize("name", sorted(VALUES))
    def test_none_is_dropped(self, translated: Asking, upstream: Upstream, name: str) -> None:
        """
        The request that leaves is another one with the parameter than without, or none leaves.
        """
        beside = {"tools": [TOOL]} if name in WITH_TOOLS else {}
        plain = sent(translated, upstream, **beside)
        asked = sent(translated, upstream, **beside, **{name: VALUES[name]})

        assert asked == name or (isinstance(asked, dict) and asked != plain)

    def test_what_nobody_knows_is_refused(self, translated: Asking, upstream: Upstream) -> None:
        """
        A parameter of tomorrow, or a misspelt one: refused, and named if it has a name.
        """

        assert sent(translated, upstream, temprature=0.2) == "temprature"
        assert sent(translated, upstream, **{"what is <this>": 1}) is None

    @pytest.mark.parametrize(
        "neutral",
        [
            {"n": 1, "logprobs": False, "top_logprobs": 0, "logit_bias": {}, "store": False},
            {"response_format": {"type": "text"}, "service_tier": "auto", "modalities": ["text"]},
            {"presence_penalty": 0, "frequency_penalty": 0.0, "parallel_tool_calls": True},
            {"seed": None, "stop": None, "tools": None, "tool_choice": None},
            {"user": "jane", "metadata": {"a": "jane"}, "safety_identifier": "jane"},
        ],
    )
    def test_what_asks_for_nothing_is_no_obstacle(
        self, translated: Asking, upstream: Upstream, neutral: dict[str, Any]
    ) -> None:
        """
        Clients send defaults; and who is asking is kept back rather than refused.
        """
        body = sent(translated, upstream, **neutral)

        assert isinstance(body, dict)
        assert "jane" not in json.dumps(body)


class TestAbilities:
    def test_every_wire_says_what_it_can(self) -> None:
        """
        The reference page is made from it.
        """
        assert set(ABILITIES) == set(REMOTE)

    def test_parameters(self, translated: Asking, upstream: Upstream) -> None:
        """
        Carried or refused as it says.
        """
        able = ABILITIES[translated.wire]
        for name, value in VALUES.items():
            answer = sent(translated, upstream, **{"tools": [TOOL], name: value})
            carried = isinstance(answer, dict)

            if name not in WITH_TOOLS:
                assert carried == (name in (able.parameters or ())), name

    def test_choices_of_tools(self, remote: Asking, upstream: Upstream) -> None:
        """
        The same for what may be chosen.
        """
        able = ABILITIES[remote.wire]
        for name, choice in (("none", "none"), ("required", "required"), ("named", NAMED)):
            answer = sent(remote, upstream, tools=[TOOL], tool_choice=choice)

            assert isinstance(answer, dict) == (name in able.tool_choices), name

    def test_images_by_address(self, remote: Asking, upstream: Upstream) -> None:
        """
        And for images that the provider would have to fetch.
        """
        part = {"type": "image_url", "image_url": {"url": "https://images.example/a.png"}}
        messages = [{"role": "user", "content": [part]}]
        answer = sent(remote, upstream, messages=messages)

        assert isinstance(answer, dict) == ABILITIES[remote.wire].image_addresses
        assert answer == "messages.0.content.0.image_url.url" or "images.example" in str(answer)


class TestConversations:
    def test_words_calls_and_results_arrive(self, remote: Asking, upstream: Upstream) -> None:
        """
        Instructions, the call of a tool and its result reach the provider in its own form.
        """
        messages = conversation(remote.wire)
        remote("say:yes", messages=messages, tools=[TOOL])
        text = json.dumps(upstream.calls[-1])

        for word in (
            "Be brief.", "How is the weather", "I will look.", "weather",
            "The weather of a city.", "Oslo", "grey-and-wet", "And tomorrow?",
        ):  # fmt: skip
            assert word in text

    @pytest.mark.parametrize("choice", ["auto", "none", "required", NAMED, "sometimes", 7])
    def test_the_choice_of_tools(self, translated: Asking, upstream: Upstream, choice: Any) -> None:
        """
        Carried, or refused by name.
        """
        body = sent(translated, upstream, tools=[TOOL], tool_choice=choice)

        if choice in ("sometimes", 7):
            assert body == "tool_choice"
        else:
            assert body == "tool_choice" or "weather" in json.dumps(body)

    def test_an_image_arrives_byte_for_byte(self, remote: Asking, upstream: Upstream) -> None:
        """
        Inline, as base64, in the part that is meant for it.
        """
        content = [
            {"type": "text", "text": "What is this?"},
            {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}},
        ]
        remote("say:yes", messages=[{"role": "user", "content": content}])
        text = json.dumps(upstream.calls[-1])

        assert PNG in text
        assert "What is this?" in text

    @pytest.mark.parametrize(
        "part",
        [
            {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
            {"type": "file", "file": {"file_id": "file-1"}},
            {"type": "image_url", "image_url": {"url": "data:image/tiff;base64,AAAA"}},
            {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}",
                                                "detail": "low"}},
            {"type": "image_url", "image_url": "x"},
            {"type": "text", "text": 7},
            {"type": "text", "text": "a", "annotations": ["b"]},
        ],
    )  # fmt: skip
    def test_a_part_without_a_counterpart_is_refused(
        self, translated: Asking, upstream: Upstream, part: dict[str, Any]
    ) -> None:
        """
        Sound, files, other pictures and broken parts are named by their place.
        """
        if _fine(translated.wire, part):
            translated("say:yes", messages=[{"role": "user", "content": [part]}])
            return
        before = upstream.count
        with pytest.raises(InvalidRequest) as refusal:
            translated("say:yes", messages=[{"role": "user", "content": [part]}])

        assert str(refusal.value.param).startswith("messages.0.content.0")
        assert upstream.count == before

    @pytest.mark.parametrize("arguments", ["not json", "[1]", "7"])
    def test_arguments_that_are_no_object(
        self, remote: Asking, upstream: Upstream, arguments: str
    ) -> None:
        """
        Where the provider wants an object, text that is none is refused, not repaired.
        """
        broken = conversation(remote.wire)
        broken[2]["tool_calls"][0]["function"]["arguments"] = arguments  # type: ignore[index]
        answer = sent(remote, upstream, messages=broken, tools=[TOOL])

        refused = answer == "messages.2.tool_calls.0.function.arguments"
        assert refused or arguments in json.dumps(answer).replace('\\"', '"')

    def test_a_result_without_a_call(self, translated: Asking, upstream: Upstream) -> None:
        """
        Google wants the function's name with its result; without the call nobody knows it.
        """
        alone = [{"role": "tool", "tool_call_id": "call_9", "content": "grey"}]

        answer = sent(translated, upstream, messages=alone)

        named = translated.wire in (Wire.GEMINI, Wire.VERTEX)
        assert answer == "messages.0.tool_call_id" if named else "grey" in json.dumps(answer)

    def test_strict_functions(self, remote: Asking, upstream: Upstream) -> None:
        """
        A promise that the arguments fit the schema is carried or refused.
        """
        strict = copy.deepcopy(TOOL)
        strict["function"]["strict"] = True  # type: ignore[index]
        answer = sent(remote, upstream, tools=[strict])

        carried = ABILITIES[remote.wire].strict_tools
        assert ('"strict": true' in json.dumps(answer)) == carried
        assert carried or answer == "tools.0.function.strict"


def _fine(wire: Wire, part: dict[str, Any]) -> bool:
    """Whether this wire does carry the part."""
    if wire is Wire.MISTRAL:
        return part.get("image_url") == {"url": "data:image/tiff;base64,AAAA"}
    return wire is Wire.ANTHROPIC and "annotations" in part


class TestErrors:
    def test_whatever_is_refused_says_nothing_of_the_content(
        self, translated: Asking, upstream: Upstream
    ) -> None:
        """
        P7: a refusal names the place, and quotes nothing.
        """
        part = {"type": "secret-kind", "text": "Jane's secret"}
        with pytest.raises(GatewayError) as refusal:
            translated("say:yes", messages=[{"role": "user", "content": [part]}])

        assert "secret" not in refusal.value.message
        assert "Jane" not in refusal.value.message
