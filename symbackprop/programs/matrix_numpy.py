"""How expressions over matrices are written with numpy: as arrays of two dimensions."""

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
    Scale,
    Softmax,
    Subtract,
    Transpose,
)
from symbackprop.functions import Activation, Loss
from symbackprop.programs.cross_entropy import LOG_SOFTMAX, binary_cross_entropy
from symbackprop.programs.functions import Bodies
from symbackprop.programs.matrix_dialects import Dialect
from symbackprop.typeset.formula import ONE, Elementary
from symbackprop.typeset.plain import Spelling, plain

NUMPY = Spelling(
    functions={name: f"np.{name}" for name in ("exp", "log", "tanh", "sqrt", "abs", "sign")},
    fraction="{above}/{below}",
    choice="np.where({when}, {then}, {otherwise})",
)

_BODIES: Bodies = {
    Activation.SIGMOID: (
        "def sigmoid(x):",
        "    small = np.exp(-np.abs(x))",
        "    return np.where(x > 0, 1, small)/(1 + small)",
    ),
    Activation.SOFTPLUS: (
        "def softplus(x):",
        "    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))",
    ),
}


@dataclass(frozen=True, kw_only=True)
class NumpyDialect(Dialect):
    """Arrays of two dimensions."""

    @property
    def spelling(self) -> Spelling:
        """The functions of numpy."""
        return NUMPY

    @property
    def elementary(self) -> Mapping[Elementary, str]:
        """The error function is no function of numpy: that of `math` is applied entry by entry."""
        return {
            Elementary.NORMAL_CDF: "(1 + np.vectorize(math.erf)(x/np.sqrt(2)))/2",
            Elementary.NORMAL_PDF: "np.exp(-x**2/2)/np.sqrt(2*np.pi)",
        }

    @property
    def bodies(self) -> Bodies:
        """The same as Python's, for arrays."""
        return _BODIES

    def helpers(self) -> Mapping[str, tuple[str, ...]]:
        """Only softmax takes in a whole layer."""
        axis = 1 if self.steps.rowwise else 0
        return {
            "softmax": (
                "def softmax(z):",
                f"    powers = np.exp(z - z.max(axis={axis}, keepdims=True))",
                f"    return powers/powers.sum(axis={axis}, keepdims=True)",
            ),
            "softmax_back": (
                "def softmax_back(a, dE_da):",
                f"    return a * (dE_da - (a * dE_da).sum(axis={axis}, keepdims=True))",
            ),
            LOG_SOFTMAX: (
                "def minus_log_softmax(z):",
                f"    z = z - z.max(axis={axis}, keepdims=True)",
                f"    return np.log(np.exp(z).sum(axis={axis}, keepdims=True)) - z",
            ),
        }

    def cross_entropies(self, loss: Loss, target: str, net: str) -> str:
        """Entry by entry."""
        if loss is Loss.CROSS_ENTROPY:
            return f"{target}*{LOG_SOFTMAX}({net})"
        return binary_cross_entropy(target, net)

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
