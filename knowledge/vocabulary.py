"""The numbers of a language's words in this process, and a fast reading of a library's texts.

A library is counted in numbers, so that building an index of a million entries is a matter of arrays. Numbers are
given once in a process, to a library's words only: no stream of messages can fill the memory.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from enum import IntEnum
from functools import lru_cache
from itertools import chain, repeat
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from knowledge import lexicon, numerals, text
from knowledge.text import CONSIDERED, Language

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.int32]
    Places = NDArray[np.int64]

UNKNOWN = -1
GRAM_SIZES = (3, 4)
_MOST_REMEMBERED = 1000  # words whose n-grams are
_END = "\0"  # a token put between texts
_MOST_TOKENS = 500_000  # tokens of texts whose reading is remembered
_ALONE = text.MOST_WORDS // 4  # tokens below which a text is surely within the words that are read

_WORD = re.compile(r"\w+")


@lru_cache(maxsize=_MOST_REMEMBERED)
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
        self._tokens = _Tokens(self.read_token)

    def read(self, texts: Sequence[str]) -> tuple[Numbers, Places]:
        """Return the numbers of the meaningful words of a library's texts, and how many each text has.

        Most texts are read token by token, each as it was read before, all at once. Numbers and expressions of several
        words need the whole text. To be called with the lock held.
        """
        if len(self._tokens) >= _MOST_TOKENS:
            self._tokens = _Tokens(self.read_token)
        apart = [len(text) >= CONSIDERED or _END in text for text in texts]
        # One list of tokens for all: a list for each text would keep the collector of garbage busy.
        tokens = f" {_END} ".join(["" if alone else text for text, alone in zip(texts, apart, strict=True)]).split()
        numbers = np.fromiter(map(self._tokens.__getitem__, tokens), np.int64, len(tokens))
        owners = (numbers == self._tokens[_END]).cumsum()
        whole = np.array(apart, np.bool_) | (np.bincount(owners, minlength=len(texts)) >= _ALONE)
        whole[self._say_more_together(texts, owners, numbers)] = True
        alone = ~whole[owners]
        words, counts = self._tokens.words_of(numbers[alone])
        others = whole.nonzero()[0]
        read = [self.read_whole(texts[number]) for number in others.tolist()]
        owners = np.concatenate([owners[alone].repeat(counts), others.repeat(list(map(len, read)))])
        words = np.concatenate([words, np.fromiter(chain.from_iterable(read), np.int32)])
        return words[owners.argsort(kind="stable")], np.bincount(owners, minlength=len(texts))

    def _say_more_together(self, texts: Sequence[str], owners: Places, numbers: Places) -> list[int]:
        """Return the texts that say something else than their tokens, given by number with the text each is of."""
        marks = self._tokens.marks_of(numbers)
        bound, joins = marks == _Mark.BOUND, marks == _Mark.MAY_JOIN
        joined = joins[:-1] & joins[1:] & (owners[:-1] == owners[1:])
        doubtful = np.unique(owners[marks == _Mark.MAY_MEAN_ELSE]).tolist()
        pattern = lexicon.abbreviations().pattern
        meant = [number for number in doubtful if pattern.search(text.fold(texts[number]))]
        return [*owners[bound].tolist(), *owners[:-1][joined].tolist(), *meant]

    def read_whole(self, phrase: str) -> list[int]:
        """Return the same for one text, without what is remembered of single tokens."""
        return [self._give(word) for word in text.content(text.words(phrase, self.language), self.language)]

    def read_token(self, token: str) -> tuple[_Mark, Sequence[int]]:
        """Return the numbers of a token's words, and what around it may change what they mean."""
        folded = text.fold(token)
        if self.language is Language.ENGLISH:
            return (_Mark.BOUND, ()) if " " in folded else (_Mark.NONE, self.read_whole(token))
        if text.stands_for_itself(folded):
            return _Mark.NONE, () if folded in lexicon.stop_words() else (self._give(folded),)
        may_join = numerals.may_join(folded)
        may_mean_else = not _marks_of_expressions().isdisjoint(_WORD.findall(folded))
        if " " in folded or numerals.needs_its_neighbours(folded) or (may_join and may_mean_else):
            return _Mark.BOUND, ()
        mark = _Mark.MAY_JOIN if may_join else _Mark.MAY_MEAN_ELSE if may_mean_else else _Mark.NONE
        return mark, self.read_whole(token)

    def stem_numbers(self) -> Numbers:
        """Return the stem of each word, by number."""
        return np.array(self._stem_of, np.int32)

    def gram_numbers(self) -> tuple[Places, Numbers]:
        """Return where the n-grams of each word start, by number, and the n-grams themselves."""
        return np.array(self._gram_ends, np.int64), np.array(self._gram_of, np.int32)

    def grams_of(self, word: str) -> Sequence[int]:
        """Return the numbers of a word's character n-grams, repeated ones repeated, ``UNKNOWN`` for the unknown ones.

        Only those of a library's word are known without cutting it.
        """
        number = self._numbers.get(word)
        if number is None:
            return list(map(self.grams.number, word_grams(word)))
        return self._gram_of[self._gram_ends[number] : self._gram_ends[number + 1]]

    def _give(self, word: str) -> int:
        found = self._numbers.get(word)
        if found is None:
            found = len(self.words)
            self.words.append(word)
            self._stem_of.append(self.stems.give(text.stem(word, self.language)))
            self._gram_of.extend(map(self.grams.give, word_grams(word)))
            self._gram_ends.append(len(self._gram_of))
            self._numbers[word] = found  # last: a question may be read meanwhile
        return found


class _Mark(IntEnum):
    """What around a token of a text may change what it means."""

    NONE = 0
    MAY_JOIN = 1  # number words beside it make one number with it
    MAY_MEAN_ELSE = 2  # an expression may hold it
    BOUND = 3  # anything


class _Tokens(dict[str, int]):
    """The numbers of the tokens of texts; by number, the words that each stands for and its mark."""

    def __init__(self, read: Callable[[str], tuple[_Mark, Sequence[int]]]) -> None:
        super().__init__()
        self._read = read
        self._marks, self._words, self._ends = array("b"), array("i"), array("q", [0])

    def __missing__(self, token: str) -> int:
        mark, words = self._read(token)
        found = self[token] = len(self._marks)
        self._marks.append(mark)
        self._words.extend(words)
        self._ends.append(len(self._words))
        return found

    def marks_of(self, tokens: Places) -> NDArray[np.int8]:
        """Return the mark of each of some tokens."""
        return np.array(self._marks, np.int8)[tokens]

    def words_of(self, tokens: Places) -> tuple[Numbers, Places]:
        """Return the words of some tokens, one after the other, and how many each has."""
        ends = np.array(self._ends, np.int64)
        counts = ends[tokens + 1] - ends[tokens]
        return np.array(self._words, np.int32)[spread(ends[tokens], counts)], counts


def spread(starts: NDArray[np.integer], lengths: NDArray[np.integer]) -> Places:
    """Return the places of several runs, one after the other: each from its start, of its length."""
    ends = np.cumsum(lengths)
    places = np.repeat(starts - ends + lengths, lengths)
    places += np.arange(len(places))
    return places


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
