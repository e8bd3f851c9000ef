"""Why a question was judged so, as data: the question as read, the entries' features and terms, the signals."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from knowledge import lexicon, text
from knowledge.counting import MEANINGS
from knowledge.decision import MOST_LISTED, Decision, Reason
from knowledge.ranking import WEIGHTS, Feature
from knowledge.signals import SIGNALS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from knowledge.calibration import Chances
    from knowledge.decision import Judgement
    from knowledge.entry import Entry
    from knowledge.index import Index
    from knowledge.question import Question
    from knowledge.ranking import Brought, Ranking
    from knowledge.signals import Signals
    from knowledge.vocabulary import Numbers

_WRITTEN = re.compile(r"[^\W_]+")


class Evidence(NamedTuple):
    """What a judgement rests on where there is something to rank."""

    ranking: Ranking
    signals: Signals
    chances: Chances


class Contribution(NamedTuple):
    """One entry's place: what each feature and each term of the question brought to its score."""

    entry_id: str
    score: float
    features: Mapping[str, float]
    terms: Mapping[str, float]
    body_terms: Mapping[str, float]


@dataclass(frozen=True)
class Explanation:
    """All that led to a judgement.

    ``query`` and ``stems`` are the question's words as read, folded, and their stems, ``translated`` from English or
    not; ``meant`` those of its words that
    the first entry says in others; ``near`` the listed entries. ``read_alone``: the part of the message that was read
    without the rest, empty when the whole was.
    """

    judgement: Judgement
    message: str
    read_alone: str
    query: tuple[str, ...]
    stems: tuple[str, ...]
    translated: bool
    meant: frozenset[str]
    near: tuple[Entry, ...]
    corrections: Mapping[str, str]
    meanings: tuple[str, ...]
    signals: Mapping[str, float]
    thresholds: Mapping[str, float]
    entries: tuple[Contribution, ...]

    def to_data(self) -> dict[str, Any]:
        """Return the explanation as JSON values."""
        return {
            "judgement": self.judgement.to_data(),
            "read_alone": self.read_alone,
            "query": list(self.query),
            "corrections": dict(self.corrections),
            "meanings": list(self.meanings),
            "signals": dict(self.signals),
            "thresholds": dict(self.thresholds),
            "entries": [entry._asdict() for entry in self.entries],
        }

    def spelt(self) -> dict[str, str]:
        """Return the question's words as people write them, by what was read: as the nearest entries do, else as asked.

        A word that nobody wrote, because it stands for an expression, is left out.
        """
        names = {name[1:] for name in self.meanings}
        wanted = {*self.query, *self.corrections, *self.corrections.values(), *names}
        found = {word: word for word in wanted if word.isdecimal()}
        for said in chain(map(_said_by, self.near), [_written([self.message])]):
            found |= {word: said[word] for word in wanted - found.keys() if word in said}
        return found


