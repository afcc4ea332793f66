"""How matrices are written: letters by the notation, layers and time steps as marks on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from symbackprop.derivation.matrices import MatrixName, Role
from symbackprop.functions import Activation
from symbackprop.network import Network
from symbackprop.typeset.layout import Fenced, Fraction, Layout, Number, Operator, Row, Script, Symbol


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """The letters of one notation. `raised` writes a layer as (1) above, else its neurons' letter stands below."""

    inputs: str
    net: str
    out: str
    output: str
    target: str
    raised: bool


_LETTERS: Mapping[str, Letters] = {
    "mazur": Letters(inputs="i", net="net", out="out", output="out", target="target", raised=False),
    "bishop": Letters(inputs="x", net="a", out="z", output="y", target="t", raised=True),
}
_STANDARD = Letters(inputs="x", net="z", out="a", output="a", target="y", raised=True)

_FUNCTIONS: Mapping[Activation, Layout] = {
    Activation.IDENTITY: Symbol("id", upright=True),
    Activation.SIGMOID: Symbol("sigma"),
    Activation.TANH: Symbol("tanh", upright=True),
    Activation.RELU: Symbol("ReLU", upright=True),
    Activation.LEAKY_RELU: Symbol("LReLU", upright=True),
    Activation.ELU: Symbol("ELU", upright=True),
    Activation.SOFTPLUS: Symbol("softplus", upright=True),
    Activation.GELU: Symbol("GELU", upright=True),
    Activation.SILU: Symbol("SiLU", upright=True),
    Activation.SOFTMAX: Symbol("softmax", upright=True),
}

_PARTIAL = Symbol("partial")


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixSymbols:
    """Writes the matrices of one network; `name` writes a scalar's id."""

    network: Network
    name: Callable[[str], Layout]

    @property
    def letters(self) -> Letters:
        """The letters of the network's notation."""
        return _LETTERS.get(self.network.writing.notation, _STANDARD)

    def function(self, layer: int) -> Layout:
        """The name of a layer's activation."""
        return _FUNCTIONS[self.network.layers[layer - 1].activation]

    def slope(self, layer: int, argument: Layout) -> Layout:
        """The derivative of a layer's activation, at something."""
        return Row((self.function(layer), Symbol("'"), Fenced(argument)))

    def write(self, name: MatrixName) -> Layout:
        """The symbol of a matrix."""
        match name.role:
            case Role.OUT_SLOPE:
                return self._derivative(self.name(self._error), self._vector(name, Role.OUT))
            case Role.SQUASH_SLOPE:
                return self.slope(name.layer, self._vector(name, Role.NET))
            case Role.DATA_GRADIENT | Role.GRADIENT:
                error = "E_data" if name.role is Role.DATA_GRADIENT else "E_total"
                return self._derivative(self.name(error), self._parameter(name, ""))
            case Role.UPDATED:
                return self._parameter(name, "+")
            case Role.TOTAL:
                return self.name(self._total)
            case Role.WEIGHTS | Role.RECURRENT | Role.BIAS:
                return self._parameter(name, "")
            case role if role in _STATES:
                letter, mark = _STATES[role]
                return Script(Symbol(letter), sub=self._parameter(name, ""), sup=mark)
            case _:
                return self._vector(name, name.role)

    @property
    def _total(self) -> str:
        training = self.network.training
        return "E_total" if training.l1 is None and training.l2 is None else "E_data"

    @property
    def _error(self) -> str:
        """The error that the backward pass differentiates: of one sample, where there are several."""
        return self._total if len(self.network.samples) == 1 else "E"

    def _derivative(self, of: Layout, variable: Layout) -> Layout:
        return Fraction(Row((_PARTIAL, of)), Row((_PARTIAL, variable)))

    def _parameter(self, name: MatrixName, mark: str) -> Layout:
        role = name.of or name.role
        shared = role is Role.BIAS and name.of is not None and self._shares_bias(name.layer)
        if shared:
            return self.name(f"b{name.layer}{mark}")
        letter = Symbol("b", bold=True) if role is Role.BIAS else Symbol(role.value)
        return self._marked(letter, name, mark)

    def _shares_bias(self, layer: int) -> bool:
        biases = self.network.layers[layer - 1].biases
        return biases is not None and not isinstance(biases, tuple)

    def _vector(self, name: MatrixName, role: Role) -> Layout:
        """A vector in bold; where several samples stand side by side, a matrix in capitals."""
        several = len(self.network.samples) > 1 and name.sample is None
        text = self._letter(name.layer, role)
        if role is Role.JACOBIAN:
            return self._marked(Symbol("J"), name, "")
        if role is Role.ERRORS:
            return self._marked(Symbol("E", bold=True), name, "", layered=False)
        bold = not several or (len(text) > 1 and text != "delta")
        letter = Symbol(text.capitalize() if several else text, bold=bold)
        layered = role is not Role.TARGET and not (role is Role.OUT and name.layer == 0)
        return self._marked(letter, name, "", layered=layered)

    def _letter(self, layer: int, role: Role) -> str:
        letters = self.letters
        match role:
            case Role.NET:
                return letters.net
            case Role.OUT if layer == 0:
                return letters.inputs
            case Role.OUT:
                return letters.output if layer == len(self.network.layers) else letters.out
            case Role.TARGET:
                return letters.target
            case _:
                return "delta"

    def _marked(self, letter: Layout, name: MatrixName, mark: str, *, layered: bool = True) -> Layout:
        """The letter with its layer, its sample and time step in brackets as in ids, and a mark such as +."""
        numbers = [str(number) for number in (name.sample, name.step) if number is not None]
        raised: list[Layout | Operator] = []
        if layered and self.letters.raised:
            raised.append(Fenced(Number(str(name.layer))))
        if numbers:
            raised.append(Symbol(f"[{','.join(numbers)}]", upright=True))
        if mark:
            raised.append(Symbol(mark))
        sub = Symbol(self._layer_letter(name.layer)) if layered and not self.letters.raised else None
        if not raised and sub is None:
            return letter
        sup = None if not raised else raised[0] if len(raised) == 1 else Row(tuple(raised))
        assert not isinstance(sup, Operator)
        return Script(letter, sub=sub, sup=sup)

    def _layer_letter(self, layer: int) -> str:
        last = len(self.network.layers)
        if layer == last:
            return "o"
        return "h" if last == 2 else f"h{layer}"  # noqa: PLR2004 - an only hidden layer


_STATES: Mapping[Role, tuple[str, Layout | None]] = {
    Role.FIRST_MOMENT: ("M", None),
    Role.SECOND_MOMENT: ("V", None),
    Role.NEXT_FIRST_MOMENT: ("M", Symbol("+")),
    Role.NEXT_SECOND_MOMENT: ("V", Symbol("+")),
    Role.CORRECTED_FIRST_MOMENT: ("M", Symbol("corr", upright=True)),
    Role.CORRECTED_SECOND_MOMENT: ("V", Symbol("corr", upright=True)),
}
