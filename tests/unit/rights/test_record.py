"""What is written with an output about the rights in it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from gateway.core.clock import SystemClock
from gateway.core.policy_input import Destination
from gateway.pdp.bundle import shipped_folder
from gateway.rights.clauses import clauses
from gateway.rights.likeness import Output
from gateway.rights.record import record, writable

if TYPE_CHECKING:
    from tests.factories import Installation

REQUEST: dict[str, Any] = json.loads(
    (shipped_folder() / "schemas" / "examples" / "request.json").read_text()
)
WHERE = Destination(
    known=True,
    tier="openai/api-default",
    mitigations=("content_filter",),
    terms=REQUEST["terms"],
    terms_version="2026.11.23",
)


class TestRecord:
    def test_it_says_what_the_terms_say(self) -> None:
        """
        Owner clause, restrictions, indemnity and the edition they were read in.
        """
        written = record(WHERE, REQUEST["purpose"], modified=False)

        assert written["owner_clause"] == "customer_owns_as_between_parties"
        assert written["owner_meaning"] == "provider_assigns_as_between_the_parties"
        assert written["terms_version"] == "2026.11.23"
        assert written["indemnity"]["offered"] == "conditional"
        assert written["indemnity"]["mitigations"] == ["content_filter"]

    def test_it_never_says_that_somebody_owns_a_copyright(self) -> None:
        """
        Protection of what a model made is uncertain, so no word of it promises one.
        """
        for clause in ("customer_owns_as_between_parties", "user_owns_conditional_on_compliance"):
            terms = {**REQUEST["terms"], "output_ownership": clause}
            written = record(replace(WHERE, terms=terms), REQUEST["purpose"], modified=True)

            assert "copyright" not in json.dumps(written)
            assert "owns" not in written["owner_meaning"]

    def test_a_change_of_ours_is_noted(self) -> None:
        """
        Some indemnities end where the output is changed.
        """
        assert record(WHERE, REQUEST["purpose"], modified=True)["indemnity"]["modified"]


class TestIndemnity:
    def test_each_condition_is_met_or_not(self) -> None:
        """
        Filters, the model's stage and whether it was changed, each by name.
        """
        kept = record(WHERE, REQUEST["purpose"], modified=False)["indemnity"]
        lost = record(
            replace(WHERE, stage="preview", mitigations=()), REQUEST["purpose"], modified=True
        )["indemnity"]

        assert kept["state"] == "conditions_met"
        assert kept["met"] == ["content_filter", "general_availability", "unmodified"]
        assert lost["state"] == "in_doubt"
        assert lost["unmet"] == ["content_filter", "general_availability", "unmodified"]

    @pytest.mark.parametrize(
        ("offered", "state"),
        [("none", "none"), ("unclear", "unknown"), ("unknown", "unknown"), ("other", "unknown")],
    )
    def test_what_is_not_offered_has_no_conditions(self, offered: str, state: str) -> None:
        """
        Anything but a clear promise is none.
        """
        where = replace(WHERE, terms={**REQUEST["terms"], "indemnity": offered})
        written = record(where, REQUEST["purpose"], modified=False)["indemnity"]

        assert (written["state"], written["met"], written["unmet"]) == (state, [], [])

    def test_what_a_provider_names_is_asked_of_its_tier(self) -> None:
        """
        Microsoft's commitment wants five safeguards, not one.
        """
        where = replace(WHERE, tier="microsoft/azure-openai")
        written = record(where, REQUEST["purpose"], modified=False)["indemnity"]

        assert "jailbreak_filter" in written["unmet"]

    def test_media_with_other_bytes_are_changed(self) -> None:
        """
        A mark of ours is a change as well; the digest of what came is beside it.
        """
        output = Output("image", b"a" * 32, b"b" * 32)
        written = record(WHERE, REQUEST["purpose"], modified=False, outputs=[output])

        assert written["indemnity"]["modified"]
        assert written["outputs"][0]["received"] == (b"b" * 32).hex()


class TestWhatElseIsWritten:
    def test_notices_marks_and_the_human_part(self) -> None:
        """
        Licences' own words, marks as they came and left, and who had a part in it.
        """
        purpose = {**REQUEST["purpose"], "human_statement": True, "editor": True, "reviewer": False}
        written = record(
            WHERE, purpose, modified=False, labels=["ai_generated", "built_with_llama"],
            marks_in=[{"c2pa": "none"}], marks_out=[{"c2pa": "valid"}],
        )  # fmt: skip

        assert written["licence_notices"] == ["Built with Llama"]
        assert (written["marks_in"], written["marks_out"]) == (
            [{"c2pa": "none"}],
            [{"c2pa": "valid"}],
        )
        assert written["human"] == {"statement": True, "editor": True, "reviewer": False}

    def test_where_the_clauses_were_read(self, shared: Installation) -> None:
        """
        Each clause with its document, its address, the day it was read, and by whom.
        """
        terms = shared.gateway.terms
        now, tier = SystemClock().now(), "openai/api-default"
        effective = terms.effective(shared.tenant.value(), tier, "echo", now)
        found = clauses(effective, terms.base.sources)
        by_fact = {item["fact"]: item for item in found}

        assert {"output_ownership", "indemnity_output"} <= by_fact.keys()
        assert by_fact["output_ownership"]["documents"][0]["url"].startswith("https://")
        assert by_fact["output_ownership"]["reviewer"] == "p_officer"
        assert by_fact["output_ownership"]["read_on"] == now.date().isoformat()
        assert record(replace(WHERE, clauses=found), REQUEST["purpose"], modified=False)["sources"]


class TestWritable:
    def test_it_rests_on_terms_of_a_known_edition(self) -> None:
        """
        Without terms, or without knowing which, there is nothing to write down.
        """
        unknown = {**REQUEST["terms"], "known": False}

        assert writable(WHERE)
        assert not writable(replace(WHERE, terms=unknown))
        assert not writable(replace(WHERE, terms_version=""))
