"""Why a question was judged so, as data: the question as read, the entries' features and terms, the signals."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from knowledge import lexicon, text
from knowledge.counting import MEANINGS
from knowledge.decision import MOST_LISTED, Decision, Reason
from knowledge.ranking import WEIGHTS, Feature
from knowledge.signals import SIGNALS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from knowledge.calibration import Calibration
    from knowledge.decision import Judgement
    from knowledge.entry import Entry
    from knowledge.index import Index
    from knowledge.question import Question
    from knowledge.ranking import Brought, Ranking
    from knowledge.signals import Signals
    from knowledge.vocabulary import Numbers

_WRITTEN = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Contribution:
    """One entry's place: what each feature and each term of the question brought to its score."""

    entry_id: str
    score: float
    features: Mapping[str, float]
    terms: Mapping[str, float]
    body_terms: Mapping[str, float]


@dataclass(frozen=True)
class Explanation:
    """All that led to a judgement.

    ``query`` and ``stems`` are the question's words as read, folded, and their stems; ``meant`` those of its words that
    the first entry says in others; ``near`` the listed entries.
    """

    judgement: Judgement
    message: str
    query: tuple[str, ...]
    stems: tuple[str, ...]
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
            "query": list(self.query),
            "corrections": dict(self.corrections),
            "meanings": list(self.meanings),
            "signals": dict(self.signals),
            "thresholds": dict(self.thresholds),
            "entries": [asdict(entry) for entry in self.entries],
        }

    def spelt(self) -> dict[str, str]:
        """Return the question's words as people write them, by what was read: as the nearest entries do, else as asked.

        A word that nobody wrote, because it stands for an expression, is left out.
        """
        names = {name[1:] for name in self.meanings}
        wanted = {*self.query, *self.corrections, *self.corrections.values(), *names}
        numbers = {word: word for word in wanted if word.isdecimal()}
        texts = [*(line for entry in self.near for line in _texts(entry)), self.message]
        return numbers | _spelt(wanted - numbers.keys(), texts)


@dataclass(frozen=True)
class InShort:
    """Why a question was judged so, for whoever is no engineer.

    ``entry_id``: the first entry, None when it is not worth speaking of. ``shared`` and ``missing``: the question's
    telling words that it says, in these words or in others, and does not; ``corrections``: what was written, and read
    as. ``confidence`` and ``answer_from``: the chances that it answers, and those it takes to answer alone, from 0 to
    1; ``weighed``: these chances made the decision, rather than what the question is about. ``strangeness``: the
    chances that the question is none of the network's.
    """

    entry_id: str | None
    shared: tuple[str, ...]
    missing: tuple[str, ...]
    corrections: Mapping[str, str]
    confidence: float
    answer_from: float
    weighed: bool
    strangeness: float


_WEIGHED = frozenset({
    Reason.CONFIDENT, Reason.CLOSE_CALL, Reason.SUBJECT_ONLY, Reason.TURNED_DOWN, Reason.NO_DOCUMENT,
    Reason.NOTHING_NEAR,
})  # fmt: skip
_ASKS_NOTHING = frozenset({Reason.EMPTY, Reason.TOO_VAGUE, Reason.SMALL_TALK})


def in_short(explanation: Explanation) -> InShort | None:
    """Return the gist of an explanation; None when the message asks nothing that an entry could answer."""
    judgement = explanation.judgement
    if not explanation.entries or judgement.reason in _ASKS_NOTHING:
        return None
    first, spelt = explanation.entries[0], explanation.spelt()
    said = {*first.terms, *first.body_terms}
    small = lexicon.asking_words() | lexicon.small_words() | lexicon.english_stop_words()
    stems = dict(zip(explanation.query, explanation.stems, strict=True))
    telling = {word: spelt[word] for word in stems if word in spelt and word not in small}
    shared = {word for word in telling if word in explanation.meant or not said.isdisjoint(_stems(word, stems[word]))}
    return InShort(
        entry_id=first.entry_id if judgement.decision is not Decision.REDIRECT else None,
        shared=tuple(written for word, written in telling.items() if word in shared),
        missing=tuple(written for word, written in telling.items() if word not in shared),
        corrections={spelt.get(was, was): spelt.get(read, read) for was, read in explanation.corrections.items()},
        confidence=judgement.confidence,
        answer_from=explanation.thresholds["answer_from"],
        weighed=judgement.reason in _WEIGHED,
        strangeness=explanation.signals.get("strangeness", 0.0),
    )


