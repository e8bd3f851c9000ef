"""What members write after they were asked for the amount, the procedure and the stage, with the shipped library."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from helpdesk.conversation import Move, read
from helpdesk.known import Known
from helpdesk.model import State
from tests.helpdesk.known import KNOWN, NOW

if TYPE_CHECKING:
    from knowledge.matcher import Matcher

LABELLED = Path(__file__).parents[1] / "evaluation"
ASKED_FOR = replace(KNOWN, state=State.assigned, awaits=frozenset({"amount", "procedure", "stage"}))


def _joins(matcher: Matcher, message: str, known: Known = ASKED_FOR) -> bool:
    reading = read(message, matcher.judge(message, today=NOW.date()), [known], NOW)
    return reading.move is Move.follow


@pytest.mark.parametrize(
    "message",
    [
        "environ 45 000 euros HT en procédure adaptée, tout compris",
        "montant 45k, mapa, on redige le dce",
        "appel d'offres ouvert, 300 000 euros sur quatre ans",
        "gré à gré, 12 000 euros",
        "45k€ mapa svp",
        "le marché est en cours d'exécution depuis mars",
        "je sais pas quelle procedure mais environ 30k€",
        "procédure pas encore choisie et montant inconnu pour l'instant",
        "finalement le montant est plutot de 60 000 euros",
        "c'est du mobilier de bureau, 12 postes de travail, rien de plus",
        "nous sommes une commune de 3 200 habitants",
    ],
)
def test_what_was_asked_for_joins_the_question_though_an_entry_speaks_of_it(matcher: Matcher, message: str) -> None:
    assert _joins(matcher, message)


@pytest.mark.parametrize(
    "message",
    [
        "finalement le montant sera plutot de 15 000 euros ht",
        "je me suis trompé c'est 25 000 euros et pas 15 000",
        "correction : c'est bien un appel d'offres ouvert",
    ],
)
def test_a_correction_joins_the_question_though_nothing_is_asked_for_any_more(matcher: Matcher, message: str) -> None:
    assert _joins(matcher, message, replace(ASKED_FOR, awaits=frozenset()))


@pytest.mark.parametrize(
    "message",
    [
        "kelle marque de papier recyclé vous conseillez",
        "c est quoi le prix d une ramette recyclée en ce moment",
        "travaux 780 000 HT, 55% de main d oeuvre, 42 euros de l heure, 7% : ca fait combien d heures d insertion",
        "55000 ht de service jdois faire 1 pub ou pa",
        "les barquette plastic a la cantine c fini ou on a encor le droit",
        "clause d'inserssion exemple de redaction cahié des charge travaux",
        "il nous faut des vêtements de travail avec un label",
        "contentieux titulaire",
        "besoin daide cantine",
        "une question sur les pneus",
        "c'est une obligation de mettre des clauses sociales partout ?",
    ],
)
def test_another_question_is_no_detail_though_it_has_no_question_mark(matcher: Matcher, message: str) -> None:
    assert not _joins(matcher, message)


def test_a_question_after_its_circumstances_is_no_detail(matcher: Matcher) -> None:
    asked = "Nous sommes un collège de 400 élèves. Faut-il peser les restes de la cantine ?"
    assert not _joins(matcher, asked)
    assert not _joins(matcher, "je prépare un marché de 90 000 € et je me demande si on peut noter l'insertion")
    assert _joins(matcher, "Nous sommes un collège de 400 élèves, ça change quelque chose ?")


def test_a_dispute_that_turns_down_what_was_proposed_says_more_of_the_question(matcher: Matcher) -> None:
    proposed = replace(ASKED_FOR, state=State.suggested, suggestions=3)
    text = "non, le titulaire nous attaque au tribunal pour des pénalités"
    reading = read(text, matcher.judge(text, today=NOW.date()), [proposed], NOW)
    assert (reading.move, reading.ticket_id) == (Move.complete, proposed.ticket_id)


def test_hardly_any_labelled_question_is_taken_for_a_detail_of_the_one_before(matcher: Matcher) -> None:
    lines = [line for path in LABELLED.glob("questions_*.jsonl") for line in path.read_text("utf-8").splitlines()]
    questions = [row["text"] for row in map(json.loads, lines) if row["type"] != "vague"]
    taken = [text for text in questions if _joins(matcher, text)]
    assert len(taken) <= len(questions) // 50, taken
