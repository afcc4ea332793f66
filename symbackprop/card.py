"""What an object shows of itself in Jupyter: a few equations under a title, in LaTeX, HTML and Markdown."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from symbackprop.pages.escape import html_words, markdown_words
from symbackprop.records import record
from symbackprop.typeset.latex import latex
from symbackprop.typeset.layout import Dots, Layout, Matrix, Number, Operator, Row, Script, Symbol
from symbackprop.typeset.mathml import mathml
from symbackprop.wording import one_line

MOST_SHOWN = 12
"""More equations, or rows and columns of a matrix, are no longer looked at: dots stand for them."""


@record(kw_only=True)
class Card:
    """Equations, the left and the right side of each, and words above them, if any. `cut` says that there are more."""

    title: str = ""
    equations: tuple[tuple[Layout, Layout], ...]
    cut: bool = False

    @property
    def latex(self) -> str:
        """The equations below each other, as Jupyter wants them: with dollar signs."""
        return f"$\\displaystyle {self._aligned}$"

    @property
    def markdown(self) -> str:
        """Title and equations."""
        title = f"**{markdown_words(one_line(self.title))}**\n\n" if self.title else ""
        return f"{title}$$\n{self._aligned}\n$$\n"

    @property
    def html(self) -> str:
        """Title and equations as a table, the formulas as MathML: nothing has to be loaded for them."""
        title = f"<caption>{html_words(one_line(self.title))}</caption>" if self.title else ""
        rows = [f"{mathml(left)}</td><td>{mathml(right)}" for left, right in self.equations]
        rows += ["⋮</td><td>⋮"] if self.cut else []
        return f"<table>{title}<tbody>{''.join(f'<tr><td>{row}</td></tr>' for row in rows)}</tbody></table>"

    @property
    def _aligned(self) -> str:
        lines = [f"{latex(left)} &{latex(right)}" for left, right in self.equations]
        lines += ["&\\;\\;\\vdots"] if self.cut else []
        return "\\begin{aligned}" + " \\\\ ".join(lines) + "\\end{aligned}"


def card_of(title: str, equations: Iterable[tuple[Layout, Layout]]) -> Card:
    """The card of the first equations."""
    shown = list(islice(equations, MOST_SHOWN + 1))
    return Card(title=title, equations=tuple(shown[:MOST_SHOWN]), cut=len(shown) > MOST_SHOWN)


def card_of_matrices(title: str, matrices: Iterable[tuple[str, int, tuple[tuple[str, ...], ...]]]) -> Card:
    """The card of matrices: the letter and the number of each, and its rows as digits."""
    return card_of(
        title,
        ((Script(Symbol(letter), sub=Number(str(number))), equals(_matrix(it))) for letter, number, it in matrices),
    )


def equals(right: Layout) -> Layout:
    """The right side of an equation, with its sign."""
    return Row((Operator.EQUALS, right))


def _matrix(rows: tuple[tuple[str, ...], ...]) -> Layout:
    """A number, or a matrix; of a large one its beginning and dots."""
    if len(rows) == len(rows[0]) == 1:
        return Number(rows[0][0])
    shown = [_few(tuple(map(Number, row))) for row in rows[:MOST_SHOWN]]
    if len(rows) > MOST_SHOWN:
        shown[-1] = (Dots.DOWN,) * len(shown[0])
    return Matrix(tuple(shown))


def _few(row: tuple[Layout, ...]) -> tuple[Layout, ...]:
    return (*row[: MOST_SHOWN - 1], Dots.ACROSS) if len(row) > MOST_SHOWN else row
