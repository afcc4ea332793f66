"""A network as a script for torch: a module, its error, and torch's own optimizer with the same settings.

Here torch differentiates, not the derivation: so the script is a second opinion, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from symbackprop.derivation.derive import Derivation
from symbackprop.derivation.graph import bend_of
from symbackprop.derivation.train import milestones_until
from symbackprop.errors import UnsupportedError
from symbackprop.frameworks.torch_names import FUNCTIONS, OPTIMIZERS, SETTINGS
from symbackprop.functions import Activation, Loss
from symbackprop.network import Given, HiddenGradients, Layer, Network, Optimizer, Rows, Rule
from symbackprop.pages.phrases import Phrases
from symbackprop.programs.givens import write_opening
from symbackprop.programs.printing import SHOW_MATRICES, write_shown
from symbackprop.programs.source import Source, comment, literal

_LOSSES = {
    Loss.HALF_SQUARED: 'F.mse_loss(out, target, reduction="sum")/2',
    Loss.SQUARED: 'F.mse_loss(out, target, reduction="sum")',
    Loss.ABSOLUTE: 'F.l1_loss(out, target, reduction="sum")',
    Loss.HUBER: 'F.huber_loss(out, target, reduction="sum", delta=kappa)',
    Loss.BINARY_CROSS_ENTROPY: 'F.binary_cross_entropy_with_logits(net, target, reduction="sum")',
    Loss.CROSS_ENTROPY: "(target * -F.log_softmax(net, dim=-1)).sum()",
}
# The logarithm of an output that is 0 to a double is none: these losses take net inputs, as torch's own do.
_FROM_NETS = (Loss.BINARY_CROSS_ENTROPY, Loss.CROSS_ENTROPY)


def torch_script(derivation: Derivation, phrases: Phrases, decimals: int) -> str:
    """The script. Raises UnsupportedError for what torch can't be told to do."""
    training = derivation.network.training
    if training.hidden_gradients is HiddenGradients.UPDATED:
        why = 'hidden_gradients = "updated" can\'t be written for torch, whose gradients are all of one round'
        raise UnsupportedError(derivation.network.origin, why)
    return _Script(derivation=derivation, phrases=phrases, decimals=decimals).text()


