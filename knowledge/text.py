"""Text as the matcher sees it: folded, capped, cut into words with French elisions, chat spellings undone.

Accents are folded before stemming, because a hurried member leaves half of them out and both sides must agree.
Every step is linear in the considered text, which is capped: no message can stall whoever reads its words.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

import Stemmer

from knowledge import numerals
from knowledge.lexicon import abbreviations, english_stop_words, stems, stop_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CONSIDERED = 4000  # characters of a message that are read: more than any real question
MOST_WORDS = 200
_TELLING = 1000  # characters of a folded message in which patterns are looked for
LONGEST_WORD = 32

_APOSTROPHES = dict.fromkeys(map(ord, "’‘ʼ′`´‛＇ʹ"), "'")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")
_LETTERS = {ord("œ"): "oe", ord("Œ"): "oe", ord("æ"): "ae", ord("Æ"): "ae", ord("ß"): "ss", ord("ø"): "o"}
_PLAIN = _APOSTROPHES | _DASHES | _LETTERS
_TOKEN = re.compile(r"[a-z]\d{3,4}(?:-\d{1,3})+|\d+(?:\.\d+)?%?|[^\W\d_]+(?:\d+[^\W_]*)?|€")
_ELISION = re.compile(r"\b(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|presqu)'(?=\w)")
_CHAT_WORD = re.compile(r"[a-z]+(?:\d+[a-z]+)?")
_UNGLUED_ELISION = re.compile(r"\b([cdjlmns]|qu) (?=[aeiouhy])")
_DOTTED = re.compile(r"\b(?:[a-z]\.){2,}(?:[a-z]\b)?")
_STRETCHED = re.compile(r"([^\W\d])\1{2,}")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")


class Language(StrEnum):
    """The languages whose words the matcher can cut and stem."""

    FRENCH = "fr"
    ENGLISH = "en"


def considered(text: str) -> str:
    """Return the part of a message that is read: its beginning and its end when it is longer than the cap."""
    if len(text) <= CONSIDERED:
        return text
    head = CONSIDERED * 3 // 4
    return text[:head] + " " + text[head - CONSIDERED :]


@lru_cache(maxsize=16)  # one message is read by a dozen recognisers
def fold(text: str) -> str:
    """Return text in lower case without accents, with plain apostrophes, dashes and single spaces."""
    text = considered(text)
    if text.isascii():
        return " ".join(text.replace("`", "'").lower().split())
    text = text.translate(_PLAIN)
    decomposed = unicodedata.normalize("NFKD", text)[: 2 * CONSIDERED].casefold()
    bare = _BEYOND_ASCII.sub(_without_marks, decomposed)
    return " ".join(bare.translate(_PLAIN).split())


def fold_all(words: Iterable[str]) -> list[str]:
    """Return many words of the Latin alphabet folded all at once, as ``fold`` would each of them."""
    listed = list(words)
    joined = "\n".join(listed).replace("œ", "oe").replace("æ", "ae")
    plain = unicodedata.normalize("NFKD", joined).casefold()
    return plain.encode("ascii", "ignore").decode().split("\n") if listed else []  # the marks of letters are no ASCII


def _without_marks(found: re.Match[str]) -> str:
    return "".join(char for char in found.group() if not unicodedata.combining(char))


def stands_for_itself(word: str) -> bool:
    """Tell whether a folded French word means the same alone and whatever is around it, as most do."""
    plain = 1 < len(word) <= LONGEST_WORD and word.isascii() and word.isalpha()
    return plain and not _STRETCHED.search(word) and word not in _read_otherwise()


def words(text: str, language: Language = Language.FRENCH) -> list[str]:
    """Return the words of a text in order: folded, elisions dropped, numbers unified, chat spellings undone."""
    folded = _DOTTED.sub(_undotted, fold(text))
    if language is Language.ENGLISH:
        plain = folded.replace("'", "")
        return [match.group()[:LONGEST_WORD] for match in _TOKEN.finditer(plain)][:MOST_WORDS]
    unified = numerals.unify(_STRETCHED.sub(r"\1\1", folded))
    unified = _ELISION.sub(" ", abbreviations().undo_phrases(unified))
    table = abbreviations().words
    found: list[str] = []
    for match in _TOKEN.finditer(unified):
        word = match.group()[:LONGEST_WORD]
        found += table.get(word, (word,))
        if len(found) >= MOST_WORDS:
            break
    return found[:MOST_WORDS]


def _undotted(acronym: re.Match[str]) -> str:
    return acronym.group().replace(".", "")


def readings(message: str, corrections: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Return a message as its patterns are looked for: folded, its chat spellings, elisions and numbers undone.

    With ``corrections``, which give what misspelt words were read as, a second reading takes them up: either may be
    the right one. Of a long message, the beginning and the end: patterns are many, and what matters is told first or
    last.
    """
    folded = fold(message)
    if len(folded) > _TELLING:
        folded = folded[: _TELLING * 3 // 4] + " " + folded[-_TELLING // 4 :]
    taken_up = tuple((corrections or {}).items())
    return tuple(dict.fromkeys(_spelt_out(folded, read) for read in ((), taken_up)))


@lru_cache(maxsize=16)  # read by several recognisers too
def _spelt_out(folded: str, corrections: tuple[tuple[str, str], ...]) -> str:
    table, read = abbreviations().words, dict(corrections)

    def whole(match: re.Match[str]) -> str:
        word = match.group()
        return read.get(word) or " ".join(table.get(word, ())) or word

    return numerals.unify(_UNGLUED_ELISION.sub(r"\1'", _CHAT_WORD.sub(whole, folded)))


def content(found: Iterable[str], language: Language = Language.FRENCH) -> list[str]:
    """Return the words that carry meaning: French function words and lone letters left out."""
    stops = stop_words() if language is Language.FRENCH else frozenset[str]()
    return [word for word in found if word not in stops and (len(word) > 1 or word.isdigit())]


@lru_cache(maxsize=1)
def _read_otherwise() -> frozenset[str]:
    """Return the words that stand for others, that an expression holds, or that tell a number."""
    undone = abbreviations()
    expressions = (word for phrase in undone.phrases for word in _TOKEN.findall(phrase))
    return numerals.WORDS.union(undone.words, expressions)


@lru_cache(maxsize=200_000)
def stem(word: str, language: Language = Language.FRENCH) -> str:
    """Return the stem of a folded word; numbers and references are their own stem."""
    if not (word.isalpha() and word.isascii()) or len(word) > _LONGEST_STEMMED:
        return word
    if language is Language.ENGLISH:
        english: str = _stemmer("english").stemWord(word)
        return english
    stemmed: str = stems().get(word) or _stemmer("french").stemWord(word)
    return _UNSURE_ENDING.sub("", stemmed) if len(stemmed) > _SHORT_STEM else stemmed


def language_of(texts: Iterable[str]) -> Language:
    """Return the language of texts by their function words; French when in doubt."""
    return language_told_by(map(function_words, texts))


def language_told_by(counts: Iterable[tuple[int, int]]) -> Language:
    """Return the language of texts whose ``function_words`` are given; French when in doubt."""
    french, english = map(sum, zip(*counts, (0, 0), strict=True))
    return Language.ENGLISH if english > 2 * french else Language.FRENCH


def function_words(text: str) -> tuple[int, int]:
    """Return how many French and how many English function words a text has."""
    found = fold(text).split(" ")
    return sum(word in stop_words() for word in found), sum(word in english_stop_words() for word in found)


_UNSURE_ENDING = re.compile(r"[esiy]$")  # what the stemmer leaves of an ending once accents are folded
_SHORT_STEM, _LONGEST_STEMMED = 4, 24


@lru_cache(maxsize=2)
def _stemmer(language: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(language, 0)  # 0: remembers nothing, as ``stem`` does
