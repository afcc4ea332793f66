"""A network as a program: scripts in Python, for numpy and for torch, and a notebook.

All formulas in them are those of the derivation, printed as source. Whatever somebody typed as a title or a name goes
into comments and strings alone, one printable line each.
"""
