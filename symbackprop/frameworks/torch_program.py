"""A network as a forward pass of PyTorch in doubles, written from the network alone."""

from __future__ import annotations

from typing import Any

from symbackprop.frameworks.torch_names import FUNCTIONS
from symbackprop.functions import Activation, Loss
from symbackprop.network import Given, Layer, Network, Reduction
from symbackprop.records import record


@record(kw_only=True)
class LayerParameters:
    """A layer's tensors, which autograd follows."""

    weights: Any
    recurrent: Any
    biases: Any


Parameters = tuple[LayerParameters, ...]


def parameters_of(network: Network, torch: Any) -> Parameters:
    """The parameters as tensors."""
    return tuple(_parameters(layer, torch) for layer in network.layers)


def _parameters(layer: Layer, torch: Any) -> LayerParameters:
    biases = (layer.biases,) if isinstance(layer.biases, Given) else layer.biases
    return LayerParameters(
        weights=_tensor(layer.weights, torch).requires_grad_(),
        recurrent=None if layer.recurrent_weights is None else _tensor(layer.recurrent_weights, torch).requires_grad_(),
        biases=None if biases is None else _tensor(biases, torch).requires_grad_(),
    )


def _tensor(numbers: Any, torch: Any) -> Any:
    return torch.tensor(_floats(numbers), dtype=torch.float64)


def _floats(numbers: Any) -> Any:
    return float(numbers.exact) if isinstance(numbers, Given) else [_floats(it) for it in numbers]


def total_error(network: Network, parameters: Parameters, torch: Any) -> Any:
    """E_total, penalties and all."""
    training = network.training
    inputs = _tensor([sample.inputs for sample in network.samples], torch)
    targets = _tensor([sample.targets for sample in network.samples], torch)
    ends = _ends(network, parameters, inputs, torch)
    errors = _errors(network, targets, ends, torch)
    reductions = training.reductions
    # Cross-entropy is a sum over the outputs by definition.
    outputs_too = Reduction.SUM if training.loss is Loss.CROSS_ENTROPY else reductions.outputs
    for dimension, reduction in ((2, outputs_too), (1, reductions.steps), (0, reductions.batch)):
        errors = errors.mean(dimension) if reduction is Reduction.MEAN else errors.sum(dimension)
    for found in parameters:
        for weights in (found.weights, found.recurrent):
            if weights is not None and training.l1 is not None:
                errors = errors + float(training.l1.exact) * weights.abs().sum()
            if weights is not None and training.l2 is not None:
                errors = errors + float(training.l2.exact) / 2 * (weights**2).sum()
    return errors


# Their outputs are 0 or 1 to a double long before their errors are beyond it: they are computed from net inputs.
_FROM_NETS = (Loss.BINARY_CROSS_ENTROPY, Loss.CROSS_ENTROPY)


def _ends(network: Network, parameters: Parameters, inputs: Any, torch: Any) -> Any:
    """What the loss takes at each time step that has a target: samples, time steps, outputs or their net inputs."""
    states = [_initial(layer, torch) for layer in network.layers]
    found = []
    for step in range(network.steps):
        net = signals = inputs[:, step]
        for depth, (layer, own) in enumerate(zip(network.layers, parameters, strict=True)):
            net = signals @ own.weights.T
            if own.biases is not None:
                net = net + own.biases
            if own.recurrent is not None:
                net = net + states[depth] @ own.recurrent.T
            signals = states[depth] = _activate(layer, net, torch)
        found.append(net if network.training.loss in _FROM_NETS else signals)
    return torch.stack(found[network.target_steps.start :], dim=1)


def _initial(layer: Layer, torch: Any) -> Any:
    """What a layer had put out before the first time step."""
    if layer.initial_state is None:
        return torch.zeros(len(layer.weights), dtype=torch.float64)
    return _tensor(layer.initial_state, torch)


def _activate(layer: Layer, net: Any, torch: Any) -> Any:
    if layer.activation is Activation.IDENTITY:
        return net
    known = FUNCTIONS[layer.activation]
    function = getattr(torch if known.is_basic else torch.nn.functional, known.function)
    bends = () if layer.bend is None else (float(layer.bend.exact),)
    return function(net, *bends, **known.settings)


def _errors(network: Network, targets: Any, ends: Any, torch: Any) -> Any:
    functions = torch.nn.functional
    threshold = network.training.threshold
    match network.training.loss:
        case Loss.HALF_SQUARED:
            return (targets - ends) ** 2 / 2
        case Loss.SQUARED:
            return functions.mse_loss(ends, targets, reduction="none")
        case Loss.ABSOLUTE:
            return functions.l1_loss(ends, targets, reduction="none")
        case Loss.HUBER:
            delta = 1.0 if threshold is None else float(threshold.exact)
            return functions.huber_loss(ends, targets, reduction="none", delta=delta)
        case Loss.BINARY_CROSS_ENTROPY:
            return -(targets * functions.logsigmoid(ends) + (1 - targets) * functions.logsigmoid(-ends))
        case Loss.CROSS_ENTROPY:
            return -targets * functions.logsigmoid(ends - _of_the_others(ends, torch))


def _of_the_others(nets: Any, torch: Any) -> Any:
    """For each output the logarithm of the sum of e to the net inputs of all others.

    Softmax is the sigmoid of a net input above this. Log_softmax would lose what of a gradient is left near 1.
    """
    own = torch.eye(nets.shape[-1], dtype=torch.bool)
    return nets.unsqueeze(-2).masked_fill(own, -torch.inf).logsumexp(dim=-1)
