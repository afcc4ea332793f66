"""All updates of the round in one table."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.derivation.graph import TOTAL_ERROR, Kind
from symbackprop.derivation.steps import by, updated
from symbackprop.derivation.updates import STATES
from symbackprop.network import HiddenGradients
from symbackprop.pages.document import Align, Block, Inlines, Table
from symbackprop.pages.narrate.scope import updates_in_place
from symbackprop.pages.narrate.teller import Teller, math


def trained(teller: Teller) -> tuple[str, ...]:
    """The parameters that learn, layer by layer."""
    learning = {step.slots["old"] for step in teller.derivation.steps.values() if step.kind is Kind.UPDATE}
    return tuple(parameter for parameter in teller.graph.parameters() if parameter in learning)


def tell_updates(teller: Teller) -> Iterator[Block]:
    """Every parameter before and after, in one table, with what the optimizer keeps: only now the network changes."""
    yield teller.heading(1, "updates.heading")
    shape = teller.graph.shape
    original = shape.hidden_gradients is HiddenGradients.ORIGINAL
    if updates_in_place(shape):
        yield teller.paragraph("updates.intro" if original else "updates.intro_mistake")
    else:
        yield teller.paragraph("updates.together" if original else "updates.together_mistake")
    yield table_of_updates(teller)


def table_of_updates(teller: Teller) -> Table:
    """Every parameter before and after the round, with its gradient and what the optimizer keeps of it."""
    letters = STATES[teller.graph.shape.rule]
    rows = []
    for parameter in trained(teller):
        ids = (parameter, by(TOTAL_ERROR, parameter), *(updated(f"{it}_{parameter}") for it in letters))
        rows.append((teller.name(parameter), *map(teller.value, (*ids, updated(parameter)))))
    columns = ("weight", "before", "gradient", *letters, "after")
    return table_of_weights(teller, columns, tuple(tuple(map(math, row)) for row in rows))


def table_of_weights(
    teller: Teller, columns: tuple[str, ...], rows: tuple[tuple[Inlines, ...], ...], *, of: str = TOTAL_ERROR
) -> Table:
    """A table of parameters; `of` is the error whose gradient a column shows."""
    header = tuple(header_of(teller, column, of=of) for column in columns)
    align = tuple(Align.LEFT if column in ("weight", "formula") else Align.RIGHT for column in columns)
    return Table(header=header, align=align, rows=rows)


def names_of_rows(teller: Teller) -> str:
    """The column of what learns: weights only, or biases, too."""
    biases = teller.graph.shape.update_biases and teller.graph.shared_biases
    return "column.parameter" if biases else "column.weight"


def header_of(teller: Teller, column: str, *, of: str = TOTAL_ERROR) -> Inlines:
    """What stands over a column of a table of parameters."""
    if column == "weight":
        return teller.phrases.say(names_of_rows(teller))
    if column in ("m", "v"):
        return math(teller.name(updated(f"{column}_w")))
    return teller.phrases.say(f"column.{column}", gradient=teller.name(by(of, "w")))
