"""What a member's message is about: a new question, more on one already asked, a choice, a thank-you… Pure.

Rules, in order; the first that fits wins:

1. a message that only thanks never opens nor closes anything, though it may be the reply that an expert waits for;
   nor does one that only says "d'accord" where there is nothing to agree to, nor one that only asks who answers; one
   that only asks for news gets the dates, and one that only takes a question back, or says that the answer was found,
   takes it back: the questions whose numbers it gives, if it does, or all of them, as many as are shown at once; so do
   a few words that pick one of those just shown; a rating is of an answer, never a word on a question still open;
2. what replies to a given question belongs to it; so does a complaint that names the answer it is of, to the last
   question spoken of, whoever has it and whatever the library finds in it: it goes to the expert;
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
   of an expert's answer, whatever the library thinks of it. While somebody owes an answer, a few words of which the
   library makes nothing are of that question: they are turned away only when they ask for something else;
7. in private, words that only give what was asked for of the case join the one question that waits for them, though it
   was asked in private elsewhere: somebody with two accounts is one person;
8. everything else is a new question.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from helpdesk import carrying_on
from helpdesk.known import RECENT
from helpdesk.model import OPEN_STATES, WITH_EXPERTS, State
from helpdesk.notices import MOST_SHOWN, NoticeKind
from knowledge import complaints, intents, presenting, replies
from knowledge.decision import Decision, Reason

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from helpdesk.known import Known
    from knowledge.decision import Judgement

_NO_ANSWER = 3  # words: « bon courage ! », « merci Claire »
_RECOGNISED = frozenset({Decision.ANSWER, Decision.SUGGEST, Decision.EXPERTS})


class Move(StrEnum):
    """What to do with a member's message."""

    ask = "ask"
    complete = "complete"  # more words for a question that was too vague
    follow = "follow"  # joins an open question
    reopen = "reopen"  # settled, and not settled after all; or entries were proposed, and do not do
    choose = "choose"
    confirm = "confirm"
    rate = "rate"  # how many stars, just asked for
    me_too = "me_too"  # « moi aussi »: the question that was shown is the same
    human = "human"
    thanks = "thanks"
    present = "present"  # who answers is told: a program, and experts behind
    status = "status"
    withdraw = "withdraw"  # the question is taken back; which one is asked when there are several
    withdraw_all = "withdraw_all"  # each of several questions is
    unclear = "unclear"  # « oui » to several suggestions, « non merci » to an answer: what is meant is asked


class Beside(StrEnum):
    """What somebody's words are, in reply to another's question asked in public."""

    question = "question"  # for the helpdesk: plainly a question of their own, a wish for an expert, for news
    me_too = "me_too"  # the same question
    reply = "reply"  # between members: it may be the answer
    talk = "talk"  # thanks, "d'accord": nothing is to be done


