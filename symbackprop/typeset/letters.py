"""The letters that are written out: a symbol's text `delta` is the letter δ."""

from __future__ import annotations

from collections.abc import Mapping

GREEK: Mapping[str, str] = {
    "alpha": "α",
    "beta": "β",
    "delta": "δ",
    "epsilon": "ϵ",
    "eta": "η",
    "kappa": "κ",
    "lambda": "λ",
    "mu": "μ",
    "partial": "∂",
    "phi": "φ",
    "rho": "ρ",
    "sigma": "σ",
    "theta": "θ",
    "Delta": "Δ",
    "Phi": "Φ",
}
"""A letter's name, the same as TeX's command for it, and its character."""
