from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.context import Context, Family, Procedure, Stage, Structure, recognise

TODAY = dt.date(2026, 11, 22)


@pytest.mark.parametrize(
    ("message", "context"),
    [
        (
            "Notre commune de 3 500 habitants lance un MAPA de nettoyage à 45 k€ HT",
            Context(Structure.COMMUNE, 3500, 45000, Procedure.ADAPTED, None, Family.CLEANING),
        ),
        (
            "EPCI, accord-cadre de vêtements, on rédige le CCAP, il me faut la clause avant le 15 janvier",
            Context(
                Structure.GROUPING,
                None,
                None,
                Procedure.FRAMEWORK,
                Stage.DRAFTING,
                Family.TEXTILE,
                dt.date(2027, 1, 15),
            ),
        ),
        ("le titulaire livre en retard la cantine", Context(stage=Stage.EXECUTION, family=Family.FOOD)),
        ("réponse pour le 03/12 svp", Context(deadline=dt.date(2026, 12, 3))),
        ("d'ici fin décembre", Context(deadline=dt.date(2026, 12, 31))),
        ("avant la fin février 2028", Context(deadline=dt.date(2028, 2, 29))),
        ("avant le 31 février", Context()),
        ("quarante mille euros de travaux", Context(amount=40000, family=Family.BUILDING)),
        ("c koi un SPASER", Context()),
        ("la loi du 3 décembre 2025", Context()),
    ],
)
def test_what_the_text_says_of_the_case_is_recognised(message: str, context: Context) -> None:
    assert recognise(message, TODAY) == context


@given(st.text(max_size=300), st.dates(min_value=dt.date(2000, 1, 1), max_value=dt.date(2100, 1, 1)))
def test_any_text_has_a_context(message: str, today: dt.date) -> None:
    assert isinstance(recognise(message, today), Context)


@given(st.dates(min_value=dt.date(2026, 1, 1), max_value=dt.date(2030, 12, 31)))
def test_a_day_without_year_is_never_past(today: dt.date) -> None:
    found = recognise("avant le 15/06", today).deadline
    assert found is not None
    assert dt.timedelta(0) <= found - today <= dt.timedelta(days=366)
