"""Play many seeds and print what happened in them.

``python -m tests.simulation --seeds 500`` plays the product as it is; ``--mutants`` finds, for each mutant, the first
seeds that kill it.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections import Counter

import structlog

from tests.simulation.mutants import MUTANTS, alive
from tests.simulation.play import STEPS, play


def main() -> int:
    """Play the seeds; return 1 when something that must hold did not, or when a mutant lives."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--steps", type=int, default=STEPS, help="with faults, in each game")
    parser.add_argument("--mutants", action="store_true", help="find the seeds that kill each mutant")
    parser.add_argument("--only", default="", help="the mutants whose name contains this")
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    seeds = range(options.first, options.first + options.seeds)
    return _hunt(seeds, options.only) if options.mutants else _soak(seeds, options.steps)


def _soak(seeds: range, steps: int) -> int:
    began, counts, bad = time.perf_counter(), Counter[str](), 0
    for seed in seeds:
        game = play(seed, steps=steps)
        counts.update(game.counts)
        if game.violations:
            bad += 1
            print(f"seed {seed}: {len(game.violations)} violations", *game.violations[:5], sep="\n    ", flush=True)
    seconds = time.perf_counter() - began
    for name, count in sorted(counts.items()):
        print(f"{name:28} {count:8} {count / len(seeds):8.1f} a seed")
    print(f"{len(seeds)} seeds, {bad} with violations, {seconds:.0f} s, {seconds / len(seeds):.2f} s a seed")
    return 1 if bad else 0


def _hunt(seeds: range, only: str) -> int:
    living = 0
    for mutant in MUTANTS:
        if only not in mutant.__name__:
            continue
        began = time.perf_counter()
        for tried, seed in enumerate(seeds, start=1):
            game = play(seed, mutant=alive(mutant))
            if game.violations:
                seconds = time.perf_counter() - began
                print(f"{mutant.__name__:28} seed {seed:4} ({tried} tried, {seconds:.0f} s) {game.violations[0]}")
                break
        else:
            living += 1
            print(f"{mutant.__name__:28} LIVES after {len(seeds)} seeds")
        sys.stdout.flush()
    return 1 if living else 0


if __name__ == "__main__":
    sys.exit(main())
