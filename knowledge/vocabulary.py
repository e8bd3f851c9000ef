"""The numbers of a language's words in this process, and a fast reading of a library's texts.

A library is counted in numbers, so that building an index of a million entries is a matter of arrays. Numbers are
given once in a process, to a library's words only: no stream of messages can fill the memory.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from functools import lru_cache
from itertools import chain, pairwise, repeat
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from knowledge import lexicon, numerals, text
from knowledge.text import Language

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.int32]
    Places = NDArray[np.int64]

UNKNOWN = -1
_UNSURE, _NOTHING = -1, -2  # in place of a token's only word: what is around it counts; it has no meaningful word
_MAY_JOIN, _MAY_MEAN_ELSE = -3, -4  # before a token's words: number words beside it may join; an expression may hold it
GRAM_SIZES = (3, 4)
_MOST_REMEMBERED = 1000  # words whose n-grams are
_MOST_TOKENS = 500_000  # tokens of texts whose reading is remembered
_ALONE = text.MOST_WORDS // 4  # tokens below which a text is surely within the words that are read

_WORD = re.compile(r"\w+")


@lru_cache(maxsize=_MOST_REMEMBERED)  # the words of a question are cut three times
def word_grams(word: str) -> tuple[str, ...]:
    """Return the character n-grams of one word between spaces, repeated ones repeated."""
    padded = f" {word} "
    return tuple([padded[start : start + size] for size in GRAM_SIZES for start in range(len(padded) - size + 1)])


def counted_grams(words: Iterable[str]) -> Counter[str]:
    """Return how often words hold each character n-gram."""
    return Counter(chain.from_iterable(map(word_grams, words)))


class _Numbers(dict[str, int]):
    def __missing__(self, name: str) -> int:
        found = self[name] = len(self)
        return found


class Numbering:
    """Numbers given to strings in the order in which they come."""

    def __init__(self) -> None:
        self._numbers = _Numbers()
        self.give: Callable[[str], int] = self._numbers.__getitem__
        """Return the number of a name, a new one if it has none."""

    def __len__(self) -> int:
        return len(self._numbers)

    def number(self, name: str) -> int:
        """Return the number of a name, ``UNKNOWN`` when it has none."""
        return self._numbers.get(name, UNKNOWN)

    def numbers(self, names: Iterable[str]) -> Numbers:
        """Return the numbers of names, ``UNKNOWN`` for those that have none."""
        return np.fromiter(map(self._numbers.get, names, repeat(UNKNOWN)), np.int32)


class Vocabulary:
    """Numbers of words, of their stems and of their character n-grams, as arrays by word number."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.stems, self.grams = Numbering(), Numbering()
        self.words: list[str] = []  # by number
        self.lock = Lock()  # held while a library is read
        self._numbers: dict[str, int] = {}
        self._stem_of, self._gram_of, self._gram_ends = array("i"), array("i"), array("q", [0])
        self._alone = _Alone(self)
        self._tokens = _Tokens(self, self._alone)
        self._holders: tuple[Places, Numbers, int] | None = None  # and the number of words then

    def read(self, phrase: str) -> list[int]:
        """Return the numbers of the meaningful words of a library's text. To be called with the lock held.

        Most texts are read token by token, each as it was read before: those of one word each at once. Numbers and
        expressions of several words need the whole text.
        """
        tokens = phrase.split()
        if len(tokens) < _ALONE and len(phrase) < text.CONSIDERED:
            found = list(map(self._alone.__getitem__, tokens))
            if _UNSURE not in found:
                return [number for number in found if number != _NOTHING] if _NOTHING in found else found
            known = list(map(self._tokens.__getitem__, tokens))
            if None not in known and not self._says_more_together(phrase, known):
                return [number for words in known for number in words or () if number >= 0]
        return self.read_whole(phrase)

    def _says_more_together(self, phrase: str, known: Sequence[tuple[int, ...] | None]) -> bool:
        if any(map(all, pairwise(_MAY_JOIN in (words or ()) for words in known))):
            return True
        return any(_MAY_MEAN_ELSE in (words or ()) for words in known) and bool(
            lexicon.abbreviations().pattern.search(text.fold(phrase))
        )

    def read_whole(self, phrase: str) -> list[int]:
        """Return the same without what is remembered of single tokens."""
        return [self._give(word) for word in text.content(text.words(phrase, self.language), self.language)]

    def read_token(self, token: str) -> tuple[int, ...] | None:
        """Return the numbers of a token's words, after marks of what is around it that may change what they mean.

        None when what is around the token always counts.
        """
        folded = text.fold(token)
        if self.language is Language.FRENCH and text.stands_for_itself(folded):
            return () if folded in lexicon.stop_words() else (self._give(folded),)
        french = self.language is Language.FRENCH
        if " " in folded or (french and numerals.needs_its_neighbours(folded)):
            return None
        found = self.read_whole(token)
        if french and not _marks_of_expressions().isdisjoint(_WORD.findall(folded)):
            found.insert(0, _MAY_MEAN_ELSE)
        return (_MAY_JOIN, *found) if numerals.may_join(folded) else tuple(found)

    def stem_numbers(self) -> Numbers:
        """Return the stem of each word, by number."""
        return np.array(self._stem_of, np.int32)

    def gram_numbers(self) -> tuple[Places, Numbers]:
        """Return where the n-grams of each word start, by number, and the n-grams themselves."""
        return np.array(self._gram_ends, np.int64), np.array(self._gram_of, np.int32)

    def gram_holders(self) -> tuple[Places, Numbers]:
        """Return where the words that hold each n-gram start, by its number, and the numbers of these words."""
        if self._holders is None or self._holders[2] != len(self.words):
            ends, grams = self.gram_numbers()
            starts = np.concatenate([[0], np.cumsum(np.bincount(grams, minlength=len(self.grams)))])
            words = np.repeat(np.arange(len(self.words), dtype=np.int32), np.diff(ends))
            self._holders = starts, words[np.argsort(grams, kind="stable")], len(self.words)
        return self._holders[:2]

    def _give(self, word: str) -> int:
        found = self._numbers.get(word)
        if found is None:
            found = self._numbers[word] = len(self.words)
            self.words.append(word)
            self._stem_of.append(self.stems.give(text.stem(word, self.language)))
            self._gram_of.extend(map(self.grams.give, word_grams(word)))
            self._gram_ends.append(len(self._gram_of))
        return found


