"""What LaTeX's commands and Unicode's signs are to a reader of formulas."""

from __future__ import annotations

from collections.abc import Mapping

from symbackprop.typeset.greek import GREEK

GREEK_COMMANDS: Mapping[str, str] = {
    **{name: name for name in GREEK if name not in ("partial", "odot")},
    "varepsilon": "epsilon",
    "vartheta": "theta",
    "varphi": "phi",
    "varrho": "rho",
    "varsigma": "sigma",
}
GREEK_LETTERS: Mapping[str, str] = {
    **{letter: name for name, letter in GREEK.items() if name not in ("partial", "odot")},
    "ϵ": "epsilon",
    "ϕ": "phi",
    "ϑ": "theta",
    "µ": "mu",
    "ℓ": "l",
}

SKIPPED = frozenset(
    [
        "quad",
        "qquad",
        "thinspace",
        "medspace",
        "thickspace",
        "negthinspace",
        "negmedspace",
        "negthickspace",
        "enspace",
        "enskip",
        "nobreak",
        "nobreakspace",
        "allowbreak",
        "displaystyle",
        "textstyle",
        "scriptstyle",
        "scriptscriptstyle",
        "limits",
        "nolimits",
        "nonumber",
        "notag",
        "left",
        "right",
        "middle",
        "big",
        "Big",
        "bigg",
        "Bigg",
        "bigl",
        "bigr",
        "Bigl",
        "Bigr",
        "biggl",
        "biggr",
        "Biggl",
        "Biggr",
        "bigm",
        "Bigm",
        "mathstrut",
        "strut",
        "hfill",
        "hfil",
        "noindent",
        "centering",
        "protect",
        "relax",
        "rm",
        "it",
        "bf",
        "sf",
        "tt",
        "tiny",
        "small",
        "normalsize",
        "large",
        "Large",
        "LARGE",
        "cr",
        "newline",
        "displaylimits",
        "mathord",
    ]
) - {"cr", "newline"}
"""Commands that say nothing of the formula."""

SKIPPED_WITH_ARGUMENT: Mapping[str, int] = {
    "label": 1,
    "tag": 1,
    "hspace": 1,
    "vspace": 1,
    "color": 1,
    "phantom": 1,
    "hphantom": 1,
    "vphantom": 1,
    "ref": 1,
    "eqref": 1,
    "cite": 1,
    "footnote": 1,
    "mspace": 1,
    "textcolor": 1,
    "colorbox": 1,
    "mathcolor": 1,
    "fcolorbox": 2,
    "cancelto": 1,
    "href": 1,
    "class": 1,
    "style": 1,
    "cssId": 1,
    "raisebox": 1,
}
"""Commands with arguments of which the first ones, so many, say nothing; what follows them is read."""

LOOKED_THROUGH = frozenset(
    [
        "boxed",
        "num",
        "fbox",
        "cancel",
        "bcancel",
        "xcancel",
        "underline",
        "smash",
        "mathit",
        "mathsf",
        "mathtt",
        "mathnormal",
        "textit",
        "textsf",
        "texttt",
        "mathop",
        "mathbin",
        "mathrel",
        "mathord",
        "mathopen",
        "mathclose",
        "mathinner",
        "ensuremath",
        "hbox",
        "mbox",
        "mathstrut",
        "bbox",
        "enclose",
    ]
)
"""Commands whose argument stands as it is."""

ANNOTATED = frozenset({"underbrace", "overbrace", "underbracket", "overbracket", "underset", "overset", "stackrel"})
"""Commands that hang a note on a formula: after it as a script, or as their first argument."""
NOTE_FIRST = frozenset({"underset", "overset", "stackrel"})

WORDS = frozenset({"mathrm", "text", "textrm", "textnormal", "operatorname", "textbf", "textup", "rm", "tag", "mathbb"})
"""Commands whose argument is a word, or a remark."""
BOLD = frozenset({"mathbf", "boldsymbol", "bm", "pmb", "vec", "mathcal", "bold", "overrightarrow", "mathfrak"})
ACCENTS: Mapping[str, str] = {"hat": "hat", "widehat": "hat", "bar": "bar", "overline": "bar", "tilde": "tilde"}

FUNCTIONS: Mapping[str, str] = {
    "exp": "exp",
    "ln": "log",
    "log": "log",
    "tanh": "tanh",
    "max": "max",
    "min": "min",
    "sgn": "sign",
    "sign": "sign",
    "sqrt": "sqrt",
    "abs": "abs",
}

