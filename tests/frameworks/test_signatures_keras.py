"""Every argument in the signatures of Keras's classes is honoured, of no effect, or refused by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from inspect import Parameter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symbackprop.derivation.derive import derive
from symbackprop.errors import UnsupportedError
from symbackprop.frameworks.from_keras import from_keras
from symbackprop.frameworks.keras_settings import LAYERS, LOSSES, OPTIMIZERS
from symbackprop.frameworks.settings import Understood, defaults_of, defaults_of_method
from symbackprop.network import Network
from tests.frameworks.keras_gradients import NUMBERS, STEPS, assert_same, model

pytestmark = pytest.mark.slow

# Values other than the defaults, honoured or without effect.
VALUES: Mapping[str, Any] = {
    "name": "another", "dtype": "float64", "autocast": False, "kernel_initializer": "ones", "bias_initializer": "ones",
    "recurrent_initializer": "ones", "activation": "relu", "use_bias": False, "return_sequences": True, "unroll": True,
    "seed": 3, "negative_slope": 0.25, "alpha": 0.75, "data_format": "channels_last", "noise_shape": (3,),
    "reduction": "sum", "delta": 0.25, "from_logits": True, "learning_rate": 0.125, "momentum": 0.75, "nesterov": True,
    "beta_1": 0.75, "beta_2": 0.5, "epsilon": 0.0625, "ema_momentum": 0.5, "ema_overwrite_frequency": 3,
    "metrics": ["mae"], "weighted_metrics": ["mae"], "run_eagerly": True, "steps_per_execution": 2, "jit_compile": False,
    "auto_scale_loss": False,
}  # fmt: skip
# Values of another calculation.
OTHERS: Mapping[str, Any] = {
    "kernel_regularizer": "l2", "bias_regularizer": "l2", "recurrent_regularizer": "l2", "activity_regularizer": "l2",
    "kernel_constraint": "max_norm", "bias_constraint": "max_norm", "recurrent_constraint": "max_norm",
    "lora_rank": 1, "lora_alpha": 2, "dropout": 0.25, "recurrent_dropout": 0.25, "return_state": True,
    "go_backwards": True, "stateful": True, "zero_output_for_mask": True, "trainable": False, "max_value": 6,
    "threshold": 0.5, "axis": 1, "label_smoothing": 0.25, "ignore_class": 1, "weight_decay": 0.25, "clipnorm": 1.0,
    "clipvalue": 1.0, "global_clipnorm": 1.0, "use_ema": True, "loss_scale_factor": 2.0,
    "gradient_accumulation_steps": 2, "amsgrad": True, "loss_weights": [2.0],
}  # fmt: skip
# What is asked for anyway, or makes another thing.
APART = {"layers", "cell", "units", "quantization_config"}


def arguments(known: Mapping[str, Understood], package: Any) -> Iterator[tuple[str, str]]:
    for kind in known:
        for name, default in defaults_of(getattr(package, kind)).items():
            if default is not Parameter.empty and name not in APART:
                yield kind, name


def is_understood(known: Understood, name: str) -> bool:
    return name in known.reads | known.harmless | known.bounds.keys()


def layers_with(keras: Any, kind: str, settings: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    """A model with a layer of that kind, and samples that suit it."""
    dense = keras.layers.Dense
    made: Any = getattr(keras.layers, kind, None)
    inputs, targets = NUMBERS, NUMBERS[:, :2]
    match kind:
        case "SimpleRNN":
            rnn = made(4, **settings)
            inputs = STEPS
            if settings.get("return_sequences"):
                return model(keras, rnn, dense(2), shape=(4, 3)), STEPS, STEPS[:, :, :2]
            return model(keras, rnn, dense(2), shape=(4, 3)), STEPS, STEPS[:, 0, :2]
        case "Dense":
            found = model(keras, made(4, **settings), dense(2))
        case "Activation":
            found = model(keras, dense(4), made(**{"activation": "tanh", **settings}), dense(2))
        case "Dropout":
            found = model(keras, dense(4), made(**{"rate": 0, **settings}), dense(2))
        case "Sequential":
            inner = keras.Sequential([dense(4), dense(2)], **settings)
            found = model(keras, inner)
        case "Flatten":
            found = model(keras, made(**settings), dense(2))
        case _:
            found = model(keras, dense(4), made(**settings), dense(2))
    return found, inputs, targets


# Keras takes it and forgets it.
DROPPED = {("SimpleRNN", "activity_regularizer")}


def layers_otherwise(keras: Any, kind: str, name: str) -> tuple[Any, Any, Any]:
    """The same with a value of another calculation, put in later where Keras wants other samples for it."""
    value = {**VALUES, **OTHERS}[name]
    try:
        return layers_with(keras, kind, {name: value})
    except ValueError:
        found = layers_with(keras, kind, {})
        setattr(found[0].layers[0], name, value)
        return found


def refusal(what: Callable[[], object]) -> str:
    with pytest.raises(UnsupportedError) as refused:
        what()
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_every_argument_of_a_layer(keras: Any) -> None:
    loss = keras.losses.MeanSquaredError()
    seen = 0
    # What goes in is no layer of the model's to Keras, and calculates nothing.
    layers = {kind: known for kind, known in LAYERS.items() if kind not in {"Sequential", "InputLayer"}}
    for kind, name in [*arguments(layers, keras.layers), *arguments({"Sequential": LAYERS["Sequential"]}, keras)]:
        seen += 1
        if is_understood(LAYERS[kind], name):
            value = 0 if name == "rate" else VALUES[name]
            made, inputs, targets = layers_with(keras, kind, {name: value})
            network = from_keras(made, inputs, targets, loss, learning_rate=0.5)
            if kind != "Sequential":
                assert_same(keras, made, network, loss, inputs, targets)
        else:
            made, inputs, targets = layers_otherwise(keras, kind, name)
            if (kind, name) in DROPPED:
                assert not made.losses
                continue
            said = refusal(lambda: from_keras(made, inputs, targets, loss, learning_rate=0.5))  # noqa: B023
            assert f"({kind}): {name}=" in said, (kind, name)
            assert " is not supported; expected " in said
    assert seen > 60


def test_every_argument_of_a_loss(keras: Any) -> None:
    seen = 0
    for kind, name in arguments(LOSSES, keras.losses):
        seen += 1
        classes = kind == "SparseCategoricalCrossentropy"
        targets = np.array([0, 1, 1, 2]) if classes else np.eye(3)[[0, 1, 1, 2]]
        is_logits = name == "from_logits"
        last = "linear" if is_logits or kind == "Huber" else "softmax" if "ategorical" in kind else "sigmoid"
        made = model(keras, keras.layers.Dense(3, activation=last))
        if is_understood(LOSSES[kind], name):
            loss = getattr(keras.losses, kind)(**{name: VALUES[name]})
            assert_same(
                keras, made, from_keras(made, NUMBERS, targets, loss, learning_rate=0.5), loss, NUMBERS, targets
            )
        else:
            loss = getattr(keras.losses, kind)(**{name: OTHERS[name]})
            said = refusal(lambda: from_keras(made, NUMBERS, targets, loss, learning_rate=0.5))  # noqa: B023
            assert f"loss: {name}={OTHERS[name]} is not supported; expected " in said
    assert seen > 20


def compiled(keras: Any, optimizer: Any, **options: Any) -> tuple[Any, Network]:
    keras.utils.set_random_seed(3)
    made = model(keras, keras.layers.Dense(1, use_bias=False))
    made.compile(**{"loss": "mse", "optimizer": optimizer, **options})
    return made, from_keras(made, NUMBERS, NUMBERS[:, :1])


def test_every_argument_of_an_optimizer(keras: Any) -> None:
    seen = 0
    for kind, name in arguments(OPTIMIZERS, keras.optimizers):
        seen += 1
        class_, known = getattr(keras.optimizers, kind), OPTIMIZERS[kind]
        beside = {"momentum": 0.75} if name == "nesterov" else {}
        if name in known.reads:
            made, network = compiled(keras, class_(**{name: VALUES[name], **beside}))
            made.train_on_batch(NUMBERS, NUMBERS[:, :1])
            moved = [float(derive(network)[f"w{number}+"].value) for number in (1, 2, 3)]
            theirs = [float(it) for it in made.get_weights()[0].ravel()]
            if name == "epsilon":
                # Keras adds it before it corrects for the start at zero.
                assert str(network.training.optimizer.epsilon.typed) == "0.0625"  # type: ignore[union-attr]
            else:
                assert moved == pytest.approx(theirs, rel=1e-4), (kind, name)
        elif name in known.harmless:
            _, network = compiled(keras, class_(**{name: VALUES[name]}))
            assert network == compiled(keras, class_())[1], (kind, name)
        else:
            said = refusal(lambda: compiled(keras, class_(**{name: OTHERS[name]})))  # noqa: B023 - called at once
            assert f"{kind}: {name}={OTHERS[name]} is not supported; expected " in said
            assert said.endswith("learning_rate=... takes plain gradient descent instead")
    assert seen > 20


def test_every_option_of_compile(keras: Any) -> None:
    plain = compiled(keras, keras.optimizers.SGD())[1]
    names = [it for it in defaults_of_method(keras.Sequential, "compile") if it not in {"loss", "optimizer"}]
    for name in names:
        if name in OTHERS:
            said = refusal(lambda: compiled(keras, keras.optimizers.SGD(), **{name: OTHERS[name]}))  # noqa: B023
            assert f"compile: {name}={OTHERS[name]} is not supported; expected None" in said
        else:
            assert compiled(keras, keras.optimizers.SGD(), **{name: VALUES[name]})[1] == plain
    assert len(names) > 5


@pytest.mark.parametrize("given", [{}, {"loss": "mse"}, {"optimizer"}, {"learning_rate": 0.5}], ids=",".join)
def test_options_of_compile_are_asked_while_loss_or_optimizer_is_the_compiled_one(keras: Any, given: Any) -> None:
    own = {"optimizer": keras.optimizers.SGD(0.5)} if given == {"optimizer"} else given
    made = model(keras, keras.layers.Dense(1))
    made.compile(loss="mse", optimizer="sgd", loss_weights=[2.0])
    said = refusal(lambda: from_keras(made, NUMBERS, NUMBERS[:, :1], **own))
    assert said == "from_keras: compile: loss_weights=[2.0] is not supported; expected None"


@pytest.mark.parametrize("by", ["optimizer", "learning_rate"])
def test_a_whole_training_of_ones_own_takes_the_place_of_the_compiled_one(keras: Any, by: str) -> None:
    own = {"optimizer": keras.optimizers.SGD(0.5)} if by == "optimizer" else {"learning_rate": 0.5}
    made = model(keras, keras.layers.Dense(1))
    plain = from_keras(made, NUMBERS, NUMBERS[:, :1], "mse", learning_rate=0.5)
    made.compile(loss="mae", optimizer="adam", loss_weights=[2.0])
    assert from_keras(made, NUMBERS, NUMBERS[:, :1], "mse", **own) == plain


def _later(base: Any) -> Any:
    """The class as a later release may have it, with an argument more."""

    class Later(base):  # type: ignore[misc]
        def __init__(self, *given: Any, gain: float = 1.0, **known: Any) -> None:
            super().__init__(*given, **known)
            self.gain = gain

    return Later


def test_an_argument_of_a_later_release_is_refused(keras: Any) -> None:
    for gain, said in ((1.0, ""), (2.0, "gain=2.0 is not supported; expected 1.0")):
        dense = _later(keras.layers.Dense)(2, gain=gain)
        loss = _later(keras.losses.MeanSquaredError)(gain=gain)
        optimizer = _later(keras.optimizers.SGD)(gain=gain)
        plain = model(keras, keras.layers.Dense(2))
        for made, given in (
            (model(keras, dense), ("mse", keras.optimizers.SGD())),
            (plain, (loss, keras.optimizers.SGD())),
            (plain, ("mse", optimizer)),
        ):
            if said:
                assert said in refusal(lambda: from_keras(made, NUMBERS, NUMBERS[:, :2], *given))  # noqa: B023
            else:
                assert len(from_keras(made, NUMBERS, NUMBERS[:, :2], *given).layers) == 1


def _overriding(base: Any, name: str) -> Any:
    def own(self: Any, *given: Any, **known: Any) -> Any:
        return getattr(super(type(self), self), name)(*given, **known)

    return type("Mine", (base,), {name: own})


def _mse(given: Any, wanted: Any) -> Any:
    return given - wanted


_mse.__name__ = "mse"


def _changed(change: Callable[[Any, Any], object]) -> Callable[[Any], Any]:
    def make(keras: Any) -> Any:
        made = model(keras, keras.layers.Dense(2))
        made.build((None, 3))
        change(keras, made)
        return made

    return make


def _shared(keras: Any) -> Any:
    dense = keras.layers.Dense(3)
    return model(keras, keras.Sequential([dense]), keras.Sequential([dense]), keras.layers.Dense(2))


def _frozen(_: Any, made: Any) -> None:
    made.layers[0].kernel.trainable = False


def _constrained(keras: Any, made: Any) -> None:
    made.layers[0].bias.constraint = keras.constraints.NonNeg()


def _with_call(_: Any, made: Any) -> None:
    made.layers[0].call = abs


def _with_train_step(_: Any, made: Any) -> None:
    made.train_step = abs


def _with_loss(keras: Any, made: Any) -> None:
    made.layers[0].add_loss(keras.ops.ones(()))


def _with_cell(keras: Any) -> Any:
    made = model(keras, keras.layers.SimpleRNN(2, return_sequences=True), shape=(4, 3))
    made.layers[0].cell.dropout = 0.5
    return made


MODELS: list[tuple[Callable[[Any], Any], str]] = [
    (_changed(_with_call), "0 (Dense): a call of its own is not supported"),
    (_changed(_with_train_step), "Sequential: a train_step of its own is not supported"),
    (_changed(_frozen), "0 (Dense).kernel: trainable=False is not supported; expected True"),
    (_changed(_constrained), "0 (Dense).bias: constraint=<NonNeg> is not supported; expected None"),
    (_changed(_with_loss), "a term of the loss that add_loss gave is not supported"),
    (_shared, "1.0 (Dense): a weight that 0.0 (Dense) has, too, is not supported"),
    (_with_cell, "0 (SimpleRNN): dropout=0.5 is not supported; expected 0.0"),
    (
        lambda k: model(k, _overriding(k.layers.Dense, "compute_output_spec")(2)),
        "0 (Mine): a compute_output_spec of its own is not supported",
    ),
    (
        lambda k: _overriding(k.Sequential, "train_step")([k.Input((3,)), k.layers.Dense(2)]),
        "Mine: a train_step of its own is not supported",
    ),
]


@pytest.mark.parametrize(("make", "said"), MODELS)
def test_whatever_hangs_on_a_model_is_refused(keras: Any, make: Callable[[Any], Any], said: str) -> None:
    made = make(keras)
    samples = STEPS if len(made.input_shape) == 3 else NUMBERS
    assert said in refusal(lambda: from_keras(made, samples, samples[..., :2], "mse", learning_rate=0.5))


TRAININGS: list[tuple[Callable[[Any], tuple[Any, Any]], str]] = [
    (lambda k: (_mse, k.optimizers.SGD()), "loss: function is not supported; expected MeanSquaredError"),
    (lambda k: (_overriding(k.losses.MeanSquaredError, "call")(), None), "loss: a call of its own is not supported"),
    (lambda k: (_overriding(k.losses.Huber, "__call__")(), None), "loss: a __call__ of its own is not supported"),
    (
        lambda k: ("mse", _overriding(k.optimizers.SGD, "update_step")()),
        "SGD: a update_step of its own is not supported",
    ),
]


@pytest.mark.parametrize(("make", "said"), TRAININGS)
def test_whatever_hangs_on_a_training_is_refused(keras: Any, make: Callable[[Any], tuple[Any, Any]], said: str) -> None:
    made = model(keras, keras.layers.Dense(2))
    loss, optimizer = make(keras)
    optimizer = optimizer or keras.optimizers.SGD()
    assert said in refusal(lambda: from_keras(made, NUMBERS, NUMBERS[:, :2], loss, optimizer))


def test_what_a_life_leaves_on_a_model_is_no_matter(keras: Any, tmp_path: Path) -> None:
    dense = keras.layers.Dense
    made = keras.Sequential([keras.layers.InputLayer((3,)), dense(3, activation="tanh"), dense(2)])
    made.compile(loss="mse", optimizer=keras.optimizers.SGD(0.5), metrics=["mae"])
    made.fit(NUMBERS, NUMBERS[:, :2], verbose=0)
    made.predict(NUMBERS, verbose=0)
    made.save(tmp_path / "model.keras")
    network = from_keras(made, NUMBERS, NUMBERS[:, :2])
    assert from_keras(keras.models.load_model(tmp_path / "model.keras"), NUMBERS, NUMBERS[:, :2]) == network
    assert from_keras(made, NUMBERS, NUMBERS[:, :2], keras.losses.mean_squared_error) == network


def test_hooks_of_pytorch_are_refused(keras: Any) -> None:
    if keras.backend.backend() != "torch":
        pytest.skip("needs Keras on PyTorch")
    made = model(keras, keras.layers.Dense(2))

    def read() -> object:
        return from_keras(made, NUMBERS, NUMBERS[:, :2], "mse", learning_rate=0.5)

    handle = made.layers[0].register_forward_hook(lambda *_: None)
    assert "0 (Dense): a layer with forward hooks" in refusal(read)
    handle.remove()
    made.layers[0].kernel.value.register_hook(lambda _: None)
    assert "0 (Dense).kernel: a weight with backward hooks" in refusal(read)


@pytest.mark.parametrize("precision", ["float16", "bfloat16", "float32", "float64"])
def test_a_precision_is_that_of_the_weights(keras: Any, precision: str) -> None:
    made = model(keras, keras.layers.Dense(2, dtype=precision))
    network = from_keras(made, NUMBERS, NUMBERS[:, :2], "mse", learning_rate=0.5)
    ours = [float(it.exact) for row in network.layers[0].weights for it in row]
    theirs = [
        float(it) for it in keras.ops.convert_to_numpy(keras.ops.cast(made.layers[0].kernel, "float64")).T.ravel()
    ]
    assert ours == pytest.approx(theirs, rel=1e-3 if precision == "float16" else 1e-7)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_a_mixed_precision_is_refused(keras: Any, policy: str) -> None:
    made = model(keras, keras.layers.Dense(2, dtype=policy))
    said = refusal(lambda: from_keras(made, NUMBERS, NUMBERS[:, :2], "mse", learning_rate=0.5))
    assert (
        f"0 (Dense): dtype='{policy}' is not supported; expected 'float16' or 'bfloat16' or 'float32' or 'float64'"
        in said
    )
