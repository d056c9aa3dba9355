"""``proviso inspect``: findings, risk and a tenant's terms, without the text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from click.testing import CliRunner

from gateway.cli.inspect import inspect

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "Anna Kowalska, head of legal in Tromsø, was born on 3 May 1980."


class TestInspect:
    def test_findings_say_where_and_why(self) -> None:
        """
        Each finding has type, place, confidence, rule and validator, and never the value.
        """
        result = CliRunner().invoke(inspect, input=TEXT)
        found = {item["type"]: item for item in json.loads(result.output)}

        assert result.exit_code == 0
        assert (found["PERSON"]["start"], found["PERSON"]["end"]) == (0, 13)
        assert set(found["PERSON"]) == {"type", "start", "end", "confidence", "rule", "validator"}
        assert "Kowalska" not in result.output

    def test_the_risk_names_its_drivers(self) -> None:
        """
        With --risk comes the level, and what carries it.
        """
        result = CliRunner().invoke(inspect, ["--risk"], input=TEXT)
        risk = json.loads(result.output)["risk"]

        assert risk["level"] == "very_high"
        assert {"direct", "birth_date", "rare_role"} <= set(risk["drivers"])

    def test_lines_are_answered_one_by_one(self) -> None:
        """
        A line that is not what it should be is answered with an error, and the exit code is 1.
        """
        lines = json.dumps({"id": 7, "text": TEXT}) + "\nnonsense\n"
        result = CliRunner().invoke(inspect, ["--jsonl", "--risk"], input=lines)
        first, second = map(json.loads, result.output.splitlines())

        assert result.exit_code == 1
        assert (first["id"], first["risk"]["level"]) == (7, "very_high")
        assert "error" in second

    def test_a_tenants_terms_can_be_tried(self, tmp_path: Path) -> None:
        """
        Terms from a file are looked for; a file that breaks a limit is a wrong use.
        """
        good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
        good.write_text("dictionaries: [{name: projects, type: PROJECT, terms: [Phoenix]}]")
        bad.write_text("shapes: [{name: mine, expression: '(?=x)'}]")
        tried = CliRunner().invoke(inspect, ["--terms", str(good)], input="Phoenix is late")
        refused = CliRunner().invoke(inspect, ["--terms", str(bad)], input="Phoenix is late")

        assert [item["type"] for item in json.loads(tried.output)] == ["PROJECT"]
        assert refused.exit_code == 2
        assert "RE2 syntax" in refused.output
