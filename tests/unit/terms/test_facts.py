from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from gateway.errors import ConfigurationError
from gateway.terms import facts
from tests.unit.terms.builders import a_document, a_fact, a_tier, parsed

if TYPE_CHECKING:
    from gateway.terms.statements import BaseFacts


class TestShippedFacts:
    def test_every_tier_of_the_registry_is_there(self, shipped: BaseFacts) -> None:
        """
        The seed's tiers, our own infrastructure, and the demonstration; overlays beside them.
        """
        assert len(shipped.tiers.keys() - shipped.overlays.keys()) == 37
        assert {"openai/api-default", "anthropic/api-default", "demo/synthetic"} <= set(
            shipped.tiers
        )

    def test_a_tier_has_what_it_inherits_and_what_it_says_itself(self, shipped: BaseFacts) -> None:
        """
        Zero retention is the default contract with other days.
        """
        zero = shipped.tiers["openai/api-zdr"].statements

        assert zero["trains_on_input"][0].value == "opt_in"
        assert zero["retention"][0].value["days"] == 0

    def test_an_answer_that_depends_is_read_as_the_stricter_one(self, shipped: BaseFacts) -> None:
        """
        "Depends on the product's default" is on until switched off.
        """
        (found,) = shipped.tiers["mistral/api-commercial"].statements["trains_on_input"]

        assert found.value == "opt_out"
        assert found.note.startswith("stated as depends_on_product_default.")


class TestForm:
    def test_a_good_file_loads(self) -> None:
        """
        So that the refusals below mean something.
        """
        (found,) = parsed(a_document()).tiers["x/api"].statements["retention"]

        assert found.value == {"days": 30, "text": "30 days"}

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"schema_version": "provider-terms/v2"}, "form"),
            ({"signature": "x"}, "unknown keys: signature"),
            ({"sources": []}, "sources must be a mapping"),
            ({"sources": {"s": {"title": "t"}}}, "lacks"),
            ({"tiers": []}, "tiers must be a mapping"),
        ],
    )
    def test_a_document_of_another_form_is_refused(self, change: dict[str, Any], said: str) -> None:
        """
        An unknown key may be a control somebody believes in.
        """
        with pytest.raises(ConfigurationError, match=said):
            parsed(a_document(**change))

    @pytest.mark.parametrize(
        ("name", "value", "said"),
        [
            ("trains_on_input", {"value": "never", "conf": "high", "src": ["s"]}, "must be one of"),
            ("trains_on_input", {"value": False, "conf": "high", "src": ["s"]}, "must be one of"),
            ("human_review", {"value": "rarely", "conf": "high", "src": ["s"]}, "must be one of"),
            ("status", {"value": "on", "conf": "high", "src": ["s"]}, "must be one of"),
            ("zdr", {"value": "yes", "conf": "sure", "src": ["s"]}, "conf must be"),
            ("zdr", {"value": "yes", "conf": "high", "src": ["elsewhere"]}, "not listed"),
            ("zdr", {"value": "yes", "conf": "high", "src": "s"}, "not listed"),
            (
                "zdr",
                {"value": "yes", "conf": "high", "src": ["s"], "days": 3},
                "unknown keys: days",
            ),
            ("zdr", {"conf": "high", "src": ["s"]}, "lacks value"),
            ("zdr", "yes", "must be a mapping"),
            ("retention", {"value": "x", "conf": "high", "src": ["s"]}, "lacks days"),
            ("retention", {"days": -1, "value": "x", "conf": "high", "src": []}, "whole number"),
            ("retention", {"days": "30", "value": "x", "conf": "high", "src": []}, "whole number"),
            ("retention", {"days": True, "value": "x", "conf": "high", "src": []}, "whole number"),
            ("output_restrictions", a_fact("no_api"), "list of labels"),
            ("output_restrictions", a_fact(["No API!"]), "list of labels"),
            ("output_ownership", a_fact("The customer owns it."), "must be a label"),
            ("dpa_on_file", a_fact("yes"), "true or false"),
            ("business_use", a_fact("sure"), "must be one of"),
            ("zdr", a_fact(effective_from="2026-01-01"), "must be a date"),
            ("zdr", [], "must be a mapping"),
            ("name", 7, "no name"),
            ("inherits", ["x/api"], "cannot inherit"),
            ("prohibited_uses", "misspelt", "list of uses"),
            ("prohibited_uses", ["p"], "list of uses"),
            ("inherits", "x/nowhere", "cannot inherit"),
            ("inherits", "x/api", "cannot inherit"),
        ],
        ids=str,
    )
    def test_a_tier_of_another_form_is_refused(self, name: str, value: Any, said: str) -> None:
        """
        A value outside its list would be one that no rule knows.
        """
        document = a_document()
        document["tiers"]["x/api"][name] = value

        with pytest.raises(ConfigurationError, match=said):
            parsed(document)

    def test_tiers_that_inherit_in_a_circle_are_refused(self) -> None:
        """
        And do not hang the start.
        """
        document = a_document()
        document["tiers"]["x/api"]["inherits"] = "x/other"
        document["tiers"]["x/other"] = {"name": "Other", "inherits": "x/api"}

        with pytest.raises(ConfigurationError, match="cannot inherit"):
            parsed(document)

    def test_a_tier_is_written_once(self) -> None:
        """
        A second file must not replace the facts of the first one unseen.
        """
        with pytest.raises(ConfigurationError, match="another file"):
            parsed(a_document(), zz=a_document())

    @pytest.mark.parametrize("text", ["", "[]", "a: [", "\x00"], ids=repr)
    def test_a_file_that_is_no_document_is_refused(self, text: str) -> None:
        """
        Half a file after a full disk is not a registry.
        """
        with pytest.raises(ConfigurationError):
            parsed(text)

    def test_no_files_are_refused(self) -> None:
        """
        An empty registry would refuse every request and say nothing about why.
        """
        with pytest.raises(ConfigurationError, match="no provider terms"):
            facts.parse({})

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"overlays": {"x/lay": {}}}, "Overlays need statements and a match: x/lay"),
            ({"tiers": {"x/lay": a_tier(kind="overlay")}}, "Overlays need statements and a match"),
            ({"overlays": {"x/lay": {"model": ["*"]}}}, "unknown keys: model"),
            ({"overlays": {"x/lay": {"models": "*"}}}, "list of texts"),
            ({"overlays": {"x/lay": {"otherwise": "yes"}}}, "true or false"),
            ({"features": ["Not a label"]}, "list of labels"),
            ({"prohibited_uses": {"x": {"list": ["a"]}}}, "lacks"),
            (
                {
                    "overlays": {"x/lay": {"floor": ["zdr"]}},
                    "tiers": {"x/lay": a_tier(kind="overlay")},
                },
                "floor names a fact that is not stated",
            ),
        ],
        ids=str,
    )
    def test_overlays_of_another_form_are_refused(self, change: dict[str, Any], said: str) -> None:
        """
        An overlay that nothing matches, or a floor under nothing, is a rule somebody believes in.
        """
        with pytest.raises(ConfigurationError, match=said):
            parsed(a_document(**change))


