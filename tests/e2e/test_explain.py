"""``proviso policy explain``: every rule can be shown live, with the facts it rests on."""

from __future__ import annotations

import json

import pytest

from tests.e2e.conftest import Company, openai_shaped

pytestmark = pytest.mark.e2e
TIER = "openai/api-default"


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """A company with reviewed terms; nothing runs, and no test changes it."""
    made = Company(tmp_path_factory.mktemp("acme"), openai_shaped("http://127.0.0.1:9", "echo"))
    made.found(TIER)
    return made


def explained(company: Company, text: str, *options: str) -> str:
    """The command's output on a question in a file."""
    (company.folder / "question.yaml").write_text(text, encoding="utf-8")
    arguments = ("policy", "explain", "--tenant", "acme", "--input", "question.yaml")
    return company.run(*arguments, *options)


class TestExplain:
    def test_a_refusal_with_its_rule_its_words_and_its_facts(self, company: Company) -> None:
        """
        What is not said comes from the complete example; the tier's facts have source, date,
        reviewer and expiry.
        """
        text = f"destination: {{tier: {TIER}}}\nterms: {{trains_on_input: opt_out}}\n"
        found = json.loads(explained(company, text, "--language", "nl", "--json"))

        assert found["effect"] == "deny"
        reason = next(item for item in found["reasons"] if item["rule"] == "IP-02")
        assert reason["title"]
        assert reason["kind"]
        assert reason["text"].startswith(f"{TIER} mag")
        assert {"IP-07", "BS-01"} <= {item["rule"] for item in found["silent"]}
        assert "IP-02" not in {item["rule"] for item in found["silent"]}
        fact = next(item for item in found["facts"] if item["fact"] == "trains_on_input")
        assert fact["state"] == "current"
        assert fact["sources"]
        assert fact["document_date"]
        assert fact["reviewed_by"]
        assert fact["expires_at"]

    def test_terms_that_nobody_has_confirmed_are_not_taken_for_granted(
        self, company: Company
    ) -> None:
        """
        It decides as the gateway would for this tenant: what is unreviewed is unknown, and refused.
        """
        found = json.loads(
            explained(company, "destination: {tier: anthropic/api-default}", "--json")
        )

        assert found["effect"] == "deny"
        assert "IP-01" in {item["rule"] for item in found["reasons"]}
        assert {item["state"] for item in found["facts"]} == {"unreviewed"}

    def test_the_tenants_own_values_count(self, company: Company) -> None:
        """
        What the tenant has tuned and switched off is what is asked.
        """
        before = json.loads(explained(company, "{}", "--json"))
        company.do("parameters", "set", "co_02", "off", "--tenant", "acme")
        try:
            after = json.loads(explained(company, "{}", "--json"))
        finally:
            company.do("parameters", "unset", "co_02", "--tenant", "acme")

        assert "CO-02" in {item["rule"] for item in before["silent"]}
        assert "CO-02" not in {item["rule"] for item in after["silent"]}

    def test_as_text(self, company: Company) -> None:
        """
        The same for people: effect, rules, duties, the silent ones, the facts.
        """
        text = (
            f"destination: {{tier: {TIER}}}\n"
            "data: {findings: [{type: PERSON, count: 1, confidence: 90}], people: 1}\n"
        )
        said = explained(company, text)

        assert said.startswith("permit (policy ")
        assert "must: IP-06/pseudonymise types ['PERSON']" in said
        assert "asked, and silent: " in said
        assert "reviewed by" in said

    def test_the_other_questions(self, company: Company) -> None:
        """
        About an output, and about an administrative act.
        """
        output = explained(company, "output: {canary: true}\n", "--output-phase")
        act = explained(company, "hours: 900\n", "--admin")

        assert output.startswith("deny")
        assert act.startswith("deny")
        assert "AN-05" in act

    def test_a_question_of_another_form_is_denied(self, company: Company) -> None:
        """
        As the gateway would: by itself, before any engine is asked.
        """
        assert "input.malformed" in explained(company, "data: {findings: 5}\n")

    def test_what_is_no_question(self, company: Company) -> None:
        """
        A list, or no YAML at all, is a mistake of the caller: exit code 2.
        """
        for text in ("- 1\n", "{a: [\n"):
            (company.folder / "question.yaml").write_text(text)
            arguments = ("policy", "explain", "--tenant", "acme", "--input", "question.yaml")
            company.run(*arguments, code=2)
