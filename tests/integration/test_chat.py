"""One employee's chat request, end to end inside the process, against a provider over real HTTP."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.factories import Installation
    from tests.simulators.upstream import Upstream

MAIL = "jane.doe@customer.example"
IBAN = "DE89 3704 0044 0532 0130 00"


def events(answer: Any) -> list[Any]:
    """The parsed data of a streamed answer's events, ``[DONE]`` included."""
    lines = [line for line in answer.get_data(as_text=True).split("\n\n") if line]
    return [
        line[6:] if line == "data: [DONE]" else json.loads(line.removeprefix("data: "))
        for line in lines
    ]


def text_of(chunks: list[Any]) -> str:
    """The text of choice 0."""
    return "".join(
        choice["delta"].get("content") or ""
        for chunk in chunks
        if isinstance(chunk, dict)
        for choice in chunk.get("choices", [])
    )


class TestPermitted:
    def test_an_answer_comes_back_with_its_receipt(self, acme: Installation) -> None:
        """
        A permitted request is answered, names the alias and the real model, and links a receipt.
        """
        answer = acme.chat(acme.key_for(), "Say hello")

        assert answer.status_code == 200
        assert answer.json["choices"][0]["message"]["content"] == "Say hello"
        assert answer.json["model"] == "echo"
        assert answer.headers["x-proviso-model"] == "sim/echo"
        assert answer.headers["x-proviso-decision-id"].startswith("ex_")
        assert answer.headers["x-proviso-policy-revision"] == acme.gateway.bundle.revision

    def test_decision_and_outcome_are_in_the_log(self, acme: Installation) -> None:
        """
        Every exchange leaves one decision and one outcome, and the log verifies.
        """
        acme.chat(acme.key_for(), "Say hello")

        entries = acme.entries()

        assert [entry["kind"] for entry in entries] == ["decision", "outcome"]
        assert entries[0]["effect"] == "permit"
        assert entries[1]["status"] == "completed"
        assert entries[1]["usage"] == {"input_tokens": 5, "output_tokens": 7}
        assert acme.verify().intact

    def test_a_stream_says_the_same_as_a_whole_answer(self, acme: Installation) -> None:
        """
        Streaming changes when text comes, not what it is; the end comes with the outcome.
        """
        answer = acme.chat(acme.key_for(), f"Write to {MAIL} about {IBAN}.", stream=True)
        chunks = events(answer)

        assert text_of(chunks) == f"Write to {MAIL} about {IBAN}."
        assert chunks[-1] == "[DONE]"
        assert chunks[-2]["choices"][0]["finish_reason"] == "stop"
        assert acme.entries()[-1]["status"] == "completed"

    def test_whole_and_streamed_answers_have_one_digest(self, acme: Installation) -> None:
        """
        The digest of an answer does not depend on how it was delivered.
        """
        key = acme.key_for()
        acme.chat(key, f"Write to {MAIL}.")
        acme.chat(key, f"Write to {MAIL}.", stream=True).get_data()

        first, second = (item["output"] for item in acme.entries() if item["kind"] == "outcome")

        assert first["digest"] == second["digest"] != ""
        assert first["delivered_digest"] == second["delivered_digest"]


class TestProtected:
    @pytest.mark.parametrize("stream", [False, True])
    def test_identifiers_never_reach_the_provider(
        self, acme: Installation, upstream: Upstream, stream: bool
    ) -> None:
        """
        P5: what identifies a person leaves as a placeholder, in every field, and comes back.
        """
        answer = acme.chat(
            acme.key_for(),
            stream=stream,
            user=MAIL,
            metadata={"ticket": f"for {MAIL}"},
            messages=[
                {"role": "system", "content": f"Never mention {MAIL}"},
                {"role": "user", "content": f"Write to {MAIL} about {IBAN}."},
            ],
        )
        sent = json.dumps(upstream.calls[-1])
        said = answer.get_data(as_text=True)

        assert MAIL not in sent
        assert IBAN not in sent
        assert "[EMAIL_ADDRESS_1]" in sent
        assert MAIL in (text_of(events(answer)) if stream else said)
        assert answer.headers["x-proviso-entities-replaced"] == "2"

    def test_no_value_is_in_the_database(self, acme: Installation) -> None:
        """
        P7: neither what was typed nor what was found stands in any table.
        """
        acme.chat(acme.key_for(), f"Canary-4711 writes to {MAIL}")
        acme.gateway.stop()

        stored = b"".join(
            path.read_bytes()
            for path in [*acme.gateway.settings.secret_file.parent.glob("test.db*")]
        )

        assert b"Canary-4711" not in stored
        assert MAIL.encode() not in stored

    def test_the_callers_headers_stay_here(self, acme: Installation, upstream: Upstream) -> None:
        """
        P3: neither the caller's key nor any other header of theirs is passed on.
        """
        key = acme.key_for()
        acme.chat(key, headers={"x-secret-team": "mergers", "Cookie": "a=b"})
        sent = upstream.headers[-1]

        assert key not in json.dumps(sent)
        assert "x-secret-team" not in {name.lower() for name in sent}
        assert "Cookie" not in sent
        assert sent["Authorization"] == "Bearer sk-upstream-secret"


