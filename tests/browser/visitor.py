"""Somebody at a browser, who notices what is wrong with a page."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium")
NEEDED = pytest.mark.skipif(
    CHROMIUM is None, reason="no chromium on PATH: the pages are not looked at"
)
PICTURES = os.environ.get("PICTURES_FOLDER")

_DEFECTS = """() => {
  const found = [], all = (what) => [...document.querySelectorAll(what)];
  const named = (one) =>
    one.labels?.length || one.getAttribute("aria-label") || one.innerText?.trim();
  for (const one of all("input:not([type=hidden]), select, textarea, button"))
    if (!named(one)) found.push(`no label: ${one.outerHTML.slice(0, 80)}`);
  for (const one of all("a")) if (!named(one)) found.push(`a link says nothing: ${one.href}`);
  for (const one of all("img:not([alt])")) found.push(`no alt: ${one.src}`);
  for (const one of all("th:not([scope])")) found.push(`no scope: ${one.innerText}`);
  const levels = all("h1, h2, h3, h4").map((one) => Number(one.tagName[1]));
  if (levels.filter((level) => level === 1).length !== 1) found.push("not one h1");
  levels.forEach((level, at) => {
    if (at && level > levels[at - 1] + 1) found.push(`h${level} after h${levels[at - 1]}`);
  });
  const ids = all("[id]").map((one) => one.id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) found.push(`twice: #${id}`);
  for (const one of all("[aria-labelledby]"))
    if (!document.getElementById(one.getAttribute("aria-labelledby")))
      found.push(`named by nothing: ${one.getAttribute("aria-labelledby")}`);
  if (!document.documentElement.lang) found.push("no language");
  return found;
}"""
"""What a screen reader would stumble over."""


class Visitor:
    """Somebody at the browser; every complaint of the browser is kept."""

    def __init__(self, chromium: Any, base: str, *, width: int = 1280, dark: bool = False) -> None:
        self.base = base
        self.complaints: list[str] = []
        self.page = chromium.new_page(
            viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light"
        )
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def sign_in(self, name: str) -> None:
        """Through the identity provider's own page."""
        self.page.goto(f"{self.base}/")
        self.follow(self.page.get_by_role("link", name="Continue"))
        self.page.get_by_role("link", name=name).click()
        self.page.wait_for_url(f"{self.base}/")

    def follow(self, what: Any) -> None:
        """Click what leads to a page, and wait for all of it: a click waits for its beginning."""
        with self.page.expect_navigation():
            what.click()

    def look(self, name: str) -> None:
        """Keep a picture where somebody asked for pictures."""
        if PICTURES:
            self.page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)

    def defects(self) -> list[str]:
        """What is missing for who cannot see the page: names, headings, headers of tables."""
        found: list[str] = self.page.evaluate(_DEFECTS)
        return found

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        wide: int = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return wide
