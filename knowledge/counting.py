"""What a library's entries say, counted: which terms each holds, by field, as sorted arrays of numbers.

Each field is counted by sorting whole numbers that hold a term and an entry, the way that a million entries are counted
in seconds.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from knowledge.vocabulary import UNKNOWN, Numbering, spread

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from knowledge.concepts import Concepts
    from knowledge.entry import Entry
    from knowledge.vocabulary import Numbers, Places, Vocabulary

    Keys = NDArray[np.int64]
    Counted = NDArray[np.uint16]

PARTS = 10.0  # one occurrence in a phrase counts for so many parts: titles and acronyms weigh more and less
MEANINGS = Numbering()
MOST_ENTRIES = 1 << 22
_STEM_BITS, _ENTRY_BITS, _WORD_BITS, _PARTS_BITS = 21, 22, 24, 5
_STEM, _ENTRY = (1 << _STEM_BITS) - 1, (1 << _ENTRY_BITS) - 1
_MOST_COUNTED = 65_535
_READ_AT_ONCE = 5000  # entries whose texts are


class Field(IntEnum):
    """The fields of an entry in their order; the value is what one occurrence in a phrase counts for, in parts."""

    TITLE = 20
    PHRASE = 10
    ACRONYM = 3
    BODY = 0


@dataclass(frozen=True, eq=False)
class Occurrences:
    """Which entries hold which terms, how often: sorted by term, then by entry."""

    terms: Keys
    entries: Numbers
    counts: Counted


@dataclass(frozen=True, eq=False)
class WordCounts:
    """The words of each entry, entry after entry from ``starts``: how often in its phrases and in its body."""

    starts: Places
    words: Numbers
    spoken: Counted
    written: Counted

    def __len__(self) -> int:
        return len(self.starts) - 1


@dataclass(frozen=True, eq=False)
class Phrases:
    """The words of each entry's phrases, entry after entry from ``starts``; ``UNKNOWN`` ends each phrase.

    Those of a phrase are in the order of the alphabet, as phrases are compared.
    """

    starts: Places
    words: Numbers

    def of(self, entry: int) -> list[int]:
        """Return the words of an entry's phrases."""
        words: list[int] = self.words[self.starts[entry] : self.starts[entry + 1]].tolist()
        return words


@dataclass(frozen=True, eq=False)
class Counts:
    """All that entries say, by field."""

    stems: Occurrences
    pairs: Occurrences
    meanings: Occurrences
    body: Occurrences
    words: WordCounts
    phrases: Phrases


@dataclass(frozen=True, eq=False)
class _Read:
    """Texts as read, one item per word: the word, its stem, the number of its text; one item per text: entry, field."""

    words: Numbers
    stems: Keys
    texts: Places
    entries: Places
    fields: Places


def texts_of(entry: Entry) -> tuple[Sequence[str], ...]:
    """Return every text of an entry that is matched, by field in their order; a body line by line."""
    return (entry.title,), (*entry.phrasings, *entry.synonyms), acronyms_of(entry), entry.body.split("\n")


def acronyms_of(entry: Entry) -> list[str]:
    """Return the acronyms of an entry, each with its meaning."""
    return [f"{name} {meaning}" for name, meaning in sorted(entry.acronyms.items())] if entry.acronyms else []


def count(entries: Sequence[Entry], vocabulary: Vocabulary, concepts: Concepts) -> Counts:
    """Return what entries say, numbered from 0 in their order. At most ``MOST_ENTRIES``."""
    if len(entries) > MOST_ENTRIES:
        raise ValueError(f"more than {MOST_ENTRIES} entries")
    read = _read(entries, vocabulary)
    spoken = read.fields[read.texts] != Field.BODY
    return Counts(
        stems=_stems(read, spoken),
        pairs=_pairs(read, spoken),
        meanings=_meanings(read, spoken, vocabulary, concepts),
        body=_body(read, ~spoken),
        words=_words(read, spoken, len(entries)),
        phrases=_phrases(read, spoken, vocabulary, len(entries)),
    )