class _Alone(dict[str, int]):
    """The only word of each token, wherever it stands."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__()
        self._vocabulary = vocabulary

    def __missing__(self, token: str) -> int:
        if len(self) >= _MOST_TOKENS:
            self.clear()
        words = self._vocabulary.read_token(token)
        plain = words is not None and len(words) == 1 and words[0] >= 0
        found = self[token] = words[0] if words and plain else _NOTHING if words == () else _UNSURE
        return found


class _Tokens(dict[str, "tuple[int, ...] | None"]):
    """The words that each token of a text stands for wherever it stands; None when what is around it counts."""

    def __init__(self, vocabulary: Vocabulary, alone: _Alone) -> None:
        super().__init__()
        self._vocabulary, self._alone = vocabulary, alone

    def __missing__(self, token: str) -> tuple[int, ...] | None:
        if len(self) >= _MOST_TOKENS:
            self.clear()
        alone = self._alone[token]
        found = self[token] = (alone,) if alone >= 0 else self._vocabulary.read_token(token)
        return found


@lru_cache(maxsize=1)
def _marks_of_expressions() -> frozenset[str]:
    """Return a telling word of each expression that means something else than its words one by one."""
    undone = lexicon.abbreviations()
    marks = set()
    for phrase in undone.phrases:
        said = _WORD.findall(phrase)
        telling = [word for word in text.content(said) if word not in undone.words]
        one_by_one = chain.from_iterable(text.words(token) for token in phrase.split())
        if text.content(text.words(phrase)) != text.content(one_by_one):
            marks.add(max(telling or said, key=len))
    return frozenset(marks)


@lru_cache(maxsize=len(Language))
def vocabulary(language: Language) -> Vocabulary:
    """Return the vocabulary of a language in this process."""
    return Vocabulary(language)