@dataclass(frozen=True, kw_only=True)
class _Script:
    derivation: Derivation
    phrases: Phrases
    decimals: int

    @property
    def network(self) -> Network:
        return self.derivation.network

    @cached_property
    def topmost(self) -> int:
        """The last recurrent layer, counted from 1; 0 where there is none."""
        return max((depth for depth, it in enumerate(self.network.layers, 1) if _is_recurrent(it)), default=0)

    @property
    def ending(self) -> str:
        """What the module gives, and its error takes: `out`, or `net`."""
        return "net" if self.network.training.loss in _FROM_NETS else "out"

    def say(self, key: str, **fillings: object) -> str:
        return self.phrases.plain(f"program.{key}", **fillings)

    def text(self) -> str:
        source = Source()
        write_opening(source, self.derivation, self.phrases, "program.needs_torch")
        source.add("", "import torch", "import torch.nn.functional as F", "from torch import nn", "")
        source.add("torch.set_default_dtype(torch.float64)")
        write_shown(source, self.phrases, self.decimals)
        source.add(*SHOW_MATRICES, "", "")
        self._numbers(source)
        self._module(source)
        self._error(source)
        self._optimizer(source)
        self._first_round(source)
        self._training(source)
        return source.text

    # --- The numbers ----------------------------------------------------------------------------------------

    def _numbers(self, source: Source) -> None:
        source.heading(self.say("numbers"))
        samples, training = self.network.samples, self.network.training
        self._tensor(source, "x", [sample.inputs for sample in samples], self.say("inputs"))
        self._tensor(source, "y", [sample.targets for sample in samples], self.say("targets"))
        source.add(f"eta = {literal(training.learning_rate)}  {comment(self.say('learning_rate'))}")
        bends = {bend_of(depth): layer.bend for depth, layer in enumerate(self.network.layers)}
        settings = {"kappa": training.threshold, "lambda1": training.l1, "lambda2": training.l2, **bends}
        for name, number in settings.items():
            if number is not None:
                source.add(f"{name} = {literal(number)}  {comment(self.say('settings'))}")

    def _tensor(self, source: Source, name: str, samples: list[Rows], words: str) -> None:
        """A row for each sample, in each time step where there are several."""
        steps = [[sample[step] for sample in samples] for step in range(len(samples[0]))]
        with source.block(f"{name} = torch.tensor([  {comment(words)}"):
            for rows in steps:
                if self.topmost:
                    source.enclosed("[", [_row(row) for row in rows], "],")
                else:
                    _rows(source, rows)
        source.add("], dtype=torch.float64)")

    # --- The module -----------------------------------------------------------------------------------------

    def _module(self, source: Source) -> None:
        source.heading(self.say("network"))
        source.add("", "class Network(nn.Module):")
        source.depth += 1
        with source.block("def __init__(self):"):
            source.add("super().__init__()")
            for depth, layer in enumerate(self.network.layers, 1):
                source.add(*self._parts(depth, layer))
        source.blank()
        with source.block("def forward(self, x):"):
            source.add(*(self._through_time() if self.topmost else self._straight()))
        source.depth -= 1
        source.add("", "", "model = Network()")
        with source.block("with torch.no_grad():"):
            for depth, layer in enumerate(self.network.layers, 1):
                self._start(source, depth, layer)
        if not self.network.training.update_biases:
            for depth, layer in enumerate(self.network.layers, 1):
                if layer.biases is not None:
                    source.add(f"model.{_bias(depth, layer)}.requires_grad_(False)")

    def _parts(self, depth: int, layer: Layer) -> Iterator[str]:
        below, here = self.network.widths[depth - 1 : depth + 1]
        own = isinstance(layer.biases, tuple)
        yield f"self.layer{depth} = nn.Linear({below}, {here}{'' if own else ', bias=False'})"
        if _is_recurrent(layer):
            yield f"self.recurrent{depth} = nn.Linear({here}, {here}, bias=False)"
        if isinstance(layer.biases, Given):
            yield f"self.b{depth} = nn.Parameter(torch.tensor(0.0))  {comment(self.say('shared_bias'))}"

    def _start(self, source: Source, depth: int, layer: Layer) -> None:
        """The numbers that the module starts with, in the place of torch's random ones."""
        self._copy(source, f"layer{depth}.weight", layer.weights)
        if layer.recurrent_weights is not None:
            self._copy(source, f"recurrent{depth}.weight", layer.recurrent_weights)
        if isinstance(layer.biases, Given):
            source.add(f"model.b{depth}.copy_(torch.tensor({literal(layer.biases)}))")
        elif layer.biases is not None:
            numbers = (literal(number) for number in layer.biases)
            source.enclosed(f"model.layer{depth}.bias.copy_(torch.tensor([", numbers, "]))")

    def _copy(self, source: Source, name: str, rows: Rows) -> None:
        with source.block(f"model.{name}.copy_(torch.tensor(["):
            _rows(source, rows)
        source.add("]))")

    def _straight(self) -> Iterator[str]:
        for depth, layer in enumerate(self.network.layers, 1):
            yield from self._layer(depth, layer, "x" if depth == 1 else f"out{depth - 1}")
        yield f"return {self.ending}{len(self.network.layers)}"

    def _through_time(self) -> Iterator[str]:
        """Layers above the topmost recurrent one are only computed where there is a target."""
        layers = self.network.layers
        for depth, layer in enumerate(layers, 1):
            if _is_recurrent(layer):
                zeros = ["0.0"] * len(layer.weights)
                state = zeros if layer.initial_state is None else [f"{literal(it)}" for it in layer.initial_state]
                yield f"out{depth} = torch.tensor([{', '.join(state)}], dtype=torch.float64).expand(x.shape[1], -1)"
        yield f"{self.ending}s = []"
        yield "for step, out0 in enumerate(x):"
        first = self.network.target_steps.start
        for depth, layer in enumerate(layers, 1):
            yield from (f"    {line}" for line in self._layer(depth, layer, f"out{depth - 1}"))
            if depth == self.topmost and first:
                yield f"    if step < {first}:"
                yield "        continue"
        yield f"    {self.ending}s.append({self.ending}{len(layers)})"
        yield f"return torch.stack({self.ending}s)"

    def _layer(self, depth: int, layer: Layer, below: str) -> Iterator[str]:
        terms = [f"self.layer{depth}({below})"]
        if _is_recurrent(layer):
            terms.append(f"self.recurrent{depth}(out{depth})")
        if isinstance(layer.biases, Given):
            terms.append(f"self.b{depth}")
        yield f"net{depth} = {' + '.join(terms)}"
        is_read = depth < len(self.network.layers) or self.ending == "out" or _is_recurrent(layer)
        if is_read:
            yield f"out{depth} = {self._activated(depth, f'net{depth}')}"

    def _activated(self, depth: int, net: str) -> str:
        layer = self.network.layers[depth - 1]
        if layer.activation is Activation.IDENTITY:
            return net
        known = FUNCTIONS[layer.activation]
        arguments = [net, *([] if layer.bend is None else [bend_of(depth - 1)])]
        arguments += [f"{name}={value}" for name, value in known.settings.items()]
        return f"{'torch' if known.is_basic else 'F'}.{known.function}({', '.join(arguments)})"

    def _run(self) -> Iterator[str]:
        """The forward pass and its error, after which there is an `out` to be shown."""
        yield f"{self.ending} = model(x)"
        if self.ending == "net":
            yield f"out = {self._activated(len(self.network.layers), 'net')}"
        yield f"E_total = error({self.ending}, y)"

    # --- The rounds -----------------------------------------------------------------------------------------

    def _error(self, source: Source) -> None:
        training, shape = self.network.training, self.derivation.graph.shape
        source.add("", "", f"def error({self.ending}, target):")
        divisor = shape.divisor * shape.batch_divisor
        loss = _LOSSES[training.loss]
        source.depth += 1
        if training.l1 is None and training.l2 is None:
            source.add(f"return {_divided(loss, divisor)}")
        else:
            source.add(f"data = {_divided(loss, divisor)}")
            source.add('weights = [it for name, it in model.named_parameters() if name.endswith("weight")]')
            terms = ["data"]
            if training.l1 is not None:
                terms.append("lambda1*sum(it.abs().sum() for it in weights)")
            if training.l2 is not None:
                terms.append("lambda2/2*sum((it**2).sum() for it in weights)")
            source.add(f"return {' + '.join(terms)}")
        source.depth -= 1

    def _optimizer(self, source: Source) -> None:
        source.add("", "", "trained = [it for it in model.parameters() if it.requires_grad]")
        name, settings = _optimizer(self.network.training.optimizer)
        arguments = ["trained", "lr=eta", *(f"{key}={value}" for key, value in settings.items())]
        source.enclosed(f"optimizer = torch.optim.{name}(", arguments, ")")

    def _first_round(self, source: Source) -> None:
        source.heading(self.say("first_round"))
        source.add(
            *self._run(),
            "optimizer.zero_grad()",
            "E_total.backward()",
            'show("out", out)',
            'show("E_total", E_total)',
            "for name, parameter in model.named_parameters():",
            "    if parameter.requires_grad:",
            '        show(f"dE_d{name}", parameter.grad)',
            "optimizer.step()",
            "for name, parameter in model.named_parameters():",
            "    if parameter.requires_grad:",
            "        show(name, parameter)",
        )

    def _training(self, source: Source) -> None:
        rounds = self.network.training.rounds
        source.heading(self.say("training"))
        source.add(f"rounds = {rounds}")
        source.enclosed("milestones = {", map(str, milestones_until(rounds)), "}")
        source.blank()
        source.comment(self.say("columns", columns="E_total, out"))
        source.add(
            "show_row(0, E_total, out)",
            "for done in range(1, rounds + 1):",
            *(f"    {line}" for line in self._run()),
            "    if done in milestones:",
            "        show_row(done, E_total, out)",
            "    if done == rounds:",
            "        break",
            "    optimizer.zero_grad()",
            "    E_total.backward()",
            "    optimizer.step()",
        )


