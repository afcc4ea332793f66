"""Who tells the matrices of a derivation: their symbols, and their entries by name and by figure."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from symbackprop.derivation.matrices import Grid, MatrixName, MatrixPlan
from symbackprop.network import BatchAs
from symbackprop.pages.document import Inlines
from symbackprop.pages.narrate.equations import is_short
from symbackprop.pages.narrate.matrix_symbols import MatrixSymbols
from symbackprop.pages.narrate.teller import Teller
from symbackprop.records import record
from symbackprop.typeset.arrange import arrange
from symbackprop.typeset.formula import Formula, Product, Quantity, Sum
from symbackprop.typeset.layout import Dots, Layout, Matrix, in_line
from symbackprop.typeset.matrices import elided

MOST_ROWS, MOST_COLUMNS, _FEWEST_COLUMNS = 8, 6, 3
"""A matrix with more rows or columns than that is shown with dots."""


@record(kw_only=True)
class MatrixTeller:
    """Says things about one derivation in matrices."""

    teller: Teller
    plan: MatrixPlan
    symbols: MatrixSymbols

    def grid(self, name: MatrixName) -> Grid:
        """The ids of a matrix's entries."""
        return self.plan.quantities[name].entries

    def dimensions(self, name: MatrixName) -> tuple[int, int]:
        """The number of a matrix's rows and columns."""
        return self.plan.quantities[name].shape

    def named(self, name: MatrixName) -> Layout:
        """A matrix's symbol."""
        return self.symbols.write(name)

    def is_single(self, name: MatrixName) -> bool:
        """Whether a matrix is only a number."""
        return self.dimensions(name) == (1, 1)

    @property
    def rowwise(self) -> bool:
        """Whether each row of a matrix belongs to one of several samples."""
        network = self.teller.derivation.network
        return len(network.samples) > 1 and network.writing.batch is BatchAs.ROWS

    def layer(self, number: int) -> Inlines:
        """What a layer is called; layer 0 are the inputs."""
        say, layers = self.teller.phrases.say, len(self.teller.derivation.network.layers)
        if number == 0:
            return say("matrix.layer.input")
        if number == layers:
            return say("matrix.layer.output")
        if layers == 2:  # noqa: PLR2004 - an only hidden layer
            return say("matrix.layer.hidden")
        return say("matrix.layer.hidden_numbered", layer=str(number))

    def with_names(self, grid: Grid) -> Layout:
        """The matrix of some ids, each by its name."""
        return _matrix(grid, lambda id_: in_line(self.teller.name(id_)))

    def with_numbers(self, grid: Grid) -> Layout:
        """The matrix of some ids, each by its figure."""
        return _matrix(grid, self.teller.value)

    def written_out(self, formula: Formula) -> Layout:
        """An entry's formula by the names of its quantities, with dots in long sums."""
        return arrange(_with_dots(formula), lambda id_: Dots.ACROSS if id_ == _DOTS else self.teller.name(id_))


_DOTS = "..."
_MOST_TERMS, _MOST_IN_PARENTHESES = 4, 2
"""A sum in parentheses can't be broken where a line ends."""


def _with_dots(formula: Formula) -> Formula:
    match formula:
        case Sum(terms=terms) if len(terms) > _MOST_TERMS:
            return Sum((*terms[:2], Quantity(_DOTS), terms[-1]))
        case Product(factors=(first, Sum(terms=terms))) if len(terms) > _MOST_IN_PARENTHESES:
            return Product((first, Sum((terms[0], Quantity(_DOTS), terms[-1]))))
        case _:
            return formula


def _matrix(grid: Grid, show_one: Callable[[str], Layout]) -> Layout:
    if len(grid) == 1 and len(grid[0]) == 1:
        return show_one(grid[0][0])
    rows = (cropped(row, MOST_COLUMNS) for row in cropped(grid, MOST_ROWS))
    return fitted(Matrix(tuple(tuple(map(show_one, row)) for row in rows)))


_T = TypeVar("_T")


def cropped(things: tuple[_T, ...], most: int) -> tuple[_T, ...]:
    """Only as many as are needed to see that there are too many: what dots will hide needn't be rounded."""
    return things if len(things) <= most + 1 else (*things[:most], things[-1])


def fitted(matrix: Matrix) -> Matrix:
    """The matrix with dots where it is too large for a page."""
    columns = MOST_COLUMNS
    small = elided(matrix, MOST_ROWS, columns)
    while columns > _FEWEST_COLUMNS and not is_short(small):
        columns -= 1
        small = elided(matrix, MOST_ROWS, columns)
    return small
