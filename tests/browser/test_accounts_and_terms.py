"""The pages of keys and of terms, on a desk and on a phone."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.browser.visitor import NEEDED, Visitor

pytestmark = [pytest.mark.browser, NEEDED]
WIDTHS = pytest.mark.parametrize("width", [1280, 390])


def sound(visitor: Visitor) -> bool:
    """Nobody stumbles, nothing sticks out, the browser says nothing."""
    assert visitor.defects() == []
    assert visitor.overflow() <= 0
    assert visitor.complaints == []
    return True


class TestKeys:
    @WIDTHS
    def test_an_administrator_gives_out_a_key_and_stops_it(
        self, chromium: Any, walked: str, width: int
    ) -> None:
        """
        It is shown once and works; revoked, it does not.
        """
        admin = Visitor(chromium, walked, width=width)
        admin.sign_in("Tove Lindqvist")
        admin.page.goto(f"{walked}/keys")
        admin.look(f"keys-{width}")

        assert sound(admin)

        admin.page.get_by_label("For", exact=True).select_option("workload")
        admin.page.get_by_label("Address or name").fill(f"nightly-{width}")
        admin.follow(admin.page.get_by_role("button", name="Make a key"))
        admin.look(f"keys-made-{width}")
        key = admin.page.locator("code.key").inner_text()
        headers = {"Authorization": f"Bearer {key}"}

        assert sound(admin)
        assert requests.get(f"{walked}/v1/models", headers=headers, timeout=10).ok

        revoke = admin.page.locator("tr", has_text=f"nightly-{width}").get_by_role("button")
        place = revoke.bounding_box()
        assert place is not None
        assert place["x"] + place["width"] <= width  # in sight, and not behind the table's edge

        admin.follow(revoke)
        admin.look(f"keys-revoked-{width}")

        assert admin.page.locator("code.key").count() == 0
        assert not requests.get(f"{walked}/v1/models", headers=headers, timeout=10).ok
        assert sound(admin)


class TestTerms:
    @WIDTHS
    def test_an_officer_reads_a_contract_and_confirms_a_statement(
        self, chromium: Any, walked: str, width: int
    ) -> None:
        """
        From the list to one contract; what is ticked is fresh afterwards.
        """
        officer = Visitor(chromium, walked, width=width)
        officer.sign_in("Paul Okafor")
        officer.page.goto(f"{walked}/terms")
        officer.look(f"terms-{width}")

        assert sound(officer)

        officer.follow(officer.page.get_by_role("link", name="Every contract"))
        officer.look(f"terms-all-{width}")

        assert sound(officer)

        officer.follow(
            officer.page.get_by_role("link", name="Show anthropic/api-default", exact=True)
        )
        officer.look(f"terms-tier-{width}")

        assert sound(officer)

        before = officer.page.locator(".badge.good", has_text="fresh").count()
        box = officer.page.locator("tr", has_not_text="fresh").get_by_role("checkbox").first
        box.check()
        officer.follow(officer.page.get_by_role("button", name="Confirm what is ticked"))
        officer.look(f"terms-confirmed-{width}")

        assert officer.page.locator(".badge.good", has_text="fresh").count() == before + 1
        assert sound(officer)
