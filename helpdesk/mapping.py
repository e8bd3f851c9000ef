"""Roles that a platform's own roles bring: the network's operator says which bring which; the core gives and takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpdesk.model import Role
from helpdesk.office import find_account

if TYPE_CHECKING:
    from helpdesk.model import AccountRef
    from helpdesk.office import Office

MAPPED = frozenset({Role.member, Role.expert, Role.coordinator})  # an administrator is named in Guichet alone


class Mapping:
    """Brings what people may do to what a platform says they are."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def fit(self, account: AccountRef, roles: frozenset[Role]) -> None:
        """Give the account's person ``roles``, and take back those that this account brought before and no more.

        A role that somebody gave them in Guichet is never taken away. An unknown account changes nothing.
        """
        with self._office.unit() as unit:
            row = find_account(unit.session, account)
            if row is None or row.person.erased_at is not None:
                return
            held = {Role(role) for role in row.person.roles}
            brought = {Role(role) for role in row.granted}
            wanted = roles & MAPPED
            lost, added = brought - wanted, wanted - held
            if not lost and not added:
                return
            row.granted = sorted((brought - lost) | added)
            row.person.roles = sorted((held - lost) | added | {Role.member})
            unit.record("roles_mapped", None, row.person, added=sorted(added), lost=sorted(lost))
