from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import ConfigurationError
from gateway.terms import facts
from gateway.terms.statements import REVIEW, TRAINING, fact, stricter

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.terms.statements import BaseFacts


def a_document(**changes: Any) -> dict[str, Any]:
    """A small file of terms in the right form."""
    source = {"title": "t", "url": "u", "doc_date": "d", "recorded": "r", "copy": "c"}
    tier = {
        "name": "A tier",
        "trains_on_input": {"value": "no", "conf": "high", "src": ["s"]},
        "retention": {"days": 30, "value": "30 days", "conf": "high", "src": ["s"]},
        "human_review": {"value": "none", "conf": "high", "src": ["s"]},
    }
    return {
        "schema_version": "provider-terms/v1",
        "registry_version": "test-1",
        "compiled_at": "2026-11-24",
        "sources": {"s": source},
        "tiers": {"x/api": tier},
    } | changes


def written(folder: Path, document: Any, name: str = "terms.yaml") -> Path:
    text = document if isinstance(document, str) else yaml.safe_dump(document)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


class TestShippedFacts:
    def test_every_tier_of_the_registry_is_there(self, shipped: BaseFacts) -> None:
        """
        The seed's tiers, our own infrastructure, and the demonstration.
        """
        assert len(shipped.tiers) == 39
        assert {"openai/api-default", "anthropic/api-default", "demo/synthetic"} <= set(
            shipped.tiers
        )

    def test_a_tier_has_what_it_inherits_and_what_it_says_itself(self, shipped: BaseFacts) -> None:
        """
        Zero retention is the default contract with other days.
        """
        zero = shipped.tiers["openai/api-zdr"].facts

        assert zero["trains_on_input"].value == "opt_in"
        assert zero["retention"].value["days"] == 0

    def test_an_answer_that_depends_is_read_as_the_stricter_one(self, shipped: BaseFacts) -> None:
        """
        "Depends on the product's default" is on until switched off.
        """
        assert shipped.tiers["mistral/api-commercial"].facts["trains_on_input"].value == "opt_out"

    def test_the_version_names_every_file(self, shipped: BaseFacts) -> None:
        """
        An entry of the log points at exactly these facts.
        """
        assert shipped.version == "2026.11.24-own+2026.11.23-seed"


class TestOverlays:
    @pytest.mark.parametrize(
        "upstream", ["claude-fable-5", "us.anthropic.claude-mythos-5-v1:0", "Claude-Fable-5-1"]
    )
    def test_covered_models_are_kept_thirty_days_whatever_the_contract(
        self, shipped: BaseFacts, upstream: str
    ) -> None:
        """
        A zero-retention contract does not hold for them, on any platform and under any prefix.
        """
        found = shipped.find("anthropic/api-zdr", upstream)

        assert found is not None
        assert found["retention"].value["days"] == 30
        assert found["retention"].tier == "anthropic/overlay-covered-models"

    def test_an_overlay_never_loosens(self, shipped: BaseFacts) -> None:
        """
        Where the contract keeps longer than the overlay, the contract counts.
        """
        found = shipped.find("openai/chatgpt-enterprise", "claude-fable-5")

        assert found is not None
        assert found["retention"].value["days"] is None

    def test_labs_models_train_whatever_was_opted_out_of(self, shipped: BaseFacts) -> None:
        """
        Mistral's labs models beat the contract.
        """
        found = shipped.find("mistral/api-commercial", "labs-devstral")

        assert found is not None
        assert found["trains_on_input"].value == "yes"

    def test_other_models_are_not_touched(self, shipped: BaseFacts) -> None:
        """
        An overlay speaks of its own models only.
        """
        found = shipped.find("anthropic/api-zdr", "claude-sonnet-4-6")

        assert found is not None
        assert found["retention"].value["days"] == 0

    def test_an_unknown_tier_has_no_facts(self, shipped: BaseFacts) -> None:
        """
        None, rather than an empty mapping that might read as nothing to worry about.
        """
        assert shipped.find("acme/home-made", "x") is None