@dataclass(frozen=True)
class Reading:
    """What a message means: a move, the question it concerns, the rank chosen or the stars given.

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
    shown: Sequence[int] = (),
) -> Reading:
    """Return what ``text`` means. ``known``: last active first; ``replied``: the question that it replies to.

    ``files``: documents come with it, so that it is never a mere thank-you, choice or wish. ``shown``: the questions
    of which it was just asked here which one is taken back.
    """
    target = next((ticket for ticket in known if ticket.ticket_id == replied), None)
    focus = target or _last_spoken_of(known, now)
    if files:
        return _longer(text, judgement, known, target, focus, now)
    if shown and target is None and (told := _of_those_shown(text, known, shown)) is not None:
        return told
    if (brief := _brief(text, known, focus, now)) is not None:
        return brief
    if (wished := _wished(text, known, target, focus)) is not None:
        return wished
    short = _short_reply(text, focus) if focus else None
    if short is None and replies.acknowledges(text) and not _awaits_words(focus):
        return _thanked(known, focus)
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
    here = [ticket for ticket in known if ticket.here and ticket.is_fresh(now)]
    if here and here[0].withdrawn:
        return next((ticket for ticket in here if ticket.state in OPEN_STATES), None)
    return here[0] if here else None


def _awaits_words(focus: Known | None) -> bool:
    """Tell whether more words were asked for: "d'accord" gives none, and the question goes on."""
    return focus is not None and focus.state is State.received


def _thanks(focus: Known | None) -> Reading:
    return Reading(Move.thanks, focus.ticket_id if focus else None)


def _thanked(known: Sequence[Known], focus: Known | None) -> Reading:
    awaited = _awaited(known, focus)
    return Reading(Move.follow, awaited.ticket_id) if awaited else _thanks(focus)


def _brief(text: str, known: Sequence[Known], focus: Known | None, now: dt.datetime) -> Reading | None:
    """Return what stars, a yes to suggestions, thanks, or « non merci » mean; the latter is a no where one is asked."""
    if focus is not None and replies.rates(text):
        return _rated(text, known, focus, now)
    offers = focus is not None and (focus.state is State.suggested or focus.offered is not None)
    if focus is not None and focus.suggestions and focus.state is State.suggested and replies.says_yes(text):
        return None if focus.offered else _yes_to_suggestions(focus)
    if not intents.is_thanks(text) or complaints.complains(text):
        return None
    if replies.refuses(text) and focus is not None and (offers or focus.state is State.answered):
        return None if offers else Reading(Move.unclear, focus.ticket_id)
    return _thanked(known, focus)


def _yes_to_suggestions(focus: Known) -> Reading:
    """Return the only suggestion, chosen; of several, which one is to be said."""
    return (
        Reading(Move.choose, focus.ticket_id, 1) if focus.suggestions == 1 else Reading(Move.unclear, focus.ticket_id)
    )


def _rated(text: str, known: Sequence[Known], focus: Known, now: dt.datetime) -> Reading | None:
    """Return what stars do: they rate the last answer here; with none to rate, they are no word on what is open."""
    heard = (ticket for ticket in known if ticket.here and ticket.is_fresh(now))
    answers = (ticket for ticket in (focus, *heard) if ticket.rateable or ticket.state is State.answered)
    if (answer := next(answers, None)) is not None:
        return Reading(Move.rate, answer.ticket_id, replies.rating(text))
    if focus.state in {State.received, State.waiting}:
        return None  # they may be the words that were asked for
    return Reading(Move.status, focus.ticket_id) if focus.is_with_others else _thanks(focus)


def _awaited(known: Sequence[Known], focus: Known | None) -> Known | None:
    """Return the question on which an expert waits for the member, when words of no subject can only be the reply."""
    candidates = known if focus is None else [focus]
    return next((ticket for ticket in candidates if ticket.state is State.waiting), None)


def _wished(text: str, known: Sequence[Known], target: Known | None, focus: Known | None) -> Reading | None:
    """Return what a message only wishes of Guichet: news, a question taken back, a human."""
    if numbers := intents.questions_named(text):
        return _wished_by_number(text, [ticket for ticket in known if ticket.ticket_id in numbers])
    calls = replies.nudges(text) or intents.asks_help(text)
    if intents.asks_status(text) or (
        calls and focus is not None and focus.is_with_others and not _awaited(known, focus)
    ):
        return _asked_after(text, known, target, focus)
    if intents.takes_back(text):
        return _taken_back(text, known, target)
    if intents.has_found(text):
        return _found_elsewhere(text, known, target, focus)
    if intents.may_take_back(text) and (told_of := _open_and_told_of_here(known)):
        return Reading(Move.withdraw, among=tuple(ticket.ticket_id for ticket in told_of))
    presented = Reading(Move.present) if presenting.asks_who_answers(text) else None
    return _human(text, focus) if intents.wants_human(text) else presented


def _asked_after(text: str, known: Sequence[Known], target: Known | None, focus: Known | None) -> Reading:
    """Return what words that ask for news do: « vous n'avez pas répondu » complains, once all is answered."""
    owed = any(ticket.state in OPEN_STATES for ticket in known)
    if focus is not None and focus.state is State.answered and not owed and complaints.complains(text):
        return _complained_of(focus)
    return Reading(Move.status, target.ticket_id if target else None)


def _wished_by_number(text: str, named: Sequence[Known]) -> Reading:
    if intents.asks_status(text):
        return _one_of(Move.status, named)
    if intents.takes_back(text):
        return _taken_back_by_number(named)
    return _human(text, named[0]) if len(named) == 1 else Reading(Move.status)


def _taken_back(text: str, known: Sequence[Known], target: Known | None) -> Reading:
    """Return which question is taken back: the one replied to, or else the only open one that may be told of here.

    All of them when the words say so, and they are no more than are shown at once; of more, it is asked which.
    """
    if target is not None:
        return Reading(Move.withdraw, target.ticket_id)
    told_of = _open_and_told_of_here(known)
    everything = len(told_of) <= MOST_SHOWN and intents.speaks_of_all(text, len(told_of))
    return _one_of(Move.withdraw_all if everything else Move.withdraw, told_of)


def _found_elsewhere(text: str, known: Sequence[Known], target: Known | None, focus: Known | None) -> Reading:
    """Return what « c'est bon j'ai trouvé » does: it takes back what is open, answers an expert, disturbs no answer."""
    spoken_of = target or focus
    if (awaited := _awaited(known, spoken_of)) is not None:
        return Reading(Move.follow, awaited.ticket_id)
    if spoken_of is not None and spoken_of.state not in OPEN_STATES:
        return _thanks(spoken_of)
    return _taken_back(text, known, target)


