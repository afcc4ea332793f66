"""How expressions over matrices are written: with numpy, or with lists of rows and nothing but Python."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

from symbackprop.derivation.matrices import (
    Add,
    Expression,
    Hadamard,
    Leaf,
    Map,
    MatMul,
    MatrixName,
    Ones,
    Role,
    Scale,
    Softmax,
    Subtract,
    Transpose,
    shape_of,
)
from symbackprop.functions import Activation
from symbackprop.programs.functions import ELEMENTARY, activation_call, is_defined
from symbackprop.programs.matrix_steps import SCALARS, MatrixLine, MatrixSteps, SoftmaxBack
from symbackprop.programs.names import VariableNames
from symbackprop.typeset.formula import ONE, Elementary, Formula, quantities
from symbackprop.typeset.plain import PLAIN, Spelling, plain

NUMPY = Spelling(
    functions={name: f"np.{name}" for name in ("exp", "log", "tanh", "sqrt", "abs", "sign")},
    fraction="{above}/{below}",
    choice="np.where({when}, {then}, {otherwise})",
)


@dataclass(frozen=True, kw_only=True)
class Dialect(ABC):
    """Writes the lines of one network's program."""

    steps: MatrixSteps
    scalars: VariableNames

    @property
    @abstractmethod
    def spelling(self) -> Spelling:
        """How formulas are written."""

    @property
    @abstractmethod
    def elementary(self) -> Mapping[Elementary, str]:
        """Functions that the language hasn't got."""

    @abstractmethod
    def helpers(self) -> Mapping[str, tuple[str, ...]]:
        """The functions over matrices that a program may call, by their names, each after those that it calls."""

    @abstractmethod
    def matrix(self, rows: list[str]) -> tuple[str, str]:
        """What stands before and after the rows of a matrix of numbers."""

    @abstractmethod
    def zeros(self, rows: int, columns: int) -> str:
        """A matrix of nothing but 0."""

    @abstractmethod
    def write(self, value: Expression) -> str:
        """An expression as source."""

    @abstractmethod
    def total(self, value: Expression) -> str:
        """The sum of all entries of an expression."""

    def value(self, line: MatrixLine) -> str:
        """The right side of a line."""
        if isinstance(line.value, SoftmaxBack):
            return f"softmax_back({self.steps.name(line.value.out)}, {self.steps.name(line.value.slope)})"
        if line.target.role in SCALARS:
            return self.scalar(line.value)
        return self.write(line.value)

    def scalar(self, value: Expression) -> str:
        """An expression that is a single number: sums over all entries, added up and scaled."""
        match value:
            case Leaf(name=name) if name.role in SCALARS:
                return self.steps.name(name)
            case Add(terms=terms):
                return " + ".join(map(self.scalar, terms))
            case Scale(factor=factor, body=body):
                text = self.scalar(body)
                return f"{self.factor(factor)}*{f'({text})' if isinstance(body, Add) else text}"
            case MatMul(left=Ones(), right=body) | MatMul(left=body, right=Ones()):
                return self.scalar(body)
            case _:
                return self.total(value)

    def factor(self, formula: Formula) -> str:
        """A number before a matrix."""
        return plain(formula, self.scalars, self.spelling)

    def activation(self, line_value: Map) -> Activation | None:
        """The activation that an expression applies, where a program has a function for it."""
        layer = line_value.slots[0][1].layer
        kind = self.steps.derivation.network.layers[layer - 1].activation
        is_net = [name.role for _, name in line_value.slots] == [Role.NET]
        definition = self.steps.plan.step(MatrixName(role=Role.OUT, layer=layer, step=line_value.slots[0][1].step))
        return kind if is_net and is_defined(kind) and definition.expression == line_value else None

    def called(self, kind: Activation, mapped: Map, argument: str) -> str:
        """The call of an activation's function."""
        bends = [id_ for id_ in quantities(mapped.formula) if id_.startswith("alpha")]
        return activation_call(kind, argument, self.scalars(bends[0]) if bends else None)


