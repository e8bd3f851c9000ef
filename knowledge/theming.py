"""The theme that routes a question: voted by the nearest entries, and by the words that each theme claims."""

from __future__ import annotations

import math
from collections import Counter
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from knowledge import lexicon, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from knowledge.entry import Entry, Theme
    from knowledge.question import Question
    from knowledge.ranking import Ranking
    from knowledge.text import Language

_VOTERS, _FLATTENED = 8, 2.0  # entries that vote, and how evenly
_CLAIMED = 3.2  # what words that one theme claims weigh beside the votes of the entries, where none answers
_FADING = 4  # how fast they weigh less, the likelier an entry answers
_MOST = 0.66  # share of a question's words that makes it a theme's
_SHORT = 3  # letters of a word whose last one is no plural mark


class Theming:
    """The expressions that themes claim as theirs (``Theme.about``): by their words, small ones left out.

    Words are compared without their plural mark, not by their stems: « voirie » has that of « voir ».
    """

    def __init__(self, themes: Sequence[Theme], language: Language) -> None:
        self._claims: dict[tuple[str, ...], list[str]] = {}
        said: set[str] = set()
        for theme in themes:
            expressions = {_words(expression, language) for expression in theme.about} - {()}
            said.update(*expressions)
            for words in {tuple(map(_singular, words)) for words in expressions}:
                self._claims.setdefault(words, []).append(theme.id)
        self.words = frozenset(chain(said, (f"{word}s" for word in said if not word.endswith(("s", "x")))))
        """The words that themes claim, alone or in an expression, as they are written and in the plural."""
        self._longest = max(map(len, self._claims), default=0)

    def theme(self, question: Question, ranking: Ranking, entries: Sequence[Entry], confidence: float) -> str:
        """Return the theme of a question with at least one entry in its ranking.

        The likelier the first entry answers (``confidence``), the less the words that themes claim weigh.
        """
        votes: dict[str, float] = {}
        shares = ranking.shares(_FLATTENED)[:_VOTERS]
        for number, share in zip(ranking.order[:_VOTERS], shares / shares.sum(), strict=True):
            theme = entries[number].theme
            votes[theme] = votes.get(theme, 0.0) + float(share)
        for theme, share in self.claimed(question).items():
            votes[theme] = votes.get(theme, 0.0) + _CLAIMED * (1 - confidence) ** _FADING * share
        return min(votes, key=lambda theme: (-round(votes[theme], 9), theme))

    def strength(self, question: Question) -> float:
        """Return how many words of a question some theme claims, over the square root of how many it has."""
        return sum(map(len, self._found(question))) / math.sqrt(len(question.read) or 1)

    def fills(self, question: Question) -> bool:
        """Tell whether themes claim most of a question: two words in three, those of asking left out."""
        told = lexicon.telling(question.read)
        return sum(map(len, self._found(question))) >= _MOST * max(1, len(told))

    def claimed(self, question: Question) -> dict[str, float]:
        """Return which share of a question's claimed words each theme claims; they sum to less than one.

        The more words are claimed, the nearer to one. The longest expressions are found first.
        """
        found: dict[str, float] = {}
        count = 1
        for words in self._found(question):
            count += len(words)
            for theme in self._claims[words]:
                found[theme] = found.get(theme, 0.0) + len(words) / len(self._claims[words])
        return {theme: words / count for theme, words in found.items()}

    def is_of_others(self, question: Question, theme: str, words: AbstractSet[str]) -> bool:
        """Tell whether expressions that another theme claims, and ``theme`` does not, hold any of ``words``.

        One expression of several words, or several of one word.
        """
        own = set(map(_singular, words))
        found = [claimed for claimed in self._found(question) if not own.isdisjoint(claimed)]
        others = Counter(
            other
            for claimed in found
            if theme not in self._claims[claimed]
            for other in self._claims[claimed]
            for _ in claimed
        )
        return max(others.values(), default=0) > 1

    def _found(self, question: Question) -> Iterator[tuple[str, ...]]:
        run = tuple(map(_singular, question.read))
        place = 0
        while place < len(run):
            ahead = (run[place : place + size] for size in range(self._longest, 0, -1))
            words = next((words for words in ahead if words in self._claims), None)
            if words:
                yield words
            place += len(words) if words else 1


@lru_cache(maxsize=20_000)  # asked again at each publication
def _words(expression: str, language: Language) -> tuple[str, ...]:
    said = text.content(text.words(expression, language), language)
    return tuple(word for word in said if word not in lexicon.english_stop_words())


def _singular(word: str) -> str:
    return word[:-1] if word.endswith(("s", "x")) and len(word) > _SHORT else word
