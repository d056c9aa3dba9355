"""The lexicon's notation, and that a file that is wrong is refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from gateway.content.signals.fold import fold
from gateway.content.signals.lexicon import load, translated, trigger
from gateway.core.signals import DOMAINS, MISUSE, WORKS
from gateway.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

GOOD = "cues:\n  a: {en: 'fake*'}\nrules:\n  - {id: x, label: political, all: [a], score: 50}\n"


def matches(entry: str, text: str) -> bool:
    """Whether an entry occurs in a text."""
    return re.search(translated(entry), fold(text).data.decode()) is not None


class TestNotation:
    @pytest.mark.parametrize(
        ("entry", "text"),
        [
            ("fake*", "Faked news"),
            ("*bericht*", "Nepberichten"),
            ("dark pattern*", "dark-patterns"),
            ("burn ?out", "burnout"),
            ("burn ?out", "burn-out"),
            ("gefälscht*", "GEFÄLSCHTE"),
            ("gefälscht*", "gefaelschte"),
            ("gefälscht*", "gefalscht"),
            ("écrit", "ecrit"),
            ("straße", "STRASSE"),
            ("c\\+\\+", "in C++ please"),
            ("[0-9]+ letters", "500 letters"),
        ],
    )
    def test_an_entry_finds_its_forms(self, entry: str, text: str) -> None:
        """
        Case, accents, umlauts written out, hyphens and endings make no difference.
        """
        assert matches(entry, text)

    @pytest.mark.parametrize(("entry", "text"), [("ate", "private"), ("fake", "fakes")])
    def test_an_entry_is_whole_words(self, entry: str, text: str) -> None:
        """
        Without a star nothing may follow, and nothing stands before.
        """
        assert not matches(entry, text)


class TestTriggers:
    @pytest.mark.parametrize(
        ("entry", "start"),
        [
            ("steal [a-z ]*passwords?", r"\bsteal[\s'_-]+"),
            ("fake news", translated("fake news")),
            ("hide (the [a-z ]*)?body", r"\bhide[\s'_-]+"),
            ("a [a-z ]*b|c", translated("a [a-z ]*b|c")),
        ],
    )
    def test_an_entry_starts_with_its_trigger(self, entry: str, start: str) -> None:
        """
        What stands before a gap; the whole entry where there is none, or it is no beginning.
        """
        assert trigger(translated(entry)) == start

    def test_no_trigger_is_narrower_than_its_cue(self) -> None:
        """
        A cue that its trigger misses would never be looked for.
        """
        lexicon = load()

        assert len(lexicon.triggers) == len(lexicon.expressions)
        for entry in ("steal all the passwords", "hide the dead body", "soutire le code pin"):
            text = fold(entry).data.decode()
            for cue, wide in zip(lexicon.expressions, lexicon.triggers, strict=True):
                assert not re.search(cue, text) or re.search(wide, text)


class TestFiles:
    def test_what_ships_names_known_labels_only(self) -> None:
        """
        A misspelt label would be a rule that nobody hears of.
        """
        known = {f"misuse.{name}" for name in MISUSE} | {f"works.{name}" for name in WORKS}
        known |= {f"domain.{name}" for name in DOMAINS}
        known |= {"injection", "political", "minor", "code", "person.likeness", "person.pointed"}

        assert {rule.label for rule in load().rules} == known

    def test_each_rule_has_its_own_name(self) -> None:
        """
        A privacy officer can point at one.
        """
        names = [rule.id for rule in load().rules]

        assert len(names) == len(set(names))

    def test_what_is_right_is_read(self, tmp_path: Path) -> None:
        """
        The smallest lexicon there is.
        """
        (tmp_path / "a.yaml").write_text(GOOD)

        assert load(tmp_path).names == ("a",)

    @pytest.mark.parametrize(
        "text",
        [
            "- a list",
            "words: {}",
            "cues:\n  a: {xx: fake}\n",
            "cues:\n  a: fake\n",
            GOOD.replace("[a]", "[b]"),
            GOOD.replace("score: 50", "score: 500"),
            GOOD.replace("score: 50", "points: 50"),
            GOOD.replace("id: x", "id: x, colour: red"),
        ],
    )
    def test_what_is_wrong_is_refused(self, text: str, tmp_path: Path) -> None:
        """
        Unknown keys, cues, languages and scores stop the start.
        """
        (tmp_path / "a.yaml").write_text(text)

        with pytest.raises(ConfigurationError, match=r"a\.yaml"):
            load(tmp_path)

    def test_a_cue_stands_once(self, tmp_path: Path) -> None:
        """
        Two files may not both define a cue.
        """
        (tmp_path / "a.yaml").write_text(GOOD)
        (tmp_path / "b.yaml").write_text("cues:\n  a: {en: fake}\n")

        with pytest.raises(ConfigurationError, match="another file"):
            load(tmp_path)
