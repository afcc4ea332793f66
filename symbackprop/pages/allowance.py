"""How much the templates of a user's own may do: a number of steps for each document, counted while they run.

A statement and an expression take ten steps, a character that is handled one. So an endless loop, a macro that calls
itself in two places and a text that doubles all end in the same line, after the same number of steps on every machine.
What would grow at one stroke (`"x" * 1000000000`) is counted before it is made.
"""

from __future__ import annotations

from collections.abc import ItemsView, Iterable, Iterator, KeysView, ValuesView

from jinja2 import Environment, TemplateRuntimeError, TemplateSyntaxError, Undefined, nodes
from jinja2.visitor import NodeTransformer

MOST_STEPS = 200_000_000
"""Some ten seconds, or a text of some hundred megabytes; our own templates take a million for the default network."""
A_BLOCK = 100_000
"""So many steps more may be taken for each block of the document; our own templates take a tenth of it."""

A_STATEMENT = 10
MOST_NODES = 20_000
"""A template with more statements, expressions and texts takes too long to be read: ours have a few hundred."""
MOST_ENTRIES = 500
"""A table that is written out has no more of them: to look a number up in it may take a look at each."""
A_CHARACTER_HANDLED = 20
"""What a filter or a method takes for each character that it is given: a text that is cut up needs as much room."""
MOST_BITS = 4096
"""A whole number with more of them is of no use on a page, and takes long to calculate with."""
WIDEST = 1000
"""No text is filled up, indented or broken to more than so many characters, and no number has more decimals."""

TAKE, WEIGHED, TOLD = " take", " weighed", " told"
"""Filters that no template can call by their names, since these begin with a blank; `metered` puts them in."""


class Allowance:
    """The steps that are left for one document."""

    def __init__(self, most: int = MOST_STEPS) -> None:
        self._most = most
        self._left = most

    def take(self, steps: int) -> None:
        """Takes steps; raises TemplateRuntimeError where there aren't as many left."""
        # Whoever asks for fewer than none, by a width below 0, gets none back.
        self._left -= max(steps, 0)
        if self._left < 0:
            # From now on every step fails, wherever the first failure was passed over.
            self._left = 0
            raise TemplateRuntimeError(
                f"works or writes too much: more than the {self._most:,} steps that templates may take for a document"
            )

    def grant_a_block(self) -> None:
        """Grants what a block of the document may take; one who has taken too much gets nothing back."""
        if self._left:
            self._most += A_BLOCK
            self._left += A_BLOCK

    def require(self, steps: int) -> None:
        """The same for steps that will be taken by themselves, if they aren't too many."""
        if steps > self._left:
            self.take(steps)

    def weighed(self, value: object) -> object:
        """The same value, after as many steps as it takes to look at all of it: what it holds twice counts twice."""
        kind = type(value)
        if kind is str:
            self.take(len(value))  # type: ignore[arg-type]
        elif kind is int or kind is bool:
            self._require_handy(value)  # type: ignore[arg-type]
        elif isinstance(value, str):
            self.take(len(value))
        elif isinstance(value, tuple | list | dict | set | frozenset):
            self._walk(value)
        elif isinstance(value, range | KeysView | ValuesView | ItemsView):
            # Whoever is given one may go through it.
            self.take(A_STATEMENT * len(value))
        return value

    def handled(self, value: object) -> None:
        """Takes the steps of a filter, a test or a method for what it is given."""
        if isinstance(value, str):
            self.take(A_CHARACTER_HANDLED * len(value))
        else:
            self.weighed(value)

    def _walk(self, value: Iterable[object]) -> None:
        waiting: list[object] = [value]
        while waiting:
            self.take(A_STATEMENT)
            found = waiting.pop()
            if isinstance(found, str):
                self.take(len(found))
            elif isinstance(found, int):
                self._require_handy(found)
            elif isinstance(found, dict):
                waiting.extend(found)
                waiting.extend(found.values())
            elif isinstance(found, tuple | list | set | frozenset):
                waiting.extend(found)

    def _require_handy(self, number: int) -> None:
        if number.bit_length() > MOST_BITS:
            raise TemplateRuntimeError(f"expected a number of at most {MOST_BITS:,} bits, found a larger one")

    def told(self, value: object) -> str:
        """What a page shows of a value. Only texts and numbers have something to show: a record isn't for readers.

        Raises TemplateRuntimeError for anything else, and what an undefined value raises.
        """
        if isinstance(value, str):
            self.take(len(value))
            return value
        if value is None or isinstance(value, int | float):
            self.weighed(value)
            text = str(value)
            self.take(len(text))
            return text
        if isinstance(value, Undefined):
            return str(value)
        raise TemplateRuntimeError(f"expected a text or a number to be printed, found {_called(value)}")

    def counted(self, items: Iterator[object]) -> Iterator[object]:
        """The same items, each for as many steps as it takes to look at it."""
        for item in items:
            self.take(A_STATEMENT)
            yield self.weighed(item)


