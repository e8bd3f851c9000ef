"""How fast a question is decided, by size of library.

``uv run --group bench python -m tests.benchmarks.bench_matching [SIZES]``

Libraries and questions are generated from a seed. The matcher's figure is the whole decision, from the text to the
gist of why, as the service asks for it; the others only rank. All on one thread, by the process's own time, so that a
busy machine counts little.
"""

from __future__ import annotations

import datetime as dt
import itertools
import random
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import click

from knowledge.entry import Confidence, Entry, Kind, Source, Theme, Verification
from knowledge.evaluation import with_typos
from knowledge.matcher import Matcher
from knowledge.spelling import dictionary_of, general_frequency
from knowledge.text import Language
from tests.benchmarks.engines import by_bm25s, by_fts5, by_rapidfuzz, by_tantivy
from tests.library import with_entry

SEED = 20_261_122
QUESTIONS = 300
SIZES = (1_000, 10_000, 100_000, 1_000_000)
PHRASINGS, PHRASING_WORDS, BODY_WORDS = 3, (4, 9), 30
TODAY = dt.date(2026, 11, 22)


class Engine(NamedTuple):
    """Another engine: how it is made, the largest library and the most questions it is measured on."""

    made: Callable[[Sequence[Entry]], Callable[[str], str] | None]
    largest: int = max(SIZES)
    questions: int = QUESTIONS


ENGINES = {
    "SQLite FTS5, ranking only": Engine(by_fts5),
    "bm25s, ranking only": Engine(by_bm25s),
    "tantivy, ranking only": Engine(by_tantivy),
    "rapidfuzz.extract, titles only": Engine(by_rapidfuzz, largest=100_000, questions=40),  # it reads every title
}


def vocabulary() -> list[str]:
    """Return French words, the most frequent first."""
    general = general_frequency(Language.FRENCH)
    found = [word for word in general if word.isascii() and word.isalpha() and len(word) > 3]
    return sorted(found, key=lambda word: (-general[word], word))[:20_000]


def generated(size: int) -> list[Entry]:
    """Return a library whose words are as unevenly frequent as a language's, each entry with words of its own."""
    chance, words = random.Random(SEED), vocabulary()
    weights = list(itertools.accumulate(1 / (rank + 20) for rank in range(len(words))))
    entries = []
    for number in range(size):
        own = chance.choices(words, k=4)

        def phrase(count: int, own: Sequence[str] = own) -> str:
            drawn = chance.choices(words, cum_weights=weights, k=count - 2)
            return " ".join([*drawn, *chance.sample(own, 2)])

        entries.append(
            Entry(
                id=f"e-{number:07}", kind=Kind.FAQ, theme="juridique", title=phrase(6),
                phrasings=tuple(phrase(chance.randint(*PHRASING_WORDS)) for _ in range(PHRASINGS)),
                sources=(Source("x"),), confidence=Confidence.SURE, verification=Verification.PUBLIC_SOURCE,
                review=TODAY, verified=TODAY, body=phrase(BODY_WORDS),
            ),
        )  # fmt: skip
    return entries


def questions(entries: Sequence[Entry]) -> list[tuple[str, str]]:
    """Return questions with the entry each is about: phrasings that lost words, with a typing error in each."""
    chance = random.Random(SEED + 1)
    asked = []
    for _ in range(QUESTIONS):
        entry = chance.choice(entries)
        words = chance.choice(entry.phrasings).split()
        kept = chance.sample(words, max(3, len(words) - 1))
        asked.append((with_typos("comment faire pour " + " ".join(kept), chance, every=24), entry.id))
    return asked


def timed(work: Callable[[str], str], asked: Sequence[tuple[str, str]]) -> tuple[list[float], float]:
    """Return the sorted times of each question, in milliseconds, and the share whose entry comes first."""
    work(asked[0][0])
    times, right = [], 0
    for question, entry_id in asked:
        begun = time.process_time()
        right += work(question) == entry_id
        times.append((time.process_time() - begun) * 1000)
    return sorted(times), right / len(asked)


def show(name: str, size: int, measured: tuple[list[float], float]) -> None:
    times, right = measured
    middle, late = times[len(times) // 2], times[len(times) * 99 // 100]
    click.echo(f"{size:>9,}  {name:<30}{middle:>10.2f}{late:>10.2f}{times[-1]:>10.2f}{right:>9.3f}")


def by_guichet(matcher: Matcher) -> Callable[[str], str]:
    def first(question: str) -> str:
        return matcher.judge_with_why(question, today=TODAY).judgement.scored[0].entry_id

    return first


def measure(size: int) -> None:
    entries = generated(size)
    asked = questions(entries)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.process_time()
    matcher = Matcher(entries, [Theme("juridique", {"fr": "Juridique"})])
    built = time.process_time() - begun
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    rewritten = replace(entries[size // 2], title=f"{entries[size // 2].title} dirigeable")
    begun = time.process_time()
    matcher = with_entry(matcher, rewritten)
    published = time.process_time() - begun
    click.echo(f"{size:>9,}  build {built:.2f} s, publish one entry {published:.2f} s, at most {memory:,.0f} MB more")
    show("guichet, text to gist of why", size, timed(by_guichet(matcher), asked))
    del matcher
    for name, engine in ENGINES.items():
        if size <= engine.largest and (first := engine.made(entries)):
            show(name, size, timed(first, asked[: engine.questions]))


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:]] or SIZES
    general_frequency(Language.FRENCH)  # read once by each process, whatever its library
    dictionary_of(Language.FRENCH)
    click.echo(f"{'entries':>9}  {'ms of processor time':<30}{'p50':>10}{'p99':>10}{'longest':>10}{'first':>9}")
    for size in sizes:
        measure(size)


if __name__ == "__main__":
    main()