class TestRefused:
    def test_a_secret_is_refused_and_nothing_is_sent(
        self, acme: Installation, upstream: Upstream
    ) -> None:
        """
        P2, P11: the refusal names rule and remedy, repeats nothing, and must not be retried.
        """
        before = len(upstream.calls)
        answer = acme.chat(acme.key_for(), "Use AKIAIOSFODNN7EXAMPLE please")
        error = answer.json["error"]

        assert answer.status_code == 403
        assert error["type"] == "policy_violation"
        assert error["code"] == "secret.present"
        assert "IP-07" in error["rules"]
        assert "Take it out" in error["message"]
        assert "AKIA" not in answer.get_data(as_text=True)
        assert answer.headers["x-should-retry"] == "false"
        assert len(upstream.calls) == before
        assert [item.get("status") for item in acme.entries()] == ["", "denied"]

    def test_a_single_lesser_token_is_taken_out(
        self, acme: Installation, upstream: Upstream
    ) -> None:
        """
        One password in a text is redacted for good: it neither leaves nor comes back.
        """
        answer = acme.chat(acme.key_for(), "The password: hunter2-xyz does not work")

        assert answer.status_code == 200
        assert "hunter2" not in json.dumps(upstream.calls[-1])
        assert "[SECRET_1]" in answer.json["choices"][0]["message"]["content"]

    def test_the_code_of_use_comes_first(self, acme: Installation) -> None:
        """
        ET-08: who has not accepted the code is told where, and is let in afterwards.
        """
        key = acme.key_for(accepted=False)
        refused = acme.chat(key)
        accepted = acme.client.post(
            "/v1/code-of-use", json={"version": 1}, headers={"Authorization": f"Bearer {key}"}
        )

        assert refused.status_code == 403
        assert "/code-of-use" in refused.json["error"]["message"]
        assert accepted.json["current"] is True
        assert acme.chat(key).status_code == 200

    def test_terms_nobody_confirmed_are_refused(self, acme: Installation) -> None:
        """
        IP-01: an unreviewed tier is closed, and stays closed for a tier that trains (IP-02).
        """
        key = acme.key_for()
        unreviewed = acme.chat(key, model="trains").json["error"]
        acme.review("google/gemini-api-unpaid")
        acme.gateway.terms._remembered.clear()
        reviewed = acme.chat(key, model="trains").json["error"]

        assert {"IP-01", "IP-02"} <= set(unreviewed["rules"])
        assert "IP-02" in reviewed["rules"]
        assert "IP-01" not in reviewed["rules"]

    def test_an_unknown_model_and_anothers_model_look_alike(self, acme: Installation) -> None:
        """
        BS-01: nobody learns from a refusal which models others may use.
        """
        key = acme.key_for()
        unknown, foreign = acme.chat(key, model="nope"), acme.chat(key, model="members")

        assert unknown.status_code == foreign.status_code == 403
        assert unknown.json["error"] == foreign.json["error"]
        assert unknown.json["error"]["code"] == "model.unknown"

    def test_a_language_is_honoured(self, acme: Installation) -> None:
        """
        P11: the reason is put in the caller's language where the rule has it.
        """
        answer = acme.chat(
            acme.key_for(), "AKIAIOSFODNN7EXAMPLE", headers={"Accept-Language": "de"}
        )

        assert "Geheimnis" in answer.json["error"]["message"]


class TestWithheld:
    def test_a_whole_answer_with_a_secret_is_withheld(self, acme: Installation) -> None:
        """
        The provider's text is judged too: a credential in it is not passed on.
        """
        answer = acme.chat(acme.key_for(), model="secretive")

        assert answer.status_code == 403
        assert answer.json["error"]["code"] == "output.secret"
        assert "AKIA" not in answer.get_data(as_text=True)
        outcome = acme.entries()[-1]
        assert outcome["status"] == "withheld"
        assert outcome["code"] == "output.secret"
        assert outcome["rules"] == ",IP-07,"

    def test_a_stream_ends_before_the_secret(self, acme: Installation) -> None:
        """
        P9: split over chunks, the secret never slips through; the stream ends as filtered.
        """
        chunks = events(acme.chat(acme.key_for(), model="secretive", stream=True))

        assert text_of(chunks) == "Your key is "
        assert chunks[-2]["choices"][0]["finish_reason"] == "content_filter"
        assert chunks[-2]["proviso"]["code"] == "output.secret"
        assert chunks[-1] == "[DONE]"
        assert acme.entries()[-1]["status"] == "withheld"


class TestAbandoned:
    @pytest.mark.parametrize("read", [0, 1])
    def test_a_caller_who_leaves_is_recorded(self, acme: Installation, read: int) -> None:
        """
        Nothing is lost when the client leaves, before the first byte or in mid-stream.
        """
        answer = acme.chat(acme.key_for(), "a long enough answer to leave early", stream=True)
        stream = iter(answer.response)
        for _ in range(read):
            next(stream)
        answer.close()

        assert [item.get("status") for item in acme.entries()] == ["", "abandoned"]
        assert acme.entries()[-1]["code"] == "client.gone"


class TestTogether:
    def test_what_has_come_waits_for_nothing(self, acme: Installation) -> None:
        """
        P9: what came before a provider fell silent is released before that silence is over.
        """
        answer = acme.chat(acme.key_for(), "word " * 20, model="stallstream", stream=True)
        stream = iter(answer.response)
        first = next(stream)
        answer.close()

        assert b'"content"' in first
        # Had the words waited for what follows, the provider's time would have run out.
        assert acme.entries()[-1]["status"] == "abandoned"

    def test_what_came_together_leaves_event_by_event(self, acme: Installation) -> None:
        """
        A piece of the wire holds whole events, each with its own words: together the answer.
        """
        key, asked = acme.key_for(), "one two three four five six"
        pieces = list(acme.chat(key, asked, stream=True).response)
        whole = acme.chat(key, asked).get_json()["choices"][0]["message"]["content"]

        assert all(piece.endswith(b"\n\n") for piece in pieces)
        said = [json.loads(it[6:]) for it in b"".join(pieces).split(b"\n\n") if b"{" in it]
        assert len(said) > 3
        assert text_of(said) == whole
