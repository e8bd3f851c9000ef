"""A question as the index reads it: its words as written, as corrected, and as weighted terms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA

from knowledge import lexicon, text
from knowledge.counting import pair_key
from knowledge.lattice import Reading
from knowledge.spelling import LONGEST_ACRONYM, Lookups, Speller, shared
from knowledge.text import Language
from knowledge.vocabulary import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from knowledge.index import Index

_LIKELY_SMALL = 0.5  # chances that a misspelt word has no meaning from which it is left out
_SAID_BESIDE = 5.0  # how much likelier a word is that the library often says before or after its neighbour
_OFTEN = 3  # entries that say so
_IN_CAPITALS = re.compile(rf"\b[A-Z]{{2,{LONGEST_ACRONYM}}}\b")
_SMALL_LETTER = re.compile("[a-z]")
_TRANSLATED = 0.8  # weight of the French words that stand for an English one


@dataclass(frozen=True)
class Question:
    """What a message asks, in the index's terms.

    ``asked`` is what was read, ``message`` the message that it is the whole or a part of.
    ``said`` are all its words, as translated if they were; ``written`` those with a meaning.
    ``guessed`` are the stems of misspelt words whose reading is far from what is written.
    ``mass`` is the summed idf of the question's words, those the library does not know counting as its rarest:
    scores are divided by it, so that a question only half understood never looks wholly matched. ``known`` is the
    share of it that the library knows.
    """

    message: str
    asked: str
    said: tuple[str, ...]
    written: tuple[str, ...]
    read: tuple[str, ...]
    corrections: Mapping[str, str]
    guessed: frozenset[str]
    stems: Mapping[str, float]
    run: tuple[str, ...]
    meanings: tuple[str, ...]
    mass: float
    known: float
    asks_nothing: bool


def read_question(message: str, index: Index) -> Question:
    """Return a message as the index reads it."""
    language = index.language
    found = text.words(message, language)
    stops = lexicon.stop_words() if language is Language.FRENCH else frozenset[str]()
    readings, translated = [], _translated(found, index)
    for reading in translated or index.speller.read(found, _acronyms(message)):
        telling = {w: p for w, p in reading.candidates.items() if w not in stops and (len(w) > 1 or w.isdigit())}
        small = 1 - sum(telling.values()) / sum(reading.candidates.values())  # chances to be a word without meaning
        if telling and (small <= _LIKELY_SMALL or reading.written in telling):
            readings.append(Reading(reading.written, telling))
    if not translated:
        readings = _in_context(readings, index)
    written = tuple(text.content(found, language))
    read = tuple(reading.likeliest for reading in readings)
    run = tuple(text.stem(word, language) for word in read)
    stems, mass, known = _weighted_stems(readings, index)
    asked = text.considered(message)
    return Question(
        message=asked,
        asked=asked,
        said=read if translated else tuple(found),
        written=written,
        read=read,
        corrections={
            reading.written: reading.likeliest for reading in readings if reading.written not in reading.candidates
        },
        guessed=frozenset() if translated else _guessed(readings, index),
        stems=stems,
        run=run,
        meanings=tuple(index.concepts.found_in(run)),
        mass=mass,
        known=known,
        asks_nothing=all(word in lexicon.asking_words() for word in (*written, *read)),
    )


def _acronyms(message: str) -> frozenset[str]:
    """Return the words that a message writes in capitals, folded, unless all of it is."""
    return frozenset(map(str.lower, _IN_CAPITALS.findall(message))) if _SMALL_LETTER.search(message) else frozenset()


def _translated(found: list[str], index: Index) -> list[Reading] | None:
    """Return the French readings of an English question put to a French library, or nothing."""
    if index.language is not Language.FRENCH or text.language_of([" ".join(found)]) is not Language.ENGLISH:
        return None
    glossary, stops = lexicon.english(), lexicon.english_stop_words()
    readings = []
    for reading in _as_english(found, index):
        meant: dict[str, float] = {}
        for word, weight in reading.candidates.items():
            meanings = dict.fromkeys(glossary.get(word, ()), _TRANSLATED * weight)
            own = {word: weight} if word in index.speller.counts or not meanings else {}
            meant |= {**meanings, **own}
        if not stops.issuperset(reading.candidates):
            readings.append(Reading(reading.written, meant))
    return readings


def _as_english(found: list[str], index: Index) -> Iterator[Reading]:
    """Yield the readings of English words, those of the library and of the glossary as they are."""
    speller = _english_speller()
    lookups = Lookups(speller)
    for word in found:
        if word in index.speller.counts or speller.knows(word):
            yield Reading(word, {word: 1.0})
        else:
            yield from speller.read_within(lookups, [word])


@lru_cache(maxsize=1)
def _english_speller() -> Speller:
    """Return what reads misspelt English as the glossary's words, or as those of general English."""
    return Speller(dict.fromkeys(lexicon.english(), 1), Language.ENGLISH)


def _in_context(readings: list[Reading], index: Index) -> list[Reading]:
    """Return readings in which words that the library says beside a neighbour are likelier, the least likely gone."""
    likeliest = [UNKNOWN, *(index.stem_number(reading.likeliest) for reading in readings), UNKNOWN]
    return [
        _likelier(reading, likeliest[place], likeliest[place + 2], index) if len(reading.candidates) > 1 else reading
        for place, reading in enumerate(readings)
    ]


def _likelier(reading: Reading, before: int, after: int, index: Index) -> Reading:
    stems = list(map(index.stem_number, reading.candidates))
    left = index.pairs.frequencies([pair_key(before, stem) for stem in stems])
    right = index.pairs.frequencies([pair_key(stem, after) for stem in stems])
    often = (min(1.0, one / _OFTEN) + min(1.0, other / _OFTEN) for one, other in zip(left, right, strict=True))
    known = sum(reading.candidates.values())
    weighed = {
        word: weight * (1 + _SAID_BESIDE * said)
        for (word, weight), said in zip(reading.candidates.items(), often, strict=True)
    }
    return Reading(reading.written, {word: weight * known for word, weight in shared(weighed).items()})


def _guessed(readings: list[Reading], index: Index) -> frozenset[str]:
    """Return the stems of words read far from how they are written, and of no other word."""
    far, sure = set[str](), set[str]()
    for reading in readings:
        (far if _is_far(reading) else sure).add(text.stem(reading.likeliest, index.language))
    return frozenset(far - sure)


def _is_far(reading: Reading) -> bool:
    written, read = reading.written.replace(" ", ""), reading.likeliest
    if read in written:  # as it is, or glued to another
        return False
    return written[0] != read[0] or OSA.distance(written, read) > 1


def _weighted_stems(readings: list[Reading], index: Index) -> tuple[dict[str, float], float, float]:
    """Return the question's stems with their weights, its mass, and the share of it that the library knows."""
    stems: dict[str, float] = {}
    likeliest = []
    for reading in readings:
        own: dict[str, float] = {}
        for word in sorted(reading.candidates):
            stem = text.stem(word, index.language)
            own[stem] = own.get(stem, 0.0) + reading.candidates[word]
        for stem, weight in own.items():
            stems[stem] = max(stems.get(stem, 0.0), min(weight, 1.0))
        likeliest.append(min(own, key=lambda stem: (-own[stem], stem)))
    rarities = index.idfs(likeliest)
    mass = sum(rarity or index.rarest for rarity in rarities)
    return stems, mass or 1.0, sum(rarities) / mass if mass else 0.0
