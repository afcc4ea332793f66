"""Formulas and figures of the default network as somebody may claim them, each with what is right and whether it is.

A pair is a quantity, what is claimed of it, and what is right, both as LaTeX and in the same letters: so a tool that
knows nothing of the network can be asked whether the two are equal.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A claim beside what is right."""

    quantity: str
    claimed: str
    right: str
    is_right: bool


_NET = r"w_1 i_1 + w_2 i_2 + b_1"
_OUT = r"\frac{1}{1 + e^{-net_{h1}}}"
_ERROR = r"\frac{1}{2}(target_{o1} - out_{o1})^2 + \frac{1}{2}(target_{o2} - out_{o2})^2"
_SLOPE = r"out_{o1} - target_{o1}"
_DELTA = r"(out_{o1} - target_{o1}) out_{o1} (1 - out_{o1})"
_BACK = r"\delta_{o1} w_5 + \delta_{o2} w_7"
_HIDDEN = r"(\delta_{o1} w_5 + \delta_{o2} w_7) out_{h1} (1 - out_{h1})"
_CHAIN = (
    r"\frac{\partial E_{total}}{\partial out_{o1}} \cdot \frac{\partial out_{o1}}{\partial net_{o1}}"
    r" \cdot \frac{\partial net_{o1}}{\partial w_5}"
)
_TURNED = (
    r"\frac{\partial net_{o1}}{\partial w_5} \cdot \frac{\partial out_{o1}}{\partial net_{o1}}"
    r" \cdot \frac{\partial E_{total}}{\partial out_{o1}}"
)
_STEP = r"w_5 - \eta \frac{\partial E_{total}}{\partial w_5}"
_GRADIENT = r"\frac{\partial E_{total}}{\partial w_5}"
_GRADIENT_1 = r"\frac{\partial E_{total}}{\partial w_1}"

_RIGHT = (
    ("net_{h1}", _NET, _NET),
    ("net_{h1}", r"i_1 w_1 + i_2 w_2 + b_1 \cdot 1", _NET),
    ("net_{h1}", r"b_1 + w_{1} \times i_{1} + w_{2} \times i_{2}", _NET),
    ("net_{h1}", r"w_1*i_1 + w_2*i_2 + b_1", _NET),
    ("net_{h1}", r"0.15 \cdot 0.05 + 0.2 \cdot 0.1 + 0.35", "0.3775"),
    ("net_{h1}", r".15 * .05 + .20 * .10 + .35", "0.3775"),
    ("net_{h1}", "0.15 × 0.05 + 0.2 × 0.1 + 0.35 × 1", "0.3775"),
    ("net_{h1}", "0.3775", "0.3775"),
    ("net_{h1}", r"3.775 \times 10^{-1}", "0.3775"),
    ("out_{h1}", r"1/(1 + \exp(-net_{h1}))", _OUT),
    ("out_{h1}", r"(1 + e^{-net_{h1}})^{-1}", _OUT),
    ("out_{h1}", r"\sigma(net_{h1})", r"\sigma(net_{h1})"),
    ("out_{h1}", r"\frac{1}{1 + e^{-0.3775}}", "0.593269992107187"),
    ("out_{h1}", "0.593269992", "0.593269992107187"),
    ("out_{h1}", "0.5933", "0.593269992107187"),
    ("E_{total}", r"\frac12 (out_{o1} - target_{o1})^{2} + \frac12 (out_{o2} - target_{o2})^{2}", _ERROR),
    ("E_{total}", r"\sum_{o} \frac{1}{2}(target_o - out_o)^2", _ERROR),
    ("E_{total}", "0.274811083 + 0.023560026", "0.298371108760003"),
    ("E_{o1}", r"\frac{1}{2}(0.01 - 0.75136507)^2", "0.274811083176155"),
    (r"\frac{\partial E_{total}}{\partial out_{o1}}", r"-(target_{o1} - out_{o1})", _SLOPE),
    (r"\frac{\partial E_{total}}{\partial out_{o1}}", "0.75136507 - 0.01", "0.741365069552316"),
    (r"\frac{\partial out_{o1}}{\partial net_{o1}}", r"out_{o1} - out_{o1}^2", r"out_{o1}(1 - out_{o1})"),
    (r"\frac{\partial out_{o1}}{\partial net_{o1}}", "0.186815602", "0.186815601989672"),
    (r"\delta_{o1}", r"-(target_{o1} - out_{o1}) \cdot out_{o1} \cdot (1 - out_{o1})", _DELTA),
    (_GRADIENT, r"out_{h1} \delta_{o1}", r"\delta_{o1} out_{h1}"),
    (_GRADIENT, _TURNED, _CHAIN),
    (_GRADIENT, r"0.74136507 * 0.186815602 * 0.593269992", "0.0821670405642308"),
    (_GRADIENT, "0.08217", "0.0821670405642308"),
    ("w_5^{+}", _STEP, _STEP),
    ("w_5^{+}", r"0.4 - 0.5 \times 0.082167041", "0.358916479717885"),
    (r"\frac{\partial E_{total}}{\partial out_{h1}}", r"w_7 \delta_{o2} + w_5 \delta_{o1}", _BACK),
    (
        r"\delta_{h1}",
        r"w_5 \delta_{o1} out_{h1} (1 - out_{h1}) + w_7 \delta_{o2} out_{h1} (1 - out_{h1})",
        _HIDDEN,
    ),
    (_GRADIENT_1, r"4.38568 \times 10^{-4}", "0.000438567716394"),
    (r"\frac{\partial E_{o2}}{\partial out_{h1}}", "-0.019049119", "-0.0190491184"),
)

