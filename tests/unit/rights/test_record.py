"""What is written with an output about the rights in it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from gateway.core.policy_input import Destination
from gateway.pdp.bundle import shipped_folder
from gateway.rights.record import record, writable

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


class TestWritable:
    def test_it_rests_on_terms_of_a_known_edition(self) -> None:
        """
        Without terms, or without knowing which, there is nothing to write down.
        """
        unknown = {**REQUEST["terms"], "known": False}

        assert writable(WHERE)
        assert not writable(replace(WHERE, terms=unknown))
        assert not writable(replace(WHERE, terms_version=""))
