"""How somebody unknown becomes known on a channel: by an invitation, or by naming their organisation."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process, utils
from sqlalchemy import select

from helpdesk.errors import InvalidInputError, NotAllowedError, NotFoundError
from helpdesk.model import AccountRef, Person, Role
from helpdesk.office import find_account, insert_once, to_person
from helpdesk.people import add_account, create_person
from helpdesk.tables import AccountRow, InboundRow, InviteRow, OrganisationRow, PersonRow

if TYPE_CHECKING:
    from helpdesk.model import Address
    from helpdesk.office import Office, Unit

INVITE_LIFE = dt.timedelta(days=30)
_NEAR = 60.0  # rapidfuzz's score, out of 100, from which an organisation may be the one meant
_LISTED = 5
_LONGEST_NAME = 120


@dataclass(frozen=True)
class OrganisationLine:
    """An organisation that may be the one somebody means."""

    id: int
    name: str
    kind: str | None


class Joining:
    """Use cases of those who are not known yet, and of those who invite them."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def invite(
        self, key: str, account: AccountRef, *, person: int | None = None, organisation: int | None = None
    ) -> str:
        """Return a one-time code valid 30 days: joins an account to ``person``, or a newcomer to ``organisation``.

        Anybody may invite another account of their own; only a coordinator may invite somebody else.
        Raises ``NotAllowedError``, ``NotFoundError`` (``no_such_person``, ``no_such_organisation``).
        """
        code = secrets.token_urlsafe(18)
        with self._office.act(key, account) as act:
            if person != act.person.id:
                act.require(Role.coordinator)
            if person is not None:
                act.person_row(person)
            elif organisation is None or act.session.get(OrganisationRow, organisation) is None:
                raise NotFoundError("no_such_organisation")
            act.session.add(
                InviteRow(
                    code_hash=_hash(code),
                    person_id=person,
                    organisation_id=organisation,
                    expires_at=act.now + INVITE_LIFE,
                ),
            )
            act.record("invited", None, act.person, person=person, organisation=organisation)
        return code

    def join(self, key: str, account: AccountRef, address: Address, code: str, name: str) -> Person:
        """Use an invitation: join the account to its person, or create one in its organisation.

        Raises ``NotFoundError`` (``invite_unknown``, ``invite_used``, ``invite_expired``), ``InvalidInputError``
        (``account_taken``) when the account already belongs to somebody else.
        """
        with self._office.unit() as unit:
            if not insert_once(unit.session, InboundRow, key=key, at=unit.now):
                return _known(unit, account)
            invite = unit.session.get(InviteRow, _hash(code), with_for_update=True)
            if invite is None:
                raise NotFoundError("invite_unknown")
            if invite.used_at is not None:
                raise NotFoundError("invite_used")
            if invite.expires_at <= unit.now:
                raise NotFoundError("invite_expired")
            held = find_account(unit.session, account)
            if held is not None and held.person_id != invite.person_id:
                raise InvalidInputError("account_taken", channel=account.channel, account=account.external_id)
            invite.used_at = unit.now
            if invite.person_id is not None:
                person = unit.person_row(invite.person_id)
            else:
                organisation = unit.session.get_one(OrganisationRow, invite.organisation_id)
                person = create_person(unit, name[:_LONGEST_NAME], frozenset(), organisation=organisation)
            if held is None:
                _settle_in(unit, person, account, address)
            return to_person(person)

    def organisations(self, text: str) -> tuple[OrganisationLine, ...]:
        """Return up to five organisations that ``text`` may name, the nearest first."""
        with self._office.reading() as unit:
            rows = {row.id: row for row in unit.session.scalars(select(OrganisationRow))}
        found = process.extract(
            text,
            {row_id: row.name for row_id, row in rows.items()},
            scorer=fuzz.token_set_ratio,
            processor=utils.default_process,
            limit=_LISTED,
            score_cutoff=_NEAR,
        )
        return tuple(OrganisationLine(row_id, rows[row_id].name, rows[row_id].kind) for _, _, row_id in found)

    def register(
        self,
        key: str,
        account: AccountRef,
        address: Address,
        name: str,
        organisation: int | None,
        locale: str,
    ) -> Person:
        """Make somebody unknown a member; ``organisation`` None: theirs is not in the list.

        Raises ``NotAllowedError`` (``network_closed``) when only invitations bring people in.
        """
        if not self._office.policy.open_network:
            raise NotAllowedError("network_closed")
        with self._office.unit() as unit:
            held = find_account(unit.session, account)
            if held is not None or not insert_once(unit.session, InboundRow, key=key, at=unit.now):
                return _known(unit, account)
            row = unit.session.get(OrganisationRow, organisation) if organisation is not None else None
            person = create_person(unit, name[:_LONGEST_NAME] or account.channel, frozenset(), organisation=row)
            person.locale = locale
            _settle_in(unit, person, account, address)
            unit.record("registered", None, person, organisation=organisation)
            return to_person(person)


def _settle_in(unit: Unit, person: PersonRow, account: AccountRef, address: Address) -> AccountRow:
    row = add_account(unit, person, account)
    row.conversation = address.conversation
    row.last_seen_at = unit.now
    return row


def _known(unit: Unit, account: AccountRef) -> Person:
    person, _ = unit.speaker(account)
    return to_person(person)


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
