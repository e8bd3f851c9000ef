"""What a member's message is about: a new question, more on one already asked, a choice, a thank-you… Pure.

Rules, in order; the first that fits wins:

1. a message that only thanks never opens nor closes anything, though it may be the reply that an expert waits for;
   nor does one that only says "d'accord" where there is nothing to agree to; one that only asks for news gets the
   dates, and one that only takes a question back does so, of the member's question whose number it gives, if it does;
2. what replies to a given question belongs to it;
3. short replies act on the last thing said in this conversation: a choice, a yes, a no, "moi aussi", "un expert"; a
   question taken back is followed by nothing, whatever comes next;
4. an expert waits for the member: whatever they say is the reply, save a question the library
   recognises as another;
5. a question that asked for more words gets them;
6. words that carry on, turn down what the library found, say nothing alone, or give what was asked for of the
   case, join the last question of this conversation: not a mere greeting nor « une question sur la cantine », which
   begin something, nor a question of its own that the library answers at once, nor a dispute that nothing announced;
   nor, once the library has answered or suggested, a few words that are off topic or near other entries, unless they
   complain of what it found or lean on the question; a complaint of suggestions goes to the expert, and so does one
   of an expert's answer, whatever the library thinks of it;
7. in private, words that only give what was asked for of the case join the one question that waits for them, though it
   was asked in private elsewhere: somebody with two accounts is one person;
8. everything else is a new question.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from helpdesk.model import OPEN_STATES, WITH_EXPERTS, State
from helpdesk.notices import NoticeKind
from knowledge import complaints, intents, replies
from knowledge.context import recognise
from knowledge.decision import Decision, Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from knowledge.decision import Judgement

RECENT = dt.timedelta(days=7)  # a settled question can still be carried on from
_VERY_SHORT = 4  # words
_NO_ANSWER = 3  # words: « bon courage ! », « merci Claire »
_RECOGNISED = frozenset({Decision.ANSWER, Decision.SUGGEST, Decision.EXPERTS})
_REQUESTS = frozenset({Reason.OWN_FIGURES, Reason.PRICE, Reason.SUPPLIER, Reason.LOCAL_FACT})
_NOTHING_ALONE = frozenset({Decision.REDIRECT, Decision.CLARIFY})
_SUBJECT = 2  # words of meaning from which a few words can be a subject of their own
_STANDS_ALONE = 3  # words of meaning from which what begins like a follow-up can be a question of its own


class Move(StrEnum):
    """What to do with a member's message."""

    ask = "ask"
    complete = "complete"  # more words for a question that was too vague
    follow = "follow"  # joins an open question
    reopen = "reopen"  # settled, and not settled after all; or entries were proposed, and do not do
    choose = "choose"
    confirm = "confirm"
    me_too = "me_too"  # « moi aussi »: the question that was shown is the same
    human = "human"
    thanks = "thanks"
    status = "status"
    withdraw = "withdraw"  # the question is taken back; which one is asked when there are several


class Beside(StrEnum):
    """What somebody's words are, in reply to another's question asked in public."""

    question = "question"  # for the helpdesk: plainly a question of their own, a wish for an expert, for news
    me_too = "me_too"  # the same question
    reply = "reply"  # between members: it may be the answer
    talk = "talk"  # thanks, "d'accord": nothing is to be done


@dataclass(frozen=True)
class Known:
    """A question of the member as the rules see it. ``here``: it was asked in this conversation.

    ``in_private``: it was, and so is this message, where nobody but the member is written to.
    """

    ticket_id: int
    state: State
    by_library: bool
    nothing: bool  # closed as no question for the network: redirected, or a mere greeting
    suggestions: int
    entries: frozenset[str]  # the library's entries that came up for it
    last_activity: dt.datetime
    here: bool
    in_private: bool = False
    offered: NoticeKind | None = None  # another's question or answer that the member may take up
    awaits: frozenset[str] = frozenset()  # what was asked of the case, as long as some of it is still to be said
    disputed: bool = False  # it tells a dispute
    withdrawn: bool = False  # its author took it back


