"""The theme that routes a question: voted by the nearest entries, and by the words that each theme claims."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

from knowledge import text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from knowledge.entry import Entry, Theme
    from knowledge.ranking import Ranking
    from knowledge.text import Language

_VOTERS, _FLATTENED = 8, 2.0  # entries that vote, and how evenly
_CLAIMED = 1.6  # what words that one theme claims weigh beside the votes of the entries, where none answers


class Theming:
    """The expressions that themes claim as theirs (``Theme.about``), by their stems, small words left out."""

    def __init__(self, themes: Sequence[Theme], language: Language) -> None:
        self._claims: dict[tuple[str, ...], list[str]] = {}
        for theme in themes:
            for stems in {_stems(expression, language) for expression in theme.about} - {()}:
                self._claims.setdefault(stems, []).append(theme.id)
        self._longest = max(map(len, self._claims), default=0)

    def theme(self, run: Sequence[str], ranking: Ranking, entries: Sequence[Entry], confidence: float) -> str:
        """Return the theme of a question with at least one entry in its ranking.

        ``run`` has the stems of its words in order; the likelier the first entry answers (``confidence``), the less the
        words that themes claim weigh.
        """
        votes: dict[str, float] = {}
        shares = ranking.shares(_FLATTENED)[:_VOTERS]
        for number, share in zip(ranking.order[:_VOTERS], shares / shares.sum(), strict=True):
            theme = entries[number].theme
            votes[theme] = votes.get(theme, 0.0) + float(share)
        for theme, share in self.claimed(run).items():
            votes[theme] = votes.get(theme, 0.0) + _CLAIMED * (1 - confidence) ** 2 * share
        return min(votes, key=lambda theme: (-round(votes[theme], 9), theme))

    def strength(self, run: Sequence[str]) -> float:
        """Return how many words of a question some theme claims, over the square root of how many it has."""
        return sum(map(len, self._found(run))) / math.sqrt(len(run) or 1)

    def claimed(self, run: Sequence[str]) -> dict[str, float]:
        """Return which share of a question's claimed words each theme claims; they sum to less than one.

        The more words are claimed, the nearer to one. The longest expressions are found first.
        """
        found: dict[str, float] = {}
        words = 1
        for stems in self._found(run):
            words += len(stems)
            for theme in self._claims[stems]:
                found[theme] = found.get(theme, 0.0) + len(stems) / len(self._claims[stems])
        return {theme: count / words for theme, count in found.items()}

    def _found(self, run: Sequence[str]) -> Iterator[tuple[str, ...]]:
        place = 0
        while place < len(run):
            ahead = (tuple(run[place : place + size]) for size in range(self._longest, 0, -1))
            stems = next((stems for stems in ahead if stems in self._claims), None)
            if stems:
                yield stems
            place += len(stems) if stems else 1


@lru_cache(maxsize=20_000)  # asked again at each publication
def _stems(expression: str, language: Language) -> tuple[str, ...]:
    words = text.content(text.words(expression, language), language)
    return tuple(text.stem(word, language) for word in words)
