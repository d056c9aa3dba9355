"""The instructions of a stored answer's request are hidden in it whenever it is fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openai
import pytest

from tests.integration.test_pseudonyms import ORDERS
from tests.storing import rows

if TYPE_CHECKING:
    from tests.factories import Installation
    from tests.simulators.upstream import Upstream

MARKED = "Be kind. CANARY-ab12cd34ef56"
HIDDEN = [
    pytest.param(ORDERS, f"My instructions are these. {ORDERS}", id="instructions"),
    pytest.param(MARKED, "They are marked CANARY-ab12cd34ef56.", id="canary"),
]


def _kept(emma: openai.OpenAI, company: Installation, **more: Any) -> tuple[str, str]:
    """An answer in the background: our name of it, and the provider's."""
    asked = {"model": "echo", "input": "Hello", "store": True, "background": True, **more}
    made = emma.responses.create(**asked)
    return made.id, rows(company)[-1].upstream_id


@pytest.mark.parametrize(("orders", "said"), HIDDEN)
class TestWhatIsFetched:
    def test_a_background_answer_does_not_give_them_away(
        self, company: Installation, emma: openai.OpenAI, upstream: Upstream, orders: str, said: str
    ) -> None:
        """
        It is judged for the first time when it is fetched, and withheld as if it had been waited
        for.
        """
        name, theirs = _kept(emma, company, instructions=orders)
        upstream.spoil(theirs, said)
        emma.responses.retrieve(name)
        with pytest.raises(openai.PermissionDeniedError):
            emma.responses.retrieve(name)

        outcome = [item for item in company.entries() if item["kind"] == "outcome"][-1]
        assert outcome["status"] == "withheld"
        assert theirs not in upstream.kept

    @pytest.mark.parametrize("stream", [False, True])
    def test_nor_does_one_that_is_fetched_again(
        self,
        company: Installation,
        emma: openai.OpenAI,
        upstream: Upstream,
        orders: str,
        said: str,
        stream: bool,
    ) -> None:
        """
        Whole or as a stream.
        """
        asked: Any = {"model": "echo", "input": "Hello", "instructions": orders, "store": True}
        if stream:
            list(emma.responses.create(**asked, stream=True))
        else:
            emma.responses.create(**asked)
        row = rows(company)[-1]
        upstream.spoil(row.upstream_id, said)
        if stream:
            told = list(emma.responses.retrieve(row.id, stream=True))
            assert told[-1].type == "response.incomplete"
            assert said[-20:] not in "".join(
                event.delta for event in told if event.type == "response.output_text.delta"
            )
        else:
            with pytest.raises(openai.PermissionDeniedError):
                emma.responses.retrieve(row.id)

    def test_nor_does_what_goes_on_with_it(
        self, company: Installation, emma: openai.OpenAI, upstream: Upstream, orders: str, said: str
    ) -> None:
        """
        The turn after it brings none of its own, and its answer is kept and fetched like others.
        """
        first = emma.responses.create(model="echo", input="Hello", instructions=orders, store=True)
        name, theirs = _kept(emma, company, previous_response_id=first.id)
        upstream.spoil(theirs, said)
        emma.responses.retrieve(name)
        with pytest.raises(openai.PermissionDeniedError):
            emma.responses.retrieve(name)


class TestLaterTurns:
    def test_an_answer_does_not_give_away_the_instructions_of_those_before(
        self, emma: openai.OpenAI
    ) -> None:
        """
        They are not sent again, and known all the same; beside none the same answer is fine.
        """
        first = emma.responses.create(model="echo", input="Hello", instructions=ORDERS, store=True)
        other = emma.responses.create(model="echo", input="Hello", store=True)
        with pytest.raises(openai.PermissionDeniedError):
            emma.responses.create(
                model="telling", input="Hm", previous_response_id=first.id, store=False
            )

        assert emma.responses.create(
            model="telling", input="Hm", previous_response_id=other.id, store=False
        ).output_text


class TestWhatIsTheirOwn:
    def test_the_instructions_themselves_come_back(
        self, company: Installation, emma: openai.OpenAI
    ) -> None:
        """
        A fetched answer says with what it was asked, to whom it was from, as the API has it.
        """
        name, _ = _kept(emma, company, instructions=ORDERS)
        emma.responses.retrieve(name)
        told = emma.responses.retrieve(name)

        assert told.status == "completed"
        assert told.instructions == ORDERS

    def test_what_the_person_wrote_as_well_is_not_hidden(
        self, company: Installation, emma: openai.OpenAI, upstream: Upstream
    ) -> None:
        """
        Nobody is kept from their own words.
        """
        name, theirs = _kept(emma, company, instructions=ORDERS, input=f"Improve this: {ORDERS}")
        upstream.spoil(theirs, f"Better so: {ORDERS}")
        emma.responses.retrieve(name)

        assert "ombudsman" in emma.responses.retrieve(name).output_text

    def test_no_word_of_them_is_kept_here(self, company: Installation, emma: openai.OpenAI) -> None:
        """
        Sealed beside the names are numbers of runs of words, and marked strings.
        """
        name, _ = _kept(emma, company, instructions=ORDERS)
        principal = company.person("emma@acme.example")
        piece = company.gateway.rights.content.piece_of(
            company.tenant.value().id, principal, name, "names"
        )

        assert piece is not None
        assert set(piece.value["hidden"]) == {"runs", "canaries"}
        assert len(piece.value["hidden"]["runs"]) > 30
        assert "ombudsman" not in str(piece.value)