def _of_those_shown(text: str, known: Sequence[Known], shown: Sequence[int]) -> Reading | None:
    """Return what a few words make of the questions shown to choose from: one taken back, or none, and their dates."""
    if replies.refuses(text):
        return Reading(Move.status, among=tuple(shown))
    everything = intents.takes_back(text) and intents.speaks_of_all(text, len(shown))
    picked = shown if everything else replies.picks(text, shown)
    if len(picked) > 1:  # of more than were shown, their numbers alone tell which
        still_open = {ticket.ticket_id for ticket in _open_and_told_of_here(known)}
        named_all = len(picked) == len(shown) > MOST_SHOWN
        picked = [number for number in (picked[:MOST_SHOWN] if named_all else picked) if number in still_open]
    return _taken_back_by_number([ticket for ticket in known if ticket.ticket_id in picked]) if picked else None


def _taken_back_by_number(named: Sequence[Known]) -> Reading:
    """Return which questions are taken back: the one named, wherever it was asked; of several, those still open."""
    return _one_of(Move.withdraw_all, named if len(named) == 1 else _open_and_told_of_here(named))


def _open_and_told_of_here(known: Sequence[Known]) -> list[Known]:
    return [ticket for ticket in known if ticket.state in OPEN_STATES and (ticket.here or ticket.alone)]


def _one_of(move: Move, tickets: Sequence[Known]) -> Reading:
    """Return a move that concerns one of these questions: there may be several, or none."""
    among = tuple(sorted((ticket.ticket_id for ticket in tickets), reverse=True))
    return Reading(move, among[0]) if len(among) == 1 else Reading(move, among=among)


def _human(text: str, focus: Known | None) -> Reading:
    """Return what a wish for a human asks; by when, if that is said, is to be read by who answers."""
    if focus is None:
        return Reading(Move.human)
    if intents.presses(text) and focus.state not in {State.received, State.joined} and not focus.withdrawn:
        return _complained_of(focus)
    return Reading(Move.status if focus.state in WITH_EXPERTS else Move.human, focus.ticket_id)


def _short_reply(text: str, focus: Known) -> Reading | None:
    # Just after an answer, a number alone may be one of those that it gave.
    told = focus.state is State.answered and not focus.by_library and not text.strip(" .!").isalnum()
    stars = replies.rating(text) if focus.rateable or told else None
    if stars is not None:
        return Reading(Move.rate, focus.ticket_id, stars)
    by_library = focus.state in {State.suggested, State.answered} and focus.library_spoke_last
    rank = replies.choice(text, focus.suggestions) if by_library else None
    if rank is not None:
        return Reading(Move.choose, focus.ticket_id, rank)
    if focus.state is State.answered and replies.agrees(text):
        return Reading(Move.confirm, focus.ticket_id)
    if focus.offered is not None and (taken := _offer_taken(text, focus)) is not None:
        return taken
    return Reading(Move.human, focus.ticket_id) if focus.is_unsettled and replies.refuses(text) else None


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
    if focus is not None and focus.nothing:
        focus = next((ticket for ticket in known if ticket.here and ticket.state in OPEN_STATES), focus)
    spoken_of = target or focus
    if spoken_of is not None and carrying_on.complains(text, judgement, spoken_of):
        return _complained_of(spoken_of)
    if target is not None:
        return Reading(Move.ask) if target.withdrawn and _says_nothing(text, judgement) else _about(target)
    awaited = next((ticket for ticket in known if ticket.state is State.waiting), None)
    if awaited is not None and not carrying_on.is_another_question(text, judgement, awaited):
        return Reading(Move.follow, awaited.ticket_id)
    if focus is not None and carrying_on.joins(text, judgement, focus, now):
        return _about(focus)
    elsewhere = _completed_elsewhere(text, judgement, known, now)
    if elsewhere is not None:
        return _about(elsewhere)
    return Reading(Move.present if judgement.reason is Reason.WHO_ANSWERS else Move.ask)


def _says_nothing(text: str, judgement: Judgement) -> bool:
    return judgement.reason is Reason.EMPTY or replies.greets(text)


def _completed_elsewhere(text: str, judgement: Judgement, known: Sequence[Known], now: dt.datetime) -> Known | None:
    """Return the only question asked in private elsewhere whose case the message completes; none when in doubt."""
    waiting = [
        ticket
        for ticket in known
        if ticket.in_private
        and not ticket.here
        and ticket.is_with_others
        and ticket.awaits
        and now - ticket.last_activity <= RECENT
    ]
    only = waiting[0] if len(waiting) == 1 else None
    return only if only is not None and carrying_on.completes(text, judgement, only, now) else None


def _complained_of(ticket: Known) -> Reading:
    """Return how a complaint carries a question on: to the expert, for the library would only say the same again."""
    if ticket.state is State.received:
        return Reading(Move.complete, ticket.ticket_id)
    return Reading(Move.follow if ticket.is_with_others else Move.reopen, ticket.ticket_id)


def _about(ticket: Known) -> Reading:
    if ticket.state in {State.received, State.suggested}:
        return Reading(Move.complete, ticket.ticket_id)
    if ticket.is_with_others:
        return Reading(Move.follow, ticket.ticket_id)
    return Reading(Move.ask) if ticket.nothing else Reading(Move.reopen, ticket.ticket_id)
