"""The demonstration's provider, asked as newer clients ask."""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING

import openai
import pytest
from flask import Flask
from werkzeug.serving import make_server

from gateway.core.clock import SystemClock
from gateway.demo import provider

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def client() -> Iterator[openai.OpenAI]:
    """A client of the provider, without a gateway between."""
    app = Flask(__name__)
    app.register_blueprint(provider.blueprint(SystemClock()))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}{provider.PREFIX}"
    with openai.OpenAI(base_url=base, api_key="none", max_retries=0) as made:
        yield made
    server.shutdown()
    server.server_close()


def test_it_speaks_the_responses_api(client: openai.OpenAI) -> None:
    """
    Whole and in events, with what was said and what it cost.
    """
    whole = client.responses.create(model="m", input="Hello there")
    events = list(client.responses.create(model="m", input="Hello there", stream=True))
    last = events[-1]

    assert "Hello there" in whole.output_text
    assert whole.usage is not None
    assert last.type == "response.completed"
    assert last.response.output_text == whole.output_text
    assert last.response.usage is not None