def _is_recurrent(layer: Layer) -> bool:
    return layer.recurrent_weights is not None


def _bias(depth: int, layer: Layer) -> str:
    return f"b{depth}" if isinstance(layer.biases, Given) else f"layer{depth}.bias"


def _row(numbers: tuple[Given, ...]) -> str:
    return f"[{', '.join(map(literal, numbers))}]"


def _rows(source: Source, rows: Rows | list[tuple[Given, ...]]) -> None:
    for row in rows:
        source.enclosed("[", map(literal, row), "],")


def _divided(loss: str, divisor: int) -> str:
    return loss if divisor == 1 else f"{loss}/{divisor}"


def _optimizer(optimizer: Optimizer) -> tuple[str, dict[str, str]]:
    """The optimizer that is a rule's in torch, and its settings by torch's names."""
    known: dict[str, Given | None] = {name: getattr(optimizer, ours) for ours, name in SETTINGS.items()}
    settings = {name: literal(number) for name, number in known.items() if number is not None}
    if optimizer.beta1 is not None and optimizer.beta2 is not None:
        settings["betas"] = f"({literal(optimizer.beta1)}, {literal(optimizer.beta2)})"
    # Without a momentum torch refuses what would change nothing.
    if optimizer.rule is Rule.NESTEROV and optimizer.momentum is not None and optimizer.momentum.exact != 0:
        settings["nesterov"] = "True"
    return OPTIMIZERS[optimizer.rule], settings