class TestStricter:
    @given(st.sampled_from(TRAINING), st.sampled_from(TRAINING))
    def test_training_takes_the_more_restrictive_reading(self, one: str, other: str) -> None:
        """
        yes > opt_out > unknown > opt_in > no, in either order.
        """
        joined = stricter(
            fact("a", "trains_on_input", one, "high"), fact("b", "trains_on_input", other, "high")
        )

        assert joined.value == max(one, other, key=TRAINING.index)

    @given(st.sampled_from(REVIEW), st.sampled_from(REVIEW))
    def test_review_takes_the_more_restrictive_reading(self, one: str, other: str) -> None:
        """
        unknown > sampled > possible > flagged only > none.
        """
        joined = stricter(
            fact("a", "human_review", one, "high"), fact("b", "human_review", other, "high")
        )

        assert joined.value == max(one, other, key=REVIEW.index)

    @given(st.none() | st.integers(0, 4_000), st.none() | st.integers(0, 4_000))
    def test_retention_takes_the_longer_one(self, one: int | None, other: int | None) -> None:
        """
        More days win, and no number counts as without limit.
        """
        facts_ = [
            fact("a", "retention", {"days": days, "text": "x"}, "high") for days in (one, other)
        ]
        joined = stricter(*facts_)

        expected = None if None in (one, other) else max(one or 0, other or 0)
        assert joined.value["days"] == expected

    def test_a_fact_that_only_one_states_is_that_fact(self) -> None:
        """
        Nothing to compare with.
        """
        only = fact("b", "trains_on_input", "yes", "high")

        assert stricter(None, only) is only


class TestForm:
    def test_a_good_file_loads(self, tmp_path: Path) -> None:
        """
        So that the refusals below mean something.
        """
        loaded = facts.load(written(tmp_path, a_document()))

        assert loaded.tiers["x/api"].facts["retention"].value == {"days": 30, "text": "30 days"}

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
    def test_a_document_of_another_form_is_refused(
        self, tmp_path: Path, change: dict[str, Any], said: str
    ) -> None:
        """
        An unknown key may be a control somebody believes in.
        """
        with pytest.raises(ConfigurationError, match=said):
            facts.load(written(tmp_path, a_document(**change)))

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
            ("name", 7, "no name"),
            ("inherits", "x/nowhere", "cannot inherit"),
            ("inherits", "x/api", "cannot inherit"),
        ],
        ids=str,
    )
    def test_a_tier_of_another_form_is_refused(
        self, tmp_path: Path, name: str, value: Any, said: str
    ) -> None:
        """
        A value outside its list would be one that no rule knows.
        """
        document = a_document()
        document["tiers"]["x/api"][name] = value

        with pytest.raises(ConfigurationError, match=said):
            facts.load(written(tmp_path, document))

    def test_tiers_that_inherit_in_a_circle_are_refused(self, tmp_path: Path) -> None:
        """
        And do not hang the start.
        """
        document = a_document()
        document["tiers"]["x/api"]["inherits"] = "x/other"
        document["tiers"]["x/other"] = {"name": "Other", "inherits": "x/api"}

        with pytest.raises(ConfigurationError, match="cannot inherit"):
            facts.load(written(tmp_path, document))

    def test_a_tier_is_written_once(self, tmp_path: Path) -> None:
        """
        A second file must not replace the facts of the first one unseen.
        """
        written(tmp_path, a_document())
        written(tmp_path, a_document(), "zz.yaml")

        with pytest.raises(ConfigurationError, match="another file"):
            facts.load(tmp_path)

    @pytest.mark.parametrize("text", ["", "[]", "a: [", "\x00"], ids=repr)
    def test_a_file_that_is_no_document_is_refused(self, tmp_path: Path, text: str) -> None:
        """
        Half a file after a full disk is not a registry.
        """
        with pytest.raises(ConfigurationError):
            facts.load(written(tmp_path, text))

    def test_no_files_are_refused(self, tmp_path: Path) -> None:
        """
        An empty registry would refuse every request and say nothing about why.
        """
        with pytest.raises(ConfigurationError, match="no provider terms"):
            facts.load(tmp_path)
