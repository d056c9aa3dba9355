"""What a hostile provider puts beside the words of its answers: every API, whole and streamed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest

from tests.integration.hostile import (
    APIS,
    CHAT,
    GEMINI,
    MESSAGES,
    RESPONSES,
    Hostile,
    events,
    said,
)
from tests.integration.test_pseudonyms import ORDERS

if TYPE_CHECKING:
    from collections.abc import Iterator

CARD, NUMBER, MARK = "4111 1111 1111 1111", 4111111111111111, "[CREDIT_CARD]"
CANARY = "CANARY-desk-7f3a9c2e"
SEALED = "EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pkiMOYds" * 2


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hostile]:
    """A gateway and its provider."""
    made = Hostile(tmp_path_factory.mktemp("beside"))
    yield made
    made.close()


BESIDE: list[dict[str, Any]] = [
    {"note": CARD},
    {"note": {"of": ["the", f"card {CARD}."]}},
    {"id": CARD},
    {"name": CARD},
    {f"card {CARD}": 1},
    {f"card {CARD}": "ends in 12"},
    {"note": {f"card {CARD}": {"deep": "er"}}},
    {"note": NUMBER},
    {"note": [float(NUMBER)]},
    {"signature": CARD},
    {"encrypted_content": f"The card is {CARD}, and it is told under a name for what is sealed."},
]


def digits(text: str) -> str:
    """The digits of a text, where blanks between them are nothing."""
    return text.replace(" ", "")


class TestOthersValues:
    @pytest.mark.parametrize("api", APIS)
    @pytest.mark.parametrize("beside", BESIDE)
    def test_they_are_taken_out_of_a_whole_answer(
        self, hostile: Hostile, api: str, beside: dict[str, Any]
    ) -> None:
        """
        P5: wherever it stands in the document, as a string, a key or a number, a stranger's card
        is gone; the document stays one, and its words are there.
        """
        for answer in (said(api, beside, {}), said(api, {}, beside)):
            status, text = hostile.whole(api, answer)

            assert status == 200, text
            assert str(NUMBER) not in digits(text)
            assert MARK in str(orjson.loads(text))
            assert "Hello." in text

    @pytest.mark.parametrize("api", APIS)
    @pytest.mark.parametrize("beside", BESIDE)
    def test_they_are_taken_out_of_a_stream(
        self, hostile: Hostile, api: str, beside: dict[str, Any]
    ) -> None:
        """
        P9: the same of every event, also where the next one says it again.
        """
        for sent in (events(api, [beside], {}), events(api, [], beside)):
            status, text = hostile.streamed(api, sent)

            assert status == 200, text
            assert str(NUMBER) not in digits(text)
            assert "Hello." in text
            assert hostile.outcome()["status"] == "completed"
            for line in text.splitlines():
                if line.startswith("data: {"):
                    orjson.loads(line[6:])

    def test_they_are_taken_out_of_the_kind_of_what_was_held_back(self, hostile: Hostile) -> None:
        """
        P9: what was held back leaves in an event of ours, which names what it goes on with.
        """
        note = {"type": f"card {CARD}", "note": "ends in 12"}
        _, text = hostile.streamed(MESSAGES, events(MESSAGES, [note], {}))

        assert "12" in text
        assert str(NUMBER) not in digits(text)

    @pytest.mark.parametrize("api", [CHAT, MESSAGES])
    def test_one_split_over_deltas_nobody_knows_does_not_leave(
        self, hostile: Hostile, api: str
    ) -> None:
        """
        P9: what may grow is held back under a name nobody knows as in the words.
        """
        pieces = [{"note": piece} for piece in ("card 4111 11", "11 1111", " 1111 it is.")]
        _, text = hostile.streamed(api, events(api, pieces, {}))

        assert "4111" not in text
        assert MARK in text
        assert "it is." in text

    @pytest.mark.parametrize("api", [RESPONSES, GEMINI])
    def test_one_split_over_whole_notes_is_told_and_cut(self, hostile: Hostile, api: str) -> None:
        """
        P9: in events that say something whole nothing is held back; what completes a value is
        taken out, and policy is told.
        """
        pieces = [{"note": piece} for piece in ("card 4111 1111 ", "1111 1111", " it is.")]
        _, text = hostile.streamed(api, events(api, pieces, {}))

        assert "1111 1111" not in text.replace("4111 1111 ", "")
        assert hostile.outcome()["output"]["findings"] == {"CREDIT_CARD": 1}


class TestInstructions:
    @pytest.mark.parametrize("api", APIS)
    @pytest.mark.parametrize("stream", [False, True])
    def test_they_are_not_given_away_word_by_word(
        self, hostile: Hostile, api: str, stream: bool
    ) -> None:
        """
        P5: a list of words, many names of the provider's own, and many keys are read one behind
        the other.
        """
        words = ORDERS.split()
        spread: list[dict[str, Any]] = [
            {"note": words},
            {f"note{at}": " ".join(words[at : at + 5]) for at in range(0, len(words), 5)},
            {"note": {" ".join(words[at : at + 7]): at for at in range(0, len(words), 7)}},
        ]
        for beside in spread:
            if stream:
                _, text = hostile.streamed(api, events(api, [beside], {}), ORDERS)
            else:
                _, text = hostile.whole(api, said(api, beside, {}), ORDERS)

            assert "ombudsman" not in text
            assert hostile.outcome()["status"] == "withheld"

    @pytest.mark.parametrize("api", APIS)
    @pytest.mark.parametrize("stream", [False, True])
    @pytest.mark.parametrize("beside", [{"note": CANARY}, {"note": {CANARY: 1}}, {"id": CANARY}])
    def test_a_canary_is_found_everywhere(
        self, hostile: Hostile, api: str, stream: bool, beside: dict[str, Any]
    ) -> None:
        """
        P5: what marks the instructions is no less theirs under a name, as a key, or as an id.
        """
        system = f"Be kind. {CANARY}"
        if stream:
            _, text = hostile.streamed(api, events(api, [beside], {}), system)
        else:
            _, text = hostile.whole(api, said(api, beside, {}), system)

        assert CANARY not in text
        assert hostile.outcome()["status"] == "withheld"

    def test_they_are_not_given_away_by_turns(self, hostile: Hostile) -> None:
        """
        P9: half of it as words and half under another name is read in the order in which it comes.
        """
        words = ORDERS.split()
        turns: list[dict[str, Any]] = [
            {"content" if at % 2 else "note": f"{' '.join(words[3 * at : 3 * at + 3])} "}
            for at in range(len(words) // 3)
        ]
        _, text = hostile.streamed(CHAT, events(CHAT, turns, {}), ORDERS)

        assert hostile.outcome()["status"] == "withheld"
        assert "".join(turns[-1].values()) not in text


class TestNothingIsWrong:
    @pytest.mark.parametrize("api", APIS)
    def test_signatures_and_times_pass_as_they_are(self, hostile: Hostile, api: str) -> None:
        """
        What is sealed holds byte for byte, and a time is no card.
        """
        beside = {"created_at": 1_758_000_000, "expires_at": 1_758_000_000_123}
        sealed = {"type": "thinking", "signature": SEALED, "thoughtSignature": SEALED}
        document = said(api, {}, {**beside, "note": sealed})
        status, text = hostile.whole(api, document)

        assert status == 200, text
        assert orjson.loads(text).items() >= {**beside, "note": sealed}.items()
        assert hostile.outcome()["output"]["findings"] == {}


class TestAPosition:
    @pytest.mark.parametrize("api", APIS)
    @pytest.mark.parametrize("number", [NUMBER, CARD])
    def test_it_is_no_card(self, hostile: Hostile, api: str, number: Any) -> None:
        """
        P9: where a piece belongs is told in every event of ours, so it has to be a position.
        """
        sent = events(api, [{"note": "so"}], {})
        for event in sent:
            for holder in (event, *event.get("choices", ()), *event.get("candidates", ())):
                for name in ("index", "output_index"):
                    if name in holder:
                        holder[name] = number
        _, text = hostile.streamed(api, sent)

        assert str(NUMBER) not in digits(text)
        assert hostile.outcome()["code"] == "provider.garbage"


class TestTooDeep:
    @pytest.mark.parametrize("api", APIS)
    @pytest.mark.parametrize("stream", [False, True])
    def test_it_is_no_answer(self, hostile: Hostile, api: str, stream: bool) -> None:
        """
        P10: what nobody can write out again is the provider's fault, and the log says so.
        """
        deep: Any = "abyss"
        for _ in range(300):
            deep = [deep]
        if stream:
            status, text = hostile.streamed(api, events(api, [{"note": deep}], {}))
            assert status == 200
        else:
            status, text = hostile.whole(api, said(api, {"note": deep}, {}))
            assert status == 502, text
        assert "abyss" not in text
        assert hostile.outcome()["status"] == "failed"
        assert hostile.outcome()["code"] == "provider.garbage"


class TestArguments:
    @pytest.mark.parametrize("stream", [False, True])
    def test_escapes_hide_nothing_and_json_stays_json(self, hostile: Hostile, stream: bool) -> None:
        r"""
        P5: a card is one in a string, behind ``\n``, as a number, and in ``\u0034``.
        """
        escaped = "".join(f"\\u{ord(sign):04x}" for sign in CARD)
        text = f'{{"a":"see\\n{CARD}","b":{NUMBER},"c":"{escaped} \\u00fc","d":"x\\"y"}}'
        call = {"id": "call", "type": "function", "function": {"name": "f", "arguments": text}}
        if stream:
            pieces = [
                {"tool_calls": [{**call, "index": 0, "function": {"arguments": text[at : at + 7]}}]}
                for at in range(0, len(text), 7)
            ]
            _, given = hostile.streamed(CHAT, events(CHAT, pieces, {}))
            chunks = [
                orjson.loads(line[6:]) for line in given.splitlines() if line.startswith("data: {")
            ]
            calls = [
                one
                for chunk in chunks
                for choice in chunk["choices"]
                for one in choice["delta"].get("tool_calls", ())
            ]
            arguments = "".join(one["function"]["arguments"] for one in calls)
        else:
            _, given = hostile.whole(CHAT, said(CHAT, {"tool_calls": [call]}, {}))
            message = orjson.loads(given)["choices"][0]["message"]
            arguments = message["tool_calls"][0]["function"]["arguments"]

        assert orjson.loads(arguments) == {
            "a": f"see\n{MARK}", "b": MARK, "c": f"{MARK} ü", "d": 'x"y'
        }  # fmt: skip


def spelling(text: str) -> dict[str, Any]:
    """Likelihoods of tokens that spell this."""
    tokens = [
        {"token": sign, "logprob": -0.1, "bytes": [*sign.encode()], "top_logprobs": []}
        for sign in text
    ]
    return {"content": tokens, "refusal": None}


class TestLikelihoods:
    def _chat(self, hostile: Hostile, words: str, spelt: str, system: str = "") -> Any:
        answer = said(CHAT, {"content": words}, {})
        answer["choices"][0]["logprobs"] = spelling(spelt)
        status, text = hostile.whole(CHAT, answer, system, logprobs=True)
        assert (status == 200) == (not system), text
        return orjson.loads(text)

    def test_they_are_passed_on_with_the_words_they_spell(self, hostile: Hostile) -> None:
        """
        Who asks for them gets them.
        """
        answer = self._chat(hostile, "Hello.", "Hello.")

        assert answer["choices"][0]["logprobs"] == spelling("Hello.")

    def test_they_do_not_spell_what_was_taken_out(self, hostile: Hostile) -> None:
        """
        P5: of the words, or of what they spell beside them.
        """
        for words in (f"The card is {CARD}.", "Hello."):
            answer = self._chat(hostile, words, f"The card is {CARD}.")

            assert answer["choices"][0]["logprobs"] is None
            assert "4111" not in str(answer)
            assert hostile.outcome()["output"]["findings"] == {"CREDIT_CARD": 1}

    def test_they_do_not_spell_the_instructions(self, hostile: Hostile) -> None:
        """
        P5: a token a letter.
        """
        self._chat(hostile, "Hello.", ORDERS, ORDERS)

        assert hostile.outcome()["status"] == "withheld"

    def test_nor_in_a_stream_of_gemini(self, hostile: Hostile) -> None:
        """
        P9: they would say what is still being judged.
        """
        sent = events(GEMINI, [{"text": f"card {CARD}."}], {})
        for event in sent:
            tokens = [{"token": sign} for sign in CARD]
            event["candidates"][0]["logprobsResult"] = {"chosenCandidates": tokens}
        _, text = hostile.streamed(GEMINI, sent)

        assert "chosenCandidates" not in text
        assert MARK in text
