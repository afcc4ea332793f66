"""The notebook is valid, runs clean from top to bottom, and its asserts are worth something."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import replace
from functools import cache
from io import StringIO
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from symbackprop import api
from symbackprop.derivation.derive import derive
from symbackprop.errors import UnsupportedError
from symbackprop.network import Network
from symbackprop.resources import example_names
from tests.conftest import Golden
from tests.random_networks import any_networks

with warnings.catch_warnings():
    # What Jupyter's packages say of themselves is not ours to mend.
    warnings.simplefilter("ignore")
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

# Its functions have no types.
JUPYTER: Any = nbformat
IN_CI = ("mazur", "three-classes")


@cache
def written(name: str, lang: str = "en", detail: str = "full", view: str = "scalar") -> str:
    return api.render(derive(api.load(name)), format="notebook", lang=lang, detail=detail, view=view)


def notebook(text: str) -> Any:
    read = JUPYTER.reads(text, as_version=4)
    JUPYTER.validate(read)
    return read


def code_of(text: str) -> list[str]:
    return [cell.source for cell in notebook(text).cells if cell.cell_type == "code"]


def run(text: str) -> Any:
    read = notebook(text)
    NotebookClient(read, timeout=300, kernel_name="python3").execute()
    return read


@pytest.mark.parametrize("name", IN_CI)
def test_it_runs_clean_with_jupyter(name: str) -> None:
    ran = run(written(name))
    outputs = [output for cell in ran.cells if cell.cell_type == "code" for output in cell.outputs]
    assert outputs
    assert {(it.output_type, it.get("name")) for it in outputs} == {("stream", "stdout")}


@pytest.mark.one_of_each
@pytest.mark.parametrize(
    ("detail", "view", "lang"), [("full", "scalar", "zh"), ("brief", "scalar", "en"), ("full", "both", "en")]
)
@pytest.mark.parametrize("name", [name for name in example_names() if name != "large"])
def test_the_code_of_every_notebook_runs(
    name: str, detail: str, view: str, lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without Jupyter, which would take a minute to start for all of them."""
    namespace: dict[str, object] = {}
    for code in code_of(written(name, lang, detail, view)):
        exec(compile(code, "a cell", "exec"), namespace)  # noqa: S102 - what we have just written ourselves
    assert "E_total" in capsys.readouterr().out


@pytest.mark.slow
@settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(any_networks(most_layers=2, most_neurons=3, most_steps=3))
def test_the_code_of_any_notebook_runs(network: Network) -> None:
    namespace: dict[str, object] = {}
    with redirect_stdout(StringIO()):
        for code in code_of(api.render(derive(network), format="notebook")):
            exec(compile(code, "a cell", "exec"), namespace)  # noqa: S102 - as above


def test_every_updated_weight_is_asserted() -> None:
    code = "\n".join(code_of(written("mazur")))
    for number in range(1, 9):
        assert f'(w{number}_new, "' in code
    assert 'assert rounds_to(w5_new, "0.358916480")' in code
    assert 'assert equals(net_h1, "0.3775")' in code


def test_a_wrong_figure_is_noticed_and_a_changed_number_too() -> None:
    text = written("mazur")
    for before, after in (
        ('w5_new, \\"0.358916480', 'w5_new, \\"0.358916481'),
        ('Rational(\\"0.05\\")', 'Rational(\\"0.06\\")'),
    ):
        assert before in text
        with pytest.raises(CellExecutionError, match="AssertionError"):
            run(text.replace(before, after))


def test_a_student_may_change_a_number() -> None:
    changed = written("mazur").replace('Rational(\\"0.05\\")', 'Rational(\\"0.06\\")')
    assert "net_h1 = 0.379000000000" in str(run(changed.replace("checking = True", "checking = False")))


def test_figures_are_in_the_text_as_data() -> None:
    pages = "".join(cell.source for cell in notebook(written("mazur")).cells if cell.cell_type == "markdown")
    assert pages.count("](data:image/svg+xml;base64,") == 4
    assert "<svg" not in pages


def test_it_is_the_same_every_time() -> None:
    again = api.render(derive(api.load("mazur")), format="notebook")
    assert again == written("mazur")


def test_cells_have_names_of_their_own() -> None:
    cells = notebook(written("mazur")).cells
    assert len({cell.id for cell in cells}) == len(cells)


def test_a_large_network_is_refused_in_one_line() -> None:
    with pytest.raises(UnsupportedError, match=r"at most 300 weights .*, found 23,820"):
        api.render(derive(api.load("large")), format="notebook")


def test_one_round_is_trained_too() -> None:
    network = api.load("mazur")
    once = replace(network, training=replace(network.training, rounds=1), published=())
    code = code_of(api.render(derive(once), format="notebook"))
    assert code[-1].startswith("# The same round")
    namespace: dict[str, object] = {}
    for each in code:
        exec(compile(each, "a cell", "exec"), namespace)  # noqa: S102


def outline(name: str) -> Iterator[str]:
    """The headings of each cell of text and its last line; of each cell of code what it calculates."""
    for cell in notebook(written(name)).cells:
        lines = [line for line in cell.source.splitlines() if line.strip()]
        if cell.cell_type == "code":
            names = [line.partition(" = ")[0] for line in lines if re.match(r"[a-zA-Z]\w*(, \w+)* = ", line)]
            yield f"    {'; '.join(names)}" if names else f"    {lines[0]}"
        else:
            yield from (line for line in lines if line.startswith("#"))
            yield f"  ... {lines[-1]}"


@pytest.mark.parametrize("name", ["mazur", "three-classes"])
def test_each_calculation_stands_after_its_equations(name: str, golden: Golden) -> None:
    golden(f"programs/{name}.outline.txt", "\n".join(outline(name)) + "\n")
