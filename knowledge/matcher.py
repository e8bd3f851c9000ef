"""From a question to a judgement: rank the entries, then decide."""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from knowledge import intents, reserved, text
from knowledge.decision import MOST_LISTED, NO_THEME, Decision, Judgement, Reason, Scored
from knowledge.postings import Postings

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from knowledge.entry import Entry, Theme

_METHOD = "1"  # raised whenever the way of scoring or deciding changes
_ANSWER_SCORE, _ANSWER_MARGIN = 0.62, 0.12
_KNOWN_SHARE = 0.5


@dataclass(frozen=True)
class Explanation:
    """Why a question was judged so, as data: see ``to_data``."""

    judgement: Judgement
    query: tuple[str, ...]
    features: Mapping[str, float]
    entries: tuple[Mapping[str, Any], ...]

    def to_data(self) -> dict[str, Any]:
        """Return the explanation as JSON values."""
        return {
            "judgement": self.judgement.to_data(),
            "query": list(self.query),
            "features": dict(self.features),
            "entries": [dict(entry) for entry in self.entries],
        }


class Matcher:
    """A library ready to be asked. Immutable: publishing an entry gives a new matcher."""

    def __init__(self, entries: Iterable[Entry], themes: Iterable[Theme]) -> None:
        self.entries = tuple(sorted(entries, key=lambda entry: entry.id))
        self.themes = tuple(themes)
        self.version = _version(self.entries)
        phrases = [[text.tokens(phrase) for phrase in _phrases(entry)] for entry in self.entries]
        self._starts = np.cumsum([0, *map(len, phrases)])[:-1]
        pools = [Counter({token.stem for phrase in own for token in phrase}) for own in phrases]
        self._pools = Postings([dict.fromkeys(pool, 1.0) for pool in pools])
        flat = [phrase for own in phrases for phrase in own]
        self._phrases = Postings([self._unit(Counter(token.stem for token in phrase)) for phrase in flat])
        self._taken_on = [reserved.reasons_taken_on(_phrases(entry)) for entry in self.entries]

    def with_entry(self, entry: Entry) -> Matcher:
        """Return a matcher that holds ``entry`` too, in place of any entry with its id."""
        return Matcher([*(other for other in self.entries if other.id != entry.id), entry], self.themes)

    def without(self, entry_id: str) -> Matcher:
        """Return a matcher without that entry."""
        return Matcher((other for other in self.entries if other.id != entry_id), self.themes)

    def judge(self, question: str, *, today: dt.date) -> Judgement:
        """Return what to do with a question, with its evidence; entries not valid today are left out."""
        query = Counter(token.stem for token in text.tokens(question))
        if not query or not self.entries:
            return self._vague(question)
        scores = self._scores(query, today)
        order = np.lexsort((np.arange(len(scores)), -scores))[:MOST_LISTED]
        scored = tuple(Scored(self.entries[n].id, round(float(scores[n]), 6)) for n in order if scores[n] > 0)
        decision, reason = self._decide(question, query, order, scores)
        theme = NO_THEME if decision is Decision.REDIRECT else self._theme(order, scores)
        confidence = round(min(1.0, scored[0].score), 6) if scored else 0.0
        return Judgement(decision, theme, scored, reason, confidence, self.version)

    def explain(self, question: str, *, today: dt.date) -> Explanation:
        """Return the judgement of a question with what led to it."""
        query = Counter(token.stem for token in text.tokens(question))
        judgement = self.judge(question, today=today)
        mass = sum(self._idf(term) for term in query) or 1.0
        places = {entry.id: n for n, entry in enumerate(self.entries)}
        rows = []
        for item in judgement.scored:
            n = places[item.entry_id]
            terms = {
                term: round(self._idf(term) / mass, 4)
                for term in sorted(query)
                if self._pools.scores({term: 1.0})[n] > 0
            }
            rows.append({"id": item.entry_id, "score": item.score, "terms": terms})
        return Explanation(judgement, tuple(query), {"known_share": self._known_share(query)}, tuple(rows))

    def _vague(self, question: str) -> Judgement:
        small_talk = intents.is_thanks(question)
        decision = Decision.REDIRECT if small_talk else Decision.CLARIFY
        reason = Reason.SMALL_TALK if small_talk else Reason.EMPTY
        theme = NO_THEME if small_talk or not self.themes else self.themes[-1].id
        return Judgement(decision, theme, (), reason, 0.0, self.version)

    def _decide(
        self, question: str, query: Mapping[str, int], order: NDArray[np.int64], scores: NDArray[np.float64]
    ) -> tuple[Decision, Reason]:
        best = float(scores[order[0]])
        margin = best - (float(scores[order[1]]) if len(order) > 1 else 0.0)
        kept = [reason for reason in reserved.reasons(question) if reason not in self._taken_on[int(order[0])]]
        if intents.is_thanks(question):
            return Decision.REDIRECT, Reason.SMALL_TALK
        if self._known_share(query) < _KNOWN_SHARE:
            return Decision.REDIRECT, Reason.OFF_TOPIC
        if kept:
            return Decision.EXPERTS, kept[0]
        if best >= _ANSWER_SCORE and margin >= _ANSWER_MARGIN:
            return Decision.ANSWER, Reason.CONFIDENT
        return Decision.SUGGEST, Reason.CLOSE_CALL

    def _theme(self, order: NDArray[np.int64], scores: NDArray[np.float64]) -> str:
        votes: Counter[str] = Counter()
        for n in order[:5]:
            votes[self.entries[int(n)].theme] += round(float(scores[n]) ** 2 * 10**6)
        return min(votes, key=lambda theme: (-votes[theme], theme))

    def _scores(self, query: Mapping[str, int], today: dt.date) -> NDArray[np.float64]:
        weights = {term: self._idf(term) for term in query}
        covered = self._pools.scores(weights) / (sum(weights.values()) or 1.0)
        near = np.maximum.reduceat(self._phrases.scores(self._unit(query)), self._starts)
        scores: NDArray[np.float64] = 0.5 * covered + 0.5 * near
        holding = np.array([entry.holds_on(today) for entry in self.entries])
        return np.where(holding, scores, 0.0)

    def _known_share(self, query: Mapping[str, int]) -> float:
        mass = sum(self._idf(term) for term in query)
        return sum(self._idf(term) for term in query if term in self._pools) / mass if mass else 0.0

    def _idf(self, term: str) -> float:
        frequency = self._pools.frequency(term)
        return math.log(1 + (self._pools.size - frequency + 0.5) / (frequency + 0.5))

    def _unit(self, counts: Mapping[str, int]) -> dict[str, float]:
        weights = {term: self._idf(term) for term in counts}
        norm = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        return {term: weight / norm for term, weight in weights.items()}


def _phrases(entry: Entry) -> Sequence[str]:
    return (entry.title, *entry.phrasings, *entry.synonyms, *entry.acronyms)


def _version(entries: Sequence[Entry]) -> str:
    digest = hashlib.sha256(_METHOD.encode())
    for entry in entries:
        digest.update(json.dumps(entry.to_data(), sort_keys=True).encode())
    return digest.hexdigest()[:12]
