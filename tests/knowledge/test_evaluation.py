from __future__ import annotations

import datetime as dt
import io
import random
from pathlib import Path

import pytest

from knowledge.calibration import Calibration, calibrate
from knowledge.errors import LabelledFileError
from knowledge.evaluation import evaluate, with_typos
from knowledge.files import Library
from knowledge.labelled import Labelled, read_labelled
from knowledge.matcher import Matcher

EVALUATION = Path(__file__).parents[1] / "evaluation"
DEVELOPMENT = EVALUATION / "questions_dev.jsonl"


def test_the_measures_on_the_development_set_do_not_fall(matcher: Matcher, today: dt.date) -> None:
    with DEVELOPMENT.open(encoding="utf-8") as lines:
        report = evaluate(matcher, read_labelled(lines), today)
    floors = {
        "hit_at_1": 0.86, "hit_at_3": 0.94, "answer_precision": 0.93, "answered_rightly": 0.50, "helped_at_once": 0.88,
        "theme_right": 0.82, "typo_hit_at_1": 0.78,
    }  # fmt: skip
    assert {name: report[name].value for name, floor in floors.items() if report[name].value < floor} == {}
    assert report["unanswerable_answered"].value <= 0.04
    assert report["off_topic_to_experts"].value <= 0.10
    for measure in report.measures:
        assert measure.low <= measure.value <= measure.high


@pytest.mark.parametrize("name", ["questions_dev.jsonl", "questions_fresh.jsonl"])
def test_questions_to_measure_with_are_asked_once_and_name_entries_of_the_library(name: str, library: Library) -> None:
    with (EVALUATION / name).open(encoding="utf-8") as lines:
        questions = read_labelled(lines)
    assert {entry for question in questions for entry in question.relevant} == {entry.id for entry in library.entries}
    assert len({question.text.casefold() for question in questions}) == len(questions)


def test_measures_count_what_they_say(matcher: Matcher, library: Library, today: dt.date) -> None:
    entry = library.entries[0]
    labelled = [
        Labelled(entry.title, (entry.id,), entry.theme, "direct"),
        Labelled(entry.title, ("nothing",), entry.theme, "direct"),
        Labelled("quel temps fera-t-il demain", (), "aucun", "off"),
    ]
    report = evaluate(matcher, labelled, today)
    assert report["hit_at_1"].value == 0.5
    assert report["hit_at_1"].count == 2
    assert report["answer_precision"].value == 0.5
    assert report["unanswerable_answered"].value == 0
    assert report["off_topic_undisturbed"].value == 1
    assert report.by_type["off"]["redirect"] == 1


def test_typing_errors_are_reproducible_and_as_many_as_said() -> None:
    question = "combien de temps pour publier les données essentielles ?"
    assert with_typos(question, random.Random(3)) == with_typos(question, random.Random(3)) != question


@pytest.mark.parametrize(
    ("lines", "line", "fault"),
    [
        ('{"text": "a", "relevant": []}\n{"text": 3}', 2, "no_text"),
        ('\n{"text": "a"}', 2, "no_relevant"),
        ("[]", 1, "not_an_object"),
        ("{", 1, "not_json"),
        ('{"text": "caf\udce9", "relevant": []}', 1, "not_utf8"),
        ("\udcff\udcfe{", 1, "not_utf8"),
        (r'{"text": "a", "relevant": ["\ud800"]}', 1, "not_utf8"),
        ('{"text": "a", "relevant": [], "type": {}}', 1, "no_label"),
    ],
)
def test_a_bad_line_is_told_by_its_number(lines: str, line: int, fault: str) -> None:
    with pytest.raises(LabelledFileError) as caught:
        read_labelled(io.StringIO(lines))
    assert (caught.value.line, caught.value.fault) == (line, fault)


def test_calibration_is_the_same_each_time_and_survives_json(library: Library, matcher: Matcher) -> None:
    again = calibrate(Matcher(library.entries, library.themes, calibration=matcher.calibration).index)
    assert again == matcher.calibration == Calibration.from_data(again.to_data())


def test_a_stricter_precision_answers_from_a_higher_confidence(library: Library, matcher: Matcher) -> None:
    strict = calibrate(matcher.index, precision=0.98)
    lax = calibrate(matcher.index, precision=0.90)
    assert lax.answer_from < matcher.calibration.answer_from < strict.answer_from
    assert len(library.entries) == len(matcher.entries)