class TestReadings:
    def a_reading(self, **changes: Any) -> dict[str, Any]:
        return {
            "schema_version": "provider-terms-readings/v1",
            "registry_version": "test",
            "values": {},
            "political_use": {},
            "facts": {},
        } | changes

    def test_a_reading_is_a_statement_of_its_own(self) -> None:
        """
        It has a confidence and sources, and is reviewed like any other.
        """
        reading = self.a_reading(facts={"x/api": {"conditions": a_fact(["no_api"], "low")}})
        (found,) = parsed(a_document(), readings=reading).tiers["x/api"].statements["conditions"]

        assert (found.value, found.confidence, found.sources) == (["no_api"], "low", ("s",))

    @pytest.mark.parametrize(
        "facts_", [{"x/none": {}}, {"x/api": {"retention": a_fact()}}, {"x/api": "conditions"}]
    )
    def test_a_reading_neither_invents_nor_replaces(self, facts_: dict[str, Any]) -> None:
        """
        It speaks of a tier that is there, and says what is not said yet.
        """
        with pytest.raises(ConfigurationError, match="reading"):
            parsed(a_document(), readings=self.a_reading(facts=facts_))

    def test_prohibited_uses_become_facts(self) -> None:
        """
        The list, and what it means for political content, both with their source.
        """
        document = a_document(
            prohibited_uses={"p": {"src": ["s"], "conf": "high", "list": ["campaigning"]}},
            tiers={"x/api": a_tier(prohibited_uses="p")},
        )
        reading = self.a_reading(political_use={"p": "forbidden"})
        statements = parsed(document, readings=reading).tiers["x/api"].statements

        assert statements["prohibited"][0].value == ["campaigning"]
        assert statements["political_use"][0].value == "forbidden"


class TestPeriods:
    def test_a_rule_holds_from_its_first_day_to_the_day_it_ends(self) -> None:
        """
        Two statements of one fact follow each other; between periods nothing is known.
        """
        first = a_fact("30 days", days=30, effective_to=datetime(2026, 6, 1, tzinfo=UTC).date())
        second = a_fact("60 days", days=60, effective_from=datetime(2026, 7, 1, tzinfo=UTC).date())
        tier = parsed(a_document(tiers={"x/api": a_tier(retention=[first, second])})).tiers["x/api"]

        def days(month: int, day: int) -> list[int]:
            found = tier.at(datetime(2026, month, day, tzinfo=UTC)).get("retention", ())
            return [item.reading for item in found]

        assert (days(5, 31), days(6, 1), days(7, 1)) == ([30], [], [60])
