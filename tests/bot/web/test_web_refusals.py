"""What a form refuses is said of the field that is wrong, in the reader's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.bot.web.network import Network, Three

pytestmark = pytest.mark.anyio

DAYS = {"first_day": "2026-06-08", "last_day": "2026-06-12"}
ENTRY = {"title": "Estimer une ACV ?", "body": "Ainsi.", "sources": "CCP"}
WRITTEN = {"text", "title", "body", "sources", "reason", "name"}
CASES = [
    ("/chat", "/chat", {"text": " "}, "Votre message est vide."),
    ("/chat", "/chat", {"text": "x" * 5001}, "Votre message est trop long : il fait 5001 caractères"),
    ("/absences", "/absences", DAYS | {"first_day": ""}, "Le premier jour manque ou ne se lit pas."),
    ("/absences", "/absences", DAYS | {"last_day": "demain"}, "Le dernier jour manque ou ne se lit pas."),
    ("/absences", "/absences", DAYS | {"last_day": "2026-06-01"}, "Le dernier jour vient avant le premier."),
    ("/absences", "/absences", DAYS | {"person": "Léa"}, "Choisissez qui est absent."),
    ("/board", "/board/closures", DAYS | {"reason": " "}, "Il manque le motif. Donnez-le en quelques mots."),
    ("/board", "/board/closures", DAYS | {"reason": "x" * 201}, "Le motif est trop long : il fait 201 caractères"),
    ("/board", "/board/closures", DAYS | {"first_day": "", "reason": "Congrès"}, "Le premier jour manque"),
    ("/invitations", "/invitations", {"name": " "}, "Il manque le nom."),
    ("/invitations", "/invitations", {"name": "x" * 201}, "Ce nom est trop long : il fait 201 caractères"),
    ("/me", "/me/language", {"locale": "de"}, "Choisissez une langue."),
    ("/tickets/1", "/tickets/1/answer", {"text": " "}, "Votre message est vide."),
    (
        "/tickets/1",
        "/tickets/1/answer_by_hand",
        {"text": "Oui.", "at": ""},
        "La date et l'heure de la réponse manquent",
    ),
    ("/tickets/1", "/tickets/1/set_theme", {"theme": "x" * 90}, "Ce thème n'existe pas."),
    ("/tickets/1", "/tickets/1/reassign", {"to": ""}, "Choisissez à qui confier la question."),
    ("/tickets/1", "/tickets/1/excuse", {"reason": " "}, "Il manque le motif."),
    ("/tickets/1", "/tickets/1/excuse", {"reason": "x" * 501}, "Le motif est trop long : il fait 501 caractères"),
    ("/tickets/1", "/tickets/1/excuse", {"reason": "Panne", "cycle": ""}, "Choisissez quel retard excuser."),
    ("/tickets/2", "/tickets/2/propose", ENTRY | {"title": " "}, "Il manque le titre."),
    (
        "/tickets/2",
        "/tickets/2/propose",
        ENTRY | {"title": "x" * 201},
        "Le titre est trop long : il fait 201 caractères",
    ),
    ("/tickets/2", "/tickets/2/propose", ENTRY | {"body": " "}, "Le texte de la fiche est vide."),
    ("/tickets/2", "/tickets/2/propose", ENTRY | {"body": "x" * 5001}, "Le texte de la fiche est trop long"),
    ("/tickets/2", "/tickets/2/propose", ENTRY | {"sources": "x" * 2001}, "Les sources sont trop longues"),
]


@pytest.fixture
async def asked(network: Network, people: Three) -> Three:
    """A question whose promise is broken, and one that was answered."""
    await people.claire.ask("Un candidat évincé menace d'un recours, que faire ?")
    await people.marc.submit(await people.marc.get("/tickets/2"), "/tickets/2/answer", text="Sourcez trois bureaux.")
    network.clock.advance(days=3, hours=1)
    network.sweep.run()
    return people


@pytest.mark.parametrize(("page", "form", "typed", "told"), CASES)
async def test_a_field_that_is_wrong_is_named(
    asked: Three, page: str, form: str, typed: dict[str, str], told: str
) -> None:
    refused = await asked.nadia.submit(await asked.nadia.get(page), form, **typed)
    assert refused.status == 422
    assert told in refused.text
    kept = refused.form(form).fields
    for name in WRITTEN & typed.keys():
        assert kept[name].strip() == typed[name].strip()


async def test_a_newcomer_without_a_name_is_asked_for_it(network: Network) -> None:
    made = network.parts.coordinators.invite("k", network.account(network.ids.nadia), "Mairie de Bois-Joli")
    visitor = await network.signed_in(network.ids.marc)
    for name, told in ((" ", "Il manque le nom."), ("x" * 121, "Ce nom est trop long : il fait 121 caractères")):
        page = await visitor.get(f"/join/{made.code}")
        assert told in (await visitor.submit(page, f"/join/{made.code}", name=name)).text


async def test_the_wording_of_a_verdict_is_not_called_a_message(network: Network) -> None:
    claire, marc = await network.signed_in(network.ids.claire), await network.signed_in(network.ids.marc)
    await claire.submit(await claire.ask("critere prix tt seul c fini ?"), "Cela répond à ma question")
    page = await marc.get("/entries/faq-prix-seul")
    for wording, told in (("", "Il manque la formulation."), ("x" * 301, "La formulation est trop longue")):
        refused = await marc.submit(page, "/lessons/1", decision="keep", wording=wording)
        assert refused.status == 422
        assert told in refused.text
