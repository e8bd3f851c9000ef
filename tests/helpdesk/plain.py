"""A library whose decisions the tests choose, so that the core's rules are judged apart from the matching.

It stands where ``LibraryCache`` and ``Matcher`` stand: the same calls, over the same stored entries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.library import LibraryCache, published_entries, themes
from knowledge.decision import NO_THEME, Decision, Judgement, Reason, Scored
from knowledge.explanation import InShort, Judged

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from helpdesk.database import Database
    from knowledge.entry import Entry, Theme

ANSWERED = "Le prix peut-il rester le seul critère d'attribution ?"  # an entry's very title: answered
OTHER_ANSWERED = "Quel papier recyclé acheter ?"
CLOSE = "Un label pour du papier ou des produits ?"  # three entries come near
CARRIED_ON = "Et pour du papier, quel label exiger ?"  # answered, though it begins like a follow-up
CARRIED_ON_SHORTLY = "Et si c'est un label ?"  # the same, and nothing without what it follows
CARRIED_ON_AGREEING = "Oui, et pour du mobilier ?"  # near entries, and first of all a yes
UNTREATED = "Un label pour du papier, à quel prix ?"  # the nearest entry says that it does not tell
FRAGMENT = "le mobilier"
GREETING = "Bonjour !"
WHO_ANSWERS = "Vous êtes un robot ?"
SAID_FIRST = "comment ça marche ?"  # asks who answers, where nothing was said before
OFF_TOPIC = "Tu aimes le foot ?"
OFF_TOPIC_SHORTLY = "comment faire un passeport"
CLOSE_SHORTLY = "ramettes pour la mairie"  # near entries, in a few words
UNCLEAR = "votre fiche n'est pas claire du tout"  # as strange to the library, and said of what it answered
NOT_UNDERSTOOD = "Je ne comprends pas, c'est quoi le registre ?"  # answered, though it complains of what was said
DISPUTE = "Notre titulaire nous attaque, que faire ?"  # for the experts, theme juridique
DISPUTE_TOLD = "Un candidat évincé conteste notre marché de mobilier au tribunal"  # the same, known for a dispute
FOOD_CASE = "Notre cantine a un cas bien à elle, que faire ?"  # for the experts, theme alimentation
MENU_CASE = "Notre cantine a des menus bien à elle, que faire ?"  # the same, near an entry that is doubtful

NEAR = ("faq-exiger-label", "guide-papier-recycle", "guide-produits-entretien")


def _judgement(decision: Decision, reason: Reason, theme: str, near: tuple[str, ...] = ()) -> Judgement:
    scored = tuple(Scored(entry_id, round(0.9 - 0.1 * rank, 1)) for rank, entry_id in enumerate(near))
    return Judgement(decision, theme, scored, reason, 0.9, "plain")


_KNOWN = {
    CARRIED_ON: _judgement(Decision.ANSWER, Reason.CONFIDENT, "environnement", ("guide-papier-recycle",)),
    CARRIED_ON_SHORTLY: _judgement(Decision.ANSWER, Reason.CONFIDENT, "environnement", ("faq-exiger-label",)),
    CARRIED_ON_AGREEING: _judgement(Decision.SUGGEST, Reason.CLOSE_CALL, "environnement", NEAR[1:]),
    CLOSE: _judgement(Decision.SUGGEST, Reason.CLOSE_CALL, "environnement", NEAR),
    UNTREATED: _judgement(Decision.SUGGEST, Reason.NOT_TREATED, "environnement", NEAR),
    FRAGMENT: _judgement(Decision.CLARIFY, Reason.TOO_VAGUE, "environnement", NEAR),
    GREETING: _judgement(Decision.CLARIFY, Reason.TOO_VAGUE, NO_THEME),
    SAID_FIRST: _judgement(Decision.CLARIFY, Reason.WHO_ANSWERS, NO_THEME),
    WHO_ANSWERS: _judgement(Decision.CLARIFY, Reason.WHO_ANSWERS, NO_THEME),
    OFF_TOPIC: _judgement(Decision.REDIRECT, Reason.OFF_TOPIC, NO_THEME),
    OFF_TOPIC_SHORTLY: _judgement(Decision.REDIRECT, Reason.OFF_TOPIC, NO_THEME),
    CLOSE_SHORTLY: _judgement(Decision.SUGGEST, Reason.CLOSE_CALL, "environnement", NEAR[1:]),
    NOT_UNDERSTOOD: _judgement(Decision.ANSWER, Reason.CONFIDENT, "environnement", ("guide-papier-recycle",)),
    UNCLEAR: _judgement(Decision.REDIRECT, Reason.OFF_TOPIC, NO_THEME),
    DISPUTE_TOLD: _judgement(Decision.EXPERTS, Reason.DISPUTE, "juridique", NEAR[:1]),
    FOOD_CASE: _judgement(Decision.EXPERTS, Reason.LOCAL_FACT, "alimentation", NEAR[:1]),
    MENU_CASE: _judgement(Decision.EXPERTS, Reason.LOCAL_FACT, "alimentation", ("metho-repas-vegetariens",)),
}


class PlainMatcher:
    """Decides by the last line of what it is asked: a known phrase, an entry's title, or else the experts."""

    version = "plain"

    def __init__(self, entries: Sequence[Entry], themes: Sequence[Theme]) -> None:
        self.themes = tuple(themes)
        self._by_title = {entry.title: entry for entry in entries}

    def judge(self, question: str, *, today: dt.date) -> Judgement:  # noqa: ARG002 - the matcher's own call
        last = question.splitlines()[-1].strip()
        if last in self._by_title:
            entry = self._by_title[last]
            return _judgement(Decision.ANSWER, Reason.CONFIDENT, entry.theme, (entry.id,))
        return _KNOWN.get(last) or _judgement(Decision.EXPERTS, Reason.NOTHING_NEAR, "juridique")

    def judge_with_why(self, question: str, *, today: dt.date) -> Judged:
        """Judge, and tell the question as it was read."""
        judgement = self.judge(question, today=today)
        why = InShort(
            read_alone=question,
            entry_id=NEAR[0],
            title="Exiger un label",
            shared=(),
            missing=(),
            corrections={},
            confidence=0.9,
            answer_from=0.8,
            weighed=True,
            strangeness=0.0,
        )
        return Judged(judgement, why if judgement.scored else None)

    def split(self, message: str) -> tuple[str, ...]:
        """Cut where the tests say."""
        return tuple(message.split(" // "))

    def twin(self, question: str, others: Sequence[str]) -> int | None:
        """Find the same words, whatever their case and what ends them."""
        said = [other.casefold().rstrip(" ?!.") for other in others]
        wanted = question.casefold().rstrip(" ?!.")
        return said.index(wanted) if wanted in said else None


class PlainLibrary(LibraryCache):
    """Gives the plain matcher over the published entries as they stand."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._plain_database = database

    def matcher(self) -> PlainMatcher:  # type: ignore[override]  # what the core calls of a matcher, it has
        with self._plain_database.reading() as session:
            return PlainMatcher(published_entries(session), themes(session))
