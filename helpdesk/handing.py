"""A message that was written to no helpdesk, handed to the experts: by its author, or by somebody who answers."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from helpdesk import access, choices, hearing, intake
from helpdesk.database import insert_once
from helpdesk.errors import NotAllowedError, NotFoundError
from helpdesk.office import find_account
from helpdesk.tables import InboundRow
from helpdesk.timekeeping import today

if TYPE_CHECKING:
    from helpdesk.attachments import Upload
    from helpdesk.model import AccountRef, Address
    from helpdesk.office import Act, Office
    from helpdesk.tables import TicketRow


class Handing:
    """Hands messages to the experts."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def hand(
        self,
        key: str,
        account: AccountRef,
        author: AccountRef,
        message: str,
        address: Address,
        text: str,
        at: dt.datetime,
        files: tuple[Upload, ...] = (),
    ) -> int | None:
        """Make a message its author's question for the experts, whatever the library knows; return its number.

        ``message`` is the message's own key: one that is a question already goes to the experts, and is not asked
        twice. ``at``: the platform's time of the message. Only its author, an expert or a coordinator may. Raises
        ``NotAllowedError`` (``not_yours_to_forward``), ``NotFoundError`` (``author_unknown``), ``InvalidInputError``.
        """
        text = intake.clean(text, self._office.policy.max_text)
        matcher = self._office.library.matcher()
        with self._office.act(key, account) as act:
            if act.repeat:
                return act.ticket_id
            theirs = _as_author(act, author)
            insert_once(act.session, InboundRow, key=message, at=act.now)
            known = act.session.get_one(InboundRow, message, with_for_update=True)
            if known.ticket_id is not None:
                row = act.ticket(known.ticket_id)
                if row.author_id != theirs.person.id:
                    raise NotAllowedError("not_yours_to_forward")  # what somebody wrote of another's question
                choices.to_human(theirs, row)
            else:
                said_at = intake.message_time(act, at)
                judged = matcher.judge_with_why(text, today=today(act))
                said = hearing.Said(theirs, address, text, said_at, matcher, judged, files)
                row = hearing.ask(said, insists=True)
                known.ticket_id = row.id
            _record(act, row, theirs)
            return act.about(row)


def _as_author(act: Act, author: AccountRef) -> Act:
    """Return the same transaction with the message's author speaking, if the speaker may hand it on."""
    found = find_account(act.session, author)
    own = found is not None and found.person_id == act.person.id
    if not own and not access.is_staff(act.person):
        raise NotAllowedError("not_yours_to_forward")
    if found is None or found.person.erased_at is not None:
        raise NotFoundError("author_unknown")
    return replace(act, person=found.person, account=found)


def _record(act: Act, ticket: TicketRow, theirs: Act) -> None:
    if act.person.id != theirs.person.id:
        act.record("handed_on", ticket, act.person)