def pair_key(left: int, right: int) -> int:
    """Return the number of a pair of neighbouring stems, ``UNKNOWN`` if either has none."""
    return (left & _STEM) << _STEM_BITS | (right & _STEM) if min(left, right) > UNKNOWN else UNKNOWN


def _read(entries: Sequence[Entry], vocabulary: Vocabulary) -> _Read:
    words, lengths = [np.zeros(0, np.int32)], [np.zeros(0, np.int64)]
    sizes = array("i")
    with vocabulary.lock:
        for start in range(0, len(entries), _READ_AT_ONCE):
            texts: list[str] = []
            for entry in entries[start : start + _READ_AT_ONCE]:
                for own in texts_of(entry):
                    texts += own
                    sizes.append(len(own))
            said, counts = vocabulary.read(texts)
            words.append(said)
            lengths.append(counts)
        numbers = np.concatenate(words)
        stems = vocabulary.stem_numbers()[numbers].astype(np.int64)
    owners = np.arange(len(entries)).repeat(len(Field)).repeat(sizes)
    fields = np.tile(np.array(Field, np.int64), len(entries)).repeat(sizes)
    return _Read(numbers, stems, np.arange(len(owners)).repeat(np.concatenate(lengths)), owners, fields)


def _stems(read: _Read, spoken: NDArray[np.bool_]) -> Occurrences:
    """Count each stem once per phrase, a title's and an acronym's with their own weights."""
    once = _distinct((read.texts[spoken] << _STEM_BITS) | read.stems[spoken])
    texts, stems = once >> _STEM_BITS, once & _STEM
    keys = (((stems << _ENTRY_BITS) | read.entries[texts]) << _PARTS_BITS) | read.fields[texts]
    keys.sort()
    starts = _run_starts(keys >> _PARTS_BITS)
    counts = np.add.reduceat(keys & ((1 << _PARTS_BITS) - 1), starts) if len(starts) else keys
    return _occurrences(keys[starts] >> _PARTS_BITS, counts)


def _pairs(read: _Read, spoken: NDArray[np.bool_]) -> Occurrences:
    places, keys = _neighbours(read, spoken)
    return _tallied((keys.astype(np.uint64) << np.uint64(_ENTRY_BITS)) | _entries_at(read, places).astype(np.uint64))


def _body(read: _Read, written: NDArray[np.bool_]) -> Occurrences:
    return _tallied((read.stems[written] << _ENTRY_BITS) | read.entries[read.texts[written]])


def _meanings(read: _Read, spoken: NDArray[np.bool_], vocabulary: Vocabulary, concepts: Concepts) -> Occurrences:
    """Count each meaning once per phrase that mentions it."""
    texts, names = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    single: dict[int, list[int]] = {}
    several: dict[int, list[tuple[list[int], list[int]]]] = {}
    for expression, meant in concepts.expressions():
        stems = [vocabulary.stems.number(stem) for stem in expression]
        numbers = [MEANINGS.give(name) for name in sorted(meant)]
        if min(stems) == UNKNOWN:
            continue
        if len(stems) == 1:
            single.setdefault(stems[0], []).extend(numbers)
        else:
            several.setdefault(pair_key(stems[0], stems[1]), []).append((stems, numbers))
    sizes = np.zeros(len(vocabulary.stems), np.int64)
    sizes[list(single)] = [len(numbers) for numbers in single.values()]
    firsts = np.zeros(len(sizes), np.int64)
    firsts[list(single)] = np.cumsum([0, *sizes[list(single)]])[:-1]
    table = np.array([number for numbers in single.values() for number in numbers], np.int64)
    stems_said, texts_said = read.stems[spoken], read.texts[spoken]
    texts.append(np.repeat(texts_said, sizes[stems_said]))
    names.append(table[spread(firsts[stems_said], sizes[stems_said])])
    places, keys = _neighbours(read, spoken)
    for place, key in _among(places, keys, several):
        for expression_stems, numbers in several[key]:
            run = slice(place, place + len(expression_stems))
            if read.stems[run].tolist() == expression_stems and read.texts[run][-1] == read.texts[place]:
                texts.append(np.full(len(numbers), read.texts[place]))
                names.append(np.array(numbers, np.int64))
    once = _distinct((np.concatenate(texts) << _STEM_BITS) | np.concatenate(names))
    return _tallied(((once & _STEM) << _ENTRY_BITS) | read.entries[once >> _STEM_BITS])


