"""A question as the index reads it: its words as written, as corrected, and as weighted terms."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA

from knowledge import lexicon, text
from knowledge.counting import pair_key
from knowledge.lattice import LEAST_SHARE, Reading
from knowledge.spelling import LONGEST_ACRONYM, Lookups, Speller, general_frequency
from knowledge.text import Language
from knowledge.vocabulary import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from knowledge.index import Index

_LIKELY_SMALL = 0.5  # chances that a misspelt word has no meaning from which it is left out
_SAID_BESIDE = 5.0  # how much likelier a word is that the library often says before or after its neighbour
_OFTEN = 3  # entries that say so
_IN_CAPITALS = re.compile(rf"\b[A-Z]{{2,{LONGEST_ACRONYM}}}\b")
_SMALL_LETTER = re.compile("[a-z]")
_TRANSLATED = 0.8  # weight of the French words that stand for an English one
_ENGLISH = 4.0  # natural logarithm of how much likelier in English than in French a question is read as English
_RARE = 1e-6  # frequency added to every word's in both languages: an unknown one tells nothing


@dataclass(frozen=True)
class Question:
    """What a message asks, in the index's terms.

    ``asked`` is what was read, ``message`` the message that it is the whole or a part of.
    ``said`` are all its words, or of a question that is ``translated`` from English the French ones it is read as;
    ``written`` those with a meaning, as they are written, and ``read`` as the likeliest word that each may stand for.
    ``corrections`` gives, for words that stand for others, misspelt or English, the likeliest one.
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
    translated: bool


def read_question(message: str, index: Index) -> Question:
    """Return a message as the index reads it."""
    language = index.language
    found = text.words(message, language)
    translated = language is Language.FRENCH and _is_english(found)
    if translated:
        readings = _translated(_telling(_as_english(found, index), lexicon.english_stop_words()), index)
    else:
        stops = lexicon.stop_words() if language is Language.FRENCH else frozenset[str]()
        readings = _in_context(_telling(index.speller.read(found, _acronyms(message)), stops), index)
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
        translated=translated,
    )


def _acronyms(message: str) -> frozenset[str]:
    """Return the words that a message writes in capitals, folded, unless all of it is."""
    return frozenset(map(str.lower, _IN_CAPITALS.findall(message))) if _SMALL_LETTER.search(message) else frozenset()


def _telling(readings: list[Reading], stops: frozenset[str]) -> list[Reading]:
    """Return readings without the small words, nor what most likely stands for one."""
    kept = []
    for reading in readings:
        telling = {w: p for w, p in reading.candidates.items() if w not in stops and (len(w) > 1 or w.isdigit())}
        small = 1 - sum(telling.values()) / sum(reading.candidates.values())  # chances to be a word without meaning
        if telling and (small <= _LIKELY_SMALL or reading.written in telling):
            kept.append(Reading(reading.written, telling))
    return kept


def _translated(readings: list[Reading], index: Index) -> list[Reading]:
    """Return English readings as the French ones that an English question puts to a French library."""
    glossary = lexicon.english()
    translated = []
    for reading in readings:
        meant: dict[str, float] = {}
        for word, weight in reading.candidates.items():
            meanings = dict.fromkeys(glossary.get(word, ()), _TRANSLATED * weight)
            own = {word: weight} if word in index.speller.counts or not meanings else {}
            for french, likely in {**meanings, **own}.items():
                meant[french] = meant.get(french, 0.0) + likely
        translated.append(Reading(reading.written, meant))
    return translated


def _is_english(found: list[str]) -> bool:
    """Tell whether words are much likelier in English than in French, each by how frequent it is in both at large.

    Naive Bayes, where no word counts for more than all that is asked: what is misspelt tells nothing, the rest enough.
    Names alone, such as « food truck », are French.
    """
    if lexicon.english_stop_words().isdisjoint(found):
        return False
    english, french = general_frequency(Language.ENGLISH), general_frequency(Language.FRENCH)
    told = (math.log((english.get(word, 0.0) + _RARE) / (french.get(word, 0.0) + _RARE)) for word in found)
    return sum(max(-_ENGLISH, min(_ENGLISH, one)) for one in told) > _ENGLISH


def _as_english(found: list[str], index: Index) -> list[Reading]:
    """Return the readings of English words, those of the library as they are."""
    own = frozenset(word for word in found if word in index.speller.counts)
    speller = _english_speller()
    return speller.read_within(Lookups(speller, own), found)


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
    total = sum(weighed.values())
    kept = {word: weight for word, weight in weighed.items() if weight / total > LEAST_SHARE} or weighed
    return Reading(reading.written, {word: weight * known / total for word, weight in kept.items()})


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
