"""How fast the page to play with is, in headless Chromium: first paint, a slider's change, 10,000 rounds of training.

    python benchmarks/live_page.py [--runs 9]

Needs Playwright for Python and Chromium on the path. Times are medians. A slider's change is the page's script, from
its event to the last figure written, without what the browser does with it afterwards.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, sync_playwright

import symbackprop

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
CHANGED = """() => {
    const times = [];
    for (let n = 0; n < 50; n++) {
        const slider = document.querySelector('[data-number="w5"] input[type=range]');
        slider.value = String(-1 + n / 30);
        const start = performance.now();
        slider.dispatchEvent(new Event('input', { bubbles: true }));
        times.push(performance.now() - start);
    }
    return times;
}"""
TRAINED = """() => {
    const start = performance.now();
    for (let n = 0; n < 10000; n++) learn();
    return performance.now() - start;
}"""


def painted(page: Page) -> float:
    """Milliseconds to the first paint with text, of a page that is loaded."""
    page.wait_for_function(PAINTED)
    return float(page.evaluate(PAINTED))


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    runs = parser.parse_args().runs
    path = shutil.which(next(name for name in BROWSERS if shutil.which(name)))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for lang in ("en", "en,zh"):
            file = Path(folder) / "page.html"
            text = symbackprop.render(symbackprop.derive(symbackprop.load()), format="html", lang=lang)
            file.write_text(text, encoding="utf-8")
            paints, changes, trainings = [], [], []
            for _ in range(runs):
                page = browser.new_page()
                page.goto(file.as_uri())
                paints.append(painted(page))
                changes += page.evaluate(CHANGED)
                trainings.append(page.evaluate(TRAINED))
                page.close()
            print(
                f"{lang}: {len(text.encode()):,} bytes, first paint {median(paints):.0f} ms, "
                f"a slider's change {median(changes):.1f} ms (slowest {max(changes):.1f}), "
                f"10,000 rounds {median(trainings):.0f} ms"
            )
        browser.close()


if __name__ == "__main__":
    main()
