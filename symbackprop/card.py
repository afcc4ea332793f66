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
"""More equations are no longer looked at: dots stand for them."""

_MOST_IN_A_MATRIX = 8


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
        # No caption: that would be broken to the width of the formulas.
        title = f"<p><strong>{html_words(one_line(self.title))}</strong></p>" if self.title else ""
        # Jupyter sets tables' cells to the right, and formulas within words small.
        cells = [(_displayed(left), _displayed(right)) for left, right in self.equations]
        cells += [("⋮", "⋮")] if self.cut else []
        body = "".join(
            f'<tr><td style="text-align: right">{left}</td><td style="text-align: left">{right}</td></tr>'
            for left, right in cells
        )
        return f"<div>{title}<table><tbody>{body}</tbody></table></div>"

    @property
    def _aligned(self) -> str:
        lines = [f"{latex(left)} &{latex(right)}" for left, right in self.equations]
        lines += ["&\\;\\;\\vdots"] if self.cut else []
        return "\\begin{aligned}" + " \\\\ ".join(lines) + "\\end{aligned}"


def _displayed(layout: Layout) -> str:
    return mathml(layout).replace("<math>", '<math displaystyle="true">', 1)


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
    shown = [_few(tuple(map(Number, row))) for row in rows[:_MOST_IN_A_MATRIX]]
    if len(rows) > _MOST_IN_A_MATRIX:
        shown[-1] = tuple(Dots.SLANTED if it is Dots.ACROSS else Dots.DOWN for it in shown[0])
    return Matrix(tuple(shown))


def _few(row: tuple[Layout, ...]) -> tuple[Layout, ...]:
    return (*row[: _MOST_IN_A_MATRIX - 1], Dots.ACROSS) if len(row) > _MOST_IN_A_MATRIX else row
