"""Answers in the background as streams, with OpenAI's own library: left, and taken up again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openai
import pytest

from tests.storing import rows, tune

if TYPE_CHECKING:
    from tests.factories import Installation
    from tests.simulators.upstream import Upstream

MAIL = "jane.doe@customer.example"
TEXT = f"Write to {MAIL} and then to all of the others"


def _begun(emma: openai.OpenAI, text: str = TEXT, **more: Any) -> Any:
    return emma.responses.create(
        model="echo", input=text, background=True, stream=True, **more
    )  # fmt: skip


def _said(events: list[Any]) -> str:
    return "".join(it.delta for it in events if it.type == "response.output_text.delta")


class TestResuming:
    def test_it_is_streamed_and_kept(
        self, company: Installation, emma: openai.OpenAI, upstream: Upstream
    ) -> None:
        """
        Under our name, with values restored; what it used counts with it, and once.
        """
        before = len(company.entries())
        events = list(_begun(emma))
        row = rows(company)[-1]
        again = emma.responses.retrieve(row.id)
        outcomes = [it for it in company.entries()[before:] if it["kind"] == "outcome"]

        assert _said(events).startswith(TEXT)
        assert events[-1].response.id == row.id
        assert upstream.calls[-1]["background"] is True
        assert MAIL not in str(upstream.kept[row.upstream_id])
        assert again.output_text == _said(events)
        assert [item["usage"]["output_tokens"] for item in outcomes] == [7, 0]

    @pytest.mark.parametrize("had", [1, 5, 6, 8])
    def test_it_is_taken_up_again(
        self, company: Installation, emma: openai.OpenAI, upstream: Upstream, had: int
    ) -> None:
        """
        After any event: no word is missing, none comes twice, and none is half a placeholder.
        """
        before = len(company.entries())
        with _begun(emma, instructions=f"Never name {MAIL}") as stream:
            first = [event for event, _ in zip(stream, range(had), strict=False)]
        name = first[0].response.id
        rest = list(
            emma.responses.retrieve(
                name, stream=True, starting_after=first[-1].sequence_number
            )
        )  # fmt: skip
        final = rest[-1].response
        entries = company.entries()[before:]
        outcomes = [it for it in entries if it["kind"] == "outcome"]

        assert [it.sequence_number for it in (*first, *rest)] == list(range(len(first + rest)))
        assert (_said(first) + _said(rest)).startswith(TEXT)
        assert final.output_text.startswith(TEXT)
        assert (final.id, final.model, final.instructions) == (name, "echo", f"Never name {MAIL}")
        assert [item["status"] for item in outcomes] == ["abandoned", "completed"]
        assert sum(item["usage"]["output_tokens"] for item in outcomes) == 7
        assert upstream.asked[-1].endswith("?stream=true")
        assert rows(company)[-1].upstream_id not in str(entries)
        assert emma.responses.retrieve(name).output_text == final.output_text

    def test_one_that_was_no_stream(
        self, company: Installation, emma: openai.OpenAI, upstream: Upstream
    ) -> None:
        """
        The provider's own refusal, under our name; the answer can still be fetched whole.
        """
        made = emma.responses.create(model="echo", input="Hello", store=True)
        with pytest.raises(openai.BadRequestError) as refused:
            emma.responses.retrieve(made.id, stream=True)

        assert "stream=true" in str(refused.value)
        assert emma.responses.retrieve(made.id).output_text == made.output_text

    def test_where_nothing_is_kept_it_is_a_plain_stream(
        self, company: Installation, emma: openai.OpenAI, upstream: Upstream
    ) -> None:
        """
        As without a stream: what would keep it is taken out, and the answer comes all the same.
        """
        known = len(rows(company))
        tune(company, "ip_08_stored", "never")
        try:
            events = list(_begun(emma))
        finally:
            tune(company, "ip_08_stored", "confidential")

        assert _said(events).startswith(TEXT)
        assert upstream.calls[-1]["store"] is False
        assert "background" not in upstream.calls[-1]
        assert len(rows(company)) == known

    def test_a_fetch_that_waits_for_its_turn_counts_nothing_twice(
        self, company: Installation, emma: openai.OpenAI
    ) -> None:
        """
        Who fetches it whole before the stream has ended has what it used; the stream then has not.
        """
        before = len(company.entries())
        with _begun(emma) as stream:
            first = next(iter(stream))
            whole = emma.responses.retrieve(first.response.id)
            rest = list(stream)
        outcomes = [it for it in company.entries()[before:] if it["kind"] == "outcome"]

        assert whole.output_text.startswith(TEXT)
        assert _said(rest).startswith(TEXT)
        assert sum(item["usage"]["output_tokens"] for item in outcomes) == 7

    def test_no_number(self, emma: openai.OpenAI) -> None:
        """
        What is no number of an event is refused by name.
        """
        made = emma.responses.create(model="echo", input="Hello", store=True)
        with pytest.raises(openai.BadRequestError) as refused:
            emma.responses.retrieve(made.id, stream=True, starting_after=-1)

        assert refused.value.param == "starting_after"

    def test_a_secret_ends_it_and_the_provider_keeps_nothing(
        self, company: Installation, emma: openai.OpenAI, upstream: Upstream
    ) -> None:
        """
        As in any stream; and nobody can take it up again.
        """
        kept = dict(upstream.kept)
        events = list(
            emma.responses.create(model="secretive", input="Hi", background=True, stream=True)
        )

        assert events[-1].type == "response.incomplete"
        assert "AKIAIOSFODNN7EXAMPLE" not in str(events)
        assert upstream.kept == kept
        with pytest.raises(openai.NotFoundError):
            emma.responses.retrieve(events[0].response.id, stream=True)
