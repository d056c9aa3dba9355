"""The pages in a real browser: signed in through the identity provider, walked, and clean."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.browser.visitor import NEEDED, Visitor

pytestmark = [pytest.mark.browser, NEEDED]


class TestOfficer:
    def test_the_officers_way(self, chromium: Any, walked: str) -> None:
        """
        A privacy officer signs in, filters refusals, reads one, and verifies the log.
        """
        officer = Visitor(chromium, walked)
        officer.page.goto(f"{walked}/")
        officer.look("sign-in")
        officer.sign_in("Paul Okafor")
        officer.look("home-officer")
        officer.follow(officer.page.get_by_role("link", name="Decisions"))
        officer.look("decisions")
        officer.page.get_by_label("Decision", exact=True).select_option("deny")
        officer.follow(officer.page.get_by_role("button", name="Filter"))

        assert officer.page.locator("tbody .badge.good").count() == 0
        assert officer.page.locator("tbody tr").count() >= 3

        officer.page.get_by_label("Rule").fill("IP-07")
        officer.follow(officer.page.get_by_role("button", name="Filter"))
        officer.follow(officer.page.locator("tbody a").first)
        officer.look("decision-refused")

        assert "Take it out" in officer.page.inner_text("main")
        assert officer.page.locator(".timeline li").count() >= 6
        for concern in ("Input", "Anonymity", "Output rights", "Ethics"):
            assert officer.page.get_by_role("heading", name=concern).is_visible()

        officer.follow(officer.page.get_by_role("link", name="Log health"))
        officer.follow(officer.page.get_by_role("button", name="Verify now"))
        officer.look("log")

        assert "Intact" in officer.page.get_by_role("status").inner_text()
        assert officer.complaints == []

    def test_reading_is_recorded(self, chromium: Any, walked: str) -> None:
        """
        Who looked at decisions is itself in the log, and on the page.
        """
        officer = Visitor(chromium, walked)
        officer.sign_in("Paul Okafor")
        officer.page.goto(f"{walked}/decisions")
        officer.page.goto(f"{walked}/log")

        assert "decisions.listed" in officer.page.inner_text("main")


class TestEmployee:
    def test_the_employees_way(self, chromium: Any, walked: str) -> None:
        """
        An employee sees her own requests and receipts, and no others' pages.
        """
        emma = Visitor(chromium, walked, width=390, dark=True)
        emma.sign_in("Emma Vogel")
        emma.look("home-employee-mobile-dark")

        assert emma.page.get_by_role("link", name="Decisions").count() == 0

        emma.follow(emma.page.locator("tbody tr", has_text="answered").first.get_by_role("link"))
        emma.look("receipt-mobile-dark")

        assert "The way of this request" in emma.page.inner_text("main")
        for heading in ("Where it went", "What was replaced", "The answer", "In the log"):
            assert emma.page.get_by_role("heading", name=heading).is_visible()
        # A phone is narrow: what does not fit scrolls inside of its own box.
        assert emma.page.evaluate("document.documentElement.scrollWidth") <= 390
        assert emma.complaints == []

        refused = emma.page.goto(f"{walked}/decisions")

        assert refused is not None
        assert refused.status == 403
        emma.look("forbidden-mobile-dark")

    def test_a_receipt_says_what_was_replaced(self, chromium: Any, walked: str) -> None:
        """
        Counts by type, honest that no values are kept; the proof opens; the same is there as JSON.
        """
        emma = Visitor(chromium, walked)
        emma.sign_in("Emma Vogel")
        links = emma.page.locator("tbody tr", has_text="answered").get_by_role("link")
        addresses = [link.get_attribute("href") for link in links.all()]
        for address in addresses:
            asked = emma.page.request.get(
                f"{walked}{address}", headers={"Accept": "application/json"}
            )
            if asked.json()["replaced"]["by_type"]:
                break
        emma.page.goto(f"{walked}{address}")
        emma.page.locator("details summary").first.click()
        emma.look("receipt")

        assert asked.json()["replaced"]["by_type"]
        assert "never stored here" in emma.page.get_by_label("What was replaced").inner_text()
        assert emma.page.locator("details pre").first.is_visible()
        assert emma.page.evaluate("document.documentElement.scrollWidth") <= 1280
        assert emma.complaints == []

    def test_pages_do_not_scroll_sideways_on_a_phone(self, chromium: Any, walked: str) -> None:
        """
        At 360 pixels nothing but tables is wider than the screen.
        """
        emma = Visitor(chromium, walked, width=360)
        emma.sign_in("Emma Vogel")
        for path in ("/", "/code-of-use"):
            emma.page.goto(walked + path)

            assert emma.page.evaluate("document.documentElement.scrollWidth") <= 360

    def test_signing_out_ends_the_session(self, chromium: Any, walked: str) -> None:
        """
        After signing out, a page asks to sign in again.
        """
        emma = Visitor(chromium, walked)
        emma.sign_in("Emma Vogel")
        emma.follow(emma.page.get_by_role("button", name="Sign out"))
        emma.page.goto(f"{walked}/code-of-use")

        assert "/sign-in" in emma.page.url


class TestHeaders:
    def test_every_page_has_a_strict_policy(self, walked: str) -> None:
        """
        No inline code, no foreign origin, no framing, nothing cached.
        """
        answer = requests.get(f"{walked}/sign-in", timeout=10)
        policy = answer.headers["Content-Security-Policy"]

        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