def _among(places: Places, keys: Keys, wanted: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield the places whose key is wanted, with that key."""
    held = np.isin(keys, np.array(sorted(wanted), np.int64))
    return zip(places[held].tolist(), keys[held].tolist(), strict=True)


def _neighbours(read: _Read, spoken: NDArray[np.bool_]) -> tuple[Places, Keys]:
    """Return where each pair of neighbouring stems of a phrase begins, and its key."""
    places = np.flatnonzero(spoken[:-1] & (read.texts[:-1] == read.texts[1:]))
    return places, ((read.stems[places] & _STEM) << _STEM_BITS) | (read.stems[places + 1] & _STEM)


def _entries_at(read: _Read, places: Places) -> Places:
    found: Places = read.entries[read.texts[places]]
    return found


def _words(read: _Read, spoken: NDArray[np.bool_], size: int) -> WordCounts:
    owners = read.entries[read.texts]
    keys = (((owners << _WORD_BITS) | read.words) << 1) | spoken
    keys.sort()
    starts = _run_starts(keys >> 1)
    totals = np.diff(starts, append=len(keys))
    said = np.add.reduceat(keys & 1, starts) if len(starts) else keys
    words = keys[starts] >> 1
    ends = np.cumsum(np.bincount(words >> _WORD_BITS, minlength=size)) if size else np.zeros(0, np.int64)
    numbers = (words & ((1 << _WORD_BITS) - 1)).astype(np.int32)
    return WordCounts(np.concatenate([[0], ends]), numbers, _capped(said), _capped(totals - said))


def _phrases(read: _Read, spoken: NDArray[np.bool_], vocabulary: Vocabulary, size: int) -> Phrases:
    phrases = read.fields != Field.BODY
    texts, said = read.texts[spoken], read.words[spoken]
    alphabet = np.array(sorted(np.unique(said).tolist(), key=vocabulary.words.__getitem__), np.int32)
    places = np.zeros(len(vocabulary.words), np.int64)
    places[alphabet] = np.arange(len(alphabet))
    keys = (texts << _WORD_BITS) | places[said]
    keys.sort()
    words = np.full(len(texts) + np.count_nonzero(phrases), UNKNOWN, np.int32)
    before = np.cumsum(phrases) - phrases  # phrases that end before each text
    words[np.arange(len(texts)) + before[texts]] = alphabet[keys & ((1 << _WORD_BITS) - 1)]
    lengths = np.bincount(read.entries[texts], minlength=size) + np.bincount(read.entries[phrases], minlength=size)
    return Phrases(np.concatenate([[0], np.cumsum(lengths)]), words)


def _tallied(keys: Keys | NDArray[np.uint64]) -> Occurrences:
    keys.sort()
    starts = _run_starts(keys)
    return _occurrences(keys[starts], np.diff(starts, append=len(keys)))


def _occurrences(keys: Keys | NDArray[np.uint64], counts: Places) -> Occurrences:
    shift, mask = (np.array(bits, keys.dtype) for bits in (_ENTRY_BITS, _ENTRY))
    return Occurrences((keys >> shift).astype(np.int64), (keys & mask).astype(np.int32), _capped(counts))


def _capped(counts: Places) -> Counted:
    return np.minimum(counts, _MOST_COUNTED).astype(np.uint16)


def _distinct(keys: Keys) -> Keys:
    keys.sort()
    found: Keys = keys[_run_starts(keys)]
    return found


def _run_starts(ordered: Keys | NDArray[np.uint64]) -> Places:
    """Return where each run of equal values begins."""
    if not len(ordered):
        return np.zeros(0, np.int64)
    return np.concatenate([[0], np.flatnonzero(ordered[1:] != ordered[:-1]) + 1])
