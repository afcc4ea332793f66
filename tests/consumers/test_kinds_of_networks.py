"""Batches, every kind of function, penalties and optimizers in the programs that students read them with."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from symbackprop import api
from symbackprop.derivation.derive import derive
from symbackprop.network_file import parse_network
from symbackprop.notation_file import load_notation
from symbackprop.resources import example
from tests.consumers.github import github_failures
from tests.consumers.katex import katex_failures
from tests.consumers.latex import Engine, compile_latex
from tests.networks import trained_otherwise

ENGINES: dict[str, Engine] = {"en": "pdflatex", "zh": "xelatex"}
EXAMPLES = ("xor", "regression-relu", "three-classes", "binary", "deep", "weight-decay", "adam")

# What no example has: every loss and activation is printed by the rows of this one and of the next.
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
[training.optimizer]
kind = "adamw"
"""


@cache
def _written(name: str, format_: str, lang: str, detail: str, notation: str) -> str:
    text = CROWDED if name == "crowded" else example(name).read_text(encoding="utf-8")
    network = trained_otherwise(parse_network(text, f"{name}.toml"), rounds=2)
    rendered = api.render_files(
        derive(network),
        format=format_,
        lang=lang,
        detail=detail,
        decimals=9,
        templates=None,
        stem="walkthrough",
        notation=load_notation(notation, "a test"),
    )
    return "".join(rendered.pieces)


@pytest.mark.parametrize("lang", ENGINES)
@pytest.mark.parametrize("name", [*EXAMPLES, "crowded"])
def test_latex_has_nothing_to_complain_about(name: str, lang: str, tmp_path: Path) -> None:
    result = compile_latex(_written(name, "latex", lang, "full", "mazur"), ENGINES[lang], tmp_path)
    assert not result.complaints, "\n".join(result.complaints[:10])


@pytest.mark.parametrize("name", ["three-classes", "crowded"])
@pytest.mark.parametrize("notation", ["standard", "bishop"])
def test_other_notations_fit_the_page_too(name: str, notation: str, tmp_path: Path) -> None:
    result = compile_latex(_written(name, "latex", "en", "full", notation), "pdflatex", tmp_path)
    assert not result.complaints, "\n".join(result.complaints[:10])


@pytest.mark.parametrize("detail", ["full", "brief"])
@pytest.mark.parametrize("lang", ENGINES)
@pytest.mark.parametrize("name", [*EXAMPLES, "crowded"])
def test_katex_and_github_read_every_formula(name: str, lang: str, detail: str) -> None:
    markdown = _written(name, "markdown", lang, detail, "mazur")
    assert katex_failures(markdown) == ()
    assert github_failures(markdown) == ()
