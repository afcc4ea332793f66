"""The walkthrough as a Jupyter notebook: its words as Markdown, and after each calculation the code that repeats it.

The format is nbformat 4.5, small enough to be written as plain JSON, without the library and the same every time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from symbackprop.pages.document import Block, Document, EquationLine, Equations, Heading
from symbackprop.pages.narrate.teller import Teller
from symbackprop.pages.render import render_blocks
from symbackprop.pages.templates import Templates
from symbackprop.programs.notebook_steps import NotebookSteps
from symbackprop.programs.notebook_training import training_cell
from symbackprop.typeset.layout import Layout, Number, Row


def write_notebook(teller: Teller, document: Document, templates: Templates) -> str:
    """The notebook as text. Its Markdown is written by templates."""
    steps = NotebookSteps(derivation=teller.derivation, phrases=teller.phrases, decimals=teller.decimals)
    cells = [*_cells(teller, document, steps, templates)]
    for number, cell in enumerate(cells, 1):
        cell["id"] = f"cell-{number}"
    notebook = {"cells": cells, "metadata": _METADATA, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


_METADATA: Mapping[str, Any] = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def _cells(teller: Teller, document: Document, steps: NotebookSteps, templates: Templates) -> Iterator[dict[str, Any]]:
    chapters = _chapters(render_blocks(document, teller.phrases, templates=templates))
    network = teller.derivation.network
    # The chapters end with: updates, the first round, the training, the published figures, the certificate.
    trained = len(chapters) - 1 - bool(network.published)
    updated = trained - (2 if network.training.rounds > 1 else 1)
    told = {teller.name(id_): id_ for id_ in teller.derivation.steps}
    for number, chapter in enumerate(chapters, 1):
        yield from _chapter(chapter, steps, teller, told)
        if number == 1:
            yield _code(steps.opening())
            yield _code(steps.numbers())
        if number == updated and (rest := steps.remaining()):
            yield _code(rest)
        if number == trained:
            yield _code(training_cell(teller.derivation, steps.names, teller.phrases, teller.decimals))


_Told = tuple[Block, str]


def _chapters(blocks: Iterable[_Told]) -> list[list[_Told]]:
    """The blocks by chapters; title and subtitle belong to the first."""
    chapters: list[list[_Told]] = [[]]
    for block, text in blocks:
        if _begins_chapter(block) and any(_begins_chapter(it) for it, _ in chapters[-1]):
            chapters.append([])
        chapters[-1].append((block, text))
    return chapters


def _begins_chapter(block: Block) -> bool:
    return isinstance(block, Heading) and block.level == 1


def _chapter(
    chapter: Iterable[_Told], steps: NotebookSteps, teller: Teller, told: Mapping[Layout, str]
) -> Iterator[dict[str, Any]]:
    """A cell of Markdown up to each calculation, and the code that repeats it."""
    texts: list[str] = []
    for block, text in chapter:
        texts.append(text)
        if isinstance(block, Equations) and steps.known and (code := steps.cell(_calculated(block, teller, told))):
            yield _markdown(texts)
            yield _code(code)
            texts = []
    if texts:
        yield _markdown(texts)


def _calculated(block: Equations, teller: Teller, told: Mapping[Layout, str]) -> Iterator[str]:
    """The steps that stand on the left of an equation whose end is their figure: others are only spoken of."""
    id_: str | None = None
    for line in block.lines:
        if not isinstance(line, EquationLine):
            continue
        id_ = id_ if line.left is None else told.get(line.left)
        if id_ is not None and _ends_in(line.right, teller.value(id_)):
            yield id_


def _ends_in(layout: Layout, figure: Layout) -> bool:
    return layout == figure or (
        isinstance(layout, Row) and isinstance(layout.parts[-1], Number) and layout.parts[-1] == figure
    )


def _markdown(texts: Iterable[str]) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": _lines("".join(texts).strip("\n"))}


def _code(code: str) -> dict[str, Any]:
    return {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": _lines(code)}


def _lines(text: str) -> list[str]:
    """A text as a notebook keeps it: line by line, so that a diff of two versions can be read."""
    lines = text.split("\n")
    return [*(f"{line}\n" for line in lines[:-1]), lines[-1]]
