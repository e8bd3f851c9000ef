"""How somebody unknown becomes known on a channel: by an invitation, or by naming their organisation."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from helpdesk import naming
from helpdesk.database import insert_once
from helpdesk.errors import InvalidInputError, NotAllowedError, NotFoundError
from helpdesk.model import AccountRef, Person, Role
from helpdesk.office import find_account, to_person
from helpdesk.people import add_account, create_person
from helpdesk.tables import AccountRow, BookmarkRow, InboundRow, InviteRow, OrganisationRow, PersonRow
from helpdesk.views import Invitation

if TYPE_CHECKING:
    from helpdesk.model import Address
    from helpdesk.office import Act, Office, Unit

INVITE_LIFE = dt.timedelta(days=30)
INVITE_LINK = "invite"  # the bookmark in which a channel gives its deep link, with ``{code}`` where the code goes
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

    def invite(self, key: str, account: AccountRef, *, person: int) -> Invitation:
        """Return an invitation valid 30 days that joins an account to ``person``.

        Anybody may invite another account of their own; only a coordinator may invite somebody else.
        Raises ``NotAllowedError``, ``NotFoundError`` (``no_such_person``).
        """
        with self._office.act(key, account) as act:
            invited = act.person_row(person)
            check_inviter(act, invited)
            return create_invitation(act, invited, None, act.person)

    def platforms(self) -> tuple[str, ...]:
        """Return the channels that an invitation can lead to, the pages aside."""
        with self._office.reading() as unit:
            marks = select(BookmarkRow.channel).where(BookmarkRow.name == INVITE_LINK)
            return tuple(unit.session.scalars(marks.order_by(BookmarkRow.channel)))

    def invited(self, code: str) -> Invitation:
        """Return what a code is for; nothing is used up. Raises as ``join`` does."""
        with self._office.reading() as unit:
            invite = _usable(unit, code)
            to = (
                unit.person_row(invite.person_id).name
                if invite.person_id is not None
                else unit.session.get_one(OrganisationRow, invite.organisation_id).name
            )
            return Invitation(code, to, invite.person_id is not None, invite.reusable, invite.expires_at, {})

    def join(
        self, key: str, account: AccountRef, address: Address, code: str, name: str, locale: str | None = None
    ) -> Person:
        """Use an invitation: join the account to its person, or create one in its organisation.

        ``locale``: the language of a newcomer, None for the network's own.
        Raises ``NotFoundError`` (``invite_unknown``, ``invite_used``, ``invite_expired``), ``InvalidInputError``
        (``account_taken``) when the account already belongs to somebody else.
        """
        with self._office.unit() as unit:
            if not insert_once(unit.session, InboundRow, key=key, at=unit.now):
                return _known(unit, account)
            invite = _usable(unit, code)
            held = find_account(unit.session, account)
            if held is not None and invite.person_id is None:
                return to_person(_brought_in(unit, held.person, invite))
            if held is not None and held.person_id != invite.person_id:
                raise InvalidInputError("account_taken", channel=account.channel, account=account.external_id)
            person = _use(unit, invite, name)
            if invite.person_id is None and locale is not None:
                person.locale = locale
            invite.used_at = unit.now
            if held is None:
                _settle_in(unit, person, account, address)
            return to_person(person)

    def enter(self, code: str, name: str, locale: str) -> tuple[Person, int]:
        """Use an invitation on the pages: return the person who enters, and their session epoch. Raises as ``join``."""
        with self._office.unit() as unit:
            invite = _usable(unit, code)
            newcomer = invite.person_id is None
            person = _use(unit, invite, name)
            invite.used_at = unit.now
            if newcomer:
                person.locale = locale
            web = find_account(unit.session, AccountRef("web", str(person.id)))
            if web is not None:
                web.last_seen_at = unit.now
            return to_person(person), person.session_epoch

    def organisations(self, text: str) -> tuple[OrganisationLine, ...]:
        """Return up to five organisations that ``text`` may name, the nearest first."""
        with self._office.reading() as unit:
            return tuple(OrganisationLine(row.id, row.name, row.kind) for row in nearest(unit, text))

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

        Somebody known already who has no organisation gets the one they name now.
        Raises ``NotAllowedError`` (``network_closed``) when only invitations bring people in.
        """
        if not self._office.policy.open_network:
            raise NotAllowedError("network_closed")
        with self._office.unit() as unit:
            held = find_account(unit.session, account)
            row = unit.session.get(OrganisationRow, organisation) if organisation is not None else None
            if held is not None and row is not None and held.person.organisation_id is None:
                held.person.organisation = row
                unit.session.flush()
                unit.record("organisation_named", None, held.person, organisation=organisation)
            if held is not None or not insert_once(unit.session, InboundRow, key=key, at=unit.now):
                return _known(unit, account)
            person = create_person(unit, name[:_LONGEST_NAME] or account.channel, frozenset(), organisation=row)
            person.locale = locale
            _settle_in(unit, person, account, address)
            unit.record("registered", None, person, organisation=organisation)
            return to_person(person)