_WRONG = (
    ("net_{h1}", r"w_1 i_1 + w_3 i_2 + b_1", _NET),
    ("net_{h1}", r"w_1 i_1 + w_2 i_2", _NET),
    ("net_{h1}", r"w_1 i_1 - w_2 i_2 + b_1", _NET),
    ("net_{h1}", r"0.15 \cdot 0.05 + 0.25 \cdot 0.1 + 0.35", "0.3775"),
    ("net_{h1}", "0.3755", "0.3775"),
    ("out_{h1}", r"\frac{1}{1 + e^{net_{h1}}}", _OUT),
    ("out_{h1}", r"\frac{1}{1 + e^{-out_{h1}}}", _OUT),
    ("out_{h1}", "0.595269992", "0.593269992107187"),
    ("out_{h1}", "0.593296992", "0.593269992107187"),
    ("E_{total}", r"\frac{1}{2}(target_{o1} - out_{o1})^2 + (target_{o2} - out_{o2})^2", _ERROR),
    ("E_{total}", r"\frac{1}{2}(target_{o1} - out_{o1}) + \frac{1}{2}(target_{o2} - out_{o2})", _ERROR),
    ("E_{o1}", "0.247811083", "0.274811083176155"),
    (r"\frac{\partial E_{total}}{\partial out_{o1}}", r"target_{o1} - out_{o1}", _SLOPE),
    (r"\frac{\partial out_{o1}}{\partial net_{o1}}", r"out_{o1}(1 - net_{o1})", r"out_{o1}(1 - out_{o1})"),
    (r"\frac{\partial out_{o1}}{\partial net_{o1}}", r"out_{o1}(1 + out_{o1})", r"out_{o1}(1 - out_{o1})"),
    (r"\delta_{o1}", r"(out_{o1} - target_{o1}) out_{o1}", _DELTA),
    (_GRADIENT, r"\delta_{o1} net_{h1}", r"\delta_{o1} out_{h1}"),
    (_GRADIENT, r"\delta_{o2} out_{h1}", r"\delta_{o1} out_{h1}"),
    (_GRADIENT, r"0.74136507 * 0.186815602 * 0.596884378", "0.0821670405642308"),
    (_GRADIENT, "0.0826670", "0.0821670405642308"),
    ("w_5^{+}", r"w_5 + \eta \frac{\partial E_{total}}{\partial w_5}", _STEP),
    ("w_5^{+}", r"w_5 - \frac{\partial E_{total}}{\partial w_5}", _STEP),
    ("w_5^{+}", r"0.4 - 0.5 \times 0.82167041", "0.358916479717885"),
    ("w_5^{+}", "0.35981648", "0.358916479717885"),
    (r"\frac{\partial E_{total}}{\partial out_{h1}}", r"\delta_{o1} w_5", _BACK),
    (r"\frac{\partial E_{total}}{\partial out_{h1}}", r"\delta_{o1} w_5 + \delta_{o2} w_6", _BACK),
    (r"\delta_{h1}", r"\delta_{o1} w_5 + \delta_{o2} w_7", _HIDDEN),
    (_GRADIENT_1, r"\delta_{h1} i_2", r"\delta_{h1} i_1"),
    (_GRADIENT_1, "0.000448568", "0.000438567716394"),
    ("w_1^{+}", "0.14978761", "0.149780716132763"),
)

PAIRS = tuple(
    Pair(quantity=quantity, claimed=claimed, right=right, is_right=is_right)
    for pairs, is_right in ((_RIGHT, True), (_WRONG, False))
    for quantity, claimed, right in pairs
)
