"""Commands: those everybody has, those of experts and coordinators, in the language of each."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from helpdesk.library import publish
from helpdesk.model import AccountRef, State
from helpdesk.tables import PersonRow
from tests.library import LIBRARY

if TYPE_CHECKING:
    from tests.clock import ManualClock
    from tests.telegram.botapi.server import BotApiServer
    from tests.telegram.botapi.user import User
    from tests.telegram.service import Guichet

DISPUTE = "Un candidat évincé menace d'un recours contre notre marché de nettoyage, que faire ?"


def _menu(telegram: BotApiServer, scope: dict[str, object] | None, language: str = "") -> list[str]:
    found: list[str] = []
    for call in telegram.called("setMyCommands"):
        if call.object("scope") == scope and call.string("language_code") == language:
            found = [item["command"] for item in call.items("commands")]
    return found


def _assignee(guichet: Guichet, number: int) -> str | None:
    return guichet.parts.desk.ticket(AccountRef("console", "nadia"), number).line.assignee


@pytest.mark.usefixtures("guichet")
def test_the_menu_is_set_by_language_and_by_role(telegram: BotApiServer, nadia: User) -> None:
    telegram.wait_until(lambda: _menu(telegram, None, "en"))
    assert "mesquestions" in _menu(telegram, None, "fr")
    assert "myquestions" in _menu(telegram, None, "en")
    assert "tableau" not in _menu(telegram, None, "fr")
    nadia.says("/aide")
    nadia.private.wait_for("/tableau")
    assert "tableau" in _menu(telegram, {"type": "chat", "chat_id": nadia.id})


def test_a_member_sees_their_questions_and_opens_one(guichet: Guichet, claire: User) -> None:
    number = guichet.asks(claire, DISPUTE)
    claire.says("/mesquestions")
    claire.private.wait_for("Vos questions")
    claire.presses(f"Question n° {number}")
    claire.private.wait_for("Un candidat évincé menace")
    claire.says("/etat")
    claire.private.wait_for("Voici où en est")
    claire.says("/ticket 99")
    claire.private.wait_for("Je ne trouve pas de question n° 99")


def test_question_without_text_waits_for_it(guichet: Guichet, claire: User) -> None:
    claire.says("/question")
    claire.private.wait_for("Écrivez votre question")
    number = guichet.asks(claire, "Quel papier recyclé acheter ?")
    assert guichet.ticket(number).question == "Quel papier recyclé acheter ?"


def test_the_glossary_explains_a_word(guichet: Guichet, claire: User) -> None:
    claire.says("/lexique ACV")
    claire.private.wait_for("mesure des impacts d'un produit")
    claire.says("/lexique")
    claire.private.wait_for("/lexique SPASER")
    claire.says("/lexique xyzzy")
    claire.private.wait_for("Je ne trouve pas « xyzzy »")
    claire.says("/lexique papier")
    claire.private.wait_for("fiches les plus proches")
    claire.presses("Quel papier recyclé acheter ?")
    claire.private.wait_for("fibres recyclées")
    assert guichet.latest() == 0


def test_the_glossary_spells_an_acronym_out(guichet: Guichet, claire: User, clock: ManualClock) -> None:
    paper = next(entry for entry in LIBRARY.entries if "papier" in entry.title)
    with guichet.office.unit() as unit:
        author = unit.session.query(PersonRow).filter_by(name="Nadia").one().id
        spelt = replace(paper, acronyms={"FSC": "Forest Stewardship Council"})
        publish(unit.session, spelt, author, clock.now())
    claire.says("/lexique fsc")
    shown = claire.private.wait_for("« fsc » : Forest Stewardship Council")
    assert shown.labels == [[paper.title]]


def test_the_language_is_chosen_by_a_button(guichet: Guichet, claire: User) -> None:
    claire.says("/langue")
    claire.private.wait_for("Quelle langue")
    claire.presses("English")
    claire.private.world.wait_until(
        lambda: (guichet.parts.people.identify(AccountRef("telegram", str(claire.id))) or 0).locale == "en",  # type: ignore[union-attr]
        5,
    )
    claire.says("/help")
    claire.private.wait_for("The commands")


def test_a_person_sees_and_erases_what_is_held(guichet: Guichet, claire: User, telegram: BotApiServer) -> None:
    guichet.asks(claire, DISPUTE)
    claire.says("/mesdonnees")
    claire.private.wait_for("Effacer mes données")
    (sent,) = telegram.called("sendDocument")
    (upload,) = sent.uploads.values()
    assert json.loads(upload.content)["questions"][0]["text"] == DISPUTE
    claire.presses("Effacer mes données")
    claire.private.wait_for("ne peut pas être défait")
    claire.presses("Effacer, et retirer mes questions")
    claire.private.wait_for("vos données sont effacées")
    assert guichet.parts.people.identify(AccountRef("telegram", str(claire.id))) is None
    assert guichet.ticket(1).state is State.closed


def test_a_coordinator_sees_the_board_and_gives_a_question(guichet: Guichet, claire: User, nadia: User) -> None:
    number = guichet.asks(claire, DISPUTE)
    nadia.says("/tableau")
    nadia.private.wait_for("Par thème")
    nadia.says(f"/reaffecter {number}")
    nadia.private.wait_for("À qui confier")
    (to_lea,) = [label for row in nadia.private.last.labels for label in row if label.startswith("Léa")]
    nadia.presses(to_lea)
    nadia.private.world.wait_until(lambda: _assignee(guichet, number) == "Léa", 5)
    nadia.private.wait_for("est confiée à Léa")
    said = nadia.says(f"/reaffecter {number} marc")
    nadia.private.wait_for("est confiée", after=said)
    assert _assignee(guichet, number) == "Marc"


def test_a_late_question_is_told_listed_and_excused(
    guichet: Guichet, claire: User, nadia: User, clock: ManualClock
) -> None:
    nadia.says("/start")
    nadia.private.wait_for("Bonjour Nadia")
    number = guichet.asks(claire, DISPUTE)
    clock.advance(days=7, hours=2)
    guichet.sweep()
    nadia.private.wait_for("Délai dépassé")
    claire.private.wait_for("nous nous en excusons")
    nadia.says("/retards")
    nadia.private.wait_for("Les questions en retard")
    nadia.says(f"/excuser {number}")
    nadia.private.wait_for("la raison du retard")
    guichet.restart()
    nadia.says("Panne de courant à la mairie")
    nadia.private.wait_for("L'explication du retard")
    view = guichet.parts.desk.ticket(AccountRef("console", "nadia"), number)
    assert view.cycles[0].excuse == "Panne de courant à la mairie"


def test_what_would_be_written_in_vain_is_refused_first(guichet: Guichet, claire: User, nadia: User) -> None:
    number = guichet.asks(claire, DISPUTE)
    nadia.says(f"/excuser {number}")
    nadia.private.wait_for("n'a pas de retard à expliquer")
    guichet.parts.desk.withdraw("test:withdraw", AccountRef("telegram", str(claire.id)), number)
    for command in ("reaffecter", "repondre", "demander"):
        said = nadia.says(f"/{command} {number}")
        nadia.private.wait_for("Cette question n'attend pas d'expert", after=said)


def test_absences_are_declared_listed_and_cancelled(guichet: Guichet, marc: User, clock: ManualClock) -> None:
    first = clock.now().date() + dt.timedelta(days=10)
    marc.says(f"/absences {first} {first + dt.timedelta(days=3)}")
    marc.private.wait_for("L'absence est notée")
    marc.says("/absences")
    marc.private.wait_for("Les absences annoncées")
    marc.presses(marc.private.last.labels[0][0])
    marc.private.world.wait_until(lambda: not guichet.parts.experts.absences(AccountRef("console", "marc")), 5)


def test_a_coordinator_declares_somebody_else_s_absence(guichet: Guichet, nadia: User, clock: ManualClock) -> None:
    first = clock.now().date() + dt.timedelta(days=10)
    nadia.says(f"/absences léa {first}")
    nadia.private.wait_for("L'absence est notée")
    nadia.says("/absences")
    listed = nadia.private.wait_for("Les absences annoncées")
    assert "Léa" in listed.text
    nadia.presses(listed.labels[0][0])
    nadia.private.world.wait_until(lambda: not guichet.parts.experts.absences(AccountRef("console", "nadia")), 5)


def test_a_coordinator_invites_from_the_chat(guichet: Guichet, telegram: BotApiServer, nadia: User) -> None:
    nadia.says("/inviter bois joli")
    made = nadia.private.wait_for("Une invitation pour .*Mairie de Bois-Joli")
    (code,) = re.findall(r"https://t\.me/guichet_bot\?start=([\w-]+)", made.text)
    paul = telegram.user("Paul")
    paul.starts(code)
    paul.private.wait_for("Bienvenue Paul .Mairie de Bois-Joli.")
    nadia.says("/inviter zzzz")
    nadia.private.wait_for("ni personne ni structure")
    paul.says("/inviter Claire")
    paul.private.wait_for("Vous n'avez pas accès")
    assert guichet.latest() == 0


def test_roles_are_kept(guichet: Guichet, claire: User) -> None:
    claire.says("/tableau")
    claire.private.wait_for("Vous n'avez pas accès")
    claire.says("/absences")
    claire.private.wait_for("Vous n'avez pas accès")
    claire.says("/nimportequoi")
    claire.private.wait_for("Je ne connais pas la commande")
    assert guichet.latest() == 0


def test_a_command_touched_in_the_menu_proposes_the_questions_it_could_be_about(
    guichet: Guichet, claire: User, marc: User
) -> None:
    claire.says("/ticket")
    claire.private.wait_for("Aucune question ne s'y prête")
    number = guichet.asks_experts(claire, DISPUTE, "Marc")
    touched = claire.says("/ticket")
    shown = claire.private.wait_for("De quelle question s'agit-il", after=touched)
    assert [row[0].startswith(f"n° {number} : Un candidat évincé") for row in shown.labels] == [True]
    claire.presses(f"ticket:{number}", shown)
    claire.private.wait_for(f"Question n° {number} :", after=shown)
    touched = marc.says("/repondre")
    shown = marc.private.wait_for("De quelle question s'agit-il", after=touched)
    marc.presses(f"answer:{number}", shown)
    marc.private.wait_for("Écrivez votre réponse", after=shown)


def test_an_answer_to_propose_is_chosen_among_ones_own(guichet: Guichet, claire: User, marc: User) -> None:
    said = claire.says("/proposer")
    claire.private.wait_for("Vous n'avez pas accès", after=said)
    said = marc.says("/proposer")
    marc.private.wait_for("Aucune question ne s'y prête", after=said)
    number = guichet.asks_experts(claire, DISPUTE, "Marc")
    guichet.parts.experts.answer("test:answer", AccountRef("console", "marc"), number, "Sous dix jours.")
    said = marc.says("/PROPOSER")
    shown = marc.private.wait_for("De quelle question s'agit-il", after=said)
    marc.presses(f"propose:{number}", shown)
    marc.private.wait_for("Écrivez son titre", after=shown)
    guichet.restart()
    marc.says("Que répondre à un candidat évincé ?")
    marc.private.wait_for("La fiche est proposée")
    said = marc.says("/proposer")
    marc.private.wait_for("Aucune question ne s'y prête", after=said)


def test_a_command_may_be_written_with_its_accents(guichet: Guichet, claire: User) -> None:
    number = guichet.asks(claire, DISPUTE)
    said = claire.says("/état")
    claire.private.wait_for("Voici où en est", after=said)
    said = claire.says(f"/QUESTION@Guichet_bot {DISPUTE}")
    claire.private.wait_for(f"question n° {number + 1}", after=said)
    assert guichet.latest() == number + 1


def test_a_number_that_is_none_is_said_with_the_questions_to_choose_from(
    guichet: Guichet, claire: User, nadia: User
) -> None:
    number = guichet.asks_experts(claire, DISPUTE, "Marc")
    said = nadia.says("/reaffecter abc")
    shown = nadia.private.wait_for("Il manque le numéro", after=said)
    nadia.presses(f"reassign:{number}", shown)
    nadia.private.wait_for("À qui confier", after=shown)
    said = nadia.says("/excuser")
    nadia.private.wait_for("Aucune question ne s'y prête", after=said)


def test_the_board_opens_every_question_and_counts_them(guichet: Guichet, claire: User, nadia: User) -> None:
    said = nadia.says("/tableau")
    nadia.private.wait_for("Aucune question ouverte", after=said)
    number = guichet.asks_experts(claire, DISPUTE, "Marc")
    said = nadia.says("/tableau")
    board = nadia.private.wait_for("1 question ouverte", after=said)
    nadia.presses(f"Question n° {number}", board)
    nadia.private.wait_for("Confiée à Marc", after=board)


def test_the_language_typed_is_answered_in_that_language(claire: User) -> None:
    said = claire.says("/langue en")
    claire.private.wait_for("Your language is recorded", after=said)


def test_days_may_be_written_as_people_write_them(nadia: User) -> None:
    nadia.says("/absences Marc du 24/12/26 au 31/12/26")
    nadia.private.wait_for("L'absence est notée")
    said = nadia.says("/absences")
    listed = nadia.private.wait_for("24 décembre", after=said)
    assert "31 décembre" in listed.text
    nadia.says("/absences Marc 31/12/2026 24/12/2026")
    nadia.private.wait_for("Le dernier jour vient avant le premier")
    nadia.says("/absences Toto 24/12/2026")
    nadia.private.wait_for("Je ne trouve pas d'expert du nom de « Toto »")
