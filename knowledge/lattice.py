"""The ways to read misspelt words side by side, weighed together.

A letter may be typed for a space, a space lost or swapped with the letter beside it: where a word begins and ends is
as unsure as what it is. Every way to cut the letters into words is a path through a lattice; what a word brings is the
share of all the paths that go through it (forward and backward sums: Rabiner, 1989), so that two readings nearly as
likely both count.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from knowledge.spelling import Lookups

Candidates = dict[str, float]

_LOST_SPACE = 3.0  # natural logarithm of how much rarer a lost space is than one in its place
_LETTER_FOR_SPACE = 4.5  # the same of a letter typed for it
_SWAPPED_SPACE = 2.5  # of a space swapped with the letter after it
_STRAY_SPACE = 4.5  # of a space within a word
_LIKELY = -16.0  # natural logarithm of a likelihood from which a word is not cut
_LIKELY_PAIR = -20.0  # the same from which the space between two words is left where it is
_UNLIKELY = -99.0
_MOST_CUTS = 3  # places where one word as written is cut
_FAR = 5.0  # natural logarithm of how much less likely than all the paths together those through a word may be
LEAST_SHARE = 0.05  # of how likely a word is, from which it is one that was meant
_IMPOSSIBLE = -1e9


@dataclass(frozen=True)
class Reading:
    """A word as written and the words it may stand for, with weights."""

    written: str
    candidates: Candidates

    @property
    def likeliest(self) -> str:
        """Return the candidate of greatest weight."""
        return min(self.candidates, key=lambda word: (-self.candidates[word], word))


class Meant(NamedTuple):
    """The words that some letters may be, as shares of how likely they are as one word (a natural logarithm)."""

    likely: float
    words: Candidates


class _Arc(NamedTuple):
    """One word of a path: the letters it is read from, where the next word begins, and what it may be."""

    start: int
    stop: int
    onward: int
    likely: float  # natural logarithm
    words: Candidates  # shares of it


def read_together(words: Sequence[str], lookups: Lookups) -> list[Reading]:
    """Return the likeliest reading of misspelt words and their neighbours, each word with those it may be instead."""
    return _Lattice(words, lookups).readings()


class _Lattice:
    """The words that may begin at each letter of some words, put side by side with one space between."""

    def __init__(self, words: Sequence[str], lookups: Lookups) -> None:
        self._lookups = lookups
        self._text = " ".join(words)
        self._end = len(self._text) + 1
        self._stops: list[int] = []  # of the word that each letter belongs to, as written
        self._likely: dict[int, float] = {}  # how much so each word is within the spaces as written, by its end
        for word in words:
            stop = len(self._stops) + len(word)
            self._stops += [stop] * (len(word) + 1)
            found = lookups.read(word, doubted=True)
            self._likely[stop] = found.likely if found else _UNLIKELY
        self._arcs: list[list[_Arc]] = [[] for _ in range(self._end)]
        reached = {0}
        for start in range(self._end):
            if start in reached:
                self._arcs[start] = list(self._from(start))
                reached.update(arc.onward for arc in self._arcs[start])

    def readings(self) -> list[Reading]:
        """Return the likeliest path, with the words of the others beside its own."""
        path = self._likeliest_path()
        found: list[Candidates] = [{} for _ in path]
        nearest = [0] * self._end
        for place, arc in enumerate(path):
            nearest[arc.start :] = [place] * (self._end - arc.start)
        for arc, share in self._shares():
            words = found[nearest[(arc.start + arc.stop) // 2]]
            for word, part in arc.words.items():
                words[word] = words.get(word, 0.0) + part * share
        return [
            Reading(self._text[arc.start : arc.stop], {w: p for w, p in words.items() if p > LEAST_SHARE} or arc.words)
            for arc, words in zip(path, found, strict=True)
        ]

    def _shares(self) -> Iterator[tuple[_Arc, float]]:
        """Yield the words that many paths go through, with the share of these."""
        after = self._sums_after()
        before = [0.0] + [_IMPOSSIBLE] * self._end
        for start, arcs in enumerate(self._arcs):
            for arc in arcs:
                so_far = before[start] + arc.likely
                share = so_far + after[arc.onward] - after[0]
                if share > -_FAR:
                    before[arc.onward] = _sum(before[arc.onward], so_far)
                    yield arc, math.exp(share)

    def _sums_after(self) -> list[float]:
        """Return how likely what follows each letter is, summed over all the paths."""
        sums = [_IMPOSSIBLE] * self._end + [0.0]
        for start in range(self._end - 1, -1, -1):
            for arc in self._arcs[start]:
                sums[start] = _sum(sums[start], arc.likely + sums[arc.onward])
        return sums

    def _likeliest_path(self) -> list[_Arc]:
        """Return the words one after the other that are likeliest as a whole."""
        best: list[tuple[float, _Arc | None]] = [*repeat((_IMPOSSIBLE, None), self._end), (0.0, None)]
        for start in range(self._end - 1, -1, -1):
            for word in self._arcs[start]:
                likely = word.likely + best[word.onward][0]
                if likely > best[start][0]:
                    best[start] = likely, word
        path: list[_Arc] = []
        place = 0
        while (arc := best[place][1]) is not None:
            path.append(arc)
            place = arc.onward
        return path

    def _from(self, start: int) -> Iterator[_Arc]:
        """Yield the words that may begin at a letter."""
        text, stop = self._text, self._stops[start]
        if start == stop:
            return
        written = text[start:stop]
        first = start == 0 or text[start - 1] == " "
        yield from self._arc(start, stop, stop + 1, doubted=first)
        if first and not self._lookups.knows(written):
            yield _Arc(start, stop, stop + 1, self._lookups.speller.unread(written), {written: 1.0})
        likely = self._likely[stop]
        after = self._stops[stop + 1] if stop + 1 < len(text) else 0  # where the next word as written ends
        if likely < _LIKELY:
            yield from self._cuts(start, stop)
        if after and likely + self._likely[after] < _LIKELY_PAIR:
            yield from self._across(start, stop, after, first=first)

    def _cuts(self, start: int, stop: int) -> Iterator[_Arc]:
        """Yield the words that end within one as written: they, or what is left of it, are known, the longest first."""
        alone = self._lookups.speller.stands_alone
        cuts: list[tuple[int, int, int, float]] = []
        for place in range(start + 1, stop):
            left = place - start if alone(self._text[start:place]) else 0
            for onward, unlikely in ((place, _LOST_SPACE), (place + 1, _LETTER_FOR_SPACE)):
                right = stop - onward if onward < stop and alone(self._text[onward:stop]) else 0
                if onward < stop and max(left, right):
                    cuts.append((-max(left, right), place, onward, unlikely))
        for _, place, onward, unlikely in sorted(cuts)[:_MOST_CUTS]:
            yield from self._arc(start, place, onward, unlikely)

    def _across(self, start: int, stop: int, after: int, *, first: bool) -> Iterator[_Arc]:
        """Yield the words that a misplaced space cut: it was swapped with a letter on either side, or is no space."""
        alone = start == stop - 1
        if not alone:
            yield from self._arc(start, stop - 1, stop - 1, _LOST_SPACE)
        if first or alone:
            if after > stop + 2:
                yield from self._arc(start, stop + 2, stop + 2, _SWAPPED_SPACE)
            yield from self._arc(start, after, after + 1, _STRAY_SPACE if first else 0.0)

    def _arc(
        self, start: int, stop: int, onward: int, unlikely: float = 0.0, *, doubted: bool = False
    ) -> Iterator[_Arc]:
        found = self._lookups.read(self._text[start:stop].replace(" ", ""), doubted=doubted)
        if found:
            yield _Arc(start, stop, onward, found.likely - unlikely, found.words)


def _sum(one: float, other: float) -> float:
    """Return the logarithm of the sum of two likelihoods given by theirs."""
    if one < other:
        one, other = other, one
    return one + math.log1p(math.exp(other - one))
