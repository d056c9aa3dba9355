"""What people read under an answer, and where nothing may be added."""

from __future__ import annotations

import pytest

from gateway.pep import labels
from gateway.pep.fulfil.label import LABELS
from gateway.shapes.registry import CHAT


class TestText:
    @pytest.mark.parametrize("language", ["en", "de", "fr", "nl"])
    def test_a_visible_label_is_a_line_of_its_own(self, language: str) -> None:
        """
        At the end, apart from the text, in the reader's language.
        """
        said = labels.text(["ai_generated"], language)

        assert said.startswith("\n\n[")
        assert said.endswith("]")
        assert said.count("\n\n") == 1

    def test_a_label_for_programs_adds_no_line(self) -> None:
        """
        Some labels stand in headers and the record alone.
        """
        assert labels.text(["active_content"], "en") == ""

    def test_an_unknown_language_is_told_in_english(self) -> None:
        """
        A label in the wrong language is better than none.
        """
        assert labels.text(["ai_generated"], "fi") == labels.text(["ai_generated"], "en")

    def test_only_labels_that_policy_may_ask_for_have_words(self) -> None:
        """
        A text that no rule can ask for would be dead.
        """
        assert set(labels.VISIBLE) <= set(LABELS)


class TestPossible:
    def test_json_for_a_program_takes_no_line(self) -> None:
        """
        A line under a JSON document would make it none.
        """
        assert not CHAT.label_possible({"response_format": {"type": "json_object"}})
        assert not CHAT.label_possible({"response_format": {"type": "json_schema"}})

    def test_text_does(self) -> None:
        """
        With or without saying that it is to be text.
        """
        assert CHAT.label_possible({})
        assert CHAT.label_possible({"response_format": {"type": "text"}})
