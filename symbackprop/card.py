"""What an object shows of itself in Jupyter: a few equations under a title, in LaTeX, HTML and Markdown."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from symbackprop.pages.escape import html_words, markdown_words
from symbackprop.records import record
from symbackprop.typeset.latex import latex
from symbackprop.typeset.layout import Dots, Layout, Number, Operator, Row, Script, Symbol
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


def numbered(letter: str, number: int) -> Layout:
    """The name of a layer's matrix."""
    return Script(Symbol(letter), sub=Number(str(number)))


def equals(right: Layout) -> Layout:
    """The right side of an equation, with its sign."""
    return Row((Operator.EQUALS, right))


def few(row: Iterable[Layout], dots: Dots) -> tuple[Layout, ...]:
    """What is shown of a row or a column: of a long one its beginning and dots."""
    shown = list(islice(row, MOST_SHOWN + 1))
    return (*shown[: MOST_SHOWN - 1], dots) if len(shown) > MOST_SHOWN else tuple(shown)