@dataclass(frozen=True, kw_only=True)
class NumpyDialect(Dialect):
    """Arrays of two dimensions."""

    @property
    def spelling(self) -> Spelling:
        """The functions of numpy."""
        return NUMPY

    @property
    def elementary(self) -> Mapping[Elementary, str]:
        """numpy has no error function: math's is applied entry by entry."""
        return {
            Elementary.NORMAL_CDF: "(1 + np.vectorize(math.erf)(x/np.sqrt(2)))/2",
            Elementary.NORMAL_PDF: "np.exp(-x**2/2)/np.sqrt(2*np.pi)",
        }

    def helpers(self) -> Mapping[str, tuple[str, ...]]:
        """Only softmax takes in a whole layer."""
        axis = 1 if self.steps.rowwise else 0
        return {
            "softmax": (
                "def softmax(z):",
                f"    return np.exp(z)/np.exp(z).sum(axis={axis}, keepdims=True)",
            ),
            "softmax_back": (
                "def softmax_back(a, dE_da):",
                f"    return a * (dE_da - (a * dE_da).sum(axis={axis}, keepdims=True))",
            ),
        }

    def matrix(self, rows: list[str]) -> tuple[str, str]:
        """An array."""
        return ("np.array([", "])") if rows else ("", "")

    def zeros(self, rows: int, columns: int) -> str:
        """An array of 0."""
        return f"np.zeros(({rows}, {columns}))"

    def total(self, value: Expression) -> str:
        """The array's own sum."""
        return f"{self._operand(value)}.sum()"

    def write(self, value: Expression) -> str:
        """With numpy's operators; what is spread over the samples is left to broadcasting."""
        match value:
            case Leaf(name=name):
                return self.steps.name(name)
            case Ones(rows=rows, columns=columns):
                return f"np.ones(({rows}, {columns}))"
            case MatMul(left=Ones(columns=1), right=body) | MatMul(left=body, right=Ones(rows=1)):
                return self.write(body)
            case MatMul(left=Ones(), right=body):
                return f"{self._operand(body)}.sum(axis=0, keepdims=True)"
            case MatMul(left=body, right=Ones()):
                return f"{self._operand(body)}.sum(axis=1, keepdims=True)"
            case MatMul(left=left, right=right):
                return f"{self._operand(left)} @ {self._operand(right)}"
            case Transpose(body=body):
                return f"{self._operand(body)}.T"
            case Hadamard(left=left, right=right):
                return f"{self._operand(left)} * {self._operand(right)}"
            case Add(terms=terms):
                return " + ".join(map(self.write, terms))
            case Subtract(left=left, right=right):
                return f"{self.write(left)} - {self._term(right)}"
            case Scale(factor=factor, body=body):
                return f"{self.factor(factor)} * {self._operand(body)}"
            case Softmax(body=body):
                return f"softmax({self.write(body)})"
            case Map():
                return self._mapped(value)

    def _mapped(self, value: Map) -> str:
        slots = {slot: self.steps.name(name) for slot, name in value.slots}
        kind = self.activation(value)
        if kind is not None:
            return self.called(kind, value, slots["net"])
        if value.formula == ONE:
            return f"np.ones_like({next(iter(slots.values()))})"
        return plain(value.formula, lambda id_: slots.get(id_) or self.scalars(id_), NUMPY)

    def _operand(self, value: Expression) -> str:
        text = self.write(value)
        return text if _is_atom(text) else f"({text})"

    def _term(self, value: Expression) -> str:
        text = self.write(value)
        return f"({text})" if isinstance(value, Add | Subtract | Map) else text


def _is_atom(text: str) -> bool:
    """A name, an attribute of one, or a single call."""
    head, bracket, rest = text.partition("(")
    return head.replace(".", "").replace("_", "").isalnum() and (not bracket or _closes_last(rest))


def _closes_last(rest: str) -> bool:
    depth = 1
    for place, character in enumerate(rest):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return place == len(rest) - 1
    return False


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

    def helpers(self) -> Mapping[str, tuple[str, ...]]:
        """The operations that are in the tree of expressions."""
        softmax = _LAYERWISE if self.steps.rowwise else {name: _by_columns(it) for name, it in _LAYERWISE.items()}
        return {**_LIST_HELPERS, **softmax}

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
        "    powers = [[exp(net) for net in row] for row in nets]",
        "    return [[power/sum(row) for power in row] for row in powers]",
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
