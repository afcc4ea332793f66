"""How expressions over matrices are written with nothing but Python: as lists of rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from symbackprop.derivation.matrices import (
    Add,
    Expression,
    Hadamard,
    Leaf,
    Map,
    MatMul,
    Ones,
    Role,
    Scale,
    Softmax,
    Subtract,
    Transpose,
    shape_of,
)
from symbackprop.functions import Loss
from symbackprop.programs.cross_entropy import LOG_SOFTMAX, binary_cross_entropy
from symbackprop.programs.functions import ELEMENTARY, ENTRYWISE, Bodies
from symbackprop.programs.matrix_dialects import Dialect
from symbackprop.typeset.formula import Elementary
from symbackprop.typeset.plain import PLAIN, Spelling, plain


@dataclass(frozen=True, kw_only=True)
class ListDialect(Dialect):
    """Lists of rows, and a few functions over them."""

    @property
    def spelling(self) -> Spelling:
        """Python's own."""
        return PLAIN

    @property
    def elementary(self) -> Mapping[Elementary, str]:
        """What `math` hasn't got."""
        return ELEMENTARY

    @property
    def bodies(self) -> Bodies:
        """Python's own."""
        return ENTRYWISE

    def helpers(self) -> Mapping[str, tuple[str, ...]]:
        """The operations that are in the tree of expressions."""
        softmax = _LAYERWISE if self.steps.rowwise else {name: _by_columns(it) for name, it in _LAYERWISE.items()}
        return {**_LIST_HELPERS, **softmax}

    def cross_entropies(self, loss: Loss, target: str, net: str) -> str:
        """Entry by entry."""
        if loss is Loss.CROSS_ENTROPY:
            return f"each(lambda target, rest: target*rest, {target}, {LOG_SOFTMAX}({net}))"
        body = binary_cross_entropy("target", "net")
        return f"each(lambda target, net: {body}, {target}, {net})"

    def matrix(self, rows: list[str]) -> tuple[str, str]:
        """A list."""
        return ("[", "]") if rows else ("", "")

    def zeros(self, rows: int, columns: int) -> str:
        """Rows of 0."""
        return f"[[0]*{columns} for _ in range({rows})]"

    def total(self, value: Expression) -> str:
        """The sum of the sums of the rows."""
        return f"sum(map(sum, {self.write(value)}))"

    def write(self, value: Expression) -> str:
        """Calls of functions within each other."""
        match value:
            case Leaf(name=name):
                return self.steps.name(name)
            case Ones(rows=rows, columns=columns):
                return f"[[1]*{columns} for _ in range({rows})]"
            case MatMul(left=left, right=right):
                return f"times({self.write(left)}, {self.write(right)})"
            case Transpose(body=body):
                return f"transposed({self.write(body)})"
            case Hadamard(left=left, right=right):
                return f"each(lambda a, b: a*b, {self.write(left)}, {self.write(right)})"
            case Add(terms=terms):
                return f"each(lambda *terms: sum(terms), {', '.join(map(self._full, terms))})"
            case Subtract(left=left, right=right):
                return f"each(lambda a, b: a - b, {self.write(left)}, {self.write(right)})"
            case Scale(factor=factor, body=body):
                return f"each(lambda a: {self.factor(factor)}*a, {self.write(body)})"
            case Softmax(body=body):
                return f"softmax({self.write(body)})"
            case Map():
                return self._mapped(value)

    def _full(self, term: Expression) -> str:
        """A term of a sum; a bias that a layer shares is spread over its neurons."""
        if isinstance(term, Leaf) and term.name.role is Role.BIAS and term.name.of is None:
            rows, _ = shape_of(term, self.steps.plan.quantities)
            grid = self.steps.plan.quantities[term.name].entries
            if rows > 1 and len(set(grid)) == 1:
                return f"{self.steps.name(term.name)}*{rows}"
        match term:
            case MatMul(left=left, right=Ones() as right):
                return f"times({self._full(left)}, {self.write(right)})"
            case MatMul(left=Ones() as left, right=Transpose(body=body)):
                return f"times({self.write(left)}, transposed({self._full(body)}))"
            case _:
                return self.write(term)

    def _mapped(self, value: Map) -> str:
        slots = [(slot, self.steps.name(name)) for slot, name in value.slots]
        kind = self.activation(value)
        letters = [slot for slot, _ in slots]
        if kind is not None:
            body = self.called(kind, value, "net")
        else:
            body = plain(value.formula, lambda id_: id_ if id_ in letters else self.scalars(id_))
        return f"each(lambda {', '.join(letters)}: {body}, {', '.join(name for _, name in slots)})"


_LIST_HELPERS: Mapping[str, tuple[str, ...]] = {
    "transposed": (
        "def transposed(matrix):",
        "    return [list(column) for column in zip(*matrix)]",
    ),
    "times": (
        "def times(left, right):",
        "    columns = list(zip(*right))",
        "    return [[sum(a*b for a, b in zip(row, column)) for column in columns] for row in left]",
    ),
    "each": (
        "def each(function, *matrices):",
        "    return [[function(*entries) for entries in zip(*rows)] for rows in zip(*matrices)]",
    ),
}

_LAYERWISE: Mapping[str, tuple[str, ...]] = {
    "softmax": (
        "def softmax(nets):",
        "    powers = [[exp(net - max(row)) for net in row] for row in nets]",
        "    return [[power/sum(row) for power in row] for row in powers]",
    ),
    LOG_SOFTMAX: (
        "def minus_log_softmax(nets):",
        "    sums = [sum(exp(net - max(row)) for net in row) for row in nets]",
        "    return [[max(row) - net + log(total) for net in row] for row, total in zip(nets, sums)]",
    ),
    "softmax_back": (
        "def softmax_back(outs, slopes):",
        "    means = [sum(a*b for a, b in zip(*rows)) for rows in zip(outs, slopes)]",
        "    return [[a*(b - mean) for a, b in zip(*rows)] for *rows, mean in zip(outs, slopes, means)]",
    ),
}


def _by_columns(lines: tuple[str, ...]) -> tuple[str, ...]:
    """The same function where each sample is a column."""
    head, *body = lines
    inner, result = body[:-1], body[-1].removeprefix("    return ")
    arguments = head.partition("(")[2].removesuffix("):").split(", ")
    turned = [f"    {name} = transposed({name})" for name in arguments]
    return (head, *turned, *inner, f"    return transposed({result})")
