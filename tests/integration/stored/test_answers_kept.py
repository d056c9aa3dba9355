"""Stored answers, asked for with OpenAI's own library: kept under rules, and under our names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openai
import pytest

from gateway.core.identifiers import TenantId
from tests.storing import client_for, rows, tune

if TYPE_CHECKING:
    from tests.factories import Installation
    from tests.simulators.upstream import Upstream

MAIL, OTHER = "jane.doe@customer.example", "john.roe@customer.example"
THIRD = "ann.poe@customer.example"
PAUL = "paul@acme.example"


class TestStoring:
    def test_it_is_kept_under_a_name_of_ours(
        self, company: Installation, emma: openai.OpenAI, upstream: Upstream
    ) -> None:
        """
        The provider keeps what it was sent, without the address in it. Its name stays here.
        """
        answer = emma.responses.create(model="echo", input=f"Write to {MAIL}", store=True)
        row = rows(company)[-1]

        assert answer.id == row.id
        assert answer.id.startswith("resp_ex")
        assert answer.store is True
        assert answer.output_text.startswith(f"Write to {MAIL}")
        assert row.upstream_id in upstream.kept
        assert upstream.calls[-1]["store"] is True
        assert MAIL not in str(upstream.kept[row.upstream_id])
        assert MAIL not in str(row.labels)
        assert row.labels["data"]["findings"][0]["type"] == "EMAIL_ADDRESS"

    def test_who_does_not_say_so_keeps_nothing(
        self, company: Installation, emma: openai.OpenAI, upstream: Upstream
    ) -> None:
        """
        The provider's own default is to keep; here it has to be said.
        """
        before = len(rows(company))
        emma.responses.create(model="echo", input="Hello")

        assert upstream.calls[-1]["store"] is False
        assert len(rows(company)) == before

    def test_it_is_fetched_and_judged_again(
        self, company: Installation, emma: openai.OpenAI, upstream: Upstream
    ) -> None:
        """
        Fetching is an exchange of its own; every value stands where the person had it.
        """
        made = emma.responses.create(
            model="echo", input=f"Write to {MAIL}", instructions=f"Be brief, {MAIL}", store=True,
            metadata={"topic": f"for {MAIL}"},
        )  # fmt: skip
        before = company.entries()
        answer = emma.responses.retrieve(made.id)
        decision, outcome = company.entries()[len(before) :]

        assert answer.output_text == made.output_text
        assert answer.id == made.id
        assert answer.model == "echo"
        assert answer.instructions == f"Be brief, {MAIL}"
        assert answer.metadata == {"topic": f"for {MAIL}"}
        assert decision["request"]["api"] == "stored_response"
        assert outcome["status"] == "completed"
        assert outcome["usage"] == {"input_tokens": 0, "output_tokens": 0}
        assert outcome["output"]["digest"] != ""
        assert rows(company)[-1].upstream_id not in str(company.entries())
        assert company.verify().intact

    def test_a_stream_is_kept_as_well(
        self, company: Installation, emma: openai.OpenAI, upstream: Upstream
    ) -> None:
        """
        Every event has our name, and what was streamed is there afterwards.
        """
        with emma.responses.stream(model="echo", input=f"Write to {MAIL}", store=True) as stream:
            names = {event.response.id for event in stream if hasattr(event, "response")}
            final = stream.get_final_response()

        assert names == {final.id} == {rows(company)[-1].id}
        assert emma.responses.retrieve(final.id).output_text == final.output_text
        assert final.output_text.startswith(f"Write to {MAIL}")

    def test_what_it_was_asked_with(self, emma: openai.OpenAI, upstream: Upstream) -> None:
        """
        The provider has placeholders; the person gets their own words.
        """
        made = emma.responses.create(model="echo", input=f"Write to {MAIL}", store=True)
        items = emma.responses.input_items.list(made.id, limit=20, order="asc").data

        assert items[0].model_dump()["content"][0]["text"] == f"Write to {MAIL}"
        assert upstream.asked[-1].endswith("/input_items?limit=20&order=asc")

    def test_it_is_deleted_there_and_here(
        self, company: Installation, emma: openai.OpenAI, upstream: Upstream
    ) -> None:
        """
        With an entry in the log; afterwards it is as if it had never been.
        """
        made = emma.responses.create(model="echo", input=f"Write to {MAIL}", store=True)
        row = rows(company)[-1]
        emma.responses.delete(made.id)
        entry = company.entries()[-1]
        tenant, person = TenantId(company.tenant.id), company.person()

        assert row.upstream_id not in upstream.kept
        assert made.id not in [item.id for item in rows(company)]
        assert company.gateway.rights.content.piece_of(tenant, person, made.id, "names") is None
        assert (entry["status"], entry["target"]) == ("response.deleted", made.id)
        with pytest.raises(openai.NotFoundError):
            emma.responses.retrieve(made.id)

    @pytest.mark.parametrize("act", ["retrieve", "delete", "cancel", "input_items", "go_on"])
    def test_nobody_has_anothers(
        self, company: Installation, emma: openai.OpenAI, upstream: Upstream, act: str
    ) -> None:
        """
        Neither by our name nor by the provider's: nobody is asked, and both look the same.
        """
        made = emma.responses.create(model="echo", input="Hello", store=True)
        paul = client_for(company, PAUL)
        before, asked = upstream.count, len(upstream.asked)
        told = []
        for client, name in (
            (paul, made.id),
            (paul, "resp_ex_0"),
            (emma, rows(company)[-1].upstream_id),
        ):
            with pytest.raises(openai.NotFoundError) as refused:
                _do(client, act, name)
            told.append(refused.value.body)

        assert told[0]["message"] == told[1]["message"] == told[2]["message"]
        assert (upstream.count, len(upstream.asked)) == (before, asked)


def _do(client: openai.OpenAI, act: str, name: str) -> Any:
    if act == "go_on":
        return client.responses.create(model="echo", input="Hi", previous_response_id=name)
    if act == "input_items":
        return client.responses.input_items.list(name)
    return getattr(client.responses, act)(name)


class TestGoingOn:
    def test_names_go_on(
        self, company: Installation, emma: openai.OpenAI, upstream: Upstream
    ) -> None:
        """
        Only the new words leave; who was named before has the same placeholder, and comes back.
        """
        first = emma.responses.create(
            model="echo", instructions=f"Never name {OTHER}", input=f"Write to {MAIL}", store=True
        )
        placeholder = str(upstream.kept[rows(company)[-1].upstream_id]["output"][0]["content"])
        second = emma.responses.create(
            model="recall", input=f"Again to {MAIL} and {THIRD}", previous_response_id=first.id
        )
        sent = upstream.calls[-1]
        third = emma.responses.create(
            model="recall", input="And now?", previous_response_id=second.id
        )

        assert "[EMAIL_ADDRESS_2]" in placeholder
        assert sent["input"] == "Again to [EMAIL_ADDRESS_2] and [EMAIL_ADDRESS_3]"
        assert sent["previous_response_id"] in upstream.kept
        assert second.output_text.startswith(f"Write to {MAIL}")
        assert second.previous_response_id == first.id
        assert third.output_text.startswith(f"Write to {MAIL}")
        assert third.previous_response_id == second.id
        assert company.entries()[-1]["replaced"] == {}

    def test_a_stream_goes_on(self, emma: openai.OpenAI) -> None:
        """
        The value from an earlier turn is restored in pieces, too.
        """
        first = emma.responses.create(model="echo", input=f"Write to {MAIL}", store=True)
        with emma.responses.stream(
            model="recall", input="Again", previous_response_id=first.id
        ) as stream:
            final = stream.get_final_response()

        assert final.output_text.startswith(f"Write to {MAIL}")
        assert final.previous_response_id == first.id

    def test_the_whole_conversation_is_judged(
        self, company: Installation, emma: openai.OpenAI, upstream: Upstream
    ) -> None:
        """
        A harmless turn of a confidential conversation is confidential.
        """
        first = emma.responses.create(model="echo", input=f"Write to {MAIL}", store=True)
        tune(company, "ip_08_stored", "internal")
        before = upstream.count
        try:
            with pytest.raises(openai.PermissionDeniedError) as refused:
                emma.responses.create(model="echo", input="Hi", previous_response_id=first.id)
        finally:
            tune(company, "ip_08_stored", "confidential")

        assert "confidential" in str(refused.value)
        assert "IP-08" in company.entries()[-2]["rules"]
        assert upstream.count == before

    def test_only_with_who_keeps_it(self, emma: openai.OpenAI, upstream: Upstream) -> None:
        """
        Another provider does not know what was said, and is not told a name of it.
        """
        first = emma.responses.create(model="echo", input="Hello", store=True)
        before = upstream.count
        with pytest.raises(openai.BadRequestError) as refused:
            emma.responses.create(model="another", input="Hi", previous_response_id=first.id)

        assert refused.value.param == "model"
        assert upstream.count == before

    def test_what_the_provider_says_against_it_has_our_name(
        self, company: Installation, emma: openai.OpenAI, upstream: Upstream
    ) -> None:
        """
        One that is gone there is spoken of by the name that the caller knows.
        """
        first = emma.responses.create(model="echo", input="Hello", store=True)
        upstream_id = rows(company)[-1].upstream_id
        del upstream.kept[upstream_id]
        with pytest.raises(openai.BadRequestError) as refused:
            emma.responses.create(model="echo", input="Hi", previous_response_id=first.id)

        assert first.id in str(refused.value.body)
        assert upstream_id not in str(refused.value.body)

    def test_who_does_not_store_it_still_goes_on(
        self, company: Installation, emma: openai.OpenAI, upstream: Upstream
    ) -> None:
        """
        The last turn of a conversation need not be kept.
        """
        first = emma.responses.create(model="echo", input=f"Write to {MAIL}", store=True)
        before = len(rows(company))
        second = emma.responses.create(
            model="recall", input="Again", previous_response_id=first.id, store=False
        )

        assert second.output_text.startswith(f"Write to {MAIL}")
        assert len(rows(company)) == before


class TestBackground:
    def test_it_is_asked_for_and_fetched(
        self, company: Installation, emma: openai.OpenAI, upstream: Upstream
    ) -> None:
        """
        While it is not there its state is told; then it is judged, and what it used counts once.
        """
        before = len(company.entries())
        begun = emma.responses.create(model="echo", input=f"Write to {MAIL}", background=True)
        pending = emma.responses.retrieve(begun.id)
        asked = len(company.entries())
        done = emma.responses.retrieve(begun.id)
        again = emma.responses.retrieve(begun.id)
        outcomes = [it for it in company.entries()[before:] if it["kind"] == "outcome"]

        assert (begun.status, pending.status, done.status) == ("queued", "in_progress", "completed")
        assert (begun.output, pending.output) == ([], [])
        assert asked == before + 2
        assert done.output_text == again.output_text
        assert done.output_text.startswith(f"Write to {MAIL}")
        assert begun.id == pending.id == done.id
        assert [item["usage"]["output_tokens"] for item in outcomes] == [0, 7, 0]
        assert company.verify().intact

    def test_its_words_are_judged(self, company: Installation, emma: openai.OpenAI) -> None:
        """
        What policy withholds is not released, and is there no more.
        """
        begun = emma.responses.create(model="secretive", input="Hello", background=True)
        emma.responses.retrieve(begun.id)
        with pytest.raises(openai.PermissionDeniedError):
            emma.responses.retrieve(begun.id)

        assert company.entries()[-1]["status"] == "withheld"
        with pytest.raises(openai.NotFoundError):
            emma.responses.retrieve(begun.id)

    def test_it_can_be_cancelled(
        self, company: Installation, emma: openai.OpenAI, upstream: Upstream
    ) -> None:
        """
        At the provider, with an entry in the log.
        """
        begun = emma.responses.create(model="never", input="Hello", background=True)
        told = emma.responses.cancel(begun.id)
        entry = company.entries()[-1]

        assert (told.id, told.status) == (begun.id, "cancelled")
        assert upstream.asked[-1].endswith("/cancel")
        assert (entry["status"], entry["target"]) == ("response.cancelled", begun.id)
        assert emma.responses.retrieve(begun.id).status == "cancelled"

    def test_what_was_waited_for_cannot(self, emma: openai.OpenAI) -> None:
        """
        There is nothing to stop.
        """
        made = emma.responses.create(model="echo", input="Hello", store=True)

        with pytest.raises(openai.UnprocessableEntityError):
            emma.responses.cancel(made.id)