def _stems(word: str, stem: str) -> set[str]:
    """Return what a word is looked for by: its stem, and those of the French words for an English one."""
    return {stem, *map(text.stem, lexicon.english().get(word, ()))}


def _texts(entry: Entry) -> tuple[str, ...]:
    return (entry.title, *entry.phrasings, *entry.synonyms, entry.body)


def _spelt(wanted: set[str], texts: Iterable[str]) -> dict[str, str]:
    """Return how texts write some folded words: the first text that has each; in small letters, save acronyms."""
    found: dict[str, str] = {}
    for said in texts:
        for written in _WRITTEN.findall(said):
            folded = text.fold(written)
            if folded in wanted:
                found.setdefault(folded, written if written.isupper() else written.lower())
        if len(found) == len(wanted):
            break
    return found


def explain(
    judgement: Judgement,
    question: Question,
    ranking: Ranking | None,
    signals: Signals | None,
    index: Index,
    calibration: Calibration,
) -> Explanation:
    """Return what led to a judgement, from the results of its stages."""
    contributions: tuple[Contribution, ...] = ()
    listed: Sequence[int] = ()
    values: dict[str, float] = {}
    answer_from = calibration.answer_from
    if ranking is not None and signals is not None:
        contributions = _contributions(question, ranking, index)
        listed = ranking.order[:MOST_LISTED].tolist()
        answer_from = calibration.of(signals).answer_from
        values = {name: round(value, 4) for name in SIGNALS if (value := getattr(signals, name)) is not None}
        values["confidence"] = round(calibration.confidence(signals), 4)
        values["nearness"] = round(calibration.nearness(signals), 4)
        values["strangeness"] = round(calibration.strangeness(signals), 4)
    return Explanation(
        judgement=judgement,
        message=question.message,
        query=question.read,
        stems=question.run,
        meant=_meant(question, index, listed[0]) if listed else frozenset(),
        near=tuple(index.entries[number] for number in listed),
        corrections=question.corrections,
        meanings=question.meanings,
        signals=values,
        thresholds={"answer_from": answer_from},
        entries=contributions,
    )


def _meant(question: Question, index: Index, first: int) -> frozenset[str]:
    """Return the words of the question for which an entry has others that mean nearly the same."""
    names = {MEANINGS.number(name): name for name in question.meanings}
    held = index.meanings.held(index.meaning_query(question.meanings))
    shared = {names[found.term] for found in held if first in found.entries}
    own = zip(question.read, question.run, strict=True)
    return frozenset(word for word, stem in own if shared.intersection(index.concepts.found_in((stem,))))


def _contributions(question: Question, ranking: Ranking, index: Index) -> tuple[Contribution, ...]:
    listed = ranking.order[:MOST_LISTED]
    spoken = _terms(question, index, ranking.brought[Feature.WORDS], listed)
    written = _terms(question, index, ranking.brought[Feature.BODY], listed)
    scores = ranking.scores[: len(listed)].round(4).tolist()
    values = np.array([values[: len(listed)] for values in ranking.features.values()])
    weights = np.array([[ranking.scale * WEIGHTS[feature]] for feature in ranking.features])
    weighed = dict(zip(map(str, ranking.features), (weights * values).round(4).tolist(), strict=True))
    return tuple(
        Contribution(
            entry_id=index.entries[number].id,
            score=scores[place],
            features={feature: values[place] for feature, values in weighed.items()},
            terms=spoken[place],
            body_terms=written[place],
        )
        for place, number in enumerate(listed.tolist())
    )


def _terms(question: Question, index: Index, brought: Brought, entries: Numbers) -> list[dict[str, float]]:
    """Return what each stem of the question brings to each entry, those that bring nothing left out."""
    names = {index.vocabulary.stems.number(stem): stem for stem in question.stems}
    told: list[dict[str, float]] = [{} for _ in entries]
    values = (brought.to(entries) / question.mass).round(4).tolist()
    for name, row in sorted(zip((names[term] for term in brought.terms), values, strict=True)):
        for terms, value in zip(told, row, strict=True):
            if value:
                terms[name] = value
    return told
