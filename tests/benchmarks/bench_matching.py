"""How fast a question is decided, by size of library: ``uv run python -m tests.benchmarks.bench_matching [SIZES]``.

Libraries and questions are generated from a seed. The matcher's figure is the whole decision, from the text to its
explanation; the others only rank. All on one thread, by the process's own time, so that a busy machine counts little.
"""

from __future__ import annotations

import datetime as dt
import itertools
import random
import resource
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence

import click
from rapidfuzz import fuzz, process

from knowledge.entry import Confidence, Entry, Kind, Source, Theme, Verification
from knowledge.evaluation import with_typos
from knowledge.matcher import Matcher
from knowledge.spelling import general_frequency
from knowledge.text import Language

SEED = 20_261_122
QUESTIONS = 300
SLOW_QUESTIONS = 40  # for rapidfuzz, which reads every title
SIZES = (1_000, 10_000, 100_000)
LARGEST_FUZZY = 100_000
PHRASINGS, PHRASING_WORDS, BODY_WORDS = 3, (4, 9), 30
TODAY = dt.date(2026, 11, 22)


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


def show(name: str, size: int, times: Sequence[float], right: float) -> None:
    middle, late = times[len(times) // 2], times[len(times) * 99 // 100]
    click.echo(f"{size:>9,}  {name:<30}{middle:>10.2f}{late:>10.2f}{times[-1]:>10.2f}{right:>9.3f}")


def by_fts5(entries: Sequence[Entry]) -> Callable[[str], str]:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE entry USING fts5(id UNINDEXED, title, phrasings, body)")
    rows = ((entry.id, entry.title, " ".join(entry.phrasings), entry.body) for entry in entries)
    database.executemany("INSERT INTO entry VALUES (?, ?, ?, ?)", rows)

    def first(question: str) -> str:
        query = " OR ".join(f'"{word}"' for word in question.split())
        found = database.execute("SELECT id FROM entry WHERE entry MATCH ? ORDER BY rank LIMIT 10", (query,)).fetchall()
        return str(found[0][0]) if found else ""

    return first


def by_rapidfuzz(entries: Sequence[Entry]) -> Callable[[str], str]:
    titles = {entry.id: entry.title for entry in entries}

    def first(question: str) -> str:
        return str(process.extract(question, titles, scorer=fuzz.token_set_ratio, limit=10)[0][2])

    return first


def by_guichet(matcher: Matcher) -> Callable[[str], str]:
    def first(question: str) -> str:
        return matcher.explain(question, today=TODAY).judgement.scored[0].entry_id

    return first


def measure(size: int) -> None:
    entries = generated(size)
    asked = questions(entries)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.process_time()
    matcher = Matcher(entries, [Theme("juridique", {"fr": "Juridique"})])
    built = time.process_time() - begun
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    begun = time.process_time()
    matcher = matcher.with_entry(entries[size // 2])
    published = time.process_time() - begun
    click.echo(f"{size:>9,}  build {built:.2f} s, publish one entry {published:.2f} s, memory {memory:,.0f} MB more")
    show("guichet, text to explanation", size, *timed(by_guichet(matcher), asked))
    show("SQLite FTS5, ranking only", size, *timed(by_fts5(entries), asked))
    if size <= LARGEST_FUZZY:
        show("rapidfuzz.extract, titles only", size, *timed(by_rapidfuzz(entries), asked[:SLOW_QUESTIONS]))


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:]] or SIZES
    general_frequency(Language.FRENCH)
    click.echo(f"{'entries':>9}  {'ms of processor time':<30}{'p50':>10}{'p99':>10}{'longest':>10}{'first':>9}")
    for size in sizes:
        measure(size)


if __name__ == "__main__":
    main()
