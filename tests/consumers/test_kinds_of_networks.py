"""What no example has, in the programs that students read it with: crowded rows, huber, gelu, elu, adamw."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.consumers.github import github_failures
from tests.consumers.katex import katex_failures
from tests.consumers.latex import Engine, compile_latex
from tests.walkthroughs import written

ENGINES: dict[str, Engine] = {"en": "pdflatex", "zh": "xelatex"}

CROWDED = """
title = "Crowded"
[data]
inputs = [[0.5, -0.25, 1.5], [0.1, 0.2, -0.3]]
targets = [[0.125, 0.5], [1, -1]]
[[layers]]
activation = "gelu"
weights = [[1.25, -0.75, 0.3], [0.5, 2.5, 0.1], [-1.5, 0.25, -0.2]]
biases = 0.1
[[layers]]
activation = "softmax"
weights = [[0.75, 1.5, -0.5], [-2.25, 0.5, 1.0], [0.1, 0.2, 0.3]]
biases = [0.1, 0.2, 0.3]
[[layers]]
activation = "elu"
alpha = 0.7
weights = [[0.3, -0.2, 0.6], [-0.7, 0.1, 0.2]]
biases = 0.3
[training]
loss = "huber"
threshold = 0.5
reduction = "mean"
l1 = 0.01
l2 = 0.02
learning_rate = 0.1
rounds = 2
[training.optimizer]
kind = "adamw"
"""

_INPUTS = ", ".join(f"[0.{number}, -0.{99 - number}]" for number in range(10, 30))
BATCH = f"""
title = "Twenty samples"
[data]
inputs = [{_INPUTS}]
targets = [{", ".join(["[0.25]"] * 20)}]
[[layers]]
activation = "tanh"
weights = [[1.25, -0.75], [0.5, 2.5]]
[[layers]]
activation = "tanh"
weights = [[0.75, -1.5]]
[training]
learning_rate = 0.1
"""
"""Its calculations and tables are longer than a page."""


def test_what_is_longer_than_a_page_goes_on_over_the_next(tmp_path: Path) -> None:
    result = compile_latex(written(BATCH), ENGINES["en"], tmp_path)
    assert not result.complaints, "\n".join(result.complaints[:10])


# The gallery's documents (test_gallery.py) have each notation in every run.
@pytest.mark.slow
@pytest.mark.parametrize("notation", ["mazur", "standard", "bishop"])
@pytest.mark.parametrize("lang", ENGINES)
def test_latex_has_nothing_to_complain_about(lang: str, notation: str, tmp_path: Path) -> None:
    result = compile_latex(written(CROWDED, lang=lang, notation=notation), ENGINES[lang], tmp_path)
    assert not result.complaints, "\n".join(result.complaints[:10])


@pytest.mark.one_of_each
@pytest.mark.parametrize("detail", ["full", "brief"])
@pytest.mark.parametrize("lang", ENGINES)
def test_katex_and_github_read_every_formula(lang: str, detail: str) -> None:
    markdown = written(CROWDED, format_="markdown", lang=lang, detail=detail)
    assert katex_failures(markdown) == ()
    assert github_failures(markdown) == ()
