"""Practice on the page to play with: results are hidden wherever they stand, and judged as `check` judges."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from symbackprop import api
from symbackprop.checking.entry import check
from symbackprop.checking.verdicts import Verdict
from symbackprop.derivation.derive import derive
from tests.consumers.browser import Visit, chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Give the browser in which all pages of this file are opened."""
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def default_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the page of the default network."""
    path = tmp_path_factory.mktemp("pages") / "mazur.html"
    path.write_text(api.render(derive(api.load()), format="html"), encoding="utf-8")
    return path


@contextmanager
def visited(browser: Any, page: Path) -> Iterator[Visit]:
    """Give a page as somebody sees it who wants no motion; nothing may go wrong on it."""
    found = Visit(browser, page, reduced_motion="reduce")
    yield found
    assert found.troubles == []
    found.page.close()


@pytest.fixture
def visit(browser: Any, default_page: Path) -> Iterator[Visit]:
    """Give the default page to one test."""
    with visited(browser, default_page) as found:
        yield found


@pytest.fixture(scope="module")
def untouched(browser: Any, default_page: Path) -> Iterator[Visit]:
    """Give the default page to all tests that change nothing on it."""
    with visited(browser, default_page) as found:
        yield found


# Every figure on the page that is a result's to all its digits, or to all but the last.
TOLD = """() => {
  const results = [...hidden].map(id => Math.abs(valueOf(id))), found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode;
    if (!text.parentElement.checkVisibility({ visibilityProperty: true })) continue;
    for (const [digits] of text.textContent.matchAll(/[0-9]*[.][0-9]{4,}/g)) {
      const unit = 10 ** -digits.split(".")[1].length;
      if (results.some(it => Math.abs(it - Number(digits)) < unit)) found.push(`${digits} ${text.parentElement.parentElement.textContent}`);
    }
  }
  return found;
}"""


def test_no_result_is_told_anywhere(visit: Visit) -> None:
    """Not under another name, not among published figures, not in a drawing, not beside the pointer."""
    page = visit.page
    before = page.locator("main").text_content()
    assert page.evaluate(TOLD) == []
    page.locator("#practice").click()
    assert page.evaluate("() => hidden.size") > 50
    assert page.evaluate(TOLD) == []
    assert page.locator('#picture [data-label="out_h1"]').text_content() == "?"
    page.locator('main [data-n="dE_total/dout_o1"]').first.hover()
    assert page.locator("#tip").text_content().endswith("?")
    page.locator("#practice").click()
    assert page.locator("main").text_content() == before


def test_training_while_practising_tells_no_result(visit: Visit) -> None:
    page = visit.page
    page.locator("#practice").click()
    page.locator('button[data-rounds="10"]').click()
    page.wait_for_function("() => document.getElementById('rounds').textContent === '10'")
    assert page.locator("#said").inner_text() == "10 rounds."
    assert page.locator("#error-now").text_content() == "?"
    assert page.evaluate(TOLD) == []


@pytest.mark.parametrize("name", ["mazur", "three-classes", pytest.param("regression-relu", marks=pytest.mark.slow)])
def test_each_answer_is_right_and_is_shown(browser: Any, tmp_path: Path, name: str) -> None:
    """Equal figures of different quantities don't keep each other hidden; at the end nothing is."""
    path = tmp_path / f"{name}.html"
    path.write_text(api.render(derive(api.load(name)), format="html"), encoding="utf-8")
    seen = Visit(browser, path, reduced_motion="reduce")
    seen.page.locator("#practice").click()
    asked, wrong, veiled = seen.page.evaluate(
        """() => {
            let wrong = 0;
            const asked = [...tasks];
            for (const { id, cell, form } of asked) {
                form.querySelector("input").value = shownOf(id);
                form.requestSubmit();
                const own = cell.parentElement.querySelectorAll(`[data-q="${CSS.escape(id)}"]`);
                if (form.dataset.verdict !== "right" || [...own].some(it => it.textContent === "?")) wrong++;
            }
            return [asked.length, wrong, document.querySelectorAll(".veiled").length];
        }"""
    )
    assert asked > 50
    assert (wrong, veiled) == (0, 0)
    assert "?" not in {text for _, text in seen.figures()}
    assert seen.troubles == []
    seen.page.close()


