"""What is known of single mistakes: where they lead, what they cost to tell, and what speaks against them."""

from __future__ import annotations

import pytest

from symbackprop.checking.budget import Budget
from symbackprop.checking.estimates import bits_of_choice, estimate
from symbackprop.checking.mistakes.compose import composed
from symbackprop.checking.mistakes.look import Hit, hit_of
from symbackprop.checking.mistakes.pairs import Both
from symbackprop.checking.mistakes.paths import Path, Reach
from symbackprop.checking.mistakes.registry import cost_of
from symbackprop.checking.mistakes.scene import Scene
from symbackprop.checking.mistakes.suspects import Suspects
from symbackprop.checking.mistakes.terrain import Key
from symbackprop.checking.mistakes.training import Variants
from symbackprop.checking.verdicts import Mistake
from symbackprop.typeset.formula import Formula, Negative, Product, Quantity, Sum
from tests.checking.mistaken import truth
from tests.checking.sheets_of_claims import claims_of, typed

A, B, C, D = (Quantity(name) for name in "abcd")


@pytest.fixture(scope="module")
def scene() -> Scene:
    """The mistakes in the default network."""
    return Scene(truth("default"))


def test_a_way_goes_on_from_the_figures_that_stand(scene: Scene) -> None:
    assert Path(scene.field(0), "out_h1", {"net_h1": 0.0}).value == 0.5
    afresh = Path(scene.field(0), "out_h1", {})
    assert afresh.value == pytest.approx(float(truth("default").value("out_h1")), rel=1e-12)


def test_whatever_else_a_mistaken_formula_needs_is_looked_up(scene: Scene) -> None:
    given, calculated, own = ("w5", "w6", "w7"), ("out_h2", "net_o1", "net_o2"), {"out_o1": 0.125, "out_o2": 0.25}
    path = Path(scene.field(0), "net_h1", {}, beside=own)
    expected = sum(own.values()) + sum(float(truth("default").value(id_)) for id_ in (*given, *calculated))
    formula = Sum(tuple(map(Quantity, (*own, *given, *calculated))))
    assert path.with_changes({"net_h1": formula}) == pytest.approx(expected, rel=1e-12)


def test_a_formula_that_exchanged_quantities_exchanges_them_in_another() -> None:
    # Built apart, so that what is equal isn't the same object.
    def weighted(factor: Quantity, bias: Formula) -> Formula:
        return Sum((Product((Quantity("a"), factor)), bias))

    assert composed(weighted(B, C), weighted(D, Quantity("c")), weighted(B, Negative(C))) == weighted(D, Negative(C))
    assert composed(weighted(B, C), Negative(weighted(B, C)), weighted(D, C)) == Negative(weighted(D, C))
    assert composed(weighted(B, C), Product((A, B)), C) is None


def test_of_two_mistakes_one_that_is_known_already_costs_nothing() -> None:
    def hit(mistake: Mistake, cost: float, place: float) -> Hit:
        return Hit(key=Key(mistake, True, ""), saved=20.0, cost=cost, place=place, sites=())  # noqa: FBT003

    hits = hit(Mistake.SIGN_FLIPPED, 3.0, 1.0), hit(Mistake.BIAS_LEFT_OUT, 5.0, 2.0)
    assert Both(hits=hits, free=None).cost == 11.0
    assert Both(hits=hits, free=hits[0].key).cost == 7.0
    assert Both(hits=hits, free=hits[1].key).cost == 4.0


def test_a_place_is_told_but_where_a_mistake_is_made_everywhere_in_the_usual_way(scene: Scene) -> None:
    path = scene.field(0).path("delta_h1")
    seen = set()
    for key, change in path.changes.items():
        reach = path.reach(change)
        usual = reach is Reach.EVERYWHERE and key.where == ""
        choice = 0.0 if usual else bits_of_choice(path.ways[key.mistake, reach])
        found = hit_of(path, change, 20.0, rounded=False)
        assert found.place == choice + (reach is Reach.SOMEWHERE)
        assert found.cost == cost_of(key.mistake)
        seen.add((reach, key.where == "", choice > 0))
    everywhere = {it[1:] for it in seen if it[0] is Reach.EVERYWHERE}
    assert {(True, False), (False, True)} <= everywhere
    assert (Reach.LAST_STEP, False, True) in seen
    assert (Reach.SOMEWHERE, False, True) in seen


def test_a_figure_that_is_right_from_a_wrong_one_speaks_against_mistakes_in_its_formula(scene: Scene) -> None:
    on = Path(scene.field(0), "out_h1", {"net_h1": 0.9})
    keys = [key for key, change in on.changes.items() if key.everywhere and "out_h1" in change.formulas]
    assert keys

    def contradicted(key: Key, out_h1: float) -> bool:
        claims = claims_of(truth("default"), {"net_h1": "0.9", "out_h1": typed(out_h1, 9)})
        assert not any(claim.right for claim in claims)
        return Suspects(scene, claims, Budget()).is_contradicted(key, 0)

    for key in keys:
        assert contradicted(key, on.value)
        assert not contradicted(key, on.result(key))


def test_each_trial_has_the_same_price(scene: Scene) -> None:
    budget = Budget()
    suspects = Suspects(scene, (), budget)
    suspects.spend()
    price = budget.spent
    assert price > 0
    suspects.spend(3)
    assert budget.spent == 4 * price


@pytest.mark.parametrize(
    ("name", "mistake", "other"),
    [
        ("batch", Mistake.MEAN_FOR_SUM, "batch mean"),
        ("batch mean", Mistake.SUM_FOR_MEAN, "batch"),
        ("mean", Mistake.SUM_FOR_MEAN, "default"),
        ("default", Mistake.MEAN_FOR_SUM, "mean"),
    ],
)
def test_the_variant_of_a_training_is_the_training_with_the_other_choice(
    name: str, mistake: Mistake, other: str
) -> None:
    found = next(value for value, it in Variants(truth(name)).results("w5+", 1) if it is mistake)
    assert found == pytest.approx(estimate(truth(other).value("w5+@1")), rel=1e-12)
    assert found != pytest.approx(estimate(truth(name).value("w5+@1")), rel=1e-6)
