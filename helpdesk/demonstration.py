"""The people of a first start: a small network to try Guichet with, on the embedded default only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from helpdesk.model import AccountRef, Role
from helpdesk.people import create_person, organisation
from helpdesk.tables import PersonRow, ThemeRow

if TYPE_CHECKING:
    from helpdesk.office import Unit


@dataclass(frozen=True)
class Demonstration:
    """The ids of the three people whose sign-in links are shown."""

    member: int
    expert: int
    coordinator: int


def create_demonstration(unit: Unit) -> Demonstration:
    """Return the demonstration network, created unless it exists.

    One member, one expert for the law, one for everything else, one coordinator; console accounts ``claire``, ``marc``,
    ``lea`` and ``nadia``.
    """
    known = [
        unit.session.scalar(
            select(PersonRow.id).where(PersonRow.accounts.any(channel="console", external_id=name)),
        )
        for name in ("claire", "marc", "nadia")
    ]
    if all(known):
        return Demonstration(*[person_id for person_id in known if person_id is not None])
    town = organisation(unit, "Mairie de Bois-Joli", "commune", 3200)
    network = organisation(unit, "Réseau de démonstration", "association")
    themes = unit.session.scalars(select(ThemeRow).order_by(ThemeRow.position)).all()
    legal = tuple(theme.id for theme in themes if theme.id == "juridique")
    others = tuple(theme.id for theme in themes if theme.id != "juridique")
    claire = create_person(unit, "Claire", frozenset(), organisation=town, accounts=(_console("claire"),))
    marc = create_person(
        unit, "Marc", frozenset({Role.expert}), organisation=network, themes=legal, accounts=(_console("marc"),)
    )
    lea = create_person(
        unit, "Léa", frozenset({Role.expert}), organisation=network, themes=others, accounts=(_console("lea"),)
    )
    nadia = create_person(
        unit, "Nadia", frozenset({Role.coordinator}), organisation=network, accounts=(_console("nadia"),)
    )
    for theme in themes:
        theme.lead_id = marc.id if theme.id in legal else lea.id
    return Demonstration(claire.id, marc.id, nadia.id)


def _console(name: str) -> AccountRef:
    return AccountRef("console", name)
