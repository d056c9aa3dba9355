"""How pages write addresses, numbers and periods."""

from __future__ import annotations

import pytest
from flask import Flask

from gateway.web import pages


@pytest.fixture(scope="module")
def app() -> Flask:
    """An application with the pages' filters."""
    made = Flask(__name__, static_folder=None)
    pages.install(made)
    return made


def write(app: Flask, template: str, **values: object) -> str:
    """A template, as a page writes it."""
    return app.jinja_env.from_string(template, dict(app.jinja_env.globals)).render(**values)


class TestLinks:
    def test_pages_are_links_and_addresses_for_programs_are_not(self, app: Flask) -> None:
        """
        People are led to a page; what a program posts to stays text.
        """
        said = write(
            app, "{{ text | links }}", text="See https://ai.acme.example/code-of-use, or "
            'POST {"version": 1} to https://ai.acme.example/v1/code-of-use.',
        )  # fmt: skip

        assert said.count("<a ") == 1
        assert '<a href="https://ai.acme.example/code-of-use">' in said

    def test_everything_else_is_escaped(self, app: Flask) -> None:
        """
        No text becomes markup, and no address carries any.
        """
        said = write(
            app,
            "{{ text | links }}",
            text='<b>&"x"</b> javascript:alert(1) https://a.example/x"onload=1',
        )

        assert "<b>" not in said
        assert 'x"onload' not in said
        assert "javascript:" not in said.replace("javascript:alert(1)", "", 1)


class TestNumbers:
    @pytest.mark.parametrize(
        ("days", "words"),
        [
            (0, "0 days"),
            (1, "1 day"),
            (30, "30 days"),
            (183, "183 days (about 6 months)"),
            (396, "396 days (about 13 months)"),
            (1_096, "1,096 days (about 3 years)"),
        ],
    )
    def test_a_period_in_words(self, app: Flask, days: int, words: str) -> None:
        """
        Days exactly, and what they come to.
        """
        assert write(app, "{{ days | period }}", days=days) == words

    def test_thousands_are_set_apart(self, app: Flask) -> None:
        """
        A log of ten million entries can be read at a glance.
        """
        assert write(app, "{{ 10000000 | number }}") == "10,000,000"
