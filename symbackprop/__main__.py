"""`python -m symbackprop`: the command line."""

from symbackprop.cli import run_as_program

run_as_program()
