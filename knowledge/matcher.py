"""From a question to a judgement: read it, rank the entries, decide, and say why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from knowledge import calibration as calibrating
from knowledge import intents, lexicon, presenting, reserved, speech, subjects, twins, untreated
from knowledge.background import Background
from knowledge.business import is_about_purchasing
from knowledge.circumstances import Circumstances
from knowledge.decision import MOST_LISTED, NO_THEME, Decision, Judgement, Reason, Scored
from knowledge.digests import calibration_key, digests, version
from knowledge.entry import GLOSSARY
from knowledge.explanation import Evidence, Explanation, Judged, explain, in_short
from knowledge.index import Index
from knowledge.learning import Learnt
from knowledge.mail import body_of, gist_of
from knowledge.permission import asks_permission
from knowledge.question import Question, read_question
from knowledge.ranking import Feature, Ranking, rank
from knowledge.signals import read_signals
from knowledge.splitting import candidate_questions, is_short
from knowledge.text import Language, considered, content, fold, stem
from knowledge.theming import Theming
from knowledge.weighing import Weighed

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from knowledge.calibration import Calibration, Chances
    from knowledge.entry import Entry, Theme
    from knowledge.senses import Embedder

NOTHING_LEARNT = Learnt()
STRANGE_FROM = 0.5  # probability of being off topic from which a question is redirected
STRANGE_WHEN_FAR = 0.3  # the same when no entry is near and no theme claims its words
STRANGE_RESERVED_FROM = 0.8  # the same for a question that would otherwise go to a human
_LIKELY = 0.5  # probability that an entry answers from which a question is only redirected when surely off topic
_SURELY_STRANGE = 0.9  # probability of being off topic that takes
_TOO_STRANGE = 0.75  # the same, from which no entry answers alone
_SAID_ALIKE = 0.98  # likeness to a phrase of the entry from which a question is the library's, however strange
NEAR_FROM = 0.25  # probability that one of three answers from which they are suggested
_UNDERSTOOD = 0.6  # share of a question's words that its entry says, from which it is taken as one of two
_BRIEF = 40  # words of a message that tells no story around its questions
_DISTINCT = 2.5  # logarithm of how much more a library says a word than people do, from which it is a subject of it
_FAVOURED = 0.45  # likelier that an entry answers a message for its circumstances to be read with it
_JARGON = 5.0  # the same, from which it says alone what is asked
_LEAST_APART = 2  # telling words left of a message without its circumstances for it to be read so
_LEAST_ALONE = 3  # the same of its asking sentences
_MOSTLY_GUESSED = 0.7  # share of an entry's words in common that are guesses, from which it is only suggested
_WHAT_IS = {Language.FRENCH: "c'est quoi {}", Language.ENGLISH: "what is {}"}  # as the meaning of a term is read
_LEGAL_THEME = "juridique"  # whose experts take a dispute and what may be required, whatever is bought
_NOTHING_FOUND = frozenset({Reason.OFF_TOPIC, Reason.NOTHING_NEAR})
_UNASKED = {
    Reason.OFF_TOPIC: (Decision.CLARIFY, Reason.TOO_VAGUE),
    Reason.CONFIDENT: (Decision.SUGGEST, Reason.CLOSE_CALL),
}  # what becomes of a message that only tells of its writer


class Matcher:
    """A library ready to be asked. Immutable: publishing an entry gives a new matcher.

    ``precision`` is the wanted share of automatic answers that are right, from 0 to 1. A ``calibration`` made earlier
    for the same library saves the time of making it again, and the matcher of nearly the same library ``before`` most
    of the time of counting what the entries say. ``stored`` finds the calibration kept under a key
    (``calibration_key``): it comes first. ``embedder`` is a language model that compares meanings too.
    """

    def __init__(
        self,
        entries: Iterable[Entry],
        themes: Iterable[Theme],
        *,
        precision: float = calibrating.DEFAULT_PRECISION,
        calibration: Calibration | None = None,
        stored: Callable[[str], Calibration | None] | None = None,
        before: Matcher | None = None,
        learnt: Learnt = NOTHING_LEARNT,
        embedder: Embedder | None = None,
    ) -> None:
        self.entries = tuple(sorted(entries, key=lambda entry: entry.id))
        self.themes = tuple(themes)
        self.precision = precision
        self.language = speech.language_spoken(self.entries)
        kept = before.index if before and before.language is self.language else None
        self._theming = Theming(self.themes, self.language)
        self.index: Index = Index(self.entries, self.language, kept, embedder, self._theming.words)
        self._acronyms = frozenset(fold(acronym) for acronym, _ in self.index.acronyms)
        self._glossary = {
            number: speech.said(entry.title, self.language)
            for number, entry in enumerate(self.entries)
            if entry.kind in GLOSSARY
        }
        self.learnt = learnt
        self._background = Background(self.index)
        self._circumstances = Circumstances(self.index.speech)
        self._bounded = [number for number, entry in enumerate(self.entries) if entry.valid_from or entry.valid_until]
        self.digests: dict[int, int] = digests(self.entries, before.digests if before else {})
        """A number that changes with each entry, by the entry itself: one that did not change is the same object."""
        if calibration and self.index.senses and not calibration.sensed:
            calibration = None
        key = self.calibration_key(learnt)
        found = stored(key) if stored else None
        self.calibration = found or calibration or self.calibrate(learnt)
        self.calibrated_as = key if found or not calibration else None  # None: as the library nearly was
        self.version = version(self.digests.values(), self.themes, self.calibration, learnt)

    def calibration_key(self, learnt: Learnt) -> str:
        """Return what a calibration depends on: entries, words of themes, method, model, precision, verdicts."""
        return calibration_key(self.digests.values(), self.index, self.precision, learnt)

    def calibrate(self, learnt: Learnt) -> Calibration:
        """Return the calibration of the library as it stands, made anew."""
        return calibrating.calibrate(self.index, self.precision, learnt.counted)

    def over(
        self,
        entries: Iterable[Entry],
        themes: Iterable[Theme],
        learnt: Learnt | None = None,
        stored: Callable[[str], Calibration | None] | None = None,
    ) -> Matcher:
        """Return a matcher over changed entries, or with more learnt.

        Unless one is stored, the calibration is kept as long as it suits them: one entry hardly moves it, and making it
        is what takes time.
        """
        entries = tuple(entries)
        return Matcher(
            entries,
            themes,
            precision=self.precision,
            calibration=self.calibration if self.calibration.suits(len(entries)) else None,
            stored=stored,
            before=self,
            learnt=self.learnt if learnt is None else learnt,
            embedder=self.index.embedder,
        )

    def judge(self, question: str, *, today: dt.date) -> Judgement:
        """Return what to do with a question, with its evidence; entries not valid today are left out."""
        return self._judge(question, today)[0]

    def split(self, message: str) -> tuple[str, ...]:
        """Return the questions of a message: several only when each stands alone and leads to another entry.

        A short one must be so near to its entry that it is certainly asked. In few words, one of public purchasing
        stands alone as well.
        """
        questions = candidate_questions(body_of(considered(message)))
        if len(questions) == 1:
            return (message,)
        everything = np.ones(len(self.entries), dtype=bool)
        brief = len(message.split()) <= _BRIEF
        firsts = set()
        for question in questions:
            read = read_question(self._circumstances.apart(question) or question, self.index)
            if not read.read or not everything.any():
                return (message,)
            ranking = rank(read, self.index, everything)
            understood = ranking.features[Feature.WORDS][0] >= _UNDERSTOOD
            asked = understood and (not is_short(question) or self._is_near(read, ranking))
            if not asked and not (brief and is_about_purchasing(question, read.corrections)):
                return (message,)
            firsts.add(int(ranking.order[0]))
        return questions if len(firsts) == len(questions) else (message,)

    def _is_near(self, question: Question, ranking: Ranking) -> bool:
        """Tell whether one of the first three entries likely answers a question, which is not strange."""
        signals = read_signals(question, ranking, self.index, self._background.compare(question))
        chances = self.calibration.chances(signals)
        return chances.nearness >= _LIKELY and chances.strangeness < STRANGE_FROM

    def twin(self, question: str, others: Sequence[str]) -> int | None:
        """Return the place among ``others`` of the same question in other words, None when there is none."""
        return twins.twin(question, others, self.index)

    def explain(self, question: str, *, today: dt.date) -> Explanation:
        """Return the judgement of a question with all that led to it."""
        judgement, read, evidence = self._judge(question, today)
        return explain(judgement, read, evidence, self.index, self.calibration.answer_from)

    def judge_with_why(self, question: str, *, today: dt.date) -> Judged:
        """Return the judgement of a question with the gist of what led to it."""
        explanation = self.explain(question, today=today)
        return Judged(explanation.judgement, in_short(explanation))

    def _judge(self, message: str, today: dt.date) -> tuple[Judgement, Question, Evidence | None]:
        message = body_of(considered(message))
        subject, term = map(self._subject, (subjects.subject_named(message), subjects.term_asked(message)))
        gist = subject or gist_of(message)
        question = read_question(gist, self.index)
        allowed = np.ones(len(self.entries), dtype=bool)
        allowed[self._bounded] = [self.entries[number].holds_on(today) for number in self._bounded]
        if presenting.is_small_talk(message) or not question.read or not allowed.any():
            return self._without_ranking(message), question, None
        whole = self._weigh(question, allowed)
        question, ranking, signals, chances = self._best_reading(gist, term, whole, allowed)
        if term:
            question = whole.question  # nothing is set apart: the rest of it asks what the term means
        decision, reason = self._decide(message, question, ranking, chances, named=bool(subject or term))
        if reason in _NOTHING_FOUND and (about := self._about_what_is_bought(message, allowed)):
            ranking, decision, reason = about, Decision.SUGGEST, Reason.SUBJECT_ONLY
        unasked = None if term else _UNASKED.get(reason)
        if unasked and self._circumstances.alone(message, whole.signals.everyday):
            decision, reason = unasked
        scored = tuple(
            Scored(self.entries[number].id, round(float(share), 6))
            for number, share in zip(ranking.order[:MOST_LISTED], ranking.shares(), strict=False)
        )
        theme = self._theme(message, whole.question, ranking, chances, (decision, reason))
        judgement = Judgement(decision, theme, scored, reason, round(chances.confidence, 6), self.version)
        return judgement, question, Evidence(ranking, signals, chances)

    def _theme(
        self, message: str, question: Question, ranking: Ranking, chances: Chances, decided: tuple[Decision, Reason]
    ) -> str:
        """Return the theme of a decided question, whose experts it is for."""
        decision, reason = decided
        if decision is Decision.REDIRECT:
            return NO_THEME
        if decision is Decision.CLARIFY:
            return self._fallback_theme()
        legal = reason is Reason.DISPUTE or asks_permission(message)
        if legal and any(own.id == _LEGAL_THEME for own in self.themes):
            return _LEGAL_THEME
        answered = 0.0 if reason in reserved.REASONS else chances.confidence
        return self._theming.theme(question, ranking, self.entries, answered)

    def _weigh(
        self, question: Question, allowed: NDArray[np.bool_], *, sensed: bool = True, first: Sequence[int] = ()
    ) -> Weighed:
        ranking = rank(question, self.index, allowed, sensed=sensed).putting_first(first)
        everyday, claimed = self._background.compare(question), self._theming.strength(question)
        signals = read_signals(question, ranking, self.index, everyday, claimed)
        return Weighed(question, ranking, signals, self.calibration.chances(signals))

    def _best_reading(self, gist: str, term: str, whole: Weighed, allowed: NDArray[np.bool_]) -> Weighed:
        """Return a message as it is best read: whole, without its circumstances, or what it asks, or asks of, alone.

        The reading that an entry likeliest answers is taken. When another one finds another entry, or the same one
        without its amounts does, its chances to answer are the lesser ones. How strange a message is, the whole tells.
        """
        best = whole
        around = self._circumstances
        apart, asking = around.apart(gist), around.asking(gist)
        defined = term and _WHAT_IS[self.language].format(term)
        parts = ((apart, _LEAST_APART, _FAVOURED), (asking, _LEAST_ALONE, 0), (term, 1, 0), (defined, 1, 0))
        for said, least, favour in parts:
            if other := self._weigh_part(said, least, whole, allowed):
                taken = other.chances.confidence + favour > best.chances.confidence
                best = other if taken else best.agreeing(other)
        if defining := self._defining(term):
            best = self._weigh(read_question(term, self.index), allowed, sensed=whole.sensed, first=defining)
        if other := self._weigh_part(around.without_amounts(best.question.asked), _LEAST_APART, whole, allowed):
            best = best.agreeing(other)
        return best.within(whole)

    def _defining(self, term: str) -> list[int]:
        """Return the entries that define a term: its words are in the title of a definition or of an acronym."""
        told = {stem(word, self.language) for word in content(term.split(), self.language)}
        return [number for number, title in self._glossary.items() if told and told <= title]

    def _weigh_part(self, said: str, least: int, whole: Weighed, allowed: NDArray[np.bool_]) -> Weighed | None:
        """Return what a part of a message is worth; None if it has few telling words, none of the library's own.

        The language model is not asked again where it did not answer for the whole.
        """
        if not said:
            return None
        question, speller = read_question(said, self.index), self.index.speller
        told = lexicon.subject_words(question.read)
        enough = len(told) >= least or any(speller.distinctness(word) >= _JARGON for word in told)
        return self._weigh(question, allowed, sensed=whole.sensed) if enough else None

    def _without_ranking(self, message: str) -> Judgement:
        decision, reason, theme = Decision.CLARIFY, Reason.EMPTY, self._fallback_theme()
        if intents.is_thanks(message):
            decision, reason, theme = Decision.REDIRECT, Reason.SMALL_TALK, NO_THEME
        elif presenting.may_ask_who_answers(message):
            reason = Reason.WHO_ANSWERS
        return Judgement(decision, theme, (), reason, 0.0, self.version)

    def _decide(
        self, message: str, question: Question, ranking: Ranking, chances: Chances, *, named: bool
    ) -> tuple[Decision, Reason]:
        if question.asks_nothing or intents.says_nothing(message):
            return Decision.CLARIFY, Reason.TOO_VAGUE
        kept = self._kept_for_a_human(message, question, ranking)
        if reserved.ALWAYS.intersection(kept):
            return Decision.EXPERTS, kept[0]
        subject = named and not kept
        ours = subject or self._theming.fills(question) or is_about_purchasing(message, question.corrections)
        alike = float(ranking.features[Feature.PHRASE][0]) >= _SAID_ALIKE
        if not ours and not alike and _is_strange(chances, kept=bool(kept)):
            return Decision.REDIRECT, Reason.OFF_TOPIC
        if kept:
            return Decision.EXPERTS, kept[0]
        surely = chances.strangeness_unclaimed < _TOO_STRANGE or alike
        found = _decide_by_nearness(chances, self._short_of_an_answer(message, question, ranking), surely=surely)
        alone = subject and found[1] in {Reason.CLOSE_CALL, Reason.NOTHING_NEAR}
        return (Decision.SUGGEST, Reason.SUBJECT_ONLY) if alone else found

    def _about_what_is_bought(self, message: str, allowed: NDArray[np.bool_]) -> Ranking | None:
        """Return the entries about what a message buys, when some are near and it says no more of it."""
        bought = self._subject(subjects.subject_bought(message))
        about = self._weigh(read_question(bought, self.index), allowed) if bought else None
        return about.ranking if about and about.chances.nearness >= NEAR_FROM else None

    def _subject(self, named: Sequence[str]) -> str:
        """Return what a message only names, or asks the meaning of, if it is more the library's than everybody's."""
        told = content(named, self.language)
        words = [word for word in told if word not in self._acronyms]
        known = all(self.index.idfs(stem(word, self.language) for word in words))
        own = len(words) < len(told) or any(self.index.speller.distinctness(word) >= _DISTINCT for word in words)
        return " ".join(named) if known and own else ""

    def _kept_for_a_human(self, message: str, question: Question, ranking: Ranking) -> tuple[Reason, ...]:
        """Return the reasons for which a question is a human's and that its first entry has not taken on.

        A case or figures of the writer's are taken on only by a phrasing that says the same.
        """
        found = reserved.reasons(message, question.corrections)
        if not found:
            return ()
        first = self.entries[int(ranking.order[0])]
        taken_on = reserved.taken_on((first.title, *first.phrasings))
        return tuple(
            reason
            for reason in found
            if reason not in taken_on or (reason in reserved.THEIR_OWN and self.twin(message, taken_on[reason]) is None)
        )

    def _short_of_an_answer(self, message: str, question: Question, ranking: Ranking) -> Reason | None:
        """Return why the first entry is no answer however near it is, if it is none."""
        first = self.entries[int(ranking.order[0])]
        said = (first.title, *first.phrasings, first.body)
        if intents.names_a_document(message) and not any(map(intents.names_a_document, said)):
            return Reason.NO_DOCUMENT
        if intents.names_funding(message) and not any(map(intents.names_funding, said)):
            return Reason.NOT_TREATED
        if untreated.asks_for_it(question, first, self.index) or self._is_beyond(question, first, ranking):
            return Reason.NOT_TREATED
        if question.guessed and self._guessed_share(question, ranking) >= _MOSTLY_GUESSED:
            return Reason.GUESSED
        against = self.learnt.wordings_against(first.id)  # somebody who asked the same was given it, and it did not do
        if against and twins.is_one_of(message, against, self.index):
            return Reason.TURNED_DOWN
        return None

    def _is_beyond(self, question: Question, first: Entry, ranking: Ranking) -> bool:
        """Tell whether a question names, in several words, what other experts deal with, and its entry never does."""
        numbers, stems = ranking.order[:1], self.index.vocabulary.stems
        brought = (ranking.brought[feature] for feature in (Feature.WORDS, Feature.BODY))
        said = {term for own in brought for term, value in zip(own.terms, own.to(numbers)[:, 0], strict=True) if value}
        unsaid = {word for word, own in zip(question.read, question.run, strict=True) if stems.number(own) not in said}
        return self._theming.is_of_others(question, first.theme, unsaid)

    def _guessed_share(self, question: Question, ranking: Ranking) -> float:
        """Return how much of what the first entry has in common with a question rests on guesses at misspelt words."""
        words, stems = ranking.brought[Feature.WORDS], self.index.vocabulary.stems
        brought = words.to(ranking.order[:1])[:, 0]
        guesses = np.isin(words.terms, [stems.number(stem) for stem in question.guessed])
        return float(brought[guesses].sum()) / (float(brought.sum()) or 1.0)

    def _fallback_theme(self) -> str:
        """Return the theme of messages that say nothing yet: the last one, the network's own life."""
        return self.themes[-1].id if self.themes else NO_THEME


def _is_strange(chances: Chances, *, kept: bool) -> bool:
    """Tell whether a question seems nobody's of the network; surely so when an entry likely answers it."""
    if kept:
        return chances.strangeness >= STRANGE_RESERVED_FROM
    if chances.confidence >= _LIKELY:
        return chances.strangeness >= _SURELY_STRANGE
    far = chances.nearness < NEAR_FROM and not chances.claimed
    return chances.strangeness >= (STRANGE_WHEN_FAR if far else STRANGE_FROM)


def _decide_by_nearness(chances: Chances, short: Reason | None, *, surely: bool) -> tuple[Decision, Reason]:
    if surely and chances.confidence >= max(chances.answer_from, chances.strangeness_unclaimed):
        return (Decision.SUGGEST, short) if short else (Decision.ANSWER, Reason.CONFIDENT)
    if chances.nearness >= NEAR_FROM:
        return Decision.SUGGEST, Reason.CLOSE_CALL
    return Decision.EXPERTS, Reason.NOTHING_NEAR
