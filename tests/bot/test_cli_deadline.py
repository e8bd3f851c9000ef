from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli_deadline import deadline
from bot.words import Words
from tests.helpdesk.promise_cases import CASES_FILE, load_cases

MONDAYS = {"tz": "Europe/Paris", "hours": {"mon": [["09:00", "12:00"]]}}
CASE: dict[str, Any] = {
    "id": "one",
    "calendar": MONDAYS,
    "start": "2026-06-01T09:00+02:00",
    "target_minutes": 60,
    "pauses": [],
}


def run(*arguments: str, text: str | None = None, lang: str = "fr_FR.UTF-8") -> Result:
    return CliRunner().invoke(deadline, arguments, input=text, env={"LC_ALL": lang})


def verdicts(text: str) -> list[dict[str, Any]]:
    result = run("--batch", "-", text=text)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_receipt_in_french_tells_day_by_day_what_counted_and_why_the_rest_did_not() -> None:
    lines = run("--asked", "2026-04-30T16:00+02:00").stdout.splitlines()
    assert lines == [
        "Question posée jeudi 30 avril à 16 h (2026-04-30T16:00:00+02:00).",
        "Réponse promise au plus tard mercredi 6 mai à 16 h (2026-05-06T16:00:00+02:00).",
        "3 jours ouvrés valent ici 19 h 30 min d'ouverture, comptées ainsi :",
        "",
        "jeudi 30 avril",
        "  de 9 h à 12 h : ne compte pas, avant la question",
        "  de 14 h à 16 h : ne compte pas, avant la question",
        "  de 16 h à 17 h 30 : 1 h 30 min (total 1 h 30 min)",
        "vendredi 1er mai : ne compte pas, jour férié (Fête du Travail)",
        "du samedi 2 mai au dimanche 3 mai : ne compte pas, pas d'ouverture ce jour-là",
        "lundi 4 mai",
        "  de 9 h à 12 h : 3 h (total 4 h 30 min)",
        "  de 14 h à 17 h 30 : 3 h 30 min (total 8 h)",
        "mardi 5 mai",
        "  de 9 h à 12 h : 3 h (total 11 h)",
        "  de 14 h à 17 h 30 : 3 h 30 min (total 14 h 30 min)",
        "mercredi 6 mai",
        "  de 9 h à 12 h : 3 h (total 17 h 30 min)",
        "  de 14 h à 16 h : 2 h (total 19 h 30 min)",
        "  de 16 h à 17 h 30 : ne compte pas, après l'échéance",
    ]


def test_a_receipt_in_english_says_until_when_an_answer_is_still_on_time() -> None:
    output = run("--asked", "2026-06-06T10:00+02:00", lang="en_GB.UTF-8").stdout
    assert "Answer promised by Wednesday 10 June at 17:30" in output
    assert "an answer given by Thursday 11 June at 09:00 is still on time" in output
    assert "Saturday 6 June to Sunday 7 June: does not count, no opening hours" in output


@pytest.mark.parametrize("name", ["calendar.toml", "calendar.json"])
def test_a_calendar_of_its_own_with_its_closures(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    if file.suffix == ".toml":
        file.write_text(
            'tz = "Indian/Reunion"\nholidays = [2026-06-15]\n'
            'closures = [{span = "2026-06-08T10:00/2026-06-08T24:00", reason = "Déménagement"}]\n'
            '[hours]\nmon = [["09:00", "12:00"]]\n',
            encoding="utf-8",
        )
    else:
        closure = {"span": "2026-06-08T10:00/2026-06-08T24:00", "reason": "Déménagement"}
        data = {**MONDAYS, "tz": "Indian/Reunion", "holidays": ["2026-06-15"], "closures": [closure]}
        file.write_text(json.dumps(data), encoding="utf-8")
    output = run("--asked", "2026-06-01T10:30+04:00", "--calendar", str(file)).stdout
    assert "au plus tard lundi 29 juin à 10 h 30 (2026-06-29T10:30:00+04:00)" in output
    assert "  de 10 h à 12 h : ne compte pas, fermeture annoncée (Déménagement)" in output
    assert "lundi 15 juin : ne compte pas, jour férié" in output


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [
        ("fr_FR.UTF-8", "L'instant 2026-04-30T16:00:00 ne dit pas son décalage horaire."),
        ("en_US.UTF-8", "The instant 2026-04-30T16:00:00 does not tell its offset from UTC."),
        ("C.UTF-8", "L'instant 2026-04-30T16:00:00 ne dit pas son décalage horaire."),
    ],
)
def test_a_naive_instant_is_refused_in_the_reader_s_language(lang: str, sentence: str) -> None:
    result = run("--asked", "2026-04-30T16:00", lang=lang)
    assert result.exit_code == 1
    assert sentence in result.stderr


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", "Le calendrier ne peut pas être lu"),
        ('{"tz": "Europe/Paris", "hours": {}}', "aucune heure d'ouverture"),
        ('{"tz": "Europe/Paris", "hours": {"mon": [["09:00", "12:00"]]}, "holiday": []}', "la rubrique « holiday »"),
        (
            '{"tz": "Europe/Paris", "hours": {"mon": [["09:00", "12:00"]]}, "signed_until": "2026-05-05"}',
            "les jours fériés du 2026-05-18, mais ils ne sont validés que jusqu'au 2026-05-05",
        ),
    ],
)
def test_a_calendar_that_cannot_be_used_is_refused(tmp_path: Path, content: str, sentence: str) -> None:
    file = tmp_path / "calendar.json"
    file.write_text(content, encoding="utf-8")
    result = run("--asked", "2026-04-30T16:00+02:00", "--calendar", str(file))
    assert result.exit_code == 1
    assert sentence in result.stderr


