"""Searching decisions on the page and at the terminal, and what is noted about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gateway.core.identifiers import TenantId
from gateway.core.principal import Role
from gateway.db import log_search
from tests.factories import EMMA
from tests.integration.test_rights_of_people import OLIVER, Shell
from tests.people import browser

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

    from tests.factories import Installation

ADDRESS = "Write to jane.roe@example.com"


@pytest.fixture
def officer(acme: Installation) -> FlaskClient:
    """The officer's browser; Emma has asked for five things."""
    key = acme.key_for(EMMA)
    for _ in range(3):
        acme.chat(key, "Hello")
    acme.chat(key, ADDRESS)
    acme.chat(key, "Hello", model="trains")
    return browser(acme, OLIVER, Role.PRIVACY_OFFICER)


def shown(page: str) -> int:
    """How many decisions a page lists."""
    return page.count('href="/decisions/ex')


def readings(acme: Installation) -> list[dict[str, object]]:
    """What is noted of looking at decisions."""
    return [entry["params"] for entry in acme.entries() if entry["kind"] == "reading"]


class TestPage:
    @pytest.mark.parametrize("indexed", [False, True])
    def test_each_field_narrows_it(
        self, acme: Installation, officer: FlaskClient, *, indexed: bool
    ) -> None:
        """
        Effect, model, finding, purpose and cost, with the index and before it.
        """
        if indexed:
            acme.gateway.followers.indexer.index(TenantId(acme.tenant.id))
        found = {
            query: shown(officer.get(f"/decisions?{query}").text)
            for query in (
                "", "effect=deny", "model=trains", "finding=EMAIL_ADDRESS", "purpose=general",
                "purpose=research", "cost=100", "effect=permit&finding=EMAIL_ADDRESS",
            )
        }  # fmt: skip

        assert list(found.values()) == [5, 1, 1, 1, 5, 0, 0, 1]

    def test_pages_are_linked_both_ways(
        self, officer: FlaskClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        Older, and back again, with the filter kept.
        """
        monkeypatch.setattr(log_search.search, "__defaults__", (2,))
        first = officer.get("/decisions?purpose=general").text
        second = officer.get(_link(first, "next")).text
        third = officer.get(_link(second, "next")).text
        again = officer.get(_link(second, "prev")).text

        assert [shown(page) for page in (first, second, third)] == [2, 2, 1]
        assert 'rel="next"' not in third
        assert 'rel="prev"' not in first
        assert _decisions(again) == _decisions(first)
        assert "purpose=general" in _link(first, "next")

    @pytest.mark.parametrize("query", ["before=-1", "before=" + "9" * 40, "after=x", "cost=7"])
    def test_nonsense_is_no_error(self, officer: FlaskClient, query: str) -> None:
        """
        A place or an amount that cannot be is none.
        """
        assert officer.get(f"/decisions?{query}").status_code == 200

    def test_looking_is_recorded_with_what_was_looked_for(
        self, acme: Installation, officer: FlaskClient
    ) -> None:
        """
        Labels of the log are noted; what matches nothing may be a name, and is not.
        """
        officer.get("/decisions?finding=EMAIL_ADDRESS&since=2026-01-01")
        officer.get("/decisions?model=Jane+Roe")
        matched, typed = readings(acme)

        assert matched == {
            "filtered": True, "shown": 1, "fields": "finding", "finding": "EMAIL_ADDRESS",
            "since": "2026-01-01",
        }  # fmt: skip
        assert typed == {"filtered": True, "shown": 0, "fields": "model"}


class TestTerminal:
    def test_decisions_list(self, acme: Installation, officer: FlaskClient, tmp_path: Path) -> None:
        """
        The same search; the answer says where the next page begins; it is recorded as well.
        """
        officer.get("/")
        file = tmp_path / "proviso.yaml"
        settings = acme.gateway.settings
        file.write_text(f"database: {settings.database}\nsecret_file: {settings.secret_file}\n")
        shell = Shell(acme, str(file))
        refused = shell.run("decisions", "list", "--effect", "deny")
        page = shell.run("decisions", "list", "--limit", "3", "--purpose", "general")
        rest = shell.run("decisions", "list", "--before", str(page["before"]))

        assert [row["model"] for row in refused["decisions"]] == ["trains"]
        assert len(page["decisions"]) == 3
        assert len(rest["decisions"]) == 2
        assert rest["before"] is None
        assert len(readings(acme)) == 3


def _link(page: str, rel: str) -> str:
    start = page.index(f'rel="{rel}" href="') + len(f'rel="{rel}" href="')
    return page[start : page.index('"', start)].replace("&amp;", "&")


def _decisions(page: str) -> list[str]:
    parts = page.split('href="/decisions/')[1:]
    return [part[: part.index('"')] for part in parts]