@dataclass(frozen=True)
class Reading:
    """What a message means: a move, the question it concerns, the rank chosen.

    ``among``: the questions of which it concerns one, when it does not say which, the newest first.
    """

    move: Move
    ticket_id: int | None = None
    rank: int | None = None
    among: tuple[int, ...] = ()


def read(
    text: str,
    judgement: Judgement,
    known: Sequence[Known],
    now: dt.datetime,
    replied: int | None = None,
    *,
    files: bool = False,
) -> Reading:
    """Return what ``text`` means. ``known``: last active first; ``replied``: the question that it replies to.

    ``files``: documents come with it, so that it is never a mere thank-you, choice or wish.
    """
    target = next((ticket for ticket in known if ticket.ticket_id == replied), None)
    focus = target or _last_spoken_of(known, now)
    if files:
        return _longer(text, judgement, known, target, focus, now)
    awaited = _awaited(known, focus)
    if intents.is_thanks(text) and not complaints.complains(text):
        return Reading(Move.follow, awaited.ticket_id) if awaited else _thanks(focus)
    if (wished := _wished(text, known, target, focus)) is not None:
        return wished
    short = _short_reply(text, focus) if focus else None
    if short is None and replies.acknowledges(text) and not _awaits_words(focus):
        return Reading(Move.follow, awaited.ticket_id) if awaited else _thanks(focus)
    return short or _longer(text, judgement, known, target, focus, now)


def beside(text: str, judgement: Judgement) -> Beside:
    """Return what a reply to somebody else's question is.

    A question that neither the library nor a rule knows is taken for a word between members: « avez-vous pensé à… ? ».
    """
    if replies.joins(text):
        return Beside.me_too
    if intents.wants_human(text) or intents.asks_status(text) or intents.takes_back(text):
        return Beside.question
    says_little = len(text.split()) <= _NO_ANSWER and not any(character.isdecimal() for character in text)
    if says_little or intents.is_thanks(text) or replies.acknowledges(text) or replies.refuses(text):
        return Beside.talk
    recognised = judgement.decision in _RECOGNISED and judgement.reason is not Reason.NOTHING_NEAR
    return Beside.question if recognised and "?" in text and not replies.carries_on(text) else Beside.reply


def _last_spoken_of(known: Sequence[Known], now: dt.datetime) -> Known | None:
    """Return the question that words which name none are of: the last one of this conversation.

    Nothing follows one that was taken back: past it, only a question still open is spoken of.
    """
    here = [ticket for ticket in known if ticket.here and _is_fresh(ticket, now)]
    if here and here[0].withdrawn:
        return next((ticket for ticket in here if ticket.state in OPEN_STATES), None)
    return here[0] if here else None


def _awaits_words(focus: Known | None) -> bool:
    """Tell whether more words were asked for: "d'accord" gives none, and the question goes on."""
    return focus is not None and focus.state is State.received


def _thanks(focus: Known | None) -> Reading:
    return Reading(Move.thanks, focus.ticket_id if focus else None)


def _awaited(known: Sequence[Known], focus: Known | None) -> Known | None:
    """Return the question on which an expert waits for the member, when a bare thank-you can only be the reply."""
    candidates = known if focus is None else [focus]
    return next((ticket for ticket in candidates if ticket.state is State.waiting), None)


def _wished(text: str, known: Sequence[Known], target: Known | None, focus: Known | None) -> Reading | None:
    """Return what a message only wishes of Guichet: news, a question taken back, a human."""
    if numbers := intents.questions_named(text):
        named = [ticket for ticket in known if ticket.ticket_id in numbers]
        return _one_of(Move.status, named) if intents.asks_status(text) else _taken_back_by_number(named)
    if intents.asks_status(text):
        return Reading(Move.status, target.ticket_id if target else None)
    if intents.takes_back(text):
        return _taken_back(known, target)
    return _human(focus) if intents.wants_human(text) else None


def _taken_back(known: Sequence[Known], target: Known | None) -> Reading:
    """Return which question is taken back: the one replied to, or else the only open one that may be told of here."""
    if target is not None:
        return Reading(Move.withdraw, target.ticket_id)
    return _one_of(Move.withdraw, _open_and_told_of_here(known))


