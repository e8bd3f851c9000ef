"""A name typed in a hurry finds its organisation among many that are named alike, and nothing when there is none."""

from __future__ import annotations

import pytest

from helpdesk.naming import nearest

NAMES = dict(
    enumerate(
        (
            "Mairie de Bois-Joli", "Mairie de Saint-Denis", "Mairie de Saint-Ouen-sur-Seine",
            "Mairie de L'Haÿ-les-Roses",
            "Communauté de communes du Val de Besbre", "Ville de Nantes", "CHU de Nantes", "Région Bretagne",
            "SDIS de l'Allier", "Mairie de Villeneuve", "Mairie de Villefranche-sur-Mer", "Mairie de Moulins",
        ),
        start=1,
    ),
)  # fmt: skip


def _found(text: str) -> list[str]:
    return [NAMES[key] for key in nearest(NAMES, text, 5)]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("boisjoli", "Mairie de Bois-Joli"),
        ("mairie de bois joly", "Mairie de Bois-Joli"),
        ("la ville de BOIS JOLI", "Mairie de Bois-Joli"),
        ("st denis", "Mairie de Saint-Denis"),
        ("mairie st ouen", "Mairie de Saint-Ouen-sur-Seine"),
        ("l hay les roses", "Mairie de L'Haÿ-les-Roses"),
        ("cc val de besbre", "Communauté de communes du Val de Besbre"),
        ("ville de nantes", "Ville de Nantes"),
        ("chu nantes", "CHU de Nantes"),
        ("region bretagne", "Région Bretagne"),
        ("sdis allier", "SDIS de l'Allier"),
        ("villef", "Mairie de Villefranche-sur-Mer"),
    ],
)
def test_a_hurried_name_finds_its_organisation_first(typed: str, meant: str) -> None:
    assert _found(typed)[0] == meant


@pytest.mark.parametrize(
    "typed", ["mairie de trou perdu les oies", "mairie", "je sais pas", "?", "", "commune de pétaouchnok"]
)
def test_what_every_name_shares_finds_nothing(typed: str) -> None:
    assert _found(typed) == []