def check_inviter(act: Act, person: PersonRow | None) -> None:
    """Refuse an invitation that would give its maker more than they have: whoever uses it acts as ``person``.

    Raises ``NotAllowedError``.
    """
    if person is not None and person.id == act.person.id:
        return
    act.require(Role.coordinator)
    if person is not None and Role.admin.value in person.roles:
        act.require(Role.admin)


def create_invitation(
    unit: Unit,
    person: PersonRow | None,
    organisation: OrganisationRow | None,
    inviter: PersonRow | None,
    *,
    reusable: bool = False,
) -> Invitation:
    """Make an invitation for one of the two; one that joins an account to a person serves once, whatever is asked."""
    code = secrets.token_urlsafe(18)
    row = InviteRow(code_hash=_hash(code), expires_at=unit.now + INVITE_LIFE)
    if person is not None:
        row.person_id, to = person.id, person.name
    else:
        assert organisation is not None
        row.organisation_id, to = organisation.id, organisation.name
        row.reusable = reusable
    unit.session.add(row)
    unit.session.flush()
    unit.record("invited", None, inviter, person=row.person_id, organisation=row.organisation_id)
    marks = unit.session.scalars(select(BookmarkRow).where(BookmarkRow.name == INVITE_LINK))
    links = {mark.channel: mark.value.replace("{code}", code) for mark in marks}
    return Invitation(code, to, row.person_id is not None, row.reusable, row.expires_at, links)


def nearest(unit: Unit, text: str) -> list[OrganisationRow]:
    """Return up to five organisations that ``text`` may name, the nearest first."""
    rows = {row.id: row for row in unit.session.scalars(select(OrganisationRow))}
    found = naming.nearest({row_id: row.name for row_id, row in rows.items()}, text, _LISTED)
    return [rows[row_id] for row_id in found]


def _usable(unit: Unit, code: str) -> InviteRow:
    """Return the invitation of a code, locked. Raises ``NotFoundError``."""
    invite = unit.session.get(InviteRow, _hash(code), with_for_update=True)
    if invite is None:
        raise NotFoundError("invite_unknown")
    if invite.used_at is not None and not invite.reusable:
        raise NotFoundError("invite_used")
    if invite.expires_at <= unit.now:
        raise NotFoundError("invite_expired")
    return invite


def _brought_in(unit: Unit, person: PersonRow, invite: InviteRow) -> PersonRow:
    """Return somebody known already: in the organisation if they had none; else the code is left to others."""
    if person.organisation_id is None:
        person.organisation = unit.session.get_one(OrganisationRow, invite.organisation_id)
        invite.used_at = unit.now
        unit.session.flush()
    return person


def _use(unit: Unit, invite: InviteRow, name: str) -> PersonRow:
    """Return the person an invitation is for, or one new in its organisation."""
    if invite.person_id is not None:
        return unit.person_row(invite.person_id)
    organisation = unit.session.get_one(OrganisationRow, invite.organisation_id)
    return create_person(unit, name[:_LONGEST_NAME], frozenset(), organisation=organisation)


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
