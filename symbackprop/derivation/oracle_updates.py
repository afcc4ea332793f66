"""One update of one parameter by each optimizer, written from the documentation of PyTorch's `torch.optim`."""

from __future__ import annotations

from collections.abc import Mapping

from flint import arb

from symbackprop.network import Rule


def update(rule: Rule, parameter: str, gradient: arb, point: Mapping[str, arb]) -> Mapping[str, arb]:
    """The parameter (`w5+`) and the optimizer's state after one round (`m_w5+`, `v_w5+`), all by id.

    `point` gives the parameter, the settings and the state before: `m_w5`, `v_w5`, and `beta1_t`, `beta2_t`, the
    powers of adam's betas that the rounds so far have reached (1 before the first).
    """
    now, eta = point[parameter], point["eta"]
    new, first, second = f"{parameter}+", f"m_{parameter}", f"v_{parameter}"
    match rule:
        case Rule.SGD:
            return {new: now - eta * gradient}
        case Rule.MOMENTUM:
            buffer = point["mu"] * point[first] + gradient
            return {f"{first}+": buffer, new: now - eta * buffer}
        case Rule.NESTEROV:
            buffer = point["mu"] * point[first] + gradient
            return {f"{first}+": buffer, new: now - eta * (gradient + point["mu"] * buffer)}
        case Rule.RMSPROP:
            average = point["rho"] * point[second] + (1 - point["rho"]) * gradient * gradient
            return {f"{second}+": average, new: now - eta * gradient / (_root(average) + point["epsilon"])}
        case Rule.ADAM:
            return _adam(parameter, gradient, point, now)
        case Rule.ADAMW:
            return _adam(parameter, gradient, point, now - eta * point["lambda"] * now)


def _adam(parameter: str, gradient: arb, point: Mapping[str, arb], decayed: arb) -> Mapping[str, arb]:
    power1, power2 = point["beta1_t"] * point["beta1"], point["beta2_t"] * point["beta2"]
    mean = point["beta1"] * point[f"m_{parameter}"] + (1 - point["beta1"]) * gradient
    square = point["beta2"] * point[f"v_{parameter}"] + (1 - point["beta2"]) * gradient * gradient
    unbiased_mean, unbiased_square = mean / (1 - power1), square / (1 - power2)
    return {
        "beta1_t+": power1,
        "beta2_t+": power2,
        f"m_{parameter}+": mean,
        f"v_{parameter}+": square,
        f"mhat_{parameter}": unbiased_mean,
        f"vhat_{parameter}": unbiased_square,
        f"{parameter}+": decayed - point["eta"] * unbiased_mean / (_root(unbiased_square) + point["epsilon"]),
    }


def _root(square: arb) -> arb:
    """The root of what is no less than 0, even where the ball around it reaches below."""
    return square.nonnegative_part().sqrt() if square.contains(0) else square.sqrt()
