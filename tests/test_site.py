"""The documentation as a site: it builds, every page is in it, and what would be broken on it is refused."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("zensical")

ROOT = Path(__file__).parents[1]


def build(folder: Path) -> subprocess.CompletedProcess[str]:
    """Build the site of a copy of the documentation."""
    command = [sys.executable, "-m", "zensical", "build", "--strict"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Give a copy of what the site is made of."""
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    shutil.copy(ROOT / "mkdocs.yml", tmp_path)
    return tmp_path


def test_the_site_builds_with_every_page_and_fetches_nothing(copy: Path) -> None:
    done = build(copy)
    assert done.returncode == 0, done.stdout + done.stderr
    pages = {path.stem for path in (copy / "docs").glob("*.md")}
    assert pages <= {path.stem for path in (copy / "site").glob("*.html")}
    loaded = re.compile(r"""<(?:link|script|img)\b[^>]*\b(?:href|src)="(https?:[^"]*)""")
    fetched = [url for path in (copy / "site").glob("*.html") for url in loaded.findall(path.read_text("utf-8"))]
    assert fetched == []


def test_every_page_is_in_the_table_of_contents() -> None:
    listed = set(re.findall(r"([\w-]+\.md)", (ROOT / "mkdocs.yml").read_text(encoding="utf-8")))
    assert listed == {path.name for path in (ROOT / "docs").glob("*.md")}


def test_a_link_that_leads_nowhere_is_refused(copy: Path) -> None:
    index = copy / "docs" / "index.md"
    index.write_text(index.read_text(encoding="utf-8") + "\n[nowhere](nowhere.md)\n", encoding="utf-8")
    assert build(copy).returncode != 0
