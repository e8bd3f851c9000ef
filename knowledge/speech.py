"""How the members of a library speak: in which language, and how many of its phrases say each word, small ones too."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from knowledge import text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from knowledge.entry import Entry
    from knowledge.text import Language

_ENTRIES = 200  # of the library, spread over it, whose phrases tell how its members speak
_TELLING_ENTRIES = 500  # entries whose phrases tell the library's language

_function_words = lru_cache(maxsize=20_000)(text.function_words)  # of its phrases: read at each publication


class Speech(NamedTuple):
    """How many phrases of a language say each stem, and how many phrases there are."""

    language: Language
    said: Mapping[str, int]
    phrases: int


def language_spoken(entries: Sequence[Entry]) -> Language:
    """Return the language that the phrases of most of a library's first entries speak."""
    phrases = (phrase for entry in entries[:_TELLING_ENTRIES] for phrase in (entry.title, *entry.phrasings))
    return text.language_told_by(map(_function_words, phrases))


def speech_of(entries: Sequence[Entry], language: Language) -> Speech:
    """Return how a library's members speak, told by the titles and phrasings of some of its entries."""
    sampled = entries[:: -(-len(entries) // _ENTRIES) or 1]
    phrases = [said(phrase, language) for entry in sampled for phrase in (entry.title, *entry.phrasings)]
    return Speech(language, Counter(chain.from_iterable(phrases)), len(phrases))


@lru_cache(maxsize=20_000)  # asked again at each publication
def said(phrase: str, language: Language) -> frozenset[str]:
    """Return the stems of all the words of a phrase."""
    return stems(text.words(phrase, language), language)


def stems(words: Iterable[str], language: Language) -> frozenset[str]:
    """Return the stems of words."""
    return frozenset([text.stem(word, language) for word in words])
