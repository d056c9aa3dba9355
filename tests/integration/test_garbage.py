"""What a request held is freed when it ends, and does not wait for a search for garbage."""

from __future__ import annotations

import gc
import logging
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from gateway.core.exchange import Exchange
from gateway.providers.response import ResponseParser
from tests.factories import an_installation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.factories import Installation

SECRET = "AKIAIOSFODNN7EXAMPLE"


@contextmanager
def no_search() -> Iterator[None]:
    """A block in which nothing is freed but by the end of its use.

    Nothing is logged in it: the test runner keeps what is, and with an error its whole call.
    """
    gc.collect()
    gc.disable()
    logging.disable()
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
        gc.enable()


def held() -> list[str]:
    """What is still there of requests; those that write may take a moment longer with it."""
    until = time.monotonic() + 5
    while True:
        kinds = [type(found) for found in gc.get_objects()]
        found = [kind.__name__ for kind in kinds if kind in (Exchange, ResponseParser)]
        if not found or time.monotonic() > until:
            return found
        time.sleep(0.05)


def answered(acme: Installation, key: str, **more: Any) -> int:
    """The status of an answer that was read to its end."""
    with acme.chat(key, **more) as answer:
        assert answer.data
        return int(answer.status_code)


class TestGarbage:
    @pytest.mark.parametrize(
        ("more", "status"),
        [
            ({"text": "Hello"}, 200),
            ({"text": "Hello", "stream": True}, 200),
            ({"text": "Hello", "model": "broken"}, 502),
            ({"text": "Hello", "model": "nobody"}, 403),
            ({"text": f"My key is {SECRET}"}, 403),
            ({"messages": []}, 400),
        ],
    )
    def test_a_request_that_has_ended_is_gone(
        self, acme: Installation, more: dict[str, Any], status: int
    ) -> None:
        """
        Answered or refused, whole or streamed: nobody keeps its content by mistake.
        """
        key = acme.key_for()
        with no_search():
            for _ in range(3):
                assert answered(acme, key, **more) == status

            assert held() == []

    def test_a_request_that_reached_nobody_is_gone(self, tmp_path: Path) -> None:
        """
        An error that knows the call it was raised in would keep the request as long as itself.
        """
        acme = an_installation(tmp_path, "http://127.0.0.1:1/v1")
        key = acme.key_for()
        with no_search():
            for _ in range(3):
                assert answered(acme, key, model="echo") == 502

            assert held() == []
        acme.close()
