"""The four concerns of one exchange, from what is on record of it and nothing else."""

from __future__ import annotations

from typing import Any

from gateway.reasons import Explained
from gateway.web.dashboard.concerns import Concern, answered

SAID: dict[str, Any] = {
    "destination": {"tier": "openai/api-default", "terms_version": "2026.11"},
    "findings": [{"type": "PERSON", "count": 2}],
}
ASKED: dict[str, Any] = {
    "data": {
        "class": "internal", "secrets": [], "reid": {"level": "very_high", "drivers": ["role"]},
    },
    "terms": {
        "trains_on_input": "no", "retention_days": 30, "human_review": "flagged_only",
        "output_restrictions": ["no_competing_models", "unknown"],
    },
    "signals": {"misuse": [{"category": "profiling", "score": 40}]},
    "subject": {
        "acknowledgements": {"required": 2, "accepted": 1},
        "training": {"literacy": "expired", "media": "none"},
    },
}  # fmt: skip


def told(
    ended: dict[str, Any], asked: dict[str, Any], *reasons: Explained
) -> dict[str, tuple[Concern, dict[str, str]]]:
    """Each concern with its facts, by key."""
    found = answered(SAID, ended, asked, reasons, ())
    return {item.key: (item, dict(item.facts)) for item in found}


class TestFacts:
    def test_each_answers_its_question(self) -> None:
        """
        Terms, identifiers, ownership and signals, in words.
        """
        ended = {
            "replaced": {"PERSON": 2},
            "rights": {"owner_meaning": "provider_claims_nothing", "restrictions": []},
            "output": {"digest": "ab" * 32, "labels": ["ai_generated"]},
        }
        found = {key: facts for key, (_, facts) in told(ended, ASKED).items()}

        assert list(found) == ["input", "anonymity", "rights", "ethics"]
        assert found["input"]["Keeps it"] == "up to 30 days"
        assert found["input"]["People read it"] == "only what is flagged"
        assert found["anonymity"]["Replaced before sending"] == "2"
        assert found["anonymity"]["Risk in what is left"] == "very high (role)"
        assert found["rights"]["Whose it is"] == "provider claims nothing"
        assert found["ethics"]["Signals of misuse"] == "profiling (40 of 100)"
        assert found["ethics"]["Code of use"] == "version 2 not accepted"
        assert found["ethics"]["Course on AI"] == "has run out"
        assert found["ethics"]["Label on the answer"] == "AI-generated"

    def test_what_is_not_on_record_is_not_guessed(self) -> None:
        """
        The question to the policy has expired and the outcome is owed: nothing is claimed.
        """
        found = {key: facts for key, (_, facts) in told({}, {}).items()}

        assert found["input"]["Trains on it"] == "not confirmed"
        assert found["input"]["Secrets in it"] == "not kept"
        assert found["anonymity"]["Risk in what is left"] == "not kept"
        assert found["rights"]["Whose it is"] == "nothing was made"
        assert found["ethics"]["Signals of misuse"] == "not kept"
        assert found["ethics"]["Label on the answer"] == "none"

    def test_restrictions_that_nobody_confirmed(self) -> None:
        """
        That there may be more is said in words.
        """
        facts = told({}, ASKED)["rights"][1]

        assert facts["Terms forbid"] == "no competing models, more that nobody has confirmed"


class TestRules:
    def test_a_rule_stands_with_the_concerns_it_serves(self) -> None:
        """
        Once in each, however often it objected; the gateway's own reasons stand in none.
        """
        twice = [
            Explained("IP-04", code, "t", "x", "y", ("input", "ethics")) for code in ("a", "b")
        ]
        found = told({}, ASKED, *twice, Explained("GATEWAY", "c", "", "x", "y"))

        assert found["input"][0].objected == ("IP-04",)
        assert found["ethics"][0].objected == ("IP-04",)
        assert found["anonymity"][0].objected == ()
        assert found["rights"][0].objected == ()