@dataclass(frozen=True)
class InShort:
    """Why a question was judged so, for whoever is no engineer.

    ``entry_id``: the first entry, None when it is not worth speaking of; ``title``: its title. ``shared`` and
    ``missing``: the question's telling words that it says, in these words or in others, and does not; ``corrections``:
    what was written, and read as. ``confidence`` and ``answer_from``: the chances that it answers, and those it takes
    to answer alone, from 0 to 1; ``weighed``: these chances made the decision, rather than what the question is about.
    ``strangeness``: the chances that the question is none of the network's. ``read_alone``: as in ``Explanation``.
    """

    read_alone: str
    entry_id: str | None
    title: str
    shared: tuple[str, ...]
    missing: tuple[str, ...]
    corrections: Mapping[str, str]
    confidence: float
    answer_from: float
    weighed: bool
    strangeness: float

    def to_data(self) -> dict[str, Any]:
        """Return the gist as JSON values, such that ``from_data`` gives it back."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> InShort:
        """Return the gist that ``to_data`` described."""
        return cls(**{**data, "shared": tuple(data["shared"]), "missing": tuple(data["missing"])})


class Judged(NamedTuple):
    """A judgement with the gist of why it was made, None when the message asks nothing that an entry could answer."""

    judgement: Judgement
    why: InShort | None


_WEIGHED = frozenset({
    Reason.CONFIDENT, Reason.CLOSE_CALL, Reason.SUBJECT_ONLY, Reason.TURNED_DOWN, Reason.NO_DOCUMENT,
    Reason.NOT_TREATED, Reason.GUESSED, Reason.NOTHING_NEAR,
})  # fmt: skip
_ASKS_NOTHING = frozenset({Reason.EMPTY, Reason.TOO_VAGUE, Reason.SMALL_TALK, Reason.WHO_ANSWERS})


def in_short(explanation: Explanation) -> InShort | None:
    """Return the gist of an explanation; None when the message asks nothing that an entry could answer."""
    judgement = explanation.judgement
    if not explanation.entries or judgement.reason in _ASKS_NOTHING:
        return None
    first, spelt = explanation.entries[0], explanation.spelt()
    said = {*first.terms, *first.body_terms}
    small = lexicon.asking_words() | lexicon.small_words() | lexicon.english_stop_words()
    stems = dict(zip(explanation.query, explanation.stems, strict=True))
    glossary = lexicon.english() if explanation.translated else {}
    telling = {word: spelt[word] for word in stems if word in spelt and word not in small}
    shared = {
        word
        for word in telling
        if word in explanation.meant or not said.isdisjoint((stems[word], *map(text.stem, glossary.get(word, ()))))
    }
    return InShort(
        read_alone=" ".join(explanation.read_alone.split()).strip(" ,;:("),
        entry_id=first.entry_id if judgement.decision is not Decision.REDIRECT else None,
        title=explanation.near[0].title,
        shared=tuple(written for word, written in telling.items() if word in shared),
        missing=tuple(written for word, written in telling.items() if word not in shared),
        corrections={spelt.get(was, was): spelt.get(read, read) for was, read in explanation.corrections.items()},
        confidence=judgement.confidence,
        answer_from=explanation.thresholds["answer_from"],
        weighed=judgement.reason in _WEIGHED,
        strangeness=explanation.signals.get("strangeness", 0.0),
    )


@lru_cache(maxsize=1_000)  # of some 30 KB each; the first few entries come up again and again
def _said_by(entry: Entry) -> Mapping[str, str]:
    """Return the words of an entry, folded, each as it is written there."""
    return _written((entry.title, *entry.phrasings, *entry.synonyms, entry.body))


def _written(texts: Iterable[str]) -> dict[str, str]:
    """Return the words of texts, folded, each as the first one writes it; in small letters, save acronyms."""
    found: dict[str, str] = {}
    for written in dict.fromkeys(word for said in texts for word in _WRITTEN.findall(said)):
        small = written.lower()
        found.setdefault(small if small.isascii() else text.fold(written), written if written.isupper() else small)
    return found


def explain(
    judgement: Judgement, question: Question, evidence: Evidence | None, index: Index, answer_from: float
) -> Explanation:
    """Return what led to a judgement, from the results of its stages; ``answer_from`` where there is no evidence."""
    contributions: tuple[Contribution, ...] = ()
    listed: Sequence[int] = ()
    values: dict[str, float] = {}
    if evidence is not None:
        ranking, signals, chances = evidence
        contributions = _contributions(question, ranking, index)
        listed = ranking.order[:MOST_LISTED].tolist()
        answer_from = chances.answer_from
        values = {name: round(value, 4) for name in SIGNALS if (value := getattr(signals, name)) is not None}
        values["confidence"] = round(chances.confidence, 4)
        values["nearness"] = round(chances.nearness, 4)
        values["strangeness"] = round(chances.strangeness, 4)
        values["strangeness_unclaimed"] = round(chances.strangeness_unclaimed, 4)
    return Explanation(
        judgement=judgement,
        message=question.message,
        read_alone=question.asked if question.asked != question.message else "",
        query=question.read,
        stems=question.run,
        translated=question.translated,
        meant=_meant(question, index, evidence.ranking) if evidence else frozenset(),
        near=tuple(index.entries[number] for number in listed),
        corrections=question.corrections,
        meanings=question.meanings,
        signals=values,
        thresholds={"answer_from": answer_from},
        entries=contributions,
    )


def _meant(question: Question, index: Index, ranking: Ranking) -> frozenset[str]:
    """Return the words of the question for which the first entry has others that mean nearly the same."""
    names = {MEANINGS.number(name): name for name in question.meanings}
    brought = ranking.brought[Feature.MEANINGS]
    values = brought.to(ranking.order[:1])[:, 0].tolist()
    shared = {names[term] for term, value in zip(brought.terms, values, strict=True) if value}
    own = zip(question.read, question.run, strict=True)
    return frozenset(word for word, stem in own if shared and shared.intersection(index.concepts.found_in((stem,))))


def _contributions(question: Question, ranking: Ranking, index: Index) -> tuple[Contribution, ...]:
    listed = ranking.order[:MOST_LISTED]
    stems = index.vocabulary.stems
    names = {stems.number(stem): stem for stem in question.stems}
    spoken, written = (
        _terms(ranking.brought[feature], listed, names, question.mass) for feature in (Feature.WORDS, Feature.BODY)
    )
    weights = np.array([[ranking.scale * WEIGHTS[feature]] for feature in ranking.features])
    values = np.array([values[: len(listed)] for values in ranking.features.values()])
    weighed = (weights * values).round(4).T.tolist()
    scores = ranking.scores[: len(listed)].round(4).tolist()
    features = list(map(str, ranking.features))
    rows = zip(listed.tolist(), scores, weighed, spoken, written, strict=True)
    return tuple(
        Contribution(index.entries[number].id, score, dict(zip(features, row, strict=True)), terms, body_terms)
        for number, score, row, terms, body_terms in rows
    )


def _terms(brought: Brought, entries: Numbers, names: Mapping[int, str], mass: float) -> list[dict[str, float]]:
    """Return what each stem of the question brings to each entry, those that bring nothing left out."""
    said = sorted((names[term], place) for place, term in enumerate(brought.terms))
    values = (brought.to(entries) / mass).round(4).T.tolist()
    return [{name: row[place] for name, place in said if row[place]} for row in values]