RELATIONS: Mapping[str, str] = {
    "equiv": "=",
    "approx": "~",
    "approxeq": "~",
    "simeq": "~",
    "sim": "~",
    "cong": "~",
    "doteq": "~",
    "fallingdotseq": "~",
    "coloneqq": ":=",
    "coloneq": ":=",
    "triangleq": "=",
    "eqqcolon": "=",
    "leftarrow": "<-",
    "gets": "<-",
    "longleftarrow": "<-",
}
ARROWS = frozenset(
    [
        "to",
        "rightarrow",
        "Rightarrow",
        "implies",
        "iff",
        "Leftrightarrow",
        "longrightarrow",
        "Longrightarrow",
        "mapsto",
        "therefore",
        "because",
        "leadsto",
        "rightsquigarrow",
        "Longleftrightarrow",
        "and",
        "land",
    ]
)
COMPARISONS: Mapping[str, str] = {
    "gt": ">",
    "lt": "<",
    "ge": ">=",
    "geq": ">=",
    "geqslant": ">=",
    "le": "<=",
    "leq": "<=",
    "leqslant": "<=",
}
TIMES = frozenset({"cdot", "times", "ast", "star", "bullet", "cdotp"})
DOTS = frozenset({"ldots", "dots", "cdots", "dotsc", "dotsb", "dotso"})
MATRICES = frozenset({"odot", "circ", "otimes", "top", "intercal", "transpose", "vdots", "ddots", "nabla_"})
FRACTIONS = frozenset({"frac", "tfrac", "dfrac", "cfrac", "sfrac", "nicefrac"})

SIGNS: Mapping[str, tuple[str, str]] = {
    "+": ("operator", "+"),
    "-": ("operator", "-"),
    "*": ("operator", "*"),
    "/": ("operator", "/"),
    "·": ("operator", "*"),
    "⋅": ("operator", "*"),
    "∙": ("operator", "*"),
    "•": ("operator", "*"),
    "×": ("operator", "*"),
    "✕": ("operator", "*"),
    "∗": ("operator", "*"),
    "⋆": ("operator", "*"),
    "÷": ("operator", "/"),
    "∕": ("operator", "/"),
    "⁄": ("operator", "/"),
    "=": ("relation", "="),
    "≡": ("relation", "="),
    "≔": ("relation", ":="),
    "≈": ("relation", "~"),
    "≃": ("relation", "~"),
    "≅": ("relation", "~"),
    "≒": ("relation", "~"),
    "∼": ("relation", "~"),
    "←": ("relation", "<-"),
    "→": ("arrow", "->"),
    "⇒": ("arrow", "->"),
    "⟹": ("arrow", "->"),
    "⟶": ("arrow", "->"),
    "⇔": ("arrow", "->"),
    "↦": ("arrow", "->"),
    "∴": ("arrow", "->"),
    ":": ("arrow", ":"),
    ",": ("comma", ","),
    ";": ("comma", ";"),
    "。": ("comma", "."),
    "、": ("comma", ","),
    ".": ("comma", "."),
    "(": ("open", "("),
    "[": ("open", "["),
    "{": ("open", "{"),
    ")": ("close", ")"),
    "]": ("close", "]"),
    "}": ("close", "}"),
    "|": ("bar", "|"),
    "∣": ("bar", "|"),
    "‖": ("matrix", "‖"),
    "_": ("sub", "_"),
    "^": ("sup", "^"),
    "'": ("prime", "'"),
    "′": ("prime", "'"),
    "’": ("prime", "'"),
    "@": ("at", "@"),
    ">": ("comparison", ">"),
    "<": ("comparison", "<"),
    "≥": ("comparison", ">="),
    "≤": ("comparison", "<="),
    "√": ("command", "sqrt"),
    "∂": ("command", "partial"),
    "∇": ("command", "nabla"),
    "∑": ("command", "sum"),
    "Σ": ("command", "sum"),
    "⊙": ("matrix", "⊙"),
    "∘": ("matrix", "∘"),
    "⊗": ("matrix", "⊗"),
    "…": ("ellipsis", "..."),
    "⋯": ("ellipsis", "..."),
    "&": ("column", "&"),
}

LOWERED: Mapping[str, str] = dict(
    zip("₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ₊₋₍₎", "0123456789aehijklmnoprstuvx+-()", strict=True)
)
RAISED: Mapping[str, str] = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿᵀⁱ", "0123456789+-()nTi", strict=True)) | {
    "ᵗ": "t",
    "ᵉ": "e",
    "ʷ": "w",
    "ʰ": "h",
    "ᵒ": "o",
    "ˡ": "l",
}
PARTS_OF_ONE: Mapping[str, str] = {"½": "1/2", "¼": "1/4", "¾": "3/4", "⅓": "1/3", "⅔": "2/3", "⅛": "1/8"}
