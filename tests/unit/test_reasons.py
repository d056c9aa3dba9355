from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.decision import TEXT_PARAMS, Decision, Effect, Reason
from gateway.documents.rules import SENTENCES, reference
from gateway.own_texts import ASK, GATEWAY_TEXTS
from gateway.pdp import bundle as bundles
from gateway.pdp.bundle import Rule
from gateway.pdp.result import CANNOT_JUDGE
from gateway.reasons import Reasons

SNAPSHOTS = Path(__file__).parents[1] / "snapshots" / "reasons"
LANGUAGES = ("en", "de", "fr", "nl")
RULES = bundles.load().rules
REASONS = Reasons(RULES, "https://ai.acme.example")
CODES = [(rule.id, code) for rule in RULES for code in rule.custom["reasons"]]


def params_of(rule: str, code: str) -> dict[str, Any]:
    """Values for every place holder of a text."""
    texts = next(
        item.custom["reasons"][code]
        for item in RULES
        if item.id == rule and code in item.custom["reasons"]
    )
    names = set(re.findall(r"\{(\w+)\}", str(texts))) - {"public_url"}
    return {name: f"<{name}>" for name in names}


class TestWords:
    @pytest.mark.parametrize(("rule", "code"), CODES)
    @pytest.mark.parametrize("language", ["en", "de", "fr", "nl", "xx"])
    def test_every_reason_reads_in_every_language(
        self, rule: str, code: str, language: str
    ) -> None:
        """
        Title, text and what to do, with every place holder filled, and English as a last resort.
        """
        said = REASONS.explain(Reason(rule, code, params_of(rule, code)), language)

        assert said.title
        assert said.text not in ("", code)
        assert said.remedy
        for part in (said.text, said.remedy):
            assert not re.search(r"\{\w+\}", part)

    def test_a_refusal_names_rule_reason_and_remedy(self) -> None:
        """
        Promise P11, in one line that a client shows as it is.
        """
        decision = Decision(
            Effect.DENY,
            "r1",
            (Reason("ET-08", "acknowledgement.required", {"version": 7}),),
        )

        assert REASONS.refusal(decision) == (
            "[ET-08] You have not yet accepted version 7 of the code of use. "
            "Read and accept it at https://ai.acme.example/code-of-use, or "
            'POST {"version": 7} to https://ai.acme.example/v1/code-of-use with your key.'
        )

    def test_every_reason_of_a_refusal_is_told(self) -> None:
        """
        People fix all of it at once instead of one refusal after the other.
        """
        reasons = (
            Reason("IP-02", "data_terms.training", {"tier": "x/api"}),
            Reason("IP-07", "secret.present", {"kinds": "secret.jwt"}),
        )

        said = REASONS.refusal(Decision(Effect.DENY, "r1", reasons))

        assert "[IP-02]" in said
        assert "[IP-07]" in said

    def test_a_rule_of_two_sides_goes_by_its_title_for_requests(self) -> None:
        """
        IP-07 speaks of requests and of outputs; lists show the first.
        """
        assert REASONS.title("IP-07") == "Secrets and credentials stay here"
        assert REASONS.title("ZZ-99") == "ZZ-99"

    @pytest.mark.parametrize("code", sorted(CANNOT_JUDGE | {"input.incomplete"}))
    def test_the_gateways_own_refusals_have_words_too(self, code: str) -> None:
        """
        Also what no rule said is said in words, with somebody to turn to.
        """
        said = REASONS.explain(Reason("GATEWAY", code, {"missing": "ip_07"}))

        assert code in GATEWAY_TEXTS
        assert said.text == GATEWAY_TEXTS[code]["en"].replace("{missing}", "ip_07")
        assert "administrator" in said.remedy

    def test_a_parameter_that_was_not_given_is_not_made_up(self) -> None:
        """
        The place holder stands as it is, which a reader sees and reports.
        """
        said = REASONS.explain(Reason("IP-02", "data_terms.training"))

        assert said.text.startswith("{tier} may use")

    def test_a_code_nobody_knows_is_still_said(self) -> None:
        """
        A rule of another bundle: its code stands for its text.
        """
        assert REASONS.explain(Reason("XX-01", "something.odd")).text == "something.odd"


def said_by(rule: str) -> str:
    """Every text of a rule in every language, filled in as it is for people."""
    lines = []
    for item, code in dict.fromkeys(CODES):
        for language in LANGUAGES if item == rule else ():
            said = REASONS.explain(Reason(rule, code, params_of(rule, code)), language)
            lines += [f"{code} [{language}]", f"  {said.text}", f"  {said.remedy}"]
    return "\n".join(lines) + "\n"


