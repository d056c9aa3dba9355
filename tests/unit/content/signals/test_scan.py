"""The set of cues: what it says, and what it says when it runs out of memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.content.signals import scan

if TYPE_CHECKING:
    import pytest


class TestScanner:
    def test_it_says_which_and_where(self) -> None:
        """
        The numbers of what occurs, and the places of one of them.
        """
        scanner = scan.Scanner([r"\bfake\b", r"\bnews\b", r"\bsoup\b"])

        assert sorted(scanner.present(b"fake news, fake")) == [0, 1]
        assert scanner.spans(0, b"fake news, fake") == [(0, 4), (11, 15)]
        assert list(scanner.present(b"")) == []

    def test_a_set_that_gives_up_is_noticed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """
        P2: out of memory the set finds nothing and says nothing. Then each cue is asked.
        """
        scanner = scan.Scanner([r"\bfake\b", r"\bnews\b"])

        class Exhausted:
            def Match(self, data: bytes) -> None:  # noqa: N802 - the name of the library
                return None

        monkeypatch.setattr(scanner, "_set", Exhausted())

        assert list(scanner.present(b"fake soup")) == [0]

    def test_a_set_of_one_that_gives_up_is_noticed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """
        P2: a cue that is wider than its trigger is asked for itself, too, when its set gives up.
        """
        scanner = scan.Scanner([r"\bfake (?:\w+ )*news\b"], [r"\bfake\b"])

        class Exhausted:
            def Match(self, data: bytes) -> None:  # noqa: N802 - the name of the library
                return None

        told = [list(scanner.present(text)) for text in (b"fake good news", b"fake soup")]
        monkeypatch.setitem(scanner._alone, 0, Exhausted())

        assert told == [[0], []]
        assert [list(scanner.present(text)) for text in (b"fake good news", b"fake soup")] == told