def _taken_back_by_number(named: Sequence[Known]) -> Reading:
    """Return which question is taken back: the one named, wherever it was asked; of several, one that is still open."""
    return _one_of(Move.withdraw, named if len(named) == 1 else _open_and_told_of_here(named))


def _open_and_told_of_here(known: Sequence[Known]) -> list[Known]:
    return [ticket for ticket in known if ticket.state in OPEN_STATES and (ticket.here or ticket.in_private)]


def _one_of(move: Move, tickets: Sequence[Known]) -> Reading:
    """Return a move that concerns one of these questions: there may be several, or none."""
    among = tuple(sorted((ticket.ticket_id for ticket in tickets), reverse=True))
    return Reading(move, among[0]) if len(among) == 1 else Reading(move, among=among)


def _human(focus: Known | None) -> Reading:
    if focus is None:
        return Reading(Move.human)
    return Reading(Move.status if focus.state in WITH_EXPERTS else Move.human, focus.ticket_id)


def _short_reply(text: str, focus: Known) -> Reading | None:
    rank = replies.choice(text)
    if focus.state is State.suggested and rank is not None and rank <= focus.suggestions:
        return Reading(Move.choose, focus.ticket_id, rank)
    if focus.state is State.answered and replies.agrees(text):
        return Reading(Move.confirm, focus.ticket_id)
    if focus.offered is not None and (taken := _offer_taken(text, focus)) is not None:
        return taken
    return Reading(Move.human, focus.ticket_id) if _is_unsettled(focus) and replies.refuses(text) else None


def _is_unsettled(focus: Known) -> bool:
    """Tell whether the library has spoken last, and may be told that it is wrong."""
    return focus.state is State.suggested or (focus.state is State.answered and focus.by_library)


def _library_spoke_last(focus: Known) -> bool:
    """Tell whether what was last said of the question is the library's, settled by silence or not."""
    return focus.state is State.suggested or focus.by_library


def _offer_taken(text: str, focus: Known) -> Reading | None:
    """Return what a short reply makes of an offer: taken up, or turned down, and the dates are told again."""
    if replies.refuses(text):
        return Reading(Move.status, focus.ticket_id)
    if focus.offered is NoticeKind.me_too and (replies.joins(text) or replies.agrees(text)):
        return Reading(Move.me_too, focus.ticket_id)
    if focus.offered is NoticeKind.earlier_answer and replies.agrees(text):
        return Reading(Move.confirm, focus.ticket_id)
    return None


def _longer(
    text: str,
    judgement: Judgement,
    known: Sequence[Known],
    target: Known | None,
    focus: Known | None,
    now: dt.datetime,
) -> Reading:
    spoken_of = target or focus
    if spoken_of is not None and spoken_of.state is State.suggested and _complains(text, judgement, spoken_of):
        return Reading(Move.reopen, spoken_of.ticket_id)  # the same entries would only be proposed again
    if target is not None:
        return Reading(Move.ask) if target.withdrawn and _says_nothing(text, judgement) else _about(target)
    awaited = next((ticket for ticket in known if ticket.state is State.waiting), None)
    if awaited is not None and not _is_another_question(text, judgement, awaited):
        return Reading(Move.follow, awaited.ticket_id)
    if focus is not None and _joins(text, judgement, focus, now):
        return _about(focus)
    elsewhere = _completed_elsewhere(text, judgement, known, now)
    return Reading(Move.ask) if elsewhere is None else _about(elsewhere)


def _says_nothing(text: str, judgement: Judgement) -> bool:
    return judgement.reason is Reason.EMPTY or replies.greets(text)


def _completed_elsewhere(text: str, judgement: Judgement, known: Sequence[Known], now: dt.datetime) -> Known | None:
    """Return the only question asked in private elsewhere whose case the message completes; none when in doubt."""
    open_states = {*WITH_EXPERTS, State.joined}
    waiting = [
        ticket
        for ticket in known
        if ticket.in_private
        and not ticket.here
        and ticket.state in open_states
        and ticket.awaits
        and now - ticket.last_activity <= RECENT
    ]
    only = waiting[0] if len(waiting) == 1 else None
    return only if only is not None and _completes(text, judgement, only, now) else None


