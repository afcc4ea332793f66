"""Math-Verify's answers to pairs of formulas: a process of its own, as it may live in an environment of its own.

    python benchmarks/math_verify_way.py < pairs.json

Reads `[[claimed, right], ...]`, both LaTeX; prints `{"equal": [...], "seconds": ..., "memory": ...}`. Both sides are
parsed as LaTeX between dollar signs, nothing but the expression, and compared by `verify` with what it does by default.
"""

from __future__ import annotations

import json
import resource
import sys
import time

from math_verify import LatexExtractionConfig, parse, verify


def is_equal(claimed: str, right: str) -> bool:
    """Return what Math-Verify says of one pair."""
    gold, answer = (parse(f"${text}$", extraction_config=[LatexExtractionConfig()]) for text in (right, claimed))
    return bool(gold) and bool(answer) and verify(gold, answer)


def main() -> None:
    """Compare all pairs, after one that nobody counts: what is loaded only once isn't timed."""
    pairs = json.load(sys.stdin)
    is_equal("x + 1", "1 + x")
    start = time.process_time()
    equal = [is_equal(claimed, right) for claimed, right in pairs]
    seconds = time.process_time() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    json.dump({"equal": equal, "seconds": seconds, "memory": memory}, sys.stdout)


if __name__ == "__main__":
    main()
