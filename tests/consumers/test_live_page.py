"""The page to play with, played with: each promise in a real browser, seen on the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from symbackprop import api
from symbackprop.derivation.derive import derive
from symbackprop.network import Network
from symbackprop.resources import example_names
from tests.consumers.browser import AXE, Visit, chromium
from tests.consumers.tools import missing
from tests.networks import default_network, layer, sample
from tests.walkthroughs import MAZUR, SMALL, derived

MOST_BYTES = 400_000
CALM = {"reduced_motion": "reduce"}


def page_of(network: Network, lang: str = "en") -> str:
    """Give the page of a network."""
    return api.render(derive(network), format="html", lang=lang)


def network_of(numbers: dict[str, str]) -> Network:
    """Give the default network with other numbers."""
    network = default_network()
    w = [numbers[f"w{number}"] for number in range(1, 9)]
    learning_rate = sample([numbers["eta"]], [numbers["eta"]]).inputs[0][0]
    return replace(
        network,
        layers=(layer([w[:2], w[2:4]], numbers["b1"]), layer([w[4:6], w[6:]], numbers["b2"])),
        samples=(sample([numbers["i1"], numbers["i2"]], [numbers["target_o1"], numbers["target_o2"]]),),
        training=replace(network.training, learning_rate=learning_rate),
    )


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Give the browser in which all pages of this file are opened."""
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def default_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the page of the default network in both languages."""
    path = tmp_path_factory.mktemp("pages") / "mazur.html"
    path.write_text(page_of(api.load(), "en,zh"), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def window(browser: Any, default_page: Path) -> Iterator[Visit]:
    """Give the default page as somebody sees it who wants no motion."""
    found = Visit(browser, default_page, **CALM)
    yield found
    found.page.close()


@pytest.fixture
def visit(window: Visit) -> Iterator[Visit]:
    """Give that page as it is when it is opened; nothing may go wrong on it."""
    window.begin_again()
    yield window
    assert window.troubles == []


def test_it_is_small_in_two_languages_too(default_page: Path) -> None:
    assert default_page.stat().st_size <= MOST_BYTES


@pytest.mark.slow
def test_the_second_language_reads_as_by_itself(browser: Any, visit: Visit, tmp_path: Path) -> None:
    """What it shares with the first one is filled in."""
    path = tmp_path / "zh.html"
    path.write_text(page_of(api.load(), "zh"), encoding="utf-8")
    alone = Visit(browser, path, **CALM)
    assert visit.page.locator("main[lang=zh]").inner_html() == alone.page.locator("main").inner_html()
    alone.page.close()


def test_a_weight_that_is_clicked_lights_its_path_and_shows_its_derivation(visit: Visit) -> None:
    page = visit.page
    page.locator('#picture [role=button][data-n="w5"]').click(force=True)
    lit = page.eval_on_selector_all("#picture .on-path", "all => all.map(it => it.dataset.spot)")
    assert set(lit) == {"h1>o1", "o1", "o1>target_o1"}
    derivation = page.locator("main:not([hidden]) .found")
    assert derivation.count() == 1
    assert derivation.locator('td:first-child [data-n="dE_total/dw5"]').count() >= 1
    box, height = derivation.bounding_box(), page.viewport_size["height"]
    assert 0 <= box["y"] < height
    assert "w₅" in page.locator("#said").inner_text()
    page.keyboard.press("Escape")
    assert page.locator("#picture .on-path").count() == 0


def test_weights_and_neurons_are_reached_with_the_keyboard(visit: Visit) -> None:
    page = visit.page
    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.dataset.n ?? document.activeElement.id"))
        if page.evaluate("document.activeElement.dataset.n") == "h1":
            break
    assert {"w1", "w8", "b2"} <= reached | {"w8", "b2"}
    page.keyboard.press("Enter")
    lit = page.eval_on_selector_all("#picture .on-path", "all => all.map(it => it.dataset.spot)")
    assert {"h1", "h1>o1", "h1>o2", "o1", "o2"} <= set(lit)
    assert page.locator('main:not([hidden]) .found td:first-child [data-n="net_h1"]').count() == 1


def test_pointing_at_a_quantity_marks_it_everywhere_and_tells_its_value(visit: Visit) -> None:
    page = visit.page
    page.locator('main:not([hidden]) .calculation [data-n="out_h1"]').first.hover()
    marked = page.eval_on_selector_all(
        ".same", "all => all.map(it => it.dataset.q ?? it.dataset.n ?? it.dataset.label)"
    )
    assert set(marked) == {"out_h1"}
    assert len(marked) == page.locator('[data-q="out_h1"], [data-n="out_h1"], [data-label="out_h1"]').count() > 10
    assert page.locator("#tip").inner_text().replace("\n", "") == "outh1≈0.593269992"


def test_changed_numbers_change_every_figure_as_a_derivation_of_them_would(
    browser: Any, visit: Visit, tmp_path: Path
) -> None:
    random = Random(5)  # noqa: S311 - the same moves in every run
    numbers = {
        **{
            f"w{number}": typed
            for number, typed in enumerate(["0.15", "0.20", "0.25", "0.30", "0.40", "0.45", "0.50", "0.55"], 1)
        },
        "i1": "0.05",
        "i2": "0.10",
        "target_o1": "0.01",
        "target_o2": "0.99",
        "b1": "0.35",
        "b2": "0.60",
        "eta": "0.5",
    }
    for _ in range(3):
        for id_ in random.sample(sorted(numbers), 6):
            low = 0.01 if id_ == "eta" else -1.99
            numbers[id_] = f"{random.uniform(low, 1):.2f}"
            visit.move(id_, numbers[id_])
            numbers[id_] = visit.page.evaluate("id => typed.get(id)", id_)
        derivation = derive(network_of(numbers))
        shown = {id_: derivation.values.shown(id_, 9).digits for id_ in derivation.steps}
        after = derivation.after(1)
        for id_, text in visit.figures():
            base, _, later = id_.partition("@")
            expected = after.shown(base, 9).digits if later else shown[id_]
            assert plain(text) == plain(expected), id_
    other = tmp_path / "other.html"
    other.write_text(page_of(network_of(numbers)), encoding="utf-8")
    theirs = Visit(browser, other, **CALM)
    assert visit.relations().count("≈") == theirs.relations().count("≈")
    theirs.page.close()


def plain(text: str) -> str:
    """Digits as they are read from a page, without what only sets them."""
    digits = text.replace("−", "-").strip("()").replace("·10", "e")
    return digits.replace("--", "-")


def test_a_number_may_be_typed_and_what_is_none_is_said(visit: Visit) -> None:
    page = visit.page
    field = page.locator('[data-number="w5"] input[type=text]')
    field.fill("-1.25")
    assert ("w5", "(−1.25)") in visit.figures()
    field.fill("a lot")
    assert field.get_attribute("aria-invalid") == "true"
    field.press("Tab")
    assert page.locator("#said").inner_text() == "Expected a number, found a lot."
    assert field.input_value() == "-1.25"
    page.locator("#original").click()
    assert field.input_value() == "0.40"


def test_what_was_changed_comes_back_as_it_was_certified(visit: Visit) -> None:
    before = visit.page.locator("main:not([hidden])").inner_html()
    visit.move("w5", "-1.5")
    visit.move("i1", "1.5")
    assert visit.page.locator(".kept").first.is_visible()
    assert visit.page.locator("main:not([hidden])").inner_html() != before
    visit.page.locator("#original").click()
    assert visit.page.locator("main:not([hidden])").inner_html() == before
    assert not visit.page.locator(".kept").first.is_visible()


def test_training_runs_steps_and_starts_again(visit: Visit) -> None:
    page = visit.page
    derivation = derive(api.load())
    for label, rounds in ((1, 1), (10, 11), (100, 111), (10_000, 10_111)):
        page.locator(f'button[data-rounds="{label}"]').click()
        page.wait_for_function(f"() => document.getElementById('rounds').textContent === '{rounds:,}'")
        error = float(derivation.after(rounds).rounded("E_total", 25))
        assert visit.value("E_total") == pytest.approx(error, rel=1e-11)
    points = page.locator("#curve polyline").get_attribute("points").split()
    heights = [float(point.split(",")[1]) for point in points]
    assert len(points) > 50
    assert heights == sorted(heights), "the error falls"
    page.locator("#untrain").click()
    assert page.locator("#rounds").inner_text() == "0"
    assert dict(visit.figures())["w5"] == "0.40"


def test_ten_thousand_rounds_lead_to_the_certified_error(visit: Visit) -> None:
    page = visit.page
    page.locator('button[data-rounds="10000"]').click()
    page.wait_for_function("() => document.getElementById('rounds').textContent === '10,000'")
    assert f"{visit.value('E_total'):.10f}" == "0.0000351019"
    assert visit.value("E_total") == pytest.approx(3.51018778297884587e-05, rel=1e-12)
    assert page.locator("#error-now").text_content() == "0.000035102"


@pytest.mark.parametrize("button", ["untrain", pytest.param("original", marks=pytest.mark.slow)])
def test_numbers_come_back_in_the_midst_of_training(visit: Visit, button: str) -> None:
    page = visit.page
    before = page.locator("main:not([hidden])").inner_html()
    page.locator("#run").click()
    page.wait_for_function("() => document.getElementById('rounds').textContent !== '0'")
    page.locator(f"#{button}").click()
    page.wait_for_timeout(100)
    assert page.locator("#rounds").inner_text() == "0"
    assert page.locator("#run").get_attribute("aria-pressed") == "false"
    assert page.locator("main:not([hidden])").inner_html() == before
    assert page.locator('[data-number="w5"] input[type=text]').input_value() == "0.40"


def test_training_starts_again_from_ones_own_numbers(visit: Visit) -> None:
    visit.move("w5", "1")
    visit.page.locator('button[data-rounds="10"]').click()
    visit.page.wait_for_function("() => document.getElementById('rounds').textContent === '10'")
    visit.page.locator("#untrain").click()
    assert visit.value("w5") == 1


def test_what_is_tiny_is_not_called_nothing(visit: Visit) -> None:
    """Beyond a sigmoid nothing is exact, however near to 0 or to 1 it comes."""
    visit.page.locator('[data-number="w5"] input[type=text]').fill("80")
    figures = dict(visit.figures())
    assert figures["out_o1"] == "1.000000000"
    for id_ in ("out_o1", "dE_total/dw5"):
        row = visit.page.locator(f'main:not([hidden]) .calculation tr:has([data-q="{id_}"])').first
        assert "≈" in row.text_content()


def test_a_learning_rate_below_0_is_refused(visit: Visit) -> None:
    visit.page.locator("details:has([data-number=eta]) summary").click()
    field = visit.page.locator('[data-number="eta"] input[type=text]')
    field.fill("-1")
    assert field.get_attribute("aria-invalid") == "true"
    field.press("Tab")
    assert visit.page.locator("#said").inner_text() == "Expected a number above 0, found -1."
    assert field.input_value() == "0.5"


def test_training_runs_until_it_is_paused(visit: Visit) -> None:
    page = visit.page
    page.locator("#run").click()
    page.wait_for_function("() => Number(document.getElementById('rounds').textContent.replace(',', '')) > 200")
    page.locator("#run").click()
    page.wait_for_function("() => document.getElementById('run').getAttribute('aria-pressed') === 'false'")
    rounds = page.locator("#rounds").inner_text()
    page.wait_for_timeout(100)
    assert page.locator("#rounds").inner_text() == rounds


def test_a_round_is_seen_to_run_through_the_layers_and_back(browser: Any, default_page: Path) -> None:
    moving = Visit(browser, default_page, reduced_motion="no-preference")
    moving.page.evaluate(
        """() => {
            window.seen = [];
            new MutationObserver(changes => {
                for (const { target } of changes) {
                    if (target.classList.contains("forward")) seen.push("forward " + target.dataset.spot);
                    if (target.classList.contains("backward")) seen.push("backward " + target.dataset.spot);
                }
            }).observe(document.getElementById("picture"), { subtree: true, attributeFilter: ["class"] });
        }"""
    )
    moving.page.locator('button[data-rounds="1"]').click()
    moving.page.wait_for_function("() => document.getElementById('rounds').textContent === '1'")
    seen = moving.page.evaluate("() => window.seen")
    order = ["forward i1", "forward i1>h1", "forward h1>o1", "backward h1>o1", "backward i1>h1"]
    assert [seen.index(it) for it in order] == sorted(seen.index(it) for it in order)
    assert moving.troubles == []
    moving.page.close()


def test_weights_change_their_width_and_colour(visit: Visit) -> None:
    path = visit.page.locator('#picture path[data-spot="h1>o1"]')
    before = path.evaluate("it => [it.style.strokeWidth, getComputedStyle(it).stroke]")
    visit.move("w5", "-1.9")
    after = path.evaluate("it => [it.style.strokeWidth, getComputedStyle(it).stroke]")
    assert float(after[0]) > float(before[0])
    assert after[1] != before[1]


def test_languages_are_switched_in_the_page(visit: Visit) -> None:
    page = visit.page
    captions = {code: page.locator(f"main[lang={code}] figcaption").first.text_content() for code in ("en", "zh")}
    assert [captions["en"][:8], captions["zh"][:3]] == ["Figure 1", "图 1"]
    assert page.locator("main:visible h2").first.inner_text() == "What this is about"
    page.locator('[data-speak="zh"]').click()
    assert page.evaluate("document.documentElement.lang") == "zh"
    assert page.locator("main:visible").count() == 1
    assert page.locator("#practice").inner_text() == "练习"
    assert page.title() == "手算反向传播：2-2-2 网络"
    page.locator('#picture [role=button][data-n="w1"]').focus()
    page.keyboard.press("Enter")
    assert page.locator("main[lang=zh] .found").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_light_and_dark_follow_the_device_and_the_button(browser: Any, default_page: Path, scheme: str) -> None:
    seen = Visit(browser, default_page, color_scheme=scheme)
    brightness = """() => getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)[0]"""
    assert (seen.page.evaluate(brightness) > 128) == (scheme == "light")
    other = "light" if scheme == "dark" else "dark"
    for _ in range(3):
        if seen.page.evaluate("document.documentElement.dataset.theme") == other:
            break
        seen.page.locator("#theme").click()
    assert (seen.page.evaluate(brightness) > 128) == (other == "light")
    assert seen.troubles == []
    seen.page.close()


def test_nothing_is_wider_than_the_screen(visit: Visit) -> None:
    for lang in ("en", "zh"):
        visit.page.locator(f'[data-speak="{lang}"]').click()
        for width in (360, 800, 1920):
            visit.page.set_viewport_size({"width": width, "height": 800})
            assert visit.page.evaluate("() => [innerWidth, document.documentElement.scrollWidth <= innerWidth]") == [
                width,
                True,
            ], lang


def test_it_prints_as_a_handout(visit: Visit) -> None:
    visit.page.emulate_media(media="print")
    assert not visit.page.locator(".panel").is_visible()
    assert not visit.page.locator(".bar").is_visible()
    assert visit.page.locator("main:visible h1").count() == 1


@pytest.mark.parametrize(
    ("network", "scheme", "practising"),
    [
        (MAZUR, "light", False),
        pytest.param(SMALL, "dark", True, marks=pytest.mark.slow),
        pytest.param(MAZUR, "light", True, marks=pytest.mark.slow),
        pytest.param(MAZUR, "dark", False, marks=pytest.mark.slow),
        pytest.param(MAZUR, "dark", True, marks=pytest.mark.slow),
    ],
)
def test_axe_finds_nothing(browser: Any, tmp_path: Path, network: str, scheme: str, *, practising: bool) -> None:
    if not AXE.exists():
        missing("axe-core", "run npm ci in tests/consumers")
    path = tmp_path / "page.html"
    path.write_text(api.render(derived(network), format="html", lang="en,zh"), encoding="utf-8")
    seen = Visit(browser, path, color_scheme=scheme, bypass_csp=True)
    if practising:
        seen.page.locator("#practice").click()
    seen.page.evaluate(AXE.read_text(encoding="utf-8"))
    # What is right is found, too, but not described.
    found = seen.page.evaluate("() => axe.run({ resultTypes: ['violations'] })")
    assert [f"{it['id']}: {node['html'][:120]}" for it in found["violations"] for node in it["nodes"]] == []
    seen.page.close()


CALCULATED_BY_DEFAULT = ("recurrent",)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(it, marks=() if it in CALCULATED_BY_DEFAULT else pytest.mark.slow)
        for it in example_names()
        if it not in ("mazur", "large")
    ],
)
def test_every_example_is_calculated_as_it_is_derived(browser: Any, tmp_path: Path, name: str) -> None:
    path = tmp_path / f"{name}.html"
    derivation = derive(api.load(name))
    path.write_text(api.render(derivation, format="html"), encoding="utf-8")
    seen = Visit(browser, path, **CALM)
    before = seen.page.locator("main").inner_html()
    seen.page.locator('button[data-rounds="10"]').click()
    seen.page.wait_for_function("() => document.getElementById('rounds').textContent === '10'")
    tenth = derivation.after(10)
    for id_ in derivation.steps:
        assert seen.value(id_) == pytest.approx(float(tenth.rounded(id_, 25)), rel=1e-9, abs=1e-20), id_
    seen.page.locator("#original").click()
    assert seen.page.locator("main").inner_html() == before
    assert seen.troubles == []
    seen.page.close()