def _about(ticket: Known) -> Reading:
    if ticket.state in {State.received, State.suggested}:
        return Reading(Move.complete, ticket.ticket_id)
    if ticket.state in {*WITH_EXPERTS, State.joined}:
        return Reading(Move.follow, ticket.ticket_id)
    return Reading(Move.ask) if ticket.nothing else Reading(Move.reopen, ticket.ticket_id)


def _joins(text: str, judgement: Judgement, focus: Known, now: dt.datetime) -> bool:
    if focus.state is State.received:
        return True
    if focus.nothing:
        return False
    if _complains_of_an_expert(text, focus) or _complains(text, judgement, focus):
        return True
    if _begins_something(text, judgement, focus):
        return False
    answered = judgement.decision is Decision.ANSWER
    if replies.carries_on(text) or (_library_spoke_last(focus) and replies.turns_down(text) and not answered):
        return True
    return _is_fragment(text, judgement, focus) or _completes(text, judgement, focus, now)


def _complains(text: str, judgement: Judgement, focus: Known) -> bool:
    """Tell whether the message says no more than that what the library found does not do."""
    return _library_spoke_last(focus) and judgement.decision in _NOTHING_ALONE and complaints.complains(text)


def _complains_of_an_expert(text: str, focus: Known) -> bool:
    """Tell whether the message says, among other things, that the answer just given by a human does not do."""
    return focus.state is State.answered and not focus.by_library and complaints.complains_first_hand(text)


def _is_fragment(text: str, judgement: Judgement, focus: Known) -> bool:
    """Tell whether the message is too short to be anything but more of the last question."""
    if judgement.decision is Decision.ANSWER or "?" in text or _is_another_dispute(judgement, focus):
        return False
    says_nothing_alone = judgement.decision is Decision.CLARIFY or len(text.split()) <= _VERY_SHORT
    return says_nothing_alone and not _stands_apart(text, judgement, focus)


def _stands_apart(text: str, judgement: Judgement, focus: Known) -> bool:
    """Tell whether a few words, said after what the library found, are off topic or near entries not yet come up.

    A complaint is none, nor is what leans on the question: when in doubt, the words are of it, and reach the expert.
    """
    if not _library_spoke_last(focus) or complaints.complains(text) or complaints.leans(text):
        return False
    if judgement.decision is Decision.REDIRECT:
        return True
    if judgement.decision is not Decision.SUGGEST or judgement.scored[0].entry_id in focus.entries:
        return False
    return replies.telling_words(text) >= _SUBJECT


def _begins_something(text: str, judgement: Judgement, focus: Known) -> bool:
    return replies.greets(text) or intents.announces(text) or _is_answered_apart(text, judgement, focus)


def _completes(text: str, judgement: Judgement, focus: Known, now: dt.datetime) -> bool:
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


def _is_another_dispute(judgement: Judgement, focus: Known) -> bool:
    return judgement.reason is Reason.DISPUTE and not focus.disputed


def _is_answered_apart(text: str, judgement: Judgement, focus: Known) -> bool:
    """Tell whether the message is a whole question, that the library answers with an entry not yet come up.

    « Et pour les vêtements de travail, quel label ? » is one; « et si c'est un MAPA ? » needs what it follows.
    """
    if judgement.decision is not Decision.ANSWER or not replies.asks(text):
        return False
    return judgement.scored[0].entry_id not in focus.entries and replies.telling_words(text) >= _STANDS_ALONE


def _is_another_question(text: str, judgement: Judgement, awaited: Known) -> bool:
    recognised = judgement.decision is Decision.ANSWER and "?" in text
    return recognised and not replies.carries_on(text) and judgement.scored[0].entry_id not in awaited.entries


def _is_fresh(ticket: Known, now: dt.datetime) -> bool:
    return (
        ticket.state in {*WITH_EXPERTS, State.joined, State.received, State.suggested}
        or now - ticket.last_activity <= RECENT
    )
