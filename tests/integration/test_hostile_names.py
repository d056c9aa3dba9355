"""Names that callers choose, on the pages and at the terminal: shown, never obeyed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from gateway.cli import proviso
from gateway.cli.context import harmless
from gateway.core.principal import Role
from tests.factories import EMMA
from tests.integration.test_rights_of_people import OLIVER
from tests.people import browser

if TYPE_CHECKING:
    from pathlib import Path

    from tests.factories import Installation

SCRIPT = "<script>alert(1)</script>"
NAME = f"\x1b[2J\u202e'\"=1+1{SCRIPT}"
PAGES = (
    "/",
    "/keys",
    "/decisions",
    "/log",
    "/approvals",
    "/coverage",
    "/retention",
    "/terms",
    "/rights",
)


@pytest.fixture
def named(acme: Installation) -> Installation:
    """Somebody of that address has a key, and somebody asked for a model of that name."""
    acme.key_for(f"{NAME}@acme.example")
    acme.chat(acme.key_for(EMMA), "Hello", model=NAME)
    return acme


class TestPages:
    def test_no_page_obeys_it(self, named: Installation) -> None:
        """
        Wherever it stands it is text: lists, the decision itself, and filters that repeat it.
        """
        officer = browser(named, OLIVER, Role.PRIVACY_OFFICER, Role.TENANT_ADMIN)
        assert SCRIPT not in str(named.entries())
        asked = [item["exchange"] for item in named.entries() if item["kind"] == "decision"]
        addresses = [*PAGES, *(f"/decisions/{name}" for name in asked)]
        pages = [officer.get(address) for address in addresses]
        pages.append(officer.get("/decisions", query_string={"model": NAME, "purpose": NAME}))

        assert len(asked) == 1
        assert any("&lt;script&gt;" in page.text for page in pages)
        for page in pages:
            assert SCRIPT not in page.text
            assert "script-src 'self'" in page.headers["Content-Security-Policy"]
            assert page.headers["Cache-Control"] == "no-store"


class TestTerminal:
    def test_it_is_spelt_out(self, named: Installation, tmp_path: Path) -> None:
        """
        What would clear the operator's screen, or turn a line round, is shown as what it is.
        """
        file = tmp_path / "proviso.yaml"
        settings = named.gateway.settings
        file.write_text(f"database: {settings.database}\nsecret_file: {settings.secret_file}\n")
        words = ["key", "list", "--tenant", "acme", "--config", str(file)]
        done = CliRunner().invoke(proviso, words)

        assert done.exit_code == 0, done.output
        assert "\\x1b[2j\\u202e" in done.stdout
        assert not {"\x1b", "\u202e"} & set(done.stdout)

    def test_words_stay_words(self) -> None:
        """
        Letters, signs, tabs and line ends of any script are what they were.
        """
        assert harmless("Jürgen 王 \u00a0é\t1\n2 🙂") == "Jürgen 王 \u00a0é\t1\n2 🙂"
        assert harmless("a\rb\x9bc\u2066d\ufeff") == "a\\rb\\x9bc\\u2066d\\ufeff"
