"""``python -m tests.crash --kills 200``: kill the real service at random moments while people use it; count losses."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.crash.run import run


def main() -> int:
    """Run the harness; return 1 when something was lost, doubled or left undone."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="guichet é ") as folder:
        result = run(Path(folder), options.kills, options.seed, told=_tell)
    print(f"\n{result.kills} kills in {time.perf_counter() - began:.0f} s")
    print(f"{result.questions} questions and {result.answers} answers acknowledged, {result.refused} forms refused")
    print(f"{result.cut} sent again after a cut connection")
    print(f"start to ready: p50 {result.restart(0.5):.2f} s, p99 {result.restart(0.99):.2f} s")
    print(f"{len(result.faults)} lost, doubled or left undone", *result.faults, sep="\n    ")
    return 1 if result.faults else 0


def _tell(kills: int) -> None:
    print(f"\r{kills} kills", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
