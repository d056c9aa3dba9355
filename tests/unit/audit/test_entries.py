"""What entries are made of."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from gateway.audit import entries
from gateway.audit.entries import question_digest

if TYPE_CHECKING:
    import pytest


class TestQuestionDigest:
    def test_it_is_the_sha_256_of_the_question_itself(self) -> None:
        """
        The first time, again, and where only the last byte differs.
        """
        questions = [b"", b"{}", b'{"asked":1}' * 400, b'{"asked":1}' * 399 + b'{"asked":2}']
        for question in [*questions, *questions]:
            assert question_digest(question) == hashlib.sha256(question).digest()

    def test_whoever_asks_again_costs_no_hashing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """
        Though the question is made anew: its entry names it, and the log keeps it under that.
        """
        known = question_digest(b'{"asked":"once"}')
        monkeypatch.setattr(entries, "hashlib", None)

        assert question_digest(bytes(bytearray(b'{"asked":"once"}'))) == known
