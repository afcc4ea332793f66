"""Names that a work made up, and what they can only mean."""

from __future__ import annotations

from pathlib import Path

import pytest

from symbackprop.checking.budget import Budget, OutOfBudget
from symbackprop.checking.sources.read import read_text
from symbackprop.checking.sources.snippet import Kind
from symbackprop.checking.sources.suggest import Suggestion, suggest_names, suggestions
from symbackprop.cli import main
from symbackprop.network_file import read_network
from symbackprop.resources import DEFAULT_EXAMPLE, example

NETWORK = read_network(example(DEFAULT_EXAMPLE))


def suggested(text: str) -> dict[str, str]:
    return dict(suggest_names(read_text(text, Kind.MARKDOWN, NETWORK, "work.md"), NETWORK))


def test_a_name_by_its_value() -> None:
    assert suggested("$foo_{1} = 0.593269992$") == {"foo_{1}": "out_h1"}


def test_a_name_by_its_formula() -> None:
    assert suggested(r"$foo_{1} = \frac{1}{1 + e^{-net_{h1}}}$") == {"foo_{1}": "out_h1"}


def test_a_name_that_stands_for_itself_in_the_next_formula() -> None:
    text = r"$foo_{1} = 0.593269992$, $foo_{2} = 0.596884378$, $foo_{3} = w_5 foo_{1} + w_6 foo_{2} + b_2$"
    assert suggested(text) == {"foo_{1}": "out_h1", "foo_{2}": "out_h2", "foo_{3}": "net_o1"}


def test_how_often_a_name_matched() -> None:
    work = read_text("$foo_{1} = 0.593269992$ $foo_{1} = 0.5933$", Kind.MARKDOWN, NETWORK, "work.md")
    assert suggestions(work, NETWORK) == (Suggestion(name="foo_{1}", id="out_h1", matches=2),)


def test_what_can_mean_several_or_none_is_left_out() -> None:
    assert suggested("$foo_{1} = 0.1$ $foo_{2} = 0.123456$ $foo_{3} = 9^{9^{9}}$ $foo_{4} = 0.3775 * 2$") == {}


def test_what_contradicts_itself_is_left_out() -> None:
    assert suggested("$foo_{1} = 0.593269992$ $foo_{1} = 0.596884378$") == {}


def test_what_is_read_already_needs_no_name() -> None:
    assert suggested("$out_{h1} = 0.593269992$") == {}


@pytest.mark.parametrize("last", ["0.123456", "out_{h1} + 1", "out_{h1}@3 + 1"], ids=["figure", "formula", "rounds"])
def test_looking_for_names_is_paid_to_the_last_step(last: str) -> None:
    work = read_text(f"$foo_{{1}} = 0.593269992$ $foo_{{2}} = {last}$", Kind.MARKDOWN, NETWORK, "work.md")
    enough = Budget()
    assert suggest_names(work, NETWORK, enough) == {"foo_{1}": "out_h1"}
    assert enough.spent > 4 * len(NETWORK.layers)
    for most in (enough.spent - 1, enough.spent // 2, 0):
        with pytest.raises(OutOfBudget):
            suggest_names(work, NETWORK, Budget(most=most))


def test_training_for_a_name_has_an_end() -> None:
    work = read_text("$foo_{1} = w_{5}@1000000 + 1$", Kind.MARKDOWN, NETWORK, "work.md")
    with pytest.raises(OutOfBudget):
        suggest_names(work, NETWORK)


def test_the_command_prints_a_table_or_says_that_there_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "work.md"
    path.write_text("$foo_{1} = 0.593269992$", encoding="utf-8")
    assert main(["check", str(path), "--suggest-names"]) == 0
    assert capsys.readouterr().out == '[names]\n"foo_{1}" = "out_h1"\n'
    path.write_text("$out_{h1} = 0.593269992$", encoding="utf-8")
    assert main(["check", str(path), "--suggest-names"]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("symbackprop: no name in this work")