class TestSnapshots:
    @pytest.mark.parametrize("rule", sorted({rule for rule, _ in CODES}))
    def test_a_text_changes_only_on_purpose(self, rule: str) -> None:
        """
        What people read, word for word. Renew with SNAPSHOTS=1 and read the difference.
        """
        kept = SNAPSHOTS / f"{rule.lower().replace('-', '_')}.txt"
        if os.environ.get("SNAPSHOTS"):
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(said_by(rule), encoding="utf-8")

        assert kept.read_text(encoding="utf-8") == said_by(rule)

    @pytest.mark.parametrize("code", sorted(GATEWAY_TEXTS))
    def test_the_gateway_speaks_every_language_too(self, code: str) -> None:
        """
        Its own refusals are said as those of rules are.
        """
        assert set(GATEWAY_TEXTS[code]) == set(LANGUAGES) == set(ASK)


class TestNothingLeaks:
    @given(st.text(min_size=4), st.text(min_size=1))
    def test_a_parameter_that_is_not_a_label_of_ours_is_never_shown(
        self, value: str, name: str
    ) -> None:
        """
        A rule that put a matched value into a parameter of its own cannot get it into a text.
        """
        canary = f"canary-{value}"
        if name in TEXT_PARAMS:
            return
        for rule, code in CODES:
            said = REASONS.explain(Reason(rule, code, {**params_of(rule, code), name: canary}))

            assert canary not in said.text + said.remedy

    def test_a_value_is_not_read_as_a_place_holder(self) -> None:
        """
        Filled once: what is filled in is not searched again.
        """
        said = REASONS.explain(Reason("IP-02", "data_terms.training", {"tier": "{public_url}"}))

        assert said.text.startswith("{public_url} may use")

    def test_a_long_value_is_cut(self) -> None:
        """
        A text stays a text, whatever a policy puts in.
        """
        said = REASONS.explain(Reason("IP-02", "data_terms.training", {"tier": "x" * 5_000}))

        assert len(said.text) < 400

    def test_a_list_reads_as_a_list(self) -> None:
        """
        Several labels, with commas.
        """
        reason = Reason("IP-01", "terms.unknown", {"tier": "x/api", "facts": ["a", "b"]})

        assert "(a, b)" in REASONS.explain(reason).text


class TestReference:
    def test_every_rule_and_code_is_on_the_page(self) -> None:
        """
        The page of the rules is made from what the gateway says, so it cannot say otherwise.
        """
        page = reference(RULES)

        for rule, code in CODES:
            assert f"## {rule} " in page
            assert f"### `{code}`" in page
        assert page.endswith("\n")
        assert "\n\n\n" not in page

    def test_every_sentence_of_concern_has_an_answer(self) -> None:
        """
        Those that ask for a rule have one; the others are answered by the whole (four concerns).
        """
        answered = {name for rule in RULES for name in rule.custom["sentences"]}

        assert answered <= SENTENCES.keys()
        assert {f"S{number}" for number in range(6, 25)} <= answered


class TestParameters:
    def test_words_of_ours_are_written_as_words(self) -> None:
        """
        What is ours loses its underscores; the name of a contract or a model stays as it is.
        """
        reason = Reason("IP-01", "terms.unknown", {"tier": "x/a_b", "facts": ["human_review"]})
        secret = Reason("IP-07", "secret.present", {"kinds": ["secret.aws_access_key"]})

        assert "x/a_b may do with your text (human review)" in REASONS.explain(reason).text
        assert "a secret (aws access key)" in REASONS.explain(secret).text

    def test_a_code_alone_is_told_without_its_values(self) -> None:
        """
        An outcome's entry has the code of what withheld it, and no parameters.
        """
        said = REASONS.of_code("output.secret")

        assert said is not None
        assert said.rule == "IP-07"
        assert said.text == "The answer held a secret, so the rest of it was withheld."
        assert REASONS.of_code("no.such_code") is None


class TestWhilePoliciesChange:
    """Decisions of two revisions are put into words at once."""

    OLD, NEW = Reason("XX-01", "xx.old"), Reason("XX-01", "xx.new")

    def rules(self, **texts: str) -> tuple[Rule, ...]:
        """The rules of one revision, with one rule that gives these reasons."""
        reasons = {f"xx.{code}": {"text": {"en": said}} for code, said in texts.items()}
        return (Rule("XX-01", "gateway.rules.xx_01", "T", "D", {"reasons": reasons}),)

    def test_what_only_the_earlier_revision_says_stays_known(self) -> None:
        """
        P11: who was refused by it a moment before the change reads why, not a code.
        """
        known = Reasons(self.rules(old="Old words."), "x")
        known.follow(self.rules(new="New words."))

        assert known.explain(self.OLD).text == "Old words."
        assert known.explain(self.NEW).text == "New words."

    def test_the_newer_revision_has_the_last_word(self) -> None:
        """
        Where both speak of a reason, the one in force is quoted.
        """
        known = Reasons(self.rules(old="Old words."), "x")
        known.follow(self.rules(old="Better words."))

        assert known.explain(self.OLD).text == "Better words."

    def test_what_is_learnt_before_the_change_is_only_what_is_new(self) -> None:
        """
        A revision that is about to come into force, or fails to, changes no text of today.
        """
        known = Reasons(self.rules(old="Old words."), "x")
        known.learn(self.rules(old="Better words.", new="New words."))

        assert known.explain(self.OLD).text == "Old words."
        assert known.explain(self.NEW).text == "New words."
