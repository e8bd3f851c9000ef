"""Words compared by their letters: cosines between the character n-grams of a question and of the entries.

In a small library the n-grams of every entry are indexed. In a large one those of the candidates are counted when a
question is asked; how frequent an n-gram is and how long an entry's vector are then estimated from a sample.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from knowledge.counting import MOST_ENTRIES, spread
from knowledge.vocabulary import word_grams

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
        counted = [Counter(gram for word in words for gram in word_grams(word)) for words in questions]
        names = sorted(set().union(*counted))
        numbers = self._vocabulary.grams.numbers(names).astype(np.int64)
        known = (numbers >= 0) & (numbers < self._known)
        asked = np.log1p([[count[name] for name in names] for count in counted])[:, known]
        columns, held = self._held(numbers[known], entries)
        grams = numbers[known]
        return (
            self._spoken.cosines(asked, grams, columns, held.entries, held.spoken, entries),
            self._everywhere.cosines(asked, grams, columns, held.entries, held.everywhere, entries),
        )

    def _held(self, grams: Places, entries: Numbers) -> tuple[Places, _Rows]:
        """Return the rows of some n-grams in some entries, these by their places, with each row's place among them."""
        if self._indexed is not None:
            return self._indexed.rows(grams, entries, self.size)
        starts = self._words.starts
        sizes = starts[entries + 1] - starts[entries]
        places = spread(starts[entries], sizes)
        rows, columns, lengths = self._shared(self._words.words[places], grams)
        items = np.repeat(np.arange(len(places)), lengths)
        cells = np.repeat(np.arange(len(entries)) * len(grams), sizes)[items] + columns[spread(rows, lengths)]
        spoken, written = self._words.spoken[places][items], self._words.written[places][items]
        size = len(entries) * len(grams)
        said = np.bincount(cells, weights=spoken, minlength=size)
        everywhere = said + np.bincount(cells, weights=written, minlength=size)
        filled = np.flatnonzero(everywhere)
        owners, held = np.divmod(filled, max(1, len(grams)))
        logs = (np.log1p(values[filled]).astype(np.float32) for values in (said, everywhere))
        return held, _Rows(grams[held], owners, *logs)

    def _shared(self, words: Numbers, grams: Places) -> tuple[Places, NDArray[np.int16], Places]:
        """Return where each word's n-grams that are among some begin in a list, that list, and how many they are."""
        said = np.zeros(len(self._gram_starts) - 1, np.bool_)
        said[words] = True
        distinct = np.flatnonzero(said)
        columns = np.full(self._known, -1, np.int16)
        columns[grams] = np.arange(len(grams), dtype=np.int16)
        firsts = self._gram_starts[distinct]
        lengths = self._gram_starts[distinct + 1] - firsts
        found = columns[self._grams[spread(firsts, lengths)]]
        shared = found >= 0
        ends = np.zeros(len(said) + 1, np.int64)
        ends[distinct + 1] = np.add.reduceat(shared, np.cumsum(lengths) - lengths, dtype=np.int64)
        counts = ends[words + 1]
        np.cumsum(ends, out=ends)
        return ends[words], found[shared], counts

    def _items(self, entries: Places) -> tuple[Places, Numbers]:
        starts = self._words.starts
        places = spread(starts[entries], starts[entries + 1] - starts[entries])
        return places, self._words.words[places]

    def _rows(self, entries: Places) -> _Rows:
        """Return all the n-grams of some entries, these by their places; sorted by n-gram, then by entry."""
        places, words = self._items(entries)
        starts, ends = self._gram_starts[words], self._gram_starts[words + 1]
        lengths = ends - starts
        grams = self._grams[spread(starts, lengths)].astype(np.int64)
        owners = np.repeat(np.arange(len(entries)), np.diff(self._words.starts)[entries])
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

    def rows(self, grams: Places, entries: Numbers, size: int) -> tuple[Places, _Rows]:
        lengths = self._starts[grams + 1] - self._starts[grams]
        places = spread(self._starts[grams], lengths)
        columns = np.repeat(np.arange(len(grams)), lengths)
        owners = self._rows.entries[places]
        if len(entries) < size:
            among = np.full(size, -1)
            among[entries] = np.arange(len(entries))
            held = among[owners] >= 0
            places, columns, owners = places[held], columns[held], among[owners[held]]
        spoken, everywhere = self._rows.spoken[places], self._rows.everywhere[places]
        return columns, _Rows(grams[columns], owners, spoken, everywhere)


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

    def cosines(
        self, asked: Array, grams: Places, columns: Places, owners: Places, values: Reals, entries: Numbers
    ) -> list[Array]:
        """Return each question's cosines with ``entries``, from the rows that hold its n-grams."""
        idf = self.idf[grams]
        lengths = np.maximum(self._lengths[entries], 1e-9)
        found = []
        for counts in asked:
            raw = counts * idf
            query = raw / (float(np.sqrt(raw @ raw)) or 1.0)
            products = values * (query * idf)[columns]
            found.append(np.bincount(owners, weights=products, minlength=len(entries)) / lengths)
        return found
