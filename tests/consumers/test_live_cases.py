"""Networks of pieces on the page to play with: it tells the case that its numbers lead into, as a page of them would."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from symbackprop import api
from symbackprop.derivation.derive import derive
from symbackprop.network_file import parse_network
from tests.consumers.browser import Visit, chromium

ROWS = """() => [...document.querySelectorAll("main .calculation tr")].filter(it => it.checkVisibility() && it.cells.length === 4)
    .map(it => [...it.cells].slice(0, 3).map(cell => cell.textContent).join(" "))"""
REASONS = """() => [...document.querySelectorAll("main .calculation td")]
    .filter(it => it.checkVisibility() && it.textContent.startsWith("since")).map(it => it.textContent)"""
SIGNS = """() => [...document.querySelectorAll("main p[data-when]")].filter(it => it.checkVisibility())
    .map(it => it.textContent)"""


def of_pieces(weights: list[str], activation: str, loss: str) -> str:
    """Give the page of a 2-2-2 network whose every layer has a kink, and whose loss may have one."""
    w1, w2, w3, w4, w5, w6, w7, w8 = weights
    text = f"""\
title = "Pieces"
[data]
inputs  = [0.5, -1]
targets = [0.01, 0.99]

[[layers]]
activation = "{activation}"
weights = [[{w1}, {w2}], [{w3}, {w4}]]
biases  = 0.35

[[layers]]
activation = "{activation}"
weights = [[{w5}, {w6}], [{w7}, {w8}]]
biases  = 0.6

[training]
loss = "{loss}"
learning_rate = 0.5
"""
    return api.render(derive(parse_network(text, "pieces.toml")), format="html")


def test_a_relu_exactly_at_0_is_where_it_would_be_derived_to_be(tmp_path: Path) -> None:
    """Binary fractions leave 5.6e-17 of 0.5 · (-1.38) - 1 · (-0.34) + 0.35, which is 0."""
    weights = ["0.15", "0.20", "0.25", "0.30", "0.40", "0.45", "0.50", "0.55"]
    with chromium() as browser:
        path = tmp_path / "page.html"
        path.write_text(of_pieces(weights, "relu", "half-squared"), encoding="utf-8")
        moved = Visit(browser, path)
        for number, typed in ((1, "-1.38"), (2, "-0.34")):
            moved.page.locator(f"[data-number=w{number}] input[type=text]").fill(typed)
            weights[number - 1] = typed
        other = tmp_path / "other.html"
        other.write_text(of_pieces(weights, "relu", "half-squared"), encoding="utf-8")
        theirs = Visit(browser, other)
        for told in (ROWS, REASONS, SIGNS):
            assert moved.page.evaluate(told) == theirs.page.evaluate(told) != []
        assert "since 0≤0" in moved.page.evaluate(REASONS)


def test_what_has_outgrown_all_calculation_leaves_the_page_whole(tmp_path: Path) -> None:
    with chromium() as browser:
        path = tmp_path / "page.html"
        path.write_text(api.render(derive(api.load("regression-relu")), format="html"), encoding="utf-8")
        seen = Visit(browser, path, reduced_motion="reduce")
        before = len(seen.page.evaluate(ROWS)), len(seen.page.evaluate(SIGNS))
        seen.page.locator("details:has([data-number=eta]) summary").click()
        seen.page.locator("[data-number=eta] input[type=text]").fill("1e30")
        seen.page.locator('button[data-rounds="100"]').click()
        seen.page.wait_for_function("() => document.getElementById('rounds').textContent === '100'")
        assert seen.page.locator("#said").inner_text().startswith("100 rounds. The numbers have outgrown")
        assert (len(seen.page.evaluate(ROWS)), len(seen.page.evaluate(SIGNS))) == before
        assert seen.troubles == []


@pytest.mark.parametrize(
    ("activation", "loss"),
    [
        pytest.param("relu", "half-squared", marks=pytest.mark.slow),
        ("leaky_relu", "huber"),
        pytest.param("elu", "absolute", marks=pytest.mark.slow),
    ],
)
def test_a_changed_page_reads_as_a_page_of_those_numbers(tmp_path: Path, activation: str, loss: str) -> None:
    random = Random(activation)  # noqa: S311 - the same moves in every run
    weights = ["0.15", "0.20", "0.25", "0.30", "0.40", "0.45", "0.50", "0.55"]
    with chromium() as browser:
        path = tmp_path / "page.html"
        path.write_text(of_pieces(weights, activation, loss), encoding="utf-8")
        moved = Visit(browser, path)
        before = moved.page.evaluate(ROWS)
        for _ in range(3):
            for number in range(8):
                weights[number] = f"{random.uniform(-1.99, 1.99):.2f}"
                moved.move(f"w{number + 1}", weights[number])
                weights[number] = moved.page.evaluate("id => typed.get(id)", f"w{number + 1}")
            other = tmp_path / "other.html"
            other.write_text(of_pieces(weights, activation, loss), encoding="utf-8")
            theirs = Visit(browser, other)
            found = moved.page.evaluate(ROWS)
            assert found == theirs.page.evaluate(ROWS)
            assert found != before
            assert moved.page.evaluate(REASONS) == theirs.page.evaluate(REASONS) != []
            assert moved.page.evaluate(SIGNS) == theirs.page.evaluate(SIGNS) != []
            theirs.page.close()
        moved.page.locator("#original").click()
        assert moved.page.evaluate(ROWS) == before
        assert moved.troubles == []


def test_a_remark_on_rounded_numbers_is_not_made_on_others(tmp_path: Path) -> None:
    with chromium() as browser:
        path = tmp_path / "page.html"
        path.write_text(api.render(derive(api.load()), format="html"), encoding="utf-8")
        seen = Visit(browser, path)
        remarks = """() => [...document.querySelectorAll("main td")]
            .filter(it => /unrounded/.test(it.textContent) && it.checkVisibility({ visibilityProperty: true })).length"""
        before = seen.page.evaluate(remarks)
        assert before > 3
        seen.move("w5", "1")
        assert seen.page.evaluate(remarks) == 0
        seen.page.locator("#original").click()
        assert seen.page.evaluate(remarks) == before
        assert seen.troubles == []
