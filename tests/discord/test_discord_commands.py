"""Commands: their names in each language, what they suggest, and answers that only their author sees."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from helpdesk.model import State
from helpdesk.tables import AbsenceRow, MessageRow

if TYPE_CHECKING:
    from tests.clock import ManualClock
    from tests.discord.discordapi.guild import Guild
    from tests.discord.discordapi.person import Person
    from tests.discord.discordapi.server import DiscordServer
    from tests.discord.house import Guichet

DISPUTE = "Un candidat évincé menace d'un recours contre notre marché de nettoyage, que faire ?"
ONLY_PRICE = "Le prix peut-il rester le seul critère d'attribution ?"


def test_a_question_asked_in_public_is_answered_for_its_authors_eyes(
    guichet: Guichet, network: Guild, claire: Person, discord: DiscordServer
) -> None:
    square = network.text("place")
    asked = claire.runs("question", square, texte=ONLY_PRICE)
    card = asked.wait_for("Le prix peut-il rester le seul critère")
    assert card.ephemeral
    claire.presses("Demander à un expert", card)
    square.wait_for("vous répond", seen_by=claire)
    discord.wait_until(lambda: guichet.ticket(1).state is not State.answered, "with people")
    assert square.from_bot() == []


def test_a_question_can_be_written_in_a_form_with_its_context(guichet: Guichet, claire: Person) -> None:
    form = claire.runs("question")
    claire.submits(form, Question=DISPUTE, Montant="40 000 euros", Stade="exécution")
    claire.private.wait_for("vous répond")
    assert guichet.ticket(1).question == f"{DISPUTE}\nMontant : 40 000 euros\nStade : exécution"


def test_an_experts_commands(guichet: Guichet, claire: Person, marc: Person) -> None:
    guichet.asks_experts(claire, DISPUTE, "Marc")
    assert marc.completes("prendre", "numero", "recours") == [f"n° 1 · {DISPUTE}"]
    marc.runs("file").wait_for("n° 1")
    marc.runs("prendre", numero="1").wait_for("La question n° 1 est à vous")
    marc.runs("note", numero="1", texte="vérifier le CCAG").wait_for("Note ajoutée")
    passed = marc.runs("passer", numero="1")
    passed.wait_for("À qui passer")
    marc.chooses("Léa (0 en cours)")
    marc.private.wait_for("La question n° 1 est passée à Léa")
    again = marc.runs("passer", numero="1").wait_for("À qui passer")
    assert [option["label"] for select in again.selects for option in select["options"]] == ["Marc (0 en cours)"]
    assert again.buttons == []
    form = marc.runs("repondre", numero="1")
    marc.submits(form, text="Répondez sous dix jours.")
    claire.private.wait_for("Répondez sous dix jours")
    declared = marc.runs("absence", debut="2026-12-24", fin="2026-12-31")
    declared.wait_for("absence est notée")
    declared.wait_for("Marc : du jeudi 24 décembre au jeudi 31 décembre")
    assert "Annuler" in declared.text
    with guichet.office.reading() as unit:
        assert unit.session.query(AbsenceRow).count() == 1
    marc.runs("absences").wait_for("Les absences annoncées")


def test_a_coordinators_commands(guichet: Guichet, claire: Person, discord: DiscordServer, network: Guild) -> None:
    nadia = discord.person("Nadia")
    nadia.joins(network)
    guichet.knows(nadia, "Nadia")
    number = guichet.asks_experts(claire, DISPUTE, "Marc")
    nadia.runs("tableau").wait_for("n° 1")
    nadia.runs("retards").wait_for("")
    assert nadia.completes("reaffecter", "personne", "lé", numero="1") == ["Léa"]
    nadia.runs("reaffecter", numero="1", personne="Léa").wait_for("La question n° 1 est confiée à Léa")
    discord.wait_until(lambda: guichet.ticket(number).assignee_id is not None, "given")


def test_a_delay_to_explain_is_proposed_once_the_promise_is_broken_even_answered_since(
    guichet: Guichet, claire: Person, marc: Person, discord: DiscordServer, network: Guild, clock: ManualClock
) -> None:
    nadia = discord.person("Nadia")
    nadia.joins(network)
    guichet.knows(nadia, "Nadia")
    guichet.asks_experts(claire, DISPUTE, "Marc")
    assert nadia.completes("excuser", "numero", "") == []
    clock.advance(days=7, hours=2)
    guichet.sweep()
    marc.runs("repondre", numero="1", texte="Répondez sous dix jours.").wait_for("est partie")
    assert nadia.completes("excuser", "numero", "") == [f"n° 1 · {DISPUTE}"]
    assert marc.completes("excuser", "numero", "") == []
    nadia.runs("excuser", numero="1", texte="Arrêt maladie.").wait_for("est au dossier")
    assert nadia.completes("excuser", "numero", "") == []


def test_a_number_is_taken_as_people_write_it_and_anything_else_is_refused_in_words_that_fit(
    guichet: Guichet, claire: Person, marc: Person
) -> None:
    guichet.asks_experts(claire, DISPUTE, "Marc")
    form = marc.runs("repondre", numero="n° 1", texte="  ")
    assert form.wait_form()["title"] == "Répondre à la question n° 1"
    marc.runs("prendre", numero="#1").wait_for("La question n° 1 est à vous")
    marc.runs("passer", numero="N° 1").wait_for("À qui passer la question n° 1")
    for command in ("ticket", "prendre", "repondre", "note", "passer", "reaffecter", "excuser"):
        refused = marc.runs(command, numero="le recours")
        refused.wait_for("« le recours » n'est pas le numéro d'une question. Choisissez-la dans la liste")
    marc.runs("ticket", numero="1" * 5000).wait_for("n'est pas le numéro d'une question")


def test_a_menu_pressed_twice_does_once_what_it_says(
    guichet: Guichet, network: Guild, claire: Person, marc: Person, discord: DiscordServer
) -> None:
    lea, nadia = discord.person("Léa"), discord.person("Nadia")
    for person in (lea, nadia):
        person.joins(network)
        guichet.knows(person, person.name)
    guichet.asks_experts(claire, DISPUTE, "Marc")
    square = network.text("place")
    menu = marc.runs("passer", square, numero="1").wait_for("À qui passer")
    marc.chooses("Léa (0 en cours)", where=menu)
    marc.chooses("Léa (0 en cours)", where=menu)
    marc.presses("Au plus disponible", menu)
    square.wait_for("est passée à Léa|attend qu'un expert", seen_by=marc)
    guichet.settled()
    assert menu.parts == []
    nadia.runs("reaffecter", square, numero="1", personne="Léa").wait_for("est confiée à Léa")
    nadia.runs("reaffecter", square, numero="1", personne="Léa").wait_for("est confiée à Léa")
    guichet.settled()
    assert len([message for message in lea.private.from_bot() if "Elle vous est confiée" in message.text]) == 1


def test_a_question_that_nobody_else_can_take_waits_for_everybody_and_is_told_once(
    guichet: Guichet, network: Guild, claire: Person, marc: Person, discord: DiscordServer
) -> None:
    nadia = discord.person("Nadia")
    nadia.joins(network)
    guichet.knows(nadia, "Nadia")
    guichet.asks_experts(claire, DISPUTE, "Marc")
    menu = marc.runs("passer", network.text("place"), numero="1").wait_for("À qui passer")
    for _ in range(2):
        marc.presses("Au plus disponible", menu)
    menu.channel.wait_for("Personne d'autre n'est disponible : la question n° 1 attend", seen_by=marc)
    guichet.settled()
    assert len([message for message in nadia.private.from_bot() if "sans expert" in message.text]) == 1


def test_a_members_own(guichet: Guichet, claire: Person) -> None:
    guichet.asks(claire, ONLY_PRICE)
    claire.runs("mes-questions").wait_for("n° 1")
    claire.runs("ticket", numero="1").wait_for("Le prix peut-il rester")
    claire.runs("delai").wait_for("")
    claire.runs("fiche", mot="faq-exiger-label").wait_for("si tous ses critères")
    claire.runs("lexique", mot="moins-disant").wait_for("Depuis le 21 août 2026")
    claire.runs("mes-donnees").wait_for("tout ce que le réseau garde")


def test_words_that_name_no_entry_lead_to_those_they_may_mean(guichet: Guichet, claire: Person) -> None:
    claire.runs("fiche", mot="label").wait_for("Peut-on exiger un label")
    assert guichet.latest() == 0


def test_the_help_lists_the_commands_of_whoever_asks(guichet: Guichet, claire: Person, marc: Person) -> None:
    told = claire.runs("aide").wait_for("/mes-questions")
    assert "/file" not in told.text
    assert "/file" in marc.runs("aide").wait_for("/mes-questions").text
    assert guichet.latest() == 0


def test_a_command_sent_as_a_text_is_no_question(guichet: Guichet, claire: Person) -> None:
    claire.says("/aide")
    claire.private.wait_for("Une commande se choisit dans la liste")
    claire.says("/mes-questions 1")
    guichet.settled()
    assert guichet.latest() == 0


def test_a_language_is_chosen(guichet: Guichet, claire: Person) -> None:
    claire.runs("langue").wait_for("Quelle langue préférez-vous")
    claire.presses("English").wait_for("Your language is recorded")
    guichet.asks(claire, DISPUTE)
    claire.private.wait_for("will answer you")


def test_a_coordinator_invites_and_the_code_brings_in(
    guichet: Guichet, claire: Person, discord: DiscordServer, network: Guild
) -> None:
    nadia, eve = discord.person("Nadia"), discord.person("Eve")
    for person in (nadia, eve):
        person.joins(network)
    guichet.knows(nadia, "Nadia")
    assert nadia.completes("inviter", "qui", "bois joli") == ["Mairie de Bois-Joli"]
    told = nadia.runs("inviter", qui="Mairie de Bois-Joli").wait_for("Sur Discord : /rejoindre, avec le code")
    assert "Aucune adresse publique" not in told.text
    code = re.search(r"le code `(\S+?)`", told.text)
    assert code
    eve.runs("rejoindre", code=code[1]).wait_for("Bienvenue Eve")
    claire.runs("inviter", qui="Mairie de Bois-Joli").wait_for("Vous n'avez pas accès")
    assert claire.completes("inviter", "qui", "bois joli") == []


def test_whoever_is_of_the_network_is_told_so(guichet: Guichet, claire: Person) -> None:
    claire.runs("rejoindre").wait_for("Vous êtes déjà du réseau, pour « Mairie de Bois-Joli »")
    assert guichet.latest() == 0


def test_a_coordinator_declares_somebody_elses_absence(
    guichet: Guichet, marc: Person, discord: DiscordServer, network: Guild
) -> None:
    nadia = discord.person("Nadia")
    nadia.joins(network)
    guichet.knows(nadia, "Nadia")
    assert nadia.completes("absences", "personne", "lé") == ["Léa"]
    nadia.runs("absences", personne="Léa", debut="24/12/2026", fin="31/12/2026").wait_for("absence est")
    nadia.runs("absences").wait_for("Léa : du jeudi 24 décembre")
    marc.runs("absence").wait_for("Pour annoncer la vôtre : /absence, avec")


@pytest.mark.usefixtures("guichet")
def test_what_is_not_ones_own_is_refused_politely(claire: Person) -> None:
    claire.runs("tableau").wait_for("Vous n'avez pas accès à cela")


def test_names_are_shown_in_english(guichet: Guichet, discord: DiscordServer, network: Guild) -> None:
    kate = discord.person("Kate", locale="en-GB")
    kate.joins(network)
    guichet.knows(kate, "Claire")
    kate.runs("my-questions").wait_for("No question|no question|You have")
    guichet.asks(kate, DISPUTE)
    assert kate.completes("ticket", "number", "") == [f"no. 1 · {DISPUTE}"]


def test_the_help_names_the_forum_only_where_there_is_one(guichet: Guichet, claire: Person, network: Guild) -> None:
    forum = network.forum("questions")
    assert "forum" not in claire.runs("aide").wait_for("/mes-questions").text
    guichet.options = replace(guichet.options, forum=forum.id)
    guichet.restart()
    assert "ouvrez-la dans le forum" in claire.runs("aide").wait_for("/mes-questions").text


def test_a_message_is_handed_to_the_experts(
    guichet: Guichet, claire: Person, marc: Person, network: Guild, discord: DiscordServer
) -> None:
    square = network.text("place")
    message = claire.says(ONLY_PRICE, square)
    marc.uses("Transmettre aux experts", message).wait_for("question n° 1")
    assert guichet.ticket(1).state in {State.queued, State.assigned}
    square.wait_for("vous répond")
    eve = discord.person("Eve")
    eve.joins(network)
    eve.uses("Transmettre aux experts", message).wait_for("Pour quelle structure achetez-vous")
    claire.uses("Transmettre aux experts", message).wait_for("question n° 1")
    marc.uses("Transmettre aux experts", square.from_bot()[0]).wait_for("Ce message n'a rien à transmettre")
    claire.uses("Cette réponse me convient", message).wait_for("Ce message ne répond à aucune question")
    assert guichet.latest() == 1


@pytest.mark.usefixtures("guichet")
def test_a_newcomer_joins_by_command_with_their_organisation(network: Guild, discord: DiscordServer) -> None:
    eve = discord.person("Eve")
    eve.joins(network)
    assert eve.completes("rejoindre", "structure", "bois joli") == ["Mairie de Bois-Joli"]
    eve.runs("question", texte=ONLY_PRICE).wait_for("J'ai gardé votre question")
    eve.runs("rejoindre", structure="Mairie de Bois-Joli").wait_for("Est-ce l'une de celles-ci")
    eve.presses("Mairie de Bois-Joli")
    eve.private.wait_for("Le prix peut-il rester le seul critère")


def test_the_context_is_given_in_a_form_by_who_asked(guichet: Guichet, claire: Person, marc: Person) -> None:
    number = guichet.asks_experts(claire, DISPUTE, "Marc")
    marc.private.wait_for("Question n° 1")
    guichet.settled()
    form = claire.presses("Préciser le contexte")
    claire.submits(form, Montant="40 000 euros", Procédure="MAPA")
    marc.private.wait_for("Montant : 40 000 euros")
    with guichet.office.reading() as unit:
        said = [row.body for row in unit.session.query(MessageRow).filter_by(ticket_id=number)]
    assert said[-1] == "Montant : 40 000 euros\nProcédure : MAPA"
