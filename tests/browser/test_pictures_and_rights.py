"""The pages of a generated picture, and the way to them, on a desk and on a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gateway.rights.signed import verify
from tests.browser.visitor import NEEDED, Visitor

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.browser, NEEDED]
WIDTHS = pytest.mark.parametrize("width", [1280, 390])


def look_up(visitor: Visitor, file: Path) -> None:
    """Choose a file on the page and send it."""
    visitor.page.goto(f"{visitor.base}/rights/lookup")
    visitor.page.get_by_label("Or a file").set_input_files(file)
    visitor.follow(visitor.page.get_by_role("button", name="Look up"))


def fine(visitor: Visitor) -> bool:
    """Nobody stumbles, nothing sticks out, the browser says nothing."""
    assert visitor.defects() == []
    assert visitor.overflow() <= 0
    assert visitor.complaints == []
    return True


class TestPicture:
    @WIDTHS
    def test_it_leads_to_its_manifest_record_and_receipt(
        self, chromium: Any, walked: str, picture: Path, width: int
    ) -> None:
        """
        Emma uploads it: its manifest is verified; record and receipt are a step away.
        """
        emma = Visitor(chromium, walked, width=width)
        emma.sign_in("Emma Vogel")
        look_up(emma, picture)
        emma.look(f"lookup-{width}")

        assert "the same, as it was released" in emma.page.inner_text("main")
        assert emma.page.locator(".badge.good", has_text="verified").is_visible()
        assert "trainedAlgorithmicMedia" in emma.page.inner_text("main")
        assert (
            emma.page.get_by_alt_text("The picture that you sent").evaluate(
                "image => image.naturalWidth"
            )
            == 512
        )
        assert fine(emma)

        emma.follow(emma.page.get_by_role("link", name="Rights record"))
        emma.look(f"record-{width}")

        assert emma.page.get_by_role("heading", name="Whose it is").is_visible()
        assert "content credentials of your organisation" in emma.page.inner_text("main")
        assert fine(emma)

        emma.follow(emma.page.get_by_role("link", name="Receipt"))
        emma.look(f"receipt-of-picture-{width}")
        made = emma.page.get_by_label("What was made")

        for words in ("image/png", "manifest verified", "no content credentials", "kB"):
            assert words in made.inner_text()
        assert fine(emma)

    def test_the_signed_record_is_a_file(self, chromium: Any, walked: str, picture: Path) -> None:
        """
        What is handed out verifies with the key that the receipt names.
        """
        emma = Visitor(chromium, walked)
        emma.sign_in("Emma Vogel")
        look_up(emma, picture)
        emma.follow(emma.page.get_by_role("link", name="Rights record"))
        key = emma.page.locator("dt", has_text="Public key").locator("+ dd").inner_text()
        with emma.page.expect_download() as saved:
            emma.page.get_by_role("link", name="Signed record").click()
        document = verify(saved.value.path().read_text(), key)

        assert document["rights"]["marks_out"][0]["c2pa"] == "valid"

    def test_a_picture_from_elsewhere(self, chromium: Any, walked: str, tmp_path: Path) -> None:
        """
        It is not found, nothing is claimed of it, and it bears no manifest.
        """
        from tests.media import a_picture, encoded

        other = tmp_path / "other.png"
        other.write_bytes(encoded(a_picture()))
        emma = Visitor(chromium, walked)
        emma.sign_in("Emma Vogel")
        look_up(emma, other)

        assert "That proves nothing" in emma.page.inner_text("main")
        assert "None. They may have been taken away" in emma.page.inner_text("main")
        assert fine(emma)

    def test_the_officer_sees_it_in_the_decision(
        self, chromium: Any, walked: str, picture: Path
    ) -> None:
        """
        The page of the decision shows the same media as the receipt.
        """
        officer = Visitor(chromium, walked)
        officer.sign_in("Paul Okafor")
        look_up(officer, picture)
        address = officer.page.get_by_role("link", name="Rights record").get_attribute("href")
        officer.page.goto(f"{walked}/decisions/{address.rsplit('/', 1)[-1]}")
        officer.look("decision-of-picture")

        assert officer.page.locator(".badge.good", has_text="manifest verified").is_visible()
        assert fine(officer)


class TestPagesForEverybody:
    @WIDTHS
    def test_every_page_of_an_officer_is_sound(
        self, chromium: Any, walked: str, width: int
    ) -> None:
        """
        Each entry of the menu opens; names, headings and tables are right; nothing sticks out.
        """
        officer = Visitor(chromium, walked, width=width)
        officer.sign_in("Paul Okafor")
        links = officer.page.locator("nav[aria-label=Main] a").all()
        paths = [link.get_attribute("href") for link in links]

        assert "/coverage" in paths
        assert "/rights/lookup" in paths
        for path in paths:
            officer.page.goto(walked + path)
            officer.look(f"page{path.replace('/', '-')}-{width}")

            assert fine(officer), path
            assert officer.page.locator("nav a[aria-current=page]").count() == 1

    def test_coverage_proves_every_address(self, chromium: Any, walked: str) -> None:
        """
        Each address that generates has its rows, and the page says how many cells there are.
        """
        officer = Visitor(chromium, walked)
        officer.sign_in("Paul Okafor")
        officer.follow(officer.page.get_by_role("link", name="Coverage"))
        proven = officer.page.locator(".badge.good", has_text="proven").count()

        assert proven >= 60
        assert f"{proven} cells" in officer.page.inner_text("main")
        assert officer.page.get_by_role("rowheader", name="/v1/images/generations").count() == 1


class TestMenu:
    def test_a_row_for_each_group_on_a_desk(self, chromium: Any, walked: str) -> None:
        """
        At 1280 pixels nothing wraps: what is one's own, and what is the organisation's.
        """
        officer = Visitor(chromium, walked)
        officer.sign_in("Paul Okafor")
        groups = officer.page.locator("nav .nav-group").all()

        assert [group.locator("p").inner_text() for group in groups] == ["Yours", "Organisation"]
        for group in groups:
            tops = {link.bounding_box()["y"] for link in group.locator("a").all()}

            assert len(tops) == 1
        assert not officer.page.get_by_role("button", name="Menu").is_visible()

    def test_a_button_on_a_phone(self, chromium: Any, walked: str) -> None:
        """
        The menu opens by its button, closes with Escape, and leads where it says.
        """
        officer = Visitor(chromium, walked, width=390)
        officer.sign_in("Paul Okafor")
        entry = officer.page.get_by_role("link", name="Log health")

        assert not entry.is_visible()

        button = officer.page.get_by_role("button", name="Menu")
        button.click()
        officer.look("menu-390")

        assert entry.is_visible()

        officer.page.keyboard.press("Escape")

        assert not entry.is_visible()

        button.click()
        officer.follow(entry)

        assert officer.page.url == f"{walked}/log"
