"""The main job in a real browser: with JavaScript the answer appears by itself, without it everything still works."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.bot.web.server import served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, FilePayload, Page, Route

    from tests.bot.web.network import Network

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
QUESTION = "Peut-on exiger un label dans un marché ?"
PATIENCE = 20_000  # milliseconds: only a fault reaches it

pytestmark = [
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no Chromium at {CHROMIUM} on this machine"),
    pytest.mark.xdist_group("chromium"),
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def url(network: Network) -> Iterator[str]:
    with served(network) as address:
        yield address


def person(browser: Browser, url: str, token: str, *, scripts: bool = True) -> Page:
    context = browser.new_context(locale="fr-FR", java_script_enabled=scripts)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"{url}/signin/{token}")
    page.get_by_role("button", name="Entrer").click()
    return page


def first_of(held: list[Route], page: Page) -> Route:
    """Return the first request held back: a page may tell of it before it is handed over."""
    while not held:
        page.evaluate("0")  # what the browser has said is heard meanwhile
    return held[0]


@pytest.mark.parametrize("mode", ["with JavaScript", "without JavaScript"])
def test_asked_sent_to_an_expert_answered_and_read(network: Network, chromium: Browser, url: str, mode: str) -> None:
    scripts = mode == "with JavaScript"
    claire = person(chromium, url, network.people.sign_in_link(network.ids.claire), scripts=scripts)
    errors: list[str] = []
    claire.on("pageerror", lambda error: errors.append(str(error)))
    claire.get_by_label("Votre message").fill(QUESTION)
    claire.get_by_role("button", name="Envoyer").click()
    claire.get_by_text("Oui, si tous ses critères sont liés à l'objet du marché").wait_for()
    claire.get_by_role("button", name="Demander à un expert").click()
    claire.get_by_text("mercredi 3 juin à 17 h 30").wait_for()
    if scripts:
        claire.get_by_label("Votre message").fill("En attendant, je commence à écr")

    marc = person(chromium, url, network.people.sign_in_link(network.ids.marc), scripts=scripts)
    marc.get_by_role("link", name=QUESTION).click()
    marc.get_by_label("Votre réponse au membre").fill("Oui, avec la mention **ou équivalent**.")
    marc.get_by_role("button", name="Envoyer la réponse").click()
    marc.get_by_text("Réponse envoyée au membre.").wait_for()

    if not scripts:
        claire.get_by_role("link", name="Voir les nouveaux messages").click()
    claire.locator("strong", has_text="ou équivalent").wait_for()
    if scripts:
        assert claire.get_by_label("Votre message").input_value() == "En attendant, je commence à écr"
    claire.get_by_role("button", name="Cela répond à ma question").click()
    claire.get_by_role("button", name="5 ★").click()
    claire.get_by_text("votre note (5 sur 5)").wait_for()
    assert errors == []


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_refused_message_is_told_where_it_was_written(
    network: Network, chromium: Browser, url: str, *, scripts: bool
) -> None:
    for number in range(12):
        network.desk.ask(
            f"k{number}", network.account(network.ids.claire), network.address(network.ids.claire), QUESTION
        )
    claire = person(chromium, url, network.people.sign_in_link(network.ids.claire), scripts=scripts)
    claire.set_viewport_size({"width": 390, "height": 740})
    claire.goto(f"{url}/chat#last")
    claire.get_by_label("Votre message").fill("  ")
    claire.get_by_role("button", name="Envoyer").click()
    refusal = claire.get_by_text("Votre message est vide.")
    refusal.wait_for()
    box = refusal.bounding_box()
    assert box is not None
    assert 0 <= box["y"] <= 740 - box["height"], "in sight"


def test_a_command_that_shows_something_opens_its_page(network: Network, chromium: Browser, url: str) -> None:
    claire = person(chromium, url, network.people.sign_in_link(network.ids.claire))
    box = claire.get_by_label("Votre message")
    box.fill("/mesquestions")
    box.press("Enter")
    claire.wait_for_url("**/questions")
    claire.goto(f"{url}/chat")
    assert claire.get_by_label("Votre message").input_value() == ""


def test_enter_sends_once_and_shift_enter_makes_a_line(network: Network, chromium: Browser, url: str) -> None:
    claire = person(chromium, url, network.people.sign_in_link(network.ids.claire))
    box = claire.get_by_label("Votre message")
    box.fill(QUESTION)
    box.press("Shift+Enter")
    box.press_sequentially("Merci d'avance")
    box.press("Enter")
    box.press("Enter")
    claire.get_by_text("Oui, si tous ses critères sont liés à l'objet du marché").wait_for()
    lines = network.desk.my_questions(network.account(network.ids.claire))
    assert [line.question for line in lines] == [f"{QUESTION}\nMerci d'avance"]
    assert box.input_value() == ""


@pytest.mark.parametrize(
    ("before", "typed", "after"),
    [(QUESTION, " Et un écolabel ?", " Et un écolabel ?"), (QUESTION, None, ""), ("", "Autre chose", "Autre chose")],
    ids=["written on", "left as it was", "written anew"],
)
def test_what_is_typed_while_a_message_is_sent_stays(
    network: Network, chromium: Browser, url: str, before: str, typed: str | None, after: str
) -> None:
    claire = person(chromium, url, network.people.sign_in_link(network.ids.claire))
    claire.goto(f"{url}/chat")
    held: list[Route] = []
    claire.route("**/chat", lambda route: held.append(route) if route.request.method == "POST" else route.continue_())
    box = claire.get_by_label("Votre message")
    box.fill(QUESTION)
    with claire.expect_request(lambda request: request.method == "POST"):
        box.press("Enter")
    if typed is not None:
        box.fill(before + typed)
    first_of(held, claire).continue_()
    claire.get_by_text("Oui, si tous ses critères sont liés à l'objet du marché").wait_for()
    claire.locator('#composer button[aria-disabled="false"]').wait_for()
    assert box.input_value() == after


def test_a_message_sent_while_another_is_leaving_is_told_to_wait(network: Network, chromium: Browser, url: str) -> None:
    claire = person(chromium, url, network.people.sign_in_link(network.ids.claire))
    claire.goto(f"{url}/chat")
    held: list[Route] = []
    claire.route("**/chat", lambda route: held.append(route) if route.request.method == "POST" else route.continue_())
    box, wait = claire.get_by_label("Votre message"), claire.get_by_text("Votre message précédent part encore.")
    box.fill(QUESTION)
    with claire.expect_request(lambda request: request.method == "POST"):
        box.press("Enter")
    box.fill("Et un écolabel ?")
    box.press("Enter")
    wait.wait_for()
    first_of(held, claire).continue_()
    claire.locator('#composer button[aria-disabled="false"]').wait_for()
    assert not wait.is_visible()
    assert box.input_value() == "Et un écolabel ?"
    assert len(held) == 1


def test_the_queue_fills_by_itself(network: Network, chromium: Browser, url: str) -> None:
    marc = person(chromium, url, network.people.sign_in_link(network.ids.marc))
    marc.get_by_text("Aucune question ne vous attend.").wait_for()
    claire = person(chromium, url, network.people.sign_in_link(network.ids.claire))
    claire.get_by_label("Votre message").fill("Combien coûte une analyse du cycle de vie pour notre mairie ?")
    claire.get_by_label("Votre message").press("Enter")
    marc.get_by_text("Chez moi : 1 question").wait_for()


def test_a_draft_survives_a_reload_and_goes_once_sent(network: Network, chromium: Browser, url: str) -> None:
    account = network.account(network.ids.claire)
    address = network.address(network.ids.claire)
    network.desk.ask("key:1", account, address, "Combien coûte une analyse du cycle de vie pour notre mairie ?")
    marc = person(chromium, url, network.people.sign_in_link(network.ids.marc))
    marc.goto(f"{url}/tickets/1")
    box = marc.get_by_label("Votre réponse au membre")
    box.fill("Une longue réponse")
    marc.reload()
    assert box.input_value() == "Une longue réponse"
    marc.get_by_role("button", name="Envoyer la réponse").click()
    marc.get_by_text("Réponse envoyée au membre.").wait_for()
    assert box.input_value() == ""


on_each_box = pytest.mark.parametrize(
    ("who", "path", "label", "button"),
    [
        ("marc", "/tickets/1", "Votre réponse au membre", "Envoyer la réponse"),
        ("claire", "/questions/1", "Ajouter une précision ou une question", "Envoyer"),
        ("claire", "/chat", "Votre message", "Envoyer"),
    ],
)
"""Where somebody writes: who does, on which page, in what box, and the button that sends it."""


@on_each_box
def test_a_text_that_could_not_leave_is_there_when_the_page_is_opened_again(
    network: Network, chromium: Browser, url: str, who: str, path: str, label: str, button: str
) -> None:
    account, address = network.account(network.ids.claire), network.address(network.ids.claire)
    network.desk.ask("key:1", account, address, "Combien coûte une analyse du cycle de vie pour notre mairie ?")
    page = person(chromium, url, network.people.sign_in_link(getattr(network.ids, who)))
    page.goto(url + path)
    box = page.get_by_label(label)
    box.fill("Un long texte, écrit dans le train")
    page.context.set_offline(offline=True)
    with page.expect_event("requestfailed"):
        page.get_by_role("button", name=button, exact=True).click()
    page.context.set_offline(offline=False)
    for _ in range(2):
        page.goto(url + path)
        assert box.input_value() == "Un long texte, écrit dans le train"
    page.get_by_role("button", name=button, exact=True).click()
    page.locator("li").get_by_text("Un long texte, écrit dans le train").wait_for()
    assert box.input_value() == ""
    page.goto(url + path)
    assert box.input_value() == ""


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
@on_each_box
def test_a_text_that_is_too_long_is_not_cut_and_says_so(
    network: Network, chromium: Browser, url: str, who: str, path: str, label: str, button: str, *, scripts: bool
) -> None:
    account, address = network.account(network.ids.claire), network.address(network.ids.claire)
    network.desk.ask("key:1", account, address, "Combien coûte une analyse du cycle de vie pour notre mairie ?")
    token = network.people.sign_in_link(getattr(network.ids, who))
    page = person(chromium, url, token, scripts=scripts)
    page.set_viewport_size({"width": 390, "height": 740})
    page.goto(url + path)
    box = page.get_by_label(label)
    box.focus()
    page.keyboard.insert_text("x" * 8400)
    page.get_by_role("button", name=button, exact=True).click()
    refusal = page.locator("form").filter(has=box).get_by_text("il fait 8400 caractères, et la limite est de 5000")
    refusal.wait_for()
    assert box.input_value() == "x" * 8400
    assert box.get_attribute("aria-describedby") == "alert"
    place = refusal.bounding_box()
    assert place is not None
    assert 0 <= place["y"] <= 740 - place["height"], "in sight"
    box.fill("Plus court")
    page.get_by_role("button", name=button, exact=True).click()
    page.locator("li").get_by_text("Plus court").wait_for()


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_an_expert_reads_the_colleague_s_answer_before_completing_it(
    network: Network, chromium: Browser, url: str, *, scripts: bool
) -> None:
    account, address = network.account(network.ids.claire), network.address(network.ids.claire)
    network.desk.ask("key:1", account, address, "Combien coûte une analyse du cycle de vie pour notre mairie ?")
    marc = person(chromium, url, network.people.sign_in_link(network.ids.marc), scripts=scripts)
    marc.goto(f"{url}/tickets/1")
    box = marc.get_by_label("Votre réponse au membre")
    box.fill("Entre 5 000 et 20 000 €.")
    network.experts.answer("key:2", network.account(network.ids.nadia), 1, "Sourcez trois bureaux.")
    if scripts:
        marc.locator(".due", has_text="Répondue").wait_for()
    marc.get_by_role("button", name="Envoyer la réponse").click()
    warning = marc.get_by_text("Nadia a répondu entre-temps, et votre texte n'est pas parti.")
    warning.wait_for()
    place, size = warning.bounding_box(), marc.viewport_size
    assert place is not None
    assert size is not None
    assert 0 <= place["y"] <= size["height"] - place["height"], "in sight"
    assert marc.locator(".thread").get_by_text("Sourcez trois bureaux.").is_visible()
    assert box.input_value() == "Entre 5 000 et 20 000 €."
    assert [line.body for line in network.desk.ticket(account, 1).messages[1:]] == ["Sourcez trois bureaux."]
    marc.get_by_role("button", name="Compléter la réponse").click()
    marc.get_by_text("Réponse envoyée au membre.").wait_for()
    told = [line.body for line in network.desk.ticket(account, 1).messages[1:]]
    assert told == ["Sourcez trois bureaux.", "Entre 5 000 et 20 000 €."]


def test_no_page_is_wider_than_a_small_phone(network: Network, chromium: Browser, url: str) -> None:
    account, address = network.account(network.ids.claire), network.address(network.ids.claire)
    network.desk.ask("key:1", account, address, f"{'https://exemple.fr/' + 'a' * 200} combien cela coûte-t-il ?")
    page = person(chromium, url, network.people.sign_in_link(network.ids.nadia))
    page.set_viewport_size({"width": 360, "height": 740})
    for path in ("/chat", "/queue", "/tickets/1", "/board", "/library?q=label", "/entries/faq-prix-seul", "/me"):
        page.goto(url + path)
        assert page.locator("html").evaluate("node => node.scrollWidth") <= 360, path


def test_an_empty_chat_fits_the_screen_and_waits_for_the_question(
    network: Network, chromium: Browser, url: str
) -> None:
    page = person(chromium, url, network.people.sign_in_link(network.ids.claire))
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{url}/chat")
    assert page.locator("html").evaluate("node => node.scrollHeight") == 740
    page.keyboard.type("bonjour")
    assert page.get_by_label("Votre message").input_value() == "bonjour"


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_file_goes_from_the_member_to_the_expert_and_back(
    network: Network, chromium: Browser, url: str, *, scripts: bool
) -> None:
    letter: FilePayload = {"name": "lettre.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 lettre"}
    claire = person(chromium, url, network.people.sign_in_link(network.ids.claire), scripts=scripts)
    claire.get_by_label("Votre message").fill("Un candidat évincé menace d'un recours, que faire ?")
    claire.get_by_label("Joindre des fichiers").set_input_files([letter])
    claire.get_by_role("button", name="Envoyer").click()
    claire.get_by_role("link", name="lettre.pdf").first.wait_for()
    assert claire.get_by_label("Joindre des fichiers").input_value() == "", "nothing is sent twice"

    marc = person(chromium, url, network.people.sign_in_link(network.ids.marc), scripts=scripts)
    marc.goto(f"{url}/tickets/1")
    with marc.expect_download() as download:
        marc.get_by_role("link", name="lettre.pdf").click()
    assert download.value.suggested_filename == "lettre.pdf"
    answer = marc.locator("#answer")
    answer.get_by_label("Votre réponse au membre").fill("Voici un modèle.")
    model: FilePayload = {"name": "modèle.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 modele"}
    answer.get_by_label("Joindre des fichiers").set_input_files([model])
    answer.get_by_role("button", name="Envoyer la réponse").click()
    marc.get_by_text("Réponse envoyée au membre.").wait_for()

    network.deliver()
    claire.goto(f"{url}/chat")
    claire.get_by_role("link", name="modèle.pdf").first.wait_for()


def test_what_a_press_did_is_told_in_sight_and_announced(network: Network, chromium: Browser, url: str) -> None:
    network.desk.ask("asked", network.account(network.ids.claire), network.address(network.ids.claire), QUESTION)
    claire = person(chromium, url, network.people.sign_in_link(network.ids.claire))
    claire.goto(f"{url}/questions/1")
    told = claire.get_by_role("status")
    assert told.inner_text() == "", "a screen reader announces what changes in a region that it knows"
    claire.get_by_role("button", name="Demander à un expert").click()
    told.get_by_text("Votre question est transmise à nos experts.").wait_for()
    assert told.evaluate("node => node.getBoundingClientRect().bottom <= window.innerHeight")


def test_the_entry_chosen_on_a_question_s_page_appears_there(network: Network, chromium: Browser, url: str) -> None:
    account, address = network.account(network.ids.claire), network.address(network.ids.claire)
    network.desk.ask("asked", account, address, "menus et producteurs cantine")
    claire = person(chromium, url, network.people.sign_in_link(network.ids.claire))
    claire.goto(f"{url}/questions/1")
    chosen = "Comment prévoir des repas végétariens à la cantine ?"
    claire.get_by_role("button", name=chosen).click()
    claire.get_by_role("link", name=chosen).wait_for()
    assert claire.get_by_role("status").inner_text() == "Voici la fiche que vous avez choisie."
