"""The expert's and the coordinator's work through their pages."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from helpdesk.library import publish, published_entries
from helpdesk.model import Role
from helpdesk.people import create_person
from helpdesk.tables import EntryRow, ExpertiseRow
from tests.bot.web.network import THEIR_QUESTION

if TYPE_CHECKING:
    from tests.bot.web.network import Network, Three

pytestmark = pytest.mark.anyio


async def test_the_ticket_shows_what_the_expert_needs(people: Three) -> None:
    page = await people.marc.get("/tickets/1")
    for expected in (
        THEIR_QUESTION,
        "Répondre avant mercredi 3 juin à 17 h 30",
        "Mairie de Bois-Joli",
        "commune",
        "3 200",
        "Environnement",
        "Qu'est-ce que l'analyse du cycle de vie ?",
        "Un prix est demandé",
    ):
        assert expected in page.text.replace("\u202f", " "), expected
    assert "Claire" not in page.text, "an expert needs the structure, not the name"
    assert "Claire" in (await people.nadia.get("/tickets/1")).text


async def test_why_it_was_decided_so_is_told_whatever_is_published_since(network: Network, people: Three) -> None:
    why = "La fiche la plus proche, « Qu'est-ce que l'analyse du cycle de vie ? », parle de"
    assert why in (await people.marc.get("/tickets/1")).text
    with network.office.unit() as unit:
        known = published_entries(unit.session)[0]
        new = replace(known, id="faq-prix-acv", title="Combien coûte une analyse du cycle de vie de mobilier ?")
        publish(unit.session, new, network.ids.nadia, unit.now)
    page = await people.marc.get("/tickets/1")
    assert why in page.text
    assert why not in (await people.claire.get("/questions/1")).text


async def test_the_journal_names_the_entries_proposed_and_the_one_given_as_the_answer(network: Network) -> None:
    claire, nadia = await network.signed_in(network.ids.claire), await network.signed_in(network.ids.nadia)
    await claire.ask("menus et producteurs cantine")
    first = "Peut-on réserver un marché aux producteurs locaux ?"
    second = "Comment prévoir des repas végétariens à la cantine ?"
    assert f"fiches proposées : {first} · {second} ·" in (await nadia.get("/tickets/1")).text
    await claire.submit(await claire.get("/questions/1"), f"2. {second}")
    page = await nadia.get("/tickets/1")
    assert f"La fiche donnée en réponse : {second}" in page.text
    assert f"fiche donnée en réponse · Claire : {second}" in page.text


async def test_the_journal_still_names_the_entry_given_once_it_is_published_no_more(network: Network) -> None:
    claire, marc = await network.signed_in(network.ids.claire), await network.signed_in(network.ids.marc)
    await claire.ask("Le prix peut-il rester le seul critère d'attribution ?")
    with network.office.unit() as unit:
        unit.session.get_one(EntryRow, "faq-prix-seul").published = False
    page = await marc.get("/tickets/1")
    assert "fiche donnée en réponse : Le prix peut-il rester le seul critère d'attribution ?" in page.text
    assert "La fiche donnée en réponse :" not in page.text


async def test_the_receipt_tells_the_days_that_count(people: Three) -> None:
    page = await people.marc.get("/tickets/1")
    assert "mercredi 3 juin : de 9 h à 12 h, de 14 h à 17 h 30" in page.text


async def test_the_receipt_tells_why_days_do_not_count(network: Network, people: Three) -> None:
    network.clock.advance(days=4)
    await people.claire.ask("Combien coûte une ACV complète, et une ACV simplifiée ?")
    page = await people.marc.get("/tickets/2")
    assert "samedi 6 juin : pas d'ouverture ce jour-là" in page.text


async def test_asking_the_member_pauses_the_promise_until_they_reply(people: Three) -> None:
    ticket = await people.marc.get("/tickets/1")
    asked = await people.marc.submit(ticket, "/tickets/1/ask_member", text="Pour **quel** produit ?")
    assert "Votre question est partie ; le délai est suspendu." in asked.text
    assert "Délai suspendu" in (await people.marc.get("/queue")).text
    chat = await people.claire.get("/chat")
    assert "<strong>quel</strong>" in chat.html
    question = await people.claire.get("/questions/1")
    assert "Un expert attend votre précision" in question.text
    replied = await people.claire.submit(question, "/questions/1", text="Des ramettes de papier.")
    assert "nous l'avons ajouté à votre question" in replied.text
    assert "Des ramettes de papier." in (await people.marc.get("/tickets/1")).text
    assert "Répondre avant" in (await people.marc.get("/queue")).text


async def test_a_note_is_marked_internal_and_never_reaches_the_member(people: Three) -> None:
    await people.marc.submit(await people.marc.get("/tickets/1"), "/tickets/1/note", text="Voir avec la juriste.")
    ticket = await people.marc.get("/tickets/1")
    assert "note interne, jamais montrée au membre" in ticket.text
    assert 'class="note"' in ticket.html
    for path in ("/chat", "/questions/1"):
        assert "juriste" not in (await people.claire.get(path)).text
    export = await people.claire.get("/me/export")
    assert "juriste" not in export.html


async def test_a_question_passed_on_leaves_the_expert_s_own_list(network: Network, people: Three) -> None:
    ticket = await people.marc.get("/tickets/1")
    passed = await people.marc.submit(ticket, "/tickets/1/pass", to=str(network.ids.lea))
    assert "passée à un collègue" in passed.text
    lea = await network.signed_in(network.ids.lea)
    assert "Chez moi : 1 question" in (await lea.get("/queue")).text


async def test_a_question_that_no_colleague_can_take_is_not_said_to_be_passed_on(people: Three) -> None:
    passed = await people.marc.submit(await people.marc.get("/tickets/1"), "/tickets/1/pass", to="")
    assert "passée à un collègue" not in passed.text
    assert "Aucun collègue n'est disponible" in passed.text
    assert "rendue, sans expert" in passed.text


async def test_the_theme_can_be_corrected(people: Three) -> None:
    ticket = await people.marc.get("/tickets/1")
    changed = await people.marc.submit(ticket, "/tickets/1/set_theme", theme="juridique")
    assert "Thème changé." in changed.text
    assert "<dd>Juridique</dd>" in changed.html


async def test_a_question_of_another_theme_leaves_the_expert_who_says_so(network: Network, people: Three) -> None:
    with network.office.unit() as unit:
        unit.session.delete(unit.session.get_one(ExpertiseRow, (network.ids.marc, "juridique")))
        create_person(unit, "Karim", frozenset({Role.expert}), themes=("juridique",))
    changed = await people.marc.submit(await people.marc.get("/tickets/1"), "/tickets/1/set_theme", theme="juridique")
    assert (changed.status, changed.path) == (200, "/queue")
    assert "Thème changé." in changed.text
    assert "chez Karim" in (await people.nadia.get("/tickets/1")).text
    gone = await people.marc.get("/tickets/1")
    assert gone.status == 404
    assert "Cette question n'est plus à vous" in gone.text
    assert "La question n° 1 n'est plus à vous : elle est passée aux experts d'un autre thème" in gone.text
    assert "Vérifiez le numéro" not in gone.text
    assert "Vérifiez le numéro" in (await people.marc.get("/tickets/77")).text


async def test_an_answer_given_by_telephone_is_recorded_with_its_time(network: Network, people: Three) -> None:
    network.clock.advance(hours=2)
    ticket = await people.marc.get("/tickets/1")
    done = await people.marc.submit(
        ticket, "/tickets/1/answer_by_hand", text="Dit de vive voix : sourcez.", at="2026-06-01T10:15"
    )
    assert "Réponse enregistrée." in done.text
    assert "donnée de vive voix" in done.text
    assert "lundi 1er juin à 10 h 15" in done.text


@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00", "0001-01-01T00:00+14:00", "2026-06-31T10:00", "2026-06-01T09:02", "hier", ""]
)
async def test_a_time_that_cannot_be_is_refused_in_words(people: Three, at: str) -> None:
    ticket = await people.marc.get("/tickets/1")
    refused = await people.marc.submit(ticket, "/tickets/1/answer_by_hand", text="Dit de vive voix.", at=at)
    assert refused.status == 422
    assert refused.form("/tickets/1/answer_by_hand").fields["text"] == "Dit de vive voix."


async def test_what_was_told_aloud_after_a_colleague_answered_can_only_complete_the_answer(
    network: Network, people: Three
) -> None:
    network.clock.advance(hours=2)
    ticket = await people.marc.get("/tickets/1")
    await people.nadia.submit(await people.nadia.get("/tickets/1"), "/tickets/1/answer", text="Sourcez trois bureaux.")
    refused = await people.marc.submit(
        ticket, "/tickets/1/answer_by_hand", text="Dit de vive voix : sourcez.", at="2026-06-01T10:15"
    )
    assert refused.status == 409
    assert "Nadia a répondu entre-temps" in refused.text
    assert refused.form("Compléter la réponse").fields["text"] == "Dit de vive voix : sourcez."
    assert "Dit de vive voix" not in (await people.claire.get("/questions/1")).text


async def test_an_answer_becomes_an_entry_that_is_found_at_once(people: Three) -> None:
    await people.marc.submit(await people.marc.get("/tickets/1"), "/tickets/1/answer", text="Sourcez trois bureaux.")
    ticket = await people.marc.get("/tickets/1?do=propose")
    form = ticket.form("/tickets/1/propose")
    assert form.fields["body"] == "Sourcez trois bureaux."
    proposed = await people.marc.submit(
        ticket,
        "/tickets/1/propose",
        title="Comment estimer une ACV de mobilier ?",
        body="Interrogez trois bureaux d'études.",
        sources="Guide de l'ACV\n\nRetour d'expérience",
    )
    assert "la fiche part en relecture" in proposed.text
    board = await people.nadia.get("/board")
    assert "Comment estimer une ACV de mobilier ?" in board.text
    review = await people.nadia.get("/candidates/1")
    assert review.form("/candidates/1").fields["sources"] == "Guide de l'ACV\nRetour d'expérience"
    assert "/candidates/1" in (await people.nadia.get("/tickets/1")).links()
    published = await people.nadia.submit(review, "/candidates/1", decision="publish", theme="environnement")
    assert "Fiche publiée" in published.text
    ticket = await people.nadia.get("/tickets/1")
    assert "/candidates/1" not in ticket.links(), "it is decided: there is nothing left to review"
    assert "fiche publiée · Nadia : Comment estimer une ACV de mobilier ?" in ticket.text
    assert published.path.startswith("/entries/")
    assert "Interrogez trois bureaux d'études." in published.text
    found = await people.claire.get("/library?q=estimer une ACV de mobilier")
    assert published.path in found.links()
    again = await people.nadia.submit(review, "/candidates/1", decision="refuse", key="another-key")
    assert again.status in {404, 409}


async def test_the_draft_of_an_entry_holds_the_answer_and_what_completed_it(people: Three) -> None:
    for text in ("Sourcez trois bureaux.", "Complément utile."):
        await people.marc.submit(await people.marc.get("/tickets/1"), "/tickets/1/answer", text=text)
    form = (await people.marc.get("/tickets/1?do=propose")).form("/tickets/1/propose")
    assert form.fields["body"] == "Sourcez trois bureaux.\n\nComplément utile."
    asked = await people.claire.get("/questions/1")
    await people.claire.submit(asked, "/questions/1", text="Et pour un marché de moins de 40 000 euros ?")
    await people.marc.submit(await people.marc.get("/tickets/1"), "/tickets/1/answer", text="De même.")
    form = (await people.marc.get("/tickets/1?do=propose")).form("/tickets/1/propose")
    assert form.fields["body"] == "De même."


async def _proposed(people: Three) -> None:
    await people.marc.submit(await people.marc.get("/tickets/1"), "/tickets/1/answer", text="Sourcez trois bureaux.")
    ticket = await people.marc.get("/tickets/1?do=propose")
    await people.marc.submit(ticket, "/tickets/1/propose", title="Estimer une ACV ?", body="Ainsi.", sources="CCP")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"body": "Voir [ceci](entry:nope)."}, "le lien vers « nope » ne mène à aucune fiche"),
        ({"body": "Un <b>texte</b>."}, "le texte contient du HTML"),
        ({"sources": " "}, "Une fiche publiée a au moins une source"),
    ],
)
async def test_an_entry_that_the_library_would_refuse_is_shown_again_as_it_was_typed(
    people: Three, typed: dict[str, str], said: str
) -> None:
    await _proposed(people)
    review = await people.nadia.get("/candidates/1")
    sent = {"decision": "publish", "theme": "environnement", "title": "Un autre titre ?", **typed}
    refused = await people.nadia.submit(review, "/candidates/1", **sent)
    assert refused.status == 422
    assert said in refused.text
    form = refused.form("/candidates/1")
    assert {name: form.fields[name].strip() for name in typed} == {name: text.strip() for name, text in typed.items()}
    assert form.fields["title"] == "Un autre titre ?"
    published = await people.nadia.submit(refused, "/candidates/1", **(sent | {"body": "Ainsi.", "sources": "CCP"}))
    assert published.path == "/entries/faq-un-autre-titre"


async def test_a_breach_is_excused_with_its_reason_and_stays(network: Network, people: Three) -> None:
    network.clock.advance(days=3, hours=1)
    network.sweep.run()
    ticket = await people.nadia.get("/tickets/1")
    excused = await people.nadia.submit(ticket, "/tickets/1/excuse", reason="Panne du réseau électrique")
    assert "Retard excusé, avec son motif." in excused.text
    assert "Retard excusé : Panne du réseau électrique" in excused.text
    assert "Promesse non tenue depuis" in excused.text
    assert "/tickets/1/excuse" not in {form.action for form in excused.forms}


async def test_a_breach_is_excused_even_after_the_member_asked_again(network: Network, people: Three) -> None:
    network.clock.advance(days=3, hours=1)
    network.sweep.run()
    await people.marc.submit(await people.marc.get("/tickets/1"), "/tickets/1/answer", text="Entre 5 000 et 20 000 €.")
    await people.claire.submit(await people.claire.get("/questions/1"), "/questions/1", text="Et pour une école ?")
    ticket = await people.nadia.get("/tickets/1")
    assert "Promesse 2" in ticket.text
    excused = await people.nadia.submit(ticket, "/tickets/1/excuse", reason="Panne du réseau électrique")
    assert "Retard excusé : Panne du réseau électrique" in excused.text


async def test_a_coordinator_reassigns(network: Network, people: Three) -> None:
    ticket = await people.nadia.get("/tickets/1")
    done = await people.nadia.submit(ticket, "/tickets/1/reassign", to=str(network.ids.lea))
    assert "chez Léa" in done.text


async def test_who_declares_an_absence_reads_what_becomes_of_open_questions(network: Network, people: Three) -> None:
    today, lea = network.parts.experts.today().isoformat(), str(network.ids.lea)
    await people.nadia.submit(await people.nadia.get("/tickets/1"), "/tickets/1/reassign", to=lea)
    page = await people.nadia.get("/absences")
    page = await people.nadia.submit(page, "/absences", person=lea, first_day=today, last_day=today)
    assert "1 question ouverte est confiée à quelqu'un d'autre." in page.text
    assert "n'a trouvé personne" not in page.text
    page = await people.marc.get("/absences")
    page = await people.marc.submit(page, "/absences", first_day=today, last_day=today)
    assert "1 question ouverte n'a trouvé personne" in page.text
    assert "est confiée à quelqu'un" not in page.text
    assert "n'a trouvé personne" not in (await people.nadia.get("/absences?left=beaucoup")).text


async def test_an_absence_is_declared_and_cancelled(network: Network, people: Three) -> None:
    page = await people.marc.get("/absences")
    page = await people.marc.submit(page, "/absences", first_day="2026-06-08", last_day="2026-06-12")
    assert "du 8 juin 2026 au 12 juin 2026 inclus" in page.text
    page = await people.marc.submit(page, "Annuler")
    assert "Aucune absence n'est déclarée." in page.text
    page = await people.nadia.get("/absences")
    page = await people.nadia.submit(
        page, "/absences", person=str(network.ids.lea), first_day="2026-06-08", last_day="2026-06-08"
    )
    assert "Léa" in page.text
