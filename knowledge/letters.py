"""Words compared by their letters: cosines between the character n-grams of a question and of the entries.

In a small library the n-grams of every entry are indexed. In a large one those of the candidates are counted when a
question is asked; how frequent an n-gram is and how long an entry's vector are then estimated from a sample.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, repeat
from typing import TYPE_CHECKING

import numpy as np

from knowledge.counting import MOST_ENTRIES
from knowledge.vocabulary import spread

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from knowledge.counting import WordCounts
    from knowledge.postings import Array
    from knowledge.vocabulary import Numbers, Places, Vocabulary

    Reals = NDArray[np.float32]

SMALL = 500  # entries up to which all are indexed; of a larger library as many are sampled
_COUNT_BITS = 10
_COUNT = (1 << _COUNT_BITS) - 1
_SUM_BITS = 26
_SUM = (1 << _SUM_BITS) - 1
_LEAST_LENGTH = 1e-9
_RAREST = 0.5  # entries of the sample taken to hold an n-gram that none of them holds


@dataclass(frozen=True, eq=False)
class _Rows:
    """N-grams held by entries, one row each; how often in the phrases and in all, as ``log(1 + count)``."""

    grams: Places
    entries: Places
    spoken: Reals
    everywhere: Reals


class Letters:
    """The character n-grams of a library: of its phrases, and of its phrases with its bodies."""

    def __init__(self, words: WordCounts, vocabulary: Vocabulary) -> None:
        self._vocabulary, self._words = vocabulary, words
        with vocabulary.lock:
            self._gram_starts, self._grams = vocabulary.gram_numbers()
            self._known = len(vocabulary.grams)
        self.size = len(words)
        sample = np.arange(0, self.size, -(-self.size // SMALL) or 1)
        rows = self._rows(sample)
        every = len(sample) == self.size
        self._indexed = _Indexed(rows, self._known) if every else None
        spoken = words.spoken > 0
        self._spoken = _Vectors(rows, rows.spoken, len(sample), self._of_words(words.words[spoken]))
        self._everywhere = _Vectors(rows, rows.everywhere, len(sample), self._of_words(words.words))
        self.frequencies = self._spoken.frequencies * (self.size / max(1, len(sample)))
        """How many entries hold each n-gram in their phrases, by its number."""
        if not every:
            self._spoken.stretch(sample, self._apart(self._spoken, words.spoken))
            self._everywhere.stretch(sample, self._apart(self._everywhere, words.spoken + words.written))

    def cosines(self, questions: Sequence[Iterable[str]], entries: Numbers) -> tuple[list[Array], list[Array]]:
        """Return the cosines of each question's words with the entries' phrases, then with all that they say."""
        counted = [Counter(chain.from_iterable(map(self._vocabulary.grams_of, words))) for words in questions]
        # In the order in which they are said: numbers are given in another one in each process.
        found = list(dict.fromkeys(chain.from_iterable(counted)))
        numbers = np.array(found, np.int32)
        held = (numbers >= 0) & (numbers < self._known)
        held[held] = self._everywhere.idf[numbers[held]] > 0
        asked = np.log1p([list(map(count.get, found, repeat(0))) for count in counted])[:, held]
        grams = numbers[held]
        spoken, everywhere = self._logs(grams, entries)
        return self._spoken.cosines(asked, grams, spoken, entries), self._everywhere.cosines(
            asked, grams, everywhere, entries
        )

    def _logs(self, grams: Numbers, entries: Numbers) -> tuple[Array, Array]:
        """Return ``log(1 + count)`` of some n-grams in some entries, a row each: in their phrases, then in all."""
        if self._indexed is not None:
            return self._indexed.logs(grams, entries, self.size)
        sizes, places, words = self._items(entries)
        owners = np.repeat(np.arange(len(entries)) * len(grams), sizes)
        begins = self._gram_starts.take(words)
        lengths = self._gram_starts.take(words + 1) - begins
        columns = np.full(self._known, len(grams), np.int16)  # 4,000 characters have fewer n-grams than 2**15
        columns[grams] = np.arange(len(grams))
        found = columns.take(self._grams.take(spread(begins, lengths)))
        shared = (found < len(grams)).nonzero()[0]
        items = np.repeat(np.arange(len(words)), lengths).take(shared)
        # Both counts in one sum: that of the bodies above that of the phrases.
        said = self._words.spoken[places] + self._words.written[places] * float(1 << _SUM_BITS)
        shape = len(entries), len(grams)
        counts = np.bincount(owners[items] + found[shared], weights=said[items], minlength=shape[0] * shape[1])
        sums = counts.astype(np.int64).reshape(shape)
        spoken = sums & _SUM
        everywhere = spoken + (sums >> _SUM_BITS)
        logs = _logs_below(1 << int(everywhere.max(initial=0)).bit_length())
        return logs[spoken], logs[everywhere]

    def _items(self, entries: Places | Numbers) -> tuple[Places, Places, Numbers]:
        """Return how many words some entries say, where these are, and the words."""
        starts = self._words.starts[entries]
        sizes = self._words.starts[entries + 1] - starts
        places = spread(starts, sizes)
        return sizes, places, self._words.words[places]

    def _rows(self, entries: Places) -> _Rows:
        """Return all the n-grams of some entries, these by their places; sorted by n-gram, then by entry."""
        sizes, places, words = self._items(entries)
        starts, ends = self._gram_starts[words], self._gram_starts[words + 1]
        lengths = ends - starts
        grams = self._grams[spread(starts, lengths)].astype(np.int64)
        owners = np.repeat(np.arange(len(entries)), sizes)
        spoken = np.minimum(self._words.spoken[places], _COUNT).astype(np.int64)
        written = np.minimum(self._words.written[places], _COUNT).astype(np.int64)
        counts = np.repeat((spoken << _COUNT_BITS) | written, lengths)
        keys = ((grams * MOST_ENTRIES + np.repeat(owners, lengths)) << (2 * _COUNT_BITS)) | counts
        keys.sort()
        cells = keys >> (2 * _COUNT_BITS)
        begun = np.flatnonzero(np.diff(cells, prepend=-1))
        if not len(begun):
            return _Rows(begun, begun, np.zeros(0, np.float32), np.zeros(0, np.float32))
        said = np.add.reduceat((keys >> _COUNT_BITS) & _COUNT, begun)
        everywhere = said + np.add.reduceat(keys & _COUNT, begun)
        grams, owners = np.divmod(cells[begun], MOST_ENTRIES)
        return _Rows(grams, owners, np.log1p(said).astype(np.float32), np.log1p(everywhere).astype(np.float32))

    def _of_words(self, words: Numbers) -> NDArray[np.bool_]:
        """Return which n-grams some words hold."""
        said = np.zeros(len(self._gram_starts) - 1, np.bool_)
        said[words] = True
        held = np.zeros(self._known, np.bool_)
        held[self._grams[np.repeat(said, np.diff(self._gram_starts))]] = True
        return held

    def _apart(self, vectors: _Vectors, counts: NDArray[np.uint16]) -> Array:
        """Return how long each entry's vector would be if its words shared no n-gram."""
        by_word = np.add.reduceat(vectors.idf[self._grams] ** 2, self._gram_starts[:-1])
        table = np.log1p(np.arange(int(counts.max(initial=0)) + 1)) ** 2
        squares = np.append(table[counts] * by_word[self._words.words], 0.0)
        starts = self._words.starts
        lengths: Array = np.sqrt(np.add.reduceat(squares, starts[:-1])) * (starts[1:] > starts[:-1])
        return lengths


