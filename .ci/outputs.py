"""Has an installed symbackprop write one of each of its files, so that what two environments write can be compared.

    python .ci/outputs.py FOLDER

writes into FOLDER, which is made, and ends with 1 if a command ended in a traceback or with an unexpected code. What a
command printed stands beside its files. All runs in one process: that `import sympy` is paid for once.
"""

from __future__ import annotations

import io
import os
import shlex
import sys
import traceback
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from itertools import product
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FIXTURES = ROOT / "tests" / "fixtures"
ARTICLE = ROOT / "tests" / "checking" / "fixtures" / "article.md"

DONE, SOMETHING_WRONG, BAD_INPUT = 0, 1, 2
LANGUAGES = ("en", "zh")
FORMATS = ("latex", "markdown", "text", "html", "json", "notebook", "python", "numpy", "torch")
# Of each kind of network one; the others are rendered in one format.
WHOLE = ("mazur", "recurrent", "three-classes")
# Too large for a full document and for a page to play with.
LARGE = "large"
IMPORT = "import model.onnx --inputs 0.5,0.25 --targets 0.25,0.75 --loss cross-entropy --optimizer adam"


def commands(examples: list[str]) -> Iterator[tuple[str, int]]:
    """Yield each command, with the code that it should end with."""
    for name in examples:
        yield f"verify {name}", DONE
        yield f"train {name} --steps 3 --csv {name}.csv --plot {name}.svg", DONE
        yield f"render {name} --view both --detail brief --lang zh -o {name}.tex", DONE
    for name, format_ in product(WHOLE, FORMATS):
        yield f"render {name} --format {format_} -o {name}-{format_}{ENDINGS[format_]}", DONE
    for document, format_ in (("slides", "latex"), ("summary", "latex"), ("summary", "markdown")):
        yield f"render --document {document} --format {format_} -o {document}{ENDINGS[format_]}", DONE
    for document, lang in (("walkthrough", "zh"), ("slides", "en"), ("summary", "en")):
        yield f"render --document {document} --format pdf --lang {lang} -o {document}.pdf", DONE
    for notation in ("standard", "bishop"):
        yield f"render --notation {notation} --format markdown --detail brief -o {notation}.md", DONE
    yield "render networks/network.toml --format markdown --templates templates -o templates.md", DONE
    yield "verify networks/network.toml", DONE
    yield "verify networks/slips.toml", BAD_INPUT
    yield "init mine.toml", DONE
    for what in ("formats", "activations", "losses", "languages", "notations", "examples"):
        yield f"list {what}", DONE
    yield from checks()
    yield f"{IMPORT} -o imported.toml", DONE
    yield "verify imported.toml", DONE


def checks() -> Iterator[tuple[str, int]]:
    """Yield what judges works: of every kind, our own pages among them."""
    for work in sorted(path.name for path in (FIXTURES / "works").iterdir()):
        expected = DONE if work == "student.rst" else SOMETHING_WRONG
        yield f"check works/{work}", expected
    for lang, format_ in product(LANGUAGES, ("text", "markdown", "html", "json")):
        yield f"check article.md --format {format_} --lang {lang}", SOMETHING_WRONG
    for page in ("mazur-markdown.md", "mazur-latex.tex", "mazur-text.txt"):
        yield f"check {page}", DONE
    yield "check works --csv marks.csv", SOMETHING_WRONG


ENDINGS = {
    "latex": ".tex",
    "markdown": ".md",
    "text": ".txt",
    "html": ".html",
    "json": ".json",
    "notebook": ".ipynb",
    "python": ".py",
    "numpy": ".py",
    "torch": ".py",
}


def write_model(path: Path) -> None:
    """Write the ONNX model that `import` is given: 2-2-2, a tanh and a softmax."""
    from onnx import helper  # noqa: PLC0415 - see above

    weights, biases = [0.5, -0.25, 0.125, 0.75], [0.5, -0.5]
    kind = 1  # single precision
    constants = [helper.make_tensor(f"w{layer}", kind, [2, 2], weights) for layer in (1, 2)]
    constants += [helper.make_tensor(f"b{layer}", kind, [2], biases) for layer in (1, 2)]
    nodes = [
        helper.make_node("Gemm", ["x", "w1", "b1"], ["net1"]),
        helper.make_node("Tanh", ["net1"], ["out1"]),
        helper.make_node("Gemm", ["out1", "w2", "b2"], ["net2"]),
        helper.make_node("Softmax", ["net2"], ["y"]),
    ]
    ends = [[helper.make_tensor_value_info(name, kind, [None, 2])] for name in "xy"]
    model = helper.make_model(helper.make_graph(nodes, "net", *ends, constants))
    path.write_bytes(model.SerializeToString())


def run(arguments: list[str]) -> tuple[int | None, bytes]:
    """Run a command; give its code, None after a traceback, and all that it printed."""
    from symbackprop.cli import main  # noqa: PLC0415 - from the folder's environment, when all is prepared

    printed = io.BytesIO()
    code: int | None = None
    with io.TextIOWrapper(printed, encoding="utf-8", write_through=True) as stream:
        with redirect_stdout(stream), redirect_stderr(stream):
            try:
                code = main(arguments)
            except Exception:  # noqa: BLE001 - that there is none is what is looked at
                traceback.print_exc()
        return code, printed.getvalue()


def write_all(folder: Path) -> list[str]:
    """Run all commands in `folder` and give what failed."""
    from symbackprop.resources import example_names  # noqa: PLC0415 - see above

    failures = []
    for number, (command, expected) in enumerate(commands(list(example_names()))):
        code, printed = run(shlex.split(command))
        name = command.translate(str.maketrans("/ ", "__"))[:60]
        (folder / f"{number:03} {name}.said").write_bytes(printed)
        if code != expected:
            failures.append(f"symbackprop {command}: ended with {code}, not {expected}\n{printed.decode()[-2000:]}")
    return failures


def main(folder: Path) -> int:
    """Write everything into `folder`."""
    folder.mkdir(parents=True)
    os.chdir(folder)
    for fixture in ("works", "networks", "templates"):
        (folder / fixture).symlink_to(FIXTURES / fixture)
    (folder / "article.md").symlink_to(ARTICLE)
    write_model(folder / "model.onnx")
    failures = write_all(folder)
    print("\n".join(failures), end="\n" if failures else "")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
