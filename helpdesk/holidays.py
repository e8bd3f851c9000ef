"""Prefill of dated holiday rows for a French territory, for a coordinator to check and sign off; never evaluated live.

The rows come from the ``holidays`` package. It agrees with the State's own data for mainland France and
Alsace-Moselle; overseas it also lists days that are customary rather than statutory, hence ``local``. Its region code
for Grand Est forgets the days of Alsace and Moselle, and it does not know Bas-Rhin nor Haut-Rhin: territories are
departments here, and a region is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

from helpdesk.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

MAINLAND = "FR"
_GRAND_EST = "GES"
_MAINLAND_DEPARTMENTS = {MAINLAND, "2A", "2B", *(f"{number:02}" for number in range(1, 96) if number != 20)}  # noqa: PLR2004 - Corsica was split
_OWN_DAYS = {
    "57": "57",  # Moselle
    "67": "6AE",  # Bas-Rhin, in the package's Alsace
    "68": "6AE",  # Haut-Rhin, the same
    "6AE": "6AE",
    "971": "971",
    "972": "972",
    "973": "973",
    "974": "974",
    "975": "PM",
    "976": "976",
    "977": "BL",
    "978": "MF",
    "984": "TF",
    "986": "WF",
    "987": "PF",
    "988": "NC",
}


@dataclass(frozen=True)
class HolidayRow:
    """A proposed holiday. ``local`` marks a day that mainland France works: the one to check before signing off."""

    day: date
    name: str
    source: str
    local: bool


def prefill(territory: str, years: Iterable[int]) -> tuple[HolidayRow, ...]:
    """Return the holidays of a French department (INSEE code), or of mainland France (``MAINLAND``), in order.

    Raises ``InvalidInputError``: ``territory_too_wide`` for Grand Est, whose departments differ (57, 67 and 68 have
    days of their own), ``unknown_territory`` for anything else that is not a department.
    """
    code = territory.strip().upper()
    if code == _GRAND_EST:
        raise InvalidInputError("territory_too_wide", territory=territory)
    if code not in _OWN_DAYS and code not in _MAINLAND_DEPARTMENTS:
        raise InvalidInputError("unknown_territory", territory=territory)
    wanted = sorted(set(years))
    common = _listed(None, wanted)
    subdivision = _OWN_DAYS.get(code)
    source = f"holidays {version('holidays')}, FR" + (f"-{subdivision}" if subdivision else "")
    return tuple(
        HolidayRow(day, name, source, local=day not in common)
        for day, name in sorted(_listed(subdivision, wanted).items())
    )


def _listed(subdivision: str | None, years: list[int]) -> dict[date, str]:
    import holidays  # noqa: PLC0415 - half of the time that a command takes to start, for the few that ask for it

    return dict(holidays.country_holidays("FR", subdiv=subdivision, years=years, language="fr", expand=False))
