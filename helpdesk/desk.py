"""The member's side: asking, carrying on, choosing, insisting, settling. Each use case is one transaction."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from helpdesk import choices, conversation, hearing, intake, reading
from helpdesk.errors import InvalidInputError, NotFoundError
from helpdesk.library import published_entry
from helpdesk.tables import TicketRow
from helpdesk.timekeeping import today
from knowledge import intents

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpdesk.attachments import Upload
    from helpdesk.model import AccountRef, Address
    from helpdesk.office import Act, Office
    from helpdesk.receipt import DayRow
    from helpdesk.views import Evidence, Line, TicketLine, TicketView
    from knowledge.entry import Entry

_STARS = range(1, 6)


class Desk:
    """What a member does."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def hear(
        self,
        key: str,
        account: AccountRef,
        address: Address,
        text: str,
        at: dt.datetime | None = None,
        ticket: int | None = None,
        files: tuple[Upload, ...] = (),
    ) -> int | None:
        """Take in free text and do what it means; return the question it concerned, if any.

        Raises ``InvalidInputError`` (``empty_text``, ``too_long``, ``naive_instant``), ``NotAllowedError``
        (``unknown_account``).
        """
        text = intake.clean(text, self._office.policy.max_text)
        matcher = self._office.library.matcher()
        with self._office.act(key, account) as act:
            if act.repeat:
                return act.ticket_id
            judged = matcher.judge_with_why(text, today=today(act))
            said = hearing.Said(act, address, text, intake.message_time(act, at), matcher, judged, files)
            shown = hearing.shown_to_take_back(act, address)
            known = hearing.known(act, address, ticket, (*intents.questions_named(text), *shown))
            meant = conversation.read(text, judged.judgement, known, act.now, ticket, files=bool(files), shown=shown)
            concerned = hearing.MOVES[meant.move](said, meant)
            return act.about(concerned) if concerned is not None else None

    def ask(
        self,
        key: str,
        account: AccountRef,
        address: Address,
        text: str,
        at: dt.datetime | None = None,
        files: tuple[Upload, ...] = (),
    ) -> int | None:
        """Take in a new question, whatever was said before; return its number."""
        text = intake.clean(text, self._office.policy.max_text)
        matcher = self._office.library.matcher()
        with self._office.act(key, account) as act:
            if act.repeat:
                return act.ticket_id
            judged = matcher.judge_with_why(text, today=today(act))
            said = hearing.Said(act, address, text, intake.message_time(act, at), matcher, judged, files)
            return act.about(hearing.ask(said))

    def solved(self, key: str, account: AccountRef, ticket: int, address: Address | None = None) -> int | None:
        """Record that the answer does; ``address``: where that was said, to be answered there."""
        return self._on_own(key, account, ticket, lambda act, row: choices.confirm(act, row, address))

    def join(self, key: str, account: AccountRef, ticket: int) -> int | None:
        """Let a question wait for the answer to the one that was offered: it is the same.

        Raises ``TransitionError`` when none was, ``ConflictError`` (``answered_meanwhile``).
        """
        return self._on_own(key, account, ticket, choices.join)

    def ask_human(self, key: str, account: AccountRef, ticket: int) -> int | None:
        """Bring a question to the experts, whatever the library said."""
        return self._on_own(key, account, ticket, choices.to_human)

    def choose(self, key: str, account: AccountRef, ticket: int, rank: int) -> int | None:
        """Read one of the suggestions. Raises ``InvalidInputError`` (``no_such_rank``)."""
        return self._on_own(key, account, ticket, lambda act, row: choices.choose(act, row, rank))

    def rate(
        self, key: str, account: AccountRef, ticket: int, stars: int, address: Address | None = None
    ) -> int | None:
        """Rate an answer from 1 to 5, at ``address``.

        Raises ``InvalidInputError`` (``bad_rating``), ``TransitionError``.
        """
        if stars not in _STARS:
            raise InvalidInputError("bad_rating", stars=stars)
        return self._on_own(key, account, ticket, lambda act, row: choices.rate(act, row, stars, address))

    def withdraw(self, key: str, account: AccountRef, ticket: int, address: Address | None = None) -> int | None:
        """Take a question back, at ``address``. Raises ``TransitionError`` when it is already settled."""
        return self._on_own(key, account, ticket, lambda act, row: choices.withdraw(act, row, address=address))

    def status(self, key: str, account: AccountRef, address: Address, ticket: int | None = None) -> None:
        """Tell the member where their open questions stand, or the one named.

        Raises ``NotFoundError`` (``no_question_of_yours``), whether or not there is such a question of somebody else's.
        """
        with self._office.act(key, account) as act:
            if act.repeat:
                return
            named = act.session.get(TicketRow, ticket) if ticket is not None else None
            if ticket is not None and (named is None or named.author_id != act.person.id):
                raise NotFoundError("no_question_of_yours", ticket=ticket)
            choices.tell_status(act, address, only=() if ticket is None else (ticket,))

    def conversation(self, account: AccountRef, address: Address) -> tuple[Line, ...]:
        """Return what was written and told at a mailbox address, oldest first."""
        with self._office.reading() as unit:
            person, _ = unit.speaker(account)
            return reading.conversation(unit, person, address)

    def my_questions(self, account: AccountRef) -> tuple[TicketLine, ...]:
        """Return the member's questions, latest first."""
        with self._office.reading() as unit:
            person, _ = unit.speaker(account)
            return reading.lines(unit, TicketRow.author_id == person.id, latest_first=True)

    def ticket(self, account: AccountRef, ticket_id: int) -> TicketView:
        """Return a question's page as its reader may see it. Raises ``NotFoundError``."""
        with self._office.reading() as unit:
            person, _ = unit.speaker(account)
            return reading.ticket_view(unit, person, ticket_id)

    def receipt(self, account: AccountRef, ticket_id: int, cycle: int) -> tuple[DayRow, ...]:
        """Return how the promise of a question's cycle is counted, day by day. Raises ``NotFoundError``."""
        with self._office.reading() as unit:
            person, _ = unit.speaker(account)
            return reading.receipt(unit, person, ticket_id, cycle)

    def entry(self, entry_id: str) -> Entry:
        """Return a published entry. Raises ``NotFoundError``."""
        with self._office.reading() as unit:
            entry = published_entry(unit.session, entry_id)
            if entry is None:
                raise NotFoundError("no_such_entry", entry=entry_id)
            return entry

    def search_entries(self, text: str) -> tuple[Evidence, ...]:
        """Return up to ten entries near ``text``, best first."""
        matcher = self._office.library.matcher()
        with self._office.reading() as unit:
            return reading.search(unit, matcher, text)

    def _on_own(self, key: str, account: AccountRef, ticket: int, then: Callable[[Act, TicketRow], None]) -> int | None:
        with self._office.act(key, account) as act:
            if act.repeat:
                return act.ticket_id
            row = act.ticket(ticket)
            if row.author_id != act.person.id:
                raise NotFoundError("no_such_question", ticket=ticket)
            then(act, row)
            return act.about(row)
