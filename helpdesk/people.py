"""Who is known: people, their accounts, sign-in links, absences, and what is held about each of them."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, cast, select

from helpdesk.errors import InvalidInputError, NotFoundError
from helpdesk.model import AccountRef, Person, Role
from helpdesk.office import find_account, to_person
from helpdesk.tables import (
    AbsenceRow,
    AccountRow,
    ExpertiseRow,
    OrganisationRow,
    PersonRow,
    SignInLinkRow,
    ThemeRow,
)

if TYPE_CHECKING:
    from helpdesk.office import Office, Unit

LINK_LIFE = dt.timedelta(hours=24)
LOCALES = frozenset({"fr", "en"})


class People:
    """Use cases about identity; what a person asks about their own data is in ``privacy``."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def identify(self, account: AccountRef) -> Person | None:
        """Return who holds an account, or None."""
        with self._office.reading() as unit:
            row = find_account(unit.session, account)
            return to_person(row.person) if row and row.person.erased_at is None else None

    def person(self, person_id: int) -> Person | None:
        """Return a person by id, or None."""
        with self._office.reading() as unit:
            row = unit.session.get(PersonRow, person_id)
            return to_person(row) if row and row.erased_at is None else None

    def sign_in_link(self, person_id: int) -> str:
        """Return the token of a new one-time sign-in link, valid 24 hours. Raises ``NotFoundError``."""
        token = secrets.token_urlsafe(32)
        with self._office.unit() as unit:
            person = unit.person_row(person_id)
            link = SignInLinkRow(token_hash=_hash(token), person_id=person.id, expires_at=unit.now + LINK_LIFE)
            unit.session.add(link)
        return token

    def redeem(self, token: str) -> tuple[Person, int]:
        """Use up a link: return the person and their session epoch.

        Raises ``NotFoundError``: ``link_unknown``, ``link_used`` or ``link_expired``.
        """
        with self._office.unit() as unit:
            link = unit.session.get(SignInLinkRow, _hash(token), with_for_update=True)
            if link is None:
                raise NotFoundError("link_unknown")
            if link.used_at is not None:
                raise NotFoundError("link_used")
            if link.expires_at <= unit.now:
                raise NotFoundError("link_expired")
            link.used_at = unit.now
            person = unit.person_row(link.person_id)
            account = find_account(unit.session, AccountRef("web", str(person.id)))
            if account is not None:
                account.last_seen_at = unit.now
            return to_person(person), person.session_epoch

    def session(self, person_id: int, epoch: int) -> Person | None:
        """Return the person of a web session, or None when it was ended."""
        with self._office.reading() as unit:
            row = unit.session.get(PersonRow, person_id)
            if row is None or row.erased_at is not None or row.session_epoch != epoch:
                return None
            return to_person(row)

    def end_sessions(self, person_id: int) -> None:
        """End every web session of a person."""
        with self._office.unit() as unit:
            unit.person_row(person_id).session_epoch += 1

    def set_locale(self, account: AccountRef, locale: str) -> None:
        """Choose the language a person reads. Raises ``InvalidInputError`` (``no_such_language``)."""
        if locale not in LOCALES:
            raise InvalidInputError("no_such_language", language=locale)
        with self._office.unit() as unit:
            person, _ = unit.speaker(account)
            person.locale = locale


def create_person(
    unit: Unit,
    name: str,
    roles: frozenset[Role],
    *,
    organisation: OrganisationRow | None = None,
    themes: tuple[str, ...] = (),
    accounts: tuple[AccountRef, ...] = (),
) -> PersonRow:
    """Create a person with their web account and the other ``accounts`` given.

    Raises ``InvalidInputError``: ``empty_name``, ``no_such_theme``, ``account_taken``.
    """
    if not name.strip():
        raise InvalidInputError("empty_name")
    person = PersonRow(
        name=name.strip(),
        roles=sorted({Role.member.value, *(role.value for role in roles)}),
        organisation=organisation,
        created_at=unit.now,
    )
    unit.session.add(person)
    unit.session.flush()
    for account in (AccountRef("web", str(person.id)), *accounts):
        add_account(unit, person, account)
    for theme in themes:
        if unit.session.get(ThemeRow, theme) is None:
            raise InvalidInputError("no_such_theme", theme=theme)
        unit.session.add(ExpertiseRow(person_id=person.id, theme_id=theme))
    unit.session.flush()
    return person


def add_account(unit: Unit, person: PersonRow, account: AccountRef) -> AccountRow:
    """Join an account to a person. Raises ``InvalidInputError`` (``account_taken``)."""
    if find_account(unit.session, account) is not None:
        raise InvalidInputError("account_taken", channel=account.channel, account=account.external_id)
    row = AccountRow(
        person_id=person.id,
        channel=account.channel,
        external_id=account.external_id,
        conversation=account.external_id,
    )
    unit.session.add(row)
    unit.session.flush()
    return row


def organisation(unit: Unit, name: str, kind: str | None = None, population: int | None = None) -> OrganisationRow:
    """Return the organisation of that name, created if it is new. Raises ``InvalidInputError`` (``empty_name``)."""
    name = " ".join(name.split())
    if not name:
        raise InvalidInputError("empty_name")
    row = unit.session.scalar(select(OrganisationRow).where(OrganisationRow.name == name))
    if row is None:
        row = OrganisationRow(name=name, kind=kind, population=population)
        unit.session.add(row)
        unit.session.flush()
    return row


def with_role(unit: Unit, role: Role) -> list[PersonRow]:
    """Return the people who hold a role, by id."""
    # The database reads past the many who hold none; what it finds is looked at again, role by role.
    maybe = cast(PersonRow.roles, Text).contains(f'"{role.value}"', autoescape=True)
    rows = unit.session.scalars(
        select(PersonRow).where(PersonRow.erased_at.is_(None), maybe).order_by(PersonRow.id),
    ).unique()
    return [row for row in rows if role.value in row.roles]


def away_on(unit: Unit, day: dt.date) -> set[int]:
    """Return the ids of those who declared an absence on ``day``."""
    rows = unit.session.scalars(
        select(AbsenceRow.person_id).where(AbsenceRow.first_day <= day, AbsenceRow.last_day >= day),
    )
    return set(rows)


def holdings(unit: Unit, person: PersonRow) -> dict[str, Any]:
    """Return what the person table says of somebody, for their export."""
    return {
        "name": person.name,
        "locale": person.locale,
        "roles": list(person.roles),
        "organisation": person.organisation.name if person.organisation else None,
        "created_at": person.created_at.isoformat(),
        "accounts": [
            {"channel": row.channel, "id": row.external_id}
            for row in unit.session.scalars(select(AccountRow).where(AccountRow.person_id == person.id))
        ],
        "absences": [
            {"first_day": row.first_day.isoformat(), "last_day": row.last_day.isoformat()}
            for row in unit.session.scalars(select(AbsenceRow).where(AbsenceRow.person_id == person.id))
        ],
    }


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
