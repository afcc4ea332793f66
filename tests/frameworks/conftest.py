"""What the tests of several frameworks share."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture
def torch() -> Iterator[Any]:
    found = pytest.importorskip("torch")
    with found.random.fork_rng(), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        found.manual_seed(5)
        yield found


@pytest.fixture
def keras(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    # On PyTorch unless KERAS_BACKEND says tensorflow or jax.
    backend = os.environ.get("KERAS_BACKEND", "torch")
    pytest.importorskip(backend)
    monkeypatch.setenv("KERAS_BACKEND", backend)
    monkeypatch.setenv("JAX_ENABLE_X64", "1")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = pytest.importorskip("keras")
        if found.backend.backend() != backend:
            pytest.skip(f"needs Keras on {backend}")
        before = found.backend.floatx()
        found.backend.set_floatx("float64")
        found.config.set_dtype_policy("float64")
        found.utils.set_random_seed(3)
        yield found
        found.backend.set_floatx(before)
        found.config.set_dtype_policy(before)