def _called(value: object) -> str:
    name = type(value).__name__
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"


# --- Templates that count themselves


def metered(template: nodes.Template, environment: Environment) -> nodes.Template:
    """The template with steps taken in all that can be repeated, and texts and comparisons weighed before they're made.

    What is repeated is the body of a loop, of a macro, of a block and of the template itself. Each takes as many steps
    as it has nodes and characters of its own, so that a text that stands in the template counts, too. Raises
    TemplateSyntaxError for a template that has too many of them.
    """
    if sum(1 for _ in template.find_all(nodes.Node)) > MOST_NODES:
        raise TemplateSyntaxError(f"has more than {MOST_NODES:,} statements, expressions and texts", 0)
    if any(len(it.items) > MOST_ENTRIES for it in template.find_all(nodes.Dict)):
        raise TemplateSyntaxError(f"has a table of more than {MOST_ENTRIES} entries", 0)
    made = _Meter().visit(template)
    assert isinstance(made, nodes.Template)
    made.set_environment(environment)
    return made


class _Meter(NodeTransformer):
    """Goes through a template once, from the inside out."""

    def _with_steps(self, node: nodes.Node, body: list[nodes.Node]) -> nodes.Node:
        steps = sum(map(_steps_of, node.find_all(nodes.Node)))
        self.generic_visit(node)
        taken = _filtered(TAKE, nodes.Const(steps, lineno=node.lineno))
        body.insert(0, nodes.ExprStmt(taken, lineno=node.lineno))
        return node

    def visit_Template(self, node: nodes.Template) -> nodes.Node:  # noqa: N802 - the names of Jinja's nodes
        return self._with_steps(node, node.body)

    def visit_Macro(self, node: nodes.Macro) -> nodes.Node:  # noqa: N802
        return self._with_steps(node, node.body)

    def visit_CallBlock(self, node: nodes.CallBlock) -> nodes.Node:  # noqa: N802
        return self._with_steps(node, node.body)

    def visit_Block(self, node: nodes.Block) -> nodes.Node:  # noqa: N802
        return self._with_steps(node, node.body)

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802
        self._with_steps(node, node.body)
        if node.test is not None:
            # What the condition leaves out never comes to the body.
            taken = _filtered(TAKE, nodes.Const(A_STATEMENT, lineno=node.lineno))
            node.test = nodes.And(taken, node.test, lineno=node.lineno)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        node.nodes = [_filtered(TOLD, it) for it in node.nodes]
        return node

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        node.expr = _filtered(WEIGHED, node.expr)
        for operand in node.ops:
            operand.expr = _filtered(WEIGHED, operand.expr)
        return node

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        if isinstance(node.arg, nodes.Slice):
            return _filtered(WEIGHED, node)
        if not isinstance(node.arg, nodes.Const):
            node.arg = _filtered(WEIGHED, node.arg)
        return node

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return _filtered(WEIGHED, node) if node.ctx == "load" else node

    def visit_List(self, node: nodes.List) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return _filtered(WEIGHED, node)

    def visit_Dict(self, node: nodes.Dict) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return _filtered(WEIGHED, node)


def _steps_of(node: nodes.Node) -> int:
    match node:
        case nodes.TemplateData():
            return len(node.data)
        case nodes.Dict():
            # Its keys may be numbers that have one hash, and are compared each to each.
            return A_STATEMENT + len(node.items) ** 2
        case _:
            return A_STATEMENT


def _filtered(name: str, node: nodes.Expr) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)