@pytest.mark.parametrize("arguments", [[], ["--asked", "2026-04-30T16:00+02:00", "--batch", "-"]])
def test_one_question_or_one_file(arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert "soit --batch" in result.stderr


def test_a_batch_answers_every_worked_case_in_order() -> None:
    cases = load_cases()
    found = [json.loads(line) for line in run("--batch", str(CASES_FILE)).stdout.splitlines()]
    assert [verdict["id"] for verdict in found] == [case["id"] for case in cases]
    for case, verdict in zip(cases, found, strict=True):
        assert verdict["deadline"] == case["expected_deadline"]
        assert verdict["breach_at"] == case["expected_breach_at"]
        assert verdict["budget_minutes"] == case["budget_minutes"]
        if "expected_reminders" in case:
            assert verdict["reminders"] == case["expected_reminders"]


def test_a_suspended_clock_has_neither_date() -> None:
    [verdict] = verdicts(json.dumps({**CASE, "pauses": [["2026-06-01T09:45+02:00", None]]}))
    assert (verdict["deadline"], verdict["breach_at"]) == (None, None)
    assert verdict["reminders"]["75"] == {"reached": "2026-06-01T09:45:00+02:00", "deliver_not_before": None}
    assert verdict["reminders"]["90"] is None


REFUSALS: dict[str, dict[str, Any]] = {
    "unknown_zone": {"calendar": {**MONDAYS, "tz": "Europe/Atlantis"}},
    "no_hours": {"calendar": {**MONDAYS, "hours": {"mon": []}}},
    "empty_range": {"calendar": {**MONDAYS, "hours": {"mon": [["09:00", "09:00"]]}}},
    "bad_time": {"calendar": {**MONDAYS, "hours": {"mon": [["09:00", "24:01"]]}}},
    "bad_hours": {"calendar": {**MONDAYS, "hours": {"mon": ["09:00", "12:00"]}}},
    "bad_date": {"calendar": {**MONDAYS, "holidays": ["2026-02-30"]}},
    "bad_closure": {"calendar": {**MONDAYS, "closures": ["2026-02-01/2026-02-02T10:00"]}},
    "empty_closure": {"calendar": {**MONDAYS, "closures": ["2026-02-03/2026-02-02"]}},
    "unknown_key": {"calendar": {**MONDAYS, "hollidays": []}},
    "bad_calendar": {"calendar": None},
    "naive_instant": {"start": "2026-06-01T09:00"},
    "bad_instant": {"start": "soon"},
    "instant_out_of_range": {"start": "0001-01-01T00:00+02:00"},
    "bad_budget": {"target_minutes": 0},
    "bad_days": {"target_minutes": None, "target_business_days": 0},
    "bad_target": {"target_business_days": 3},
    "reversed_pause": {"pauses": [["2026-06-01T10:00+02:00", "2026-06-01T09:00+02:00"]]},
    "bad_pauses": {"pauses": ["2026-06-01T10:00+02:00"]},
    "no_opening": {"calendar": {**MONDAYS, "closures": ["2026-01-01/2040-01-01"]}},
    "beyond_reach": {"target_minutes": 10**9},
    "beyond_signed_holidays": {"calendar": {**MONDAYS, "signed_until": "2026-05-31"}},
}


@pytest.mark.parametrize("code", REFUSALS)
def test_a_case_that_means_nothing_gets_the_code_of_its_refusal(code: str) -> None:
    assert verdicts(json.dumps({**CASE, **REFUSALS[code]})) == [{"id": "one", "error": code}]


@pytest.mark.parametrize("minutes", [-1, 0.001, float("nan"), float("inf"), True, "60", None])
def test_a_budget_is_a_positive_number_of_seconds(minutes: object) -> None:
    [verdict] = verdicts(json.dumps({**CASE, "target_minutes": minutes}))
    assert verdict["error"] in {"bad_budget", "bad_target"}


@pytest.mark.parametrize("days", [-1, 1.5, True, "3", 10**12])
def test_a_target_in_days_is_a_positive_whole_number_within_reach(days: object) -> None:
    [verdict] = verdicts(json.dumps({**CASE, "target_minutes": None, "target_business_days": days}))
    assert verdict["error"] in {"bad_days", "beyond_reach"}


def test_a_refused_line_does_not_stop_the_others_and_blank_lines_are_skipped() -> None:
    found = verdicts("\n".join(["{oops", "", "[]", json.dumps(CASE)]))
    assert [(v["id"], v.get("error")) for v in found] == [(None, "bad_json"), (None, "bad_case"), ("one", None)]


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_every_refusal_of_a_calendar_or_an_instant_has_its_sentence(locale: str) -> None:
    only_in_cases = {"bad_budget", "bad_days", "bad_target", "reversed_pause", "bad_pauses"}
    words = Words(locale)
    assert all(words.has(f"deadline.error.{code}") for code in REFUSALS.keys() - only_in_cases)


def test_the_guide_explains_every_refusal() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "promise.md").read_text(encoding="utf-8")
    assert [code for code in [*REFUSALS, "bad_json", "bad_case"] if f"`{code}`" not in guide] == []
