"""How long a message of 4,000 characters holds the matcher: ``uv run python -m tests.benchmarks.bench_hostile``.

The shipped library; each kind of message, drawn from a seed, is cut into its questions and judged, with why, as the
service does, ``ROUNDS`` times, on one thread, by the process's own time. Wanted: p99 under 50 ms whatever is written.
"""

from __future__ import annotations

import datetime as dt
import gc
import random
import time
from collections.abc import Callable, Iterator

import click

from knowledge.evaluation import with_typos
from knowledge.files import read_library, shipped_library
from knowledge.matcher import Matcher

SEED = 20_261_122
LENGTH, ROUNDS = 4000, 100
WITHIN = LENGTH - 40  # characters between the first words of a message and its last
TODAY = dt.date(2026, 11, 22)

_LETTERS = "abcdefghijklmnopqrstuvwxyzéèêàçœ"
_MARKS = "'\";-()[]{}*+?.|\\^$/<>%_#@&~`=:,!"
_STRANGE = "\u202e\u200f\u0000\u0007\u001b\ufeff\u200d🤡🧨👩‍🚒שלוםمرحبا中文"
_REPEATED = (
    "a", "l'", "(", "1 000 ", "é", "quel prix ", "notre titulaire ", "deux cent mille ", "c koi ", "40k ", "?! ",
    "'; DROP TABLE entries; -- ", "(a+)+$", "on peut ", "L2111-3 ",
)  # fmt: skip
_BETWEEN, _AMONG = ("bonjour la\n--{}x", "critère prix{}fini ?"), (" ", "\t", ".")


def kinds(matcher: Matcher) -> dict[str, Callable[[random.Random], str]]:
    """Return how each kind of message is drawn."""
    phrases = [phrase for entry in matcher.entries for phrase in (entry.title, *entry.phrasings)]

    def told(chance: random.Random) -> str:
        return " ".join(chance.choice(phrases) for _ in range(LENGTH // 30))

    return {
        "one thing repeated": lambda chance: chance.choice(_REPEATED) * LENGTH,
        "letters": lambda chance: "".join(chance.choices(_LETTERS, k=LENGTH)),
        "words that nobody says": lambda chance: " ".join(
            "".join(chance.choices(_LETTERS, k=chance.randint(2, 12))) for _ in range(LENGTH // 3)
        ),
        "marks": lambda chance: "".join(chance.choices(_MARKS + " ", k=LENGTH)),
        "figures": lambda chance: "".join(chance.choices("0123456789 .,-%€kmL'", k=LENGTH)),
        "what no screen shows": lambda chance: "".join(chance.choices(_STRANGE + " a", k=LENGTH)),
        "one thing between two words": lambda chance: chance.choice(_BETWEEN).format(chance.choice(_AMONG) * WITHIN),
        "questions one after another": told,
        "the same with typing errors": lambda chance: with_typos(told(chance), chance),
        "the same without spaces": lambda chance: told(chance).replace(" ", ""),
    }


def timed(matcher: Matcher, draw: Callable[[random.Random], str]) -> Iterator[float]:
    """Yield how long each message takes, in milliseconds."""
    chance = random.Random(SEED)
    for _ in range(ROUNDS):
        message = draw(chance)[:LENGTH]
        begun = time.process_time()
        matcher.split(message)
        matcher.judge_with_why(message, today=TODAY)
        yield (time.process_time() - begun) * 1000


def main() -> None:
    library = read_library(shipped_library())
    matcher = Matcher(library.entries, library.themes)
    gc.freeze()  # as the service does: what stays is not looked through again
    click.echo(f"{'ms of processor time':<30}{'p50':>10}{'p99':>10}{'longest':>10}")
    everything: list[float] = []
    for name, draw in kinds(matcher).items():
        times = sorted(timed(matcher, draw))
        everything += times
        show(name, times)
    show("all", sorted(everything))


def show(name: str, times: list[float]) -> None:
    click.echo(f"{name:<30}{times[len(times) // 2]:>10.1f}{times[len(times) * 99 // 100]:>10.1f}{times[-1]:>10.1f}")


if __name__ == "__main__":
    main()
