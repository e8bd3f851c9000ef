from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from knowledge.calibration import Calibration
from knowledge.files import Library
from knowledge.matcher import Matcher
from knowledge.senses import Remembering, unit
from tests.languagemodel import TinyModel
from tests.library import with_entry

ENTRY = "produit-papier"
QUESTION = "zvwxq kjzzq"  # words that no library holds: only the model knows what they mean
MEANING = {"zvwxq": "papier", "kjzzq": "papier"}


@pytest.fixture(scope="module")
def model() -> TinyModel:
    return TinyModel(MEANING)


@pytest.fixture(scope="module")
def sensed(library: Library, model: TinyModel) -> Matcher:
    return Matcher(library.entries, library.themes, embedder=Remembering(model))


def test_words_of_the_same_meaning_find_an_entry_that_does_not_hold_them(
    matcher: Matcher, sensed: Matcher, today: dt.date
) -> None:
    def place(asked: Matcher) -> int:
        names = [item.entry_id for item in asked.judge(QUESTION, today=today).scored]
        return min(names.index(name) if name in names else 99 for name in [*names, ENTRY] if "papier" in name)

    assert place(sensed) == 0 < place(matcher)


def test_without_the_model_the_words_decide_alone(
    matcher: Matcher, sensed: Matcher, model: TinyModel, today: dt.date
) -> None:
    questions = ["labels exigés pour le papier", "quel temps fera-t-il", QUESTION]
    model.away = True
    try:
        lexical = [sensed.judge(question, today=today) for question in questions]
    finally:
        model.away = False
    expected = [matcher.judge(question, today=today) for question in questions]
    assert [replace(judgement, version="") for judgement in lexical] == [
        replace(judgement, version="") for judgement in expected
    ]


def test_a_model_that_is_away_when_the_library_is_read_is_done_without(library: Library, today: dt.date) -> None:
    model = TinyModel()
    model.away = True
    alone = Matcher(library.entries, library.themes, embedder=model)
    assert alone.index.senses is None
    assert alone.judge(library.entries[0].title, today=today).scored[0].entry_id == library.entries[0].id
    model.away = False
    assert with_entry(alone, replace(library.entries[0], body="Autre.")).calibration.sensed is not None


def test_an_explanation_with_a_model_accounts_for_the_score(sensed: Matcher, today: dt.date) -> None:
    explanation = sensed.explain("labels exigés dans un marché de papier", today=today)
    for entry in explanation.entries:
        assert sum(entry.features.values()) == pytest.approx(entry.score, abs=0.01)
    assert {"sense", "sense_whole"} <= set(explanation.entries[0].features)
    assert 0 < explanation.signals["sense"] <= 1


def test_a_calibration_with_a_model_survives_json(sensed: Matcher, matcher: Matcher) -> None:
    assert Calibration.from_data(sensed.calibration.to_data()) == sensed.calibration
    assert replace(sensed.calibration, sensed=None) == matcher.calibration


def test_only_the_library_s_own_texts_may_be_kept(sensed: Matcher, model: TinyModel, today: dt.date) -> None:
    model.asked.clear()
    sensed.judge("la question d'un membre", today=today)
    assert model.asked == [("la question d'un membre", False)]


def test_what_is_no_vector_is_refused() -> None:
    for rows in ([[float("nan")]], [[1.0], [1.0, 2.0]], []):
        with pytest.raises(ValueError, match=r"vector|inhomogeneous|sequence"):
            unit(rows)
