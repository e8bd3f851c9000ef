"""Whether words that name no question are more of the last one: a complaint, a fragment, what was asked of it. Pure.

The rules are told in order in ``helpdesk/conversation.py``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from helpdesk.model import State
from knowledge import complaints, replies, reproaches, subjects
from knowledge.context import recognise
from knowledge.decision import Decision, Reason

if TYPE_CHECKING:
    import datetime as dt

    from helpdesk.known import Known
    from knowledge.decision import Judgement

_VERY_SHORT = 4  # words
_FEW = 10  # words
_SUBJECT = 2  # words of meaning from which a few words can be a subject of their own
_STANDS_ALONE = 3  # words of meaning from which what begins like a follow-up can be a question of its own
_REQUESTS = frozenset({Reason.OWN_FIGURES, Reason.PRICE, Reason.SUPPLIER, Reason.LOCAL_FACT})
_SHOWN = 3  # entries that suggestions show
_FOUND = frozenset({Decision.ANSWER, Decision.SUGGEST})
_NOTHING_ALONE = frozenset({Decision.REDIRECT, Decision.CLARIFY})


def joins(text: str, judgement: Judgement, focus: Known, now: dt.datetime) -> bool:
    """Tell whether the message is more of the last question of this conversation."""
    if focus.state is State.received:
        return True
    if focus.nothing:
        return False
    if _complains_of_an_expert(text, focus) or _finds_fault(text, judgement, focus):
        return True
    if _begins_something(text, judgement, focus):
        return False
    answered = judgement.decision is Decision.ANSWER
    turned_down = focus.library_spoke_last and replies.turns_down(text) and not answered
    owed = focus.is_with_others and _is_of_what_is_owed(text, judgement, focus)
    more = _is_fragment(text, judgement, focus) or completes(text, judgement, focus, now)
    more = more or (focus.state is State.suggested and replies.tells_the_case(text))
    return replies.carries_on(text) or turned_down or more or owed


def complains(text: str, judgement: Judgement, spoken_of: Known) -> bool:
    """Tell whether the message is first of all a complaint of what was answered.

    What names the answer that it complains of is one, whoever has the question now; so are words that only find fault
    with suggestions.
    """
    if reproaches.reproaches(text):
        return not spoken_of.withdrawn
    return spoken_of.state is State.suggested and _finds_fault(text, judgement, spoken_of)


def completes(text: str, judgement: Judgement, focus: Known, now: dt.datetime) -> bool:
    """Tell whether the message gives what was asked for of the case, and asks nothing itself."""
    if not focus.awaits or replies.asks(text):
        return False
    if judgement.reason in _REQUESTS or _is_another_dispute(judgement, focus):
        return False
    said = recognise(text, now.date())
    given = sum(getattr(said, name) is not None for name in focus.awaits)
    if judgement.decision is Decision.ANSWER:
        return given > 1  # « gré à gré, 12 000 euros » is what was asked for, though an entry speaks of it
    if given > 0 or replies.leaves_open(text):
        return True
    return judgement.decision is not Decision.SUGGEST and not said.is_empty


def is_another_question(text: str, judgement: Judgement, awaited: Known) -> bool:
    """Tell whether the message is no reply to the expert who waits for one, but a question that the library answers."""
    recognised = judgement.decision is Decision.ANSWER and replies.asks(text)
    return recognised and not replies.carries_on(text) and judgement.scored[0].entry_id not in awaited.entries


def asks_more(text: str, judgement: Judgement) -> bool:
    """Tell whether the message carries on an answer with a question, and finds no fault: « et pour les travaux ? »."""
    asked = replies.asks(text) or judgement.decision is Decision.ANSWER
    faulty = complaints.complains(text) or reproaches.reproaches(text) or replies.turns_down(text)
    return asked and replies.carries_on(text) and not faulty


def found_after(text: str, alone: Judgement, joined: Judgement, shown: str, today: dt.date) -> Judgement | None:
    """Return what the library finds for a question that carries on its answer ``shown``; None is for the expert.

    ``joined``: what it thinks of both questions together. What only gives the case, « mais pour un MAPA ? », is no
    question alone; and near entries that come up without these words as well are no answer to them.
    """
    reserved = {found.reason for found in (alone, joined) if found.decision is Decision.EXPERTS}
    if reserved - {Reason.NOTHING_NEAR} or not joined.scored:
        return None
    if joined.decision in _FOUND and joined.scored[0].entry_id != shown:
        return joined
    told = recognise(text, today)
    tells_the_case = told.amount is not None or told.procedure is not None
    if alone.decision is Decision.ANSWER and alone.scored[0].entry_id != shown and not tells_the_case:
        return alone
    near = {item.entry_id for item in alone.scored[:_SHOWN]} - {shown}
    if joined.decision is Decision.SUGGEST and any(item.entry_id in near for item in joined.scored[:_SHOWN]):
        return replace(joined, scored=tuple(item for item in joined.scored if item.entry_id != shown))
    return None


def _finds_fault(text: str, judgement: Judgement, focus: Known) -> bool:
    """Tell whether the message says no more than that what the library found does not do."""
    nothing_alone = judgement.decision in _NOTHING_ALONE or judgement.reason is Reason.NOTHING_NEAR
    return focus.library_spoke_last and nothing_alone and complaints.complains(text)


def _complains_of_an_expert(text: str, focus: Known) -> bool:
    """Tell whether the message says, among other things, that the answer just given by a human does not do."""
    return focus.state is State.answered and not focus.by_library and complaints.complains_first_hand(text)


def _is_fragment(text: str, judgement: Judgement, focus: Known) -> bool:
    """Tell whether the message is too short to be anything but more of the last question."""
    if judgement.decision is Decision.ANSWER or "?" in text or _is_another_dispute(judgement, focus):
        return False
    if judgement.decision is Decision.REDIRECT and replies.asks(text) and not complaints.leans(text):
        return False  # « quelle heure est-il »
    if focus.is_with_others and _asks_apart(text, judgement, focus):
        return False
    says_nothing_alone = judgement.decision is Decision.CLARIFY or len(text.split()) <= _VERY_SHORT
    return says_nothing_alone and not _stands_apart(text, judgement, focus)


def _asks_apart(text: str, judgement: Judgement, focus: Known) -> bool:
    """Tell whether a few words ask of a subject of their own, near entries not yet come up: « quel label papier »."""
    if judgement.decision is not Decision.SUGGEST or not replies.asks(text) or complaints.leans(text):
        return False
    return judgement.scored[0].entry_id not in focus.entries and replies.telling_words(text) >= _SUBJECT


def _is_of_what_is_owed(text: str, judgement: Judgement, focus: Known) -> bool:
    """Tell whether a few words of which the library makes nothing, said while somebody owes an answer, are of it.

    A turning away would be the worst reply to « on n'a pas encore signé ». What asks or requests something is another
    question, unless it is said to whoever has this one, « vous pouvez m'appeler ? »; so is what an expert should hear,
    « un candidat n'a pas signé », unless it leans on this one or is the same dispute.
    """
    found = judgement.decision in {Decision.ANSWER, Decision.SUGGEST}
    if found or judgement.reason in _REQUESTS or _is_another_dispute(judgement, focus) or len(text.split()) > _FEW:
        return False
    said_to_them = replies.speaks_to(text)
    if replies.asks(text):
        bare = " ".join(word for word in text.split() if not word.isdigit())  # a telephone number tells no subject
        few = replies.telling_words(bare) <= _SUBJECT
        return few and said_to_them and judgement.decision in _NOTHING_ALONE
    if judgement.decision is Decision.EXPERTS and judgement.reason is not Reason.DISPUTE:
        return said_to_them or complaints.leans(text)
    return not (replies.requests(text) or replies.tells_of_private_life(text))


def _stands_apart(text: str, judgement: Judgement, focus: Known) -> bool:
    """Tell whether a few words, said after what the library found, are off topic or near entries not yet come up.

    A complaint is none, nor is what leans on the question: when in doubt, the words are of it, and reach the expert.
    """
    if not focus.library_spoke_last or complaints.complains(text) or complaints.leans(text):
        return False
    if judgement.decision is Decision.REDIRECT:
        return True
    if judgement.decision is not Decision.SUGGEST or judgement.scored[0].entry_id in focus.entries:
        return False
    return replies.telling_words(text) >= _SUBJECT


def _begins_something(text: str, judgement: Judgement, focus: Known) -> bool:
    return replies.greets(text) or subjects.announces(text) or _is_answered_apart(text, judgement, focus)


def _is_another_dispute(judgement: Judgement, focus: Known) -> bool:
    return judgement.reason is Reason.DISPUTE and not focus.disputed


def _is_answered_apart(text: str, judgement: Judgement, focus: Known) -> bool:
    """Tell whether the message is a whole question, that the library answers with an entry not yet come up.

    « Et pour les vêtements de travail, quel label ? » is one; « et si c'est un MAPA ? » needs what it follows.
    """
    if judgement.decision is not Decision.ANSWER or not replies.asks(text):
        return False
    return judgement.scored[0].entry_id not in focus.entries and replies.telling_words(text) >= _STANDS_ALONE
