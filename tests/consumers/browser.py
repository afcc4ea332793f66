"""Pages in a real browser: what a person would see, and nothing that they shouldn't."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.consumers.tools import missing

PATIENCE = 300_000
"""So many milliseconds a page may take: on a busy machine it takes long, and what never comes is still told."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"


@contextmanager
def chromium() -> Iterator[Any]:
    """Chromium without a window; the test is skipped, or fails, where there is none."""
    playwright = pytest.importorskip("playwright.sync_api")
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        missing("Chromium", "install the package chromium")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


class Visit:
    """A page that is looked at, and everything that went wrong meanwhile."""

    def __init__(self, browser: Any, path: Path, **how: Any) -> None:
        self.troubles: list[str] = []
        self.page = browser.new_page(**how)
        self.page.set_default_timeout(PATIENCE)
        self.page.on("console", lambda message: self.troubles.append(f"console: {message.text}"))
        self.page.on("pageerror", lambda error: self.troubles.append(f"error: {error}"))
        self.page.on("dialog", self._refuse)
        self.page.on("request", self._note_request)
        self._address = path.as_uri()
        self.page.goto(self._address)

    def begin_again(self) -> None:
        """Open the page anew, as if nothing had been done on it: cheaper than a new window."""
        self.page.emulate_media(media="screen")
        self.page.set_viewport_size({"width": 1280, "height": 720})
        self.page.goto("about:blank")
        self.troubles.clear()
        self.page.goto(self._address)

    def _refuse(self, dialog: Any) -> None:
        self.troubles.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _note_request(self, request: Any) -> None:
        if not request.url.startswith(("file:", "data:")) or request.is_navigation_request() is False:
            if request.url.startswith("data:font/woff2"):
                return
            self.troubles.append(f"request: {request.url[:80]}")

    def figures(self) -> list[tuple[str, str]]:
        """Each figure that stands for a quantity in the language that is shown, as it is read."""
        found = self.page.evaluate(
            """() => [...document.querySelectorAll("main:not([hidden]) [data-q]")].map(it => [it.dataset.q, it.textContent])"""
        )
        return [(id_, text) for id_, text in found]

    def relations(self) -> str:
        """The signs = and ≈ of all calculations, in their order."""
        return str(
            self.page.evaluate(
                """() => [...document.querySelectorAll("main:not([hidden]) .calculation")]
                    .map(it => it.textContent.replace(/[^=≈]/g, "")).join(" ")"""
            )
        )

    def move(self, id_: str, value: str) -> None:
        """Moves a number's slider."""
        self.page.evaluate(
            """([id, value]) => {
                const slider = document.querySelector(`[data-number="${CSS.escape(id)}"] input[type=range]`);
                slider.value = value;
                slider.dispatchEvent(new Event("input", { bubbles: true }));
            }""",
            [id_, value],
        )

    def value(self, id_: str) -> float:
        """What the page has calculated for a quantity."""
        return float(self.page.evaluate("id => valueOf(id)", id_))