class _Indexed:
    """The rows of every entry, found by n-gram."""

    def __init__(self, rows: _Rows, known: int) -> None:
        self._rows = rows
        self._starts = np.searchsorted(rows.grams, np.arange(known + 1))

    def logs(self, grams: Numbers, entries: Numbers, size: int) -> tuple[Array, Array]:
        lengths = self._starts[grams + 1] - self._starts[grams]
        places = spread(self._starts[grams], lengths)
        columns = np.repeat(np.arange(len(grams)), lengths)
        owners = self._rows.entries[places]
        if len(entries) < size:
            among = np.full(size, -1)
            among[entries] = np.arange(len(entries))
            held = among[owners] >= 0
            places, columns, owners = places[held], columns[held], among[owners[held]]
        spoken, everywhere = np.zeros((2, len(entries), len(grams)))
        spoken[owners, columns], everywhere[owners, columns] = self._rows.spoken[places], self._rows.everywhere[places]
        return spoken, everywhere


@lru_cache(maxsize=_SUM_BITS)
def _logs_below(most: int) -> Array:
    """Return ``log(1 + count)`` of each lesser count, as exact as those that the lengths of vectors are made of."""
    return np.log1p(np.arange(most)).astype(np.float32).astype(np.float64)


class _Vectors:
    """The vectors of one field: log-scaled counts times idf, compared by their cosine."""

    def __init__(self, rows: _Rows, values: Reals, size: int, held: NDArray[np.bool_]) -> None:
        grams, said = rows.grams, values > 0
        self.frequencies = np.bincount(grams[said], minlength=len(held)).astype(np.float64)
        self.idf = np.log(1 + size / np.maximum(self.frequencies, _RAREST)) * held
        squares = (values * self.idf[grams]) ** 2
        self._lengths = np.sqrt(np.bincount(rows.entries, weights=squares, minlength=size))

    def stretch(self, sample: Places, lengths: Array) -> None:
        """Take other lengths for every entry, brought to the true ones of the sample on average."""
        total = float(lengths[sample].sum())
        self._lengths = lengths * (float(self._lengths.sum()) / total if total else 1.0)

    def cosines(self, asked: Array, grams: Numbers, logs: Array, entries: Numbers) -> list[Array]:
        """Return each question's cosines with ``entries``, whose logarithms of counts are given by n-gram."""
        idf = self.idf[grams]
        queries = asked * idf
        queries /= np.maximum(np.sqrt((queries * queries).sum(axis=1, keepdims=True)), _LEAST_LENGTH)
        return list((queries * idf) @ logs.T / np.maximum(self._lengths[entries], _LEAST_LENGTH))
