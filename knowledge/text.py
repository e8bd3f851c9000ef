"""Text as the matcher sees it: folded, capped, cut into tokens with French elisions, chat spellings undone.

Accents are folded before stemming, because a hurried member leaves half of them out and both sides must agree.
Every step is linear in the considered text, which is capped: no message can stall the matcher.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer

from knowledge import numerals
from knowledge.lexicon import abbreviations, stop_words

CONSIDERED = 4000  # characters of a message that are read: more than any real question
MOST_TOKENS = 400
LONGEST_TOKEN = 40

_APOSTROPHES = dict.fromkeys(map(ord, "’‘ʼ′`´‛＇ʹ"), "'")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")
_LETTERS = {ord("œ"): "oe", ord("Œ"): "oe", ord("æ"): "ae", ord("Æ"): "ae", ord("ß"): "ss", ord("ø"): "o"}
_PLAIN = _APOSTROPHES | _DASHES | _LETTERS
_TOKEN = re.compile(r"[a-z]\d{3,4}(?:-\d{1,3})+|\d+(?:\.\d+)?%?|[^\W\d_]+(?:\d+[^\W_]*)?|€", re.UNICODE)
_ELISION = re.compile(r"\b(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|presqu)'(?=\w)")
_STRETCHED = re.compile(r"([^\W\d])\1{2,}")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True)
class Token:
    """One meaningful piece of a text: the folded word and the stem under which it is indexed."""

    word: str
    stem: str


def considered(text: str) -> str:
    """Return the part of a message that is read: its beginning and its end when it is longer than the cap."""
    if len(text) <= CONSIDERED:
        return text
    head = CONSIDERED * 3 // 4
    return text[:head] + " " + text[head - CONSIDERED :]


def fold(text: str) -> str:
    """Return text in lower case without accents, with plain apostrophes, dashes and single spaces."""
    text = considered(text).translate(_PLAIN)
    decomposed = unicodedata.normalize("NFKD", text)[: 2 * CONSIDERED].casefold()
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _SPACES.sub(" ", bare.translate(_PLAIN)).strip()


def words(text: str) -> list[str]:
    """Return the words of a text in order: folded, elisions dropped, numbers unified, chat spellings undone."""
    return raw_words(fold(text))


def raw_words(folded: str) -> list[str]:
    """Return the words of a folded text."""
    unified = numerals.unify(_STRETCHED.sub(r"\1\1", folded))
    unified = _ELISION.sub(" ", abbreviations().undo_phrases(unified))
    table = abbreviations().words
    found: list[str] = []
    for match in _TOKEN.finditer(unified):
        word = match.group()[:LONGEST_TOKEN]
        found += table.get(word, (word,))
        if len(found) >= MOST_TOKENS:
            break
    return found[:MOST_TOKENS]


def content(found: list[str]) -> list[str]:
    """Return the words that carry meaning: stop words and lone letters left out."""
    stops = stop_words()
    return [word for word in found if word not in stops and (len(word) > 1 or word.isdigit())]


def tokens(text: str) -> list[Token]:
    """Return the meaningful tokens of a text, in order."""
    return [Token(word, stem(word)) for word in content(words(text))]


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """Return the French stem of a folded word; numbers and references are their own stem."""
    if not word.isalpha() or not word.isascii():
        return word
    stemmed: str = _stemmer().stemWord(word)
    return _UNIFIED_ENDINGS.sub("", stemmed) if len(stemmed) > 4 else stemmed  # noqa: PLR2004


_UNIFIED_ENDINGS = re.compile(r"(?:e|s|i|y)$")


@lru_cache(maxsize=1)
def _stemmer() -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer("french")