def test_no_case_tells_a_result_or_its_sign(browser: Any, tmp_path: Path) -> None:
    """Which piece of a ReLU applies, and whether a gradient is 0, would tell most of what is asked."""
    path = tmp_path / "relu.html"
    path.write_text(api.render(derive(api.load("regression-relu")), format="html"), encoding="utf-8")
    seen = Visit(browser, path, reduced_motion="reduce")
    told = """() => [...document.querySelectorAll("main [data-when]")].filter(it => it.checkVisibility())
        .flatMap(it => it.matches("tr") ? [...it.cells].slice(3) : [it])
        .filter(it => it.textContent && it.checkVisibility({ visibilityProperty: true })).length"""
    assert seen.page.evaluate(told) > 10
    signs = seen.relations()
    seen.page.locator("#practice").click()
    assert seen.page.evaluate(told) == 0
    assert "≈" not in seen.relations()
    seen.page.locator("#practice").click()
    assert seen.page.evaluate(told) > 10
    assert seen.relations() == signs
    seen.page.close()


def test_the_look_for_told_results_finds_one(visit: Visit) -> None:
    visit.page.locator("#practice").click()
    visit.page.evaluate("() => { document.querySelector('main p').textContent = 'It is 0.5932.' }")
    assert len(visit.page.evaluate(TOLD)) == 1


VERDICTS = {
    "0.593269992": "right",
    "0.5933": "right",
    "0.6": "right",
    "0.5932": "cut_off",
    "0.5": "cut_off",
    "-0.5933": "sign",
    "0": "wrong",
    "0.61": "wrong",
    "half": "unreadable",
}


def test_results_can_be_hidden_typed_and_revealed(visit: Visit) -> None:
    page = visit.page
    page.locator("#practice").click()
    assert {text for id_, text in visit.figures() if id_ == "out_h1"} == {"?"}
    task = page.locator("main:not([hidden]) .task").nth(1)
    for typed, verdict in reversed(VERDICTS.items()):
        task.locator("input").fill(typed)
        task.locator("input").press("Enter")
        assert task.get_attribute("data-verdict") == verdict, typed
        if verdict in ("right", "cut_off"):
            break
    assert {text for id_, text in visit.figures() if id_ == "out_h1"} == {"0.593269992"}
    other = page.locator("main:not([hidden]) .task").nth(2)
    other.get_by_role("button", name="Show").click()
    assert dict(visit.figures())["net_h2"] == "0.3925"
    page.locator("#practice").click()
    assert page.locator(".task").count() == 0
    assert "?" not in {text for _, text in visit.figures()}


@pytest.mark.parametrize(("typed", "verdict"), VERDICTS.items())
def test_a_result_is_told_from_others(untouched: Visit, typed: str, verdict: str) -> None:
    assert untouched.page.evaluate("typed => judge('out_h1', typed)", typed) == verdict


JUDGED = {
    "out_h1": (
        "0.593269992",
        "0.59327",
        "0.5933",
        "0.5932",
        "0.59",
        "0.6",
        "0.5",
        "0.61",
        "0.592",
        "0",
        "1",
        "-0.5933",
    ),
    "net_h1": ("0.3775", "0.378", "0.377", "0.38", "0.4", "0.3", "0.37", "0.39", "3.775e-1"),
    "E_total": ("0.298371109", "0.2984", "0.298", "0.299", "0.3", "0.29", "0.31", "0.2"),
    "dE_total/dw1": ("0.000438568", "0.000439", "0.000438", "0.0004", "0.0005", "4.386e-4", "-0.000438568"),
    "delta_o1": ("0.138498562", "0.1385", "0.1384", "0.138", "0.14", "-0.1385", "0.15"),
}


@pytest.mark.parametrize("id_", JUDGED)
def test_results_are_judged_as_check_does(untouched: Visit, id_: str) -> None:
    """Right is right, and what `check` takes for wrong the page does, too."""
    for typed in JUDGED[id_]:
        (link,) = check({id_: typed}).links
        found = untouched.page.evaluate("([id, typed]) => judge(id, typed)", [id_, typed])
        expected = {"right": {Verdict.CORRECT}, "cut_off": {Verdict.ROUNDED}, "rounded": {Verdict.ROUNDED}}
        assert link.verdict in expected.get(found, {Verdict.WRONG, Verdict.CONVENTION}), (typed, found)
